/*
 * Loops in flight stand in a list. A thread that looks for work takes the first loop with turns
 * left, claims turns one by one with an atomic counter, and leaves when none is left. The caller
 * claims turns of its own loop, then waits until the helpers inside it have left: the loop lives on
 * the caller's stack.
 *
 * `lock` guards the list, `helpers` of every loop and `closing`; `next` is atomic.
 */
#include "base/pool.h"

#include "base/cpu.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct loop {
    spx_pool_fn fn;
    void *context;
    size_t count;
    atomic_size_t next;
    unsigned helpers; /* pool threads inside this loop */
    struct loop *after;
} loop;

struct spx_pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a loop was added, or the pool closes */
    pthread_cond_t left; /* a helper left a loop */
    loop *first;
    int closing;
    unsigned thread_count; /* threads of the pool's own */
    pthread_t *threads;
};

static void take_turns(loop *self)
{
    for (;;) {
        const size_t index = atomic_fetch_add_explicit(&self->next, 1, memory_order_relaxed);
        if (index >= self->count)
            return;
        self->fn(self->context, index);
    }
}

static loop *find_work(const spx_pool *pool)
{
    for (loop *at = pool->first; at != NULL; at = at->after) {
        if (atomic_load_explicit(&at->next, memory_order_relaxed) < at->count)
            return at;
    }
    return NULL;
}

static void *help(void *argument)
{
    spx_pool *const pool = argument;
    (void)pthread_mutex_lock(&pool->lock);
    for (;;) {
        loop *const found = find_work(pool);
        if (found == NULL) {
            if (pool->closing)
                break;
            (void)pthread_cond_wait(&pool->work, &pool->lock);
            continue;
        }
        found->helpers++;
        (void)pthread_mutex_unlock(&pool->lock);
        take_turns(found);
        (void)pthread_mutex_lock(&pool->lock);
        found->helpers--;
        (void)pthread_cond_broadcast(&pool->left);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

spx_status spx_pool_create(spx_pool **out, unsigned threads, spx_diag *diag)
{
    *out = NULL;
    const unsigned wanted = (threads == 0 ? spx_cpu_count() : threads) - 1;
    spx_pool *const pool = calloc(1, sizeof(*pool));
    if (pool == NULL)
        return spx_fail_memory(diag, "thread pool");
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->work, NULL);
    (void)pthread_cond_init(&pool->left, NULL);
    pool->threads = calloc(wanted + 1, sizeof(*pool->threads));
    if (pool->threads == NULL) {
        spx_pool_destroy(pool);
        return spx_fail_memory(diag, "thread pool");
    }
    for (; pool->thread_count < wanted; pool->thread_count++) {
        if (pthread_create(&pool->threads[pool->thread_count], NULL, help, pool) != 0)
            break; /* fewer threads than asked for still do all the work */
    }
    *out = pool;
    return SPX_OK;
}

void spx_pool_destroy(spx_pool *pool)
{
    if (pool == NULL)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->closing = 1;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        (void)pthread_join(pool->threads[i], NULL);
    free(pool->threads);
    (void)pthread_cond_destroy(&pool->left);
    (void)pthread_cond_destroy(&pool->work);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}

unsigned spx_pool_threads(const spx_pool *pool)
{
    return pool == NULL ? 1 : pool->thread_count + 1;
}

static void add_loop(spx_pool *pool, loop *added)
{
    (void)pthread_mutex_lock(&pool->lock);
    added->after =
        pool->first; /* newest first: nested loops finish before the loop that waits for them */
    pool->first = added;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
}

static void remove_loop(spx_pool *pool, loop *removed)
{
    (void)pthread_mutex_lock(&pool->lock);
    loop **link = &pool->first;
    while (*link != removed)
        link = &(*link)->after;
    *link = removed->after;
    while (removed->helpers != 0)
        (void)pthread_cond_wait(&pool->left, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}

void spx_pool_run(spx_pool *pool, size_t count, spx_pool_fn fn, void *context)
{
    loop self = { .fn = fn, .context = context, .count = count };
    if (pool == NULL || pool->thread_count == 0 || count < 2) {
        take_turns(&self);
        return;
    }
    add_loop(pool, &self);
    take_turns(&self);
    remove_loop(pool, &self);
}

#include "test_support.h"

#include "base/task.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { ROUNDS = 300 };

typedef struct both {
    spx_pool *pool;
    pthread_t caller;
    int whole;             /* times */
    int whole_was_at_home; /* on the caller's thread */
    atomic_int aside;
    int waits; /* the main part goes on only when the other has run */
} both;

static void do_whole(void *context)
{
    both *const self = context;
    self->whole++;
    self->whole_was_at_home += pthread_equal(self->caller, pthread_self()) != 0;
    while (self->waits && atomic_load(&self->aside) == 0)
        (void)sched_yield();
}

static void count_turn(void *context, size_t index)
{
    (void)index;
    (void)atomic_fetch_add((atomic_int *)context, 1);
}

static void do_aside(void *context)
{
    enum { TURNS = 5 };
    both *const self = context;
    atomic_int turns = 0;
    spx_pool_run(self->pool, TURNS, count_turn, &turns);
    assert_int_equal(atomic_load(&turns), TURNS);
    (void)atomic_fetch_add(&self->aside, 1);
}

static void does_both_once_with_any_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
        const spx_task task = { .pool = pool };
        for (int round = 0; round < ROUNDS; round++) {
            both self = { .pool = pool, .caller = pthread_self() };

            spx_task_beside(&task, do_whole, do_aside, &self);

            assert_int_equal(self.whole, 1);
            assert_int_equal(self.whole_was_at_home, 1);
            assert_int_equal(atomic_load(&self.aside), 1);
        }
        spx_pool_destroy(pool);
    }
}

static void does_one_after_the_other_without_a_task(void **state)
{
    (void)state;
    both self = { .caller = pthread_self() };

    spx_task_beside(NULL, do_whole, do_aside, &self);

    assert_int_equal(self.whole, 1);
    assert_int_equal(atomic_load(&self.aside), 1);
}

/* It would wait for ever if the other part came behind it. */
static void does_them_at_the_same_time(void **state)
{
    (void)state;
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 2, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    both self = { .pool = pool, .caller = pthread_self(), .waits = 1 };

    spx_task_beside(&task, do_whole, do_aside, &self);

    assert_int_equal(atomic_load(&self.aside), 1);
    spx_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_both_once_with_any_number_of_threads),
        cmocka_unit_test(does_one_after_the_other_without_a_task),
        cmocka_unit_test(does_them_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

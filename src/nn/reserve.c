/*
 * Memory comes from the system in slabs. The blocks of a slab stand in the order of their
 * addresses, each behind a header that knows its neighbours; what lies between two is free. A new
 * block takes the first gap that is large enough, so that low addresses are used again and again
 * and the end of a slab may never be touched.
 *
 *     slab: | slab | first | block … | free | block … | free |
 *
 * The address sanitizer is told what of it nobody may touch: all but the headers' fields and the
 * bytes that were asked for.
 */
#include "nn/reserve.h"

#include "base/poison.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A run of Depth Anything V2 Small fits into one slab; pages that it does not touch are none. */
enum { ALIGNMENT = 64, SLAB_BYTES = 32 << 20 };

typedef struct block {
    _Alignas(ALIGNMENT) struct block *previous; /* NULL: a slab's first, which is nobody's memory */
    struct block *next;
    uint8_t *end;
} block;

enum { HEADER_BYTES = offsetof(block, end) + sizeof(uint8_t *) };

typedef struct slab {
    _Alignas(ALIGNMENT) struct slab *next;
    uint8_t *end;
    block first;
} slab;

struct spx_reserve {
    pthread_mutex_t lock; /* guards all below */
    slab *slabs;
};

spx_status spx_reserve_create(spx_reserve **out, spx_diag *diag)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return spx_fail_memory(diag, "working memory");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    return SPX_OK;
}

void spx_reserve_destroy(spx_reserve *reserve)
{
    if (reserve == NULL)
        return;
    spx_reserve_trim(reserve);
    assert(reserve->slabs == NULL);
    (void)pthread_mutex_destroy(&reserve->lock);
    free(reserve);
}

/* What of a gap's begin becomes a block. */
static block *begin_block(uint8_t *at, const block *fields)
{
    block *const made = (block *)(void *)at;
    spx_unpoison(made, HEADER_BYTES);
    made->previous = fields->previous;
    made->next = fields->next;
    made->end = fields->end;
    return made;
}

/* bytes: header and all. NULL when no gap is large enough. */
static block *place(slab *self, size_t bytes)
{
    for (block *before = &self->first; before != NULL; before = before->next) {
        uint8_t *const gap_end = before->next != NULL ? (uint8_t *)before->next : self->end;
        if ((size_t)(gap_end - before->end) < bytes)
            continue;
        block *const made = begin_block(
            before->end,
            &(block){ .previous = before, .next = before->next, .end = before->end + bytes });
        if (before->next != NULL)
            before->next->previous = made;
        before->next = made;
        return made;
    }
    return NULL;
}

/* An empty slab with room for so many bytes. */
static slab *add_slab(spx_reserve *reserve, size_t bytes)
{
    const size_t wanted = sizeof(slab) + bytes;
    const size_t all = wanted > SLAB_BYTES ? wanted : SLAB_BYTES;
    slab *const made = aligned_alloc(ALIGNMENT, all);
    if (made == NULL)
        return NULL;
    uint8_t *const begin = (uint8_t *)made;
    *made = (slab){ .next = reserve->slabs,
                    .end = begin + all,
                    .first = { .end = begin + sizeof(slab) } };
    spx_poison(begin + sizeof(slab), all - sizeof(slab));
    reserve->slabs = made;
    return made;
}

static block *take_block(spx_reserve *reserve, size_t bytes)
{
    for (slab *one = reserve->slabs; one != NULL; one = one->next) {
        block *const found = place(one, bytes);
        if (found != NULL)
            return found;
    }
    slab *const fresh = add_slab(reserve, bytes);
    return fresh == NULL ? NULL : place(fresh, bytes);
}

void *spx_reserve_take(spx_reserve *reserve, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 2) / size)
        return NULL;
    const size_t bytes = (count * size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    if (reserve == NULL)
        return aligned_alloc(ALIGNMENT, bytes);
    (void)pthread_mutex_lock(&reserve->lock);
    block *const taken = take_block(reserve, sizeof(block) + bytes);
    (void)pthread_mutex_unlock(&reserve->lock);
    if (taken == NULL)
        return NULL;
    spx_unpoison(taken + 1, count * size);
    return taken + 1;
}

void *spx_reserve_zeros(spx_reserve *reserve, size_t count, size_t size)
{
    void *const memory = spx_reserve_take(reserve, count, size);
    if (memory != NULL)
        memset(memory, 0, count * size);
    return memory;
}

void spx_reserve_give(spx_reserve *reserve, void *memory)
{
    if (reserve == NULL || memory == NULL) {
        free(memory);
        return;
    }
    block *const given = (block *)memory - 1;
    (void)pthread_mutex_lock(&reserve->lock);
    given->previous->next = given->next;
    if (given->next != NULL)
        given->next->previous = given->previous;
    spx_poison(given, (size_t)(given->end - (uint8_t *)given));
    (void)pthread_mutex_unlock(&reserve->lock);
}

void spx_reserve_trim(spx_reserve *reserve)
{
    (void)pthread_mutex_lock(&reserve->lock);
    for (slab **at = &reserve->slabs; *at != NULL;) {
        slab *const one = *at;
        if (one->first.next != NULL) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        free(one);
    }
    (void)pthread_mutex_unlock(&reserve->lock);
}

size_t spx_reserve_bytes(spx_reserve *reserve)
{
    size_t bytes = 0;
    (void)pthread_mutex_lock(&reserve->lock);
    for (const slab *one = reserve->slabs; one != NULL; one = one->next)
        bytes += (size_t)(one->end - (const uint8_t *)one);
    (void)pthread_mutex_unlock(&reserve->lock);
    return bytes;
}

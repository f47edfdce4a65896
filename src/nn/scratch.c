#include "nn/scratch.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { ALIGNMENT = 64 };

struct spx_scratch {
    unsigned areas;
    size_t bytes; /* of one area */
    spx_reserve *reserve;
    uint8_t *memory;
    atomic_flag *taken; /* [areas] */
};

spx_status spx_scratch_create(spx_scratch **out, unsigned areas, size_t bytes, spx_reserve *reserve,
                              spx_diag *diag)
{
    *out = NULL;
    const size_t rounded = (bytes / ALIGNMENT + 1) * ALIGNMENT;
    spx_scratch *const scratch = calloc(1, sizeof(*scratch));
    if (scratch == NULL)
        return spx_fail_memory(diag, "working memory");
    scratch->areas = areas;
    scratch->bytes = rounded;
    scratch->reserve = reserve;
    scratch->memory = spx_reserve_take(reserve, areas, rounded);
    scratch->taken = calloc(areas, sizeof(*scratch->taken));
    if (scratch->memory == NULL || scratch->taken == NULL) {
        spx_scratch_destroy(scratch);
        return spx_fail_memory(diag, "working memory");
    }
    for (unsigned i = 0; i < areas; i++)
        atomic_flag_clear(&scratch->taken[i]);
    *out = scratch;
    return SPX_OK;
}

void spx_scratch_destroy(spx_scratch *scratch)
{
    if (scratch == NULL)
        return;
    spx_reserve_give(scratch->reserve, scratch->memory);
    free(scratch->taken);
    free(scratch);
}

void *spx_scratch_take(spx_scratch *scratch)
{
    for (;;) { /* ends at once: a loop has no more turns in flight than the pool has threads */
        for (unsigned i = 0; i < scratch->areas; i++) {
            if (!atomic_flag_test_and_set_explicit(&scratch->taken[i], memory_order_acquire))
                return scratch->memory + i * scratch->bytes;
        }
    }
}

void spx_scratch_give(spx_scratch *scratch, void *area)
{
    const size_t index = (size_t)((uint8_t *)area - scratch->memory) / scratch->bytes;
    assert(index < scratch->areas);
    atomic_flag_clear_explicit(&scratch->taken[index], memory_order_release);
}

#include "spx/cancel.h"

#include <stdatomic.h>
#include <stdlib.h>

struct spx_cancel {
    atomic_int requested; /* lock-free on every target, hence safe in a signal handler */
};

spx_status spx_cancel_create(spx_cancel **out)
{
    *out = calloc(1, sizeof(**out));
    return *out == NULL ? SPX_ERR_NO_MEMORY : SPX_OK;
}

void spx_cancel_destroy(spx_cancel *cancel)
{
    free(cancel);
}

void spx_cancel_request(spx_cancel *cancel)
{
    atomic_store_explicit(&cancel->requested, 1, memory_order_relaxed);
}

int spx_cancel_requested(const spx_cancel *cancel)
{
    return atomic_load_explicit(&cancel->requested, memory_order_relaxed);
}

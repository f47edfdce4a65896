#include "cli/alone.h"

#include "cli/interrupt.h"

spx_status spx_alone_begin(spx_alone *out, uint64_t memory_bytes, spx_diag *diag)
{
    spx_engine_options usual;
    spx_engine_options_init(&usual);
    *out = (spx_alone){ .limits = usual.limits };
    SPX_TRY(spx_gate_create(&out->gate, memory_bytes, diag));
    if (spx_cancel_create(&out->cancel) != SPX_OK)
        return spx_fail_memory(diag, "cancel");
    spx_interrupt_keep_writing();
    spx_interrupt_catch(out->cancel);
    return SPX_OK;
}

void spx_alone_end(spx_alone *alone)
{
    if (alone->cancel != NULL)
        spx_interrupt_release();
    spx_cancel_destroy(alone->cancel);
    spx_gate_destroy(alone->gate);
    *alone = (spx_alone){ .gate = NULL };
}

spx_apart spx_alone_apart(const spx_alone *alone, const char *verb, char *const *words,
                          const char *photo)
{
    return (spx_apart){ .verb = verb,
                        .words = words,
                        .photo = photo,
                        .limits = &alone->limits,
                        .gate = alone->gate,
                        .cancel = alone->cancel };
}

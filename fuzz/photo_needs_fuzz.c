/* What a photo is said to need before it is decoded, from any bytes. */
#include "child/needs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t nothing[1] = { 0 };
    const spx_input input = { .data = size == 0 ? nothing : bytes, .size = size, .name = "fuzz" };
    spx_outpaint_options outpaint;
    spx_outpaint_options_init(&outpaint);
    const spx_child_work work = { .formats = SPX_FORMATS_DEFAULT,
                                  .outpaint = &outpaint,
                                  .threads = 2 };
    spx_child_needs needs;
    spx_child_needs_of(&needs, &input, &work);
    if (needs.pixels == 0 || needs.memory_bytes < needs.pixels || !(needs.cpu_s > 0.0))
        abort();
    return 0;
}

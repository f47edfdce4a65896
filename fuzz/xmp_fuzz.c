#include "fuzz_text.h"

#include "container/xmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *const copy = fuzz_copy(bytes, size);
    if (copy == NULL)
        return 0;
    (void)spx_xmp_set_upright(copy, size);
    free(copy);
    return 0;
}

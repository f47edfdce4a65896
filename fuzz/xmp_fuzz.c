#include "container/xmp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *const copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        return 0;
    if (size != 0)
        memcpy(copy, bytes, size);
    (void)spx_xmp_set_upright(copy, size);
    free(copy);
    return 0;
}

#include "container/exif.h"

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
    spx_exif exif;
    spx_exif_read(&exif, copy, size);
    spx_exif_set_upright(copy, size);
    spx_exif_set_size(copy, size, 70000, 3);
    spx_exif_set_srgb(copy, size);
    spx_exif_read(&exif, copy, size);
    free(copy);
    return 0;
}

#include "fuzz_text.h"

#include "container/exif.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *const copy = fuzz_copy(bytes, size);
    if (copy == NULL)
        return 0;
    spx_exif exif;
    spx_exif_read(&exif, copy, size);
    spx_exif_set_upright(copy, size);
    spx_exif_set_size(copy, size, 70000, 3);
    spx_exif_set_srgb(copy, size);
    spx_exif_read(&exif, copy, size);
    free(copy);
    return 0;
}

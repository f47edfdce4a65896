#include "container/exif.h"
#include "container/tiff_exif.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_bytes exif = { 0 };
    if (spx_tiff_exif(&exif, bytes, size, NULL) == SPX_OK)
        spx_exif_set_upright(exif.data, exif.size);
    spx_bytes_clear(&exif);
    return 0;
}

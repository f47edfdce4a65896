/* Every change at once to bytes taken as EXIF and as XMP. */
#include "container/metadata.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const spx_metadata_change change = { .turned = 6,
                                                .old_width = 640,
                                                .old_height = 480,
                                                .width = 1000000,
                                                .height = 480,
                                                .grown = 1,
                                                .parts_dropped = 1,
                                                .coded_anew = 1 };
    spx_bytes exif = { 0 };
    spx_bytes xmp = { 0 };
    spx_bytes_append(&exif, bytes, size);
    spx_bytes_append(&xmp, bytes, size);
    if (!exif.failed && !xmp.failed)
        (void)!spx_metadata_update(&exif, &xmp, &change, NULL);
    spx_bytes_clear(&exif);
    spx_bytes_clear(&xmp);
    return 0;
}

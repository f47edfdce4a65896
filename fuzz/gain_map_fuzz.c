/* Metadata of gain maps: ISO 21496-1, XMP of both kinds, and finding the map's JPEG. */
#include "container/gain_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_gain_form form;
    const uint8_t *jpeg = NULL;
    size_t jpeg_size = 0;
    if (spx_gain_iso_read(&form, bytes, size, NULL) == SPX_OK)
        (void)spx_gain_to_apple(&form, 0.5);
    if (spx_gain_xmp_read(&form, bytes, size))
        (void)spx_gain_to_apple(&form, 0.5);
    (void)spx_gain_apple_headroom(bytes, size);
    (void)spx_gain_jpeg_find(&form, &jpeg, &jpeg_size, bytes, size);
    (void)spx_gain_jpeg_claims(bytes, size);
    return 0;
}

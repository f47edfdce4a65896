/* The door of HEIF files, from bytes to pixels: the photo, its gain map, and what is said of it. */
#include "codec/gain_map_read.h"
#include "codec/photo_read.h"
#include "container/heif_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const spx_limits limits = { .file_bytes = 1 << 20, .pixels = 1 << 20, .side_px = 4096 };
    spx_photo photo = { 0 };
    spx_gain_map gain = { 0 };
    spx_heif *heif = NULL;
    spx_heif_findings findings;
    if (!spx_heif_recognises(bytes, size))
        return 0;
    (void)!spx_photo_read(&photo, bytes, size, "fuzz", &limits, NULL, NULL);
    (void)!spx_gain_map_read(&gain, bytes, size, "fuzz", &limits, NULL, NULL);
    if (spx_heif_read(&heif, bytes, size, "fuzz", NULL, NULL) == SPX_OK)
        (void)!spx_heif_check(&findings, heif, NULL);
    spx_heif_destroy(heif);
    spx_gain_map_clear(&gain);
    spx_photo_clear(&photo);
    return 0;
}

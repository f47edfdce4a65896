#include "test_heif.h"

#include "test_support.h"

enum { TILES = 8, ICC_BYTES = 132, ICC_MARK_AT = 36 };

void test_heif_init(test_heif *heif)
{
    /* "MM", IFD0 with Orientation 1 */
    static const uint8_t exif[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                                    3,   0,   0, 0,  1, 0, 1, 0, 0, 0, 0,    0,    0 };
    *heif = (test_heif){
        .coded = test_stills_repeat("hevc/tiles_512.hevc", 512, 512, TILES),
        .thumbnail = test_stills_repeat("hevc/pair_64.hevc", 64, 64, 1),
    };
    spx_bytes_append(&heif->exif, exif, sizeof(exif));
    spx_bytes_text(&heif->xmp, "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>");
    /* Not a real profile: the smallest header that says how long it is. */
    spx_bytes_append_zeros(&heif->icc, ICC_BYTES);
    spx_bytes_patch_u32(&heif->icc, 0, ICC_BYTES);
    spx_bytes_patch_u32(&heif->icc, ICC_MARK_AT, 0x61637370); /* "acsp" */
    heif->photo = (spx_spatial_heif){
        .width = 1023,
        .height = 999,
        .coded = &heif->coded,
        .thumbnail = &heif->thumbnail,
        .nclx = { .primaries = 1, .transfer = 13, .matrix = 1, .full_range = 1 },
        .exif = &heif->exif,
        .xmp = &heif->xmp,
        .hfov_deg = 60,
        .baseline_mm = 64,
        .disparity_adjustment = 0.02,
    };
}

void test_heif_clear(test_heif *heif)
{
    spx_hevc_stills_clear(&heif->coded);
    spx_hevc_stills_clear(&heif->thumbnail);
    spx_bytes_clear(&heif->exif);
    spx_bytes_clear(&heif->xmp);
    spx_bytes_clear(&heif->icc);
}

spx_bytes test_heif_write(const spx_spatial_heif *photo)
{
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    if (spx_spatial_heif_write(&file, photo, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return file;
}

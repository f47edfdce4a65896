#include "formats/extras.h"

#include "container/exif.h"
#include "container/xmp.h"

spx_status spx_sized_extras_init(spx_sized_extras *out, const spx_master *master, uint32_t width,
                                 uint32_t height, spx_diag *diag)
{
    const spx_photo *const photo = master->photo;
    *out = (spx_sized_extras){ .extras = { .icc = &photo->icc, .xmp = &photo->xmp } };
    if (photo->exif.size == 0)
        return SPX_OK;
    SPX_TRY(spx_bytes_copy(&out->exif, photo->exif.data, photo->exif.size, "EXIF", diag));
    spx_exif_set_size(out->exif.data, out->exif.size, width, height);
    out->extras.exif = &out->exif;
    return SPX_OK;
}

spx_eyes_record spx_master_record(const spx_master *master, int are_parallel)
{
    const double width = master->left->width;
    const double shift = (double)(master->shift_px[0] - master->shift_px[1]) / width;
    return (spx_eyes_record){ .shape = width / master->left->height,
                              .parallel_shift = are_parallel ? 0.0 : shift,
                              .disparity_adjustment = master->camera.disparity_adjustment,
                              .baseline_mm = master->camera.baseline_mm,
                              .hfov_deg = master->camera.hfov_deg };
}

// NOLINTNEXTLINE(readability-function-size): a picture's numbers and where they go
spx_status spx_eyes_extras_init(spx_sized_extras *out, const spx_master *master, uint32_t width,
                                uint32_t height, int are_parallel, spx_diag *diag)
{
    const spx_eyes_record record = spx_master_record(master, are_parallel);
    spx_bytes description = { 0 };
    SPX_TRY(spx_sized_extras_init(out, master, width, height, diag));
    spx_eyes_record_put(&description, &record);
    spx_xmp_put_with(&out->xmp, &master->photo->xmp, &description, SPX_XMP_MOST_IN_JPEG);
    spx_bytes_clear(&description);
    out->extras.xmp = &out->xmp;
    return spx_bytes_check(&out->xmp, "XMP", diag);
}

void spx_sized_extras_clear(spx_sized_extras *sized)
{
    spx_bytes_clear(&sized->exif);
    spx_bytes_clear(&sized->xmp);
    *sized = (spx_sized_extras){ 0 };
}

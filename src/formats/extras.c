#include "formats/extras.h"

#include "container/exif.h"

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

void spx_sized_extras_clear(spx_sized_extras *sized)
{
    spx_bytes_clear(&sized->exif);
    *sized = (spx_sized_extras){ 0 };
}

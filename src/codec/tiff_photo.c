#include "codec/tiff_photo.h"

#include "container/tiff_pictures.h"

/* libvips' loader takes what it does not know for RGB or grey of numbers from 0 on. */
static spx_status check_samples(const spx_tiff_pictures *pictures, const char *name, spx_diag *diag)
{
    enum {
        SIGNED = 2, /* TIFF 6.0, section 19 */
        JPEG = 7,
        YCBCR = 6, /* section 21 */
        ICC_LAB = 9,
        ITU_LAB = 10, /* TIFF-FX */
        LOG_L = 32844 /* libtiff's */
    };
    if (pictures->sample_format == SIGNED) {
        return spx_fail(
            diag, SPX_ERR_UNSUPPORTED,
            "%s: TIFF file of signed samples, which do not say what black and white are", name);
    }
    switch (pictures->photometric) {
    case YCBCR:
        if (pictures->compression == JPEG)
            break;
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: TIFF file in YCbCr without JPEG, %s", name,
                        "which is not read");
    case ICC_LAB:
    case ITU_LAB:
    case LOG_L:
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: TIFF file in %s, which is not read", name,
                        pictures->photometric == LOG_L     ? "logarithms (LogL)"
                        : pictures->photometric == ICC_LAB ? "ICC L*a*b*"
                                                           : "ITU L*a*b*");
    default:
        break;
    }
    return SPX_OK;
}

spx_status spx_tiff_photo_choose(spx_photo_picture *out, const spx_photo_file *file,
                                 const spx_task *task, spx_diag *diag)
{
    spx_tiff_pictures pictures;
    *out = (spx_photo_picture){ .subifd = -1 };
    spx_tiff_pictures_find(&pictures, file->data, file->size);
    SPX_TRY(check_samples(&pictures, file->name, diag));
    if (pictures.count < 2)
        return SPX_OK;
    if (pictures.page != 0 || pictures.subifd >= 0) {
        out->page = (int)pictures.page;
        out->subifd = pictures.subifd;
        spx_task_warn(task, SPX_NOTE_PICTURE_CHOSEN,
                      "TIFF file of %u pictures: the largest was used, %u x %u pixels",
                      pictures.count, pictures.width, pictures.height);
    } else if (pictures.as_large > 1) {
        spx_task_warn(task, SPX_NOTE_PICTURE_CHOSEN, "TIFF file of %u pictures: the first was used",
                      pictures.count);
    }
    return SPX_OK;
}

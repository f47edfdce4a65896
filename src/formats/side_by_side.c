#include "codec/hevc.h"
#include "codec/srgb.h"
#include "formats/writers.h"
#include "image/resize.h"

#include <math.h>

enum { BLOCK_PX = 64 };

/*
 * The long side that each eye may have so that both fit into one picture; 0 = they fit as they are.
 * The encoder pads sides up to its block size, which must not lead over the limit.
 */
static uint32_t side_by_side_limit(const spx_image *eye)
{
    const double width = 2.0 * eye->width;
    const double height = eye->height;
    const double side = SPX_HEVC_MOST_SIDE_PX - BLOCK_PX;
    const double padded_px = (width + BLOCK_PX) * (height + BLOCK_PX);
    double scale = fmin(1.0, side / fmax(width, height));
    if (padded_px > SPX_HEVC_MOST_PX) { /* the padding shrinks less than the picture: a little more
                                         than the root */
        scale = fmin(scale, sqrt(SPX_HEVC_MOST_PX / padded_px) - BLOCK_PX / fmin(width, height));
    }
    if (scale >= 1.0)
        return 0;
    return (uint32_t)fmax(1.0, floor(fmax(eye->width, height) * scale));
}

/*
 * An elementary stream carries no profile, only the code points of its VUI. sRGB and Display P3
 * have some; an eye of any other profile becomes sRGB. *made stays NULL where the eye is good as it
 * is.
 */
static spx_status fit_eye(spx_image **made, const spx_image *eye, const spx_bytes *icc,
                          uint32_t limit, const spx_task *task, spx_diag *diag)
{
    spx_image *converted = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_to_srgb(&converted, eye, icc, task, diag));
    if (limit != 0) {
        SPX_TRY_OUT(spx_image_shrink(made, converted == NULL ? eye : converted, limit, task, diag));
    } else {
        *made = converted;
        converted = NULL; /* moved to the caller */
    }
out:
    spx_image_unref(converted);
    return status;
}

spx_status spx_write_side_by_side(spx_bytes *out, const spx_master *master, const spx_task *task,
                                  spx_diag *diag)
{
    enum { UNSPECIFIED = 2 };
    spx_hevc_options hevc = { .quality = master->options->quality };
    const uint32_t limit = side_by_side_limit(master->left);
    const spx_task quiet = spx_task_quiet(task);
    const spx_bytes *icc = &master->photo->icc;
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_status status = SPX_OK;
    spx_nclx_from_icc(&hevc.color, icc);
    if (hevc.color.primaries == UNSPECIFIED) {
        spx_nclx_from_icc(&hevc.color, NULL);
    } else {
        icc = NULL;
    }
    SPX_TRY_OUT(fit_eye(&left, master->left, icc, limit, &quiet, diag));
    SPX_TRY_OUT(fit_eye(&right, master->right, icc, limit, &quiet, diag));
    if (limit != 0) {
        spx_task_warn(task, SPX_WARNING_SHRUNK,
                      "side by side, both eyes are too large for HEVC together: each was reduced "
                      "from %u x %u to %u x %u pixels",
                      master->left->width, master->left->height, left->width, left->height);
    }
    SPX_TRY_OUT(spx_hevc_encode_side_by_side(out, left == NULL ? master->left : left,
                                             right == NULL ? master->right : right, &hevc, task,
                                             diag));

out:
    spx_image_unref(left);
    spx_image_unref(right);
    return status;
}

#include "codec/hevc.h"
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

spx_status spx_write_side_by_side(spx_bytes *out, const spx_master *master, const spx_task *task,
                                  spx_diag *diag)
{
    spx_hevc_options hevc = { .quality = master->options->quality };
    const uint32_t limit = side_by_side_limit(master->left);
    spx_nclx_from_icc(&hevc.color, &master->photo->icc);
    if (limit == 0)
        return spx_hevc_encode_side_by_side(out, master->left, master->right, &hevc, task, diag);

    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_shrink(&left, master->left, limit, &quiet, diag));
    SPX_TRY_OUT(spx_image_shrink(&right, master->right, limit, &quiet, diag));
    SPX_TRY_OUT(spx_hevc_encode_side_by_side(out, left, right, &hevc, task, diag));

out:
    spx_image_unref(left);
    spx_image_unref(right);
    return status;
}

#include "formats/heic_parts.h"

#include "image/resize.h"

enum { THUMBNAIL_PX = 320 };

spx_status spx_heic_thumbnail(spx_hevc_stills *out, const spx_image *image,
                              const spx_hevc_options *options, const spx_task *task, spx_diag *diag)
{
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_shrink(&small, image, THUMBNAIL_PX, task, diag));
    SPX_TRY_OUT(
        spx_hevc_encode_whole(out, (const spx_image *const[]){ small }, 1, options, task, diag));
out:
    spx_image_unref(small);
    return status;
}

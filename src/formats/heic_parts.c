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

spx_status spx_heic_fit(spx_image **images, size_t count, const char *word, const spx_task *task,
                        spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const uint32_t width = images[0]->width;
    const uint32_t height = images[0]->height;
    if (width <= SPX_HEIC_MOST_SIDE_PX && height <= SPX_HEIC_MOST_SIDE_PX)
        return SPX_OK;
    for (size_t i = 0; i < count; i++) {
        spx_image *small = NULL;
        SPX_TRY(spx_image_shrink(&small, images[i], SPX_HEIC_MOST_SIDE_PX, &quiet, diag));
        spx_image_unref(images[i]);
        images[i] = small;
    }
    spx_task_warn(task, SPX_WARNING_SHRUNK,
                  "%s: readers of HEIC open no side over %d pixels: the picture was reduced from "
                  "%u x %u to %u x %u pixels",
                  word, SPX_HEIC_MOST_SIDE_PX, width, height, images[0]->width, images[0]->height);
    return SPX_OK;
}

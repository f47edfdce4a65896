#include "pipeline/glimpse.h"

#include "base/file.h"
#include "codec/image_write.h"
#include "image/plane_resample.h"
#include "image/resize.h"

#include <stdlib.h>

enum {
    /* A higher one shows no difference on a screen of that size. */
    EYE_QUALITY = 72,
    EYE_LEAST_QUALITY = 30,
    EYE_QUALITY_STEP = 7,
    /* Both eyes together load as fast as photo and depth: 0.6 MB at most. Of the bundled photos at
     * 12 megapixels none comes above it. */
    EYE_BYTES = 300000,
    DEPTH_QUALITY = 85,
};

static spx_status write_file(const char *dir, const char *name, const spx_bytes *jpeg,
                             spx_diag *diag)
{
    SPX_TRY(spx_folder_make(dir, diag));
    char *const path = spx_path_join(dir, name);
    if (path == NULL)
        return spx_fail_memory(diag, name);
    const spx_status status = spx_file_write(path, jpeg->data, jpeg->size, diag);
    free(path);
    return status;
}

static spx_status write_depth(const char *dir, const char *name, const spx_plane *depth,
                              const spx_task *task, spx_diag *diag)
{
    enum { DEPTH_PX = SPX_GLIMPSE_DEPTH_PX };
    spx_plane *small = NULL;
    spx_bytes jpeg = { 0 };
    spx_status status = SPX_OK;
    const uint32_t longer = depth->width > depth->height ? depth->width : depth->height;
    if (longer > DEPTH_PX) {
        const uint32_t width = (uint32_t)((uint64_t)depth->width * DEPTH_PX / longer);
        const uint32_t height = (uint32_t)((uint64_t)depth->height * DEPTH_PX / longer);
        SPX_TRY_OUT(spx_plane_resample(&small, depth, width == 0 ? 1 : width,
                                       height == 0 ? 1 : height, diag));
    }
    SPX_TRY_OUT(
        spx_plane_write_jpeg(&jpeg, small == NULL ? depth : small, DEPTH_QUALITY, task, diag));
    SPX_TRY_OUT(write_file(dir, name, &jpeg, diag));

out:
    spx_bytes_clear(&jpeg);
    spx_plane_destroy(small);
    return status;
}

spx_status spx_glimpse_first(const char *dir, const spx_plane *depth, const spx_task *task,
                             spx_diag *diag)
{
    return write_depth(dir, "depth_first.jpg", depth, task, diag);
}

spx_status spx_glimpse_depth(const char *dir, const spx_plane *depth, const spx_task *task,
                             spx_diag *diag)
{
    return write_depth(dir, "depth_preview.jpg", depth, task, diag);
}

/* What a JPEG has beside its colour profile, which gets no smaller with the picture. */
static size_t picture_bytes(const spx_bytes *jpeg, const spx_image_extras *extras)
{
    return jpeg->size > extras->icc->size ? jpeg->size - extras->icc->size : 0;
}

/* Coarser, and then smaller, until it is no more than EYE_BYTES. */
static spx_status write_eye(spx_bytes *jpeg, const spx_image *eye, const spx_image_extras *extras,
                            const spx_task *task, spx_diag *diag)
{
    uint32_t side = SPX_GLIMPSE_EYE_PX;
    int quality = EYE_QUALITY;
    spx_image *small = NULL;
    SPX_TRY(spx_image_shrink(&small, eye, side, task, diag));
    spx_status status = SPX_OK;
    for (;;) {
        status = spx_image_write(jpeg, small, SPX_IMAGE_TYPE_JPEG, quality, extras, task, diag);
        if (status != SPX_OK || picture_bytes(jpeg, extras) <= EYE_BYTES)
            break;
        spx_bytes_clear(jpeg);
        if (quality > EYE_LEAST_QUALITY) {
            quality -= EYE_QUALITY_STEP;
            continue;
        }
        side -= side / 4;
        spx_image_unref(small);
        small = NULL;
        SPX_TRY_OUT(spx_image_shrink(&small, eye, side, task, diag));
    }
out:
    spx_image_unref(small);
    return status;
}

spx_status spx_glimpse_eyes(const char *dir, const spx_image *const eyes[2], const spx_bytes *icc,
                            const spx_task *task, spx_diag *diag)
{
    static const char *const names[] = { "left_preview.jpg", "right_preview.jpg" };
    spx_status status = SPX_OK;
    for (int i = 0; i < 2; i++) {
        spx_bytes jpeg = { 0 };
        const spx_image_extras extras = { .icc = icc };
        status = write_eye(&jpeg, eyes[i], &extras, task, diag);
        if (status == SPX_OK)
            status = write_file(dir, names[i], &jpeg, diag);
        spx_bytes_clear(&jpeg);
        if (status != SPX_OK)
            return status;
    }
    return SPX_OK;
}

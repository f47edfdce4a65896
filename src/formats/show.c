#include "formats/show.h"

#include "codec/srgb.h"
#include "image/image.h"

#include <math.h>

/* *image: of either bits; becomes one of 8 bits. */
static spx_status reduce_bits(spx_image **image, spx_diag *diag)
{
    const spx_image *const deep = *image;
    spx_image *out = NULL;
    if (deep->bits == 8)
        return SPX_OK;
    SPX_TRY(spx_image_create(&out, deep->width, deep->height, 8, diag));
    const size_t samples = (size_t)SPX_IMAGE_CHANNELS * deep->width;
    for (uint32_t y = 0; y < deep->height; y++) {
        const uint16_t *const from = spx_image_row16(deep, y);
        for (size_t i = 0; i < samples; i++)
            spx_image_row8(out, y)[i] = spx_sample_8_of_16(from[i]);
    }
    spx_image_unref(*image);
    *image = out;
    return SPX_OK;
}

static spx_status show_colours(spx_image **image, const spx_master *master, const spx_task *task,
                               spx_diag *diag)
{
    spx_image *converted = NULL;
    SPX_TRY(spx_image_to_srgb(&converted, *image, &master->photo->icc, task, diag));
    if (converted != NULL) {
        spx_image_unref(*image);
        *image = converted;
    }
    return reduce_bits(image, diag);
}

// NOLINTNEXTLINE(readability-function-size): what, which part of it, how large
spx_status spx_show_reduce(spx_reduced *out, const spx_master *master, const spx_crop *crop,
                           uint32_t width, uint32_t height, const spx_task *task, spx_diag *diag)
{
    const spx_image *const photo = master->photo->image;
    const spx_crop whole = { .width = photo->width, .height = photo->height };
    const spx_task quiet = spx_task_quiet(task);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_reduce(out, photo, master->depth, crop == NULL ? &whole : crop, width, height,
                           &quiet, diag));
    SPX_TRY_OUT(show_colours(&out->photo, master, &quiet, diag));
out:
    if (status != SPX_OK)
        spx_reduced_clear(out);
    return status;
}

spx_status spx_show_reduce_to(spx_reduced *out, const spx_master *master, uint32_t long_side,
                              int even, const spx_task *task, spx_diag *diag)
{
    uint32_t width = master->photo->image->width;
    uint32_t height = master->photo->image->height;
    spx_fit_long_side(&width, &height, long_side, even);
    return spx_show_reduce(out, master, NULL, width, height, task, diag);
}

spx_camera_row spx_show_cameras(const spx_master *master, double eyes)
{
    static const double most_strength_pct = 10.0;
    const spx_subject subject = spx_subject_find(master->depth);
    return (spx_camera_row){ .strength_pct =
                                 fmin(master->camera.strength_pct * eyes, most_strength_pct),
                             .window = subject.depth };
}

/* GIF and WebP through libvips, which takes the pictures of an animation as one high picture and is
 * told the height of a page. */
#include "codec/animation.h"

#include "codec/vips_pixels.h"
#include "codec/vips_start.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum {
    MS_PER_SECOND = 1000,
    GIF_EFFORT = 1, /* of 1..10; 4 takes a third longer and looks no better dithered */
    WEBP_EFFORT = 2,
};

typedef enum kind { KIND_GIF, KIND_WEBP } kind;

static void run(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_animation *const self = source;
    const uint32_t height = self->pictures[0]->height;
    const spx_image *const picture = self->pictures[self->order[y / height]];
    const size_t pixel = SPX_IMAGE_CHANNELS;
    memcpy(out, spx_image_row8(picture, y % height) + x * pixel, count * pixel);
}

static spx_status set_time(VipsImage *image, const spx_animation *animation, spx_diag *diag)
{
    int *const delays = malloc(animation->length * sizeof(*delays));
    if (delays == NULL)
        return spx_fail_memory(diag, "animation");
    for (size_t i = 0; i < animation->length; i++)
        delays[i] = MS_PER_SECOND / (int)animation->per_second;
    vips_image_set_array_int(image, "delay", delays, (int)animation->length);
    vips_image_set_int(image, "loop", 0);
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, (int)animation->pictures[0]->height);
    free(delays);
    return SPX_OK;
}

static int save(VipsImage *image, kind which, int quality, void **data, size_t *size)
{
    if (which == KIND_GIF)
        return vips_gifsave_buffer(image, data, size, "effort", GIF_EFFORT, "dither", 1.0, NULL);
    return vips_webpsave_buffer(image, data, size, "Q", quality, "effort", WEBP_EFFORT, "strip",
                                TRUE, NULL);
}

static spx_status write_with_vips(spx_bytes *out, const spx_animation *animation, kind which,
                                  int quality, const spx_task *task, spx_diag *diag)
{
    const char *const name = which == KIND_GIF ? "GIF" : "WebP";
    void *data = NULL;
    size_t size = 0;
    SPX_TRY(spx_vips_start(diag));
    const spx_vips_pixels pixels = {
        .width = animation->pictures[0]->width,
        .height = animation->pictures[0]->height * (uint32_t)animation->length,
        .bands = SPX_IMAGE_CHANNELS,
        .run = run,
        .source = animation,
        .task = task,
    };
    VipsImage *const image = spx_vips_pixels_open(&pixels);
    if (image == NULL)
        return spx_vips_fail(diag, SPX_ERR_NO_MEMORY, name, "no picture");
    spx_status status = set_time(image, animation, diag);
    if (status == SPX_OK && save(image, which, quality, &data, &size) != 0) {
        status = spx_task_check(task, diag);
        if (status == SPX_OK)
            status = spx_vips_fail(diag, SPX_ERR_UNSUPPORTED, name, "cannot be written here");
    }
    if (status == SPX_OK)
        status = spx_bytes_copy(out, data, size, name, diag);
    g_free(data);
    g_object_unref(image);
    return status;
}

spx_status spx_animation_write_gif(spx_bytes *out, const spx_animation *animation,
                                   const spx_task *task, spx_diag *diag)
{
    return write_with_vips(out, animation, KIND_GIF, 0, task, diag);
}

spx_status spx_animation_write_webp(spx_bytes *out, const spx_animation *animation, int quality,
                                    const spx_task *task, spx_diag *diag)
{
    return write_with_vips(out, animation, KIND_WEBP, quality, task, diag);
}

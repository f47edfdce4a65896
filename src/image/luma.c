#include "image/luma.h"

#include "image/image.h"

/* Luma of BT.709; the weights add up to 1, so grey stays what it is. */
static float luma(float r, float g, float b)
{
    return g + 0.2126f * (r - g) + 0.0722f * (b - g);
}

typedef struct conversion {
    const spx_image *image;
    spx_plane *plane;
} conversion;

static void convert_row(void *context, size_t index)
{
    const conversion *const self = context;
    const uint32_t y = (uint32_t)index;
    float *const out = spx_plane_row(self->plane, y);
    if (self->image->bits == 8) {
        const uint8_t *const in = spx_image_row8(self->image, y);
        for (size_t x = 0; x < self->image->width; x++)
            out[x] = luma(in[3 * x], in[3 * x + 1], in[3 * x + 2]) / 255.0f;
        return;
    }
    const uint16_t *const in = spx_image_row16(self->image, y);
    for (size_t x = 0; x < self->image->width; x++)
        out[x] = luma(in[3 * x], in[3 * x + 1], in[3 * x + 2]) / 65535.0f;
}

spx_status spx_plane_from_image(spx_plane **out, const spx_image *image, const spx_task *task,
                                spx_diag *diag)
{
    *out = NULL;
    spx_plane *plane = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_create(&plane, image->width, image->height, diag));
    conversion work = { .image = image, .plane = plane };
    SPX_TRY_OUT(spx_task_run(task, plane->height, convert_row, &work, diag));
    *out = plane;
    plane = NULL; /* moved to the caller */
out:
    spx_plane_destroy(plane);
    return status;
}

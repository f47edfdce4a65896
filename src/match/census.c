#include "match/census.h"

#include "base/intops.h"
#include "base/size.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum { HALF_WIDTH = 4, HALF_HEIGHT = 3 };

typedef struct census_job {
    const spx_plane *grey;
    spx_census *out;
} census_job;

spx_status spx_grey_create(spx_plane **out, const spx_image *image, spx_diag *diag)
{
    static const float red = 0.299F;
    static const float green = 0.587F;
    static const float blue = 0.114F;
    SPX_TRY(spx_plane_create(out, image->width, image->height, diag));
    for (uint32_t y = 0; y < image->height; y++) {
        float *const to = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < image->width; x++) {
            to[x] = red * spx_image_level(image, x, y, 0) +
                    green * spx_image_level(image, x, y, 1) +
                    blue * spx_image_level(image, x, y, 2);
        }
    }
    return SPX_OK;
}

/* Every bit from a comparison with a pixel that is dx away; the middle of the row needs no care. */
static void compare_row(const float *here, const float *there, uint32_t width, int dx,
                        uint64_t *words)
{
    const uint32_t first = dx < 0 ? (uint32_t)-dx : 0;
    const uint32_t behind = dx > 0 ? (uint32_t)dx : 0;
    const uint32_t end = behind < width ? width - behind : 0;
    for (uint32_t x = 0; x < first && x < width; x++)
        words[x] = words[x] << 1 | (there[spx_clamp_index((int64_t)x + dx, width)] < here[x]);
    for (uint32_t x = first; x < end; x++)
        words[x] = words[x] << 1 | (there[(int64_t)x + dx] < here[x]);
    for (uint32_t x = end > first ? end : first; x < width; x++)
        words[x] = words[x] << 1 | (there[spx_clamp_index((int64_t)x + dx, width)] < here[x]);
}

static void census_row(void *context, size_t index)
{
    const census_job *const self = context;
    const uint32_t y = (uint32_t)index;
    const uint32_t width = self->grey->width;
    const uint32_t pad = self->out->pad;
    uint64_t *const words = self->out->words + (size_t)y * self->out->stride + pad;
    const float *const here = spx_plane_row(self->grey, y);
    memset(words, 0, width * sizeof(*words));
    for (int dy = -HALF_HEIGHT; dy <= HALF_HEIGHT; dy++) {
        const float *const there =
            spx_plane_row(self->grey, spx_clamp_index((int64_t)y + dy, self->grey->height));
        for (int dx = -HALF_WIDTH; dx <= HALF_WIDTH; dx++) {
            if (dx != 0 || dy != 0)
                compare_row(here, there, width, dx, words);
        }
    }
    for (uint32_t i = 1; i <= pad; i++) {
        words[-(int64_t)i] = words[0];
        words[(size_t)width - 1 + i] = words[width - 1];
    }
}

spx_status spx_census_init(spx_census *out, const spx_plane *grey, uint32_t pad,
                           const spx_task *task, spx_diag *diag)
{
    size_t count = 0;
    spx_census made = { .width = grey->width,
                        .height = grey->height,
                        .pad = pad,
                        .stride = (size_t)grey->width + 2 * (size_t)pad };
    SPX_TRY(spx_mul_size(&count, made.stride, made.height, "census words", diag));
    made.words = calloc(count, sizeof(*made.words));
    if (made.words == NULL)
        return spx_fail_memory(diag, "census words");
    census_job job = { .grey = grey, .out = &made };
    const spx_status status = spx_task_run(task, grey->height, census_row, &job, diag);
    if (status != SPX_OK) {
        spx_census_clear(&made);
        return status;
    }
    *out = made;
    return SPX_OK;
}

void spx_census_clear(spx_census *census)
{
    free(census->words);
    *census = (spx_census){ 0 };
}

#include "depth/guide.h"

#include "image/image.h"
#include "image/sum_rows.h"

#include <stdlib.h>

enum { BANDS = 32 };

typedef struct job {
    const spx_image *photo;
    const spx_guide *guide;
    uint32_t *sums; /* [BANDS][photo->width * SPX_GUIDE_CHANNELS] */
} job;

void spx_guide_clear(spx_guide *guide)
{
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        spx_plane_destroy(guide->planes[c]);
    *guide = (spx_guide){ 0 };
}

static spx_status create_planes(spx_guide *out, uint32_t width, uint32_t height, spx_diag *diag)
{
    *out = (spx_guide){ 0 };
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
        const spx_status status = spx_plane_create(&out->planes[c], width, height, diag);
        if (status != SPX_OK) {
            spx_guide_clear(out);
            return status;
        }
    }
    return SPX_OK;
}

/* Source pixels that pixel i of `size` covers: *from up to the returned end, at least one. */
static uint32_t cover(uint32_t i, uint32_t size, uint32_t source, uint32_t *from)
{
    *from = (uint32_t)((uint64_t)i * source / size);
    const uint32_t end = (uint32_t)(((uint64_t)i + 1) * source / size);
    return end > *from ? end : *from + 1;
}

static void average_row(const job *self, uint32_t y, uint32_t *sums)
{
    const spx_image *const photo = self->photo;
    const spx_plane *const first = self->guide->planes[0];
    const float most = photo->bits == 8 ? UINT8_MAX : UINT16_MAX;
    uint32_t top = 0;
    const uint32_t bottom = cover(y, first->height, photo->height, &top);
    spx_image_sum_rows(photo, top, bottom, sums);
    for (uint32_t x = 0; x < first->width; x++) {
        uint32_t left = 0;
        const uint32_t right = cover(x, first->width, photo->width, &left);
        const float scale = 1.0f / (most * (float)(right - left) * (float)(bottom - top));
        for (uint32_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
            uint64_t total = 0;
            for (uint32_t k = left; k < right; k++)
                total += sums[(size_t)k * SPX_GUIDE_CHANNELS + c];
            spx_plane_row(self->guide->planes[c], y)[x] = (float)total * scale;
        }
    }
}

static void average_band(void *context, size_t band)
{
    const job *const self = context;
    const uint32_t height = self->guide->planes[0]->height;
    uint32_t *const sums = self->sums + band * self->photo->width * SPX_GUIDE_CHANNELS;
    const uint32_t end = (uint32_t)((band + 1) * height / BANDS);
    for (uint32_t y = (uint32_t)(band * height / BANDS); y < end; y++)
        average_row(self, y, sums);
}

spx_status spx_guide_init(spx_guide *out, const spx_image *photo, uint32_t width, uint32_t height,
                          const spx_task *task, spx_diag *diag)
{
    SPX_TRY(create_planes(out, width, height, diag));
    spx_status status = SPX_OK;
    job self = { .photo = photo, .guide = out };
    self.sums = calloc((size_t)BANDS * photo->width * SPX_GUIDE_CHANNELS, sizeof(*self.sums));
    if (self.sums == NULL) {
        status = spx_fail_memory(diag, "guide");
        goto out;
    }
    SPX_TRY_OUT(spx_task_run(task, BANDS, average_band, &self, diag));

out:
    free(self.sums);
    if (status != SPX_OK)
        spx_guide_clear(out);
    return status;
}

static void halve_plane(spx_plane *out, const spx_plane *plane)
{
    static const float quarter = 0.25f;
    for (uint32_t y = 0; y < out->height; y++) {
        const uint32_t below = 2 * y + 1 < plane->height ? 2 * y + 1 : 2 * y;
        const float *const row0 = spx_plane_row(plane, 2 * y);
        const float *const row1 = spx_plane_row(plane, below);
        float *const to = spx_plane_row(out, y);
        for (uint32_t x = 0; x < out->width; x++) {
            const uint32_t right = 2 * x + 1 < plane->width ? 2 * x + 1 : 2 * x;
            to[x] = quarter * ((row0[2 * x] + row0[right]) + (row1[2 * x] + row1[right]));
        }
    }
}

spx_status spx_guide_halve(spx_guide *out, const spx_guide *guide, spx_diag *diag)
{
    const uint32_t width = guide->planes[0]->width / 2;
    const uint32_t height = guide->planes[0]->height / 2;
    SPX_TRY(create_planes(out, width < 1 ? 1 : width, height < 1 ? 1 : height, diag));
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        halve_plane(out->planes[c], guide->planes[c]);
    return SPX_OK;
}

void spx_guide_read_row(const spx_image *photo, uint32_t y, float *const rows[SPX_GUIDE_CHANNELS])
{
    const float scale = 1.0f / (float)(photo->bits == 8 ? UINT8_MAX : UINT16_MAX);
    for (uint32_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
        float *const restrict to = rows[c];
        if (photo->bits == 8) {
            const uint8_t *const restrict row = spx_image_row8(photo, y) + c;
            for (size_t x = 0; x < photo->width; x++)
                to[x] = (float)row[x * SPX_GUIDE_CHANNELS] * scale;
        } else {
            const uint16_t *const restrict row = spx_image_row16(photo, y) + c;
            for (size_t x = 0; x < photo->width; x++)
                to[x] = (float)row[x * SPX_GUIDE_CHANNELS] * scale;
        }
    }
}

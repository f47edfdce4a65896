/*
 * Box filter. Weights are whole numbers: along an axis of `from` pixels that become `to`, an old
 * pixel is `to` units long and a new one `from` units, so that every share is exact and flat areas
 * stay exactly flat. Each new row sums up the old rows below it, then sums that along the row. All
 * old rows but the first and the last have the same weight: they are summed up without it, in half
 * the bits.
 */
#include "image/resize.h"

#include "base/intops.h"
#include "image/image.h"
#include "image/sum_rows.h"

#include <stdatomic.h>
#include <stdlib.h>

typedef struct shrink {
    const spx_image *in;
    spx_image *out;
    atomic_int out_of_memory;
} shrink;

/* How many units of old pixel `old` lie in new pixel `new_one`. */
static uint64_t overlap(uint64_t old, uint64_t new_one, uint64_t from, uint64_t to)
{
    const uint64_t first = old * to > new_one * from ? old * to : new_one * from;
    const uint64_t old_end = (old + 1) * to;
    const uint64_t new_end = (new_one + 1) * from;
    const uint64_t last = old_end < new_end ? old_end : new_end;
    return last > first ? last - first : 0;
}

static void add_part(uint64_t *restrict sums, const spx_image *in, uint32_t y, uint64_t weight)
{
    const size_t samples = (size_t)in->width * SPX_IMAGE_CHANNELS;
    if (in->bits == 8) {
        const uint8_t *const restrict row = spx_image_row8(in, y);
        for (size_t i = 0; i < samples; i++)
            sums[i] += row[i] * weight;
        return;
    }
    const uint16_t *const restrict row = spx_image_row16(in, y);
    for (size_t i = 0; i < samples; i++)
        sums[i] += row[i] * weight;
}

static void store_row(const shrink *self, const uint64_t *sums, uint32_t y)
{
    const uint32_t from = self->in->width;
    const uint32_t to = self->out->width;
    const uint64_t whole = (uint64_t)from * self->in->height;
    for (uint32_t x = 0; x < to; x++) {
        uint64_t pixel[SPX_IMAGE_CHANNELS] = { 0 };
        const uint32_t first = (uint32_t)((uint64_t)x * from / to);
        for (uint32_t old = first; old < from && (uint64_t)old * to < (uint64_t)(x + 1) * from;
             old++) {
            const uint64_t weight = overlap(old, x, from, to);
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                pixel[c] += sums[(size_t)old * SPX_IMAGE_CHANNELS + c] * weight;
        }
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const size_t at = (size_t)x * SPX_IMAGE_CHANNELS + c;
            const uint64_t mean = (pixel[c] + whole / 2) / whole;
            if (self->out->bits == 8) {
                spx_image_row8(self->out, y)[at] = (uint8_t)mean;
            } else {
                spx_image_row16(self->out, y)[at] = (uint16_t)mean;
            }
        }
    }
}

static void shrink_row(void *context, size_t index)
{
    shrink *const self = context;
    const uint64_t from = self->in->height;
    const uint64_t to = self->out->height;
    const size_t samples = (size_t)self->in->width * SPX_IMAGE_CHANNELS;
    uint64_t *const sums = calloc(samples, sizeof(*sums));
    uint32_t *const whole = calloc(samples, sizeof(*whole));
    if (sums == NULL || whole == NULL) {
        atomic_store(&self->out_of_memory, 1);
        goto out;
    }
    const uint32_t begin = (uint32_t)spx_divide_up(index * from, to);
    const uint32_t end =
        spx_min_u32((uint32_t)((index + 1) * from / to), begin + SPX_SUM_MOST_ROWS);
    if (begin < end)
        spx_image_sum_rows(self->in, begin, end, whole);
    for (uint64_t old = index * from / to; old < from && old * to < (index + 1) * from; old++) {
        if (old < begin || old >= end)
            add_part(sums, self->in, (uint32_t)old, overlap(old, index, from, to));
    }
    for (size_t i = 0; i < samples; i++)
        sums[i] += whole[i] * to;
    store_row(self, sums, (uint32_t)index);
out:
    free(sums);
    free(whole);
}

/* side * to / from, rounded, at least 1. */
static uint32_t scaled(uint32_t side, uint32_t from, uint32_t to)
{
    const uint64_t value = ((uint64_t)side * to + from / 2) / from;
    return value == 0 ? 1 : (uint32_t)value;
}

spx_status spx_image_resize(spx_image **out, const spx_image *image, uint32_t width,
                            uint32_t height, const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    shrink self = { .in = image };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_create(&self.out, width, height, image->bits, diag));
    SPX_TRY_OUT(spx_task_run(task, self.out->height, shrink_row, &self, diag));
    if (atomic_load(&self.out_of_memory)) {
        status = spx_fail_memory(diag, "resized image");
        goto out;
    }
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    return status;
}

spx_status spx_image_shrink(spx_image **out, const spx_image *image, uint32_t long_side,
                            const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    if (long_side == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "image: cannot shrink to 0 pixels");
    const uint32_t longest = image->width > image->height ? image->width : image->height;
    if (longest <= long_side)
        return spx_image_copy(out, image, diag);
    return spx_image_resize(out, image, scaled(image->width, longest, long_side),
                            scaled(image->height, longest, long_side), task, diag);
}

#include "fill/backdrop.h"

#include "base/intops.h"
#include "base/scan.h"
#include "fill/level.h"
#include "fill/texture.h"
#include "fill/tuned.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TURN = 16,
    CHANNELS = SPX_IMAGE_CHANNELS,
    SEAM_PX = 3,    /* a seam's colour is the mean of this many pixels */
    LOOK_ROWS = 24, /* how far up and down a wanted pixel without a seam in its row looks */
};

typedef struct seam {
    int found;
    uint32_t colour[CHANNELS];
} seam;

/* Does (x, y) show the surface of depth `wanted`, or one behind it? */
static int is_source(const spx_backdrop *self, uint32_t x, uint32_t y, uint32_t wanted)
{
    const size_t at = (size_t)y * self->image->width + x;
    return self->known[at] == 0 && self->depth[at] <= wanted + self->step;
}

/* Mean colour of the known pixels from column x on, going left or right. */
static seam find_seam(const spx_backdrop *self, uint32_t x, uint32_t y, int direction,
                      uint32_t wanted)
{
    seam found = { 0 };
    uint32_t count = 0;
    int64_t at = x;
    for (; count < SEAM_PX && at >= 0 && at < self->image->width; at += direction, count++) {
        if (!is_source(self, (uint32_t)at, y, wanted))
            break;
        for (int c = 0; c < CHANNELS; c++)
            found.colour[c] += spx_image_sample(self->image, (uint32_t)at, y, c);
    }
    found.found = count != 0;
    for (int c = 0; c < CHANNELS && count != 0; c++)
        found.colour[c] = (found.colour[c] + count / 2) / count;
    return found;
}

/* The nearest known pixel of the surface above or below. */
static int fill_from_column(const spx_backdrop *self, uint32_t x, uint32_t y)
{
    const uint32_t wanted = self->wanted_depth[(size_t)y * self->image->width + x];
    for (uint32_t away = 1; away <= LOOK_ROWS; away++) {
        uint32_t rows[2];
        int count = 0;
        if (y >= away && is_source(self, x, y - away, wanted))
            rows[count++] = y - away;
        if (y + away < self->image->height && is_source(self, x, y + away, wanted))
            rows[count++] = y + away;
        if (count == 0)
            continue;
        for (int c = 0; c < CHANNELS; c++) {
            uint32_t sum = spx_image_sample(self->image, x, rows[0], c);
            sum = count == 1 ? sum : (sum + spx_image_sample(self->image, x, rows[1], c) + 1) / 2;
            spx_image_set_sample(self->image, x, y, c, sum);
        }
        return 1;
    }
    return 0;
}

/* Columns x..end-1 are wanted, those beside them are not. */
static void fill_run(const spx_backdrop *self, uint32_t x, uint32_t end, uint32_t y)
{
    const uint32_t width = self->image->width;
    const uint16_t *const wanted = self->wanted_depth + (size_t)y * width;
    const seam none = { 0 };
    const seam left = x > 0 ? find_seam(self, x - 1, y, -1, wanted[x]) : none;
    const seam right = end < width ? find_seam(self, end, y, 1, wanted[end - 1]) : none;
    for (uint32_t i = x; i < end; i++) {
        if (!left.found && !right.found && fill_from_column(self, i, y))
            continue;
        const uint32_t from_left = left.found ? (right.found ? end - i : 1) : 0;
        const uint32_t from_right = right.found ? (left.found ? i + 1 - x : 1) : 0;
        const uint32_t all = from_left + from_right;
        for (int c = 0; c < CHANNELS && all != 0; c++) {
            const uint64_t sum = (uint64_t)left.colour[c] * from_left +
                                 (uint64_t)right.colour[c] * from_right + all / 2;
            spx_image_set_sample(self->image, i, y, c, (uint32_t)(sum / all));
        }
    }
}

/* Outside the frame the picture is mirrored: no smear, no seam. */
static void fill_margins(const spx_backdrop *self, uint32_t y)
{
    const uint8_t *const known = self->known + (size_t)y * self->image->width + self->margin;
    const size_t pixel = spx_image_pixel_bytes(self->image);
    const uint32_t inner = self->image->width - 2 * self->margin;
    uint8_t *const row = self->image->pixels + y * self->image->stride_bytes;
    uint8_t *const first = row + self->margin * pixel;
    for (uint32_t i = 0; i < self->margin; i++) {
        const uint32_t back = i / inner % 2 == 0 ? i % inner : inner - 1 - i % inner;
        if (*(known - i - 1) != 0)
            memcpy(first - (i + 1) * pixel, first + back * pixel, pixel);
        if (known[inner + i] != 0)
            memcpy(first + (inner + i) * pixel, first + (inner - 1 - back) * pixel, pixel);
    }
}

static void fill_rows(void *context, size_t turn)
{
    const spx_backdrop *const self = context;
    const uint32_t end_x = self->image->width - self->margin;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->image->height; y++) {
        const uint8_t *const known = self->known + (size_t)y * self->image->width;
        fill_margins(self, y);
        for (uint32_t x = spx_first_other(known, self->margin, end_x, 0); x < end_x;) {
            uint32_t end = x + 1;
            while (end < end_x && known[end] != 0)
                end++;
            fill_run(self, x, end, y);
            x = spx_first_other(known, end, end_x, 0);
        }
    }
}

/* In strips this wide patches that are found one by one fit together nowhere. Where the other eye
 * has shown most of one strip there are only gaps in it, which texture joins to what is around. */
static int has_wide_strips(const spx_backdrop *self)
{
    const size_t width = self->image->width;
    const size_t strips = 2 * (size_t)self->margin * self->image->height;
    size_t known = 0;
    const size_t photo_width = width - 2 * (size_t)self->margin;
    if (self->margin <= tuned.mirrored_px &&
        self->margin <= tuned.mirrored_width * (double)photo_width)
        return 0;
    for (size_t row = 0; row < width * self->image->height; row += width) {
        const uint8_t *const left = self->known + row;
        const uint8_t *const right = left + width - self->margin;
        for (uint32_t i = 0; i < self->margin; i++)
            known += (left[i] == 0 ? 1U : 0U) + (right[i] == 0 ? 1U : 0U);
    }
    return (double)known < tuned.mirrored_known * (double)strips;
}

/* What is known, with what is wanted in the margins blocked: the texture does not paint it. */
static spx_status create_inner(uint8_t **out, const spx_backdrop *self, spx_diag *diag)
{
    const size_t width = self->image->width;
    const size_t pixels = width * self->image->height;
    *out = malloc(pixels);
    if (*out == NULL)
        return spx_fail_memory(diag, "fill");
    memcpy(*out, self->known, pixels);
    for (size_t row = 0; row < pixels; row += width) {
        uint8_t *const left = *out + row;
        uint8_t *const right = left + width - self->margin;
        for (uint32_t i = 0; i < self->margin; i++) {
            left[i] = left[i] == 0 ? 0 : SPX_LEVEL_BLOCKED;
            right[i] = right[i] == 0 ? 0 : SPX_LEVEL_BLOCKED;
        }
    }
    return SPX_OK;
}

spx_status spx_backdrop_fill(const spx_backdrop *backdrop, const spx_task *task, spx_diag *diag)
{
    spx_backdrop self = *backdrop;
    uint8_t *inner = NULL;
    const size_t turns = spx_divide_up(self.image->height, ROWS_PER_TURN);
    SPX_TRY(spx_task_run(task, turns, fill_rows, &self, diag));
    if (has_wide_strips(backdrop)) {
        SPX_TRY(create_inner(&inner, backdrop, diag));
        self.known = inner;
    }
    const spx_status status = spx_texture_paint(&self, task, diag);
    free(inner);
    return status;
}

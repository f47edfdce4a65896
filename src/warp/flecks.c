/*
 * Splinters. Where surfaces tear, fill and soft edges leave single pixels of a wrong surface: a
 * person sees dots, and other ones in each eye. Such a pixel is brighter or darker than nearly all
 * that is around it. It takes the median of that.
 *
 * Only what was made is looked at, and what the photo has as well stays: sparkle, a joint between
 * bricks that is seen between two bars. Where the photo looks like what is around the pixel, it has
 * to have the pixel's colour too.
 */
#include "warp/flecks.h"

#include "base/intops.h"
#include "base/order.h"
#include "image/image.h"
#include "warp/tuned.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TURN = 16,
    CHANNELS = SPX_IMAGE_CHANNELS,
    REACH_PX = 2,
    MOST_AROUND = (2 * REACH_PX + 1) * (2 * REACH_PX + 1) - 1,
    FLECK = SPX_FLECK_MADE + 1, /* a mark: stands out */
};

typedef struct mending {
    spx_image *eye;
    const spx_fleck_source *source;
    int slack; /* in the eye's levels */
} mending;

/* Columns first_x..end_x-1 of rows first_y..end_y-1. */
typedef struct area {
    uint32_t first_x, end_x, first_y, end_y;
} area;

static area around(const spx_image *eye, uint32_t x, uint32_t y)
{
    return (area){ .first_x = x > REACH_PX ? x - REACH_PX : 0,
                   .end_x = x + REACH_PX < eye->width ? x + REACH_PX + 1 : eye->width,
                   .first_y = y > REACH_PX ? y - REACH_PX : 0,
                   .end_y = y + REACH_PX < eye->height ? y + REACH_PX + 1 : eye->height };
}

static int sample_of(const spx_image *eye, uint32_t x, uint32_t y, int c)
{
    return (int)spx_image_sample(eye, x, y, c);
}

/* Whether few of the pixels around are nearly as bright as this one in a channel, or brighter; or
 * as dark, or darker. */
static int stands_out(const mending *self, uint32_t x, uint32_t y, int c)
{
    const area near = around(self->eye, x, y);
    const int own = sample_of(self->eye, x, y, c);
    unsigned above = 0; /* itself too */
    unsigned below = 0;
    for (uint32_t v = near.first_y; v < near.end_y; v++) {
        for (uint32_t u = near.first_x; u < near.end_x; u++) {
            const int other = sample_of(self->eye, u, v, c);
            above += other >= own - self->slack;
            below += other <= own + self->slack;
        }
        if (above > tuned.fleck_company && below > tuned.fleck_company)
            return 0;
    }
    return 1;
}

/* How an eye's pixels around (x, y) differ from the photo's around column u, without these two;
 * `most` or more where it is as much. */
static int64_t differ_around(const mending *self, uint32_t x, uint32_t y, int64_t u, int64_t most)
{
    const spx_image *const photo = self->source->photo;
    const area near = around(self->eye, x, y);
    int64_t sum = 0;
    for (uint32_t row = near.first_y; row < near.end_y && sum < most; row++) {
        for (uint32_t column = near.first_x; column < near.end_x; column++) {
            const int64_t there = u + column - x;
            if (row == y && column == x)
                continue;
            if (there < 0 || there >= photo->width)
                return INT64_MAX;
            for (int c = 0; c < CHANNELS; c++) {
                sum += abs(sample_of(self->eye, column, row, c) -
                           sample_of(photo, (uint32_t)there, row, c));
            }
        }
    }
    return sum;
}

/* Whether a pixel's colour is one that the photo has at column u of the row or beside it. */
static int is_in_range(const mending *self, uint32_t x, uint32_t y, uint32_t u)
{
    const spx_image *const photo = self->source->photo;
    for (int c = 0; c < CHANNELS; c++) {
        const int own = sample_of(self->eye, x, y, c);
        int low = own + self->slack + 1;
        int high = own - self->slack - 1;
        for (uint32_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < photo->height; v++) {
            for (uint32_t k = u > 0 ? u - 1 : 0; k <= u + 1 && k < photo->width; k++) {
                const int one = sample_of(photo, k, v, c);
                low = one < low ? one : low;
                high = one > high ? one : high;
            }
        }
        if (low > own + self->slack || high < own - self->slack)
            return 0;
    }
    return 1;
}

/* Whether the photo has such a colour where it looks most like what is around the pixel. */
static int is_of_photo(const mending *self, uint32_t x, uint32_t y)
{
    const int64_t middle = (int64_t)x - self->source->first_column;
    const int64_t reach = self->source->reach_px;
    int64_t best = INT64_MAX;
    int found = 0;
    for (int64_t u = middle - reach; u <= middle + reach; u++) {
        if (u < 0 || u >= self->source->photo->width)
            continue;
        const int64_t one = differ_around(self, x, y, u, best == INT64_MAX ? best : best + 1);
        if (one > best || one == INT64_MAX)
            continue;
        const int is = is_in_range(self, x, y, (uint32_t)u);
        found = one < best ? is : found || is;
        best = one;
    }
    return found;
}

static int is_fleck(const mending *self, uint32_t x, uint32_t y)
{
    for (int c = 0; c < CHANNELS; c++) {
        if (stands_out(self, x, y, c))
            return !is_of_photo(self, x, y);
    }
    return 0;
}

static void find_rows(void *context, size_t turn)
{
    const mending *const self = context;
    const uint32_t width = self->eye->width;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->eye->height; y++) {
        uint8_t *const row = self->source->marks + (size_t)y * width;
        for (const uint8_t *one = memchr(row, SPX_FLECK_MADE, width); one != NULL;) {
            const uint32_t x = (uint32_t)(one - row);
            if (is_fleck(self, x, y))
                row[x] = FLECK;
            one = memchr(one + 1, SPX_FLECK_MADE, width - x - 1);
        }
    }
}

/* From what is around and no fleck itself. */
static void fill_pixel(const mending *self, uint32_t x, uint32_t y)
{
    const area near = around(self->eye, x, y);
    for (int c = 0; c < CHANNELS; c++) {
        int values[MOST_AROUND];
        size_t count = 0;
        for (uint32_t v = near.first_y; v < near.end_y; v++) {
            for (uint32_t u = near.first_x; u < near.end_x; u++) {
                if (self->source->marks[(size_t)v * self->eye->width + u] != FLECK)
                    values[count++] = sample_of(self->eye, u, v, c);
            }
        }
        if (count == 0)
            return;
        qsort(values, count, sizeof(values[0]), spx_order_int);
        spx_image_set_sample(self->eye, x, y, c, (uint32_t)values[count / 2]);
    }
}

static void fill_rows(void *context, size_t turn)
{
    const mending *const self = context;
    const uint32_t width = self->eye->width;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->eye->height; y++) {
        const uint8_t *const row = self->source->marks + (size_t)y * width;
        for (const uint8_t *one = memchr(row, FLECK, width); one != NULL;
             one = memchr(one + 1, FLECK, (size_t)(row + width - one - 1)))
            fill_pixel(self, (uint32_t)(one - row), y);
    }
}

spx_status spx_flecks_mend(spx_image *eye, const spx_fleck_source *source, const spx_task *task,
                           spx_diag *diag)
{
    mending self = { .eye = eye,
                     .source = source,
                     .slack = tuned.fleck_slack * (eye->bits == 8 ? 1 : UINT16_MAX / UINT8_MAX) };
    const size_t turns = spx_divide_up(eye->height, ROWS_PER_TURN);
    SPX_TRY(spx_task_run(task, turns, find_rows, &self, diag));
    return spx_task_run(task, turns, fill_rows, &self, diag);
}

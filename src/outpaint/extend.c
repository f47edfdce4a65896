#include "outpaint/extend.h"

#include "image/image.h"
#include "outpaint/grain.h"
#include "outpaint/patch_level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRIP_ROWS = 32, SMALLEST_SIDE_PX = 48 };

static const double mirror_most = 0.02;   /* of the photo's side */
static const double flat_deviation = 1.0; /* standard deviation, 0..255 scale */
static const float smooth_grain = 0.5F;   /* hides the steps of 8 bits */

typedef struct extension {
    const spx_image *photo;
    const spx_frame *frame;
    spx_image *out;
    uint64_t seed;
    double
        *edges[4]; /* running sums of the top and bottom row, left and right column: [n + 1][3] */
} extension;

int spx_extend_mirror_suits(const spx_frame *frame)
{
    const double across = mirror_most * frame->photo_width;
    const double down = mirror_most * frame->photo_height;
    return spx_frame_left(frame) < across && spx_frame_right(frame) < across &&
           spx_frame_top(frame) < down && spx_frame_bottom(frame) < down;
}

/** Whether one channel varies more than a flat photo's. Squared deviations only add up, so a photo
 * with texture is told by its first rows. */
static int has_texture(const spx_image *photo, int channel)
{
    const double most =
        flat_deviation * flat_deviation * (double)photo->width * (double)photo->height;
    double count = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (uint32_t y = 0; y < photo->height; y++) {
        for (uint32_t x = 0; x < photo->width; x++) {
            const double value = (double)spx_image_level(photo, x, y, channel);
            sum += value;
            squares += value * value;
        }
        count += photo->width;
        if (squares - sum / count * sum > most)
            return 1;
    }
    return 0;
}

int spx_extend_smooth_suits(const spx_image *photo)
{
    if (photo->width < SMALLEST_SIDE_PX || photo->height < SMALLEST_SIDE_PX)
        return 1;
    return !has_texture(photo, 0) && !has_texture(photo, 1) && !has_texture(photo, 2);
}

static uint32_t reflect(int64_t at, uint32_t side)
{
    const int64_t last = (int64_t)side - 1;
    const int64_t back = at < 0 ? -at : at > last ? 2 * last - at : at;
    return (uint32_t)(back < 0 ? 0 : back > last ? last : back);
}

static void mirror_strip(void *context, size_t index)
{
    const extension *const self = context;
    const spx_frame *const frame = self->frame;
    const size_t pixel = spx_image_pixel_bytes(self->photo);
    const uint32_t first = (uint32_t)index * STRIP_ROWS;
    for (uint32_t y = first; y < frame->height && y < first + STRIP_ROWS; y++) {
        const uint8_t *const from =
            spx_image_row8(self->photo, reflect((int64_t)y - frame->photo_y, frame->photo_height));
        uint8_t *const into = spx_image_row8(self->out, y);
        for (uint32_t x = 0; x < frame->width; x++) {
            memcpy(into + x * pixel,
                   from + pixel * reflect((int64_t)x - frame->photo_x, frame->photo_width), pixel);
        }
    }
}

spx_status spx_extend_mirror(const spx_image *photo, const spx_frame *frame, const spx_task *task,
                             spx_image **out, spx_diag *diag)
{
    extension self = { .photo = photo, .frame = frame };
    *out = NULL;
    SPX_TRY(spx_image_create(&self.out, frame->width, frame->height, photo->bits, diag));
    const spx_status status = spx_task_run(task, (frame->height + STRIP_ROWS - 1) / STRIP_ROWS,
                                           mirror_strip, &self, diag);
    if (status != SPX_OK) {
        spx_image_unref(self.out);
        return status;
    }
    *out = self.out;
    return SPX_OK;
}

/* ---- smooth ---- */

enum { EDGE_TOP, EDGE_BOTTOM, EDGE_LEFT, EDGE_RIGHT, EDGES };

static int sum_edges(extension *self)
{
    const uint32_t width = self->photo->width;
    const uint32_t height = self->photo->height;
    for (int edge = 0; edge < EDGES; edge++) {
        const int along_x = edge == EDGE_TOP || edge == EDGE_BOTTOM;
        const uint32_t length = along_x ? width : height;
        double *const sums = calloc(3 * ((size_t)length + 1), sizeof(*sums));
        self->edges[edge] = sums;
        if (sums == NULL)
            return 0;
        for (uint32_t i = 0; i < length; i++) {
            const uint32_t x = along_x ? i : edge == EDGE_LEFT ? 0 : width - 1;
            const uint32_t y = !along_x ? i : edge == EDGE_TOP ? 0 : height - 1;
            for (int c = 0; c < 3; c++) {
                sums[3 * ((size_t)i + 1) + (size_t)c] =
                    sums[3 * (size_t)i + (size_t)c] + (double)spx_image_level(self->photo, x, y, c);
            }
        }
    }
    return 1;
}

/** Adds the mean of an edge around `at`, `reach` pixels both ways. */
static void add_mean(const double *sums, uint32_t length, int64_t at, int64_t reach, double share,
                     double colour[3])
{
    const int64_t last = (int64_t)length - 1;
    const int64_t from = at - reach < 0 ? 0 : at - reach > last ? last : at - reach;
    const int64_t to = at + reach > last ? last : at + reach < 0 ? 0 : at + reach;
    for (size_t c = 0; c < 3; c++) {
        colour[c] += share * (sums[3 * (size_t)(to + 1) + c] - sums[3 * (size_t)from + c]) /
                     (double)(to - from + 1);
    }
}

/** x, y: from the photo's corner, outside the photo. */
static void extended_colour(const extension *self, int64_t x, int64_t y, double colour[3])
{
    const int64_t right = (int64_t)self->photo->width - 1;
    const int64_t bottom = (int64_t)self->photo->height - 1;
    const int64_t over_x = x < 0 ? -x : x > right ? x - right : 0;
    const int64_t over_y = y < 0 ? -y : y > bottom ? y - bottom : 0;
    const double share_x = (double)over_x / (double)(over_x + over_y);
    memset(colour, 0, 3 * sizeof(*colour));
    if (over_x > 0) {
        add_mean(self->edges[x < 0 ? EDGE_LEFT : EDGE_RIGHT], self->photo->height, y,
                 (over_x + over_y) / 2, share_x, colour);
    }
    if (over_y > 0) {
        add_mean(self->edges[y < 0 ? EDGE_TOP : EDGE_BOTTOM], self->photo->width, x,
                 (over_x + over_y) / 2, 1.0 - share_x, colour);
    }
}

static void smooth_row(const extension *self, uint32_t y)
{
    const spx_frame *const frame = self->frame;
    const int64_t at_y = (int64_t)y - frame->photo_y;
    const int beside = at_y >= 0 && at_y < (int64_t)frame->photo_height;
    for (uint32_t x = 0; x < frame->width; x++) {
        if (beside && x == frame->photo_x) {
            const size_t pixel = spx_image_pixel_bytes(self->photo);
            memcpy(spx_image_row8(self->out, y) + pixel * x,
                   spx_image_row8(self->photo, (uint32_t)at_y), pixel * frame->photo_width);
            x += frame->photo_width - 1;
            continue;
        }
        double colour[3];
        extended_colour(self, (int64_t)x - frame->photo_x, at_y, colour);
        const double grain =
            (double)(smooth_grain * spx_grain_at((int32_t)x, (int32_t)y, self->seed));
        for (int c = 0; c < 3; c++)
            spx_image_set_level(self->out, x, y, c, (float)(colour[c] + grain));
    }
}

static void smooth_strip(void *context, size_t index)
{
    const extension *const self = context;
    const uint32_t first = (uint32_t)index * STRIP_ROWS;
    for (uint32_t y = first; y < self->frame->height && y < first + STRIP_ROWS; y++)
        smooth_row(self, y);
}

spx_status spx_extend_smooth(const spx_image *photo, const spx_frame *frame, uint64_t seed,
                             const spx_task *task, spx_image **out, spx_diag *diag)
{
    extension self = { .photo = photo, .frame = frame, .seed = seed };
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(spx_image_create(&self.out, frame->width, frame->height, photo->bits, diag));
    if (!sum_edges(&self)) {
        status = spx_fail_memory(diag, "extended border");
        goto out;
    }
    SPX_TRY_OUT(spx_task_run(task, (frame->height + STRIP_ROWS - 1) / STRIP_ROWS, smooth_strip,
                             &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    for (int edge = 0; edge < EDGES; edge++)
        free(self.edges[edge]);
    spx_image_unref(self.out);
    return status;
}

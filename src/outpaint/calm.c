/*
 * The canvas is looked at in cells of about a hundredth of the photo's short side. Where shapes of
 * several cells stand in the border (what one blur leaves and a wider one takes away), it is drawn
 * from ever more blurred cells the farther out it is:
 *
 *     photo | as painted | ever softer ...       where shapes are, or the frame cuts a thing
 *     photo | as painted                         texture alone, and walls that go on in step
 *
 * Gravel and leaves have shapes too, but finer ones than those are stronger there. That is asked of
 * a whole side: a soft patch in a sharp forest would be seen at once. For the same reason a row of
 * the border that has many shapes is soft as a whole.
 */
#include "outpaint/calm.h"

#include "base/floatops.h"
#include "base/intops.h"
#include "image/image.h"
#include "image/plane.h"
#include "image/plane_blur.h"
#include "outpaint/cut_object.h"
#include "outpaint/frame.h"
#include "outpaint/grain.h"
#include "outpaint/patch_level.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    SHORT_SIDE_CELLS = 128, /* of the photo */
    /* Of the canvas, in 22 planes: 92 MB. Photos of 3:2 reach it where every side grows by 115 to
     * 275 %. A strip of a panorama would have as many as pixels. */
    MOST_CELLS = 1 << 20,
    LEVELS = 6,     /* of blur: 1, 2, 4 ... cells */
    SHAPE_FROM = 1, /* shapes are what this level has and that one has not */
    SHAPE_TO = 4,
    ROWS_PER_TURN = 16,
    GRAIN_PIECES = 64,
    GRAIN_PIECE_PX = 34,
    GRAIN_STEP = 0x6361, /* keeps these numbers apart from the searches' */
};

typedef struct calming {
    spx_image *image;
    const spx_frame *frame;
    const uint8_t *in_step;               /* [SPX_SIDES]: sides that stay as they are */
    uint32_t step;                        /* pixels along a cell */
    float short_side_cells;               /* of the photo */
    spx_plane *cells[CHANNELS];           /* their means, 0..255 */
    spx_plane *blurred[LEVELS][CHANNELS]; /* the same */
    spx_plane *calm;                      /* of cells, 0..1: how much of it goes soft */
    float grain;                          /* deviation */
    uint64_t seed;
} calming;

/* ---- cells ---- */

static float cell_mean(const calming *self, uint32_t column, uint32_t line, int c)
{
    const uint32_t right = spx_min_u32((column + 1) * self->step, self->image->width);
    const uint32_t bottom = spx_min_u32((line + 1) * self->step, self->image->height);
    const uint32_t area = (right - column * self->step) * (bottom - line * self->step);
    float sum = 0.0F;
    for (uint32_t y = line * self->step; y < bottom; y++) {
        for (uint32_t x = column * self->step; x < right; x++)
            sum += spx_image_level(self->image, x, y, c);
    }
    return sum / (float)area;
}

static void average_line(void *context, size_t line)
{
    const calming *const self = context;
    for (int c = 0; c < CHANNELS; c++) {
        float *const row = spx_plane_row(self->cells[c], (uint32_t)line);
        for (uint32_t x = 0; x < self->cells[c]->width; x++)
            row[x] = cell_mean(self, x, (uint32_t)line, c);
    }
}

static spx_status blur_cells(calming *self, int level, const spx_task *task, spx_diag *diag)
{
    /* What one level adds to the one before, so that it has 1, 2, 4 ... in all. */
    const double sigma = level == 0 ? 1.0 : sqrt(3.0) * (double)(1 << (level - 1));
    spx_plane *const *const from = level == 0 ? self->cells : self->blurred[level - 1];
    for (int c = 0; c < CHANNELS; c++)
        SPX_TRY(spx_plane_copy(&self->blurred[level][c], from[c], diag));
    return spx_planes_blur(self->blurred[level], CHANNELS, sigma, task, diag);
}

static spx_status find_cells(calming *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t across = spx_divide_up_u32(self->image->width, self->step);
    const uint32_t down = spx_divide_up_u32(self->image->height, self->step);
    SPX_TRY(spx_plane_create(&self->calm, across, down, diag));
    for (int c = 0; c < CHANNELS; c++)
        SPX_TRY(spx_plane_create(&self->cells[c], across, down, diag));
    SPX_TRY(spx_task_run(task, down, average_line, self, diag));
    for (int level = 0; level < LEVELS; level++)
        SPX_TRY(blur_cells(self, level, task, diag));
    return SPX_OK;
}

/* ---- where ---- */

/* Which sides of the photo a cell lies beyond. */
static void sides_of(const calming *self, uint32_t x, uint32_t y, int beyond[SPX_SIDES])
{
    const spx_frame *const frame = self->frame;
    beyond[SPX_SIDE_LEFT] = x * self->step < frame->photo_x;
    beyond[SPX_SIDE_TOP] = y * self->step < frame->photo_y;
    beyond[SPX_SIDE_RIGHT] = x * self->step >= frame->photo_x + frame->photo_width;
    beyond[SPX_SIDE_BOTTOM] = y * self->step >= frame->photo_y + frame->photo_height;
}

/* Squares of what is as large as several cells, and of what is finer. */
typedef struct energy {
    float shape;
    float fine;
} energy;

static energy energy_at(const calming *self, uint32_t x, uint32_t y)
{
    energy sum = { 0.0F, 0.0F };
    for (int c = 0; c < CHANNELS; c++) {
        const float from = spx_plane_row(self->blurred[SHAPE_FROM][c], y)[x];
        const float shape = from - spx_plane_row(self->blurred[SHAPE_TO][c], y)[x];
        const float fine = spx_plane_row(self->cells[c], y)[x] - from;
        sum.shape += shape * shape / CHANNELS;
        sum.fine += fine * fine / CHANNELS;
    }
    return sum;
}

/* Sets calm to the energy of shapes around each cell; gates: 1 = such a side is no texture. */
static spx_status find_shapes(const calming *self, float gates[SPX_SIDES], spx_diag *diag)
{
    static const double nothing = 1e-3;
    double shapes[SPX_SIDES] = { 0.0 };
    double fines[SPX_SIDES] = { 0.0 };
    for (uint32_t y = 0; y < self->calm->height; y++) {
        for (uint32_t x = 0; x < self->calm->width; x++) {
            const energy here = energy_at(self, x, y);
            int beyond[SPX_SIDES];
            sides_of(self, x, y, beyond);
            spx_plane_row(self->calm, y)[x] = here.shape - tuned.calm_fine * here.fine;
            for (int side = 0; side < SPX_SIDES; side++) {
                shapes[side] += beyond[side] ? (double)here.shape : 0.0;
                fines[side] += beyond[side] ? (double)here.fine : 0.0;
            }
        }
    }
    for (int side = 0; side < SPX_SIDES; side++) {
        const float ratio = (float)sqrt((shapes[side] + nothing) / (fines[side] + nothing));
        gates[side] = self->in_step[side]
                          ? 0.0F
                          : spx_ease_between(ratio, tuned.calm_side_least, tuned.calm_side_most);
    }
    return spx_plane_blur(self->calm, tuned.calm_area, diag);
}

/* From energies to shares; the photo's own cells get 0. */
static void judge_shapes(const calming *self, const float gates[SPX_SIDES])
{
    for (uint32_t y = 0; y < self->calm->height; y++) {
        float *const row = spx_plane_row(self->calm, y);
        for (uint32_t x = 0; x < self->calm->width; x++) {
            int beyond[SPX_SIDES];
            float gate = 0.0F;
            sides_of(self, x, y, beyond);
            for (int side = 0; side < SPX_SIDES; side++)
                gate = beyond[side] ? fmaxf(gate, gates[side]) : gate;
            row[x] = gate * spx_ease_between(sqrtf(fmaxf(row[x], 0.0F)), tuned.calm_least,
                                             tuned.calm_most);
        }
    }
}

/* Cells straight before a thing that the frame cuts. marks: [count] along the side. */
static void mark_things(const calming *self, int side, const uint8_t *marks, uint32_t count)
{
    const spx_frame *const frame = self->frame;
    const int upright = side == SPX_SIDE_TOP || side == SPX_SIDE_BOTTOM;
    const int32_t begin = (int32_t)(upright ? frame->photo_x : frame->photo_y);
    const int32_t length = (int32_t)(upright ? frame->photo_width : frame->photo_height);
    for (uint32_t y = 0; y < self->calm->height; y++) {
        for (uint32_t x = 0; x < self->calm->width; x++) {
            const int32_t along = (int32_t)((upright ? x : y) * self->step) - begin;
            const int32_t inside = spx_patch_clamp(along, 0, length - 1);
            int beyond[SPX_SIDES];
            sides_of(self, x, y, beyond);
            if (beyond[side] && marks[(uint64_t)inside * count / (uint64_t)length])
                spx_plane_row(self->calm, y)[x] = 1.0F;
        }
    }
}

static spx_status add_things(const calming *self, const spx_plane *depth, spx_diag *diag)
{
    uint8_t *const marks = malloc(spx_max_u32(depth->width, depth->height));
    if (marks == NULL)
        return spx_fail_memory(diag, "outpainting far from the photo");
    for (int side = 0; side < SPX_SIDES; side++) {
        const uint32_t count = spx_cut_things_mark(depth, (spx_patch_side)side, marks);
        if (!self->in_step[side])
            mark_things(self, side, marks, count);
    }
    free(marks);
    return SPX_OK;
}

/* The more of a row is soft, the more the rest of it is. */
static float row_share(float sum, uint32_t count)
{
    return spx_ease_between(sum / (float)count, tuned.calm_row_least, tuned.calm_row_most);
}

/* Whether a cell lies beyond one of two sides, and that one does not stay as it is. */
static int may_soften(const calming *self, const int beyond[SPX_SIDES], int one, int other)
{
    return (beyond[one] && !self->in_step[one]) || (beyond[other] && !self->in_step[other]);
}

/* Along all sides; in_columns: room, [width]. */
static void level_rows(const calming *self, float *in_columns)
{
    const spx_plane *const calm = self->calm;
    for (uint32_t x = 0; x < calm->width; x++) {
        in_columns[x] = 0.0F;
        for (uint32_t y = 0; y < calm->height; y++)
            in_columns[x] += spx_plane_row(calm, y)[x];
    }
    for (uint32_t y = 0; y < calm->height; y++) {
        float *const row = spx_plane_row(calm, y);
        float in_row = 0.0F;
        for (uint32_t x = 0; x < calm->width; x++)
            in_row += row[x];
        for (uint32_t x = 0; x < calm->width; x++) {
            int beyond[SPX_SIDES];
            sides_of(self, x, y, beyond);
            if (may_soften(self, beyond, SPX_SIDE_TOP, SPX_SIDE_BOTTOM))
                row[x] = fmaxf(row[x], row_share(in_row, calm->width));
            if (may_soften(self, beyond, SPX_SIDE_LEFT, SPX_SIDE_RIGHT))
                row[x] = fmaxf(row[x], row_share(in_columns[x], calm->height));
        }
    }
}

static spx_status find_calm(const calming *self, const spx_plane *depth, const spx_task *task,
                            spx_diag *diag)
{
    float gates[SPX_SIDES];
    SPX_TRY(find_shapes(self, gates, diag));
    SPX_TRY(spx_task_check(task, diag));
    judge_shapes(self, gates);
    if (depth != NULL)
        SPX_TRY(add_things(self, depth, diag));
    SPX_TRY(spx_task_check(task, diag));
    float *const in_columns = malloc(self->calm->width * sizeof(*in_columns));
    if (in_columns == NULL)
        return spx_fail_memory(diag, "outpainting far from the photo");
    level_rows(self, in_columns);
    free(in_columns);
    return spx_plane_blur(self->calm, tuned.calm_spread, diag);
}

/* ---- grain ---- */

static float grain_of(const calming *self)
{
    enum { PIXELS = GRAIN_PIECE_PX * GRAIN_PIECE_PX };
    const spx_frame *const frame = self->frame;
    spx_grain_meter meter = { 0 };
    if (frame->photo_width <= GRAIN_PIECE_PX || frame->photo_height <= GRAIN_PIECE_PX)
        return 0.0F;
    uint32_t state = spx_patch_hash(0, 0, GRAIN_STEP, self->seed) | 1U;
    for (int i = 0; i < GRAIN_PIECES; i++) {
        float luma[PIXELS];
        const uint32_t left =
            frame->photo_x + spx_patch_random(&state) % (frame->photo_width - GRAIN_PIECE_PX);
        const uint32_t top =
            frame->photo_y + spx_patch_random(&state) % (frame->photo_height - GRAIN_PIECE_PX);
        for (uint32_t k = 0; k < PIXELS; k++) {
            float colour[CHANNELS];
            for (int c = 0; c < CHANNELS; c++) {
                colour[c] = spx_image_level(self->image, left + k % GRAIN_PIECE_PX,
                                            top + k / GRAIN_PIECE_PX, c);
            }
            luma[k] = spx_grain_luma(colour);
        }
        spx_grain_meter_add(&meter, luma, GRAIN_PIECE_PX, GRAIN_PIECE_PX);
    }
    return fminf(spx_grain_sigma(&meter), tuned.grain_most);
}

/* ---- pixels ---- */

/* Between the middles of four cells. */
typedef struct spot {
    uint32_t left;
    uint32_t right;
    uint32_t top;
    uint32_t bottom;
    float part_x;
    float part_y;
} spot;

static spot spot_at(const calming *self, uint32_t x, uint32_t y)
{
    const uint32_t width = self->calm->width;
    const uint32_t height = self->calm->height;
    const float step = (float)self->step;
    const float at_x = fminf(fmaxf(((float)x + 0.5F) / step - 0.5F, 0.0F), (float)(width - 1));
    const float at_y = fminf(fmaxf(((float)y + 0.5F) / step - 0.5F, 0.0F), (float)(height - 1));
    const uint32_t left = (uint32_t)at_x;
    const uint32_t top = (uint32_t)at_y;
    return (spot){ .left = left,
                   .right = spx_min_u32(left + 1, width - 1),
                   .top = top,
                   .bottom = spx_min_u32(top + 1, height - 1),
                   .part_x = at_x - (float)left,
                   .part_y = at_y - (float)top };
}

static float value_at(const spx_plane *plane, const spot *at)
{
    const float *const upper = spx_plane_row(plane, at->top);
    const float *const lower = spx_plane_row(plane, at->bottom);
    const float above = upper[at->left] + at->part_x * (upper[at->right] - upper[at->left]);
    const float below = lower[at->left] + at->part_x * (lower[at->right] - lower[at->left]);
    return above + at->part_y * (below - above);
}

/* How far a pixel is from the photo, in the photo's own width and height. */
static float distance_to(const spx_frame *frame, uint32_t x, uint32_t y)
{
    const float left = (float)frame->photo_x - (float)x;
    const float top = (float)frame->photo_y - (float)y;
    const float right = (float)x - (float)(frame->photo_x + frame->photo_width - 1);
    const float bottom = (float)y - (float)(frame->photo_y + frame->photo_height - 1);
    return fmaxf(fmaxf(fmaxf(left, right), 0.0F) / (float)frame->photo_width,
                 fmaxf(fmaxf(top, bottom), 0.0F) / (float)frame->photo_height);
}

/* Draws a pixel from what is blurred by `sigma` cells; less than one cell: mixed with what is
 * there. */
static void soften_pixel(const calming *self, uint32_t x, uint32_t y, const spot *at, float sigma)
{
    const float share = fminf(sigma, 1.0F);
    const float high = fminf(log2f(fmaxf(sigma, 1.0F)), (float)(LEVELS - 1));
    const int level = (int)high;
    const int next = level + 1 < LEVELS ? level + 1 : level;
    const float grain = self->grain * spx_grain_at((int32_t)x, (int32_t)y, self->seed);
    for (int c = 0; c < CHANNELS; c++) {
        const float now = spx_image_level(self->image, x, y, c);
        const float one = value_at(self->blurred[level][c], at);
        const float other = value_at(self->blurred[next][c], at);
        const float soft = one + (high - (float)level) * (other - one) + grain;
        spx_image_set_level(self->image, x, y, c, now + share * (soft - now));
    }
}

static void soften_rows(void *context, size_t turn)
{
    const calming *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->image->height; y++) {
        for (uint32_t x = 0; x < self->image->width; x++) {
            const float distance = distance_to(self->frame, x, y);
            if (distance <= tuned.calm_begin)
                continue;
            const spot at = spot_at(self, x, y);
            const float sigma = value_at(self->calm, &at) * self->short_side_cells *
                                tuned.calm_reach * distance *
                                spx_ease_between(distance, tuned.calm_begin, tuned.calm_full);
            if (sigma > 0.0F)
                soften_pixel(self, x, y, &at, sigma);
        }
    }
}

static int grows_far(const spx_frame *frame)
{
    return distance_to(frame, 0, 0) > tuned.calm_begin ||
           distance_to(frame, frame->width - 1, frame->height - 1) > tuned.calm_begin;
}

uint32_t spx_calm_cell(const spx_frame *frame)
{
    const uint32_t short_side = spx_min_u32(frame->photo_width, frame->photo_height);
    uint32_t side = spx_max_u32(short_side / SHORT_SIDE_CELLS, 1);
    while ((uint64_t)spx_divide_up_u32(frame->width, side) *
               spx_divide_up_u32(frame->height, side) >
           MOST_CELLS)
        side++;
    return side;
}

spx_status spx_calm_far_border(spx_image *image, const spx_local_job *job,
                               const uint8_t in_step[SPX_SIDES], const spx_task *task,
                               spx_diag *diag)
{
    const spx_frame *const frame = job->frame;
    const uint32_t short_side = spx_min_u32(frame->photo_width, frame->photo_height);
    const uint32_t step = spx_calm_cell(frame);
    calming self = { .image = image,
                     .frame = frame,
                     .in_step = in_step,
                     .step = step,
                     .short_side_cells = (float)short_side / (float)step,
                     .seed = job->seed };
    spx_status status = SPX_OK;
    if (!grows_far(frame))
        return SPX_OK;
    SPX_TRY_OUT(find_cells(&self, task, diag));
    SPX_TRY_OUT(find_calm(&self, job->depth, task, diag));
    self.grain = grain_of(&self);
    SPX_TRY_OUT(
        spx_task_run(task, spx_divide_up(image->height, ROWS_PER_TURN), soften_rows, &self, diag));
out:
    for (int c = 0; c < CHANNELS; c++) {
        spx_plane_destroy(self.cells[c]);
        for (int level = 0; level < LEVELS; level++)
            spx_plane_destroy(self.blurred[level][c]);
    }
    spx_plane_destroy(self.calm);
    return status;
}

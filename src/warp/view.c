/*
 * One eye from two layers, row by row.
 *
 * A row is worked on as the left eye sees it, near things moving right; the right eye is the same
 * with rows reversed on the way in and out, so that both eyes are exact mirrors of each other.
 *
 *   place    every column's target in 1/4096 pixel, for the front and for the back layer
 *   opaque   between two neighbours of one surface runs a segment; each whole target column inside
 *            it takes its source position from there unless something nearer already did
 *   soft     the same for the edges of near surfaces, where alpha runs to nothing within a pixel;
 *            edges of a single pixel stay nearly as sharp as they are in the photo
 *   sample   colours at all source positions (warp/resample.h), soft edges laid over them
 */
#include "warp/view.h"

#include "base/cpu.h"
#include "base/floatops.h"
#include "base/intops.h"
#include "base/scan.h"
#include "base/size.h"
#include "image/image.h"
#include "warp/flecks.h"
#include "warp/resample.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TURN = 32,
    CHANNELS = SPX_IMAGE_CHANNELS,
    TARGET_BITS = 12, /* targets are in 1/4096 px: 65,500 px wide rows still fit 32 bits */
    TARGET_ONE = 1 << TARGET_BITS,
    PAD_PX = 8, /* before, between and behind the two colour rows, for the taps */
    DEPTH_MAX = 65535,
    NOTHING = -1, /* all bytes alike, for memset() */
};

typedef enum soft_shape {
    SOFT_SEGMENT,   /* from column x to x + 1 */
    SOFT_END_RIGHT, /* from column x to nothing, a pixel to the right */
    SOFT_END_LEFT,  /* from nothing, a pixel to the left, to column x */
} soft_shape;

/* What lies over a target column with an alpha. */
typedef struct soft_hit {
    uint32_t x;
    float u; /* 0..1 from the segment's left end to its right end */
    soft_shape shape;
} soft_hit;

/* Edges of a single soft pixel, between an opaque one of its surface and nothing. */
typedef enum narrow_edge {
    NARROW_NONE,
    NARROW_RIGHT, /* the surface ends to the right of it */
    NARROW_LEFT,
} narrow_edge;

typedef struct view {
    const spx_view_source *source;
    const spx_view_options *options;
    spx_image *eye;
    spx_resample_table table;
    spx_resample8_fn resample8;
    uint8_t *marks; /* of the eye's size, of spx_fleck_mark */
    int flip_canvas;
    uint32_t step;
    atomic_uint_fast64_t filled;
    atomic_int no_memory;
} view;

/* The rows one thread works with; a single block of memory. */
typedef struct rows {
    uint32_t width; /* of the canvas */
    uint32_t eye_width;
    uint32_t frame_begin; /* columns of the eye within the photo's frame */
    uint32_t frame_end;
    int32_t *front_at; /* targets */
    int32_t *back_at;
    int32_t *front; /* depths */
    int32_t *back;  /* of the front layer where there is no back layer */
    int32_t *depth; /* at each target column; NOTHING = still open */
    uint32_t *codes;
    int32_t *soft_depth; /* of what lies over each target column; NOTHING = nothing does */
    soft_hit *soft;
    int32_t *under_depth; /* of another surface's edge, between that one and what is opaque */
    soft_hit *under;
    uint8_t *alpha;
    uint8_t *kind;
    uint8_t *narrow;        /* of narrow_edge */
    uint8_t *front_goes_on; /* from column x to x + 1 */
    uint8_t *back_goes_on;
    uint8_t *laid_over;     /* 1 where a soft edge lies before what is opaque */
    uint8_t *photo_goes_on; /* from column t to t + 1 of the eye */
    uint8_t *colours;       /* pad, front row, pad, back row, pad */
    uint8_t *out;
    uint8_t *marks;
    void *block;
} rows;

static uint32_t front_pixel(void)
{
    return PAD_PX;
}

static uint32_t back_pixel(const rows *row)
{
    return 2 * PAD_PX + row->width;
}

static void *take(uint8_t **at, size_t bytes)
{
    void *const part = *at;
    *at += spx_align_up(bytes, SPX_IMAGE_ALIGNMENT);
    return part;
}

/* Gives each row its part of the block. colours, out: bytes of these. */
static void hand_out(rows *row, size_t colours, size_t out)
{
    const size_t width = row->width;
    const size_t ints = width * sizeof(int32_t);
    uint8_t *at = row->block;
    row->front_at = take(&at, ints);
    row->back_at = take(&at, ints);
    row->front = take(&at, ints);
    row->back = take(&at, ints);
    row->depth = take(&at, ints);
    row->codes = take(&at, ints);
    row->soft_depth = take(&at, ints);
    row->soft = take(&at, width * sizeof(soft_hit));
    row->under_depth = take(&at, ints);
    row->under = take(&at, width * sizeof(soft_hit));
    row->alpha = take(&at, width);
    row->kind = take(&at, width);
    row->narrow = take(&at, width);
    row->front_goes_on = take(&at, width);
    row->back_goes_on = take(&at, width);
    row->laid_over = take(&at, width);
    row->photo_goes_on = take(&at, width);
    row->colours = take(&at, colours);
    row->out = take(&at, out);
    row->marks = take(&at, width);
}

static int rows_init(rows *row, const view *self)
{
    enum { INTS = 8, HITS = 2, BYTES = 8 }; /* rows of each, by hand_out() */
    const spx_image *const eye = self->eye;
    const size_t width = self->source->layers->width;
    const size_t colours = (2 * width + 3 * (size_t)PAD_PX) * spx_image_pixel_bytes(eye);
    const size_t whole = INTS * spx_align_up(width * sizeof(int32_t), SPX_IMAGE_ALIGNMENT) +
                         HITS * spx_align_up(width * sizeof(soft_hit), SPX_IMAGE_ALIGNMENT) +
                         BYTES * spx_align_up(width, SPX_IMAGE_ALIGNMENT) +
                         spx_align_up(colours, SPX_IMAGE_ALIGNMENT) +
                         spx_align_up(eye->stride_bytes, SPX_IMAGE_ALIGNMENT);
    *row = (rows){ .width = self->source->layers->width,
                   .eye_width = eye->width,
                   .frame_begin = self->options->before_px,
                   .frame_end = eye->width - self->options->after_px };
    row->block = aligned_alloc(SPX_IMAGE_ALIGNMENT, whole);
    if (row->block == NULL)
        return 0;
    hand_out(row, colours, eye->stride_bytes);
    memset(row->colours, 0, colours);
    return 1;
}

/* ---- load ---- */

static void copy_pixels(uint8_t *to, const uint8_t *from, uint32_t count, size_t pixel, int flip)
{
    if (!flip) {
        memcpy(to, from, count * pixel);
        return;
    }
    /* The sizes as numbers, so that the copies become single moves. */
    const uint8_t *last = from + (count - 1) * pixel;
    if (pixel == CHANNELS) {
        for (uint32_t x = 0; x < count; x++, last -= CHANNELS, to += CHANNELS)
            memcpy(to, last, CHANNELS);
    } else if (pixel == 1) {
        for (uint32_t x = 0; x < count; x++)
            to[x] = *last--;
    } else {
        for (uint32_t x = 0; x < count; x++, last -= 2 * CHANNELS, to += 2 * CHANNELS)
            memcpy(to, last, 2 * CHANNELS);
    }
}

static void load_colours(const view *self, rows *row, uint32_t y)
{
    const spx_view_source *const source = self->source;
    const size_t pixel = spx_image_pixel_bytes(source->photo);
    const uint32_t margin = source->layers->margin;
    const uint8_t *const back = source->back->pixels + y * source->back->stride_bytes;
    const uint8_t *const photo = source->photo->pixels + y * source->photo->stride_bytes;
    uint8_t *const to_back = row->colours + back_pixel(row) * pixel;
    uint8_t *const to_front = row->colours + front_pixel() * pixel;
    copy_pixels(to_back, back, row->width, pixel, self->flip_canvas);
    memcpy(to_front, to_back, margin * pixel);
    copy_pixels(to_front + margin * pixel, photo, source->photo->width, pixel,
                self->options->right_eye);
    memcpy(to_front + (row->width - margin) * pixel, to_back + (row->width - margin) * pixel,
           margin * pixel);
}

static void widen_depths(int32_t *restrict to, const uint16_t *restrict from, uint32_t count,
                         int flip)
{
    if (flip) {
        for (size_t x = 0; x < count; x++)
            to[x] = from[count - 1 - x];
    } else {
        for (size_t x = 0; x < count; x++)
            to[x] = from[x];
    }
}

/* Where there is no back layer it is the front layer again. */
static void hide_back(int32_t *restrict back, const int32_t *restrict front,
                      const uint8_t *restrict kind, uint32_t count)
{
    for (size_t x = 0; x < count; x++)
        back[x] = kind[x] == SPX_LAYER_HIDDEN ? back[x] : front[x];
}

static void load_layers(const view *self, rows *row, uint32_t y)
{
    const spx_layers *const layers = self->source->layers;
    const size_t at = spx_layers_at(layers, y);
    const uint32_t width = row->width;
    copy_pixels(row->alpha, layers->alpha + at, width, 1, self->flip_canvas);
    copy_pixels(row->kind, layers->kind + at, width, 1, self->flip_canvas);
    widen_depths(row->front, layers->front + at, width, self->flip_canvas);
    widen_depths(row->back, layers->back + at, width, self->flip_canvas);
    hide_back(row->back, row->front, row->kind, width);
}

/* Targets of a layer's columns, the first of which lies `margin` columns left of the eye. */
static void place_layer(int32_t *restrict at, const int32_t *restrict depth, uint32_t width,
                        int32_t margin, const view *self)
{
    const float scale =
        self->source->layers->px_per_unit * self->options->reach * (float)TARGET_ONE;
    const float still = self->options->convergence * (float)DEPTH_MAX;
    for (int32_t x = 0; x < (int32_t)width; x++) {
        const float shift = ((float)depth[x] - still) * scale;
        at[x] = (x - margin) * TARGET_ONE + (int32_t)(shift + copysignf(0.5F, shift));
    }
}

static void place(const view *self, rows *row)
{
    const int32_t margin =
        (int32_t)self->source->layers->margin - (int32_t)self->options->before_px;
    place_layer(row->front_at, row->front, row->width, margin, self);
    place_layer(row->back_at, row->back, row->width, margin, self);
    const size_t bytes = row->eye_width * sizeof(int32_t);
    memset(row->depth, NOTHING, bytes);
    memset(row->soft_depth, NOTHING, bytes);
    memset(row->under_depth, NOTHING, bytes);
}

/* goes_on[x]: whether a layer's column x is of one surface with the next one. */
static void connect_layer(uint8_t *restrict goes_on, const int32_t *restrict depth, uint32_t width,
                          uint32_t step)
{
    for (uint32_t x = 0; x + 1 < width; x++)
        goes_on[x] = (uint8_t)spx_layers_is_one_surface(depth[x], depth[x + 1], step);
    goes_on[width - 1] = 0;
}

static void end_at_soft(uint8_t *restrict goes_on, const uint8_t *restrict alpha, uint32_t width)
{
    for (uint32_t x = 0; x + 1 < width; x++)
        goes_on[x] &= (alpha[x] & alpha[x + 1]) == UINT8_MAX;
}

static void connect(const view *self, rows *row)
{
    connect_layer(row->front_goes_on, row->front, row->width, self->step);
    connect_layer(row->back_goes_on, row->back, row->width, self->step);
    end_at_soft(row->front_goes_on, row->alpha, row->width);
}

/* Whether column `soft` is part of a soft edge whose near surface column `other` shows too. */
static int is_of_edge(const rows *row, uint32_t soft, uint32_t other)
{
    return row->alpha[soft] != UINT8_MAX &&
           4 * row->front[other] > row->front[soft] + 3 * row->back[soft];
}

/* Whether two columns are of one surface; all of a soft edge is, however unevenly the map rises in
 * it. */
static int is_one_edge(const rows *row, uint32_t a, uint32_t b, uint32_t step)
{
    if (spx_layers_is_one_surface(row->front[a], row->front[b], step))
        return 1;
    if ((row->alpha[a] & row->alpha[b]) == UINT8_MAX ||
        !spx_layers_is_one_surface(row->front[a], row->front[b], tuned.edge_steps * step))
        return 0;
    return (row->alpha[a] == UINT8_MAX || is_of_edge(row, a, b)) &&
           (row->alpha[b] == UINT8_MAX || is_of_edge(row, b, a));
}

/* ---- opaque ---- */

/* One of the layers along a row. */
typedef struct layer_row {
    const int32_t *at; /* targets */
    const int32_t *depth;
    const uint8_t *goes_on;
    uint32_t first_pixel; /* of its colours */
} layer_row;

/* Whole columns of the eye between two targets; none where first > last. */
typedef struct target_span {
    int32_t first;
    int32_t last;
} target_span;

static inline target_span target_span_of(const rows *row, int32_t from, int32_t to)
{
    const int32_t first = (from + TARGET_ONE - 1) >> TARGET_BITS;
    const int32_t last = to >> TARGET_BITS;
    const int32_t most = (int32_t)row->eye_width - 1;
    return (target_span){ .first = first < 0 ? 0 : first, .last = last > most ? most : last };
}

/* From column x to x + 1; sampling: first row of the table. */
static inline void draw_segment(const rows *row, const layer_row *layer, uint32_t x,
                                uint32_t sampling)
{
    const int32_t from = layer->at[x];
    const int32_t to = layer->at[x + 1];
    const target_span over = target_span_of(row, from, to);
    if (over.first > over.last)
        return;
    const int32_t begin = layer->depth[x];
    const int32_t rise = layer->depth[x + 1] - begin;
    const uint32_t code = (layer->first_pixel + x) * SPX_RESAMPLE_ROWS + sampling;
    const float length = (float)(to - from);
    const float scale = length > 0.0F ? (float)SPX_RESAMPLE_PHASES / length : 0.0F;
    for (int32_t t = over.first; t <= over.last; t++) {
        const int32_t phase = (int32_t)((float)(t * TARGET_ONE - from) * scale + 0.5F);
        const int32_t depth = begin + rise * phase / SPX_RESAMPLE_PHASES;
        if (depth <= row->depth[t])
            continue;
        row->depth[t] = depth;
        /* A whole phase carries into the next source pixel, and the sampling stays. */
        row->codes[t] =
            phase < SPX_RESAMPLE_PHASES ? code + (uint32_t)phase : code + SPX_RESAMPLE_ROWS;
    }
}

enum { THREE_PX = 3 * TARGET_ONE };

/* length: in the eye, of three pixels of the photo. */
static inline int is_stretched(int32_t length)
{
    return length > (int32_t)(tuned.least_stretch * THREE_PX);
}

static inline int is_squeezed(int32_t length)
{
    return length <= (int32_t)(THREE_PX / tuned.least_squeeze);
}

/*
 * How the segment from column x to x + 1 is sampled. All but the line look one pixel further on
 * both sides: only along one surface. What falls away from the eye is squeezed, where single
 * samples leave out some of what is fine and double the rest: it takes means. What is stretched
 * shows each overshoot of the curve at several pixels: it takes the line.
 */
static inline uint32_t sampling_of(const layer_row *layer, uint32_t x)
{
    if (x == 0 || !layer->goes_on[x - 1] || !layer->goes_on[x + 1])
        return SPX_RESAMPLE_LINE;
    const int32_t length = layer->at[x + 2] - layer->at[x - 1];
    if (is_stretched(length))
        return SPX_RESAMPLE_LINE;
    if (!is_squeezed(length))
        return SPX_RESAMPLE_CURVE;
    return spx_resample_squeezed((float)THREE_PX / (float)spx_max_i32(length, 1));
}

enum { RUN_PX = 16 };

/* Whether segments x..x + RUN_PX - 1 go on, have a length, are not squeezed and each covers one
 * column, side by side, as those of a smooth surface do. *first: the column of segment x. */
static int is_run(const rows *row, const layer_row *layer, uint32_t x, int32_t *first)
{
    const int32_t *const at = layer->at + x;
    const uint8_t *const goes_on = layer->goes_on + x;
    if (x == 0 || x + RUN_PX + 1 >= row->width)
        return 0;
    *first = (at[0] + TARGET_ONE - 1) >> TARGET_BITS;
    if (*first < 0 || *first + RUN_PX > (int32_t)row->eye_width)
        return 0;
    int32_t other = 0;
    for (int32_t i = 0; i < RUN_PX; i++) {
        other |= ((at[i] + TARGET_ONE - 1) >> TARGET_BITS) ^ (*first + i);
        other |= (at[i + 1] >> TARGET_BITS) ^ (*first + i);
        other |= (goes_on[i] ^ 1) | (at[i] == at[i + 1]);
        other |= goes_on[i - 1] & goes_on[i + 1] & is_squeezed(at[i + 2] - at[i - 1]);
    }
    return other == 0;
}

/* The same as draw_segment() for each of a run. No column has two of its segments, so that
 * compilers can draw some at once. */
static void draw_run(const rows *row, const layer_row *layer, uint32_t x, int32_t first)
{
    const int32_t *restrict const at = layer->at + x;
    const int32_t *restrict const begin = layer->depth + x;
    const uint8_t *restrict const before = layer->goes_on + x - 1;
    const uint8_t *restrict const after = layer->goes_on + x + 1;
    int32_t *restrict const depths = row->depth + first;
    uint32_t *restrict const codes = row->codes + first;
    const uint32_t code = (layer->first_pixel + x) * SPX_RESAMPLE_ROWS;
    for (int32_t i = 0; i < RUN_PX; i++) {
        const float scale = (float)SPX_RESAMPLE_PHASES / (float)(at[i + 1] - at[i]);
        const int32_t phase = (int32_t)((float)((first + i) * TARGET_ONE - at[i]) * scale + 0.5F);
        const int32_t depth = begin[i] + (begin[i + 1] - begin[i]) * phase / SPX_RESAMPLE_PHASES;
        const uint32_t line =
            ((before[i] & after[i]) ^ 1U) | (uint32_t)is_stretched(at[i + 2] - at[i - 1]);
        const uint32_t carried = (uint32_t)phase / SPX_RESAMPLE_PHASES; /* 1 = a whole phase */
        const uint32_t own = code + (uint32_t)i * SPX_RESAMPLE_ROWS + line * SPX_RESAMPLE_LINE +
                             (uint32_t)phase + carried * (SPX_RESAMPLE_ROWS - SPX_RESAMPLE_PHASES);
        const uint32_t wins = 0U - (uint32_t)(depth > depths[i]);
        codes[i] = (own & wins) | (codes[i] & ~wins);
        depths[i] = spx_max_i32(depth, depths[i]);
    }
}

static void draw_front(const rows *row)
{
    const layer_row layer = { .at = row->front_at,
                              .depth = row->front,
                              .goes_on = row->front_goes_on,
                              .first_pixel = front_pixel() };
    for (uint32_t x = 0; x + 1 < row->width;) {
        int32_t first = 0;
        const uint32_t end = spx_min_u32(x + RUN_PX, row->width - 1);
        if (is_run(row, &layer, x, &first)) {
            draw_run(row, &layer, x, first);
            x = end;
            continue;
        }
        for (; x < end; x++) {
            if (layer.goes_on[x])
                draw_segment(row, &layer, x, sampling_of(&layer, x));
        }
    }
}

/* From column x of one layer to x + 1 of the other: half in the colour of either. */
static void draw_bridge(const rows *row, const layer_row *left, const layer_row *right, uint32_t x)
{
    const int32_t from = left->at[x];
    const int32_t to = right->at[x + 1];
    const target_span over = target_span_of(row, from, to);
    const int32_t depth =
        left->depth[x] < right->depth[x + 1] ? left->depth[x] : right->depth[x + 1];
    for (int32_t t = over.first; t <= over.last; t++) {
        const int is_left = 2 * (int64_t)t * TARGET_ONE < (int64_t)from + to;
        const uint32_t pixel = is_left ? left->first_pixel + x : right->first_pixel + x + 1;
        if (depth <= row->depth[t])
            continue;
        row->depth[t] = depth;
        row->codes[t] = pixel * SPX_RESAMPLE_ROWS + SPX_RESAMPLE_LINE;
    }
}

/*
 * What is hidden behind the nearest of three surfaces may come out as the middle one, in a pixel
 * whose own back layer is what the middle one's soft edge shows: the two are one surface, in
 * different layers.
 */
static void bridge(const rows *row, const layer_row *back, uint32_t x, uint32_t step)
{
    const layer_row front = { .at = row->front_at,
                              .depth = row->front,
                              .goes_on = row->front_goes_on,
                              .first_pixel = front_pixel() };
    if (row->alpha[x + 1] >= SPX_LAYERS_MOSTLY_OPAQUE &&
        spx_layers_is_one_surface(row->back[x], row->front[x + 1], step))
        draw_bridge(row, back, &front, x);
    if (row->alpha[x] >= SPX_LAYERS_MOSTLY_OPAQUE &&
        spx_layers_is_one_surface(row->front[x], row->back[x + 1], step))
        draw_bridge(row, &front, back, x);
}

static void draw_back(const rows *row, uint32_t step)
{
    const layer_row layer = { .at = row->back_at,
                              .depth = row->back,
                              .goes_on = row->back_goes_on,
                              .first_pixel = back_pixel(row) };
    /* Segments with a hidden column at either end. */
    const uint32_t end = row->width - 1;
    uint32_t x = 0;
    while (x < end) {
        if (row->kind[x] != SPX_LAYER_HIDDEN && row->kind[x + 1] != SPX_LAYER_HIDDEN) {
            const uint8_t *const next = memchr(row->kind + x + 1, SPX_LAYER_HIDDEN, end - x);
            if (next == NULL)
                return;
            x = (uint32_t)(next - row->kind) - 1;
        }
        if (layer.goes_on[x]) {
            draw_segment(row, &layer, x, sampling_of(&layer, x));
        } else {
            bridge(row, &layer, x, step);
        }
        x++;
    }
}

static uint32_t within_frame(const rows *row, uint32_t begin, uint32_t end)
{
    begin = begin > row->frame_begin ? begin : row->frame_begin;
    end = end < row->frame_end ? end : row->frame_end;
    return begin < end ? end - begin : 0;
}

/* Few rows have a column that no surface reached; depths are never negative. */
static int has_gaps(const int32_t *depth, uint32_t width)
{
    int32_t signs = 0;
    for (uint32_t x = 0; x < width; x++)
        signs |= depth[x];
    return signs < 0;
}

/* Columns that no surface reached take the colour beside them that lies farther away. */
static uint32_t close_gaps(const rows *row)
{
    uint32_t closed = 0;
    uint32_t x = has_gaps(row->depth, row->eye_width) ? 0 : row->eye_width;
    while (x < row->eye_width) {
        if (row->depth[x] != NOTHING) {
            x++;
            continue;
        }
        uint32_t end = x;
        while (end < row->eye_width && row->depth[end] == NOTHING)
            end++;
        const int has_left = x > 0;
        const int has_right = end < row->eye_width;
        const int from_left = has_left && (!has_right || row->depth[x - 1] <= row->depth[end]);
        const uint32_t code =
            from_left ? row->codes[x - 1]
                      : (has_right ? row->codes[end] : (front_pixel() + x) * SPX_RESAMPLE_ROWS);
        const int32_t depth = from_left ? row->depth[x - 1] : (has_right ? row->depth[end] : 0);
        closed += within_frame(row, x, end);
        for (; x < end; x++) {
            row->codes[x] = code;
            row->depth[x] = depth;
        }
    }
    return closed;
}

/* The source pixel that a column shows most of. */
static inline uint32_t shown_pixel(uint32_t code)
{
    return (spx_resample_place(code) + SPX_RESAMPLE_PHASES / 2) / SPX_RESAMPLE_PHASES;
}

/* Whether all of these columns show the photo within its frame: `width` pixels from `first` on. */
static int show_photo(const uint32_t *codes, uint32_t count, uint32_t first, uint32_t width)
{
    int outside = 0;
    for (uint32_t i = 0; i < count; i++)
        outside |= shown_pixel(codes[i]) - first >= width;
    return !outside;
}

/* Pixels that show a margin or what is hidden in the photo. Most columns do not, and are looked at
 * some at a time. */
static uint32_t count_filled(const rows *row, uint32_t margin)
{
    enum { AT_ONCE = 64 };
    uint32_t filled = 0;
    const uint32_t back = back_pixel(row);
    const uint32_t inner = front_pixel() + margin;
    const uint32_t inner_width = row->width - 2 * margin;
    for (uint32_t first = row->frame_begin; first < row->frame_end; first += AT_ONCE) {
        const uint32_t count = spx_min_u32(AT_ONCE, row->frame_end - first);
        if (show_photo(row->codes + first, count, inner, inner_width))
            continue;
        for (uint32_t t = first; t < first + count; t++) {
            const uint32_t pixel = shown_pixel(row->codes[t]);
            if (pixel - inner >= inner_width)
                filled += pixel < back ? 1 : row->kind[pixel - back] != SPX_LAYER_PLAIN;
        }
    }
    return filled;
}

/* ---- soft ---- */

/* Keeps the two nearest surfaces' edges: where one runs out another may begin. */
static void keep_hit(const rows *row, int32_t t, const soft_hit *hit, uint32_t step)
{
    const int32_t depth = row->front[hit->x];
    const int32_t top = row->soft_depth[t];
    const int shares = top != NOTHING && is_one_edge(row, hit->x, row->soft[t].x, step);
    /* Of two edges of one surface the one that lies on a column counts, not the other's end. */
    const int wins = depth > top || (depth == top && hit->shape == SOFT_SEGMENT);
    if (wins) {
        if (!shares) {
            row->under_depth[t] = top;
            row->under[t] = row->soft[t];
        }
        row->soft_depth[t] = depth;
        row->soft[t] = *hit;
    } else if (!shares && (depth > row->under_depth[t] ||
                           (depth == row->under_depth[t] && hit->shape == SOFT_SEGMENT))) {
        row->under_depth[t] = depth;
        row->under[t] = *hit;
    }
}

static void draw_soft(const rows *row, uint32_t x, soft_shape shape, uint32_t step)
{
    int32_t from = row->front_at[x];
    int32_t to = from;
    if (shape == SOFT_SEGMENT) {
        to = row->front_at[x + 1];
    } else if (shape == SOFT_END_RIGHT) {
        to += TARGET_ONE;
    } else {
        from -= TARGET_ONE;
    }
    const target_span over = target_span_of(row, from, to);
    const float length = (float)(to - from);
    for (int32_t t = over.first; t <= over.last; t++) {
        const float u = length > 0.0F ? (float)(t * TARGET_ONE - from) / length : 0.0F;
        const soft_hit hit = { .x = x, .u = u, .shape = shape };
        keep_hit(row, t, &hit, step);
    }
}

static void find_narrow_edges(const view *self, const rows *row)
{
    memset(row->narrow, NARROW_NONE, row->width);
    const uint32_t end = row->width - 1;
    for (uint32_t x = spx_first_other(row->alpha, 1, end, UINT8_MAX); x < end;
         x = spx_first_other(row->alpha, x + 1, end, UINT8_MAX)) {
        const int goes_left = is_one_edge(row, x - 1, x, self->step);
        const int goes_right = is_one_edge(row, x, x + 1, self->step);
        if (goes_left == goes_right || row->alpha[goes_left ? x - 1 : x + 1] != UINT8_MAX)
            continue;
        if (row->front[x] > row->front[goes_left ? x + 1 : x - 1])
            row->narrow[x] = goes_left ? NARROW_RIGHT : NARROW_LEFT;
    }
}

static void draw_edges(const view *self, const rows *row)
{
    find_narrow_edges(self, row);
    const uint8_t *const last = row->front_goes_on + row->width - 1;
    const uint8_t *at = row->front_goes_on;
    for (; (at = memchr(at, 0, (size_t)(last - at))) != NULL; at++) {
        const uint32_t x = (uint32_t)(at - row->front_goes_on);
        const int32_t here = row->front[x];
        const int32_t next = row->front[x + 1];
        if (is_one_edge(row, x, x + 1, self->step)) {
            draw_soft(row, x, SOFT_SEGMENT, self->step);
        } else if (here > next) {
            draw_soft(row, x, SOFT_END_RIGHT, self->step);
        } else {
            draw_soft(row, x + 1, SOFT_END_LEFT, self->step);
        }
    }
}

typedef struct soft_colour {
    float alpha;            /* 0..1 */
    float colour[CHANNELS]; /* times alpha */
} soft_colour;

static float sample_at(const rows *row, size_t at, uint32_t bits)
{
    return bits == 8 ? (float)row->colours[at] : (float)((uint16_t *)(void *)row->colours)[at];
}

/* The near surface's share of a pixel: what is left when the far one's is taken away. */
static soft_colour unmix(const rows *row, uint32_t x, uint32_t bits)
{
    soft_colour soft = { .alpha = (float)row->alpha[x] / (float)UINT8_MAX };
    const float most = soft.alpha * (bits == 8 ? (float)UINT8_MAX : (float)UINT16_MAX);
    for (size_t c = 0; c < CHANNELS; c++) {
        const float mixed = sample_at(row, CHANNELS * (size_t)(front_pixel() + x) + c, bits);
        const float far = sample_at(row, CHANNELS * (size_t)(back_pixel(row) + x) + c, bits);
        const float near = row->alpha[x] == UINT8_MAX ? mixed : mixed - (1.0F - soft.alpha) * far;
        soft.colour[c] = spx_clamp_f32(near, 0.0F, most);
    }
    return soft;
}

/* How much of a column a surface covers whose narrow edge is a hard one, somewhere in the soft
 * pixel; other edges as alpha runs from column to column. */
static float cover(const rows *row, const soft_hit *hit, float left, float right)
{
    const uint8_t *const narrow = row->narrow + hit->x;
    if (hit->shape == SOFT_SEGMENT && narrow[1] == NARROW_RIGHT)
        return fminf(1.0F, 1.0F + right - hit->u);
    if (hit->shape == SOFT_SEGMENT && narrow[0] == NARROW_LEFT)
        return fminf(1.0F, left + hit->u);
    if (hit->shape == SOFT_END_RIGHT && narrow[0] == NARROW_RIGHT)
        return fmaxf(0.0F, left - hit->u);
    if (hit->shape == SOFT_END_LEFT && narrow[0] == NARROW_LEFT)
        return fmaxf(0.0F, right - 1.0F + hit->u);
    return left + (right - left) * hit->u;
}

static void lay_over(const rows *row, const soft_hit *hit, uint32_t t, uint32_t bits)
{
    const soft_colour none = { 0 };
    const soft_colour left = hit->shape == SOFT_END_LEFT ? none : unmix(row, hit->x, bits);
    const soft_colour right =
        hit->shape == SOFT_END_RIGHT
            ? none
            : unmix(row, hit->shape == SOFT_SEGMENT ? hit->x + 1 : hit->x, bits);
    const float even = left.alpha + (right.alpha - left.alpha) * hit->u;
    const float hard = cover(row, hit, left.alpha, right.alpha);
    const float alpha = even + tuned.hard_share * (hard - even);
    /* What it covers more has the colour of the opaque pixel, the one of the higher alpha. */
    const soft_colour *const whole = left.alpha > right.alpha ? &left : &right;
    const float share = alpha < even ? alpha / even : 1.0F;
    const float more = alpha > even ? alpha - even : 0.0F;
    for (size_t c = 0; c < CHANNELS; c++) {
        const float mixed = left.colour[c] + (right.colour[c] - left.colour[c]) * hit->u;
        const float near = share * mixed + more * whole->colour[c];
        const size_t at = CHANNELS * (size_t)t + c;
        if (bits == 8) {
            const float sum = near + (1.0F - alpha) * (float)row->out[at];
            row->out[at] = (uint8_t)(sum >= (float)UINT8_MAX ? (float)UINT8_MAX : sum + 0.5F);
        } else {
            uint16_t *const out = (uint16_t *)(void *)row->out;
            const float sum = near + (1.0F - alpha) * (float)out[at];
            out[at] = (uint16_t)(sum >= (float)UINT16_MAX ? (float)UINT16_MAX : sum + 0.5F);
        }
    }
}

/* Soft edges that lie before what is opaque. No column is open any more, so that NOTHING is less
 * than every depth. */
static void find_laid_over(rows *row)
{
    const int32_t *restrict const soft = row->soft_depth;
    const int32_t *restrict const depth = row->depth;
    uint8_t *restrict const laid_over = row->laid_over;
    for (uint32_t t = 0; t < row->eye_width; t++)
        laid_over[t] = soft[t] >= depth[t];
}

/* ---- what was made ---- */

/* photo_goes_on[t]: whether columns t and t + 1 show the photo as it is and the second one no more
 * than a few of its pixels farther: one surface is not squeezed more. */
static void find_photo(rows *row)
{
    static const uint32_t most_px = 4;
    const uint32_t *restrict const codes = row->codes;
    const uint8_t *restrict const laid_over = row->laid_over;
    uint8_t *restrict const goes_on = row->photo_goes_on;
    const uint32_t back = back_pixel(row) * SPX_RESAMPLE_ROWS;
    const uint32_t last = row->eye_width - 1;
    for (uint32_t t = 0; t < last; t++) {
        const uint32_t moved = spx_resample_place(codes[t + 1]) - spx_resample_place(codes[t]);
        const int here = (codes[t] < back) & !laid_over[t];
        const int next = (codes[t + 1] < back) & !laid_over[t + 1];
        goes_on[t] = (uint8_t)(here & next & (moved <= most_px * SPX_RESAMPLE_PHASES));
    }
    goes_on[last] = 0;
}

/* What shows the back layer, what is laid over, and what the photo does not go on from for more
 * than a few pixels: runs of columns in which it goes on are long elsewhere. */
static void mark_made(rows *row)
{
    enum { ISLAND_PX = 2 };
    find_photo(row);
    memset(row->marks, SPX_FLECK_PHOTO, row->eye_width);
    uint32_t first = 0;
    while (first < row->eye_width) {
        const uint32_t end = spx_first_other(row->photo_goes_on, first, row->eye_width, 1) + 1;
        if (end - first <= ISLAND_PX)
            memset(row->marks + first, SPX_FLECK_MADE, end - first);
        first = end;
    }
}

/* ---- a row ---- */

static void sample(const view *self, rows *row)
{
    const uint32_t bits = self->eye->bits;
    if (bits == 8) {
        self->resample8(row->out, row->colours, row->codes, row->eye_width, &self->table);
    } else {
        spx_resample16((uint16_t *)(void *)row->out, (const uint16_t *)(const void *)row->colours,
                       row->codes, row->eye_width, &self->table);
    }
    find_laid_over(row);
    const uint8_t *const end = row->laid_over + row->eye_width;
    const uint8_t *at = row->laid_over;
    for (; (at = memchr(at, 1, (size_t)(end - at))) != NULL; at++) {
        const uint32_t t = (uint32_t)(at - row->laid_over);
        if (row->under_depth[t] != NOTHING && row->under_depth[t] >= row->depth[t])
            lay_over(row, &row->under[t], t, bits);
        lay_over(row, &row->soft[t], t, bits);
    }
}

/* Returns how many pixels within the photo's frame show what the photo does not. */
static uint32_t render_row(const view *self, rows *row, uint32_t y)
{
    load_colours(self, row, y);
    load_layers(self, row, y);
    place(self, row);
    connect(self, row);
    draw_front(row);
    draw_back(row, self->step);
    const uint32_t closed = close_gaps(row);
    const uint32_t filled = closed + count_filled(row, self->source->layers->margin);
    draw_edges(self, row);
    sample(self, row);
    mark_made(row);
    copy_pixels(self->marks + (size_t)y * row->eye_width, row->marks, row->eye_width, 1,
                self->options->right_eye);
    copy_pixels(self->eye->pixels + y * self->eye->stride_bytes, row->out, row->eye_width,
                spx_image_pixel_bytes(self->eye), self->options->right_eye);
    return filled;
}

static void render_rows(void *context, size_t turn)
{
    view *const self = context;
    const spx_layers *const layers = self->source->layers;
    rows row;
    if (!rows_init(&row, self)) {
        atomic_store(&self->no_memory, 1);
        return;
    }
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end =
        first + ROWS_PER_TURN < layers->height ? first + ROWS_PER_TURN : layers->height;
    uint64_t filled = 0;
    for (uint32_t y = first; y < end; y++)
        filled += render_row(self, &row, y);
    (void)atomic_fetch_add(&self->filled, filled);
    free(row.block);
}

/* How far pixels have moved at most. */
static uint32_t reach_of(const view *self)
{
    const float most = fmaxf(self->options->convergence, 1.0F - self->options->convergence);
    const float whole = self->source->layers->px_per_unit * self->options->reach * (float)DEPTH_MAX;
    return (uint32_t)ceilf(most * whole) + 1;
}

spx_status spx_view_render(spx_image *eye, const spx_view_source *source,
                           const spx_view_options *options, const spx_task *task, uint64_t *filled,
                           spx_diag *diag)
{
    *filled = 0;
    view self = { .source = source,
                  .options = options,
                  .eye = eye,
                  .resample8 = spx_resample8(spx_cpu_flags()),
                  .flip_canvas = options->right_eye != source->layers->mirrored,
                  .step = spx_layers_step(source->layers) };
    atomic_init(&self.filled, 0);
    atomic_init(&self.no_memory, 0);
    spx_resample_table_init(&self.table);
    const size_t turns = spx_divide_up(eye->height, ROWS_PER_TURN);
    spx_status status = SPX_OK;
    self.marks = malloc((size_t)eye->width * eye->height);
    if (self.marks == NULL)
        return spx_fail_memory(diag, "an eye");
    SPX_TRY_OUT(spx_task_run(task, turns, render_rows, &self, diag));
    if (atomic_load(&self.no_memory)) {
        status = spx_fail_memory(diag, "rows of an eye");
        goto out;
    }
    const spx_fleck_source where = { .photo = source->photo,
                                     .first_column = options->right_eye ? options->after_px
                                                                        : options->before_px,
                                     .reach_px = reach_of(&self),
                                     .marks = self.marks };
    SPX_TRY_OUT(spx_flecks_mend(eye, &where, task, diag));
    *filled = atomic_load(&self.filled);
out:
    free(self.marks);
    return status;
}

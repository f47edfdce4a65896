#include "outpaint_measure.h"

#include "base/order.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    INSIDE_PX = 10, /* from there on steps are the photo's own */
    BASE_STEPS = 10,
    MEETING_PX = 7, /* photo and border meet within so many pixels of the photo's edge */
    BLUR_PX = 4,
    PATCH_PX = 16,
    SEARCH_STEP_PX = 2,
    BLOCK_PX = 48,
};

static const double textured = 8.0;   /* standard deviation */
static const double same_most = 60.0; /* mean squared difference */

static void *allocate(size_t count, size_t size)
{
    void *const memory = calloc(count, size);
    if (memory == NULL)
        abort();
    return memory;
}

/* ---- M2 ---- */

static double linear(int value)
{
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double lab_curve(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116.0;
}

static void lab_at(const spx_image *picture, int x, int y, double lab[3])
{
    const uint8_t *const pixel = spx_image_row8(picture, (uint32_t)y) + (size_t)3 * (size_t)x;
    const double r = linear(pixel[0]);
    const double g = linear(pixel[1]);
    const double b = linear(pixel[2]);
    const double fx = lab_curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    const double fy = lab_curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const double fz = lab_curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    lab[0] = 116.0 * fy - 16.0;
    lab[1] = 500.0 * (fx - fy);
    lab[2] = 200.0 * (fy - fz);
}

/** One side of the photo; out_x, out_y: direction to the outside. */
typedef struct side {
    const spx_image *picture;
    const spx_frame *frame;
    int out_x;
    int out_y;
    int length;
} side;

/** Colour step from the pixel `along` the border and `depth` inside to the next one outwards. */
static double step_of(const side *self, int along, int depth)
{
    const int left = (int)self->frame->photo_x;
    const int top = (int)self->frame->photo_y;
    const int right = left + (int)self->frame->photo_width - 1;
    const int bottom = top + (int)self->frame->photo_height - 1;
    int x = left + along;
    int y = top + along;
    if (self->out_x != 0)
        x = self->out_x < 0 ? left + depth : right - depth;
    if (self->out_y != 0)
        y = self->out_y < 0 ? top + depth : bottom - depth;
    double here[3];
    double there[3];
    lab_at(self->picture, x, y, here);
    lab_at(self->picture, x + self->out_x, y + self->out_y, there);
    return sqrt((here[0] - there[0]) * (here[0] - there[0]) +
                (here[1] - there[1]) * (here[1] - there[1]) +
                (here[2] - there[2]) * (here[2] - there[2]));
}

static double seam_at_depth(const side *self, const double *base, int depth)
{
    double *const excess = allocate((size_t)self->length, sizeof(*excess));
    double base_mean = 0.0;
    double sum = 0.0;
    for (int i = 0; i < self->length; i++) {
        excess[i] = step_of(self, i, depth) - base[i];
        base_mean += base[i] / self->length;
    }
    for (int i = 0; i < self->length; i++) {
        double blurred = 0.0;
        double weight = 0.0;
        for (int k = i - BLUR_PX; k <= i + BLUR_PX; k++) {
            if (k < 0 || k >= self->length)
                continue;
            const double near = exp(-(k - i) * (k - i) / 8.0);
            blurred += near * excess[k];
            weight += near;
        }
        sum += fmax(blurred / weight, 0.0) / self->length;
    }
    free(excess);
    return sum / (base_mean + 1.0);
}

/** The seam at each depth where photo and border meet. */
static void seams_of_side(const side *self, double seams[MEETING_PX])
{
    double *const base = allocate((size_t)self->length, sizeof(*base));
    for (int i = 0; i < self->length; i++) {
        for (int d = INSIDE_PX; d < INSIDE_PX + BASE_STEPS; d++)
            base[i] += step_of(self, i, d) / BASE_STEPS;
    }
    for (int depth = 0; depth < MEETING_PX; depth++)
        seams[depth] = seam_at_depth(self, base, depth);
    free(base);
}

/** The growing sides of a picture; returns how many. */
static int growing_sides(const spx_image *picture, const spx_frame *frame, side sides[4])
{
    static const int ways[4][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    const uint32_t right = frame->width - frame->photo_x - frame->photo_width;
    const uint32_t bottom = frame->height - frame->photo_y - frame->photo_height;
    const uint32_t margins[4] = { frame->photo_x, right, frame->photo_y, bottom };
    int count = 0;
    for (int i = 0; i < 4; i++) {
        if (margins[i] == 0)
            continue;
        sides[count++] = (side){
            .picture = picture,
            .frame = frame,
            .out_x = ways[i][0],
            .out_y = ways[i][1],
            .length = (int)(ways[i][0] != 0 ? frame->photo_height : frame->photo_width),
        };
    }
    return count;
}

static double measure_seam(const spx_image *picture, const spx_frame *frame)
{
    side sides[4];
    const int count = growing_sides(picture, frame, sides);
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        double seams[MEETING_PX];
        double worst = 0.0;
        seams_of_side(&sides[i], seams);
        for (int depth = 0; depth < MEETING_PX; depth++)
            worst = fmax(worst, seams[depth]);
        sum += worst / count;
    }
    return sum;
}

double outpaint_seam_above(const spx_image *picture, const spx_image *truth, const spx_frame *frame)
{
    side sides[4];
    const int count = growing_sides(picture, frame, sides);
    double worst = 0.0;
    for (int i = 0; i < count; i++) {
        double found[MEETING_PX];
        double there[MEETING_PX];
        seams_of_side(&sides[i], found);
        sides[i].picture = truth;
        seams_of_side(&sides[i], there);
        for (int depth = 0; depth < MEETING_PX; depth++)
            worst = fmax(worst, found[depth] - there[depth]);
    }
    return worst;
}

/* ---- M3 and M4 work on luma ---- */

typedef struct grey {
    int width;
    int height;
    float *luma;
} grey;

static grey grey_of(const spx_image *picture, int factor)
{
    grey out = { .width = (int)picture->width / factor, .height = (int)picture->height / factor };
    out.luma = allocate((size_t)out.width * (size_t)out.height, sizeof(*out.luma));
    for (int y = 0; y < out.height * factor; y++) {
        const uint8_t *const row = spx_image_row8(picture, (uint32_t)y);
        for (int x = 0; x < out.width * factor; x++)
            out.luma[y / factor * out.width + x / factor] +=
                (0.299F * row[3 * x] + 0.587F * row[3 * x + 1] + 0.114F * row[3 * x + 2]) /
                (float)(factor * factor);
    }
    return out;
}

/** What the photo covers, in pixels of a grey picture: x0, y0, x1, y1. */
typedef struct area {
    int x0;
    int y0;
    int x1;
    int y1;
} area;

static area photo_area(const spx_frame *frame, int factor)
{
    return (area){ ((int)frame->photo_x + factor - 1) / factor,
                   ((int)frame->photo_y + factor - 1) / factor,
                   (int)(frame->photo_x + frame->photo_width) / factor,
                   (int)(frame->photo_y + frame->photo_height) / factor };
}

static int touches(const area *photo, int x, int y, int size)
{
    return x < photo->x1 && x + size > photo->x0 && y < photo->y1 && y + size > photo->y0;
}

static double deviation(const grey *picture, int x, int y)
{
    double sum = 0.0;
    double squares = 0.0;
    for (int v = y; v < y + PATCH_PX; v++) {
        for (int u = x; u < x + PATCH_PX; u++) {
            const double value = (double)picture->luma[v * picture->width + u];
            sum += value;
            squares += value * value;
        }
    }
    const double count = PATCH_PX * PATCH_PX;
    return sqrt(fmax(squares / count - sum / count * (sum / count), 0.0));
}

static int same_patch(const grey *picture, int ax, int ay, int bx, int by)
{
    const float most = (float)(same_most * PATCH_PX * PATCH_PX);
    float sum = 0.0F;
    for (int v = 0; v < PATCH_PX && sum <= most; v++) {
        const float *const a = picture->luma + (ay + v) * picture->width + ax;
        const float *const b = picture->luma + (by + v) * picture->width + bx;
        for (int u = 0; u < PATCH_PX; u++)
            sum += (a[u] - b[u]) * (a[u] - b[u]);
    }
    return sum <= most;
}

static int is_copied(const grey *picture, const area *photo, int x, int y)
{
    for (int by = photo->y0; by + PATCH_PX <= photo->y1; by += SEARCH_STEP_PX) {
        for (int bx = photo->x0; bx + PATCH_PX <= photo->x1; bx += SEARCH_STEP_PX) {
            if (same_patch(picture, x, y, bx, by))
                return 1;
        }
    }
    return 0;
}

static double measure_repetition(const spx_image *picture, const spx_frame *frame)
{
    grey half = grey_of(picture, 2);
    const area photo = photo_area(frame, 2);
    double patches = 0.0;
    double copied = 0.0;
    for (int y = 0; y + PATCH_PX <= half.height; y += PATCH_PX) {
        for (int x = 0; x + PATCH_PX <= half.width; x += PATCH_PX) {
            if (touches(&photo, x, y, PATCH_PX) || deviation(&half, x, y) <= textured)
                continue;
            patches += 1.0;
            copied += is_copied(&half, &photo, x, y);
        }
    }
    free(half.luma);
    return patches > 0.0 ? copied / patches : 0.0;
}

/** Mean square of what a Gaussian of sigma 1.2 leaves. */
static double detail(const grey *picture, int x, int y, int width, int height)
{
    enum { REACH = 3, SIDE = 2 * REACH + 1 };
    const float sigma = 1.2F;
    float kernel[SIDE * SIDE];
    double sum = 0.0;
    for (int i = 0; i < SIDE * SIDE; i++) {
        const int dx = i % SIDE - REACH;
        const int dy = i / SIDE - REACH;
        kernel[i] = expf(-(float)(dx * dx + dy * dy) / (2.0F * sigma * sigma));
    }
    for (int v = y; v < y + height; v++) {
        for (int u = x; u < x + width; u++) {
            float mean = 0.0F;
            float weight = 0.0F;
            for (int i = 0; i < SIDE * SIDE; i++) {
                const int at_x = u + i % SIDE - REACH;
                const int at_y = v + i / SIDE - REACH;
                if (at_x < 0 || at_y < 0 || at_x >= picture->width || at_y >= picture->height)
                    continue;
                mean += kernel[i] * picture->luma[at_y * picture->width + at_x];
                weight += kernel[i];
            }
            const double difference =
                (double)(picture->luma[v * picture->width + u] - mean / weight);
            sum += difference * difference;
        }
    }
    return sum / (width * height);
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/** Columns or rows of blocks: before the photo, along it, behind it. */
typedef struct blocks {
    int begin;
    int size;
    int place; /* -1, 0, 1 */
} blocks;

enum { BLOCKS_MOST = 1024 };

/** Blocks of BLOCK_PX from the photo's edges on, outwards and along it; a margin that is narrower
 * is one block. Returns how many. */
static int blocks_of(int low, int high, int end, blocks out[BLOCKS_MOST])
{
    int count = 0;
    const int before = low < BLOCK_PX ? low : BLOCK_PX;
    const int behind = end - high < BLOCK_PX ? end - high : BLOCK_PX;
    for (int at = low - before; before > 0 && at >= 0 && count < BLOCKS_MOST; at -= before)
        out[count++] = (blocks){ at, before, -1 };
    for (int at = low; at + BLOCK_PX <= high && count < BLOCKS_MOST; at += BLOCK_PX)
        out[count++] = (blocks){ at, BLOCK_PX, 0 };
    for (int at = high; behind > 0 && at + behind <= end && count < BLOCKS_MOST; at += behind)
        out[count++] = (blocks){ at, behind, 1 };
    return count;
}

/** Detail of a block against that of the photo's edge beside it: of a strip of it, or of a square
 * in its corner. What lies farther in says nothing: the border goes on with the edge. */
static double detail_kept(const grey *picture, const area *photo, const blocks *column,
                          const blocks *line)
{
    enum { FROM_EDGE_PX = 8, DEEP_PX = 16, CORNER_PX = 28 };
    const double least = 0.25;
    const int deep = column->place != 0 && line->place != 0 ? CORNER_PX : DEEP_PX;
    const int width = column->place != 0 ? deep : column->size;
    const int height = line->place != 0 ? deep : line->size;
    const int near_x =
        clamp(column->begin, photo->x0 + FROM_EDGE_PX, photo->x1 - FROM_EDGE_PX - width);
    const int near_y =
        clamp(line->begin, photo->y0 + FROM_EDGE_PX, photo->y1 - FROM_EDGE_PX - height);
    return log2((detail(picture, column->begin, line->begin, column->size, line->size) + least) /
                (detail(picture, near_x, near_y, width, height) + least));
}

double outpaint_sharpness(const spx_image *picture, const spx_frame *frame,
                          double sides[OUTPAINT_SIDES])
{
    grey whole = grey_of(picture, 1);
    const area photo = photo_area(frame, 1);
    blocks across[BLOCKS_MOST];
    blocks down[BLOCKS_MOST];
    const int columns = blocks_of(photo.x0, photo.x1, whole.width, across);
    const int lines = blocks_of(photo.y0, photo.y1, whole.height, down);
    const size_t most = (size_t)columns * (size_t)lines;
    double *const ratios = allocate(OUTPAINT_SIDES * most, sizeof(*ratios));
    size_t counts[OUTPAINT_SIDES] = { 0 };
    double worst = INFINITY;
    for (int v = 0; v < lines; v++) {
        for (int u = 0; u < columns; u++) {
            const int on[OUTPAINT_SIDES] = {
                across[u].place<0, down[v].place<0, across[u].place> 0, down[v].place> 0
            };
            if (across[u].place == 0 && down[v].place == 0)
                continue;
            const double ratio = detail_kept(&whole, &photo, &across[u], &down[v]);
            for (size_t k = 0; k < OUTPAINT_SIDES; k++) {
                if (on[k])
                    ratios[k * most + counts[k]++] = ratio;
            }
        }
    }
    for (size_t k = 0; k < OUTPAINT_SIDES; k++) {
        double *const own = ratios + k * most;
        qsort(own, counts[k], sizeof(*own), spx_order_double);
        sides[k] = counts[k] > 0 ? own[counts[k] / 2] : NAN;
        worst = fmin(worst, sides[k]); /* of a number and NAN it is the number */
    }
    free(ratios);
    free(whole.luma);
    return isinf(worst) ? 0.0 : worst;
}

outpaint_scores outpaint_measure(const spx_image *picture, const spx_frame *frame)
{
    double sides[OUTPAINT_SIDES];
    return (outpaint_scores){
        .seam = measure_seam(picture, frame),
        .repetition = measure_repetition(picture, frame),
        .sharpness = outpaint_sharpness(picture, frame, sides),
    };
}

/* ---- M1 ---- */

enum {
    FEATURE_BLOCK_PX = 64,
    DETAIL_SIZES = 3,
    DIRECTIONS = 6,
    FEATURES = 3 + DETAIL_SIZES + DIRECTIONS,
};

/** A Gaussian of one sigma, along rows, then along columns. */
static void blur(const grey *from, grey *into, double sigma)
{
    const int reach = (int)ceil(3.0 * sigma);
    float *const between = allocate((size_t)from->width * (size_t)from->height, sizeof(*between));
    for (int pass = 0; pass < 2; pass++) {
        const float *const in = pass == 0 ? from->luma : between;
        float *const out = pass == 0 ? between : into->luma;
        for (int y = 0; y < from->height; y++) {
            for (int x = 0; x < from->width; x++) {
                double sum = 0.0;
                double weight = 0.0;
                for (int k = -reach; k <= reach; k++) {
                    const int u = clamp(pass == 0 ? x + k : x, 0, from->width - 1);
                    const int v = clamp(pass == 0 ? y : y + k, 0, from->height - 1);
                    const double near = exp(-k * k / (2.0 * sigma * sigma));
                    sum += near * (double)in[v * from->width + u];
                    weight += near;
                }
                out[y * from->width + x] = (float)(sum / weight);
            }
        }
    }
    free(between);
}

typedef struct feature_map {
    const spx_image *picture;
    grey blurred[DETAIL_SIZES + 1]; /* [0]: as it is */
} feature_map;

static feature_map map_features(const spx_image *picture)
{
    feature_map self = { .picture = picture, .blurred = { grey_of(picture, 1) } };
    for (int s = 1; s <= DETAIL_SIZES; s++) {
        self.blurred[s] = grey_of(picture, 1);
        blur(&self.blurred[0], &self.blurred[s], 1 << (s - 1));
    }
    return self;
}

static void clear_features(feature_map *self)
{
    for (int s = 0; s <= DETAIL_SIZES; s++)
        free(self->blurred[s].luma);
}

static void add_direction(const grey *luma, int x, int y, double directions[DIRECTIONS])
{
    if (x == 0 || y == 0 || x + 1 == luma->width || y + 1 == luma->height)
        return;
    const float *const at = luma->luma + y * luma->width + x;
    const double dx = (double)(at[1] - at[-1]);
    const double dy = (double)(at[luma->width] - at[-luma->width]);
    const double pi = 3.141592653589793;
    const double turn = (atan2(dy, dx) + pi) / pi; /* opposite ones are the same */
    directions[(int)(turn * DIRECTIONS) % DIRECTIONS] += dx * dx + dy * dy;
}

static void describe_block(const feature_map *self, int left, int top, double out[FEATURES])
{
    const double pixels = FEATURE_BLOCK_PX * FEATURE_BLOCK_PX;
    double *const directions = out + 3 + DETAIL_SIZES;
    memset(out, 0, FEATURES * sizeof(*out));
    for (int y = top; y < top + FEATURE_BLOCK_PX; y++) {
        for (int x = left; x < left + FEATURE_BLOCK_PX; x++) {
            double lab[3];
            lab_at(self->picture, x, y, lab);
            for (int c = 0; c < 3; c++)
                out[c] += lab[c] / pixels;
            for (int s = 0; s < DETAIL_SIZES; s++) {
                const size_t at = (size_t)y * (size_t)self->blurred[s].width + (size_t)x;
                out[3 + s] +=
                    fabs((double)(self->blurred[s].luma[at] - self->blurred[s + 1].luma[at])) /
                    pixels;
            }
            add_direction(&self->blurred[1], x, y, directions);
        }
    }
    double energy = pixels; /* flat blocks have no direction */
    for (int i = 0; i < DIRECTIONS; i++)
        energy += directions[i];
    for (int i = 0; i < DIRECTIONS; i++)
        directions[i] *= 30.0 / energy;
    for (int s = 0; s < DETAIL_SIZES; s++)
        out[3 + s] = 8.0 * log2(out[3 + s] + 0.25);
}

double outpaint_feature_distance(const spx_image *picture, const spx_image *truth,
                                 const spx_frame *frame)
{
    feature_map here = map_features(picture);
    feature_map there = map_features(truth);
    const area photo = photo_area(frame, 1);
    double sum = 0.0;
    double count = 0.0;
    for (int y = 0; y + FEATURE_BLOCK_PX <= (int)picture->height; y += FEATURE_BLOCK_PX) {
        for (int x = 0; x + FEATURE_BLOCK_PX <= (int)picture->width; x += FEATURE_BLOCK_PX) {
            double a[FEATURES];
            double b[FEATURES];
            double square = 0.0;
            if (touches(&photo, x, y, FEATURE_BLOCK_PX))
                continue;
            describe_block(&here, x, y, a);
            describe_block(&there, x, y, b);
            for (int i = 0; i < FEATURES; i++)
                square += (a[i] - b[i]) * (a[i] - b[i]);
            sum += sqrt(square);
            count += 1.0;
        }
    }
    clear_features(&here);
    clear_features(&there);
    return count > 0.0 ? sum / count : 0.0;
}

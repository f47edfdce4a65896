/*
 * Three sizes of both eyes, each half as large as the next. Corners are taken from the largest;
 * the smallest is searched whole, the others around what it found.
 */
#include "match/features.h"

#include "image/resize.h"
#include "match/census.h"

#include <math.h>
#include <stdlib.h>

enum {
    SIZES = 3,
    LARGEST_SIDE = 1024,
    GRID = 16, /* cells along the longer side */
    PER_CELL = 2,
    CORNER_HALF = 2,
    PATCH_HALF = 5,
    PATCH_SIDE = 2 * PATCH_HALF + 1,
    PATCH_PIXELS = PATCH_SIDE * PATCH_SIDE,
    NEAR_PX = 2,      /* searched around what the smaller size found */
    APART_PX = 3,     /* a place farther away is another one */
    SCORES = 79 * 27, /* places searched at the smallest size: search_x, search_y of 256 px */
};

static const double search_x = 0.15;     /* of the width, to both sides */
static const double search_y = 0.05;     /* of the height */
static const float least_corner = 30.0F; /* squared steps of brightness: above noise */
static const float least_alike = 0.80F;  /* correlation */
static const float second_alike = 0.97F; /* of the best one's correlation: not unique */
static const double come_back_px = 1.5;

typedef struct spot {
    int32_t x;
    int32_t y;
} spot;

typedef struct size_pair {
    spx_plane *eyes[2]; /* grey */
} size_pair;

typedef struct search {
    size_pair sizes[SIZES]; /* smallest first */
    double scale;           /* pixels of the eyes by pixels of the largest size */
    spot *corners;          /* at the largest size */
    uint32_t count;
    spx_feature *found; /* of each corner; right_x is NAN where it was not found */
} search;

/* A window of one picture, mean taken out. */
typedef struct patch {
    float values[PATCH_PIXELS];
    float norm;
} patch;

void spx_features_clear(spx_features *features)
{
    free(features->list);
    *features = (spx_features){ 0 };
}

static int is_inside(const spx_plane *plane, spot at, int32_t half)
{
    return at.x >= half && at.y >= half && at.x + half < (int32_t)plane->width &&
           at.y + half < (int32_t)plane->height;
}

static float step_x(const spx_plane *plane, int32_t x, int32_t y)
{
    const float *const row = spx_plane_row(plane, (uint32_t)y);
    return (row[x + 1] - row[x - 1]) / 2.0F;
}

static float step_y(const spx_plane *plane, int32_t x, int32_t y)
{
    return (spx_plane_row(plane, (uint32_t)y + 1)[x] - spx_plane_row(plane, (uint32_t)y - 1)[x]) /
           2.0F;
}

/* The lesser eigenvalue of the steps' products around a pixel, a pixel's mean. */
static float corner_strength(const spx_plane *plane, spot at)
{
    float xx = 0.0F;
    float xy = 0.0F;
    float yy = 0.0F;
    for (int32_t y = at.y - CORNER_HALF; y <= at.y + CORNER_HALF; y++) {
        for (int32_t x = at.x - CORNER_HALF; x <= at.x + CORNER_HALF; x++) {
            const float dx = step_x(plane, x, y);
            const float dy = step_y(plane, x, y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
    }
    static const float pixels = (2 * CORNER_HALF + 1) * (2 * CORNER_HALF + 1);
    const float root = sqrtf((xx - yy) * (xx - yy) + 4.0F * xy * xy);
    return (xx + yy - root) / (2.0F * pixels);
}

static void keep_best(const spx_plane *plane, spot at, spot best[PER_CELL],
                      float strengths[PER_CELL])
{
    if (!is_inside(plane, at, PATCH_HALF + 1))
        return;
    const float strength = corner_strength(plane, at);
    int place = PER_CELL;
    while (place > 0 && strength > strengths[place - 1])
        place--;
    if (place == PER_CELL || strength < least_corner)
        return;
    /* A neighbour of the best one is the same corner. */
    if (place > 0 && abs(at.x - best[0].x) <= APART_PX && abs(at.y - best[0].y) <= APART_PX)
        return;
    for (int i = PER_CELL - 1; i > place; i--) {
        best[i] = best[i - 1];
        strengths[i] = strengths[i - 1];
    }
    best[place] = at;
    strengths[place] = strength;
}

static void search_cell(search *self, const spx_plane *plane, spot corner, int32_t side)
{
    spot best[PER_CELL] = { { 0, 0 } };
    float strengths[PER_CELL] = { 0 };
    for (int32_t y = corner.y; y < corner.y + side && y < (int32_t)plane->height; y++) {
        for (int32_t x = corner.x; x < corner.x + side && x < (int32_t)plane->width; x++)
            keep_best(plane, (spot){ x, y }, best, strengths);
    }
    for (int i = 0; i < PER_CELL; i++) {
        if (strengths[i] > 0.0F)
            self->corners[self->count++] = best[i];
    }
}

static spx_status find_corners(search *self, spx_diag *diag)
{
    const spx_plane *const plane = self->sizes[SIZES - 1].eyes[0];
    const uint32_t longer = plane->width > plane->height ? plane->width : plane->height;
    const int32_t side = (int32_t)((longer + GRID - 1) / GRID);
    self->corners = calloc((size_t)GRID * GRID * PER_CELL, sizeof(*self->corners));
    if (self->corners == NULL)
        return spx_fail_memory(diag, "corners");
    for (int32_t y = 0; y < (int32_t)plane->height; y += side) {
        for (int32_t x = 0; x < (int32_t)plane->width; x += side)
            search_cell(self, plane, (spot){ x, y }, side);
    }
    self->found = calloc((size_t)self->count + 1, sizeof(*self->found));
    return self->found == NULL ? spx_fail_memory(diag, "corners") : SPX_OK;
}

static void take_patch(const spx_plane *plane, spot at, patch *out)
{
    *out = (patch){ .norm = 0.0F };
    float sum = 0.0F;
    int at_value = 0;
    for (int32_t y = at.y - PATCH_HALF; y <= at.y + PATCH_HALF; y++) {
        const float *const row = spx_plane_row(plane, (uint32_t)y) + at.x - PATCH_HALF;
        for (int i = 0; i < PATCH_SIDE; i++) {
            out->values[at_value++] = row[i];
            sum += row[i];
        }
    }
    float square = 0.0F;
    for (int i = 0; i < PATCH_PIXELS; i++) {
        out->values[i] -= sum / PATCH_PIXELS;
        square += out->values[i] * out->values[i];
    }
    out->norm = sqrtf(square);
}

/* -1..1; -1 outside the picture. */
static float alike(const patch *wanted, const spx_plane *plane, spot at)
{
    if (!is_inside(plane, at, PATCH_HALF))
        return -1.0F;
    float sum = 0.0F;
    float square = 0.0F;
    float product = 0.0F;
    const float *from = wanted->values;
    for (int32_t y = at.y - PATCH_HALF; y <= at.y + PATCH_HALF; y++) {
        const float *const row = spx_plane_row(plane, (uint32_t)y) + at.x - PATCH_HALF;
        for (int i = 0; i < PATCH_SIDE; i++) {
            sum += row[i];
            square += row[i] * row[i];
            product += row[i] * *from++;
        }
    }
    const float norm = sqrtf(fmaxf(square - sum * sum / PATCH_PIXELS, 0.0F));
    return norm * wanted->norm > 0.0F ? product / (norm * wanted->norm) : -1.0F;
}

/* The best place within reach of `middle`; -1 where a second one is nearly as good. */
static float find_patch(const patch *wanted, const spx_plane *plane, spot middle, spot reach,
                        spot *best)
{
    float scores[SCORES] = { 0.0F };
    int count = 0;
    int at = 0;
    for (int32_t y = -reach.y; y <= reach.y; y++) {
        for (int32_t x = -reach.x; x <= reach.x; x++, count++) {
            scores[count] = alike(wanted, plane, (spot){ middle.x + x, middle.y + y });
            at = scores[count] > scores[at] ? count : at;
        }
    }
    const int32_t width = 2 * reach.x + 1;
    const spot found = { at % width, at / width };
    *best = (spot){ middle.x + found.x - reach.x, middle.y + found.y - reach.y };
    for (int i = 0; i < count; i++) {
        const int apart =
            abs(i % width - found.x) > APART_PX || abs(i / width - found.y) > APART_PX;
        if (apart && scores[i] > second_alike * scores[at])
            return -1.0F;
    }
    return scores[at];
}

/* From one eye to the other through all sizes, the other eye's place at the largest. */
static int follow(const search *self, int from, spot corner, spot *out)
{
    const spx_plane *const small = self->sizes[0].eyes[1 - from];
    spot reach = { (int32_t)(search_x * small->width), (int32_t)(search_y * small->height) };
    spot moved = { 0, 0 };
    for (int i = 0; i < SIZES; i++) {
        const int shift = SIZES - 1 - i;
        const spot here = { corner.x >> shift, corner.y >> shift };
        const spot start = { here.x + 2 * moved.x, here.y + 2 * moved.y };
        patch wanted;
        if (!is_inside(self->sizes[i].eyes[from], here, PATCH_HALF))
            return 0;
        take_patch(self->sizes[i].eyes[from], here, &wanted);
        if (find_patch(&wanted, self->sizes[i].eyes[1 - from], start, reach, out) < least_alike)
            return 0;
        moved = (spot){ out->x - here.x, out->y - here.y };
        reach = (spot){ NEAR_PX, NEAR_PX };
    }
    return 1;
}

static double peak(float before, float here, float after)
{
    const double bend = (double)before - 2.0 * (double)here + (double)after;
    return bend < 0.0 ? fmin(0.5, fmax(-0.5, ((double)before - (double)after) / (2.0 * bend)))
                      : 0.0;
}

static void locate(const search *self, spot corner, spot at, spx_feature *out)
{
    const size_pair *const largest = &self->sizes[SIZES - 1];
    patch wanted;
    take_patch(largest->eyes[0], corner, &wanted);
    const float here = alike(&wanted, largest->eyes[1], at);
    const double part_x = peak(alike(&wanted, largest->eyes[1], (spot){ at.x - 1, at.y }), here,
                               alike(&wanted, largest->eyes[1], (spot){ at.x + 1, at.y }));
    const double part_y = peak(alike(&wanted, largest->eyes[1], (spot){ at.x, at.y - 1 }), here,
                               alike(&wanted, largest->eyes[1], (spot){ at.x, at.y + 1 }));
    /* Middles of pixels: half a pixel is as large as the scale says. */
    out->left_x = (corner.x + 0.5) * self->scale - 0.5;
    out->left_y = (corner.y + 0.5) * self->scale - 0.5;
    out->right_x = (at.x + part_x + 0.5) * self->scale - 0.5;
    out->right_y = (at.y + part_y + 0.5) * self->scale - 0.5;
}

static void match_corner(void *context, size_t index)
{
    const search *const self = context;
    const spx_plane *const right = self->sizes[SIZES - 1].eyes[1];
    const spot corner = self->corners[index];
    spot there = { 0, 0 };
    spot back = { 0, 0 };
    self->found[index].right_x = NAN;
    if (!follow(self, 0, corner, &there) || !is_inside(right, there, PATCH_HALF + 1) ||
        !follow(self, 1, there, &back))
        return;
    if (hypot(back.x - corner.x, back.y - corner.y) <= come_back_px)
        locate(self, corner, there, &self->found[index]);
}

static spx_status init_sizes(search *self, const spx_image *left, const spx_image *right,
                             const spx_task *task, spx_diag *diag)
{
    const spx_image *const eyes[2] = { left, right };
    const uint32_t longer = left->width > left->height ? left->width : left->height;
    const uint32_t largest = longer < LARGEST_SIDE ? longer : LARGEST_SIDE;
    for (int i = 0; i < SIZES; i++) {
        for (int eye = 0; eye < 2; eye++) {
            spx_image *small = NULL;
            const uint32_t side = largest >> (SIZES - 1 - i);
            SPX_TRY(spx_image_shrink(&small, eyes[eye], side > 0 ? side : 1, task, diag));
            const spx_status status = spx_grey_create(&self->sizes[i].eyes[eye], small, diag);
            spx_image_unref(small);
            SPX_TRY(status);
        }
    }
    self->scale = (double)left->width / self->sizes[SIZES - 1].eyes[0]->width;
    return SPX_OK;
}

static void clear_search(search *self)
{
    for (int i = 0; i < SIZES; i++) {
        spx_plane_destroy(self->sizes[i].eyes[0]);
        spx_plane_destroy(self->sizes[i].eyes[1]);
    }
    free(self->corners);
    free(self->found);
}

spx_status spx_features_find(spx_features *out, const spx_image *left, const spx_image *right,
                             const spx_task *task, spx_diag *diag)
{
    search self = { .count = 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(init_sizes(&self, left, right, task, diag));
    SPX_TRY_OUT(find_corners(&self, diag));
    SPX_TRY_OUT(spx_task_run(task, self.count, match_corner, &self, diag));
    for (uint32_t i = 0; i < self.count; i++) {
        if (!isnan(self.found[i].right_x))
            self.found[out->count++] = self.found[i];
    }
    out->list = self.found;
    self.found = NULL; /* moved */
out:
    clear_search(&self);
    return status;
}

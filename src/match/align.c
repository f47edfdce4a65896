/*
 * With cameras side by side only the lines' heights tell how the eyes lie to each other:
 *
 *     yR - yL = offset + turn * xR + grow * yR        xR, yR from the picture's middle
 *
 * Fitted to three features at a time, the fit that most others agree with is then fitted to all of
 * those. What moves along the lines is depth and stays.
 */
#include "match/align.h"

#include "base/order.h"
#include "image/image.h"
#include "match/features.h"
#include "match/move.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRIES = 400, REFITS = 3, UNKNOWNS = 3, LEAST_MATCHES = 24, HALF_SPOT = 4 };

static const double agree_part = 0.0015;  /* of the height: features within it agree with a fit */
static const double least_agreeing = 0.4; /* of the features */
static const double vertical_quantile = 0.95;
static const double dark = 20.0; /* levels of 255: darker and lighter places say nothing of gain */
static const double light = 235.0;
static const double radians_per_deg = 3.14159265358979323846 / 180.0;

/* Vertical place of a feature as the fit sees it. */
typedef struct line_fit {
    double of[UNKNOWNS]; /* offset, turn, grow */
} line_fit;

typedef struct fit_job {
    const spx_features *features;
    double middle[2];
    double agree_px;
} fit_job;

static void terms_of(const fit_job *self, const spx_feature *feature, double terms[UNKNOWNS])
{
    terms[0] = 1.0;
    terms[1] = feature->right_x - self->middle[0];
    terms[2] = feature->right_y - self->middle[1];
}

static double predict(const fit_job *self, const line_fit *fit, const spx_feature *feature)
{
    double terms[UNKNOWNS];
    terms_of(self, feature, terms);
    return fit->of[0] * terms[0] + fit->of[1] * terms[1] + fit->of[2] * terms[2];
}

static double off_by(const fit_job *self, const line_fit *fit, const spx_feature *feature)
{
    return fabs(feature->right_y - feature->left_y - predict(self, fit, feature));
}

static double determinant(const double m[UNKNOWNS][UNKNOWNS])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* Cramer's rule; 0 where the equations do not decide. */
static int solve(const double m[UNKNOWNS][UNKNOWNS], const double v[UNKNOWNS], line_fit *fit)
{
    static const double nothing = 1e-9;
    const double whole = determinant(m);
    const double size = fabs(m[0][0] * m[1][1] * m[2][2]);
    if (!(fabs(whole) > nothing * size))
        return 0;
    for (int i = 0; i < UNKNOWNS; i++) {
        double changed[UNKNOWNS][UNKNOWNS];
        for (int row = 0; row < UNKNOWNS; row++) {
            for (int column = 0; column < UNKNOWNS; column++)
                changed[row][column] = column == i ? v[row] : m[row][column];
        }
        fit->of[i] = determinant((const double(*)[UNKNOWNS])changed) / whole;
    }
    return 1;
}

static void add_feature(const fit_job *self, const spx_feature *feature,
                        double m[UNKNOWNS][UNKNOWNS], double v[UNKNOWNS])
{
    double terms[UNKNOWNS];
    terms_of(self, feature, terms);
    for (int i = 0; i < UNKNOWNS; i++) {
        for (int j = 0; j < UNKNOWNS; j++)
            m[i][j] += terms[i] * terms[j];
        v[i] += terms[i] * (feature->right_y - feature->left_y);
    }
}

static uint32_t count_agreeing(const fit_job *self, const line_fit *fit)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->features->count; i++)
        count += off_by(self, fit, &self->features->list[i]) <= self->agree_px;
    return count;
}

static uint32_t next_index(uint32_t *seed, uint32_t count)
{
    *seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes' generator */
    return (uint32_t)(((uint64_t)*seed * count) >> 32);
}

/* The fit that most features agree with. */
static uint32_t find_fit(const fit_job *self, line_fit *best)
{
    uint32_t most = 0;
    uint32_t seed = 1;
    *best = (line_fit){ .of = { 0.0 } };
    for (int turn = 0; turn < TRIES; turn++) {
        double m[UNKNOWNS][UNKNOWNS] = { { 0.0 } };
        double v[UNKNOWNS] = { 0.0 };
        line_fit fit;
        for (int i = 0; i < UNKNOWNS; i++) {
            const uint32_t index = next_index(&seed, self->features->count);
            add_feature(self, &self->features->list[index], m, v);
        }
        if (!solve((const double(*)[UNKNOWNS])m, v, &fit))
            continue;
        const uint32_t count = count_agreeing(self, &fit);
        *best = count > most ? fit : *best;
        most = count > most ? count : most;
    }
    return most;
}

static void refit(const fit_job *self, line_fit *fit)
{
    for (int turn = 0; turn < REFITS; turn++) {
        double m[UNKNOWNS][UNKNOWNS] = { { 0.0 } };
        double v[UNKNOWNS] = { 0.0 };
        for (uint32_t i = 0; i < self->features->count; i++) {
            if (off_by(self, fit, &self->features->list[i]) <= self->agree_px)
                add_feature(self, &self->features->list[i], m, v);
        }
        if (!solve((const double(*)[UNKNOWNS])m, v, fit))
            return;
    }
}

static double quantile_of(double *values, uint32_t count, double quantile)
{
    qsort(values, count, sizeof(*values), spx_order_double);
    return values[(uint32_t)(quantile * (count - 1))];
}

/* Mean of a channel around a place, 0..255; below 0 where the place is too near the frame. */
static double mean_around(const spx_image *image, double x, double y, int channel)
{
    const int64_t column = llround(x);
    const int64_t row = llround(y);
    if (column < HALF_SPOT || row < HALF_SPOT || column + HALF_SPOT >= image->width ||
        row + HALF_SPOT >= image->height)
        return -1.0;
    double sum = 0.0;
    for (int64_t j = row - HALF_SPOT; j <= row + HALF_SPOT; j++) {
        for (int64_t i = column - HALF_SPOT; i <= column + HALF_SPOT; i++)
            sum += (double)spx_image_level(image, (uint32_t)i, (uint32_t)j, channel);
    }
    const double pixels = (2 * HALF_SPOT + 1) * (2 * HALF_SPOT + 1);
    return sum / pixels;
}

/* Median of right by left over the features that agree; 1 where too few tell. */
static double find_gain(const fit_job *self, const line_fit *fit, const spx_image *left,
                        const spx_image *right, int channel, double *values)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->features->count; i++) {
        const spx_feature *const feature = &self->features->list[i];
        if (off_by(self, fit, feature) > self->agree_px)
            continue;
        const double here = mean_around(left, feature->left_x, feature->left_y, channel);
        const double there = mean_around(right, feature->right_x, feature->right_y, channel);
        if (here >= dark && here <= light && there >= dark && there <= light)
            values[count++] = there / here;
    }
    return count >= LEAST_MATCHES ? quantile_of(values, count, 0.5) : 1.0;
}

static double find_vertical(const fit_job *self, const line_fit *fit, double *values)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->features->count; i++) {
        if (off_by(self, fit, &self->features->list[i]) <= self->agree_px)
            values[count++] = fabs(predict(self, fit, &self->features->list[i]));
    }
    return count == 0 ? 0.0 : quantile_of(values, count, vertical_quantile);
}

static spx_status measure(spx_alignment *out, const spx_features *features, const spx_image *left,
                          const spx_image *right, spx_diag *diag)
{
    const fit_job job = { .features = features,
                          .middle = { (right->width - 1) / 2.0, (right->height - 1) / 2.0 },
                          .agree_px = fmax(0.75, agree_part * right->height) };
    line_fit fit;
    if (features->count < LEAST_MATCHES)
        return SPX_OK;
    const uint32_t agreeing = find_fit(&job, &fit);
    if (agreeing < LEAST_MATCHES || agreeing < least_agreeing * features->count)
        return SPX_OK;
    double *const values = malloc(features->count * sizeof(*values));
    if (values == NULL)
        return spx_fail_memory(diag, "features");
    refit(&job, &fit);
    out->matches = count_agreeing(&job, &fit);
    out->offset_px = fit.of[0];
    out->rotation_deg = atan(fit.of[1]) / radians_per_deg;
    out->scale = 1.0 / (1.0 - fit.of[2]); /* yR (1 - grow) = yL + ... */
    out->vertical_pct = 100.0 * find_vertical(&job, &fit, values) / right->height;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        out->gain[c] = find_gain(&job, &fit, left, right, c, values);
    free(values);
    return SPX_OK;
}

spx_status spx_align_measure(spx_alignment *out, const spx_image *left, const spx_image *right,
                             const spx_task *task, spx_diag *diag)
{
    spx_features features = { .count = 0 };
    *out = (spx_alignment){ .scale = 1.0, .gain = { 1.0, 1.0, 1.0 } };
    if (left->width != right->width || left->height != right->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "eyes of %ux%u and %ux%u pixels", left->width,
                        left->height, right->width, right->height);
    }
    SPX_TRY(spx_features_find(&features, left, right, task, diag));
    const spx_status status = measure(out, &features, left, right, diag);
    spx_features_clear(&features);
    return status;
}

static int is_unequal(const double gain[SPX_IMAGE_CHANNELS])
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        if (fabs(gain[c] - 1.0) > SPX_ALIGN_GAIN)
            return 1;
    }
    return 0;
}

spx_status spx_align_eyes(spx_alignment *out, spx_image *eyes[2], const spx_task *task,
                          spx_diag *diag)
{
    spx_image *made[2] = { NULL, NULL };
    SPX_TRY(spx_align_measure(out, eyes[0], eyes[1], task, diag));
    const int moved = out->vertical_pct > SPX_ALIGN_VERTICAL_PCT;
    const int brightened = is_unequal(out->gain);
    if (out->matches == 0 || !(moved || brightened))
        return SPX_OK;
    spx_move move = { .scale = 1.0, .gain = { 1.0, 1.0, 1.0 } };
    if (moved) {
        move.offset_px = out->offset_px;
        move.turn = out->rotation_deg * radians_per_deg;
        move.scale = out->scale;
    }
    for (int c = 0; brightened && c < SPX_IMAGE_CHANNELS; c++)
        move.gain[c] = out->gain[c];
    SPX_TRY(spx_move_eyes(made, eyes, &move, task, diag));
    for (int i = 0; i < 2; i++) {
        spx_image_unref(eyes[i]);
        eyes[i] = made[i];
    }
    out->moved = moved;
    out->brightened = brightened;
    return SPX_OK;
}

void spx_alignment_describe(const spx_alignment *alignment, double height, char *text, size_t size)
{
    if (alignment->matches == 0) {
        (void)snprintf(text, size, "too little in both eyes is alike to tell how they lie");
        return;
    }
    const double gain = (alignment->gain[0] + alignment->gain[1] + alignment->gain[2]) / 3.0;
    (void)snprintf(text, size,
                   "right eye %.2f %% of the height %s, turned %.2f degrees, scale %.4f, "
                   "brightness %.2f",
                   100.0 * fabs(alignment->offset_px) / height,
                   alignment->offset_px >= 0.0 ? "lower" : "higher", alignment->rotation_deg,
                   alignment->scale, gain);
}

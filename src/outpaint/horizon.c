#include "outpaint/horizon.h"

#include <math.h>
#include <stdlib.h>

enum {
    CHANNELS = 3,
    CHECKS = 8, /* strips across the photo, in most of which the line must show */
    CHECKS_LEAST = 6,
    STRIP_SHARE = 8, /* of the width: each of the two strips beside the sides */
    STEP_SHARE = 40, /* of the height: rows above and below that a change is told from */
    STEP_LEAST_PX = 2,
    BORDER_SHARE = 12, /* of the height: no horizon is looked for so near to the edges */
    PEAKS = 4,
};

static const double slope_most = 0.06;
static const double lean_cost = 0.5;
static const double change_least = 10.0; /* levels of colour */
static const double change_over_usual = 1.5;
static const double alike_least = 0.85; /* cosine of two changes of colour */
static const double check_least = 0.4;  /* of the change beside the sides */

/** How the colour changes from row to row in a strip of columns. */
typedef struct profile {
    int32_t height;
    double (*rows)[CHANNELS];    /* [height]: mean colours */
    double (*changes)[CHANNELS]; /* [height]: mean below less mean above; 0 near the edges */
} profile;

typedef struct peak {
    int32_t row;
    double change;
} peak;

static double length_of(const double change[CHANNELS])
{
    return sqrt(change[0] * change[0] + change[1] * change[1] + change[2] * change[2]);
}

static void clear_profile(profile *self)
{
    free(self->rows);
    free(self->changes);
}

static int32_t step_px(int32_t height)
{
    return height / STEP_SHARE > STEP_LEAST_PX ? height / STEP_SHARE : STEP_LEAST_PX;
}

static void measure_changes(profile *self)
{
    const int32_t step = step_px(self->height);
    const int32_t border = step + self->height / BORDER_SHARE;
    for (int32_t y = border; y < self->height - border; y++) {
        for (int32_t i = 0; i < step; i++) {
            for (size_t c = 0; c < CHANNELS; c++)
                self->changes[y][c] += (self->rows[y + i][c] - self->rows[y - 1 - i][c]) / step;
        }
    }
}

static int allocate_profile(profile *out, int32_t height)
{
    *out = (profile){ .height = height };
    out->rows = calloc((size_t)height, sizeof(*out->rows));
    out->changes = calloc((size_t)height, sizeof(*out->changes));
    return out->rows != NULL && out->changes != NULL;
}

/** The columns x0 .. x1 - 1. */
static void take_profile(profile *out, const spx_patch_level *level, int32_t x0, int32_t x1)
{
    for (int32_t y = 0; y < out->height; y++) {
        for (int32_t x = x0; x < x1; x++) {
            const uint8_t *const pixel = spx_patch_level_source(level, x, y);
            for (size_t c = 0; c < CHANNELS; c++)
                out->rows[y][c] += (double)pixel[c] / (x1 - x0);
        }
    }
    measure_changes(out);
}

/** The strongest changes that stand out, at least a step apart; returns how many. */
static int find_peaks(const profile *from, peak peaks[PEAKS])
{
    double usual = 0.0;
    int count = 0;
    for (int32_t y = 0; y < from->height; y++)
        usual += length_of(from->changes[y]) / from->height;
    const double least = fmax(change_least, change_over_usual * usual);
    for (int32_t y = 1; y + 1 < from->height; y++) {
        const double change = length_of(from->changes[y]);
        if (change < least || change < length_of(from->changes[y - 1]) ||
            change <= length_of(from->changes[y + 1]))
            continue;
        int at = count < PEAKS ? count++ : PEAKS;
        for (; at > 0 && peaks[at - 1].change < change; at--) {
            if (at < PEAKS)
                peaks[at] = peaks[at - 1];
        }
        if (at < PEAKS)
            peaks[at] = (peak){ .row = y, .change = change };
    }
    return count;
}

static int alike(const double a[CHANNELS], const double b[CHANNELS])
{
    const double product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return product > alike_least * length_of(a) * length_of(b);
}

/** A change found beside both sides, and the line between. */
typedef struct candidate {
    double row; /* at the middle of the left strip */
    double slope;
    double strip_px;
    double change[CHANNELS]; /* the mean of both */
} candidate;

/** Change of colour across a line in the columns x0 .. x1 - 1. */
static void change_across(const spx_patch_level *level, const candidate *line, int32_t x0,
                          int32_t x1, double out[CHANNELS])
{
    const int32_t height = spx_patch_rect_height(&level->photo);
    const int32_t step = step_px(height);
    const double middle = (x0 + x1 - 1) / 2.0;
    const int32_t row = (int32_t)lround(line->row + line->slope * (middle - line->strip_px / 2.0));
    for (size_t c = 0; c < CHANNELS; c++)
        out[c] = 0.0;
    for (int32_t i = 0; i < step; i++) {
        const int32_t below = spx_patch_clamp(row + i, 0, height - 1);
        const int32_t above = spx_patch_clamp(row - 1 - i, 0, height - 1);
        for (int32_t x = x0; x < x1; x++) {
            const uint8_t *const lower = spx_patch_level_source(level, x, below);
            const uint8_t *const upper = spx_patch_level_source(level, x, above);
            for (size_t c = 0; c < CHANNELS; c++)
                out[c] += (double)(lower[c] - upper[c]) / (step * (x1 - x0));
        }
    }
}

/** Whether the line is seen in most of the photo: something may stand before it. */
static int runs_through(const spx_patch_level *level, const candidate *line)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    int seen = 0;
    for (int32_t i = 0; i < CHECKS; i++) {
        double change[CHANNELS];
        change_across(level, line, i * width / CHECKS, (i + 1) * width / CHECKS, change);
        seen += length_of(change) >= check_least * length_of(line->change) &&
                alike(change, line->change);
    }
    return seen >= CHECKS_LEAST;
}

static void match_peaks(spx_horizon *out, const spx_patch_level *level, const profile *left,
                        const profile *right, int32_t strip)
{
    const double distance = spx_patch_rect_width(&level->photo) - strip;
    peak on_left[PEAKS];
    peak on_right[PEAKS];
    const int left_count = find_peaks(left, on_left);
    const int right_count = find_peaks(right, on_right);
    double best = 0.0;
    for (int i = 0; i < left_count; i++) {
        for (int k = 0; k < right_count; k++) {
            const double *const a = left->changes[on_left[i].row];
            const double *const b = right->changes[on_right[k].row];
            const candidate line = { .row = on_left[i].row,
                                     .slope = (on_right[k].row - on_left[i].row) / distance,
                                     .strip_px = strip - 1,
                                     .change = { (a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0,
                                                 (a[2] + b[2]) / 2.0 } };
            /* Of many lines, as in a wall, those that lean least belong together. */
            const double change = fmin(on_left[i].change, on_right[k].change) *
                                  (1.0 - lean_cost * fabs(line.slope) / slope_most);
            if (change <= best || fabs(line.slope) > slope_most || !alike(a, b) ||
                !runs_through(level, &line))
                continue;
            best = change;
            *out = (spx_horizon){ .found = 1, .slope = (float)line.slope };
        }
    }
}

spx_status spx_horizon_find(spx_horizon *out, const spx_patch_level *level, spx_diag *diag)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    const int32_t strip = width / STRIP_SHARE + 1;
    profile left = { 0 };
    profile right = { 0 };
    spx_status status = SPX_OK;
    *out = (spx_horizon){ 0 };
    if (!allocate_profile(&left, height) || !allocate_profile(&right, height)) {
        status = spx_fail_memory(diag, "outpainting horizon");
        goto out;
    }
    take_profile(&left, level, 0, strip);
    take_profile(&right, level, width - strip, width);
    match_peaks(out, level, &left, &right, strip);
out:
    clear_profile(&left);
    clear_profile(&right);
    return status;
}

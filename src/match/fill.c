/*
 * Answers travel in eight directions over what is unknown, one plane a direction: where a pixel
 * knows, its value; else what came from the neighbour. With a guide the difference to the fitted
 * guide travels as well, so that the filled area joins its surroundings.
 */
#include "match/fill.h"

#include "match/clean.h"

#include <math.h>

enum { DIRECTIONS = 8, WEST = 0, EAST = 1, FIT_TURNS = 8, FIT_LEAST = 64 };

static const int direction_x[DIRECTIONS] = { -1, 1, 0, 0, -1, 1, -1, 1 };
static const int direction_y[DIRECTIONS] = { 0, 0, -1, 1, -1, -1, 1, 1 };

static const double fit_width = 4.685; /* of the biweight, in deviations: 95 % efficient (Huber) */
static const double fit_floor_px = 0.5;
static const float seam_px = 1.0F;      /* a step of disparity that can hide something */
static const float hidden_slack = 4.0F; /* px that a hidden run is longer than its step says */

typedef struct fill_job {
    const spx_plane *disparity; /* as known */
    const spx_plane *guide;     /* fitted; may be NULL */
    spx_plane *carried[DIRECTIONS];
    spx_plane *out;
    int of_difference; /* what travels: difference to the guide, or disparity */
} fill_job;

typedef struct fit_sums {
    double weight;
    double x;
    double y;
    double xx;
    double xy;
} fit_sums;

static double biweight(double error, double scale)
{
    const double t = error / (fit_width * scale);
    return fabs(t) >= 1.0 ? 0.0 : (1.0 - t * t) * (1.0 - t * t);
}

static int solve(const fit_sums *sums, spx_match_fit *fit)
{
    static const double flat = 1e-9;
    const double spread = sums->weight * sums->xx - sums->x * sums->x;
    if (!(spread > flat * sums->weight * sums->weight))
        return 0;
    fit->scale = (sums->weight * sums->xy - sums->x * sums->y) / spread;
    fit->offset = (sums->y - fit->scale * sums->x) / sums->weight;
    return fit->scale > 0.0;
}

/* One turn of reweighted least squares; *error becomes the mean |error| before it. */
static int fit_turn(const spx_match *match, const spx_plane *guide, int first, double *error,
                    spx_match_fit *fit)
{
    fit_sums sums = { 0 };
    double total = 0.0;
    double weights = 0.0;
    uint64_t count = 0;
    const double scale = fmax(fit_floor_px, *error);
    for (uint32_t y = 0; y < guide->height; y++) {
        for (uint32_t x = 0; x < guide->width; x++) {
            const double to = (double)spx_plane_row(match->disparity, y)[x];
            const double from = (double)spx_plane_row(guide, y)[x];
            const double sure = (double)spx_plane_row(match->confidence, y)[x];
            if (isnan(to) || !isfinite(from) || sure <= 0.0)
                continue;
            const double off = to - (fit->scale * from + fit->offset);
            const double weight = first ? sure : sure * biweight(off, scale);
            count++;
            total += sure * fabs(off);
            weights += sure;
            sums.weight += weight;
            sums.x += weight * from;
            sums.y += weight * to;
            sums.xx += weight * from * from;
            sums.xy += weight * from * to;
        }
    }
    if (count < FIT_LEAST || !solve(&sums, fit))
        return 0;
    *error = total / weights;
    return 1;
}

int spx_match_fit_guide(const spx_match *match, const spx_plane *guide, spx_match_fit *fit)
{
    /* The first turn fits, the second one measures its error too, the others leave things out. */
    double error = 0.0;
    *fit = (spx_match_fit){ .scale = 0.0 };
    for (int turn = 0; turn < FIT_TURNS; turn++) {
        if (!fit_turn(match, guide, turn < 2, &error, fit))
            return 0;
    }
    return 1;
}

static float known_at(const fill_job *self, uint32_t x, uint32_t y)
{
    const float known = spx_plane_row(self->disparity, y)[x];
    return self->of_difference ? known - spx_plane_row(self->guide, y)[x] : known;
}

static void carry_row(const fill_job *self, int direction, uint32_t y)
{
    const uint32_t width = self->disparity->width;
    const int dx = direction_x[direction];
    const int64_t from_y = (int64_t)y + direction_y[direction];
    const int outside = from_y < 0 || from_y >= self->disparity->height;
    float *const to = spx_plane_row(self->carried[direction], y);
    const float *const from =
        outside ? NULL : spx_plane_row(self->carried[direction], (uint32_t)from_y);
    for (uint32_t i = 0; i < width; i++) {
        const uint32_t x = dx > 0 ? width - 1 - i : i; /* towards where it came from */
        const int64_t from_x = (int64_t)x + dx;
        const float known = known_at(self, x, y);
        if (!isnan(known)) {
            to[x] = known;
        } else if (from == NULL || from_x < 0 || from_x >= width) {
            to[x] = NAN;
        } else {
            to[x] = from[from_x];
        }
    }
}

static void carry(void *context, size_t index)
{
    const fill_job *const self = context;
    const uint32_t height = self->disparity->height;
    for (uint32_t i = 0; i < height; i++)
        carry_row(self, (int)index, direction_y[index] > 0 ? height - 1 - i : i);
}

/* Of the directions that have an answer, in order. */
static int gather(const fill_job *self, uint32_t x, uint32_t y, float values[DIRECTIONS])
{
    int count = 0;
    for (int i = 0; i < DIRECTIONS; i++) {
        const float value = spx_plane_row(self->carried[i], y)[x];
        if (isnan(value))
            continue;
        int at = count++;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return count;
}

static float median_of(const float *values, int count)
{
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2.0F;
}

/* What the right eye does not see lies left of a near thing, no wider than the step. */
static void find_run(const fill_job *self, uint32_t x, uint32_t y, uint32_t *end, int *hidden)
{
    const uint32_t width = self->disparity->width;
    const float *const row = spx_plane_row(self->disparity, y);
    *end = x;
    while (*end < width && isnan(row[*end]))
        (*end)++;
    *hidden = 0;
    if (x == 0 || *end == width)
        return;
    const float step = row[*end] - row[x - 1];
    *hidden = step > seam_px && (float)(*end - x) <= step + hidden_slack;
}

static void fill_row(const fill_job *self, uint32_t y)
{
    const uint32_t width = self->disparity->width;
    float *const to = spx_plane_row(self->out, y);
    uint32_t end = 0;
    int hidden = 0;
    for (uint32_t x = 0; x < width; x++) {
        if (!isnan(to[x]))
            continue;
        if (x >= end)
            find_run(self, x, y, &end, &hidden);
        float values[DIRECTIONS] = { 0 };
        const int count = gather(self, x, y, values);
        if (count == 0 || (self->of_difference && hidden))
            continue;
        if (self->of_difference) {
            to[x] = spx_plane_row(self->guide, y)[x] + median_of(values, count);
        } else {
            to[x] = hidden && count > 1 ? values[1] : median_of(values, count);
        }
    }
}

static void fill_turn(void *context, size_t index)
{
    fill_row(context, (uint32_t)index);
}

static spx_status run_pass(fill_job *self, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_task_run(task, DIRECTIONS, carry, self, diag));
    return spx_task_run(task, self->disparity->height, fill_turn, self, diag);
}

static spx_status copy_plane(spx_plane **out, const spx_plane *from, const spx_match_fit *fit,
                             spx_diag *diag)
{
    SPX_TRY(spx_plane_create(out, from->width, from->height, diag));
    for (uint32_t y = 0; y < from->height; y++) {
        float *const to = spx_plane_row(*out, y);
        const float *const row = spx_plane_row(from, y);
        for (uint32_t x = 0; x < from->width; x++)
            to[x] = (float)(fit->scale * (double)row[x] + fit->offset);
    }
    return SPX_OK;
}

static int is_empty(const spx_plane *plane)
{
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            if (!isnan(spx_plane_row(plane, y)[x]))
                return 0;
        }
    }
    return 1;
}

static void clear_job(fill_job *self)
{
    spx_plane_destroy(self->out);
    for (int i = 0; i < DIRECTIONS; i++)
        spx_plane_destroy(self->carried[i]);
}

static spx_status fill_by_guide(fill_job *self, const spx_plane *guide, const spx_match_fit *fit,
                                const spx_task *task, spx_diag *diag)
{
    spx_plane *fitted = NULL;
    SPX_TRY(copy_plane(&fitted, guide, fit, diag));
    self->guide = fitted;
    self->of_difference = 1;
    const spx_status status = run_pass(self, task, diag);
    self->of_difference = 0;
    self->guide = NULL;
    spx_plane_destroy(fitted);
    return status;
}

spx_status spx_match_fill(spx_match *match, const spx_plane *guide, const spx_task *task,
                          spx_diag *diag)
{
    static const spx_match_fit same = { .scale = 1.0 };
    spx_match_fit fit;
    spx_status status = SPX_OK;
    fill_job job = { .disparity = match->disparity };
    if (is_empty(match->disparity))
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "nothing of the left eye is in the right one");
    SPX_TRY_OUT(copy_plane(&job.out, match->disparity, &same, diag));
    for (int i = 0; i < DIRECTIONS; i++)
        SPX_TRY_OUT(spx_plane_create(&job.carried[i], job.out->width, job.out->height, diag));
    if (guide != NULL && spx_match_fit_guide(match, guide, &fit))
        SPX_TRY_OUT(fill_by_guide(&job, guide, &fit, task, diag));
    SPX_TRY_OUT(run_pass(&job, task, diag));
    SPX_TRY_OUT(spx_match_median(job.out, task, diag));
    spx_plane_destroy(match->disparity);
    match->disparity = job.out;
    job.out = NULL; /* moved to the match */
out:
    clear_job(&job);
    return status;
}

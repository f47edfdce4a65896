/*
 * Comfort is measured on a thinned-out copy of the depth: at most SAMPLE_SIDE values a row and a
 * column. What does not depend on strength and convergence (percentiles, the two sides, gradients)
 * is taken once, so that trying a strength costs a few hundred operations.
 */
#include "pipeline/comfort.h"

#include "base/intops.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    BINS = 2048,
    SAMPLE_SIDE = 768,
    SIDE_ROWS = 256, /* the frame's sides are looked at in this many rows */
};

static const double usual_deg = 60.0; /* a field of view, where none matters */
static const double pi = 3.14159265358979323846;
static const double low_quantile = 0.01;
static const double high_quantile = 0.99;
static const double gradient_quantile = 0.999;
static const double side_width = 0.01; /* of the width: what counts as beside the frame */
static const double range_limit_deg = 1.0;
static const double range_weight = 50.0;
static const double window_full_deg = 0.5;
static const double window_weight = 40.0;
static const double window_noted = 0.05;
static const double gradient_limit = 1.0;
static const double gradient_weight = 15.0;
static const double filled_limit = 0.03;
static const double filled_weight = 250.0;
static const double filled_most = 15.0;
static const double vertical_limit_deg = 0.1;
static const double vertical_weight = 60.0;
static const double vertical_most = 30.0;
static const double step_share = 0.03; /* of the depth's range: a step between two samples */

/* A thinned-out plane in numbers. */
typedef struct depth_facts {
    double low; /* 1st and 99th percentile */
    double high;
    double centre_near; /* value that a fifth of the picture, its middle first, is nearer than */
    double gradient;    /* of values over 1 degree of distance */
    double steps;       /* sum of |steps| along a row, mean over the rows */
    double spread;      /* standard deviation, its middle first */
    float side[2][SIDE_ROWS]; /* nearest value beside the frame; -INFINITY = none */
    uint32_t side_rows;
    int known; /* 0: there is no number in the plane */
} depth_facts;

typedef struct histogram {
    double least;
    double most;
    double total;
    double weight[BINS];
} histogram;

static double histogram_quantile(const histogram *self, double quantile)
{
    const double wanted = quantile * self->total;
    double sum = 0.0;
    for (int i = 0; i < BINS; i++) {
        if (sum + self->weight[i] >= wanted && self->weight[i] > 0.0) {
            const double inside = (wanted - sum) / self->weight[i];
            return self->least + (self->most - self->least) * (i + inside) / BINS;
        }
        sum += self->weight[i];
    }
    return self->most;
}

static double histogram_spread(const histogram *self)
{
    double sum = 0.0;
    double square = 0.0;
    if (!(self->total > 0.0))
        return 0.0;
    for (int i = 0; i < BINS; i++) {
        const double value = (i + 0.5) / BINS;
        sum += self->weight[i] * value;
        square += self->weight[i] * value * value;
    }
    const double mean = sum / self->total;
    return sqrt(fmax(0.0, square / self->total - mean * mean)) * (self->most - self->least);
}

static void histogram_add(histogram *self, double value, double weight)
{
    const double range = self->most - self->least;
    const double at = range > 0.0 ? (value - self->least) / range * BINS : 0.0;
    const int bin = at >= BINS - 1 ? BINS - 1 : (at <= 0.0 ? 0 : (int)at);
    self->weight[bin] += weight;
    self->total += weight;
}

static uint32_t stride_for(uint32_t side)
{
    return spx_divide_up_u32(side, SAMPLE_SIDE);
}

static int find_range(const spx_plane *values, double *least, double *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    const uint32_t step_x = stride_for(values->width);
    const uint32_t step_y = stride_for(values->height);
    for (uint32_t y = step_y / 2; y < values->height; y += step_y) {
        const float *const row = spx_plane_row(values, y);
        for (uint32_t x = step_x / 2; x < values->width; x += step_x) {
            if (!isfinite(row[x]))
                continue;
            *least = row[x] < *least ? row[x] : *least;
            *most = row[x] > *most ? row[x] : *most;
        }
    }
    return *least <= *most;
}

/* Middle pixels weigh four times what corners do. */
static double centre_weight(const spx_plane *values, uint32_t x, uint32_t y)
{
    const double u = 2.0 * (x + 0.5) / values->width - 1.0;
    const double v = 2.0 * (y + 0.5) / values->height - 1.0;
    return 1.0 - 0.75 * fmin(1.0, (u * u + v * v) / 2.0);
}

static void find_percentiles(const spx_plane *values, double least, double most, depth_facts *facts)
{
    static const double near_share = 0.2;
    histogram plain = { .least = least, .most = most };
    histogram centred = { .least = least, .most = most };
    const uint32_t step_x = stride_for(values->width);
    const uint32_t step_y = stride_for(values->height);
    for (uint32_t y = step_y / 2; y < values->height; y += step_y) {
        const float *const row = spx_plane_row(values, y);
        for (uint32_t x = step_x / 2; x < values->width; x += step_x) {
            if (!isfinite(row[x]))
                continue;
            histogram_add(&plain, row[x], 1.0);
            histogram_add(&centred, row[x], centre_weight(values, x, y));
        }
    }
    facts->low = histogram_quantile(&plain, low_quantile);
    facts->high = histogram_quantile(&plain, high_quantile);
    facts->centre_near = histogram_quantile(&centred, 1.0 - near_share);
    facts->spread = histogram_spread(&centred);
}

/* Change over a distance of one degree, and the sum of the steps. */
static void find_gradient(const spx_plane *values, double hfov_deg, double range,
                          depth_facts *facts)
{
    histogram changes = { .least = 0.0, .most = range > 0.0 ? range : 1.0 };
    const uint32_t step_x = stride_for(values->width);
    const uint32_t step_y = stride_for(values->height);
    const double degree_px = values->width / hfov_deg;
    const uint32_t apart = degree_px < 1.0 ? 1 : (uint32_t)lround(degree_px);
    double steps = 0.0;
    double rows = 0.0;
    for (uint32_t y = step_y / 2; y < values->height; y += step_y, rows += 1.0) {
        const float *const row = spx_plane_row(values, y);
        for (uint32_t x = 0; x + apart < values->width; x += step_x) {
            const double change = fabs((double)row[x + apart] - row[x]);
            if (isfinite(change))
                histogram_add(&changes, change, 1.0);
        }
        for (uint32_t x = 0; x + step_x < values->width; x += step_x) {
            const double change = fabs((double)row[x + step_x] - row[x]);
            steps += isfinite(change) && change > step_share * range ? change : 0.0;
        }
    }
    facts->gradient = changes.total > 0.0 ? histogram_quantile(&changes, gradient_quantile) : 0.0;
    facts->gradient /= apart / degree_px;
    facts->steps = rows > 0.0 ? steps / rows : 0.0;
}

static void find_sides(const spx_plane *values, depth_facts *facts)
{
    const uint32_t rows = values->height < SIDE_ROWS ? values->height : SIDE_ROWS;
    uint32_t columns = (uint32_t)ceil(side_width * values->width);
    columns = columns > values->width ? values->width : columns;
    facts->side_rows = rows;
    for (uint32_t i = 0; i < rows; i++) {
        const uint32_t y = (uint32_t)((uint64_t)i * values->height / rows);
        const float *const row = spx_plane_row(values, y);
        facts->side[0][i] = -INFINITY;
        facts->side[1][i] = -INFINITY;
        for (uint32_t x = 0; x < columns; x++) {
            const float left = row[x];
            const float right = row[values->width - 1 - x];
            if (isfinite(left) && left > facts->side[0][i])
                facts->side[0][i] = left;
            if (isfinite(right) && right > facts->side[1][i])
                facts->side[1][i] = right;
        }
    }
}

static void find_facts(const spx_plane *values, double hfov_deg, depth_facts *facts)
{
    double least = 0.0;
    double most = 0.0;
    memset(facts, 0, sizeof(*facts));
    facts->known = find_range(values, &least, &most);
    if (!facts->known)
        return;
    find_percentiles(values, least, most, facts);
    find_gradient(values, hfov_deg, most - least, facts);
    find_sides(values, facts);
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : (value > most ? most : value);
}

/* The angle of a share of the width in the middle of the picture. */
static double degrees(double share, double hfov_deg)
{
    return atan(2.0 * share * tan(hfov_deg / 2.0 * pi / 180.0)) * 180.0 / pi;
}

static double break_of_side(const depth_facts *facts, int side, const spx_comfort_view *view)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < facts->side_rows; i++) {
        if (!isfinite(facts->side[side][i]))
            continue;
        const double share =
            ((double)facts->side[side][i] - view->convergence) * view->strength_pct / 100.0;
        sum += clamp(degrees(share, view->hfov_deg) / window_full_deg, 0.0, 1.0);
    }
    return facts->side_rows == 0 ? 0.0 : sum / facts->side_rows;
}

/* Points that each part costs. */
typedef struct costs {
    double range;
    double window;
    double gradient;
    double filled;
    double vertical;
} costs;

/* Says what cost the most points. */
static void advise(spx_comfort *comfort, const costs *lost)
{
    static const double worth_saying = 4.0;
    char *const to = comfort->advice;
    const size_t room = sizeof(comfort->advice);
    const double worst = fmax(
        fmax(fmax(lost->range, lost->window), fmax(lost->gradient, lost->filled)), lost->vertical);
    if (worst < worth_saying) {
        (void)snprintf(to, room, "comfortable");
    } else if (worst == lost->vertical) {
        (void)snprintf(to, room,
                       "the eyes lie %.2f degrees apart in height: align them (spx convert "
                       "--align auto)",
                       comfort->vertical_deg);
    } else if (worst == lost->range && comfort->crossed_deg >= comfort->uncrossed_deg) {
        (void)snprintf(to, room,
                       "near things come %.1f degrees out of the window: less strength, "
                       "or more convergence",
                       comfort->crossed_deg);
    } else if (worst == lost->range) {
        (void)snprintf(to, room,
                       "the distance lies %.1f degrees behind the window: less strength, "
                       "or less convergence",
                       comfort->uncrossed_deg);
    } else if (worst == lost->window) {
        const int both =
            comfort->window_left > window_noted && comfort->window_right > window_noted;
        const char *const side =
            comfort->window_left > comfort->window_right ? "left edge" : "right edge";
        (void)snprintf(to, room, "close subject cut off at the %s: more convergence",
                       both ? "left and right edges" : side);
    } else if (worst == lost->gradient) {
        (void)snprintf(to, room, "depth changes too fast for the eyes to follow: less strength");
    } else {
        (void)snprintf(to, room, "%.1f %% of the picture had to be invented: less strength",
                       comfort->filled_share * 100.0);
    }
}

static void judge(const depth_facts *facts, const spx_comfort_view *view, spx_comfort *out)
{
    memset(out, 0, sizeof(*out));
    const double strength = view->strength_pct;
    out->crossed_pct = fmax(0.0, (facts->high - view->convergence) * strength);
    out->uncrossed_pct = fmax(0.0, (view->convergence - facts->low) * strength);
    out->crossed_deg = degrees(out->crossed_pct / 100.0, view->hfov_deg);
    out->uncrossed_deg = degrees(out->uncrossed_pct / 100.0, view->hfov_deg);
    out->window_left = break_of_side(facts, 0, view);
    out->window_right = break_of_side(facts, 1, view);
    out->gradient = degrees(facts->gradient * strength / 100.0, view->hfov_deg);
    /* Each eye uncovers half of each step in one of two directions. */
    out->filled_share = view->filled_share >= 0.0
                            ? view->filled_share
                            : clamp(facts->steps * strength / 100.0 / 4.0, 0.0, 1.0);
    out->vertical_deg = degrees(view->vertical_pct / 100.0 * view->height_by_width, view->hfov_deg);
    const double widest = fmax(out->crossed_deg, out->uncrossed_deg);
    const costs lost = {
        .range = range_weight * clamp(widest - range_limit_deg, 0.0, 1.0),
        .window = window_weight * clamp(out->window_left + out->window_right, 0.0, 1.0),
        .gradient = gradient_weight * clamp(out->gradient - gradient_limit, 0.0, 1.0),
        .filled = clamp(filled_weight * (out->filled_share - filled_limit), 0.0, filled_most),
        .vertical =
            clamp(vertical_weight * (out->vertical_deg - vertical_limit_deg), 0.0, vertical_most),
    };
    const double sum = lost.range + lost.window + lost.gradient + lost.filled + lost.vertical;
    out->score = clamp(100.0 - sum, 0.0, 100.0);
    advise(out, &lost);
}

void spx_comfort_measure(const spx_plane *values, const spx_comfort_view *view, spx_comfort *out)
{
    depth_facts facts;
    find_facts(values, view->hfov_deg, &facts);
    judge(&facts, view, out);
}

double spx_comfort_subject(const spx_plane *depth)
{
    depth_facts facts = { 0 };
    double least = 0.0;
    double most = 0.0;
    if (find_range(depth, &least, &most))
        find_percentiles(depth, least, most, &facts);
    return facts.centre_near;
}

/* What a look wants. The scores are of the viewer, by the formula of spx/comfort.h. */
typedef struct look_wish {
    double part;        /* of the viewer's aim */
    double least_score; /* a little range beyond one degree is part of more depth */
    double may_break;   /* of a side's rows: may come out of the window */
} look_wish;

/* What a viewer shows, see spx_viewer. aim_pct: two to three and a half per cent are what
 * converters of photos choose and their users keep. */
typedef struct viewer_limits {
    double view_deg; /* the picture's width; 0 = the photo's field of view */
    double aim_pct;  /* natural */
    double front_pct;
    double behind_pct;
} viewer_limits;

static const look_wish looks[] = {
    [SPX_LOOK_NATURAL] = { .part = 1.0, .least_score = 70.0, .may_break = 0.2 },
    [SPX_LOOK_MILD] = { .part = 0.65, .least_score = 80.0, .may_break = 0.15 },
    [SPX_LOOK_STRONG] = { .part = 1.5, .least_score = 45.0, .may_break = 0.3 },
};

/* Behind: 2.4 % of 60 degrees are 1.6 degrees; 1.8 degrees is what lies between a picture two
 * metres away and infinity (eyes 64 mm apart): beyond, the eyes' lines would part. In front: 0.8
 * degrees, within the degree of reviews. */
static const viewer_limits viewers[] = {
    [SPX_VIEWER_HEADSET] = { .aim_pct = 2.8, .front_pct = 1.2, .behind_pct = 2.4 },
    [SPX_VIEWER_PHONE] = { .view_deg = 24, .aim_pct = 3.2, .front_pct = 1.5, .behind_pct = 3.2 },
    [SPX_VIEWER_TV] = { .view_deg = 33, .aim_pct = 2.8, .front_pct = 1.0, .behind_pct = 2.0 },
    [SPX_VIEWER_GLASSES] = { .view_deg = 46, .aim_pct = 2.8, .front_pct = 1.2, .behind_pct = 2.4 },
};

void spx_comfort_options_init(spx_comfort_options *options)
{
    *options =
        (spx_comfort_options){ .hfov_deg = usual_deg, .strength_pct = -1.0, .convergence = -1.0 };
}

/* The value that all but a part of a side's rows stay behind. */
static double side_near(const depth_facts *facts, int side, double may_break)
{
    histogram rows = { .least = facts->low, .most = facts->high };
    for (uint32_t i = 0; i < facts->side_rows; i++) {
        if (isfinite(facts->side[side][i]))
            histogram_add(&rows, facts->side[side][i], 1.0);
    }
    return rows.total > 0.0 ? histogram_quantile(&rows, 1.0 - may_break) : facts->low;
}

static double choose_convergence(const depth_facts *facts, const look_wish *look, double front_pct,
                                 double strength_pct)
{
    static const double subject_front = 0.25; /* of the range: how far the subject comes out */
    const double sides =
        fmax(side_near(facts, 0, look->may_break), side_near(facts, 1, look->may_break));
    const double subject = facts->centre_near - subject_front * (facts->high - facts->low);
    const double limit = strength_pct > 0.0 ? facts->high - front_pct / strength_pct : facts->low;
    return clamp(fmax(fmax(sides, subject), limit), 0.0, 1.0);
}

/*
 * What a person sees as depth is how far things typically lie from each other, not the distance
 * between the two outermost ones, which every map has: a person before a far wall fills both ends
 * and looks deep at little strength, things one behind the other, or one small thing far in front,
 * need more. So the strength aims at one typical disparity. Steps cost some of it: behind each, a
 * strip has to be invented, and both sides part like cardboard.
 */
static double part_of_scene(const depth_facts *facts)
{
    static const double typical_spread =
        0.3; /* mean of the test photos, 0.2 to 0.37 of the range */
    static const double least = 0.75;
    static const double most = 1.25;
    static const double step_cost = 0.1; /* for a step over the whole range in every row */
    const double range = facts->high - facts->low;
    if (!(range > 0.0 && facts->spread > 0.0))
        return 1.0;
    const double part = typical_spread * range / facts->spread / (1.0 + step_cost * facts->steps);
    return clamp(part, least, most);
}

static int fits(const depth_facts *facts, const spx_comfort_view *view, const look_wish *look,
                const viewer_limits *viewer)
{
    static const double slack_pct = 0.05;
    spx_comfort comfort;
    judge(facts, view, &comfort);
    return comfort.score >= look->least_score &&
           comfort.crossed_pct <= viewer->front_pct * look->part + slack_pct &&
           comfort.uncrossed_pct <= viewer->behind_pct * look->part + slack_pct;
}

void spx_comfort_choose(const spx_plane *depth, const spx_comfort_options *options,
                        double *strength_pct, double *convergence)
{
    static const double step_pct = 0.1;
    static const double least_pct = 0.5;
    const look_wish *const look = &looks[options->look];
    const viewer_limits *const viewer = &viewers[options->viewer];
    const double view_deg = viewer->view_deg > 0.0 ? viewer->view_deg : options->hfov_deg;
    const int given = options->strength_pct >= 0.0;
    depth_facts facts;
    find_facts(depth, view_deg, &facts);
    double strength =
        given ? options->strength_pct : viewer->aim_pct * look->part * part_of_scene(&facts);
    for (;; strength -= step_pct) {
        strength = given ? strength : fmax(least_pct, round(strength / step_pct) * step_pct);
        *convergence =
            options->convergence >= 0.0
                ? options->convergence
                : choose_convergence(&facts, look, viewer->front_pct * look->part, strength);
        const spx_comfort_view view = { .strength_pct = strength,
                                        .convergence = *convergence,
                                        .hfov_deg = view_deg,
                                        .filled_share = -1.0 };
        if (given || strength <= least_pct || fits(&facts, &view, look, viewer))
            break;
    }
    *strength_pct = strength;
}

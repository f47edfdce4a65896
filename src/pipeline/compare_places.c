#include "pipeline/compare_places.h"

#include <math.h>

enum { STEPS_A_CROP = 4 /* crops are tried at every quarter of their size */ };

/* How much depth changes along the rows of a crop. */
static double change_in(const spx_plane *depth, spx_compare_place at, uint32_t width,
                        uint32_t height)
{
    enum { EVERY = 4 };
    double sum = 0.0;
    for (uint32_t y = at.y; y < at.y + height; y += EVERY) {
        const float *const row = spx_plane_row(depth, y);
        for (uint32_t x = at.x; x + EVERY < at.x + width; x += EVERY) {
            const double change = fabs((double)row[x + EVERY] - row[x]);
            sum += isfinite(change) ? change * change
                                    : 0.0; /* one step counts for more than a slope */
        }
    }
    return sum;
}

static int overlaps(spx_compare_place a, spx_compare_place b, uint32_t width, uint32_t height)
{
    return a.x < b.x + width && b.x < a.x + width && a.y < b.y + height && b.y < a.y + height;
}

static int is_free(const spx_compare_place *places, uint32_t count, spx_compare_place at,
                   uint32_t width, uint32_t height)
{
    for (uint32_t i = 0; i < count; i++) {
        if (overlaps(places[i], at, width, height))
            return 0;
    }
    return 1;
}

/* The best crop that lies on none of the first `found`; 0 when there is no room. */
static int find_next(const spx_plane *depth, spx_compare_place size, uint32_t found,
                     spx_compare_place *places)
{
    const uint32_t step_x = size.x < STEPS_A_CROP ? 1 : size.x / STEPS_A_CROP;
    const uint32_t step_y = size.y < STEPS_A_CROP ? 1 : size.y / STEPS_A_CROP;
    double best = -1.0;
    for (uint32_t y = 0; y + size.y <= depth->height; y += step_y) {
        for (uint32_t x = 0; x + size.x <= depth->width; x += step_x) {
            const spx_compare_place at = { .x = x, .y = y };
            if (!is_free(places, found, at, size.x, size.y))
                continue;
            const double change = change_in(depth, at, size.x, size.y);
            if (change > best) {
                best = change;
                places[found] = at;
            }
        }
    }
    return best >= 0.0;
}

uint32_t spx_compare_places_find(const spx_plane *depth, uint32_t width, uint32_t height,
                                 uint32_t count, spx_compare_place *places)
{
    const spx_compare_place size = { .x = width, .y = height };
    uint32_t found = 0;
    while (found < count && find_next(depth, size, found, places))
        found++;
    return found;
}

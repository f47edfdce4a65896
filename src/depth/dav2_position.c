/*
 * The position embedding is stored for 37x37 patches. Other sizes take it bicubic with a step of 37
 * / (n + 0.1), as the authors' program does: its 0.1 keeps a rounding error from losing a row, and
 * shifts every sample a little.
 */
#include "depth/dav2_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAPS = 4 };

typedef struct cubic {
    size_t from[TAPS];
    float weight[TAPS];
} cubic;

static double cubic_weight(double distance)
{
    const double a = -0.75;
    const double x = fabs(distance);
    if (x <= 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    return x < 2.0 ? ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a : 0.0;
}

static cubic cubic_at(size_t index, size_t count)
{
    const double place = ((double)index + 0.5) * DAV2_GRID / ((double)count + 0.1) - 0.5;
    const double first = floor(place) - 1.0;
    cubic out;
    for (int i = 0; i < TAPS; i++) {
        const double at = first + i;
        const double inside = at < 0.0 ? 0.0 : at;
        out.from[i] = inside > DAV2_GRID - 1 ? DAV2_GRID - 1 : (size_t)inside;
        out.weight[i] = (float)cubic_weight(place - at);
    }
    return out;
}

static void add_patch(const spx_depth_network *network, const cubic *down, const cubic *across,
                      float *out)
{
    const size_t width = network->config.width;
    for (size_t y = 0; y < TAPS; y++) {
        for (size_t x = 0; x < TAPS; x++) {
            const float weight = down->weight[y] * across->weight[x];
            const float *const from =
                network->position + (down->from[y] * DAV2_GRID + across->from[x]) * width;
            for (size_t i = 0; i < width; i++)
                out[i] += weight * from[i];
        }
    }
}

static float *resized(const spx_depth_network *network, size_t rows, size_t columns)
{
    const size_t width = network->config.width;
    float *const values = spx_reserve_zeros(NULL, rows * columns, width * sizeof(float));
    if (values == NULL)
        return NULL;
    if (rows == DAV2_GRID && columns == DAV2_GRID) {
        memcpy(values, network->position, rows * columns * width * sizeof(float));
        return values;
    }
    for (size_t y = 0; y < rows; y++) {
        const cubic down = cubic_at(y, rows);
        for (size_t x = 0; x < columns; x++) {
            const cubic across = cubic_at(x, columns);
            add_patch(network, &down, &across, values + (y * columns + x) * width);
        }
    }
    return values;
}

spx_status dav2_position_get(spx_depth_network *network, size_t rows, size_t columns,
                             const float **out, float **owned, spx_diag *diag)
{
    *out = NULL;
    *owned = NULL;
    dav2_position *place = NULL;
    (void)pthread_mutex_lock(&network->lock);
    for (size_t i = 0; i < DAV2_SIZES; i++) {
        place = &network->positions[i];
        if (place->rows == 0 || (place->rows == rows && place->columns == columns))
            break;
        place = NULL;
    }
    float *values = place != NULL && place->rows != 0 ? place->values : NULL;
    if (values == NULL) {
        values = resized(network, rows, columns);
        if (place == NULL) {
            *owned = values;
        } else if (values != NULL) {
            *place = (dav2_position){ .rows = rows, .columns = columns, .values = values };
        }
    }
    (void)pthread_mutex_unlock(&network->lock);
    *out = values;
    return values == NULL ? spx_fail_memory(diag, "position embedding") : SPX_OK;
}

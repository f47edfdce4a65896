#include "outpaint/grain.h"

#include "base/intops.h"
#include "image/image.h"
#include "outpaint/patch_level.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>

enum {
    BLOCK_PX = 8,
    CELL_PX = 16, /* of the map; a block in its middle is looked at */
    CELL_ROWS_PER_TURN = 4,
    BINS_PER_LEVEL = 16,
    BYTE_BITS = 8,
    GRAIN_STEP = 0x6772, /* keeps the grain's numbers apart from the searches' */
};

/* Standard deviation of the Laplacian 4a - b - c - d - e of white noise of 1: sqrt(16 + 4). */
static const float laplacian_gain = 4.47213595F;

/** Standard deviation of what the Laplacian leaves of one block; at: its left upper pixel. */
static float block_sigma(const float *at, int32_t width)
{
    float sum = 0.0F;
    for (int32_t y = 0; y < BLOCK_PX; y++, at += width) {
        for (int32_t x = 0; x < BLOCK_PX; x++) {
            const float value =
                4.0F * at[x] - at[x - 1] - at[x + 1] - at[x - width] - at[x + width];
            sum += value * value;
        }
    }
    return sqrtf(sum / (BLOCK_PX * BLOCK_PX)) / laplacian_gain;
}

void spx_grain_meter_add(spx_grain_meter *meter, const float *luma, int32_t width, int32_t height)
{
    for (int32_t top = 1; top + BLOCK_PX < height; top += BLOCK_PX) {
        for (int32_t left = 1; left + BLOCK_PX < width; left += BLOCK_PX) {
            const float sigma = block_sigma(luma + (ptrdiff_t)top * width + left, width);
            const int32_t bin = (int32_t)(sigma * BINS_PER_LEVEL);
            meter->counts[bin < SPX_GRAIN_BINS ? bin : SPX_GRAIN_BINS - 1]++;
            meter->blocks++;
        }
    }
}

float spx_grain_luma(const float colour[3])
{
    return 0.299F * colour[0] + 0.587F * colour[1] + 0.114F * colour[2];
}

float spx_grain_sigma(const spx_grain_meter *meter)
{
    if (meter->blocks == 0)
        return 0.0F;
    const double wanted = tuned.grain_smooth_share * meter->blocks;
    double seen = 0.0;
    int32_t bin = 0;
    while (bin < SPX_GRAIN_BINS - 1 && seen + meter->counts[bin] < wanted)
        seen += meter->counts[bin++];
    return ((float)bin + 0.5F) / BINS_PER_LEVEL;
}

/* ---- the map ---- */

typedef struct mapping {
    const spx_image *photo;
    spx_grain_map *map;
} mapping;

static float luma_at(const spx_image *photo, uint32_t x, uint32_t y)
{
    const float colour[] = { spx_image_level(photo, x, y, 0), spx_image_level(photo, x, y, 1),
                             spx_image_level(photo, x, y, 2) };
    return spx_grain_luma(colour);
}

static void map_cell(const mapping *self, int32_t column, int32_t line)
{
    enum { SIDE = BLOCK_PX + 2, BEGIN = (CELL_PX - SIDE) / 2 };
    float luma[SIDE * SIDE];
    for (uint32_t y = 0; y < SIDE; y++) {
        for (uint32_t x = 0; x < SIDE; x++) {
            luma[y * SIDE + x] = luma_at(self->photo, (uint32_t)column * CELL_PX + BEGIN + x,
                                         (uint32_t)line * CELL_PX + BEGIN + y);
        }
    }
    self->map->sigmas[(size_t)line * (size_t)self->map->across + (size_t)column] =
        block_sigma(luma + SIDE + 1, SIDE);
}

static void map_cells(void *context, size_t turn)
{
    const mapping *const self = context;
    const int32_t first = (int32_t)turn * CELL_ROWS_PER_TURN;
    for (int32_t y = first; y < self->map->down && y < first + CELL_ROWS_PER_TURN; y++) {
        for (int32_t x = 0; x < self->map->across; x++)
            map_cell(self, x, y);
    }
}

spx_status spx_grain_map_create(spx_grain_map *out, const spx_image *photo, const spx_task *task,
                                spx_diag *diag)
{
    mapping self = { .photo = photo, .map = out };
    *out = (spx_grain_map){ .across = (int32_t)(photo->width / CELL_PX),
                            .down = (int32_t)(photo->height / CELL_PX) };
    if (out->across == 0 || out->down == 0)
        return SPX_OK;
    out->sigmas = malloc((size_t)out->across * (size_t)out->down * sizeof(*out->sigmas));
    if (out->sigmas == NULL)
        return spx_fail_memory(diag, "outpainting grain");
    return spx_task_run(task, spx_divide_up((size_t)out->down, CELL_ROWS_PER_TURN), map_cells,
                        &self, diag);
}

void spx_grain_map_clear(spx_grain_map *map)
{
    free(map->sigmas);
    *map = (spx_grain_map){ 0 };
}

float spx_grain_map_at(const spx_grain_map *map, int32_t x, int32_t y)
{
    if (map->sigmas == NULL)
        return INFINITY;
    const int32_t column = spx_min_i32(x / CELL_PX, map->across - 1);
    const int32_t line = spx_min_i32(y / CELL_PX, map->down - 1);
    return map->sigmas[(size_t)line * (size_t)map->across + (size_t)column];
}

/* ---- the grain ---- */

/** Nearly Gaussian with variance 1: the sum of four bytes. */
static float white_at(int32_t x, int32_t y, uint64_t seed)
{
    const uint32_t bits = spx_patch_hash((uint32_t)x, (uint32_t)y, GRAIN_STEP, seed);
    const uint32_t sum = (bits & 0xff) + (bits >> BYTE_BITS & 0xff) +
                         (bits >> 2 * BYTE_BITS & 0xff) + (bits >> 3 * BYTE_BITS);
    const float mean = 4.0F * 127.5F;
    const float deviation = 147.8F; /* sqrt(4 * (256 * 256 - 1) / 12) */
    return ((float)sum - mean) / deviation;
}

float spx_grain_at(int32_t x, int32_t y, uint64_t seed)
{
    const float centre = 0.9F;
    const float beside = 0.2179F; /* centre^2 + 4 beside^2 = 1 */
    return centre * white_at(x, y, seed) +
           beside * (white_at(x - 1, y, seed) + white_at(x + 1, y, seed) +
                     white_at(x, y - 1, seed) + white_at(x, y + 1, seed));
}

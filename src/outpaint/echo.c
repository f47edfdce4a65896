/*
 * A stone or a footprint that a patch brings along is brought along by the next patch too, one
 * patch's width on, and so on to the frame: a row of the same thing. Counting how often the photo
 * is used as a whole does not see it, because a wide margin has to use everything often. So use is
 * counted where it is seen: the canvas is cut into cells, and a block of the photo counts for a
 * cell as often as the cells around it show it.
 *
 *     cells        around one        a block's pixels there
 *     . . . .      # # # .
 *     . . . .      # o # .      ->   sum over # and o, over the block's size: times that it is seen
 *     . . . .      # # # .
 */
#include "outpaint/echo.h"

#include "base/intops.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So the table stays as small on each level (16 blocks of a square photo's side), and of panoramas
 * too: two tables of 4 MB. */
enum { LEAST_BLOCK_PX = 4, BLOCKS_OF_SHORT_SIDE = 16, BLOCKS_MOST = 1000, CELLS_MOST = 1000 };

static const float samples_per_patch = 3.0F * SPX_PATCH_AREA;

/** The least side of parts of which an area has no more than so many. */
static int32_t least_side(int32_t width, int32_t height, int32_t parts)
{
    return (int32_t)ceil(sqrt((double)width * height / parts));
}

static spx_status create(spx_patch_level *level, spx_diag *diag)
{
    const int32_t across = spx_patch_rect_width(&level->photo);
    const int32_t down = spx_patch_rect_height(&level->photo);
    const int32_t short_side = across < down ? across : down;
    const int32_t cell =
        spx_max_i32(spx_max_i32((int32_t)(tuned.echo_cell * (float)short_side), SPX_PATCH_SIDE),
                    least_side(level->width, level->height, CELLS_MOST));
    const int32_t block =
        spx_max_i32(spx_max_i32(short_side / BLOCKS_OF_SHORT_SIDE, LEAST_BLOCK_PX),
                    least_side(across, down, BLOCKS_MOST));
    spx_patch_echo *const echo = calloc(1, sizeof(*echo));
    if (echo == NULL)
        return spx_fail_memory(diag, "outpainting echoes");
    *echo = (spx_patch_echo){
        .cell = cell,
        .cells_across = level->width / cell + 1,
        .cells_down = level->height / cell + 1,
        .block = block,
        .blocks_across = across / block + 1,
        .blocks = (size_t)(across / block + 1) * (size_t)(down / block + 1),
    };
    const size_t cells = (size_t)echo->cells_across * (size_t)echo->cells_down;
    echo->counts = calloc(cells * echo->blocks, sizeof(*echo->counts));
    echo->costs = calloc(cells * echo->blocks, sizeof(*echo->costs));
    level->echo = echo;
    return echo->counts == NULL || echo->costs == NULL ? spx_fail_memory(diag, "outpainting echoes")
                                                       : SPX_OK;
}

static void count(const spx_patch_level *level)
{
    const spx_patch_echo *const echo = level->echo;
    for (int32_t y = level->bounds.y0; y < level->bounds.y1; y++) {
        const spx_patch_source *const row = level->sources + (size_t)y * (size_t)level->width;
        for (int32_t x = level->bounds.x0; x < level->bounds.x1; x++) {
            spx_patch_source source = row[x];
            if (spx_patch_distance(&level->photo, x, y) == 0) {
                source.x = (uint16_t)(x - level->photo.x0);
                source.y = (uint16_t)(y - level->photo.y0);
            }
            float *const into = echo->counts + spx_patch_echo_cell(echo, x, y) * echo->blocks;
            into[spx_patch_echo_block(echo, source)] += 1.0F;
        }
    }
}

/** Adds a cell's counts to the costs of another one; nothing when it is none. */
static void add_cell(const spx_patch_echo *echo, int32_t cell_x, int32_t cell_y, float *into)
{
    if (cell_x < 0 || cell_y < 0 || cell_x >= echo->cells_across || cell_y >= echo->cells_down)
        return;
    const float *const from =
        echo->counts +
        ((size_t)cell_y * (size_t)echo->cells_across + (size_t)cell_x) * echo->blocks;
    for (size_t i = 0; i < echo->blocks; i++)
        into[i] += from[i];
}

static void set_costs(const spx_patch_echo *echo, int32_t cell_x, int32_t cell_y)
{
    const float block_pixels = (float)(echo->block * echo->block);
    float *const costs =
        echo->costs + ((size_t)cell_y * (size_t)echo->cells_across + (size_t)cell_x) * echo->blocks;
    memset(costs, 0, echo->blocks * sizeof(*costs));
    for (int32_t dy = -1; dy <= 1; dy++) {
        for (int32_t dx = -1; dx <= 1; dx++)
            add_cell(echo, cell_x + dx, cell_y + dy, costs);
    }
    for (size_t i = 0; i < echo->blocks; i++) {
        const float excess = costs[i] / block_pixels - tuned.echo_free;
        const float counted = excess > tuned.echo_most ? tuned.echo_most : excess;
        costs[i] = counted > 0.0F ? counted * tuned.echo_scale * samples_per_patch : 0.0F;
    }
}

spx_status spx_patch_update_echo(spx_patch_level *level, spx_diag *diag)
{
    if (level->echo == NULL)
        SPX_TRY(create(level, diag));
    const spx_patch_echo *const echo = level->echo;
    if (echo == NULL)
        return SPX_ERR_NO_MEMORY; /* create() has said so */
    const size_t cells = (size_t)echo->cells_across * (size_t)echo->cells_down;
    memset(echo->counts, 0, cells * echo->blocks * sizeof(*echo->counts));
    count(level);
    for (int32_t y = 0; y < echo->cells_down; y++) {
        for (int32_t x = 0; x < echo->cells_across; x++)
            set_costs(echo, x, y);
    }
    return SPX_OK;
}

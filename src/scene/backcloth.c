/*
 * The cloth hangs on cells of the canvas, each as far as the farthest pixel under it. Bending holds
 * every cell back so that it is not farther in front of its neighbour than `rise`: two sweeps, down
 * and up, as in a distance transform. Colours of cells that touch the photo stay; the others take
 * them over from a pyramid of means, coarse to fine.
 */
#include "scene/backcloth.h"

#include "base/size.h"
#include "image/image.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS = 256, /* along the longer side of the canvas: fine enough for what is out of focus */
    DEPTH_MAX = 65535,
    LEVELS = 12,
    MIRROR_CELLS = 12, /* deeper, one would see in the rim what it mirrors */
    SOFT_LEVEL = 4,    /* what the rim fades to: blocks of 16 cells */
    FADE_CELLS = 16,
    NODE_CELLS = 4, /* of the net: the cloth bends gently */
};

/* Colours with how much of them is known, at one size; each level has half the last one's. */
typedef struct level {
    uint32_t columns;
    uint32_t rows;
    float *sum;    /* [rows][columns][3], times weight */
    float *weight; /* [rows][columns] */
} level;

typedef struct hanging {
    const spx_sheets *sheets;
    spx_backcloth *cloth;
    level levels[LEVELS];
    uint32_t level_count;
} hanging;

static uint32_t at_most(uint32_t value, uint32_t most)
{
    return value < most ? value : most;
}

/* The sheets' pixels under a cell. */
typedef struct patch {
    uint32_t left, top, right, bottom;
} patch;

/* Which of the canvas' cells stands for one of the cloth's: of the rim the nearest, or the one that
 * a mirror along the frame shows. */
static uint32_t inward(uint32_t cell, uint32_t rim, uint32_t last, int mirrored)
{
    if (cell >= rim && cell - rim <= last)
        return cell - rim;
    const uint32_t beyond = cell < rim ? rim - cell : cell - rim - last;
    const uint32_t back = mirrored ? at_most(beyond, last < MIRROR_CELLS ? last : MIRROR_CELLS) : 0;
    return cell < rim ? back : last - back;
}

static patch under(const hanging *self, uint32_t column, uint32_t row, int mirrored)
{
    const spx_backcloth *const cloth = self->cloth;
    const spx_sheets *const from = self->sheets;
    const uint32_t wide = (from->width - 1) / cloth->cell_px;
    const uint32_t high = (from->height - 1) / cloth->cell_px;
    const uint32_t i = inward(column, cloth->rim, wide, mirrored);
    const uint32_t j = inward(row, cloth->rim, high, mirrored);
    return (patch){ .left = i * cloth->cell_px,
                    .top = j * cloth->cell_px,
                    .right = at_most((i + 1) * cloth->cell_px, from->width),
                    .bottom = at_most((j + 1) * cloth->cell_px, from->height) };
}

static uint16_t farthest_of(const spx_sheets *from, const patch *cell)
{
    uint16_t least = DEPTH_MAX;
    for (uint32_t y = cell->top; y < cell->bottom; y++) {
        for (uint32_t x = cell->left; x < cell->right; x++) {
            const uint16_t depth = from->ground_depth[(size_t)y * from->width + x];
            least = depth < least ? depth : least;
        }
    }
    return least;
}

/* The colours of what is farthest in a cell. */
static void take_colour(const spx_sheets *from, const patch *cell, uint32_t farthest, float sum[3],
                        float *weight)
{
    for (uint32_t y = cell->top; y < cell->bottom; y++) {
        const uint8_t *const row = spx_image_row8(from->ground, y);
        for (uint32_t x = cell->left; x < cell->right; x++) {
            if (from->ground_depth[(size_t)y * from->width + x] > farthest + from->step)
                continue;
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                sum[c] += (float)row[SPX_IMAGE_CHANNELS * (size_t)x + c];
            *weight += 1.0F;
        }
    }
}

/* ---- depth: no cell is nearer than the farthest around it allow ---- */

static void hold_back(spx_backcloth *cloth, size_t at, size_t neighbour, uint32_t rise)
{
    const uint32_t most = cloth->depth[neighbour] + rise;
    if (most < cloth->depth[at])
        cloth->depth[at] = (uint16_t)most;
}

static void bend(spx_backcloth *cloth, uint32_t rise)
{
    const size_t columns = cloth->columns;
    for (size_t row = 0; row < cloth->rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            const size_t at = row * columns + column;
            if (column > 0)
                hold_back(cloth, at, at - 1, rise);
            if (row > 0)
                hold_back(cloth, at, at - columns, rise);
        }
    }
    for (size_t row = cloth->rows; row-- > 0;) {
        for (size_t column = columns; column-- > 0;) {
            const size_t at = row * columns + column;
            if (column + 1 < columns)
                hold_back(cloth, at, at + 1, rise);
            if (row + 1 < cloth->rows)
                hold_back(cloth, at, at + columns, rise);
        }
    }
}

/* ---- colours: what is not known is what lies around it, from coarse to fine ---- */

static spx_status add_level(hanging *self, uint32_t columns, uint32_t rows, spx_diag *diag)
{
    level *const to = &self->levels[self->level_count++];
    const size_t cells = (size_t)columns * rows;
    to->columns = columns;
    to->rows = rows;
    assert(cells > 0);
    to->sum = calloc(cells, SPX_IMAGE_CHANNELS * sizeof(float));
    to->weight = calloc(cells, sizeof(float));
    return to->sum == NULL || to->weight == NULL ? spx_fail_memory(diag, "backcloth") : SPX_OK;
}

static void reduce_level(const level *from, const level *to)
{
    for (size_t y = 0; y < from->rows; y++) {
        for (size_t x = 0; x < from->columns; x++) {
            const size_t in = y * from->columns + x;
            const size_t out = y / 2 * to->columns + x / 2;
            to->weight[out] += from->weight[in];
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                to->sum[SPX_IMAGE_CHANNELS * out + c] += from->sum[SPX_IMAGE_CHANNELS * in + c];
        }
    }
}

/* A coarser level's colour at a cell, between its four nearest; size: of its cells in this one's.
 */
static void coarse_colour(const level *coarse, float size, uint32_t x, uint32_t y, float out[3])
{
    const float u = fmaxf(0.0F, ((float)x + 0.5F) / size - 0.5F);
    const float v = fmaxf(0.0F, ((float)y + 0.5F) / size - 0.5F);
    const uint32_t left = at_most((uint32_t)u, coarse->columns - 1);
    const uint32_t top = at_most((uint32_t)v, coarse->rows - 1);
    const uint32_t right = at_most(left + 1, coarse->columns - 1);
    const uint32_t bottom = at_most(top + 1, coarse->rows - 1);
    const float across = u - (float)left;
    const float down = v - (float)top;
    const size_t cells[4] = { (size_t)top * coarse->columns + left,
                              (size_t)top * coarse->columns + right,
                              (size_t)bottom * coarse->columns + left,
                              (size_t)bottom * coarse->columns + right };
    const float shares[4] = { (1.0F - across) * (1.0F - down), across * (1.0F - down),
                              (1.0F - across) * down, across * down };
    for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        out[c] = 0.0F;
        for (int k = 0; k < 4; k++)
            out[c] += shares[k] * coarse->sum[SPX_IMAGE_CHANNELS * cells[k] + c];
    }
}

/* Makes sums to colours: its own where they are known, the coarser level's elsewhere. */
static void settle_level(const level *fine, const level *coarse)
{
    for (uint32_t y = 0; y < fine->rows; y++) {
        for (uint32_t x = 0; x < fine->columns; x++) {
            const size_t at = (size_t)y * fine->columns + x;
            float *const colour = fine->sum + SPX_IMAGE_CHANNELS * at;
            if (fine->weight[at] > 0.0F) {
                for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                    colour[c] /= fine->weight[at];
            } else if (coarse != NULL) {
                coarse_colour(coarse, 2.0F, x, y, colour);
            }
        }
    }
}

static spx_status flow_together(hanging *self, spx_diag *diag)
{
    while (self->level_count < LEVELS) {
        const level *const last = &self->levels[self->level_count - 1];
        if (last->columns == 1 && last->rows == 1)
            break;
        SPX_TRY(add_level(self, (last->columns + 1) / 2, (last->rows + 1) / 2, diag));
        reduce_level(last, last + 1);
    }
    for (uint32_t i = self->level_count; i-- > 0;)
        settle_level(&self->levels[i], i + 1 < self->level_count ? &self->levels[i + 1] : NULL);
    return SPX_OK;
}

/* ---- both ---- */

static spx_status allocate(hanging *self, double rim, spx_diag *diag)
{
    spx_backcloth *const cloth = self->cloth;
    const spx_sheets *const from = self->sheets;
    const uint32_t longest = from->width > from->height ? from->width : from->height;
    cloth->cell_px = (longest - 1) / CELLS + 1;
    cloth->rim = (uint32_t)ceil(rim * from->width / cloth->cell_px);
    cloth->columns = (from->width - 1) / cloth->cell_px + 1 + 2 * cloth->rim;
    cloth->rows = (from->height - 1) / cloth->cell_px + 1 + 2 * cloth->rim;
    size_t cells = 0;
    SPX_TRY(spx_mul_size(&cells, cloth->columns, cloth->rows, "backcloth", diag));
    cloth->depth = malloc(cells * sizeof(*cloth->depth));
    if (cloth->depth == NULL)
        return spx_fail_memory(diag, "backcloth");
    SPX_TRY(spx_image_create(&cloth->colour, cloth->columns, cloth->rows, 8, diag));
    return add_level(self, cloth->columns, cloth->rows, diag);
}

/* How far a cell lies beside the canvas; 0 = within it. */
static uint32_t beyond(const spx_backcloth *cloth, uint32_t column, uint32_t row)
{
    const uint32_t right = cloth->columns - 1 - cloth->rim;
    const uint32_t bottom = cloth->rows - 1 - cloth->rim;
    const uint32_t across = column < cloth->rim ? cloth->rim - column
                            : column > right    ? column - right
                                                : 0;
    const uint32_t down = row < cloth->rim ? cloth->rim - row : row > bottom ? row - bottom : 0;
    return across > down ? across : down;
}

static void take_colours(const hanging *self)
{
    const spx_backcloth *const cloth = self->cloth;
    const level *const to = &self->levels[0];
    for (uint32_t row = 0; row < cloth->rows; row++) {
        for (uint32_t column = 0; column < cloth->columns; column++) {
            const patch cell = under(self, column, row, 1);
            const size_t at = (size_t)row * cloth->columns + column;
            const uint32_t farthest = farthest_of(self->sheets, &cell);
            if (beyond(cloth, column, row) > 0 ||
                farthest <= cloth->depth[at] + self->sheets->step) {
                take_colour(self->sheets, &cell, farthest, to->sum + SPX_IMAGE_CHANNELS * at,
                            &to->weight[at]);
            }
        }
    }
}

/* Within the canvas as they are; beside it the farther, the softer. */
static void put_colours(const hanging *self)
{
    const level *const from = &self->levels[0];
    const uint32_t last = self->level_count - 1;
    const uint32_t soft = last < SOFT_LEVEL ? last : SOFT_LEVEL;
    for (uint32_t y = 0; y < from->rows; y++) {
        uint8_t *const row = spx_image_row8(self->cloth->colour, y);
        for (uint32_t x = 0; x < from->columns; x++) {
            const float *const own =
                from->sum + SPX_IMAGE_CHANNELS * ((size_t)y * from->columns + x);
            const uint32_t away = at_most(beyond(self->cloth, x, y), FADE_CELLS);
            const float share = (float)away / FADE_CELLS;
            float far[SPX_IMAGE_CHANNELS] = { 0 };
            if (away > 0)
                coarse_colour(&self->levels[soft], (float)(1U << soft), x, y, far);
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
                row[(size_t)SPX_IMAGE_CHANNELS * x + c] =
                    (uint8_t)(own[c] * (1.0F - share) + far[c] * share + 0.5F);
            }
        }
    }
}

spx_status spx_backcloth_init(spx_backcloth *cloth, const spx_sheets *sheets, double reach,
                              double rim, spx_diag *diag)
{
    spx_status status = SPX_OK;
    hanging self = { .sheets = sheets, .cloth = cloth };
    *cloth = (spx_backcloth){ 0 };
    SPX_TRY_OUT(allocate(&self, rim, diag));
    for (uint32_t row = 0; row < cloth->rows; row++) {
        for (uint32_t column = 0; column < cloth->columns; column++) {
            const patch cell = under(&self, column, row, 0);
            cloth->depth[(size_t)row * cloth->columns + column] = farthest_of(sheets, &cell);
        }
    }
    /* Cameras whose views of depth 0 and 1 part by the reach see no fold where depth rises less
     * than from 0 to 1 over the reach. */
    const double rise = DEPTH_MAX * (double)cloth->cell_px / (reach * sheets->width);
    bend(cloth, (uint32_t)fmin(fmax(rise, 1.0), DEPTH_MAX));
    take_colours(&self);
    SPX_TRY_OUT(flow_together(&self, diag));
    put_colours(&self);
out:
    for (uint32_t i = 0; i < self.level_count; i++) {
        free(self.levels[i].sum);
        free(self.levels[i].weight);
    }
    if (status != SPX_OK)
        spx_backcloth_clear(cloth);
    return status;
}

void spx_backcloth_clear(spx_backcloth *cloth)
{
    free(cloth->depth);
    spx_image_unref(cloth->colour);
    *cloth = (spx_backcloth){ 0 };
}

/* ---- a net ---- */

static uint32_t node_count(uint32_t cells)
{
    return (cells - 1 + NODE_CELLS - 1) / NODE_CELLS + 1;
}

static uint32_t node_cell(uint32_t node, uint32_t cells)
{
    return node * NODE_CELLS < cells ? node * NODE_CELLS : cells - 1;
}

/* The farthest that the cloth is about a node, so that the net lies behind all that it hides. */
static uint16_t node_depth(const spx_backcloth *cloth, uint32_t column, uint32_t row)
{
    uint16_t least = UINT16_MAX;
    for (uint32_t v = row < NODE_CELLS ? 0 : row - NODE_CELLS;
         v <= row + NODE_CELLS && v < cloth->rows; v++) {
        for (uint32_t u = column < NODE_CELLS ? 0 : column - NODE_CELLS;
             u <= column + NODE_CELLS && u < cloth->columns; u++) {
            const uint16_t depth = cloth->depth[(size_t)v * cloth->columns + u];
            least = depth < least ? depth : least;
        }
    }
    return least;
}

/* The pixel in a cell's middle, or right or below of it where the middle lies between two. */
static uint16_t cell_pixel(const spx_backcloth *cloth, uint32_t cell)
{
    return (uint16_t)(cell * cloth->cell_px + cloth->cell_px / 2);
}

static void put_node(spx_mesh *mesh, const spx_backcloth *cloth, uint32_t i, uint32_t j)
{
    const uint32_t column = node_cell(i, cloth->columns);
    const uint32_t row = node_cell(j, cloth->rows);
    mesh->vertices[mesh->vertex_count++] =
        (spx_mesh_vertex){ .x = cell_pixel(cloth, column),
                           .y = cell_pixel(cloth, row),
                           .depth = node_depth(cloth, column, row) };
}

spx_status spx_backcloth_mesh(spx_mesh *mesh, const spx_backcloth *cloth, spx_diag *diag)
{
    const uint32_t columns = node_count(cloth->columns);
    const uint32_t rows = node_count(cloth->rows);
    const size_t nodes = (size_t)columns * rows;
    *mesh = (spx_mesh){ .vertex_room = nodes, .index_room = 6 * nodes };
    mesh->vertices = malloc(nodes * sizeof(*mesh->vertices));
    mesh->indices = malloc(mesh->index_room * sizeof(*mesh->indices));
    if (mesh->vertices == NULL || mesh->indices == NULL) {
        spx_mesh_clear(mesh);
        return spx_fail_memory(diag, "backcloth");
    }
    for (uint32_t j = 0; j < rows; j++) {
        for (uint32_t i = 0; i < columns; i++)
            put_node(mesh, cloth, i, j);
    }
    for (uint32_t j = 0; j + 1 < rows; j++) {
        for (uint32_t i = 0; i + 1 < columns; i++) {
            const uint32_t top = j * columns + i;
            const uint32_t corners[] = { top, top + columns,     top + columns + 1,
                                         top, top + columns + 1, top + 1 };
            memcpy(mesh->indices + mesh->index_count, corners, sizeof(corners));
            mesh->index_count += sizeof(corners) / sizeof(corners[0]);
        }
    }
    return SPX_OK;
}

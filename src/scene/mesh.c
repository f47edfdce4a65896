/*
 * Nets over sheets. A grid of nodes lies over a sheet, its cell_px apart. Square blocks of cells,
 * up to BLOCK_CELLS wide, become one face where depth is even within them: a block is split in four
 * until it is. Then every face takes into its outline all nodes that its smaller neighbours use,
 * and is cut into triangles around its middle, so that no crack is left:
 *
 *     +-------+---+---+        the large face's right side has the node of its neighbours;
 *     |\     /|   |   |        it becomes five triangles around its middle
 *     |  \ /  +---+---+
 *     |  / \  |   |   |
 *     +-------+---+---+
 */
#include "scene/mesh.h"

#include "base/intops.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_CELLS = 16, /* a power of two */
    MOST_OUTLINE = 4 * BLOCK_CELLS,
    RGBA = 4,
    MOST_SURFACES = 2, /* in one cell of the fore */
    CUT_CELL = UINT8_MAX,
};

typedef struct net {
    const spx_sheets *sheets;
    spx_mesh *mesh;
    uint32_t columns; /* of cells */
    uint32_t rows;
    uint8_t *size; /* [rows][columns]: of the face that begins here, in cells, or CUT_CELL; 0 = none
                      does */
    uint8_t *used; /* [rows + 1][columns + 1]: 1 = a corner of a face */
    uint32_t *made; /* [rows + 1][columns + 1]: vertex, UINT32_MAX = not yet */
    int failed;
} net;

/* ---- a mesh that grows ---- */

static uint32_t add_vertex(net *self, spx_mesh_vertex vertex)
{
    spx_mesh *const mesh = self->mesh;
    if (mesh->vertex_count == mesh->vertex_room) {
        const size_t room = mesh->vertex_room == 0 ? 4096 : 2 * mesh->vertex_room;
        spx_mesh_vertex *const more = realloc(mesh->vertices, room * sizeof(*more));
        if (more == NULL) {
            self->failed = 1;
            return 0;
        }
        mesh->vertices = more;
        mesh->vertex_room = room;
    }
    mesh->vertices[mesh->vertex_count] = vertex;
    return (uint32_t)mesh->vertex_count++;
}

static void add_triangle(net *self, uint32_t a, uint32_t b, uint32_t c)
{
    spx_mesh *const mesh = self->mesh;
    if (mesh->index_count + 3 > mesh->index_room) {
        const size_t room = mesh->index_room == 0 ? 12288 : 2 * mesh->index_room;
        uint32_t *const more = realloc(mesh->indices, room * sizeof(*more));
        if (more == NULL) {
            self->failed = 1;
            return;
        }
        mesh->indices = more;
        mesh->index_room = room;
    }
    mesh->indices[mesh->index_count++] = a;
    mesh->indices[mesh->index_count++] = b;
    mesh->indices[mesh->index_count++] = c;
}

/* ---- nodes ---- */

static uint32_t node_x(const net *self, uint32_t i)
{
    const uint32_t x = i * self->sheets->cell_px;
    return x < self->sheets->width ? x : self->sheets->width - 1;
}

static uint32_t node_y(const net *self, uint32_t j)
{
    const uint32_t y = j * self->sheets->cell_px;
    return y < self->sheets->height ? y : self->sheets->height - 1;
}

static size_t pixel_of(const net *self, uint32_t i, uint32_t j)
{
    return (size_t)node_y(self, j) * self->sheets->width + node_x(self, i);
}

static size_t node_of(const net *self, uint32_t i, uint32_t j)
{
    return (size_t)j * (self->columns + 1) + i;
}

static spx_mesh_vertex vertex_at(const net *self, uint32_t i, uint32_t j, uint16_t depth)
{
    return (spx_mesh_vertex){ .x = (uint16_t)node_x(self, i),
                              .y = (uint16_t)node_y(self, j),
                              .depth = depth };
}

static spx_status net_init(net *self, spx_diag *diag)
{
    const spx_sheets *const sheets = self->sheets;
    *self->mesh = (spx_mesh){ 0 };
    self->columns = sheets->width == 1 ? 1 : (sheets->width - 2) / sheets->cell_px + 1;
    self->rows = sheets->height == 1 ? 1 : (sheets->height - 2) / sheets->cell_px + 1;
    const size_t nodes = ((size_t)self->columns + 1) * (self->rows + 1);
    self->size = calloc((size_t)self->columns * self->rows, 1);
    self->used = calloc(nodes, 1);
    self->made = malloc(nodes * sizeof(*self->made));
    if (self->size == NULL || self->used == NULL || self->made == NULL)
        return spx_fail_memory(diag, "mesh");
    memset(self->made, UINT8_MAX, nodes * sizeof(*self->made));
    return SPX_OK;
}

static spx_status net_end(net *self, spx_status status, spx_diag *diag)
{
    free(self->size);
    free(self->used);
    free(self->made);
    if (status == SPX_OK && self->failed)
        status = spx_fail_memory(diag, "mesh");
    if (status != SPX_OK)
        spx_mesh_clear(self->mesh);
    return status;
}

/* ---- ground ---- */

static uint32_t ground_at(const net *self, uint32_t i, uint32_t j)
{
    return self->sheets->ground_depth[pixel_of(self, i, j)];
}

static int cell_is_cut(const net *self, uint32_t i, uint32_t j)
{
    const spx_sheets *const sheets = self->sheets;
    for (uint32_t y = node_y(self, j); y <= node_y(self, j + 1); y++) {
        const uint8_t *const row = sheets->cut + (size_t)y * sheets->width;
        if (memchr(row + node_x(self, i), 1, node_x(self, i + 1) - node_x(self, i) + 1) != NULL)
            return 1;
    }
    return 0;
}

/* A cell rises over its pixels what neighbours rise over one. */
static uint32_t cell_step(const net *self)
{
    return self->sheets->step * self->sheets->cell_px;
}

/* Whether depth within a block is what its corners say, and they are of one surface. */
static int is_even(const net *self, uint32_t i, uint32_t j, uint32_t size)
{
    /* A third of what makes two surfaces: a quarter of a pixel for the camera farthest aside. */
    const int64_t tolerance = self->sheets->step / 3 + 1;
    const int64_t a = ground_at(self, i, j);
    const int64_t b = ground_at(self, i + size, j);
    const int64_t c = ground_at(self, i, j + size);
    const int64_t d = ground_at(self, i + size, j + size);
    const int64_t rise = spx_max_i64(spx_max_i64(a, b), spx_max_i64(c, d)) -
                         spx_min_i64(spx_min_i64(a, b), spx_min_i64(c, d));
    if (rise > (int64_t)cell_step(self) * size)
        return 0; /* no surface, but a step from one to another */
    for (uint32_t v = 0; v <= size; v++) {
        for (uint32_t u = 0; u <= size; u++) {
            const int64_t left = a * (size - v) + c * v;
            const int64_t right = b * (size - v) + d * v;
            const int64_t plane = (left * (size - u) + right * u) / ((int64_t)size * size);
            const int64_t away = plane - (int64_t)ground_at(self, i + u, j + v);
            if (away > tolerance || away < -tolerance)
                return 0;
        }
    }
    return 1;
}

static int has_cut(const net *self, uint32_t i, uint32_t j, uint32_t size)
{
    for (uint32_t v = 0; v < size; v++) {
        for (uint32_t u = 0; u < size; u++) {
            if (cell_is_cut(self, i + u, j + v))
                return 1;
        }
    }
    return 0;
}

static void use_corners(net *self, uint32_t i, uint32_t j, uint32_t size)
{
    self->size[(size_t)j * self->columns + i] = (uint8_t)size;
    self->used[node_of(self, i, j)] = 1;
    self->used[node_of(self, i + size, j)] = 1;
    self->used[node_of(self, i, j + size)] = 1;
    self->used[node_of(self, i + size, j + size)] = 1;
}

// NOLINTNEXTLINE(misc-no-recursion): four levels deep
static void split(net *self, uint32_t i, uint32_t j, uint32_t size)
{
    if (i >= self->columns || j >= self->rows)
        return;
    const int fits = i + size <= self->columns && j + size <= self->rows;
    if (fits && !has_cut(self, i, j, size) && is_even(self, i, j, size)) {
        use_corners(self, i, j, size);
        return;
    }
    if (size == 1) {
        use_corners(self, i, j, size);
        self->size[(size_t)j * self->columns + i] = CUT_CELL;
        return;
    }
    const uint32_t half = size / 2;
    split(self, i, j, half);
    split(self, i + half, j, half);
    split(self, i, j + half, half);
    split(self, i + half, j + half, half);
}

static uint32_t ground_vertex(net *self, uint32_t i, uint32_t j)
{
    uint32_t *const made = &self->made[node_of(self, i, j)];
    if (*made == UINT32_MAX)
        *made = add_vertex(self, vertex_at(self, i, j, (uint16_t)ground_at(self, i, j)));
    return *made;
}

/* The used nodes along a side, from (i, j) on, without the last one. */
static size_t add_side(net *self, uint32_t *outline, size_t count, const int32_t side[4],
                       uint32_t size)
{
    for (uint32_t k = 0; k < size; k++) {
        const uint32_t i = (uint32_t)(side[0] + side[2] * (int32_t)k);
        const uint32_t j = (uint32_t)(side[1] + side[3] * (int32_t)k);
        if (self->used[node_of(self, i, j)])
            outline[count++] = ground_vertex(self, i, j);
    }
    return count;
}

static void add_face(net *self, uint32_t i, uint32_t j, uint32_t size)
{
    enum { CORNERS = 4 };
    uint32_t outline[MOST_OUTLINE];
    const int32_t x = (int32_t)i;
    const int32_t y = (int32_t)j;
    const int32_t far = (int32_t)size;
    /* Down, right, up, left: anticlockwise. */
    size_t count = add_side(self, outline, 0, (const int32_t[]){ x, y, 0, 1 }, size);
    count = add_side(self, outline, count, (const int32_t[]){ x, y + far, 1, 0 }, size);
    count = add_side(self, outline, count, (const int32_t[]){ x + far, y + far, 0, -1 }, size);
    count = add_side(self, outline, count, (const int32_t[]){ x + far, y, -1, 0 }, size);
    if (count == CORNERS) {
        add_triangle(self, outline[0], outline[1], outline[2]);
        add_triangle(self, outline[0], outline[2], outline[3]);
        return;
    }
    const uint32_t middle = ground_vertex(self, i + size / 2, j + size / 2);
    for (size_t k = 0; k < count; k++)
        add_triangle(self, middle, outline[k], outline[(k + 1) % count]);
}

/* A cell that a step goes through: its near corners with the others beside them, and its far ones.
 */
static void add_cut_cell(net *self, uint32_t i, uint32_t j)
{
    enum { CORNERS = 4 };
    const uint32_t at[CORNERS][2] = { { i, j }, { i, j + 1 }, { i + 1, j + 1 }, { i + 1, j } };
    uint32_t depths[CORNERS];
    uint32_t low = UINT32_MAX;
    uint32_t high = 0;
    for (int k = 0; k < CORNERS; k++) {
        depths[k] = ground_at(self, at[k][0], at[k][1]);
        low = depths[k] < low ? depths[k] : low;
        high = depths[k] > high ? depths[k] : high;
    }
    const int is_one = high - low <= cell_step(self);
    for (int near = 0; near <= (is_one ? 0 : 1); near++) {
        uint32_t corners[CORNERS];
        for (int k = 0; k < CORNERS; k++) {
            const int is_own = is_one || (depths[k] > (low + high) / 2) == near;
            const uint16_t depth = (uint16_t)(near ? high : low);
            corners[k] = is_own ? ground_vertex(self, at[k][0], at[k][1])
                                : add_vertex(self, vertex_at(self, at[k][0], at[k][1], depth));
        }
        add_triangle(self, corners[0], corners[1], corners[2]);
        add_triangle(self, corners[0], corners[2], corners[3]);
    }
}

spx_status spx_mesh_ground(spx_mesh *mesh, const spx_sheets *sheets, spx_diag *diag)
{
    net self = { .sheets = sheets, .mesh = mesh };
    spx_status status = net_init(&self, diag);
    if (status != SPX_OK)
        return net_end(&self, status, diag);
    for (uint32_t j = 0; j < self.rows; j += BLOCK_CELLS) {
        for (uint32_t i = 0; i < self.columns; i += BLOCK_CELLS)
            split(&self, i, j, BLOCK_CELLS);
    }
    for (uint32_t j = 0; j < self.rows; j++) {
        for (uint32_t i = 0; i < self.columns; i++) {
            const uint32_t size = self.size[(size_t)j * self.columns + i];
            if (size == CUT_CELL) {
                add_cut_cell(&self, i, j);
            } else if (size != 0) {
                add_face(&self, i, j, size);
            }
        }
    }
    return net_end(&self, SPX_OK, diag);
}

/* ---- fore ---- */

/* One thing within a cell. */
typedef struct surface {
    uint32_t nearest;
    uint64_t sum;
    uint32_t count;
} surface;

/* Of a fore pixel; UINT32_MAX where there is none. */
static uint32_t fore_at(const spx_sheets *sheets, uint32_t x, uint32_t y)
{
    const size_t at = (size_t)y * sheets->width + x;
    return sheets->fore[RGBA * at + SPX_IMAGE_CHANNELS] == 0 ? UINT32_MAX : sheets->fore_depth[at];
}

/* The nearest depth below `below` among a cell's fore pixels; 0 = there is none. */
static uint32_t nearest_below(const net *self, uint32_t i, uint32_t j, uint32_t below)
{
    uint32_t nearest = 0;
    for (uint32_t y = node_y(self, j); y <= node_y(self, j + 1); y++) {
        for (uint32_t x = node_x(self, i); x <= node_x(self, i + 1); x++) {
            const uint32_t depth = fore_at(self->sheets, x, y);
            if (depth < below && depth > nearest)
                nearest = depth;
        }
    }
    return nearest;
}

/* The nearest thing below `below` in a cell: its fore pixels. */
static surface find_surface(const net *self, uint32_t i, uint32_t j, uint32_t below)
{
    surface found = { .nearest = nearest_below(self, i, j, below) };
    if (found.nearest == 0)
        return found;
    for (uint32_t y = node_y(self, j); y <= node_y(self, j + 1); y++) {
        for (uint32_t x = node_x(self, i); x <= node_x(self, i + 1); x++) {
            const uint32_t depth = fore_at(self->sheets, x, y);
            if (depth > found.nearest || depth + cell_step(self) < found.nearest)
                continue;
            found.sum += depth;
            found.count++;
        }
    }
    return found;
}

/* Whether a pixel is one of a thing's. */
static int is_of(const net *self, uint32_t x, uint32_t y, const surface *thing)
{
    const uint32_t depth = fore_at(self->sheets, x, y);
    return depth <= thing->nearest && depth + cell_step(self) >= thing->nearest;
}

static uint16_t thing_depth(const net *self, uint32_t x, uint32_t y, const surface *thing)
{
    if (is_of(self, x, y, thing))
        return (uint16_t)fore_at(self->sheets, x, y);
    return (uint16_t)(thing->sum / thing->count);
}

static uint32_t fore_vertex(net *self, uint32_t i, uint32_t j, const surface *thing)
{
    const uint16_t depth = thing_depth(self, node_x(self, i), node_y(self, j), thing);
    if (!is_of(self, node_x(self, i), node_y(self, j), thing))
        return add_vertex(self, vertex_at(self, i, j, depth));
    uint32_t *const made = &self->made[node_of(self, i, j)];
    if (*made == UINT32_MAX)
        *made = add_vertex(self, vertex_at(self, i, j, depth));
    return *made;
}

/* corners: from the top left one anticlockwise. */
static void add_square(net *self, const uint32_t corners[4])
{
    add_triangle(self, corners[0], corners[1], corners[2]);
    add_triangle(self, corners[0], corners[2], corners[3]);
}

/* Vertices of a cell's pixels, UINT32_MAX = not yet. */
typedef struct fine_cell {
    uint32_t left;
    uint32_t top;
    uint32_t made[SPX_SHEETS_MOST_CELL_PX + 1][SPX_SHEETS_MOST_CELL_PX + 1];
} fine_cell;

static uint32_t fine_vertex(net *self, fine_cell *cell, uint32_t x, uint32_t y,
                            const surface *thing)
{
    uint32_t *const made = &cell->made[y - cell->top][x - cell->left];
    if (*made == UINT32_MAX) {
        *made = add_vertex(self, (spx_mesh_vertex){ .x = (uint16_t)x,
                                                    .y = (uint16_t)y,
                                                    .depth = thing_depth(self, x, y, thing) });
    }
    return *made;
}

/* Between a pixel and those right and below of it, where the thing has one of them. */
static void add_fine_square(net *self, fine_cell *cell, uint32_t x, uint32_t y,
                            const surface *thing)
{
    if (!is_of(self, x, y, thing) && !is_of(self, x + 1, y, thing) &&
        !is_of(self, x, y + 1, thing) && !is_of(self, x + 1, y + 1, thing))
        return;
    const uint32_t corners[] = { fine_vertex(self, cell, x, y, thing),
                                 fine_vertex(self, cell, x, y + 1, thing),
                                 fine_vertex(self, cell, x + 1, y + 1, thing),
                                 fine_vertex(self, cell, x + 1, y, thing) };
    add_square(self, corners);
}

/* One thing of many in a cell: squares between its own pixels and those beside them, so that it
 * shows hardly more than a pixel of the others' colours. */
static void add_fine_cell(net *self, uint32_t i, uint32_t j, const surface *thing)
{
    fine_cell cell = { .left = node_x(self, i), .top = node_y(self, j) };
    memset(cell.made, UINT8_MAX, sizeof(cell.made));
    for (uint32_t y = cell.top; y < node_y(self, j + 1); y++) {
        for (uint32_t x = cell.left; x < node_x(self, i + 1); x++)
            add_fine_square(self, &cell, x, y, thing);
    }
}

/* Of a second thing in a cell: a third of it. Fewer pixels behind another thing are strays, which
 * would show that thing's colours far from it. */
static uint32_t least_second(const net *self)
{
    const uint32_t side = self->sheets->cell_px + 1;
    return (side * side + 2) / 3;
}

static void add_fore_cell(net *self, uint32_t i, uint32_t j)
{
    surface things[MOST_SURFACES];
    uint32_t count = 0;
    uint32_t below = UINT32_MAX;
    while (count < MOST_SURFACES) {
        things[count] = find_surface(self, i, j, below);
        if (things[count].count < (count == 0 ? 1 : least_second(self)))
            break;
        const uint32_t nearest = things[count++].nearest;
        below = nearest > cell_step(self) ? nearest - cell_step(self) : 0;
    }
    if (count == 1) {
        const uint32_t corners[] = { fore_vertex(self, i, j, things),
                                     fore_vertex(self, i, j + 1, things),
                                     fore_vertex(self, i + 1, j + 1, things),
                                     fore_vertex(self, i + 1, j, things) };
        add_square(self, corners);
        return;
    }
    for (uint32_t k = 0; k < count; k++)
        add_fine_cell(self, i, j, &things[k]);
}

typedef struct ranked {
    uint32_t depth; /* of all three corners together */
    uint32_t corners[3];
} ranked;

static int from_far_to_near(const void *a, const void *b)
{
    const ranked *const one = a;
    const ranked *const other = b;
    if (one->depth != other->depth)
        return one->depth < other->depth ? -1 : 1;
    return (one->corners[0] > other->corners[0]) - (one->corners[0] < other->corners[0]);
}

static int sort_triangles(const spx_mesh *mesh)
{
    const size_t count = mesh->index_count / 3;
    ranked *const list = malloc((count + 1) * sizeof(*list));
    if (list == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(list[i].corners, mesh->indices + 3 * i, sizeof(list[i].corners));
        list[i].depth = 0;
        for (int k = 0; k < 3; k++)
            list[i].depth += mesh->vertices[list[i].corners[k]].depth;
    }
    qsort(list, count, sizeof(*list), from_far_to_near);
    for (size_t i = 0; i < count; i++)
        memcpy(mesh->indices + 3 * i, list[i].corners, sizeof(list[i].corners));
    free(list);
    return 1;
}

spx_status spx_mesh_fore(spx_mesh *mesh, const spx_sheets *sheets, spx_diag *diag)
{
    net self = { .sheets = sheets, .mesh = mesh };
    spx_status status = net_init(&self, diag);
    if (status != SPX_OK)
        return net_end(&self, status, diag);
    for (uint32_t j = 0; j < self.rows; j++) {
        for (uint32_t i = 0; i < self.columns; i++)
            add_fore_cell(&self, i, j);
    }
    if (!self.failed && !sort_triangles(mesh))
        self.failed = 1;
    return net_end(&self, SPX_OK, diag);
}

void spx_mesh_clear(spx_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->indices);
    *mesh = (spx_mesh){ 0 };
}

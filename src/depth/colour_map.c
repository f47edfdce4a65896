/*
 * A table is a curve through the RGB cube, kept as 33 knots of its 256 colours with straight lines
 * between them, at most 9 levels (mean 0.4) from the table itself. A pixel's number is where on the
 * curve the colour nearest to it lies. For speed the nearest of all is found once for each cell of
 * a coarse cube; a pixel then looks along the curve from there.
 */
#include "depth/colour_map.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KNOTS = 33,
    STEPS = 256,
    CELL_BITS = 4,
    CELLS = 1 << CELL_BITS,
    CELL_PX = 256 / CELLS,
    HALF_CELL_PX = CELL_PX / 2,
    REACH = 24,      /* steps along the curve from a cell's own */
    SAMPLES = 10000, /* pixels that choose the table */
    GREY_SPREAD = 16 /* between channels, of 255: chroma that JPEG leaves in greys */
};
/* JPEG at quality 75 moves colours by some 10 levels; every second pixel may lie on an edge's
 * mixture of two colours, whose distance is larger, but not nine of ten. */
static const float close_levels = 18.0f;
static const double most_far_off = 0.10;

typedef struct table {
    const char *name;
    int far_to_near; /* 0: the first colour is near */
    uint8_t knots[KNOTS][SPX_IMAGE_CHANNELS];
} table;

/* Every eighth colour of matplotlib's tables (viridis, magma, inferno, plasma: CC0; turbo: A.
 * Mikhailov 2019; spectral: C. Brewer's 11 classes,
 * and every second of the middle ones, as simpler programs have it; jet: straight lines of red,
 * green and blue). */
static const table tables[] = {
    {
        .name = "inferno",
        .far_to_near = 1,
        .knots = { { 0, 0, 4 },      { 4, 3, 18 },     { 11, 7, 36 },     { 21, 11, 55 },
                   { 33, 12, 74 },   { 47, 10, 91 },   { 61, 9, 101 },    { 74, 12, 107 },
                   { 87, 16, 110 },  { 100, 21, 110 }, { 113, 25, 110 },  { 125, 30, 109 },
                   { 138, 34, 106 }, { 151, 39, 102 }, { 163, 44, 97 },   { 176, 49, 91 },
                   { 188, 55, 84 },  { 198, 61, 77 },  { 208, 69, 69 },   { 218, 78, 60 },
                   { 227, 89, 51 },  { 235, 100, 41 }, { 241, 113, 31 },  { 246, 126, 20 },
                   { 249, 140, 10 }, { 251, 155, 6 },  { 252, 170, 15 },  { 251, 186, 31 },
                   { 249, 201, 50 }, { 245, 217, 73 }, { 242, 232, 101 }, { 243, 245, 134 },
                   { 252, 255, 164 } },
    },
    {
        .name = "magma",
        .far_to_near = 1,
        .knots = { { 0, 0, 4 },       { 3, 3, 18 },      { 10, 8, 34 },     { 19, 13, 52 },
                   { 29, 17, 71 },    { 41, 17, 90 },    { 54, 16, 107 },   { 68, 15, 118 },
                   { 81, 18, 124 },   { 93, 23, 127 },   { 106, 28, 129 },  { 118, 33, 129 },
                   { 131, 38, 129 },  { 144, 42, 129 },  { 156, 46, 127 },  { 170, 51, 125 },
                   { 183, 55, 121 },  { 194, 59, 117 },  { 207, 64, 112 },  { 219, 71, 106 },
                   { 229, 80, 100 },  { 238, 91, 94 },   { 244, 105, 92 },  { 249, 120, 93 },
                   { 251, 135, 97 },  { 253, 150, 104 }, { 254, 165, 113 }, { 254, 180, 123 },
                   { 254, 194, 135 }, { 254, 209, 148 }, { 253, 224, 161 }, { 252, 238, 176 },
                   { 252, 253, 191 } },
    },
    {
        .name = "plasma",
        .far_to_near = 1,
        .knots = { { 13, 8, 135 },   { 34, 6, 144 },   { 49, 5, 151 },   { 63, 4, 156 },
                   { 76, 2, 161 },   { 89, 1, 165 },   { 102, 0, 167 },  { 114, 1, 168 },
                   { 126, 3, 168 },  { 138, 9, 165 },  { 149, 17, 161 }, { 160, 26, 156 },
                   { 170, 35, 149 }, { 179, 44, 142 }, { 188, 53, 135 }, { 196, 62, 127 },
                   { 204, 71, 120 }, { 210, 79, 113 }, { 217, 88, 106 }, { 223, 98, 99 },
                   { 229, 107, 93 }, { 235, 117, 86 }, { 240, 127, 79 }, { 244, 137, 72 },
                   { 248, 148, 65 }, { 251, 159, 58 }, { 253, 171, 51 }, { 254, 183, 45 },
                   { 253, 195, 40 }, { 252, 208, 37 }, { 249, 221, 37 }, { 245, 235, 39 },
                   { 240, 249, 33 } },
    },
    {
        .name = "viridis",
        .far_to_near = 1,
        .knots = { { 68, 1, 84 },    { 71, 13, 96 },   { 72, 24, 106 },  { 72, 35, 116 },
                   { 71, 45, 123 },  { 69, 55, 129 },  { 66, 64, 134 },  { 62, 73, 137 },
                   { 59, 82, 139 },  { 55, 91, 141 },  { 51, 99, 141 },  { 47, 107, 142 },
                   { 44, 114, 142 }, { 41, 122, 142 }, { 38, 130, 142 }, { 35, 137, 142 },
                   { 33, 145, 140 }, { 31, 151, 139 }, { 31, 159, 136 }, { 33, 166, 133 },
                   { 39, 173, 129 }, { 49, 181, 123 }, { 61, 188, 116 }, { 76, 194, 108 },
                   { 92, 200, 99 },  { 110, 206, 88 }, { 129, 211, 77 }, { 149, 216, 64 },
                   { 170, 220, 50 }, { 192, 223, 37 }, { 213, 226, 26 }, { 234, 229, 26 },
                   { 253, 231, 37 } },
    },
    {
        .name = "turbo",
        .far_to_near = 1,
        .knots = { { 48, 18, 59 },   { 57, 42, 115 },  { 64, 64, 162 },  { 68, 86, 199 },
                   { 70, 107, 227 }, { 70, 128, 246 }, { 66, 148, 255 }, { 55, 168, 250 },
                   { 40, 188, 235 }, { 28, 205, 216 }, { 24, 221, 194 }, { 31, 233, 175 },
                   { 50, 242, 152 }, { 78, 249, 125 }, { 109, 254, 98 }, { 139, 255, 75 },
                   { 164, 252, 60 }, { 183, 247, 53 }, { 203, 237, 52 }, { 221, 224, 55 },
                   { 236, 209, 58 }, { 247, 193, 58 }, { 253, 174, 53 }, { 254, 153, 44 },
                   { 251, 129, 34 }, { 245, 105, 24 }, { 236, 83, 15 },  { 225, 65, 9 },
                   { 210, 49, 5 },   { 193, 35, 2 },   { 172, 23, 1 },   { 149, 13, 1 },
                   { 122, 4, 3 } },
    },
    {
        .name = "jet",
        .far_to_near = 1,
        .knots = { { 0, 0, 128 },     { 0, 0, 164 },    { 0, 0, 200 },    { 0, 0, 237 },
                   { 0, 0, 255 },     { 0, 32, 255 },   { 0, 64, 255 },   { 0, 96, 255 },
                   { 0, 128, 255 },   { 0, 160, 255 },  { 0, 192, 255 },  { 0, 224, 251 },
                   { 22, 255, 225 },  { 48, 255, 199 }, { 73, 255, 173 }, { 99, 255, 148 },
                   { 125, 255, 122 }, { 148, 255, 99 }, { 173, 255, 73 }, { 199, 255, 48 },
                   { 225, 255, 22 },  { 251, 241, 0 },  { 255, 211, 0 },  { 255, 182, 0 },
                   { 255, 152, 0 },   { 255, 122, 0 },  { 255, 93, 0 },   { 255, 63, 0 },
                   { 255, 34, 0 },    { 237, 4, 0 },    { 200, 0, 0 },    { 164, 0, 0 },
                   { 128, 0, 0 } },
    },
    {
        .name = "spectral",
        .far_to_near = 0,
        .knots = { { 158, 1, 66 },    { 175, 20, 70 },   { 193, 39, 74 },   { 210, 58, 78 },
                   { 221, 74, 76 },   { 231, 89, 72 },   { 240, 103, 68 },  { 246, 122, 73 },
                   { 249, 142, 82 },  { 251, 163, 92 },  { 253, 181, 103 }, { 253, 197, 116 },
                   { 254, 212, 129 }, { 254, 226, 143 }, { 254, 236, 159 }, { 255, 246, 176 },
                   { 255, 255, 190 }, { 248, 252, 180 }, { 240, 249, 167 }, { 232, 246, 155 },
                   { 216, 239, 155 }, { 198, 232, 159 }, { 179, 224, 162 }, { 159, 216, 164 },
                   { 137, 208, 164 }, { 116, 199, 165 }, { 96, 187, 168 },  { 80, 169, 175 },
                   { 63, 151, 183 },  { 53, 133, 187 },  { 66, 115, 179 },  { 80, 97, 170 },
                   { 94, 79, 162 } },
    },
    {
        .name = "spectral",
        .far_to_near = 0,
        .knots = { { 158, 1, 66 },    { 169, 14, 66 },   { 180, 28, 66 },   { 190, 42, 66 },
                   { 201, 55, 66 },   { 212, 68, 67 },   { 222, 82, 67 },   { 233, 96, 67 },
                   { 244, 109, 67 },  { 245, 127, 82 },  { 247, 146, 98 },  { 248, 164, 114 },
                   { 250, 182, 129 }, { 251, 200, 144 }, { 252, 218, 160 }, { 254, 237, 176 },
                   { 255, 255, 191 }, { 236, 247, 188 }, { 217, 240, 184 }, { 198, 232, 181 },
                   { 178, 224, 178 }, { 159, 217, 175 }, { 140, 209, 172 }, { 121, 202, 168 },
                   { 102, 194, 165 }, { 101, 180, 165 }, { 100, 165, 164 }, { 99, 151, 164 },
                   { 98, 136, 164 },  { 97, 122, 163 },  { 96, 108, 163 },  { 95, 93, 162 },
                   { 94, 79, 162 } },
    },
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

typedef struct curve {
    float colors[STEPS][SPX_IMAGE_CHANNELS];
    uint8_t nearest[CELLS][CELLS][CELLS];
} curve;

static void pixel_at(const spx_image *image, uint32_t x, uint32_t y, float out[SPX_IMAGE_CHANNELS])
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        out[c] = spx_image_level(image, x, y, c);
}

double spx_colour_share(const spx_image *image)
{
    const uint64_t pixels = (uint64_t)image->width * image->height;
    const uint64_t step = pixels / SAMPLES + 1;
    uint64_t seen = 0;
    uint64_t coloured = 0;
    for (uint64_t at = 0; at < pixels; at += step, seen++) {
        float p[SPX_IMAGE_CHANNELS];
        pixel_at(image, (uint32_t)(at % image->width), (uint32_t)(at / image->width), p);
        const float most = fmaxf(p[0], fmaxf(p[1], p[2]));
        const float least = fminf(p[0], fminf(p[1], p[2]));
        coloured += most - least > GREY_SPREAD;
    }
    return (double)coloured / (double)seen;
}

static float distance_sq(const float a[SPX_IMAGE_CHANNELS], const float b[SPX_IMAGE_CHANNELS])
{
    float sum = 0.0f;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

static int nearest_within(const curve *self, const float p[SPX_IMAGE_CHANNELS], int from, int to,
                          float *best_sq)
{
    int best = from;
    *best_sq = INFINITY;
    for (int i = from; i <= to; i++) {
        const float d = distance_sq(self->colors[i], p);
        if (d < *best_sq) {
            *best_sq = d;
            best = i;
        }
    }
    return best;
}

static void make_curve(curve *out, const table *from)
{
    for (int i = 0; i < STEPS; i++) {
        const float at = (float)i * (float)(KNOTS - 1) / (float)(STEPS - 1);
        const int knot = i == STEPS - 1 ? KNOTS - 2 : (int)at;
        const float part = at - (float)knot;
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const float a = (float)from->knots[knot][c];
            out->colors[i][c] = a + part * ((float)from->knots[knot + 1][c] - a);
        }
    }
    for (int r = 0; r < CELLS; r++) {
        for (int g = 0; g < CELLS; g++) {
            for (int b = 0; b < CELLS; b++) {
                const float centre[] = { (float)(r * CELL_PX + HALF_CELL_PX),
                                         (float)(g * CELL_PX + HALF_CELL_PX),
                                         (float)(b * CELL_PX + HALF_CELL_PX) };
                float ignored = 0.0f;
                out->nearest[r][g][b] =
                    (uint8_t)nearest_within(out, centre, 0, STEPS - 1, &ignored);
            }
        }
    }
}

/* Place on the curve; *off_sq: how far beside it the colour lies. */
static int place_of(const curve *self, const float p[SPX_IMAGE_CHANNELS], float *off_sq)
{
    const int cell[] = { (int)p[0] / CELL_PX, (int)p[1] / CELL_PX, (int)p[2] / CELL_PX };
    const int near_by = self->nearest[cell[0]][cell[1]][cell[2]];
    const int from = near_by > REACH ? near_by - REACH : 0;
    const int to = near_by + REACH < STEPS ? near_by + REACH : STEPS - 1;
    return nearest_within(self, p, from, to, off_sq);
}

/* How well the table explains the map: mean distance in levels, or infinity when it does not. */
static double misfit(const curve *self, const spx_image *image)
{
    const uint64_t pixels = (uint64_t)image->width * image->height;
    const uint64_t step = pixels / SAMPLES + 1;
    double sum = 0.0;
    uint64_t seen = 0;
    uint64_t far_off = 0;
    for (uint64_t at = 0; at < pixels; at += step, seen++) {
        float p[SPX_IMAGE_CHANNELS];
        float off_sq = 0.0f;
        pixel_at(image, (uint32_t)(at % image->width), (uint32_t)(at / image->width), p);
        (void)place_of(self, p, &off_sq);
        sum += sqrt((double)off_sq);
        far_off += off_sq > close_levels * close_levels;
    }
    return (double)far_off > most_far_off * (double)seen ? INFINITY : sum / (double)seen;
}

typedef struct decoding {
    const curve *curve;
    int far_to_near;
    const spx_image *image;
    spx_plane *plane;
} decoding;

static void decode_row(void *context, size_t index)
{
    const decoding *const self = context;
    const uint32_t y = (uint32_t)index;
    float *const out = spx_plane_row(self->plane, y);
    for (uint32_t x = 0; x < self->image->width; x++) {
        float p[SPX_IMAGE_CHANNELS];
        float ignored = 0.0f;
        pixel_at(self->image, x, y, p);
        const float place = (float)place_of(self->curve, p, &ignored) / (float)(STEPS - 1);
        out[x] = self->far_to_near ? place : 1.0f - place;
    }
}

spx_status spx_colour_map_decode(spx_plane **out, const char **table_name, const spx_image *image,
                                 const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    *table_name = NULL;
    int best = -1;
    double least = INFINITY;
    spx_status status = SPX_OK;
    curve *const curves = calloc(TABLES, sizeof(*curves));
    if (curves == NULL)
        return spx_fail_memory(diag, "depth map");
    for (int i = 0; i < TABLES; i++) {
        make_curve(&curves[i], &tables[i]);
        const double off = misfit(&curves[i], image);
        if (off < least) {
            least = off;
            best = i;
        }
    }
    if (best < 0)
        goto out;
    SPX_TRY_OUT(spx_plane_create(out, image->width, image->height, diag));
    decoding work = { &curves[best], tables[best].far_to_near, image, *out };
    SPX_TRY_OUT(spx_task_run(task, image->height, decode_row, &work, diag));
    *table_name = tables[best].name;
out:
    if (status != SPX_OK) {
        spx_plane_destroy(*out);
        *out = NULL;
    }
    free(curves);
    return status;
}

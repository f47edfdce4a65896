/*
 * Pictures that show many views at once, made of one call for each view: a quilt of views in rows,
 * and an interlaced picture for a sheet of lenses, whose stripes come from the view that the lens
 * shows there; with it the sheet that measures a printer's pitch.
 */
#include "scene/views.h"

#include "image/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN_EXTRA_PX = 4 /* the sampler's taps */, MOST_LENS_VIEWS = 64 };

static double outward_share(const spx_camera_row *row)
{
    return row->strength_pct / 200.0 * fmax(row->window, 1.0 - row->window);
}

uint32_t spx_camera_row_inset(const spx_camera_row *row, uint32_t width)
{
    return (uint32_t)ceil(outward_share(row) * width);
}

uint32_t spx_camera_row_padded(const spx_camera_row *row, uint32_t width)
{
    const double share = fmin(outward_share(row), 0.25);
    return width + 2 * (uint32_t)ceil(width * share / (1.0 - 2.0 * share));
}

spx_status spx_camera_row_cut(spx_scene *scene, spx_image *photo, const spx_plane *depth,
                              const spx_camera_row *row, const spx_task *task, spx_diag *diag)
{
    /* Scenes are cut at steps between depths that move, so something has to. */
    static const double least_shift_px = 0.01;
    const double shift = fmax(row->strength_pct / 200.0 * photo->width, least_shift_px);
    const spx_scene_options cut = { .shift_px = (float)shift,
                                    .margin =
                                        spx_camera_row_inset(row, photo->width) + MARGIN_EXTRA_PX };
    return spx_scene_init(scene, photo, depth, &cut, task, diag);
}

spx_status spx_camera_row_view(spx_image *view, const spx_scene *scene, const spx_camera_row *row,
                               double place, const spx_task *task, spx_diag *diag)
{
    uint64_t filled = 0;
    const spx_scene_camera camera = { .place = (float)place, .window = (float)row->window };
    const spx_task quiet = spx_task_quiet(task);
    return spx_scene_view(view, scene, &camera, &quiet, &filled, diag);
}

/* Copies the middle of a view to column x, row y. */
static void put_middle(const spx_image *to, uint32_t x, uint32_t y, const spx_image *view,
                       uint32_t width)
{
    const spx_image middle =
        spx_image_part(view, (view->width - width) / 2, 0, width, view->height);
    spx_image_put(to, x, y, &middle);
}

/* ---- quilt ---- */

// NOLINTNEXTLINE(readability-function-size): a photo, its cameras, the grid
spx_status spx_quilt_render(spx_image **out, spx_image *photo, const spx_plane *depth,
                            const spx_camera_row *row, const spx_quilt *quilt, const spx_task *task,
                            spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_scene scene = { 0 };
    spx_image *tile = NULL;
    spx_image *whole = NULL;
    const uint32_t count = quilt->columns * quilt->rows;
    *out = NULL;
    SPX_TRY_OUT(spx_camera_row_cut(&scene, photo, depth, row, task, diag));
    SPX_TRY_OUT(spx_image_create(&tile, photo->width, photo->height, photo->bits, diag));
    SPX_TRY_OUT(spx_image_create(&whole, quilt->tile_width * quilt->columns,
                                 photo->height * quilt->rows, photo->bits, diag));
    for (uint32_t i = 0; i < count; i++) {
        const double place = count == 1 ? 0.0 : 2.0 * i / (count - 1) - 1.0;
        SPX_TRY_OUT(spx_camera_row_view(tile, &scene, row, place, task, diag));
        put_middle(whole, i % quilt->columns * quilt->tile_width,
                   (quilt->rows - 1 - i / quilt->columns) * photo->height, tile, quilt->tile_width);
        spx_task_progress(task, (double)(i + 1) / count);
    }
    *out = whole;
    whole = NULL; /* moved to the caller */
out:
    spx_scene_clear(&scene);
    spx_image_unref(tile);
    spx_image_unref(whole);
    return status;
}

/* ---- lenticular ---- */

uint32_t spx_lenticular_views(const spx_lenticular *sheet)
{
    const double stripes = floor(sheet->dots_per_inch / sheet->lenses_per_inch + 0.5);
    return stripes < 2.0 ? 2 : (stripes > MOST_LENS_VIEWS ? MOST_LENS_VIEWS : (uint32_t)stripes);
}

/* Where a column lies behind its lens, 0..1 from left to right. */
static double behind_lens(uint32_t x, double lenses_per_inch, double dots_per_inch)
{
    const double lenses = (x + 0.5) * lenses_per_inch / dots_per_inch;
    return lenses - floor(lenses);
}

static uint32_t lens_number(const spx_lenticular *sheet, uint32_t x)
{
    return (uint32_t)((x + 0.5) * sheet->lenses_per_inch / sheet->dots_per_inch);
}

/* What a lens shows of a view: behind it lies one column of it, as wide as the lens. */
typedef struct lens {
    double left; /* in columns of the view */
    double right;
} lens;

/* A sheet that is woven from views. */
typedef struct weaving {
    const spx_lenticular *sheet;
    const spx_image *view;
    spx_image *narrow; /* a column for each lens, the view's rows */
    spx_image *whole;
} weaving;

static lens lens_at(const weaving *self, uint32_t number)
{
    const spx_lenticular *const sheet = self->sheet;
    const double lens_px = sheet->dots_per_inch / sheet->lenses_per_inch;
    const double scale = (double)self->view->width / sheet->width;
    const double middle = (number + 0.5) * lens_px * scale;
    const double half = fmax(lens_px * scale, 1.0) / 2.0;
    return (lens){ .left = middle - half, .right = middle + half };
}

/* The mean of what a lens covers. */
static void narrow_lens(const weaving *self, uint32_t number)
{
    const spx_image *const view = self->view;
    const lens one = lens_at(self, number);
    const int64_t first = (int64_t)floor(one.left);
    const int64_t last = (int64_t)ceil(one.right) - 1;
    for (uint32_t y = 0; y < view->height; y++) {
        const uint8_t *const row = spx_image_row8(view, y);
        uint8_t *const out = spx_image_row8(self->narrow, y) + (size_t)SPX_IMAGE_CHANNELS * number;
        double sum[SPX_IMAGE_CHANNELS] = { 0.0 };
        for (int64_t x = first; x <= last; x++) {
            const double share = fmin((double)x + 1.0, one.right) - fmax((double)x, one.left);
            const int64_t column = x < 0 ? 0 : (x >= view->width ? view->width - 1 : x);
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
                sum[c] += share * row[SPX_IMAGE_CHANNELS * (size_t)column + c];
        }
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
            out[c] = (uint8_t)(sum[c] / (one.right - one.left) + 0.5);
    }
}

/* Catmull and Rom's cubic between four rows. */
typedef struct between {
    const uint8_t *rows[4];
    float shares[4];
} between;

static between rows_at(const spx_image *from, double y)
{
    const double begin = floor(y);
    const float t = (float)(y - begin);
    between found = { .shares = { t * (-0.5F + t * (1.0F - 0.5F * t)),
                                  1.0F + t * t * (1.5F * t - 2.5F),
                                  t * (0.5F + t * (2.0F - 1.5F * t)), t * t * (0.5F * t - 0.5F) } };
    for (int k = 0; k < 4; k++) {
        const double row = fmin(fmax(begin + k - 1, 0.0), from->height - 1.0);
        found.rows[k] = spx_image_row8(from, (uint32_t)row);
    }
    return found;
}

/* Puts what the lenses show of a view into its stripes. */
static void weave(const weaving *self, const uint8_t *stripe, uint32_t wanted)
{
    const spx_lenticular *const sheet = self->sheet;
    const double scale = (double)self->narrow->height / sheet->height;
    for (uint32_t k = 0; k < self->narrow->width; k++)
        narrow_lens(self, k);
    for (uint32_t y = 0; y < sheet->height; y++) {
        const between from = rows_at(self->narrow, (y + 0.5) * scale - 0.5);
        uint8_t *const out = spx_image_row8(self->whole, y);
        for (uint32_t x = 0; x < sheet->width; x++) {
            if (stripe[x] != wanted)
                continue;
            const size_t at = (size_t)SPX_IMAGE_CHANNELS * lens_number(sheet, x);
            for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
                float sum = 0.5F;
                for (int k = 0; k < 4; k++)
                    sum += from.shares[k] * (float)from.rows[k][at + c];
                out[(size_t)SPX_IMAGE_CHANNELS * x + c] =
                    (uint8_t)fminf(fmaxf(sum, 0.0F), (float)UINT8_MAX);
            }
        }
    }
}

// NOLINTNEXTLINE(readability-function-size): a photo, its cameras, the lenses
spx_status spx_lenticular_render(spx_image **out, spx_image *photo, const spx_plane *depth,
                                 const spx_camera_row *row, const spx_lenticular *sheet,
                                 const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_scene scene = { 0 };
    spx_image *view = NULL;
    weaving self = { .sheet = sheet };
    const uint32_t views = spx_lenticular_views(sheet);
    const uint32_t lenses = lens_number(sheet, sheet->width - 1) + 1;
    *out = NULL;
    uint8_t *const stripe = calloc(sheet->width, 1);
    if (stripe == NULL) {
        status = spx_fail_memory(diag, "stripes");
        goto out;
    }
    for (uint32_t x = 0; x < sheet->width; x++) {
        const double behind = behind_lens(x, sheet->lenses_per_inch, sheet->dots_per_inch);
        stripe[x] = (uint8_t)(views - 1 - (uint32_t)(behind * views));
    }
    SPX_TRY_OUT(spx_camera_row_cut(&scene, photo, depth, row, task, diag));
    SPX_TRY_OUT(spx_image_create(&view, photo->width, photo->height, 8, diag));
    SPX_TRY_OUT(spx_image_create(&self.narrow, lenses, photo->height, 8, diag));
    SPX_TRY_OUT(spx_image_create(&self.whole, sheet->width, sheet->height, 8, diag));
    self.view = view;
    for (uint32_t i = 0; i < views; i++) {
        SPX_TRY_OUT(
            spx_camera_row_view(view, &scene, row, 2.0 * i / (views - 1) - 1.0, task, diag));
        weave(&self, stripe, i);
        spx_task_progress(task, (double)(i + 1) / views);
    }
    *out = self.whole;
    self.whole = NULL; /* moved to the caller */
out:
    free(stripe);
    spx_scene_clear(&scene);
    spx_image_unref(view);
    spx_image_unref(self.narrow);
    spx_image_unref(self.whole);
    return status;
}

/* ---- pitch sheet ---- */

enum { GLYPH_COLUMNS = 3, GLYPH_ROWS = 5, GLYPH_ADVANCE = 4, LABEL_SIZE = 16, BANDS = 21 };

/* Digits and the point, rows from top to bottom, three bits each. */
static const uint8_t glyphs[][GLYPH_ROWS] = {
    { 7, 5, 5, 5, 7 }, { 2, 6, 2, 2, 7 }, { 7, 1, 7, 4, 7 }, { 7, 1, 7, 1, 7 },
    { 5, 5, 7, 1, 1 }, { 7, 4, 7, 1, 7 }, { 7, 4, 7, 5, 7 }, { 7, 1, 1, 1, 1 },
    { 7, 5, 7, 5, 7 }, { 7, 5, 7, 1, 7 }, { 0, 0, 0, 0, 2 },
};
enum { GLYPH_POINT = 10 };

static void paint(const spx_image *image, uint32_t x, uint32_t y, uint8_t level)
{
    if (x >= image->width || y >= image->height)
        return;
    memset(spx_image_row8(image, y) + (size_t)SPX_IMAGE_CHANNELS * x, level, SPX_IMAGE_CHANNELS);
}

static void draw_glyph(const spx_image *image, uint32_t x, uint32_t y, uint32_t dot, size_t glyph)
{
    for (uint32_t v = 0; v < GLYPH_ROWS * dot; v++) {
        for (uint32_t u = 0; u < GLYPH_COLUMNS * dot; u++) {
            const unsigned bit = 1U << (GLYPH_COLUMNS - 1 - u / dot);
            if (glyphs[glyph][v / dot] & bit)
                paint(image, x + u, y + v, 0);
        }
    }
}

static void draw_label(const spx_image *image, uint32_t y, uint32_t dot, double value)
{
    char text[LABEL_SIZE];
    (void)snprintf(text, sizeof(text), "%.2f", value);
    for (uint32_t i = 0; text[i] != '\0'; i++) {
        const size_t glyph =
            text[i] >= '0' && text[i] <= '9' ? (size_t)(text[i] - '0') : (size_t)GLYPH_POINT;
        draw_glyph(image, (i + 1) * GLYPH_ADVANCE * dot, y, dot, glyph);
    }
}

spx_status spx_pitch_sheet_draw(spx_image **out, const spx_lenticular *sheet, uint32_t width,
                                uint32_t height, spx_diag *diag)
{
    /* Sheets differ from what is written on them, and printers from theirs, by about a hundredth.
     */
    static const double span = 0.02;
    enum { LABEL_CHARACTERS = 8 };
    SPX_TRY(spx_image_create(out, width, height, 8, diag));
    const spx_image *const image = *out;
    const uint32_t band_rows = height / BANDS < 1 ? 1 : height / BANDS;
    const uint32_t by_width = width / (LABEL_CHARACTERS * GLYPH_ADVANCE * 6);
    const uint32_t by_height = band_rows / (GLYPH_ROWS + 2);
    const uint32_t dot = by_width < by_height ? by_width : by_height;
    const uint32_t label_end = LABEL_CHARACTERS * GLYPH_ADVANCE * dot;
    for (uint32_t y = 0; y < height; y++)
        memset(spx_image_row8(image, y), UINT8_MAX, (size_t)SPX_IMAGE_CHANNELS * width);
    for (uint32_t band = 0; band < BANDS; band++) {
        const double share = 2.0 * band / (BANDS - 1) - 1.0;
        const double lenses = sheet->lenses_per_inch * (1.0 + span / 2.0 * share);
        const uint32_t first = band * band_rows;
        for (uint32_t y = first + band_rows / 8; y < first + band_rows; y++) {
            for (uint32_t x = label_end; x < width; x++) {
                if (behind_lens(x, lenses, sheet->dots_per_inch) < 0.5)
                    paint(image, x, y, 0);
            }
        }
        if (dot > 0)
            draw_label(image, first + band_rows / 2 - GLYPH_ROWS * dot / 2, dot, lenses);
    }
    return SPX_OK;
}

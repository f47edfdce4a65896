#include "spx/compare.h"
#include "base/intops.h"

#include "base/file.h"
#include "base/sized.h"
#include "codec/image_write.h"
#include "image/image.h"
#include "pipeline/comfort.h"
#include "pipeline/compare_places.h"
#include "pipeline/engine.h"
#include "pipeline/photo_depth.h"
#include "pipeline/photo_input.h"
#include "pipeline/stereo.h"

#include <string.h>

enum {
    MAX_PLACES = 8,
    LEAST_CROP_PX = 32,
    MOST_CROP_PX = 1024,
    MAX_ROWS = 64,
    GAP_PX = 4, /* between the eyes of a place; twice that between places and rows */
    GAP_LEVEL = 255,
    PNG_QUALITY = 100,
};

static const double hfov_deg = 60.0; /* where the photo does not say */

typedef struct comparison {
    const spx_compare_options *options;
    const spx_task *task;
    spx_photo photo;
    spx_photo_depth depth;
    spx_compare_place places[MAX_PLACES];
    uint32_t place_count;
    uint32_t crop_width;
    uint32_t crop_height;
    spx_image *sheet;
} comparison;

static void set_defaults(spx_compare_options *options)
{
    *options = (spx_compare_options){ .places = 3, .crop_px = 256, .path = "compare.png" };
    options->size = sizeof(*options);
}

void spx_compare_options_init_sized(spx_compare_options *options, size_t size)
{
    spx_compare_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

size_t spx_compare_row_count(const spx_compare_options *options)
{
    return options->strength_count * options->convergence_count;
}

static spx_status check(const spx_compare_options *options, spx_diag *diag)
{
    const size_t rows = spx_compare_row_count(options);
    if (rows == 0 || rows > MAX_ROWS)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "compare: %zu rows, not 1..%d", rows, MAX_ROWS);
    if (options->places < 1 || options->places > MAX_PLACES) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "compare: %u places, not 1..%d", options->places,
                        MAX_PLACES);
    }
    if (options->crop_px < LEAST_CROP_PX || options->crop_px > MOST_CROP_PX) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "compare: crops of %u px, not %d..%d",
                        options->crop_px, LEAST_CROP_PX, MOST_CROP_PX);
    }
    return SPX_OK;
}

static spx_status create_sheet(comparison *self, spx_diag *diag)
{
    const spx_image *const photo = self->photo.image;
    self->crop_width = spx_min_u32(self->options->crop_px, photo->width);
    self->crop_height = spx_min_u32(self->options->crop_px, photo->height);
    self->place_count = spx_compare_places_find(
        self->depth.map, self->crop_width, self->crop_height, self->options->places, self->places);
    const uint32_t rows = (uint32_t)spx_compare_row_count(self->options);
    const uint32_t place_width = 2 * self->crop_width + GAP_PX;
    const uint32_t width = self->place_count * (place_width + 2 * GAP_PX) - 2 * GAP_PX;
    const uint32_t height = rows * (self->crop_height + 2 * GAP_PX) - 2 * GAP_PX;
    SPX_TRY(spx_image_create(&self->sheet, width, height, photo->bits, diag));
    memset(self->sheet->pixels, GAP_LEVEL, self->sheet->stride_bytes * height);
    return SPX_OK;
}

static void paste(const comparison *self, const spx_image *eye, uint32_t place, int right,
                  uint32_t row)
{
    const uint32_t x =
        place * (2 * self->crop_width + 3 * GAP_PX) + (right ? self->crop_width + GAP_PX : 0);
    const uint32_t y = row * (self->crop_height + 2 * GAP_PX);
    const spx_compare_place from = self->places[place];
    const spx_image part = spx_image_part(eye, from.x, from.y, self->crop_width, self->crop_height);
    spx_image_put(self->sheet, x, y, &part);
}

static spx_status add_row(comparison *self, uint32_t index, spx_compare_row *row, spx_diag *diag)
{
    const spx_stereo_options options = { .strength_pct = row->strength_pct,
                                         .convergence = row->convergence,
                                         .exact = self->depth.exact };
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_stereo_stats stats;
    SPX_TRY(spx_stereo_render(self->photo.image, self->depth.map, &options, self->task, &left,
                              &right, &stats, diag));
    for (uint32_t place = 0; place < self->place_count; place++) {
        paste(self, left, place, 0, index);
        paste(self, right, place, 1, index);
    }
    const spx_comfort_view view = { .strength_pct = row->strength_pct,
                                    .convergence = row->convergence,
                                    .hfov_deg = hfov_deg,
                                    .filled_share = stats.filled_share };
    spx_comfort_measure(self->depth.map, &view, &row->comfort);
    spx_image_unref(left);
    spx_image_unref(right);
    return SPX_OK;
}

static spx_status write_sheet(const comparison *self, const char *path, spx_diag *diag)
{
    const spx_image_extras extras = { .icc = &self->photo.icc };
    spx_bytes png = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_write(&png, self->sheet, SPX_IMAGE_TYPE_PNG, PNG_QUALITY, &extras,
                                self->task, diag));
    SPX_TRY_OUT(spx_file_write(path, png.data, png.size, diag));
out:
    spx_bytes_clear(&png);
    return status;
}

static void report(const spx_watch *watch, spx_stage stage, double fraction)
{
    if (watch != NULL && watch->progress != NULL)
        watch->progress(watch->user, stage, fraction);
}

static spx_status add_rows(comparison *self, const spx_watch *watch, spx_compare_row *rows,
                           spx_diag *diag)
{
    static const double before = 0.3; /* of the whole: reading and depth */
    const spx_compare_options *const options = self->options;
    uint32_t index = 0;
    for (size_t s = 0; s < options->strength_count; s++) {
        for (size_t c = 0; c < options->convergence_count; c++, index++) {
            const double done = (double)index / (double)spx_compare_row_count(options);
            report(watch, SPX_STAGE_STEREO, before + (1.0 - before) * done);
            rows[index] = (spx_compare_row){ .strength_pct = options->strengths_pct[s],
                                             .convergence = options->convergences[c] };
            SPX_TRY(add_row(self, index, &rows[index], diag));
        }
    }
    return SPX_OK;
}

spx_status spx_compare(spx_engine *engine, const spx_input *input,
                       const spx_compare_options *options, const spx_watch *watch,
                       spx_compare_row *rows, spx_diag *diag)
{
    spx_compare_options wanted;
    set_defaults(&wanted);
    SPX_TRY(spx_sized_take(&wanted, options, offsetof(spx_compare_options, path),
                           "the options of comparing", diag));
    options = &wanted;
    SPX_TRY(check(options, diag));
    spx_status status = SPX_OK;
    const spx_task task = { .pool = spx_engine_pool(engine),
                            .cancel = watch == NULL ? NULL : watch->cancel };
    const spx_depth_request request = { .model = options->model, .detail = SPX_DETAIL_NORMAL };
    comparison self = { .options = options, .task = &task };
    report(watch, SPX_STAGE_READ, 0.0);
    SPX_TRY_OUT(spx_input_read(&self.photo, input, spx_engine_limits(engine), &task, diag));
    report(watch, SPX_STAGE_DEPTH, 0.1);
    SPX_TRY_OUT(spx_photo_depth_find(engine, &self.photo, &request, &task, &self.depth, diag));
    SPX_TRY_OUT(create_sheet(&self, diag));
    SPX_TRY_OUT(add_rows(&self, watch, rows, diag));
    SPX_TRY_OUT(write_sheet(&self, options->path, diag));
    report(watch, SPX_STAGE_WRITE, 1.0);
out:
    spx_photo_clear(&self.photo);
    spx_photo_depth_clear(&self.depth);
    spx_image_unref(self.sheet);
    return status;
}

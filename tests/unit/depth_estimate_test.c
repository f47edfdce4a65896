#include "test_support.h"

#include "base/order.h"
#include "base/pool.h"
#include "codec/photo_read.h"
#include "codec/plane_read.h"
#include "depth/estimate.h"
#include "depth/level_blend.h"
#include "depth/refine.h"
#include "depth_measure.h"
#include "image/image.h"
#include "image/plane_blur.h"
#include "image/plane_resample.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static spx_depth_model *open_model(void)
{
    char path[4096];
    spx_depth_model *model = NULL;
    (void)snprintf(path, sizeof(path), "%s/spx-lite.safetensors",
                   getenv("SPX_MODEL_DIR")); // NOLINT(concurrency-mt-unsafe)
    assert_int_equal(spx_depth_model_open(&model, path, NULL, NULL), SPX_OK);
    return model;
}

static spx_image *read_photo(const char *name)
{
    spx_limits limits;
    spx_photo photo = { 0 };
    spx_bytes bytes = test_data_read(name);
    spx_limits_init(&limits);
    assert_int_equal(spx_photo_read(&photo, bytes.data, bytes.size, name, &limits, NULL, NULL),
                     SPX_OK);
    spx_image *const image = spx_image_ref(photo.image);
    spx_photo_clear(&photo);
    spx_bytes_clear(&bytes);
    return image;
}

static spx_plane *read_disparity(const char *name)
{
    spx_limits limits;
    spx_plane *plane = NULL;
    spx_bytes bytes = test_data_read(name);
    spx_limits_init(&limits);
    assert_int_equal(spx_plane_read(&plane, bytes.data, bytes.size, name, &limits, NULL, NULL),
                     SPX_OK);
    spx_bytes_clear(&bytes);
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            float *const at = &spx_plane_row(plane, y)[x];
            *at = *at > 0.0F ? *at : NAN;
        }
    }
    return plane;
}

static spx_plane *estimate(spx_depth_model *model, const spx_image *photo, spx_detail detail,
                           uint32_t size, unsigned threads)
{
    const spx_estimate_options options = { .size = size, .detail = detail };
    spx_plane *map = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
    if (spx_depth_estimate(model, photo, &options, &(spx_task){ .pool = pool }, &map, &diag) !=
        SPX_OK)
        fail_msg("%s", diag.text);
    spx_pool_destroy(pool);
    return map;
}

/* What was heard of a map before the finest level. */
typedef struct heard {
    int count;
    uint32_t width;
    uint32_t height;
    float sum;
} heard;

static spx_status hear(void *user, spx_plane *map, const spx_task *task, spx_diag *diag)
{
    heard *const self = user;
    (void)task;
    (void)diag;
    self->count++;
    self->width = map->width;
    self->height = map->height;
    for (uint32_t x = 0; x < map->width; x++)
        self->sum += spx_plane_row(map, 0)[x];
    return SPX_OK;
}

static spx_status refuse(void *user, spx_plane *map, const spx_task *task, spx_diag *diag)
{
    (void)user;
    (void)map;
    (void)task;
    return spx_fail(diag, SPX_ERR_IO, "not now");
}

/* Somebody who does not want to wait hears once, before the finest level; never without a map. */
static void tells_of_a_first_map(void **state)
{
    (void)state;
    spx_depth_model *const model = open_model();
    spx_image *const photo = read_photo("photos/orchid.jpg");
    static const spx_detail details[] = { SPX_DETAIL_FAST, SPX_DETAIL_NORMAL };
    for (size_t i = 0; i < 2; i++) {
        heard first = { 0 };
        spx_plane *map = NULL;
        const spx_estimate_options options = {
            .size = 128, .detail = details[i], .first = hear, .user = &first
        };
        assert_int_equal(spx_depth_estimate(model, photo, &options, NULL, &map, NULL), SPX_OK);
        assert_int_equal(first.count, 1);
        if (details[i] == SPX_DETAIL_FAST) {
            float sum = 0.0F;
            for (uint32_t x = 0; x < map->width; x++)
                sum += spx_plane_row(map, 0)[x];
            assert_int_equal(first.width, map->width);
            assert_true(first.sum == sum); /* the very values */
        } else {
            assert_in_range(first.width, 64, map->width - 1);
            assert_in_range(first.height, 32, map->height - 1);
        }
        spx_plane_destroy(map);
    }
    spx_plane *map = NULL;
    spx_diag diag = { 0 };
    const spx_estimate_options refused = { .size = 128, .first = refuse };
    assert_int_equal(spx_depth_estimate(model, photo, &refused, NULL, &map, &diag), SPX_ERR_IO);
    assert_null(map);
    assert_string_equal(diag.text, "not now");
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

/* The gate: edges where the true pair has them, and no error added by refining. */
static void the_motorcycle_has_edges(spx_detail detail, const depth_scores *gate)
{
    spx_depth_model *const model = open_model();
    spx_image *const photo = read_photo("photos/motorcycle_left.png");
    spx_plane *const truth = read_disparity("photos/motorcycle_disparity.png");
    spx_plane *refined = NULL;

    spx_plane *const map = estimate(model, photo, detail, 0, 2);
    spx_depth_normalise(map);
    assert_int_equal(spx_depth_refine(map, photo, SPX_DEPTH_OF_NETWORK, NULL, &refined, NULL),
                     SPX_OK);

    const depth_scores before = measure_depth(map, truth);
    const depth_scores after = measure_depth(refined, truth);
    print_message("recall %.3f, precision %.3f, error %.2f %% (before refining %.2f %%)\n",
                  after.recall, after.precision, after.error, before.error);
    assert_true(after.recall >= gate->recall);
    assert_true(after.precision >= gate->precision);
    assert_true(after.error <= gate->error);
    assert_true(after.error <= before.error);
    spx_plane_destroy(refined);
    spx_plane_destroy(map);
    spx_plane_destroy(truth);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

static void the_motorcycle_has_its_edges(void **state)
{
    (void)state;
    the_motorcycle_has_edges(SPX_DETAIL_NORMAL, &(depth_scores){ 0.38, 0.60, .error = 11.8 });
    the_motorcycle_has_edges(SPX_DETAIL_FAST, &(depth_scores){ 0.33, 0.62, .error = 11.59 });
}

static void threads_do_not_change_the_map(void **state)
{
    (void)state;
    spx_depth_model *const model = open_model();
    spx_image *const photo = read_photo("photos/pagoda.jpg");
    spx_plane *const one = estimate(model, photo, SPX_DETAIL_FINE, 160, 1);
    spx_plane *const three = estimate(model, photo, SPX_DETAIL_FINE, 160, 3);

    assert_int_equal(one->width, three->width);
    for (uint32_t y = 0; y < one->height; y++)
        assert_memory_equal(spx_plane_row(one, y), spx_plane_row(three, y),
                            one->width * sizeof(float));
    spx_plane_destroy(one);
    spx_plane_destroy(three);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

/* Levels are chosen from the photo's size: none is larger than twice the photo. */
static void small_photos_have_fewer_levels(void **state)
{
    (void)state;
    static const struct {
        uint32_t photo[2];
        spx_detail detail;
        uint32_t map[2];
    } cases[] = {
        { { 200, 150 }, SPX_DETAIL_FAST, { 192, 144 } },
        { { 200, 150 }, SPX_DETAIL_FINE, { 192, 144 } },
        { { 320, 240 }, SPX_DETAIL_FINE, { 320, 240 } },
        { { 1, 1 }, SPX_DETAIL_FINE, { 192, 192 } },
        { { 900, 17 }, SPX_DETAIL_FINE, { 768, 16 } },
    };
    spx_depth_model *const model = open_model();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_image *photo = NULL;
        assert_int_equal(spx_image_create(&photo, cases[i].photo[0], cases[i].photo[1], 8, NULL),
                         SPX_OK);
        for (uint32_t y = 0; y < photo->height; y++) {
            for (uint32_t x = 0; x < 3 * photo->width; x++)
                spx_image_row8(photo, y)[x] = (uint8_t)(x * 7 + y * 13);
        }
        spx_plane *const map = estimate(model, photo, cases[i].detail, 0, 2);
        assert_int_equal(map->width, cases[i].map[0]);
        assert_int_equal(map->height, cases[i].map[1]);
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
    spx_depth_model_close(model);
}

static void stop_after_a_third(void *user, double fraction)
{
    if (fraction > 0.3)
        spx_cancel_request(user);
}

static void stops_between_tiles(void **state)
{
    (void)state;
    spx_depth_model *const model = open_model();
    spx_image *const photo = read_photo("photos/pagoda.jpg");
    const spx_estimate_options options = { .size = 160, .detail = SPX_DETAIL_FINE };
    spx_cancel *cancel = NULL;
    spx_plane *map = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_task task = { .cancel = cancel, .progress = stop_after_a_third, .user = cancel };

    assert_int_equal(spx_depth_estimate(model, photo, &options, &task, &map, NULL),
                     SPX_ERR_CANCELLED);

    assert_null(map);
    spx_cancel_destroy(cancel);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

/* How much a map bends along its rows at a column, edges left out: mean second difference, of the
 * map's range. */
static double bend_at(const spx_plane *map, uint32_t x)
{
    enum { REACH = 3 };
    static const double edge = 0.02;
    double sum = 0;
    double count = 0;
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        const double bend = fabs((double)row[x - REACH] - 2.0 * row[x] + row[x + REACH]);
        sum += bend < edge ? bend : 0.0;
        count += bend < edge;
    }
    return sum / fmax(count, 1.0);
}

/* 1536 pixels are four tiles of 480, whose fades begin and end at known columns: the map bends no
 * more there than elsewhere. */
static void tiles_leave_no_seam(void **state)
{
    (void)state;
    enum { FADES = 6, FROM = 16, WIDTH = 768 };
    static const uint32_t fades[FADES] = { 176, 240, 352, 416, 528, 592 };
    static double bends[WIDTH];
    double at_fades = 0;
    spx_depth_model *const model = open_model();
    spx_image *const photo = read_photo("photos/flower_garden.jpg");
    spx_plane *const map = estimate(model, photo, SPX_DETAIL_FINE, 0, 2);
    assert_int_equal(map->width, WIDTH);

    spx_depth_normalise(map);
    for (uint32_t x = FROM; x < WIDTH - FROM; x++)
        bends[x - FROM] = bend_at(map, x);
    for (size_t i = 0; i < FADES; i++)
        at_fades += bend_at(map, fades[i]) / FADES;

    qsort(bends, WIDTH - 2 * FROM, sizeof(*bends), spx_order_double);
    const double usual = bends[WIDTH / 2 - FROM];
    print_message("bends by %.5f where tiles fade, by %.5f elsewhere\n", at_fades, usual);
    assert_true(at_fades < 2.0 * usual);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

/* ---- joining ---- */

enum { COARSE = 64, FINE = 256 };

static spx_plane *make_plane(uint32_t side)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, side, side, NULL), SPX_OK);
    return plane;
}

/* A disc with an edge `soft` of the side wide, before a slope. */
static spx_plane *make_disc(uint32_t side, double soft, double scale, double shift)
{
    spx_plane *const plane = make_plane(side);
    for (uint32_t y = 0; y < side; y++) {
        for (uint32_t x = 0; x < side; x++) {
            const double u = (x + 0.5) / side - 0.5;
            const double v = (y + 0.5) / side - 0.5;
            const double inside = fmin(fmax(0.5 + (0.25 - hypot(u, v)) / soft, 0.0), 1.0);
            spx_plane_row(plane, y)[x] = (float)(scale * (0.3 * v + inside) + shift);
        }
    }
    return plane;
}

static void fill(const spx_plane *plane, uint32_t from_x, float value)
{
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = from_x; x < plane->width; x++)
            spx_plane_row(plane, y)[x] = value;
    }
}

/* How steep a row of the disc is at most, on its left or right side. */
static double steepest(const spx_plane *plane, int right)
{
    const float *const row = spx_plane_row(plane, plane->height / 2);
    const uint32_t half = plane->width / 2;
    double most = 0;
    for (uint32_t x = right ? half + half / 4 : 1; x < (right ? plane->width : half); x++)
        most = fmax(most, fabs((double)row[x] - row[x - 1]));
    return most;
}

/* What a finer level hands on: a disc of another scale and shift, run from column 0 up to `end`. */
static spx_tiled_map make_level(double scale, double shift, uint32_t end)
{
    const spx_tiled_map level = { .values = make_disc(FINE, 0.01, scale, shift),
                                  .details = make_disc(FINE, 0.01, scale, shift),
                                  .share = make_plane(FINE) };
    fill(level.share, 0, 1.0F);
    fill(level.share, end, 0.0F);
    assert_int_equal(spx_plane_blur(level.details, FINE / 24.0, NULL), SPX_OK);
    for (uint32_t y = 0; y < FINE; y++) {
        for (uint32_t x = 0; x < FINE; x++) {
            const float low = spx_plane_row(level.details, y)[x];
            spx_plane_row(level.details, y)[x] = spx_plane_row(level.values, y)[x] - low;
        }
    }
    return level;
}

/* A level of other scale and shift sharpens the edge, where it was run, and moves nothing. */
static void a_level_brings_edges_and_no_distance(void **state)
{
    (void)state;
    spx_plane *const base = make_disc(COARSE, 0.15, 1.0, 0.0);
    spx_tiled_map level = make_level(5.0, -3.0, FINE / 2);
    spx_plane *map = NULL;

    assert_int_equal(spx_depth_blend_level(base, &level, base, 1.0 / 24.0, &map, NULL), SPX_OK);

    assert_int_equal(map->width, FINE);
    print_message("steepest: %.3f where the level was run, %.3f elsewhere\n", steepest(map, 0),
                  steepest(map, 1));
    assert_true(steepest(map, 0) > 0.2);
    assert_true(steepest(map, 1) < 0.04);
    assert_true(fabsf(spx_plane_row(map, FINE / 2)[FINE / 2 - 20] - 1.0F) < 0.1F);
    assert_true(fabsf(spx_plane_row(map, FINE / 2)[10]) < 0.1F);
    spx_plane_destroy(map);
    spx_plane_destroy(base);
    spx_tiled_map_clear(&level);
}

static void a_level_of_something_else_adds_nothing(void **state)
{
    (void)state;
    spx_plane *const base = make_disc(COARSE, 0.15, 1.0, 0.0);
    spx_tiled_map level = make_level(-2.0, 1.0, FINE);
    spx_plane *map = NULL;

    assert_int_equal(spx_depth_blend_level(base, &level, base, 1.0 / 24.0, &map, NULL), SPX_OK);

    assert_true(steepest(map, 0) < 0.04);
    spx_plane_destroy(map);
    spx_plane_destroy(base);
    spx_tiled_map_clear(&level);
}

/* What the coarsest map allows around a spot has soft sides: those of its windows are no thing's.
 */
static void a_bound_has_no_hard_sides(void **state)
{
    (void)state;
    static const float far_above = 10.0F;
    spx_plane *const base = make_plane(COARSE);
    spx_tiled_map level = { .details = make_plane(FINE), .share = make_plane(FINE) };
    spx_plane *map = NULL;
    float steepest_px = 0.0F;
    float highest = 0.0F;
    fill(base, 0, 0.0F);
    spx_plane_row(base, COARSE / 2)[COARSE / 2] = 1.0F;
    assert_int_equal(spx_plane_resample(&level.values, base, FINE, FINE, NULL), SPX_OK);
    fill(level.details, 0, far_above);
    fill(level.share, 0, 1.0F);

    assert_int_equal(spx_depth_blend_level(base, &level, base, 1.0 / 24.0, &map, NULL), SPX_OK);

    for (uint32_t y = 0; y < FINE; y++) {
        const float *const row = spx_plane_row(map, y);
        for (uint32_t x = 1; x < FINE; x++) {
            steepest_px = fmaxf(steepest_px, fabsf(row[x] - row[x - 1]));
            highest = fmaxf(highest, row[x]);
        }
    }
    print_message("the bound's sides: %.3f a pixel, its top %.2f\n", (double)steepest_px,
                  (double)highest);
    assert_true(highest > 0.7F && highest < 1.1F); /* a square of 1, rounded off */
    assert_true(steepest_px < 0.12F);              /* 0.25 as they were */
    spx_plane_destroy(map);
    spx_plane_destroy(base);
    spx_tiled_map_clear(&level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_of_a_first_map),
        cmocka_unit_test(the_motorcycle_has_its_edges),
        cmocka_unit_test(threads_do_not_change_the_map),
        cmocka_unit_test(small_photos_have_fewer_levels),
        cmocka_unit_test(stops_between_tiles),
        cmocka_unit_test(tiles_leave_no_seam),
        cmocka_unit_test(a_level_brings_edges_and_no_distance),
        cmocka_unit_test(a_level_of_something_else_adds_nothing),
        cmocka_unit_test(a_bound_has_no_hard_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

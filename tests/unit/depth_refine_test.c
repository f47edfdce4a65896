#include "test_support.h"

#include "depth/refine.h"

#include "base/pool.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_WIDTH = 48, MAP_HEIGHT = 32, SCALE = 8 };
enum { WIDTH = MAP_WIDTH * SCALE, HEIGHT = MAP_HEIGHT * SCALE };

static const float far_depth = 0.2f;
static const float near_depth = 0.8f;

static spx_plane *make_plane(uint32_t width, uint32_t height)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, width, height, NULL), SPX_OK);
    return plane;
}

static spx_image *make_photo(uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, width, height, bits, NULL), SPX_OK);
    memset(photo->pixels, 0, photo->stride_bytes * height);
    return photo;
}

static spx_plane *refine_of(const spx_plane *map, const spx_image *photo, spx_depth_origin origin,
                            unsigned threads)
{
    spx_plane *out = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
    if (spx_depth_refine(map, photo, origin, &(spx_task){ .pool = pool }, &out, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_pool_destroy(pool);
    assert_int_equal(out->width, photo->width);
    assert_int_equal(out->height, photo->height);
    return out;
}

static spx_plane *refine(const spx_plane *map, const spx_image *photo, unsigned threads)
{
    return refine_of(map, photo, SPX_DEPTH_OF_NETWORK, threads);
}

/* Where the slanted edge of the scene crosses a row of the photo. */
static double edge_at(uint32_t y)
{
    return WIDTH * 0.45 + y * 0.21;
}

/* Noise of -1..1 that is the same every time. */
static double noise(uint32_t x, uint32_t y)
{
    const uint32_t mixed = (x * 374761393u + y * 668265263u) * 2246822519u;
    return (double)(mixed >> 16) / 32767.5 - 1.0;
}

/* Left of the edge green, right of it red; both with noise. */
static spx_image *make_scene(uint32_t bits)
{
    spx_image *const photo = make_photo(WIDTH, HEIGHT, bits);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double right = fmin(fmax(x + 1.0 - edge_at(y), 0), 1); /* share of the pixel */
            const double grain = 8 * noise(x, y);
            const double colour[3] = { 60 + 120 * right + grain, 150 - 90 * right + grain,
                                       70 + grain };
            for (size_t c = 0; c < 3; c++) {
                if (bits == 8)
                    spx_image_row8(photo, y)[3 * x + c] = (uint8_t)colour[c];
                else
                    spx_image_row16(photo, y)[3 * x + c] = (uint16_t)((uint8_t)colour[c] * 257);
            }
        }
    }
    return photo;
}

/* What a network makes of it: a ramp of four map pixels, `shift` map pixels beside the edge. */
static spx_plane *make_soft_map(double shift)
{
    spx_plane *const map = make_plane(MAP_WIDTH, MAP_HEIGHT);
    for (uint32_t y = 0; y < MAP_HEIGHT; y++) {
        for (uint32_t x = 0; x < MAP_WIDTH; x++) {
            const double edge = edge_at(y * SCALE + SCALE / 2) / SCALE + shift;
            const double right = fmin(fmax((x + 0.5 - edge) / 4 + 0.5, 0), 1);
            spx_plane_row(map, y)[x] = (float)(far_depth + (near_depth - far_depth) * right);
        }
    }
    return map;
}

/* First x of a row where the depth passes `level`. */
static double crossing(const spx_plane *plane, uint32_t y, float level)
{
    const float *const row = spx_plane_row(plane, y);
    for (uint32_t x = 1; x < plane->width; x++) {
        if (row[x] > level)
            return x - (double)(row[x] - level) / (double)(row[x] - row[x - 1]) + 0.5;
    }
    return plane->width;
}

static void soft_edges_become_steps_at_the_colour_edge(void **state)
{
    (void)state;
    static const double shifts[] = { 0.0, -1.0, 1.0 };
    for (size_t k = 0; k < sizeof(shifts) / sizeof(shifts[0]); k++) {
        spx_image *const photo = make_scene(8);
        spx_plane *const map = make_soft_map(shifts[k]);
        spx_plane *const out = refine(map, photo, 2);
        double worst = 0;
        double widest = 0;
        for (uint32_t y = 16; y < HEIGHT - 16; y++) {
            const double middle = crossing(out, y, 0.5f);
            const double width = crossing(out, y, 0.74f) - crossing(out, y, 0.26f);
            worst = fmax(worst, fabs(middle - edge_at(y)));
            widest = fmax(widest, width);
        }
        print_message("shift %+.0f map px: edge off by at most %.2f px, %.2f px wide\n", shifts[k],
                      worst, widest);
        assert_true(worst < 2.0);
        assert_true(widest < 3.0);
        spx_plane_destroy(out);
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
}

static void texture_stays_out_of_slopes(void **state)
{
    (void)state;
    spx_image *const photo = make_photo(WIDTH, HEIGHT, 8);
    spx_plane *const map = make_plane(MAP_WIDTH, MAP_HEIGHT);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            memset(spx_image_row8(photo, y) + (size_t)3 * x, (x / 20 + y / 20) % 2 ? 230 : 20, 3);
    }
    for (uint32_t y = 0; y < MAP_HEIGHT; y++) {
        for (uint32_t x = 0; x < MAP_WIDTH; x++)
            spx_plane_row(map, y)[x] = ((float)y + 0.5f) / MAP_HEIGHT;
    }

    spx_plane *const out = refine(map, photo, 2);

    for (uint32_t y = SCALE; y < HEIGHT - SCALE; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_true(fabs(spx_plane_row(out, y)[x] - (y + 0.5) / HEIGHT) < 1e-3);
    }
    spx_plane_destroy(out);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

/* By how many pixels near things become wider where colours tell nothing. */
static double wider_by(spx_depth_origin origin)
{
    spx_image *const photo = make_photo(WIDTH, HEIGHT, 8);
    spx_plane *const map = make_soft_map(0);
    double worst = 0;
    double sum = 0;

    spx_plane *const out = refine_of(map, photo, origin, 2);

    for (uint32_t y = 24; y < HEIGHT - 24; y++) {
        const double off = edge_at(y) - crossing(out, y, 0.5f); /* near lies at the right */
        worst = fmax(worst, fabs(off));
        sum += off;
    }
    const double mean = sum / (HEIGHT - 48);
    print_message("at most %.2f px beside the map's edge, %.2f px in the mean\n", worst, mean);
    assert_true(worst < SCALE);
    spx_plane_destroy(out);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    return mean;
}

/* Where colours tell nothing the edge of a network's map stays; others' leans towards far by less
 * than half a pixel of the map: more would make things wider than they are. */
static void an_edge_without_colours_stays(void **state)
{
    (void)state;
    const double networks = wider_by(SPX_DEPTH_OF_NETWORK);
    const double others = wider_by(SPX_DEPTH_OF_OTHERS);

    assert_true(networks < SCALE / 4.0);
    assert_true(others > networks + SCALE / 16.0);
    assert_true(others < SCALE / 2.0);
}

/* A map of LARGE pixels has its edges: colours beside them by more than 3 px of 640 do not count.
 */
static void fine_maps_are_moved_by_three_pixels_at_most(void **state)
{
    (void)state;
    enum { LARGE = 640, ROWS = 64, EDGE = 300 };
    static const int beside[] = { -12, -8, 8, 12 };
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        spx_image *const photo = make_photo(LARGE, ROWS, 8);
        spx_plane *const map = make_plane(LARGE, ROWS);
        for (uint32_t y = 0; y < ROWS; y++) {
            for (uint32_t x = 0; x < LARGE; x++) {
                const int red = (int)x > EDGE + beside[i];
                spx_image_row8(photo, y)[3 * x] = red ? 200 : 20;
                spx_plane_row(map, y)[x] = x > EDGE ? near_depth : far_depth;
            }
        }
        spx_plane *const out = refine(map, photo, 2);
        for (uint32_t y = 0; y < ROWS; y++)
            assert_true(fabs(crossing(out, y, 0.5f) - EDGE) <= 3.0);
        spx_plane_destroy(out);
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
}

static void threads_bits_and_kernels_do_not_change_the_result(void **state)
{
    (void)state;
    spx_image *const photo8 = make_scene(8);
    spx_image *const photo16 = make_scene(16);
    spx_plane *const map = make_soft_map(0);
    spx_plane *const one = refine(map, photo8, 1);
    spx_plane *const three = refine(map, photo8, 3);
    spx_plane *const deep = refine(map, photo16, 1);
    assert_int_equal(setenv("SPX_CPU_MASK", "0", 1), 0); // NOLINT(concurrency-mt-unsafe)
    spx_plane *const plain = refine(map, photo8, 1);
    assert_int_equal(unsetenv("SPX_CPU_MASK"), 0); // NOLINT(concurrency-mt-unsafe)

    size_t others = 0; /* where colours lie at the edge of what is alike, their last bit decides */
    for (uint32_t y = 0; y < HEIGHT; y++) {
        assert_memory_equal(spx_plane_row(one, y), spx_plane_row(three, y), WIDTH * sizeof(float));
        assert_memory_equal(spx_plane_row(one, y), spx_plane_row(plain, y), WIDTH * sizeof(float));
        for (uint32_t x = 0; x < WIDTH; x++)
            others += !(fabsf(spx_plane_row(one, y)[x] - spx_plane_row(deep, y)[x]) <= 1e-3f);
    }
    print_message("%zu pixels differ with 16 bits\n", others);
    assert_true(others < (size_t)WIDTH * HEIGHT / 500);
    spx_plane_destroy(one);
    spx_plane_destroy(three);
    spx_plane_destroy(deep);
    spx_plane_destroy(plain);
    spx_plane_destroy(map);
    spx_image_unref(photo8);
    spx_image_unref(photo16);
}

static void any_sizes_meet(void **state)
{
    (void)state;
    static const uint32_t sizes[][4] = { /* map, photo */
                                         { 1, 1, 1, 1 },      { 192, 128, 1, 1 },
                                         { 2, 192, 17, 900 }, { 192, 2, 900, 9 },
                                         { 40, 30, 39, 31 },  { 7, 5, 333, 251 }
    };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_plane *const map = make_plane(sizes[i][0], sizes[i][1]);
        spx_image *const photo = make_photo(sizes[i][2], sizes[i][3], 8);
        for (uint32_t y = 0; y < map->height; y++) {
            for (uint32_t x = 0; x < map->width; x++)
                spx_plane_row(map, y)[x] = (float)(0.5 + 0.5 * noise(x, y));
        }

        spx_plane *const out = refine(map, photo, 2);

        for (uint32_t y = 0; y < out->height; y++) {
            for (uint32_t x = 0; x < out->width; x++)
                assert_true(spx_plane_row(out, y)[x] >= 0 && spx_plane_row(out, y)[x] <= 1);
        }
        spx_plane_destroy(out);
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
}

/* Beside no colours, of a map `width` pixels wide with a ramp of eight: how much steeper it has
 * become. */
static double steeper_by(uint32_t width)
{
    enum { ROWS = 32, RAMP = 8 };
    spx_image *const photo = make_photo(width, ROWS, 8);
    spx_plane *const map = make_plane(width, ROWS);
    double steepest = 0;
    for (uint32_t y = 0; y < ROWS; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const double at = fmin(fmax(((double)x - width / 2.0) / RAMP, 0), 1);
            spx_plane_row(map, y)[x] = (float)(far_depth + (near_depth - far_depth) * at);
        }
    }
    spx_plane *const out = refine(map, photo, 1);
    for (uint32_t x = 1; x < width; x++) {
        const float *const row = spx_plane_row(out, ROWS / 2);
        steepest = fmax(steepest, (double)row[x] - row[x - 1]);
    }
    spx_plane_destroy(out);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    return steepest * RAMP / (near_depth - far_depth);
}

/* Small photos' maps of several resolutions are 384 pixels wide, one resolution's 192. */
static void only_maps_without_edges_are_made_steeper(void **state)
{
    (void)state;
    const double small = steeper_by(192);
    const double large = steeper_by(384);
    print_message("steeper by %.2f with 192 pixels, by %.2f with 384\n", small, large);
    assert_true(small > 1.5 * large); /* the large one by the median alone */
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    spx_plane *out = NULL;
    spx_image *const photo = make_scene(8);
    spx_plane *const map = make_soft_map(0);
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);

    assert_int_equal(spx_depth_refine(map, photo, SPX_DEPTH_OF_NETWORK,
                                      &(spx_task){ .cancel = cancel }, &out, NULL),
                     SPX_ERR_CANCELLED);

    assert_null(out);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    spx_cancel_destroy(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soft_edges_become_steps_at_the_colour_edge),
        cmocka_unit_test(texture_stays_out_of_slopes),
        cmocka_unit_test(an_edge_without_colours_stays),
        cmocka_unit_test(fine_maps_are_moved_by_three_pixels_at_most),
        cmocka_unit_test(threads_bits_and_kernels_do_not_change_the_result),
        cmocka_unit_test(any_sizes_meet),
        cmocka_unit_test(only_maps_without_edges_are_made_steeper),
        cmocka_unit_test(stops_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

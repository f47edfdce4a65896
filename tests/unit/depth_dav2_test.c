/*
 * Depth Anything V2 and 3 against the tensors in tests/data/depth-reference: float64 numbers of the
 * authors' program for weights and inputs that test_dav2.c generates.
 */
#include "test_support.h"

#include "base/cpu.h"
#include "base/order.h"
#include "depth/dav2.h"
#include "depth/depth_model.h"
#include "test_dav2.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The network in float32 against float64: rounding over four blocks and the decoder. */
static const double exact_tensor = 1e-4;
static const double exact_map = 1e-3;
/* In integers: the promise is one percent of the map's largest value. */
static const double fast_tensor = 2e-2;
static const double fast_map = 1e-2;
static const double least_edges = 0.97;

static const test_dav2_weights tiny = { .size = "tiny" };
static const test_dav2_weights small = { .size = "small" };
static const test_dav2_weights mono = { .size = "mono_tiny" };

typedef struct opened {
    spx_safetensors *file;
    spx_depth_network *network;
} opened;

static opened open_weights(const test_dav2_weights *weights, const spx_dav2_options *options)
{
    opened self = { 0 };
    spx_diag diag = { 0 };
    if (spx_safetensors_open(&self.file, test_dav2_path(weights), &diag) != SPX_OK ||
        spx_dav2_open(&self.network, self.file, options, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return self;
}

static void close_weights(opened *self)
{
    spx_dav2_family.close(self->network);
    spx_safetensors_close(self->file);
}

typedef struct job {
    uint32_t height;
    uint32_t width;
    unsigned threads;
    spx_dav2_probe probe;
    void *user;
} job;

/* [height][width], owned by the caller. */
static float *infer(const opened *self, const job *what)
{
    spx_diag diag = { 0 };
    spx_task task = { 0 };
    const size_t count = (size_t)what->height * what->width;
    float *const input = malloc(3 * count * sizeof(float));
    float *const output = malloc(count * sizeof(float));
    test_dav2_input(what->height, what->width, input);
    assert_int_equal(spx_pool_create(&task.pool, what->threads, &diag), SPX_OK);
    const spx_dav2_io io = { .input = input,
                             .height = what->height,
                             .width = what->width,
                             .output = output,
                             .stride = what->width,
                             .probe = what->probe,
                             .user = what->user };
    if (spx_dav2_infer(self->network, &io, &task, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_pool_destroy(task.pool);
    free(input);
    return output;
}

typedef struct comparison {
    const char *set;
    double tolerance;
    size_t seen;
} comparison;

static double difference(const spx_map *map, const test_reference *expected)
{
    double worst = 0.0;
    for (size_t i = 0; i < expected->count; i++) {
        size_t channel = i % map->channels;
        size_t pixel = i / map->channels;
        if (expected->rank == 3) { /* channels come first there */
            channel = i / (map->height * map->width);
            pixel = i % (map->height * map->width);
        }
        const double value = (double)map->data[pixel * map->stride + channel];
        const double away = fabs(value - (double)expected->values[i]);
        worst = away > worst || isnan(away) ? away : worst;
    }
    return worst / expected->largest;
}

static void compare(void *user, const char *name, const spx_map *map)
{
    comparison *const self = user;
    test_reference expected;
    if (!test_dav2_reference(self->set, name, &expected))
        fail_msg("the reference knows no %s", name);
    assert_int_equal(expected.count, map->height * map->width * map->channels);
    const double worst = difference(map, &expected);
    if (getenv("SPX_TEST_VERBOSE") != NULL) // NOLINT(concurrency-mt-unsafe)
        print_message("%s: %.2e\n", name, worst);
    if (!(worst <= self->tolerance))
        fail_msg("%s: off by %.2e of the largest value", name, worst);
    self->seen++;
    free(expected.values);
}

static double map_difference(const char *set, float *depth)
{
    test_reference expected;
    assert_true(test_dav2_reference(set, "predicted_depth", &expected));
    const spx_map map = { .height = expected.shape[0],
                          .width = expected.shape[1],
                          .channels = 1,
                          .stride = 1,
                          .data = depth };
    const double worst = difference(&map, &expected);
    if (getenv("SPX_TEST_VERBOSE") != NULL) // NOLINT(concurrency-mt-unsafe)
        print_message("%s depth: %.2e\n", set, worst);
    free(expected.values);
    return worst;
}

enum { NAMED_TENSORS = 24 }; /* of a tiny network, without the depth itself */

static void check_tiny(const spx_dav2_options *options, double tolerance)
{
    opened self = open_weights(&tiny, options);
    comparison every = { .set = "tiny_70x98", .tolerance = tolerance };

    float *const depth = infer(&self, &(job){ 70, 98, 2, compare, &every });

    assert_int_equal(every.seen, NAMED_TENSORS);
    assert_true(map_difference("tiny_70x98", depth) <= tolerance);
    free(depth);
    close_weights(&self);
}

static void computes_every_tensor_of_the_reference(void **state)
{
    (void)state;
    check_tiny(&(spx_dav2_options){ .exact = 1 }, exact_tensor);
}

static void computes_the_same_with_every_instruction_set(void **state)
{
    (void)state;
    const unsigned all = spx_cpu_flags();
    const unsigned sets[] = { 0, SPX_CPU_AVX2, SPX_CPU_AVX2 | SPX_CPU_AVX_VNNI,
                              SPX_CPU_AVX2 | SPX_CPU_AVX512, all };
    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if ((sets[i] & all) != sets[i])
            continue;
        const spx_nn_kernels *const kernels = spx_nn_kernels_choose(sets[i]);
        check_tiny(&(spx_dav2_options){ .exact = 1, .kernels = kernels }, exact_tensor);
        check_tiny(&(spx_dav2_options){ .kernels = kernels }, fast_tensor);
    }
}

static void takes_the_stored_positions_at_their_own_size(void **state)
{
    (void)state;
    opened self = open_weights(&tiny, &(spx_dav2_options){ .exact = 1 });

    float *const depth = infer(&self, &(job){ .height = 98, .width = 98, .threads = 2 });

    assert_true(map_difference("tiny_98x98", depth) <= exact_tensor);
    free(depth);
    close_weights(&self);
}

static void gives_the_same_map_with_and_without_a_probe(void **state)
{
    (void)state;
    opened self = open_weights(&tiny, &(spx_dav2_options){ .exact = 1 });

    float *const depth = infer(&self, &(job){ .height = 70, .width = 98, .threads = 1 });

    assert_true(map_difference("tiny_70x98", depth) <= exact_tensor);
    free(depth);
    close_weights(&self);
}

static void gives_the_same_map_with_any_number_of_threads(void **state)
{
    (void)state;
    opened self = open_weights(&tiny, &(spx_dav2_options){ 0 });
    float *const one = infer(&self, &(job){ .height = 112, .width = 154, .threads = 1 });

    for (unsigned threads = 2; threads <= 4; threads += 2) {
        float *const more = infer(&self, &(job){ .height = 112, .width = 154, .threads = threads });
        assert_memory_equal(one, more, (size_t)112 * 154 * sizeof(float));
        free(more);
    }

    free(one);
    close_weights(&self);
}

enum { SIDE = 518, STEPS = SIDE * (SIDE - 1), EDGES = STEPS / 50 };

/* Steps from pixel to pixel of a square map; returns the size that only EDGES of them exceed. */
static float steps_of(const float *map, float *steps)
{
    float *const sorted = malloc(STEPS * sizeof(float));
    assert_non_null(sorted);
    for (size_t i = 0; i < STEPS; i++) {
        const size_t at = i / (SIDE - 1) * SIDE + i % (SIDE - 1);
        steps[i] = sorted[i] = fabsf(map[at + 1] - map[at]);
    }
    qsort(sorted, STEPS, sizeof(float), spx_order_float);
    const float limit = sorted[STEPS - EDGES];
    free(sorted);
    return limit;
}

/* Share of the reference's edges, its steepest fiftieth, that are edges of the map too. */
static double edges_kept(const float *depth)
{
    test_reference expected;
    assert_true(test_dav2_reference("small_518x518", "predicted_depth", &expected));
    float *const ours = malloc(STEPS * sizeof(float));
    float *const theirs = malloc(STEPS * sizeof(float));
    const float our_limit = steps_of(depth, ours);
    const float their_limit = steps_of(expected.values, theirs);
    size_t kept = 0;
    for (size_t i = 0; i < STEPS; i++)
        kept += theirs[i] >= their_limit && ours[i] >= our_limit;
    free(ours);
    free(theirs);
    free(expected.values);
    return (double)kept / EDGES;
}

static void check_small(const spx_dav2_options *options, double tolerance)
{
    opened self = open_weights(&small, options);

    float *const square = infer(&self, &(job){ .height = 518, .width = 518, .threads = 2 });
    float *const wide = infer(&self, &(job){ .height = 392, .width = 518, .threads = 2 });

    const double square_off = map_difference("small_518x518", square);
    const double wide_off = map_difference("small_392x518", wide);
    if (!(square_off <= tolerance) || !(wide_off <= tolerance))
        fail_msg("off by %.2e and %.2e", square_off, wide_off);
    if (!(edges_kept(square) >= least_edges))
        fail_msg("only %.3f of the edges are where they were", edges_kept(square));
    free(square);
    free(wide);
    close_weights(&self);
}

static void computes_the_small_network_at_full_size(void **state)
{
    (void)state;
    if (TEST_SANITIZED)
        skip(); /* 115 GFLOP twice; the tiny network walks the same code */
    check_small(&(spx_dav2_options){ .exact = 1 }, exact_map);
}

static void stays_within_a_percent_in_integers(void **state)
{
    (void)state;
    if (TEST_SANITIZED)
        skip(); /* as above */
    check_small(&(spx_dav2_options){ 0 }, fast_map);
}

static void reads_half_floats_and_the_newer_names(void **state)
{
    (void)state;
    static const test_dav2_weights ways[] = {
        { .size = "tiny", .dtype = SPX_DTYPE_F16 },
        { .size = "tiny", .dtype = SPX_DTYPE_BF16 },
        { .size = "tiny", .newer_names = 1 },
    };
    static const double rounding[] = { 2e-3, 2e-2, 1e-4 }; /* of 11, 8 and 24 bits of weights */
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        opened self = open_weights(&ways[i], &(spx_dav2_options){ .exact = 1 });

        float *const depth = infer(&self, &(job){ .height = 70, .width = 98, .threads = 2 });

        assert_true(map_difference("tiny_70x98", depth) <= rounding[i]);
        free(depth);
        close_weights(&self);
    }
}

static void names_the_tensor_that_is_missing(void **state)
{
    (void)state;
    const test_dav2_weights without = { .size = "tiny",
                                        .without = "backbone.encoder.layer.2.mlp.fc1.bias" };
    spx_depth_model *model = NULL;
    spx_diag diag = { 0 };

    assert_int_not_equal(spx_depth_model_open(&model, test_dav2_path(&without), NULL, &diag),
                         SPX_OK);

    assert_null(model);
    assert_non_null(strstr(diag.text, without.without));
    assert_non_null(strstr(diag.text, ".safetensors"));
}

static void keeps_the_aspect_ratio_of_a_photo(void **state)
{
    (void)state;
    spx_depth_model *model = NULL;
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_depth_model_open(&model, test_dav2_path(&tiny), NULL, &diag), SPX_OK);
    assert_string_equal(spx_depth_model_name(model), "depth-anything-v2-tiny");
    assert_int_equal(spx_image_create(&photo, 300, 200, 8, &diag), SPX_OK);
    for (uint32_t y = 0; y < photo->height; y++) {
        for (uint32_t i = 0; i < 3 * photo->width; i++)
            photo->pixels[y * photo->stride_bytes + i] = (uint8_t)(i * 7 + y);
    }

    assert_int_equal(spx_depth_model_run(model, photo, 112, NULL, &depth, &diag), SPX_OK);

    assert_int_equal(depth->height, 112);
    assert_int_equal(depth->width, 168);
    spx_plane_destroy(depth);
    assert_int_equal(spx_depth_model_run(model, photo, 5, NULL, &depth, &diag), SPX_ERR_ARGUMENT);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

static void stop_after_a_third(void *user, double fraction)
{
    if (fraction > 0.3)
        spx_cancel_request(user);
}

static void stops_when_it_is_cancelled(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    opened self = open_weights(&tiny, &(spx_dav2_options){ 0 });
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_task task = { .cancel = cancel, .progress = stop_after_a_third, .user = cancel };
    float *const input = calloc((size_t)3 * 70 * 98, sizeof(float));
    float *const output = calloc((size_t)70 * 98, sizeof(float));
    const spx_dav2_io io = {
        .input = input, .height = 70, .width = 98, .output = output, .stride = 98
    };

    assert_int_equal(spx_dav2_infer(self.network, &io, &task, NULL), SPX_ERR_CANCELLED);

    assert_true(output[0] == 0.0F);
    free(input);
    free(output);
    spx_cancel_destroy(cancel);
    close_weights(&self);
}

/* Packing a large network takes seconds; the second tensor already sees the flag. */
static void opening_stops_when_cancelled(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    spx_depth_model *model = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_task task = { .cancel = cancel };
    spx_cancel_request(cancel);

    assert_int_equal(spx_depth_model_open(&model, test_dav2_path(&tiny), &task, &diag),
                     SPX_ERR_CANCELLED);

    assert_null(model);
    spx_cancel_destroy(cancel);
}

/* ---- Depth Anything 3 ---- */

enum { NAMED_TENSORS_3 = 27 };

static void check_mono(const spx_dav2_options *options, double tolerance)
{
    opened self = open_weights(&mono, options);
    comparison every = { .set = "mono_tiny_42x70", .tolerance = tolerance };

    float *const depth = infer(&self, &(job){ 42, 70, 2, compare, &every });

    assert_int_equal(every.seen, NAMED_TENSORS_3);
    free(depth);
    close_weights(&self);
}

static void computes_every_tensor_of_version_3(void **state)
{
    (void)state;
    check_mono(&(spx_dav2_options){ .exact = 1 }, exact_tensor);
    check_mono(&(spx_dav2_options){ 0 }, fast_tensor);
}

/* doc/depth-anything.md: nothing is sky up to 0.3, everything from 1 on. */
static double expected_inverse(double depth, double sky)
{
    const double weight = fmin(fmax((sky - 0.3) / 0.7, 0.0), 1.0);
    return (1.0 - weight) / (depth + 0.2);
}

/* The largest error against the reference's depth and sky: of a pixel's own value where nothing is
 * sky, of the nearest's where a part is. What is sky must be 0. */
static double inverse_error(const char *set, const float *inverse, size_t *sky_pixels)
{
    test_reference depth;
    test_reference sky;
    double worst = 0.0;
    double nearest = 0.0;
    *sky_pixels = 0;
    assert_true(test_dav2_reference(set, "depth", &depth));
    assert_true(test_dav2_reference(set, "sky", &sky));
    for (size_t i = 0; i < depth.count; i++)
        nearest = fmax(nearest, expected_inverse((double)depth.values[i], 0.0));
    for (size_t i = 0; i < depth.count; i++) {
        const double is_sky = (double)sky.values[i];
        const double expected = expected_inverse((double)depth.values[i], is_sky);
        const double away = fabs((double)inverse[i] - expected);
        worst = fmax(worst, away / (is_sky < 0.29 ? expected : nearest));
        if (is_sky >= 1.01) {
            assert_true(inverse[i] == 0.0F);
            ++*sky_pixels;
        }
    }
    free(depth.values);
    free(sky.values);
    return worst;
}

static void inverts_depth_and_puts_the_sky_farthest(void **state)
{
    (void)state;
    static const double of_depth[] = { 1e-3, 1e-2 }; /* float32, integers */
    for (int integers = 0; integers < 2; integers++) {
        size_t sky_pixels = 0;
        opened self = open_weights(&mono, &(spx_dav2_options){ .exact = !integers });
        float *const map = infer(&self, &(job){ .height = 98, .width = 98, .threads = 2 });
        const double worst = inverse_error("mono_tiny_98x98", map, &sky_pixels);
        if (getenv("SPX_TEST_VERBOSE") != NULL) // NOLINT(concurrency-mt-unsafe)
            print_message("inverse, integers %d: %.2e, sky %zu\n", integers, worst, sky_pixels);
        if (!(worst <= of_depth[integers]))
            fail_msg("off by %.2e", worst);
        assert_true(sky_pixels > 100);
        free(map);
        close_weights(&self);
    }
}

static void names_what_version_3_lacks(void **state)
{
    (void)state;
    const test_dav2_weights without = { .size = "mono_tiny",
                                        .without = "model.head.scratch.refinenet2.out_conv.bias" };
    spx_depth_model *model = NULL;
    spx_diag diag = { 0 };
    assert_int_not_equal(spx_depth_model_open(&model, test_dav2_path(&without), NULL, &diag),
                         SPX_OK);
    assert_non_null(strstr(diag.text, without.without));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_every_tensor_of_the_reference),
        cmocka_unit_test(computes_the_same_with_every_instruction_set),
        cmocka_unit_test(takes_the_stored_positions_at_their_own_size),
        cmocka_unit_test(gives_the_same_map_with_and_without_a_probe),
        cmocka_unit_test(gives_the_same_map_with_any_number_of_threads),
        cmocka_unit_test(reads_half_floats_and_the_newer_names),
        cmocka_unit_test(names_the_tensor_that_is_missing),
        cmocka_unit_test(keeps_the_aspect_ratio_of_a_photo),
        cmocka_unit_test(stops_when_it_is_cancelled),
        cmocka_unit_test(computes_the_small_network_at_full_size),
        cmocka_unit_test(stays_within_a_percent_in_integers),
        cmocka_unit_test(opening_stops_when_cancelled),
        cmocka_unit_test(computes_every_tensor_of_version_3),
        cmocka_unit_test(inverts_depth_and_puts_the_sky_farthest),
        cmocka_unit_test(names_what_version_3_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "test_files.h"

#include "depth/lite.h"

#include "base/file.h"
#include "base/pool.h"
#include "depth/depth_model.h"
#include "image/image.h"

#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 3, PATH_SIZE = 4096 };

/* Float32 sums of a few thousand products against float64: far below this; a wrong padding or
 * resize is far above. */
static const float most_error = 1e-3f;

static const char *model_path(const char *name)
{
    static char path[PATH_SIZE];
    const char *const folder = getenv("SPX_MODEL_DIR"); // NOLINT(concurrency-mt-unsafe)
    if (folder == NULL)
        fail_msg("SPX_MODEL_DIR is not set: run the test through ctest");
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

typedef struct reference {
    json_t *index;
    spx_bytes values;
    size_t compared;
    double worst; /* of all tensors, relative to the tensor's largest value */
} reference;

static reference open_reference(const char *name)
{
    char file[128];
    spx_bytes index = { 0 };
    reference made = { 0 };
    (void)snprintf(file, sizeof(file), "reference/%s.json", name);
    assert_int_equal(spx_file_read(model_path(file), 1 << 20, &index, NULL), SPX_OK);
    made.index = json_loadb((const char *)index.data, index.size, 0, NULL);
    assert_non_null(made.index);
    spx_bytes_clear(&index);
    (void)snprintf(file, sizeof(file), "reference/%s.bin", name);
    assert_int_equal(spx_file_read(model_path(file), 64 << 20, &made.values, NULL), SPX_OK);
    return made;
}

static void close_reference(reference *self)
{
    json_decref(self->index);
    spx_bytes_clear(&self->values);
}

static void compare(void *user, const char *name, const spx_size3 *size, const float *values)
{
    reference *const self = user;
    const json_t *const entry = json_object_get(self->index, name);
    if (entry == NULL)
        fail_msg("no reference for '%s'", name);
    const json_t *const shape = json_object_get(entry, "shape");
    assert_int_equal(json_integer_value(json_array_get(shape, 0)), size->channels);
    assert_int_equal(json_integer_value(json_array_get(shape, 1)), size->height);
    assert_int_equal(json_integer_value(json_array_get(shape, 2)), size->width);
    const size_t count = (size_t)size->channels * size->height * size->width;
    const size_t offset = (size_t)json_integer_value(json_object_get(entry, "offset"));
    const double largest = json_number_value(json_object_get(entry, "max"));
    assert_true(offset + count * sizeof(float) <= self->values.size);
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        float wanted;
        memcpy(&wanted, self->values.data + offset + i * sizeof(wanted), sizeof(wanted));
        const double error = fabs((double)values[i] - (double)wanted) / largest;
        worst = error > worst || isnan(error) ? error : worst;
    }
    if (!(worst <= (double)most_error))
        fail_msg("%s: off by %g of its largest value", name, worst);
    self->worst = worst > self->worst ? worst : self->worst;
    self->compared++;
}

typedef struct opened {
    spx_safetensors *weights;
    spx_depth_network *network;
} opened;

static opened open_lite(void)
{
    opened made = { 0 };
    spx_diag diag = { 0 };
    if (spx_safetensors_open(&made.weights, model_path("spx-lite.safetensors"), &diag) != SPX_OK ||
        spx_lite_family.open(&made.network, made.weights, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return made;
}

static void close_lite(opened *self)
{
    spx_lite_family.close(self->network);
    spx_safetensors_close(self->weights);
}

/* The input that the references were made for. */
static float *make_input(uint32_t height, uint32_t width)
{
    float *const input = calloc((size_t)CHANNELS * height * width, sizeof(*input));
    assert_non_null(input);
    float *at = input;
    for (uint32_t c = 0; c < CHANNELS; c++) {
        for (uint32_t y = 0; y < height; y++) {
            for (uint32_t x = 0; x < width; x++)
                *at++ = (float)sin(0.05 * (c + 1) * x + 0.03 * y);
        }
    }
    return input;
}

static float *infer(spx_depth_network *network, uint32_t height, uint32_t width, spx_pool *pool,
                    reference *against)
{
    const size_t count = (size_t)spx_lite_output_size(height) * spx_lite_output_size(width);
    float *const input = make_input(height, width);
    float *const output = calloc(count, sizeof(*output));
    const spx_task task = { .pool = pool };
    const spx_graph_io io = {
        .input = input, .output = output, .probe = against == NULL ? NULL : compare, .user = against
    };
    spx_diag diag = { 0 };
    assert_non_null(output);
    if (spx_lite_infer(network, height, width, &io, &task, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    free(input);
    return output;
}

static void check_against(const char *name, uint32_t height, uint32_t width)
{
    opened lite = open_lite();
    reference against = open_reference(name);

    float *const output = infer(lite.network, height, width, NULL, &against);

    print_message("%s: %zu tensors, worst %.2g\n", name, against.compared, against.worst);
    assert_int_equal(against.compared, json_object_size(against.index));
    free(output);
    close_reference(&against);
    close_lite(&lite);
}

static void every_tensor_matches_the_reference(void **state)
{
    (void)state;
    check_against("lite_96x128", 96, 128);
}

static void every_tensor_matches_at_odd_sizes(void **state)
{
    (void)state;
    check_against("lite_70x100", 70, 100);
}

static void threads_do_not_change_the_result(void **state)
{
    (void)state;
    enum { HEIGHT = 96, WIDTH = 160, COUNT = HEIGHT * WIDTH / 4 };
    opened lite = open_lite();
    float *const one = infer(lite.network, HEIGHT, WIDTH, NULL, NULL);

    for (unsigned threads = 2; threads <= 4; threads++) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
        float *const many = infer(lite.network, HEIGHT, WIDTH, pool, NULL);
        for (size_t i = 0; i < COUNT; i++)
            assert_true(fabsf(one[i] - many[i]) <= 1e-5f);
        free(many);
        spx_pool_destroy(pool);
    }
    free(one);
    close_lite(&lite);
}

typedef struct caller {
    spx_depth_network *network;
    uint32_t width;
    float *output;
} caller;

static void *call_from_thread(void *context)
{
    caller *const self = context;
    self->output = infer(self->network, 64, self->width, NULL, NULL);
    return NULL;
}

/* Six sizes are more than the graphs that are kept. */
static void several_threads_share_a_network(void **state)
{
    (void)state;
    enum { CALLERS = 12, SIZES = 6 };
    opened lite = open_lite();
    pthread_t threads[CALLERS];
    caller callers[CALLERS];
    for (uint32_t i = 0; i < CALLERS; i++)
        callers[i] = (caller){ .network = lite.network, .width = 32 + 32 * (i % SIZES) };

    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_from_thread, &callers[i]), 0);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);

    for (size_t i = 0; i < CALLERS; i++) {
        float *const alone = infer(lite.network, 64, callers[i].width, NULL, NULL);
        const size_t bytes = (size_t)32 * spx_lite_output_size(callers[i].width) * sizeof(float);
        assert_memory_equal(callers[i].output, alone, bytes);
        free(callers[i].output);
        free(alone);
    }
    close_lite(&lite);
}

/* A photo whose lower part is a floor of growing stripes. */
static spx_image *make_photo(uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < 3 * width; x++) {
            const unsigned value = (x * 7 + y * 13) % 256;
            if (bits == 8)
                spx_image_row8(photo, y)[x] = (uint8_t)value;
            else
                spx_image_row16(photo, y)[x] = (uint16_t)(value * 257);
        }
    }
    return photo;
}

static void keeps_the_aspect_of_any_photo(void **state)
{
    (void)state;
    static const uint32_t sizes[][4] = { /* photo, map */
                                         { 400, 300, 192, 144 }, { 300, 400, 144, 192 },
                                         { 1, 1, 192, 192 },     { 17, 900, 16, 192 },
                                         { 2400, 200, 192, 16 }, { 640, 427, 192, 128 }
    };
    spx_depth_model *model = NULL;
    assert_int_equal(spx_depth_model_open(&model, model_path("spx-lite.safetensors"), NULL, NULL),
                     SPX_OK);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_image *const photo = make_photo(sizes[i][0], sizes[i][1], i % 2 == 0 ? 8 : 16);
        spx_plane *map = NULL;
        assert_int_equal(spx_depth_model_run(model, photo, 0, NULL, &map, NULL), SPX_OK);
        assert_int_equal(map->width, sizes[i][2]);
        assert_int_equal(map->height, sizes[i][3]);
        /* The last row, which the network gets wrong, repeats the one above. */
        assert_memory_equal(spx_plane_row(map, map->height - 1),
                            spx_plane_row(map, map->height - 2), map->width * sizeof(float));
        for (uint32_t x = 0; x < map->width; x++)
            assert_true(isfinite(spx_plane_row(map, map->height / 2)[x]));
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
    spx_depth_model_close(model);
}

static void depth_of_16_bits_equals_that_of_8(void **state)
{
    (void)state;
    spx_depth_model *model = NULL;
    spx_image *const photo8 = make_photo(96, 64, 8);
    spx_image *const photo16 = make_photo(96, 64, 16);
    spx_plane *map8 = NULL;
    spx_plane *map16 = NULL;
    assert_int_equal(spx_depth_model_open(&model, model_path("spx-lite.safetensors"), NULL, NULL),
                     SPX_OK);

    assert_int_equal(spx_depth_model_run(model, photo8, 96, NULL, &map8, NULL), SPX_OK);
    assert_int_equal(spx_depth_model_run(model, photo16, 96, NULL, &map16, NULL), SPX_OK);

    for (uint32_t y = 0; y < map8->height; y++) {
        for (uint32_t x = 0; x < map8->width; x++)
            assert_true(fabsf(spx_plane_row(map8, y)[x] - spx_plane_row(map16, y)[x]) < 1e-4f);
    }
    spx_plane_destroy(map8);
    spx_plane_destroy(map16);
    spx_image_unref(photo8);
    spx_image_unref(photo16);
    spx_depth_model_close(model);
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    spx_depth_model *model = NULL;
    spx_cancel *cancel = NULL;
    spx_plane *map = NULL;
    spx_image *const photo = make_photo(96, 64, 8);
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    assert_int_equal(spx_depth_model_open(&model, model_path("spx-lite.safetensors"), NULL, NULL),
                     SPX_OK);
    spx_cancel_request(cancel);

    const spx_status status =
        spx_depth_model_run(model, photo, 96, &(spx_task){ .cancel = cancel }, &map, NULL);

    assert_int_equal(status, SPX_ERR_CANCELLED);
    assert_null(map);
    spx_depth_model_close(model);
    spx_image_unref(photo);
    spx_cancel_destroy(cancel);
}

static void says_what_is_wrong_with_weights(void **state)
{
    (void)state;
    spx_depth_model *model = NULL;
    spx_bytes bytes = { 0 };
    spx_diag diag = { 0 };
    const char *const path = test_out_path("damaged.safetensors");
    assert_int_equal(spx_file_read(model_path("spx-lite.safetensors"), 64 << 20, &bytes, NULL),
                     SPX_OK);

    assert_int_equal(spx_file_write(path, bytes.data, bytes.size / 2, NULL), SPX_OK);
    assert_int_equal(spx_depth_model_open(&model, path, NULL, &diag), SPX_ERR_TRUNCATED);
    assert_non_null(strstr(diag.text, "damaged.safetensors"));

    /* The name of one tensor, spoilt. */
    uint8_t *const name = memmem(bytes.data, bytes.size, "head.conv2.bias", 15);
    assert_non_null(name);
    name[0] = 'H';
    diag.text[0] = '\0';
    assert_int_equal(spx_file_write(path, bytes.data, bytes.size, NULL), SPX_OK);
    assert_int_equal(spx_depth_model_open(&model, path, NULL, &diag), SPX_ERR_CORRUPT);
    assert_non_null(strstr(diag.text, "'head.conv2.bias' is missing"));

    /* Metadata that contradicts the tensors. */
    name[0] = 'h';
    uint8_t *const kernel = memmem(bytes.data, bytes.size, "kernel\\\": 3", 11);
    assert_non_null(kernel);
    kernel[10] = '5';
    diag.text[0] = '\0';
    assert_int_equal(spx_file_write(path, bytes.data, bytes.size, NULL), SPX_OK);
    assert_int_equal(spx_depth_model_open(&model, path, NULL, &diag), SPX_ERR_CORRUPT);
    assert_non_null(strstr(diag.text, "encoder.block.0.depthwise.weight' is 32x1x3x3"));
    assert_null(model);
    spx_bytes_clear(&bytes);
}

static void names_itself_and_its_weights(void **state)
{
    (void)state;
    spx_depth_model *model = NULL;
    spx_cancel *cancel = NULL;
    const char *hash = NULL;
    const char *again = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_task task = { .cancel = cancel };
    spx_cancel_request(cancel);
    assert_int_equal(spx_depth_model_open(&model, model_path("spx-lite.safetensors"), NULL, NULL),
                     SPX_OK);
    assert_string_equal(spx_depth_model_name(model), "spx-lite");

    assert_int_equal(spx_depth_model_hash(model, &task, &hash, NULL), SPX_ERR_CANCELLED);
    assert_null(hash);
    assert_int_equal(spx_depth_model_hash(model, NULL, &hash, NULL), SPX_OK);
    assert_int_equal(strlen(hash), 16);
    assert_int_equal(spx_depth_model_hash(model, &task, &again, NULL), SPX_OK); /* is known */
    assert_string_equal(again, hash);
    spx_cancel_destroy(cancel);
    spx_depth_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tensor_matches_the_reference),
        cmocka_unit_test(every_tensor_matches_at_odd_sizes),
        cmocka_unit_test(threads_do_not_change_the_result),
        cmocka_unit_test(several_threads_share_a_network),
        cmocka_unit_test(keeps_the_aspect_of_any_photo),
        cmocka_unit_test(depth_of_16_bits_equals_that_of_8),
        cmocka_unit_test(stops_when_cancelled),
        cmocka_unit_test(says_what_is_wrong_with_weights),
        cmocka_unit_test(names_itself_and_its_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

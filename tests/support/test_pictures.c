#include "test_pictures.h"

#include "test_files.h"
#include "test_support.h"

#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "image/image.h"
#include "image/resize.h"

#include <stdio.h>

spx_engine *test_engine_create(unsigned threads)
{
    spx_engine *engine = NULL;
    spx_diag diag = { 0 };
    spx_engine_options options;
    spx_engine_options_init(&options);
    options.threads = threads;
    if (spx_engine_create(&engine, &options, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return engine;
}

spx_engine *test_engine;

int test_engine_set_up(void **state)
{
    (void)state;
    test_engine = test_engine_create(2);
    return 0;
}

int test_engine_tear_down(void **state)
{
    (void)state;
    spx_engine_destroy(test_engine);
    test_engine = NULL;
    return 0;
}

static double noise_at(uint32_t x, uint32_t y)
{
    uint32_t hash = x * 374761393U + y * 668265263U;
    hash = (hash ^ hash >> 13) * 1274126177U;
    return (double)((hash ^ hash >> 16) & 255U);
}

double test_noise(double x, double y, double cell)
{
    const double u = x / cell;
    const double v = y / cell;
    const uint32_t i = (uint32_t)u;
    const uint32_t j = (uint32_t)v;
    const double above = noise_at(i, j) * (1.0 - u + i) + noise_at(i + 1, j) * (u - i);
    const double below = noise_at(i, j + 1) * (1.0 - u + i) + noise_at(i + 1, j + 1) * (u - i);
    return above * (1.0 - v + j) + below * (v - j);
}

spx_bytes test_png_of(const spx_image *image)
{
    spx_bytes png = { 0 };
    spx_diag diag = { 0 };
    if (spx_image_write(&png, image, SPX_IMAGE_TYPE_PNG, 100, &(spx_image_extras){ 0 }, NULL,
                        &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return png;
}

spx_image *test_decode(const void *data, size_t size, const char *name)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    if (spx_photo_read(&photo, data, size, name, &limits, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_image *const image = spx_image_ref(photo.image);
    spx_photo_clear(&photo);
    return image;
}

spx_image *test_photo_shrunk(const char *name, uint32_t long_side)
{
    char path[128];
    spx_image *small = NULL;
    (void)snprintf(path, sizeof(path), "photos/%s", name);
    spx_bytes file = test_data_read(path);
    spx_image *const whole = test_decode(file.data, file.size, name);
    assert_int_equal(spx_image_shrink(&small, whole, long_side, NULL, NULL), SPX_OK);
    spx_image_unref(whole);
    spx_bytes_clear(&file);
    return small;
}

void test_assert_same_pixels(const spx_image *a, const spx_image *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->bits, b->bits);
    for (uint32_t y = 0; y < a->height; y++)
        assert_memory_equal(spx_image_row8(a, y), spx_image_row8(b, y),
                            a->width * spx_image_pixel_bytes(a));
}

const spx_file *test_file_of(const spx_result *result, spx_format format)
{
    for (size_t i = 0; i < spx_result_file_count(result); i++) {
        if (spx_result_file(result, i)->format == format)
            return spx_result_file(result, i);
    }
    fail_msg("no file of format %llu", (unsigned long long)format);
    return NULL;
}

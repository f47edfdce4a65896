#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "codec/plane_read.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t exif_block[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
                                      3,   0,   0, 0,  1, 0, 1, 0, 0, 0, 0,    0,    0 };
static const char xmp_packet[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";

static spx_photo read_back(const spx_bytes *file)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    if (spx_photo_read(&photo, file->data, file->size, "written", &limits, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return photo;
}

static spx_photo load(const char *name)
{
    spx_bytes bytes = test_data_read(name);
    spx_photo photo = read_back(&bytes);
    spx_bytes_clear(&bytes);
    return photo;
}

static spx_bytes write_image(const spx_image *image, spx_image_type type,
                             const spx_image_extras *extras)
{
    static const int quality = 90;
    spx_bytes out = { 0 };
    spx_diag diag = { 0 };
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    if (spx_image_write(&out, image, type, quality, extras, &task, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_pool_destroy(pool);
    return out;
}

static double psnr(const spx_image *a, const spx_image *b)
{
    double sum = 0;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (uint32_t y = 0; y < a->height; y++) {
        for (size_t i = 0; i < (size_t)a->width * SPX_IMAGE_CHANNELS; i++) {
            const double difference = spx_image_row8(a, y)[i] - spx_image_row8(b, y)[i];
            sum += difference * difference;
        }
    }
    const double mean = sum / ((double)a->width * a->height * SPX_IMAGE_CHANNELS);
    return 10 * log10(255.0 * 255.0 / mean);
}

static void gives_png_and_tiff_back_exactly(void **state)
{
    (void)state;
    static const spx_image_type types[] = { SPX_IMAGE_TYPE_PNG, SPX_IMAGE_TYPE_TIFF };
    static const char *const names[] = { "photos/orchid.jpg", "codec/deep.png",
                                         "codec/orient_1.png" };
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            spx_photo photo = load(names[i]);

            spx_bytes file = write_image(photo.image, types[t], NULL);

            spx_photo again = read_back(&file);
            test_assert_same_pixels(photo.image, again.image);
            spx_bytes_clear(&file);
            spx_photo_clear(&again);
            spx_photo_clear(&photo);
        }
    }
}

static void stays_close_in_the_lossy_types(void **state)
{
    (void)state;
    static const spx_image_type types[] = { SPX_IMAGE_TYPE_JPEG, SPX_IMAGE_TYPE_WEBP,
                                            SPX_IMAGE_TYPE_HEIC, SPX_IMAGE_TYPE_AVIF };
    static const double least_db = 33;
    spx_photo photo = load("photos/orchid.jpg");
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        spx_bytes file = write_image(photo.image, types[i], NULL);

        spx_photo again = read_back(&file);
        const double db = psnr(photo.image, again.image);
        if (db < least_db)
            fail_msg("type %d: %.2f dB", types[i], db);
        spx_bytes_clear(&file);
        spx_photo_clear(&again);
    }
    spx_photo_clear(&photo);
}

static void makes_eight_bits_of_sixteen_where_it_must(void **state)
{
    (void)state;
    spx_photo deep = load("codec/deep.png");

    spx_bytes file = write_image(deep.image, SPX_IMAGE_TYPE_JPEG, NULL);

    spx_photo again = read_back(&file);
    assert_int_equal(again.image->bits, 8);
    assert_in_range(spx_image_row8(again.image, 0)[0], 250, 255);
    spx_bytes_clear(&file);
    spx_photo_clear(&again);
    spx_photo_clear(&deep);
}

static void carries_profile_exif_and_xmp(void **state)
{
    (void)state;
    static const spx_image_type types[] = { SPX_IMAGE_TYPE_PNG,  SPX_IMAGE_TYPE_JPEG,
                                            SPX_IMAGE_TYPE_WEBP, SPX_IMAGE_TYPE_HEIC,
                                            SPX_IMAGE_TYPE_AVIF, SPX_IMAGE_TYPE_TIFF };
    spx_photo photo = load("codec/orient_1.png");
    spx_bytes icc = test_data_read("codec/p3.icc");
    spx_bytes exif = { 0 };
    spx_bytes xmp = { 0 };
    spx_bytes_append(&exif, exif_block, sizeof(exif_block));
    spx_bytes_text(&xmp, xmp_packet);
    const spx_image_extras extras = { .icc = &icc, .exif = &exif, .xmp = &xmp };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        spx_bytes file = write_image(photo.image, types[i], &extras);

        spx_photo again = read_back(&file);
        assert_int_equal(again.icc.size, icc.size);
        assert_memory_equal(again.icc.data, icc.data, icc.size);
        assert_int_equal(again.xmp.size, xmp.size);
        assert_memory_equal(again.xmp.data, xmp.data, xmp.size);
        if (types[i] != SPX_IMAGE_TYPE_TIFF) /* whose own tags take its place */
            assert_true(again.exif.size >= sizeof(exif_block));
        if (types[i] == SPX_IMAGE_TYPE_PNG)
            assert_memory_equal(again.exif.data, exif_block, sizeof(exif_block));
        spx_bytes_clear(&file);
        spx_photo_clear(&again);
    }
    spx_bytes_clear(&icc);
    spx_bytes_clear(&exif);
    spx_bytes_clear(&xmp);
    spx_photo_clear(&photo);
}

static void gives_a_plane_and_its_comment_back(void **state)
{
    (void)state;
    enum { WIDTH = 333, HEIGHT = 70 };
    spx_limits limits;
    spx_limits_init(&limits);
    spx_plane *plane = NULL;
    spx_plane *again = NULL;
    spx_bytes file = { 0 };
    spx_bytes text = { 0 };
    assert_int_equal(spx_plane_create(&plane, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(plane, y)[x] = (float)(x * HEIGHT + y) / (WIDTH * HEIGHT - 1);
    }
    spx_plane_row(plane, 0)[0] = -3.0f;
    spx_plane_row(plane, 0)[1] = 7.0f;
    spx_plane_row(plane, 0)[2] = nanf("");

    assert_int_equal(spx_plane_write_png16(&file, plane, "spx:depth", "model=x;near=1", NULL, NULL),
                     SPX_OK);

    assert_int_equal(spx_plane_read(&again, file.data, file.size, "depth", &limits, NULL, NULL),
                     SPX_OK);
    assert_int_equal(again->width, WIDTH);
    assert_float_equal(spx_plane_row(again, 0)[0], 0.0f, 0.0f);
    assert_float_equal(spx_plane_row(again, 0)[1], 1.0f, 0.0f);
    assert_float_equal(spx_plane_row(again, 0)[2], 0.0f, 0.0f);
    for (uint32_t x = 0; x < WIDTH; x++)
        assert_float_equal(spx_plane_row(again, 9)[x], spx_plane_row(plane, 9)[x], 0.51f / 65535);
    assert_int_equal(spx_plane_png_text(&text, file.data, file.size, "spx:depth", NULL), SPX_OK);
    assert_string_equal((const char *)text.data, "model=x;near=1");
    spx_bytes_clear(&text);
    assert_int_equal(spx_plane_png_text(&text, file.data, file.size, "spx:dept", NULL),
                     SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_plane_png_text(&text, file.data, file.size - 30, "other", NULL),
                     SPX_ERR_TRUNCATED);
    spx_plane_destroy(plane);
    spx_plane_destroy(again);
    spx_bytes_clear(&file);
}

static void writes_a_grey_jpeg(void **state)
{
    (void)state;
    spx_limits limits;
    spx_limits_init(&limits);
    spx_plane *plane = NULL;
    spx_plane *again = NULL;
    spx_bytes file = { 0 };
    assert_int_equal(spx_plane_create(&plane, 64, 48, NULL), SPX_OK);
    for (uint32_t y = 0; y < 48; y++) {
        for (uint32_t x = 0; x < 64; x++)
            spx_plane_row(plane, y)[x] = (float)x / 63;
    }

    assert_int_equal(spx_plane_write_jpeg(&file, plane, 95, NULL, NULL), SPX_OK);

    assert_int_equal(spx_plane_read(&again, file.data, file.size, "depth", &limits, NULL, NULL),
                     SPX_OK);
    for (uint32_t x = 0; x < 64; x++)
        assert_float_equal(spx_plane_row(again, 20)[x], (float)x / 63, 0.02f);
    spx_plane_destroy(plane);
    spx_plane_destroy(again);
    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_png_and_tiff_back_exactly),
        cmocka_unit_test(stays_close_in_the_lossy_types),
        cmocka_unit_test(makes_eight_bits_of_sixteen_where_it_must),
        cmocka_unit_test(carries_profile_exif_and_xmp),
        cmocka_unit_test(gives_a_plane_and_its_comment_back),
        cmocka_unit_test(writes_a_grey_jpeg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_files.h"
#include "test_support.h"

#include "codec/photo_read.h"
#include "container/exif.h"
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static spx_status read_bytes(spx_photo *out, const void *data, size_t size, spx_diag *diag)
{
    spx_limits limits;
    spx_limits_init(&limits);
    return spx_photo_read(out, data, size, "name", &limits, NULL, diag);
}

static spx_photo read_file(const char *name)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_bytes bytes = test_data_read(name);
    const spx_status status = read_bytes(&photo, bytes.data, bytes.size, &diag);
    spx_bytes_clear(&bytes);
    if (status != SPX_OK)
        fail_msg("%s: %s", name, diag.text);
    return photo;
}

/* Largest difference of any sample, in 8-bit steps. */
static int largest_difference(const spx_image *a, const spx_image *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->bits, b->bits);
    int most = 0;
    for (uint32_t y = 0; y < a->height; y++) {
        for (size_t i = 0; i < (size_t)a->width * SPX_IMAGE_CHANNELS; i++) {
            const int difference =
                a->bits == 8 ? spx_image_row8(a, y)[i] - spx_image_row8(b, y)[i]
                             : (spx_image_row16(a, y)[i] - spx_image_row16(b, y)[i]) / 257;
            most = abs(difference) > most ? abs(difference) : most;
        }
    }
    return most;
}

static void turns_all_eight_orientations_to_one_picture(void **state)
{
    (void)state;
    spx_photo upright = read_file("codec/orient_1.png");
    for (int i = 2; i <= 8; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "codec/orient_%d.png", i);

        spx_photo turned = read_file(name);

        assert_int_equal(largest_difference(upright.image, turned.image), 0);
        /* EXIF and XMP say upright now, and differ in nothing else. */
        assert_int_equal(turned.exif.size, upright.exif.size);
        assert_memory_equal(turned.exif.data, upright.exif.data, upright.exif.size);
        assert_int_equal(turned.xmp.size, upright.xmp.size);
        assert_memory_equal(turned.xmp.data, upright.xmp.data, upright.xmp.size);
        spx_photo_clear(&turned);
    }
    assert_true(upright.exif.size > 8);
    assert_true(memcmp(upright.exif.data, "MM", 2) == 0 || memcmp(upright.exif.data, "II", 2) == 0);
    spx_photo_clear(&upright);
}

static void turns_jpeg_by_exif(void **state)
{
    (void)state;
    static const int jpeg_loss = 24;
    spx_photo upright = read_file("codec/orient_1.png");

    spx_photo turned = read_file("codec/orient_6.jpg");

    assert_in_range(largest_difference(upright.image, turned.image), 1, jpeg_loss);
    spx_photo_clear(&turned);
    spx_photo_clear(&upright);
}

/* The files also carry an EXIF orientation of 6, which must not count. */
static void turns_heic_by_irot_alone(void **state)
{
    (void)state;
    static const char *const names[] = { "codec/irot_90.heic", "codec/irot_180.heic",
                                         "codec/irot_270.heic" };
    static const int hevc_loss = 60; /* chroma at half size, on hard 2 x 2 steps */
    spx_photo upright = read_file("codec/orient_1.png");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        spx_photo turned = read_file(names[i]);

        assert_int_equal(turned.image->width, 2 * upright.image->width);
        assert_int_equal(turned.image->height, 2 * upright.image->height);
        for (uint32_t y = 0; y < turned.image->height; y++) {
            for (size_t x = 0; x < turned.image->width; x++) {
                const int green = spx_image_row8(turned.image, y)[3 * x + 1];
                const int wanted = spx_image_row8(upright.image, y / 2)[3 * (x / 2) + 1];
                assert_true(abs(green - wanted) <= hevc_loss);
            }
        }
        spx_photo_clear(&turned);
    }
    spx_photo_clear(&upright);
}

static void reads_every_format_as_the_same_picture(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int loss;
    } files[] = {
        { "codec/photo.tiff", 0 },   { "codec/photo.webp", 110 },      { "codec/photo.heic", 110 },
        { "codec/photo.avif", 110 }, { "codec/progressive.jpg", 110 },
    };
    spx_photo wanted = read_file("codec/orient_1.png");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        spx_photo photo = read_file(files[i].name);

        const int difference = largest_difference(wanted.image, photo.image);
        if (difference > files[i].loss)
            fail_msg("%s differs by %d", files[i].name, difference);
        spx_photo_clear(&photo);
    }
    spx_photo_clear(&wanted);
}

static void keeps_sixteen_bits(void **state)
{
    (void)state;
    spx_photo deep = read_file("codec/deep.png"); /* red at the top to blue at the bottom */

    assert_int_equal(deep.image->bits, 16);
    assert_int_equal(spx_image_row16(deep.image, 0)[0], 65535);
    assert_int_equal(spx_image_row16(deep.image, 29)[2], 65535);
    /* Between the ends of 30 rows there are steps that 8 bits do not have. */
    assert_int_not_equal(spx_image_row16(deep.image, 10)[0] % 257, 0);
    spx_photo_clear(&deep);
}

static void stretches_ten_bits_to_sixteen(void **state)
{
    (void)state;
    static const int hevc_loss = 6;
    spx_photo wanted = read_file("codec/deep.png");

    spx_photo deep = read_file("codec/deep.heic");

    assert_int_equal(deep.image->bits, 16);
    assert_in_range(largest_difference(wanted.image, deep.image), 0, hevc_loss);
    assert_in_range(spx_image_row16(deep.image, 0)[0], 64500, 65535);
    spx_photo_clear(&deep);
    spx_photo_clear(&wanted);
}

static void makes_grey_and_palette_rgb(void **state)
{
    (void)state;
    spx_photo grey = read_file("codec/grey.png");
    spx_photo deep = read_file("codec/deep_grey.png");
    spx_photo palette = read_file("codec/palette.png");

    assert_int_equal(grey.image->bits, 8);
    assert_int_equal(deep.image->bits, 16);
    assert_int_equal(spx_image_row16(deep.image, 29)[0], 65535);
    assert_int_equal(palette.image->bits, 8);
    for (uint32_t x = 0; x < grey.image->width; x++) {
        const uint8_t *const pixel = spx_image_row8(grey.image, 7) + 3 * (size_t)x;
        assert_int_equal(pixel[0], pixel[1]);
        assert_int_equal(pixel[0], pixel[2]);
    }
    spx_photo_clear(&grey);
    spx_photo_clear(&deep);
    spx_photo_clear(&palette);
}

static void lays_alpha_on_white(void **state)
{
    (void)state;
    spx_photo photo = read_file("codec/alpha.png"); /* left clear red, right solid blue */

    static const uint8_t white[] = { 255, 255, 255 };
    static const uint8_t blue[] = { 0, 0, 255 };
    assert_int_equal(photo.on_white, 1);
    assert_memory_equal(spx_image_row8(photo.image, 3), white, 3);
    assert_memory_equal(spx_image_row8(photo.image, 3) + 3 * 39, blue, 3);
    spx_photo_clear(&photo);
}

static void makes_cmyk_srgb(void **state)
{
    (void)state;
    spx_photo photo = read_file("codec/cmyk.jpg"); /* magenta and yellow ink: red */

    const uint8_t *const pixel = spx_image_row8(photo.image, 15) + 3 * 20;
    assert_int_equal(photo.icc.size, 0);
    assert_in_range(pixel[0], 190, 255);
    assert_in_range(pixel[1], 0, 70);
    assert_in_range(pixel[2], 0, 70);
    spx_photo_clear(&photo);
}

static void assert_refused(const void *data, size_t size, spx_status wanted, const char *text)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    const spx_status status = read_bytes(&photo, data, size, &diag);
    if (status != wanted || strstr(diag.text, text) == NULL)
        fail_msg("status %d, '%s'; wanted %d, '%s'", status, diag.text, wanted, text);
    assert_null(photo.image);
    assert_int_equal(photo.exif.capacity, 0);
}

static void says_what_is_wrong_with_a_file(void **state)
{
    (void)state;
    static const char text[] = "Dear diary, this is not a photo at all.";
    assert_refused(text, sizeof(text), SPX_ERR_UNSUPPORTED, "name: not a photo");
    assert_refused(text, sizeof(text) - 1, SPX_ERR_UNSUPPORTED, "name: not a photo but a text");
    assert_refused("%PDF-1.4\n", 9, SPX_ERR_UNSUPPORTED, "name: not a photo but a PDF document");
    assert_refused("\0\0\0\x18"
                   "ftypisom\0\0\0\0isom",
                   20, SPX_ERR_UNSUPPORTED, "name: not a photo but an MP4 video");
    assert_refused(text, 0, SPX_ERR_TRUNCATED, "name: the file is empty");
    assert_refused("\xff\xd8\xff", 3, SPX_ERR_TRUNCATED, "name: truncated JPEG");

    spx_bytes bomb = test_data_read("codec/bomb.png");
    assert_refused(bomb.data, bomb.size, SPX_ERR_LIMIT, "60000x60000 are 3600000000 pixels");
    spx_bytes_clear(&bomb);
}

static void tells_truncated_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
    } files[] = {
        { "photos/orchid.jpg", "truncated JPEG" },
        { "codec/progressive.jpg", "truncated JPEG" },
        { "codec/orient_1.png", "truncated PNG" },
        { "codec/photo.heic", "box 'mdat' of 1490 bytes, 516 left" },
        { "codec/photo.avif", "bytes, " },
        { "codec/photo.tiff", "TIFF" },
        { "codec/photo.webp", "WebP" },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        spx_bytes bytes = test_data_read(files[i].name);
        spx_photo photo = { 0 };
        spx_diag diag = { 0 };

        const spx_status status = read_bytes(&photo, bytes.data, bytes.size / 2, &diag);

        if ((status != SPX_ERR_TRUNCATED && status != SPX_ERR_CORRUPT) ||
            strstr(diag.text, files[i].text) == NULL)
            fail_msg("%s: status %d, '%s'", files[i].name, status, diag.text);
        spx_bytes_clear(&bytes);
    }
}

static void keeps_to_the_limits(void **state)
{
    (void)state;
    spx_bytes bytes = test_data_read("codec/orient_1.png"); /* 40 x 30 */
    const struct {
        spx_limits limits;
        spx_status status;
    } cases[] = {
        { { .file_bytes = bytes.size, .pixels = 1200, .side_px = 40 }, SPX_OK },
        { { .file_bytes = bytes.size - 1, .pixels = 1200, .side_px = 40 }, SPX_ERR_LIMIT },
        { { .file_bytes = bytes.size, .pixels = 1199, .side_px = 40 }, SPX_ERR_LIMIT },
        { { .file_bytes = bytes.size, .pixels = 1200, .side_px = 39 }, SPX_ERR_LIMIT },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_photo photo = { 0 };

        const spx_status status =
            spx_photo_read(&photo, bytes.data, bytes.size, "name", &cases[i].limits, NULL, NULL);

        assert_int_equal(status, cases[i].status);
        spx_photo_clear(&photo);
    }
    spx_bytes_clear(&bytes);
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };
    spx_bytes bytes = test_data_read("photos/orchid.jpg");
    spx_photo photo = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);

    const spx_status status =
        spx_photo_read(&photo, bytes.data, bytes.size, "name", &limits, &task, NULL);

    assert_int_equal(status, SPX_ERR_CANCELLED);
    spx_bytes_clear(&bytes);
    spx_cancel_destroy(cancel);
}

static void carries_exif_of_a_tiff(void **state)
{
    (void)state;
    spx_photo photo = read_file("codec/exif_be.tiff");
    spx_exif exif;

    spx_exif_read(&exif, photo.exif.data, photo.exif.size);

    assert_int_equal(exif.orientation, 1);
    assert_int_equal((int)exif.focal_length_35mm, 28);
    assert_int_equal(photo.image->width, 8); /* turned */
    assert_int_equal(photo.image->height, 12);
    spx_photo_clear(&photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_all_eight_orientations_to_one_picture),
        cmocka_unit_test(carries_exif_of_a_tiff),
        cmocka_unit_test(turns_jpeg_by_exif),
        cmocka_unit_test(turns_heic_by_irot_alone),
        cmocka_unit_test(reads_every_format_as_the_same_picture),
        cmocka_unit_test(keeps_sixteen_bits),
        cmocka_unit_test(stretches_ten_bits_to_sixteen),
        cmocka_unit_test(makes_grey_and_palette_rgb),
        cmocka_unit_test(lays_alpha_on_white),
        cmocka_unit_test(makes_cmyk_srgb),
        cmocka_unit_test(says_what_is_wrong_with_a_file),
        cmocka_unit_test(tells_truncated_files),
        cmocka_unit_test(keeps_to_the_limits),
        cmocka_unit_test(stops_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

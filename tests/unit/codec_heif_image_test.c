#include "codec/heif_image.h"

#include "codec/photo_read.h"
#include "container/heif_excerpt.h"
#include "image/image.h"
#include "test_files.h"
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 64, TILES_ACROSS = 16, GRID_WIDTH = 1000, GRID_HEIGHT = 760, WHITE = 255 };

static spx_status read_bytes(spx_photo *out, const spx_bytes *bytes, uint32_t item, spx_diag *diag)
{
    spx_limits limits;
    spx_limits_init(&limits);
    const spx_photo_file file = {
        .data = bytes->data, .size = bytes->size, .name = "name", .item = item
    };
    return spx_photo_read_item(out, &file, &limits, NULL, diag);
}

static spx_photo read_item(const char *name, uint32_t item)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_bytes bytes = test_data_read(name);
    const spx_status status = read_bytes(&photo, &bytes, item, &diag);
    spx_bytes_clear(&bytes);
    if (status != SPX_OK)
        fail_msg("%s: %s", name, diag.text);
    return photo;
}

static double mean_difference(const spx_image *a, const spx_image *b)
{
    double sum = 0;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (uint32_t y = 0; y < a->height; y++) {
        for (uint32_t x = 0; x < a->width; x++) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                sum += abs((int)spx_image_sample(a, x, y, c) - (int)spx_image_sample(b, x, y, c));
        }
    }
    return sum / ((double)a->width * a->height * SPX_IMAGE_CHANNELS);
}

/* What all files show, as the decoder gives it: held to the picture that went in. */
static spx_photo read_wanted(void)
{
    static const double hevc_loss = 6.0; /* a small busy picture, chroma at half size */
    spx_photo source = read_item("heic/variant.png", 0);
    spx_photo wanted = read_item("heic/tmap_aux.heic", 1);
    assert_true(mean_difference(source.image, wanted.image) < hevc_loss);
    spx_photo_clear(&source);
    return wanted;
}

static void assert_same(const spx_image *a, const spx_image *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (uint32_t y = 0; y < a->height; y++)
        assert_memory_equal(spx_image_row8(a, y), spx_image_row8(b, y), (size_t)a->width * 3);
}

static void opens_photos_with_tone_mapped_items(void **state)
{
    (void)state;
    static const char *const names[] = { "heic/tmap_aux.heic", "heic/tmap_primary.heic",
                                         "heic/no_ispe.heic", "heic/wide_ids.heic" };
    spx_photo wanted = read_wanted();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        spx_photo photo = read_item(names[i], 0);

        assert_same(photo.image, wanted.image);
        spx_photo_clear(&photo);
    }
    spx_photo shared = read_item("heic/tmap_aux.heic", 0);
    assert_true(shared.exif.size > 8);
    assert_memory_equal(shared.exif.data, "MM", 2);
    spx_photo_clear(&shared);
    spx_photo_clear(&wanted);
}

static void opens_the_phone_photo_as_its_scene(void **state)
{
    (void)state;
    spx_photo base = read_item("cases/base.jpg", 0);

    spx_photo photo = read_item("cases/ios18_tmap.heic", 0);

    assert_true(mean_difference(base.image, photo.image) < 5.0);
    spx_photo_clear(&photo);
    spx_photo_clear(&base);
}

/* Anticlockwise: the right column becomes the top row. */
static void follows_an_identity_derivation(void **state)
{
    (void)state;
    spx_photo wanted = read_wanted();

    spx_photo turned = read_item("heic/iden.heic", 0);

    assert_int_equal(turned.image->width, SIDE);
    for (uint32_t y = 0; y < SIDE; y++) {
        for (uint32_t x = 0; x < SIDE; x++) {
            assert_memory_equal(spx_image_row8(turned.image, y) + 3 * (size_t)x,
                                spx_image_row8(wanted.image, x) + 3 * (size_t)(SIDE - 1 - y), 3);
        }
    }
    spx_photo_clear(&turned);
    spx_photo_clear(&wanted);
}

/* libheif rounds what lies over a canvas otherwise in newer versions. */
static void assert_near(const uint8_t *one, const uint8_t *other, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_true(abs(one[i] - other[i]) <= 1);
}

static void lays_overlays_on_their_canvas(void **state)
{
    (void)state;
    spx_photo wanted = read_wanted();
    spx_photo negative = read_item("heic/iovl.heic", 2);

    spx_photo both = read_item("heic/iovl.heic", 0);

    assert_int_equal(both.image->width, 2 * SIDE);
    for (uint32_t y = 0; y < SIDE; y++) {
        assert_near(spx_image_row8(both.image, y), spx_image_row8(wanted.image, y),
                    (size_t)3 * SIDE);
        assert_near(spx_image_row8(both.image, y) + (size_t)3 * SIDE,
                    spx_image_row8(negative.image, y), (size_t)3 * SIDE);
    }
    spx_photo_clear(&both);
    spx_photo_clear(&negative);
    spx_photo_clear(&wanted);
}

static void puts_large_grids_together(void **state)
{
    (void)state;
    spx_photo wanted = read_wanted();
    spx_photo negative = read_item("heic/iovl.heic", 2);

    spx_photo grid = read_item("heic/grid_48mp_shape.heic", 0);

    assert_int_equal(grid.image->width, GRID_WIDTH);
    assert_int_equal(grid.image->height, GRID_HEIGHT);
    for (uint32_t y = 0; y < GRID_HEIGHT; y++) {
        for (uint32_t x = 0; x < GRID_WIDTH; x++) {
            const uint32_t tile = y / SIDE * TILES_ACROSS + x / SIDE;
            const spx_image *const from = tile % 2 == 0 ? wanted.image : negative.image;
            assert_memory_equal(spx_image_row8(grid.image, y) + 3 * (size_t)x,
                                spx_image_row8(from, y % SIDE) + 3 * (size_t)(x % SIDE), 3);
        }
    }
    spx_photo_clear(&grid);
    spx_photo_clear(&negative);
    spx_photo_clear(&wanted);
}

static void takes_the_first_visible_picture_where_none_is_primary(void **state)
{
    (void)state;
    spx_photo wanted = read_wanted();

    spx_photo turned = read_item("heic/no_primary.heic", 0);

    for (uint32_t x = 0; x < SIDE; x++) {
        assert_memory_equal(spx_image_row8(turned.image, 0) + 3 * (size_t)x,
                            spx_image_row8(wanted.image, SIDE - 1) + 3 * (size_t)(SIDE - 1 - x), 3);
    }
    spx_photo_clear(&turned);
    spx_photo_clear(&wanted);
}

static void gives_any_item_as_a_plane(void **state)
{
    (void)state;
    spx_limits limits;
    spx_limits_init(&limits);
    spx_bytes bytes = test_data_read("heic/tmap_aux.heic");
    spx_heif *heif = NULL;
    assert_int_equal(spx_heif_read(&heif, bytes.data, bytes.size, "name", NULL, NULL), SPX_OK);
    const spx_heif_file file = { .heif = heif, .name = "name", .limits = &limits };
    spx_photo wanted = read_wanted();
    spx_plane *photo = NULL;
    spx_plane *gain = NULL;

    spx_diag diag = { 0 };
    if (spx_heif_plane_read(&photo, &file, 1, &diag) != SPX_OK ||
        spx_heif_plane_read(&gain, &file, 2, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    for (uint32_t y = 0; y < SIDE; y++) {
        for (uint32_t x = 0; x < SIDE; x++) {
            const uint8_t *const rgb = spx_image_row8(wanted.image, y) + 3 * (size_t)x;
            const float luma =
                (0.299f * (float)rgb[0] + 0.587f * (float)rgb[1] + 0.114f * (float)rgb[2]) / WHITE;
            const float sum = spx_plane_row(photo, y)[x] + spx_plane_row(gain, y)[x];
            assert_float_equal(spx_plane_row(photo, y)[x], luma, 0.06f); /* clipped colours */
            assert_float_equal(sum, 1.0f, 0.12f); /* a picture, its negative */
        }
    }
    spx_plane_destroy(photo);
    spx_plane_destroy(gain);
    spx_photo_clear(&wanted);
    spx_heif_destroy(heif);
    spx_bytes_clear(&bytes);
}

static void assert_refused(const char *name, uint32_t item, size_t cut, spx_status status,
                           const char *text)
{
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_bytes bytes = test_data_read(name);
    bytes.size -= cut;

    const spx_status have = read_bytes(&photo, &bytes, item, &diag);

    if (have != status || strstr(diag.text, text) == NULL)
        fail_msg("%s: status %d, '%s'; wanted %d, '%s'", name, have, diag.text, status, text);
    assert_null(photo.image);
    spx_bytes_clear(&bytes);
}

static void says_what_cannot_be_decoded(void **state)
{
    (void)state;
    assert_refused("heic/tmap_aux.heic", 77, 0, SPX_ERR_NOT_FOUND, "there is no item 77");
    assert_refused("heic/tmap_aux.heic", 3, 0, SPX_ERR_UNSUPPORTED, "item 3 is of type 'tmap'");
    assert_refused("heic/tmap_aux.heic", 0, 100, SPX_ERR_TRUNCATED, "box 'mdat'");
}

/* A damaged tile is neither a cut file nor silence. */
static void says_that_damaged_data_does_not_decode(void **state)
{
    (void)state;
    spx_photo photo = { 0 };
    spx_diag diag = { 0 };
    spx_bytes bytes = test_data_read("heic/no_ispe.heic");
    uint8_t *const media = memmem(bytes.data, bytes.size, "mdat", 4);
    assert_non_null(media);
    memset(media + 4, 0x7f, 4); /* the length in front of the slice */

    const spx_status status = read_bytes(&photo, &bytes, 0, &diag);

    if (status == SPX_OK || strstr(diag.text, "truncated") != NULL)
        fail_msg("status %d, '%s'", status, diag.text);
    spx_photo_clear(&photo);
    spx_bytes_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_photos_with_tone_mapped_items),
        cmocka_unit_test(opens_the_phone_photo_as_its_scene),
        cmocka_unit_test(follows_an_identity_derivation),
        cmocka_unit_test(lays_overlays_on_their_canvas),
        cmocka_unit_test(puts_large_grids_together),
        cmocka_unit_test(takes_the_first_visible_picture_where_none_is_primary),
        cmocka_unit_test(gives_any_item_as_a_plane),
        cmocka_unit_test(says_what_cannot_be_decoded),
        cmocka_unit_test(says_that_damaged_data_does_not_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

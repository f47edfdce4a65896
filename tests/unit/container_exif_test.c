#include "container/exif.h"
#include "container/tiff.h"

#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct orientation_places {
    size_t ifd0;
    size_t ifd1_link;
} orientation_places;

static int little;

static void put_u16(spx_bytes *bytes, unsigned value)
{
    spx_bytes_u16(bytes, little ? (value & 255) << 8 | value >> 8 : value);
}

static void put_u32(spx_bytes *bytes, uint32_t value)
{
    if (little) {
        put_u16(bytes, value & 0xffff);
        put_u16(bytes, value >> 16);
    } else {
        spx_bytes_u32(bytes, value);
    }
}

static void put_entry(spx_bytes *bytes, unsigned tag, unsigned type, uint32_t value)
{
    put_u16(bytes, tag);
    put_u16(bytes, type);
    put_u32(bytes, 1);
    if (type == 3) {
        put_u16(bytes, value);
        put_u16(bytes, 0);
    } else {
        put_u32(bytes, value);
    }
}

/* IFD0 with Orientation and the Exif IFD, IFD1 with Orientation. */
static orientation_places make_exif(spx_bytes *exif, int little_endian, unsigned orientation)
{
    orientation_places places;
    little = little_endian;
    *exif = (spx_bytes){ 0 };
    spx_bytes_text(exif, little_endian ? "II" : "MM");
    put_u16(exif, 42);
    put_u32(exif, 8);
    put_u16(exif, 2);
    places.ifd0 = exif->size + 8;
    put_entry(exif, 0x0112, 3, orientation);
    put_entry(exif, 0x8769, 4, 8 + 2 + 24 + 4 + 18);
    places.ifd1_link = exif->size;
    put_u32(exif, 8 + 2 + 24 + 4);
    put_u16(exif, 1); /* IFD1 */
    put_entry(exif, 0x0112, 3, orientation);
    put_u32(exif, 0);
    put_u16(exif, 2); /* the Exif IFD */
    put_entry(exif, 0x920a, 5, (uint32_t)exif->size + 28);
    put_entry(exif, 0xa405, 3, 28);
    put_u32(exif, 0);
    put_u32(exif, 43);
    put_u32(exif, 10);
    return places;
}

static void reads_both_byte_orders(void **state)
{
    (void)state;
    for (int little_endian = 0; little_endian < 2; little_endian++) {
        spx_bytes bytes;
        spx_exif exif;
        (void)make_exif(&bytes, little_endian, 6);

        spx_exif_read(&exif, bytes.data, bytes.size);

        assert_int_equal(exif.orientation, 6);
        assert_true(fabs(exif.focal_length_35mm - 28) < 1e-12);
        assert_true(fabs(exif.focal_length_mm - 4.3) < 1e-12);
        spx_bytes_clear(&bytes);
    }
}

/* The thumbnail of a picture that is turned lies as the picture did. */
static void sets_orientation_drops_a_turned_thumbnail_and_nothing_else(void **state)
{
    (void)state;
    for (int little_endian = 0; little_endian < 2; little_endian++) {
        for (unsigned orientation = 1; orientation <= 8; orientation++) {
            spx_bytes before;
            spx_bytes after;
            spx_exif exif;
            (void)make_exif(&before, little_endian, orientation);
            const orientation_places places = make_exif(&after, little_endian, orientation);
            const size_t low_byte = little_endian ? 0 : 1;
            before.data[places.ifd0 + low_byte] = 1;
            if (orientation != 1)
                memset(before.data + places.ifd1_link, 0, 4);

            spx_exif_set_upright(after.data, after.size);

            assert_memory_equal(after.data, before.data, before.size);
            spx_exif_read(&exif, after.data, after.size);
            assert_int_equal(exif.orientation, 1);
            spx_bytes_clear(&before);
            spx_bytes_clear(&after);
        }
    }
}

static void takes_an_orientation_over_8_as_absent(void **state)
{
    (void)state;
    spx_bytes bytes;
    spx_exif exif;
    (void)make_exif(&bytes, 1, 9);

    spx_exif_read(&exif, bytes.data, bytes.size);

    assert_int_equal(exif.orientation, 0);
    spx_bytes_clear(&bytes);
}

static void survives_every_truncation_and_changed_byte(void **state)
{
    (void)state;
    spx_bytes whole;
    spx_exif exif;
    (void)make_exif(&whole, 0, 3);
    for (size_t size = 0; size <= whole.size; size++) {
        uint8_t *const exact = malloc(size + 1); /* a sanitizer sees a read behind it */
        assert_non_null(exact);
        memcpy(exact + 1, whole.data, size);

        spx_exif_read(&exif, exact + 1, size);
        spx_exif_set_upright(exact + 1, size);
        spx_exif_set_size(exact + 1, size, 5, 6);
        spx_exif_set_srgb(exact + 1, size);

        assert_true(exif.orientation == 0 || exif.orientation == 3);
        free(exact);
    }
    for (size_t at = 0; at < whole.size; at++) {
        for (unsigned value = 0; value < 256; value += 15) {
            const uint8_t kept = whole.data[at];
            whole.data[at] = (uint8_t)value;
            spx_exif_read(&exif, whole.data, whole.size);
            assert_true(exif.orientation <= 8);
            assert_true(exif.focal_length_mm >= 0);
            whole.data[at] = kept;
        }
    }
    spx_bytes_clear(&whole);
}

static uint32_t tag_of(const spx_bytes *block, int in_exif_ifd, unsigned tag)
{
    spx_tiff file;
    spx_tiff_entry entry = { 0 };
    assert_true(spx_tiff_open(&file, block->data, block->size));
    uint32_t ifd = file.first_ifd;
    if (in_exif_ifd) {
        assert_true(spx_tiff_find(&file, ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry));
        ifd = spx_tiff_number(&file, &entry);
    }
    assert_true(spx_tiff_find(&file, ifd, tag, 0, &entry));
    return spx_tiff_number(&file, &entry);
}

static void writes_the_least_and_sets_sizes_over_it(void **state)
{
    (void)state;
    enum { COLOR_SPACE = 0xa001, PIXEL_X = 0xa002, PIXEL_Y = 0xa003, SRGB = 1, TALL = 70000 };
    spx_bytes block = { 0 };
    spx_bytes other = { 0 };
    spx_exif exif;

    spx_exif_put_least(&block, 640, 480, 1);
    spx_exif_put_least(&other, 640, 480, 0);

    spx_exif_read(&exif, block.data, block.size);
    assert_int_equal(exif.orientation, 1);
    assert_int_equal(tag_of(&block, 1, PIXEL_X), 640);
    assert_int_equal(tag_of(&block, 1, PIXEL_Y), 480);
    assert_int_equal(tag_of(&block, 1, COLOR_SPACE), SRGB);
    assert_int_equal(tag_of(&other, 1, COLOR_SPACE), 0xffff);

    spx_exif_set_size(block.data, block.size, 1280, TALL);

    assert_int_equal(tag_of(&block, 1, PIXEL_X), 1280);
    assert_int_equal(tag_of(&block, 1, PIXEL_Y), TALL);
    assert_int_equal(tag_of(&block, 1, COLOR_SPACE), SRGB);
    spx_exif_set_srgb(other.data, other.size);
    assert_int_equal(tag_of(&other, 1, COLOR_SPACE), SRGB);
    spx_bytes_clear(&block);
    spx_bytes_clear(&other);
}

/* SHORT sizes in both byte orders become LONG, which holds any. */
static void sets_sizes_that_are_short(void **state)
{
    (void)state;
    enum { WIDTH = 0x0100, LENGTH = 0x0101, BIG = 66000 };
    static const uint8_t short_le[] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0, 0, 1, 3,
                                        0,   1,   0,  0, 0, 9, 0, 0, 0, 1, 1, 3, 0,
                                        1,   0,   0,  0, 7, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t short_be[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2, 1, 0, 0,
                                        3,   0,   0, 0,  1, 0, 9, 0, 0, 1, 1, 0, 3,
                                        0,   0,   0, 1,  0, 7, 0, 0, 0, 0, 0, 0 };
    const uint8_t *const blocks[2] = { short_le, short_be };
    for (size_t i = 0; i < 2; i++) {
        spx_bytes block = { 0 };
        spx_bytes_append(&block, blocks[i], sizeof(short_le));

        spx_exif_set_size(block.data, block.size, BIG, 5);

        assert_int_equal(tag_of(&block, 0, WIDTH), BIG);
        assert_int_equal(tag_of(&block, 0, LENGTH), 5);
        spx_bytes_clear(&block);
    }
}

static void knows_the_field_of_view_of_a_35_mm_focal_length(void **state)
{
    (void)state;

    /* A 3:2 frame is 36 mm wide: 2 atan(18 / f). */
    assert_true(fabs(spx_hfov_from_focal_35mm(18, 3600, 2400) - 90) < 1e-9);
    /* A square photo at 18 mm: the Vision Pro's case, 80.7 degrees. */
    assert_true(fabs(spx_hfov_from_focal_35mm(18, 2560, 2560) - 80.7) < 0.05);
    assert_true(spx_hfov_from_focal_35mm(18, 2400, 3600) < 68); /* upright photo: narrower */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders),
        cmocka_unit_test(sets_orientation_drops_a_turned_thumbnail_and_nothing_else),
        cmocka_unit_test(takes_an_orientation_over_8_as_absent),
        cmocka_unit_test(survives_every_truncation_and_changed_byte),
        cmocka_unit_test(writes_the_least_and_sets_sizes_over_it),
        cmocka_unit_test(sets_sizes_that_are_short),
        cmocka_unit_test(knows_the_field_of_view_of_a_35_mm_focal_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "container/exif.h"

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
        cmocka_unit_test(knows_the_field_of_view_of_a_35_mm_focal_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

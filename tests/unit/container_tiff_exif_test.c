#include "test_files.h"
#include "test_support.h"

#include "container/exif.h"
#include "container/tiff.h"
#include "container/tiff_exif.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "codec/exif_le.tiff", "codec/exif_be.tiff" };
enum { NAMES = sizeof(names) / sizeof(names[0]), ROWS_PER_STRIP = 0x0116, GPS_LATITUDE = 2 };

static spx_bytes collect(const void *tiff, size_t size)
{
    spx_bytes exif = { 0 };
    assert_int_equal(spx_tiff_exif(&exif, tiff, size, NULL), SPX_OK);
    return exif;
}

static void carries_camera_time_and_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        spx_bytes file = test_data_read(names[i]);

        spx_bytes block = collect(file.data, file.size);

        spx_exif exif;
        spx_tiff tiff;
        spx_tiff_entry entry;
        spx_exif_read(&exif, block.data, block.size);
        assert_int_equal(exif.orientation, 6);
        assert_int_equal((int)exif.focal_length_35mm, 28);
        assert_true(spx_tiff_open(&tiff, block.data, block.size));
        assert_true(spx_tiff_find(&tiff, tiff.first_ifd, SPX_TIFF_TAG_GPS_IFD, 0, &entry));
        const uint32_t gps = spx_tiff_number(&tiff, &entry);
        assert_true(spx_tiff_find(&tiff, gps, GPS_LATITUDE, 0, &entry));
        assert_int_equal(entry.count, 3);
        const uint32_t at = spx_tiff_u32(&tiff, entry.value_at);
        assert_true(spx_tiff_has(&tiff, at, 24));
        assert_int_equal(spx_tiff_u32(&tiff, at), 48); /* degrees: 48 / 1 */
        assert_int_equal(spx_tiff_u32(&tiff, at + 4), 1);
        assert_int_equal(spx_tiff_u32(&tiff, at + 8), 47); /* minutes, and 60 seconds */
        spx_bytes_clear(&block);
        spx_bytes_clear(&file);
    }
}

static void leaves_out_how_the_pixels_are_stored(void **state)
{
    (void)state;
    spx_bytes file = test_data_read(names[0]);
    spx_tiff tiff;
    spx_tiff_entry entry;
    assert_true(spx_tiff_open(&tiff, file.data, file.size));
    assert_true(spx_tiff_find(&tiff, tiff.first_ifd, ROWS_PER_STRIP, 0, &entry));

    spx_bytes block = collect(file.data, file.size);

    assert_true(spx_tiff_open(&tiff, block.data, block.size));
    assert_int_equal(spx_tiff_find(&tiff, tiff.first_ifd, ROWS_PER_STRIP, 0, &entry), 0);
    spx_bytes_clear(&block);
    spx_bytes_clear(&file);
}

/* A block collected from a block is the block. */
static void collects_the_same_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < NAMES; i++) {
        spx_bytes file = test_data_read(names[i]);
        spx_bytes once = collect(file.data, file.size);

        spx_bytes twice = collect(once.data, once.size);

        assert_int_equal(twice.size, once.size);
        assert_memory_equal(twice.data, once.data, once.size);
        spx_bytes_clear(&twice);
        spx_bytes_clear(&once);
        spx_bytes_clear(&file);
    }
}

static void takes_what_is_no_tiff_as_nothing(void **state)
{
    (void)state;
    static const char bare[] = "II*\0\x08\0\0\0\0\0\0\0\0"; /* an IFD of no entries */
    spx_bytes none = collect("no TIFF at all", 14);
    spx_bytes empty = collect(bare, sizeof(bare));

    assert_int_equal(none.size, 0);
    assert_int_equal(empty.size, 0);
}

static void never_grows_past_what_a_jpeg_can_hold(void **state)
{
    (void)state;
    enum { COUNT = 100, VALUE = 5000, MOST = 65000, ASCII = 2, COPYRIGHT = 0x8298 };
    spx_bytes file = { 0 };
    spx_bytes_append(&file, "MM\0*\0\0\0\x08", 8);
    spx_bytes_u16(&file, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        spx_bytes_u16(&file, COPYRIGHT);
        spx_bytes_u16(&file, ASCII);
        spx_bytes_u32(&file, VALUE);
        spx_bytes_u32(&file, 8);
    }
    spx_bytes_append_zeros(&file, VALUE);

    spx_bytes block = collect(file.data, file.size);

    assert_in_range(block.size, 10 * VALUE, MOST);
    spx_bytes_clear(&block);
    spx_bytes_clear(&file);
}

static void survives_every_truncation_and_changed_byte(void **state)
{
    (void)state;
    spx_bytes whole = test_data_read(names[1]);
    for (size_t size = 0; size <= whole.size; size++) {
        uint8_t *const exact = malloc(size + 1); /* a sanitizer sees a read behind it */
        assert_non_null(exact);
        memcpy(exact + 1, whole.data, size);
        spx_bytes block = collect(exact + 1, size);
        assert_true(block.size <= whole.size);
        spx_bytes_clear(&block);
        free(exact);
    }
    for (size_t at = 0; at < whole.size; at++) {
        for (unsigned value = 0; value < 256; value += 51) {
            const uint8_t kept = whole.data[at];
            whole.data[at] = (uint8_t)value;
            spx_bytes block = collect(whole.data, whole.size);
            spx_bytes_clear(&block);
            whole.data[at] = kept;
        }
    }
    spx_bytes_clear(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_camera_time_and_place),
        cmocka_unit_test(leaves_out_how_the_pixels_are_stored),
        cmocka_unit_test(collects_the_same_again),
        cmocka_unit_test(takes_what_is_no_tiff_as_nothing),
        cmocka_unit_test(never_grows_past_what_a_jpeg_can_hold),
        cmocka_unit_test(survives_every_truncation_and_changed_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

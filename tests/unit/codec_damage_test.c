#include "codec/damage.h"

#include "base/bytes.h"
#include "test_files.h"
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <jpeglib.h>
#include <zlib.h>

enum { SIDE = 2 };

/* A grey picture of two rows, each a strip. counts_at: where their lengths stand; 0 = the file does
 * not tell them. */
static spx_bytes make_tiff(uint32_t counts_at)
{
    enum { HEADER = 8, VALUES = 3 * 4 * SIDE, IFD_AT = HEADER + VALUES };
    const uint32_t pixels_at = HEADER + 2 * sizeof(uint32_t) * SIDE;
    spx_bytes file = { 0 };
    spx_bytes_text(&file, "MM");
    spx_bytes_u16(&file, 42);
    spx_bytes_u32(&file, IFD_AT);
    spx_bytes_u32(&file, pixels_at); /* at 8: the strips */
    spx_bytes_u32(&file, pixels_at + SIDE);
    spx_bytes_u32(&file, SIDE); /* at 16: their lengths */
    spx_bytes_u32(&file, SIDE);
    spx_bytes_append_zeros(&file, IFD_AT - file.size);
    spx_bytes_u16(&file, counts_at == 0 ? 6 : 7);
    test_tiff_entry(&file, 0x0100, 1, SIDE);
    test_tiff_entry(&file, 0x0101, 1, SIDE);
    test_tiff_entry(&file, 0x0103, 1, 1);
    test_tiff_entry(&file, 0x0106, 1, 1);
    test_tiff_entry(&file, 0x0111, SIDE, HEADER);
    test_tiff_entry(&file, 0x0116, 1, 1);
    if (counts_at != 0)
        test_tiff_entry(&file, 0x0117, SIDE, counts_at);
    spx_bytes_u32(&file, 0);
    assert_int_equal(spx_bytes_check(&file, "test", NULL), SPX_OK);
    return file;
}

static void a_tiff_that_does_not_tell_its_strips_lengths_is_not_cut(void **state)
{
    (void)state;
    static const struct {
        uint32_t counts_at;
        int found;
        double missing;
    } cases[] = { { 16, 0, 0.0 }, { 0, 0, 0.0 }, { 1000000, 1, 1.0 } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes file = make_tiff(cases[i].counts_at);

        const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_TIFF, file.data, file.size);

        assert_int_equal(damage.found, cases[i].found);
        assert_true(damage.missing == cases[i].missing);
        spx_bytes_clear(&file);
    }
}

static void a_tiff_that_ends_within_its_second_strip_lacks_half(void **state)
{
    (void)state;
    spx_bytes file = make_tiff(16);
    spx_bytes_patch_u32(&file, 12, (uint32_t)file.size - 1);

    const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_TIFF, file.data, file.size);

    assert_int_equal(damage.found, 1);
    assert_int_equal(damage.rows, 1);
    assert_true(damage.missing == 0.5);
    spx_bytes_clear(&file);
}

static long peak_kilobytes(void)
{
    struct rusage used;
    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    return used.ru_maxrss;
}

/* All its coefficients at once would take 1.1 GB. */
static void a_jpeg_too_short_for_its_pixels_is_not_decoded(void **state)
{
    (void)state;
    enum { MOST_KB = 100000, SIDES_AT = 5 };
    static const uint8_t sof2[] = { 0xff, 0xc2 };
    static const uint8_t sides[] = { 14000 >> 8, 14000 & 0xff, 14000 >> 8, 14000 & 0xff };
    spx_bytes file = test_data_read("codec/progressive.jpg");
    uint8_t *const frame = memmem(file.data, file.size, sof2, sizeof(sof2));
    assert_non_null(frame);
    memcpy(frame + SIDES_AT, sides, sizeof(sides));
    const long before_kb = peak_kilobytes();

    const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_JPEG, file.data, file.size);

    assert_int_equal(damage.found, 1);
    assert_true(damage.missing == 1.0);
    assert_in_range(peak_kilobytes() - before_kb, 0, MOST_KB);
    spx_bytes_clear(&file);
}

/* Whatever is accepted: there is nothing to open. */
static void a_jpeg_of_a_kind_that_is_not_read_is_not_called_damaged(void **state)
{
    (void)state;
    enum { TO_MARKER = 1, TO_PRECISION = 4 };
    static const uint8_t sof0[] = { 0xff, 0xc0 };
    static const struct {
        size_t at;
        uint8_t value;
        const char *text;
    } kinds[] = {
        { TO_MARKER, 0xc5, "hierarchical" },
#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 3000000
        { TO_MARKER, 0xc3, "lossless" }, /* newer ones decode it */
#endif
        { TO_MARKER, 0xf7, "JPEG-LS" },
        { TO_PRECISION, 12, "8 bits" },
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        spx_bytes file = test_data_read("photos/pagoda.jpg");
        spx_diag diag = { 0 };
        uint8_t *const frame = memmem(file.data, file.size, sof0, sizeof(sof0));
        assert_non_null(frame);
        frame[kinds[i].at] = kinds[i].value;

        const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_JPEG, file.data, file.size);
        const spx_status status =
            spx_damage_judge(&damage, SPX_PHOTO_TYPE_JPEG, "name", 1, NULL, &diag);

        assert_int_equal(status, SPX_ERR_UNSUPPORTED);
        assert_non_null(strstr(diag.text, kinds[i].text));
        assert_null(strstr(diag.text, "damaged"));
        spx_bytes_clear(&file);
    }
}

static void knows_the_jpegs_that_are_read_row_by_row(void **state)
{
    (void)state;
    static const uint8_t none[] = { 0xff, 0xd8, 0xff };
    spx_bytes plain = test_data_read("photos/boats.jpg");
    spx_bytes progressive = test_data_read("codec/progressive.jpg");

    assert_int_equal(spx_jpeg_has_one_scan(plain.data, plain.size), 1);
    assert_int_equal(spx_jpeg_has_one_scan(progressive.data, progressive.size), 0);
    assert_int_equal(spx_jpeg_has_one_scan(none, sizeof(none)), 0);

    spx_bytes_clear(&plain);
    spx_bytes_clear(&progressive);
}

static void put_chunk(spx_bytes *file, const char *type, const uint8_t *body, size_t size)
{
    spx_bytes_u32(file, (uint32_t)size);
    const size_t at = file->size;
    spx_bytes_text(file, type);
    spx_bytes_append(file, body, size);
    spx_bytes_u32(file, (uint32_t)crc32(0, file->data + at, (uInt)(file->size - at)));
}

/* A grey picture of 32 rows. Its compressed data lie in chunks of which the last hold so many
 * bytes; `wrong` is added to their last byte. */
static spx_bytes make_png(const size_t last[3], uint8_t wrong)
{
    enum { GREY_SIDE = 32, ROWS_BYTES = GREY_SIDE * (GREY_SIDE + 1), ROOM = 2 * ROWS_BYTES };
    static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10 };
    static const uint8_t header[] = { 0, 0, 0, GREY_SIDE, 0, 0, 0, GREY_SIDE, 8, 0, 0, 0, 0 };
    uint8_t rows[ROWS_BYTES];
    uint8_t packed[ROOM];
    uLongf size = sizeof(packed);
    spx_bytes file = { 0 };
    for (size_t i = 0; i < sizeof(rows); i++)
        rows[i] = (uint8_t)(i % (GREY_SIDE + 1) == 0 ? 0 : i * i);
    assert_int_equal(compress(packed, &size, rows, sizeof(rows)), Z_OK);
    packed[size - 1] = (uint8_t)(packed[size - 1] + wrong);
    spx_bytes_append(&file, signature, sizeof(signature));
    put_chunk(&file, "IHDR", header, sizeof(header));
    size_t at = size - last[0] - last[1] - last[2];
    put_chunk(&file, "IDAT", packed, at);
    for (size_t i = 0; i < 3; at += last[i++])
        put_chunk(&file, "IDAT", packed + at, last[i]);
    put_chunk(&file, "IEND", packed, 0);
    assert_int_equal(spx_bytes_check(&file, "test", NULL), SPX_OK);
    return file;
}

static void a_png_gets_the_right_sum_over_its_rows(void **state)
{
    (void)state;
    static const size_t cases[][3] = {
        { 0, 0, 0 }, { 0, 0, 4 }, { 3, 0, 1 }, { 1, 1, 1 }, { 9, 2, 2 }
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes good = make_png(cases[i], 0);
        spx_bytes bad = make_png(cases[i], 7);
        const spx_damage none = spx_damage_find(SPX_PHOTO_TYPE_PNG, good.data, good.size);
        const spx_damage damage = spx_damage_find(SPX_PHOTO_TYPE_PNG, bad.data, bad.size);
        uint8_t *mended = NULL;

        assert_int_equal(spx_png_mend(&mended, &none, good.data, good.size, NULL), SPX_OK);
        assert_null(mended);
        assert_int_equal(damage.sums_only, 1);
        assert_int_equal(spx_png_mend(&mended, &damage, bad.data, bad.size, NULL), SPX_OK);
        assert_non_null(mended);
        assert_memory_equal(mended, good.data, good.size);

        free(mended);
        spx_bytes_clear(&good);
        spx_bytes_clear(&bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jpeg_of_a_kind_that_is_not_read_is_not_called_damaged),
        cmocka_unit_test(a_jpeg_too_short_for_its_pixels_is_not_decoded),
        cmocka_unit_test(a_png_gets_the_right_sum_over_its_rows),
        cmocka_unit_test(a_tiff_that_does_not_tell_its_strips_lengths_is_not_cut),
        cmocka_unit_test(a_tiff_that_ends_within_its_second_strip_lacks_half),
        cmocka_unit_test(knows_the_jpegs_that_are_read_row_by_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "container/jpeg_layout.h"
#include "container/jps.h"
#include "container/mpf.h"

#include <string.h>

/* A file as far as segments go: SOI, JFIF, Exif, a quantisation table, EOI. */
static spx_bytes jpeg_of(int with_exif, uint8_t filler)
{
    static const uint8_t soi_jfif[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F',
                                        0,    1,    1,    0,    0, 1,  0,   1,   0,   0 };
    static const uint8_t exif[] = { 0xff, 0xe1, 0, 10, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M' };
    const uint8_t rest[] = { 0xff, 0xdb, 0, 4, filler, filler, 0xff, 0xd9 };
    spx_bytes out = { 0 };
    spx_bytes_append(&out, soi_jfif, sizeof(soi_jfif));
    if (with_exif)
        spx_bytes_append(&out, exif, sizeof(exif));
    spx_bytes_append(&out, rest, sizeof(rest));
    assert_false(out.failed);
    return out;
}

static uint32_t u32_at(const spx_bytes *bytes, size_t at)
{
    assert_true(at + 4 <= bytes->size);
    const uint8_t *const b = bytes->data + at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static size_t find(const spx_bytes *bytes, size_t from, const char *text, size_t size)
{
    for (size_t at = from; at + size <= bytes->size; at++) {
        if (memcmp(bytes->data + at, text, size) == 0)
            return at;
    }
    fail_msg("no %s", text);
    return 0;
}

/* Where each value stands: CIPA DC-007, 5.2. */
static void joins_views_with_index_and_attributes(void **state)
{
    (void)state;
    enum { INDEX_ENTRIES = 8 + 2 + 3 * 12 + 4 };
    spx_bytes views[2] = { jpeg_of(1, 1), jpeg_of(1, 2) };
    const spx_mpf_picture pictures[2] = {
        { &views[0], SPX_MPF_TYPE_DISPARITY | SPX_MPF_REPRESENTATIVE, 1 },
        { &views[1], SPX_MPF_TYPE_DISPARITY, 1 },
    };
    const spx_mpf mpf = { .pictures = pictures, .count = 2, .baseline_mm = 63.5 };
    spx_bytes out = { 0 };

    assert_int_equal(spx_mpf_join(&out, &mpf, NULL), SPX_OK);

    assert_null(views[0].data);
    assert_memory_equal(out.data, "\xff\xd8\xff\xe1", 4); /* Exif first, JFIF is gone */
    const size_t tiff = find(&out, 0, "MPF\0MM", 6) + 4;
    assert_int_equal(u32_at(&out, tiff + INDEX_ENTRIES), 0x20020002);
    const uint32_t first_size = u32_at(&out, tiff + INDEX_ENTRIES + 4);
    assert_int_equal(u32_at(&out, tiff + INDEX_ENTRIES + 8), 0);
    assert_int_equal(u32_at(&out, tiff + INDEX_ENTRIES + 16), 0x00020002);
    const uint32_t second_size = u32_at(&out, tiff + INDEX_ENTRIES + 20);
    const uint32_t offset = u32_at(&out, tiff + INDEX_ENTRIES + 24);
    assert_int_equal(tiff + offset, first_size);
    assert_int_equal(first_size + second_size, out.size);
    assert_memory_equal(out.data + first_size - 2, "\xff\xd9\xff\xd8", 4);
    assert_memory_equal(out.data + out.size - 2, "\xff\xd9", 2);
    /* the index IFD leads to the attribute IFD: four tags, first the number of the picture */
    const uint32_t attributes = u32_at(&out, tiff + INDEX_ENTRIES - 4);
    assert_int_equal(attributes, INDEX_ENTRIES + 32);
    assert_int_equal(u32_at(&out, tiff + attributes), 4u << 16 | SPX_MPF_TAG_NUMBER);
    const size_t second = find(&out, first_size, "MPF\0MM", 6) + 4;
    assert_int_equal(u32_at(&out, second + 8), 5u << 16 | SPX_MPF_TAG_VERSION);
    const uint32_t baseline = u32_at(&out, second + 8 + 2 + 4 * 12 + 8);
    assert_int_equal(u32_at(&out, second + baseline), 63500);
    assert_int_equal(u32_at(&out, second + baseline + 4), 1000000);
    spx_bytes_clear(&out);
}

static void gives_an_appended_picture_no_attributes(void **state)
{
    (void)state;
    spx_bytes files[2] = { jpeg_of(0, 1), jpeg_of(0, 2) };
    const size_t second_size = files[1].size;
    const spx_mpf_picture pictures[2] = {
        { &files[0], SPX_MPF_TYPE_PRIMARY | SPX_MPF_REPRESENTATIVE, 0 },
        { &files[1], SPX_MPF_TYPE_UNDEFINED, 0 },
    };
    const spx_mpf mpf = { .pictures = pictures, .count = 2 };
    spx_bytes out = { 0 };

    assert_int_equal(spx_mpf_join(&out, &mpf, NULL), SPX_OK);

    const size_t tiff = find(&out, 0, "MPF\0MM", 6) + 4;
    assert_int_equal(u32_at(&out, tiff + 8 + 2 + 3 * 12), 0); /* no further IFD */
    assert_memory_equal(out.data + out.size - second_size, "\xff\xd8\xff\xe0", 4);
    spx_bytes_clear(&out);
}

static void refuses_what_is_no_jpeg(void **state)
{
    (void)state;
    spx_bytes files[2] = { jpeg_of(0, 1), { 0 } };
    spx_bytes_text(&files[1], "PNG");
    const spx_mpf_picture pictures[2] = { { &files[0], 0, 1 }, { &files[1], 0, 1 } };
    const spx_mpf mpf = { .pictures = pictures, .count = 2, .baseline_mm = 64 };
    spx_bytes out = { 0 };
    spx_diag diag = { 0 };

    assert_int_equal(spx_mpf_join(&out, &mpf, &diag), SPX_ERR_CORRUPT);

    assert_null(out.data);
    assert_null(files[0].data);
    assert_string_equal(diag.text, "JPEG: 3 bytes that do not begin as one");
}

static void marks_a_jps(void **state)
{
    (void)state;
    static const uint8_t segment[] = { 0xff, 0xe3, 0, 18, '_', 'J', 'P', 'S', 'J', 'P',
                                       'S',  '_',  0, 4,  0,   0,   2,   1,   0,   0 };
    spx_bytes file = jpeg_of(1, 1);
    const size_t size = file.size;

    assert_int_equal(spx_jps_mark(&file, 0, NULL), SPX_OK);

    assert_int_equal(file.size, size + sizeof(segment));
    assert_memory_equal(file.data + 20 + 12, segment, sizeof(segment));
    spx_bytes_clear(&file);
}

static void finds_no_way_through_a_broken_segment(void **state)
{
    (void)state;
    size_t at = 0;
    spx_bytes file = jpeg_of(1, 1);
    file.data[4] = 0x7f;
    assert_int_equal(spx_jpeg_behind_app1(&at, file.data, file.size, NULL), SPX_ERR_CORRUPT);
    file.data[4] = 0;
    file.data[5] = 1;
    assert_int_equal(spx_jpeg_behind_app1(&at, file.data, file.size, NULL), SPX_ERR_CORRUPT);
    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_views_with_index_and_attributes),
        cmocka_unit_test(gives_an_appended_picture_no_attributes),
        cmocka_unit_test(refuses_what_is_no_jpeg),
        cmocka_unit_test(marks_a_jps),
        cmocka_unit_test(finds_no_way_through_a_broken_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Boxes of CR3 files: what is well is let through, what keeps LibRaw in one place is not. */
#include "test_support.h"

#include "base/bytes.h"
#include "container/box_writer.h"
#include "container/cr3_boxes.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t canon[16] = { 0x85, 0xc0, 0xb6, 0x87, 0x82, 0x0f, 0x11, 0xe0,
                                   0x81, 0x11, 0xf4, 0xce, 0x46, 0x2b, 0x6a, 0x48 };

static void put_little(spx_bytes *file, uint32_t value)
{
    const uint8_t bytes[] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24) };
    spx_bytes_append(file, bytes, sizeof(bytes));
}

static void put_large(spx_bytes *file, const char *type, uint64_t size)
{
    spx_bytes_u32(file, 1);
    spx_bytes_append(file, type, 4);
    spx_bytes_u64(file, size);
}

static void begin_file(spx_bytes *file)
{
    const size_t box = spx_box_begin(file, "ftyp");
    spx_bytes_append(file, "crx \0\0\0\1crx isom", 16);
    spx_box_end(file, box);
}

/* The tables of a track of `format`, whose data lie at `at`. */
static void put_track(spx_bytes *file, const char *format, uint32_t at, uint32_t size)
{
    size_t open[6];
    static const char *const types[] = { "trak", "mdia", "minf", "stbl", "stsd" };
    for (size_t i = 0; i < 5; i++)
        open[i] = spx_box_begin(file, types[i]);
    spx_bytes_append_zeros(file, 8);
    open[5] = spx_box_begin(file, format);
    spx_bytes_append_zeros(file, 82);
    const size_t inner = spx_box_begin(file, "CMP1");
    spx_bytes_append_zeros(file, 40);
    spx_box_end(file, inner);
    spx_box_end(file, open[5]);
    spx_box_end(file, open[4]);
    size_t box = spx_box_begin(file, "stsz");
    spx_bytes_append_zeros(file, 4);
    spx_bytes_u32(file, size);
    spx_bytes_append_zeros(file, 4);
    spx_box_end(file, box);
    box = spx_box_begin(file, "co64");
    spx_bytes_append_zeros(file, 12);
    spx_bytes_u32(file, at);
    spx_box_end(file, box);
    for (size_t i = 4; i-- > 0;)
        spx_box_end(file, open[i]);
}

/* A file as a camera writes it: the maker's box, a picture's track, then data. */
static void put_whole(spx_bytes *file)
{
    begin_file(file);
    const size_t moov = spx_box_begin(file, "moov");
    const size_t uuid = spx_box_begin(file, "uuid");
    spx_bytes_append(file, canon, sizeof(canon));
    const size_t table = spx_box_begin(file, "CCTP");
    spx_bytes_append_zeros(file, 12);
    const size_t entry = spx_box_begin(file, "CCDT");
    spx_bytes_append_zeros(file, 16);
    spx_box_end(file, entry);
    spx_box_end(file, table);
    spx_box_end(file, uuid);
    put_track(file, "CRAW", 0, 0);
    spx_box_end(file, moov);
    const size_t data = spx_box_begin(file, "mdat");
    spx_bytes_append_zeros(file, 100);
    spx_box_end(file, data);
}

static spx_status check(const spx_bytes *file)
{
    assert_false(file->failed);
    return spx_cr3_check(file->data, file->size, "made", NULL);
}

static void check_is(const spx_bytes *file, spx_status wanted)
{
    assert_int_equal(check(file), wanted);
}

static void a_camera_s_file_is_well(void **state)
{
    (void)state;
    spx_bytes file = { 0 };
    put_whole(&file);
    check_is(&file, SPX_OK);
    file.size -= 40; /* cut within its data */
    check_is(&file, SPX_OK);
    file.size = 300; /* cut within its tables */
    check_is(&file, SPX_ERR_TRUNCATED);
    spx_bytes_clear(&file);
}

static void sizes_that_lead_nowhere_are_refused(void **state)
{
    (void)state;
    static const uint64_t sizes[] = { 0, 15, UINT64_MAX, UINT64_MAX - 23 };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_bytes file = { 0 };
        begin_file(&file);
        put_large(&file, "free", sizes[i]);
        spx_bytes_append_zeros(&file, 64);
        check_is(&file, sizes[i] < 16 ? SPX_ERR_CORRUPT : SPX_OK);
        file.size = 24;
        const size_t moov = spx_box_begin(&file, "moov");
        put_large(&file, "free", sizes[i]);
        spx_bytes_append_zeros(&file, 64);
        spx_box_end(&file, moov);
        check_is(&file, SPX_ERR_CORRUPT);
        spx_bytes_clear(&file);
    }
}

static void a_child_does_not_leave_its_box(void **state)
{
    (void)state;
    spx_bytes file = { 0 };
    begin_file(&file);
    const size_t moov = spx_box_begin(&file, "moov");
    spx_bytes_u32(&file, 400);
    spx_bytes_append(&file, "trak", 4);
    spx_bytes_append_zeros(&file, 8);
    spx_box_end(&file, moov);
    spx_bytes_append_zeros(&file, 1000);
    check_is(&file, SPX_ERR_CORRUPT);
    spx_bytes_clear(&file);
}

static void boxes_do_not_nest_without_end(void **state)
{
    (void)state;
    spx_bytes file = { 0 };
    size_t open[40];
    begin_file(&file);
    for (size_t i = 0; i < 40; i++)
        open[i] = spx_box_begin(&file, "moov");
    for (size_t i = 40; i-- > 0;)
        spx_box_end(&file, open[i]);
    check_is(&file, SPX_ERR_CORRUPT);
    spx_bytes_clear(&file);
}

/* A track of records whose one tag says `size`; the track's tables stand before its data. */
static spx_status check_tag(uint32_t size)
{
    enum { RECORD = 12 + 24 };
    spx_bytes file = { 0 };
    begin_file(&file);
    const size_t moov = spx_box_begin(&file, "moov");
    const uint32_t at = 0x300;
    put_track(&file, "CTMD", at, RECORD);
    spx_box_end(&file, moov);
    const size_t box = spx_box_begin(&file, "mdat");
    spx_bytes_append_zeros(&file, at - file.size);
    put_little(&file, RECORD);
    spx_bytes_append(&file, "\7\0", 2);
    spx_bytes_append_zeros(&file, 6);
    put_little(&file, size);
    spx_bytes_append_zeros(&file, 20);
    spx_box_end(&file, box);
    const spx_status status = check(&file);
    spx_bytes_clear(&file);
    return status;
}

static void records_do_not_lead_back(void **state)
{
    (void)state;
    assert_int_equal(check_tag(24), SPX_OK);
    assert_int_equal(check_tag(4), SPX_OK);    /* LibRaw stops there itself */
    assert_int_equal(check_tag(1000), SPX_OK); /* there too */
    assert_int_equal(check_tag(0xfffffff8), SPX_ERR_CORRUPT);
}

static void every_cut_and_changed_byte_ends(void **state)
{
    (void)state;
    spx_bytes file = { 0 };
    put_whole(&file);
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *const exact = malloc(size + (size == 0));
        assert_non_null(exact);
        memcpy(exact, file.data, size);
        (void)!spx_cr3_check(exact, size, "made", NULL);
        free(exact);
    }
    for (size_t at = 0; at < file.size; at++) {
        const uint8_t kept = file.data[at];
        for (unsigned value = 0; value < 256; value += 51) {
            file.data[at] = (uint8_t)value;
            (void)!spx_cr3_check(file.data, file.size, "made", NULL);
        }
        file.data[at] = kept;
    }
    spx_bytes_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_s_file_is_well),
        cmocka_unit_test(sizes_that_lead_nowhere_are_refused),
        cmocka_unit_test(a_child_does_not_leave_its_box),
        cmocka_unit_test(boxes_do_not_nest_without_end),
        cmocka_unit_test(records_do_not_lead_back),
        cmocka_unit_test(every_cut_and_changed_byte_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

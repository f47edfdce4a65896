#include "test_support.h"

#include "child/needs.h"

#include <string.h>

enum { SOF0 = 0xc0, SOF2 = 0xc2, HEADER_BYTES = 24, FILL_BYTES = 3 };

/* The beginning of a JPEG of 1024 x 512 pixels, with fill bytes before its frame header. */
static uint64_t memory_for(uint8_t frame, size_t fill)
{
    static const uint8_t rest[] = { 0, 17, 8, 2, 0, 4, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0 };
    const spx_child_work work = { .threads = 1 };
    uint8_t bytes[HEADER_BYTES + FILL_BYTES];
    spx_child_needs needs;
    memset(bytes, 0xff, sizeof(bytes));
    bytes[1] = 0xd8;
    bytes[3 + fill] = frame;
    memcpy(bytes + 4 + fill, rest, sizeof(rest));
    const spx_input input = { .data = bytes, .size = sizeof(bytes) };
    spx_child_needs_of(&needs, &input, &work);
    assert_int_equal(needs.pixels, 1024 * 512);
    return needs.memory_bytes;
}

/* Of a GIF's header, which has only its size. */
static uint64_t memory_grown(const spx_outpaint_options *outpaint)
{
    static const uint8_t bytes[] = "GIF89a\x00\x04\x00\x02\x00\x00\x00";
    const spx_child_work work = { .threads = 1, .outpaint = outpaint };
    const spx_input input = { .data = bytes, .size = sizeof(bytes) - 1 };
    spx_child_needs needs;
    spx_child_needs_of(&needs, &input, &work);
    assert_int_equal(needs.pixels, 1024 * 512);
    return needs.memory_bytes;
}

static void a_larger_frame_takes_more(void **state)
{
    spx_outpaint_options small;
    spx_outpaint_options large;
    (void)state;
    spx_outpaint_options_init(&small);
    spx_outpaint_options_init(&large);
    large.left = large.right = (spx_margin){ .amount = 300.0, .percent = 1 };
    assert_true(memory_grown(&small) > memory_grown(NULL));
    /* From 1.96 to 9.8 times the pixels. */
    assert_true(memory_grown(&large) > memory_grown(&small) + 3 * 1024 * 512 * 60);
}

/* A PNG that claims 4294967295 x 4294967295: more bytes than 64 bits count. */
static void what_cannot_be_counted_is_more_than_any_has(void **state)
{
    static const uint8_t bytes[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xff\xff\xff\xff\xff\xff\xff"
                                   "\x08\x02\0\0\0\0\0\0\0";
    const spx_child_work work = { .threads = 1, .formats = SPX_FORMATS_DEFAULT };
    const spx_input input = { .data = bytes, .size = sizeof(bytes) - 1 };
    spx_child_needs needs;
    (void)state;
    spx_child_needs_of(&needs, &input, &work);
    assert_true(needs.memory_bytes == 1ULL << 53);
}

static void the_small_network_is_known_by_its_file(void **state)
{
    (void)state;
    assert_int_equal(spx_child_own_network(NULL), 0);
    assert_int_equal(spx_child_own_network("/models/spx-lite.safetensors"), 0);
    assert_int_equal(spx_child_own_network("spx-lite.safetensors"), 0);
    assert_int_equal(spx_child_own_network("/spx-lite/depth-anything-v2.safetensors"), 1);
}

static void a_progressive_jpeg_takes_more(void **state)
{
    (void)state;
    assert_true(memory_for(SOF2, 0) > memory_for(SOF0, 0));
}

static void fill_bytes_do_not_hide_the_frame(void **state)
{
    (void)state;
    assert_int_equal(memory_for(SOF2, FILL_BYTES), memory_for(SOF2, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_progressive_jpeg_takes_more),
        cmocka_unit_test(fill_bytes_do_not_hide_the_frame),
        cmocka_unit_test(a_larger_frame_takes_more),
        cmocka_unit_test(what_cannot_be_counted_is_more_than_any_has),
        cmocka_unit_test(the_small_network_is_known_by_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "base/bytes.h"
#include "base/reader.h"
#include "base/size.h"
#include "base/task.h"

static void reads_what_was_written(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_bytes_u8(&bytes, 0x12);
    spx_bytes_u16(&bytes, 0x3456);
    spx_bytes_u32(&bytes, 0);
    spx_bytes_u64(&bytes, 0x0123456789ABCDEFu);
    spx_bytes_text(&bytes, "ster");
    spx_bytes_append_zeros(&bytes, 1000);
    spx_bytes_patch_u32(&bytes, 3, 0x789ABCDE);
    assert_int_equal(spx_bytes_check(&bytes, "test", NULL), SPX_OK);
    spx_reader reader = { .bytes = bytes.data, .size = bytes.size, .what = "test" };
    uint8_t u8 = 0;
    uint16_t u16 = 0;
    uint32_t u32 = 0;
    uint64_t u64 = 0;
    const uint8_t *text = NULL;

    assert_int_equal(spx_reader_u8(&reader, &u8), SPX_OK);
    assert_int_equal(spx_reader_u16(&reader, &u16), SPX_OK);
    assert_int_equal(spx_reader_u32(&reader, &u32), SPX_OK);
    assert_int_equal(spx_reader_u64(&reader, &u64), SPX_OK);
    assert_int_equal(spx_reader_take(&reader, 4, &text), SPX_OK);
    assert_int_equal(spx_reader_skip(&reader, 1000), SPX_OK);

    assert_int_equal(u8, 0x12);
    assert_int_equal(u16, 0x3456);
    assert_int_equal(u32, 0x789ABCDE);
    assert_true(u64 == 0x0123456789ABCDEFu);
    assert_memory_equal(text, "ster", 4);
    assert_int_equal(spx_reader_left(&reader), 0);
    spx_bytes_clear(&bytes);
}

static void says_where_the_bytes_end(void **state)
{
    (void)state;
    static const uint8_t three[] = { 0, 0, 2 };
    spx_diag diag = { 0 };
    spx_reader reader = { .bytes = three, .size = 3, .what = "box 'ispe'", .diag = &diag };
    uint32_t value = 1;

    assert_int_equal(spx_reader_u32(&reader, &value), SPX_ERR_TRUNCATED);

    assert_int_equal(value, 0);
    assert_string_equal(diag.text, "box 'ispe': wanted 4 bytes at 0, 3 left");
}

static void keeps_the_first_message(void **state)
{
    (void)state;
    spx_diag diag = { 0 };

    assert_int_equal(spx_fail(&diag, SPX_ERR_IO, "cause %d", 1), SPX_ERR_IO);
    assert_int_equal(spx_fail(&diag, SPX_ERR_LIMIT, "consequence"), SPX_ERR_LIMIT);

    assert_string_equal(diag.text, "cause 1");
}

static void products_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    size_t size = 1;
    spx_diag diag = { 0 };

    assert_int_equal(spx_mul_size(&size, SIZE_MAX / 2, 3, "image", &diag), SPX_ERR_LIMIT);
    assert_int_equal(size, 0);
    assert_int_equal(spx_mul_size(&size, SIZE_MAX, 1, "image", NULL), SPX_OK);
    assert_int_equal(spx_add_size(&size, SIZE_MAX, 1, "image", NULL), SPX_ERR_LIMIT);
    assert_int_equal(spx_mul_size(&size, 0, SIZE_MAX, "image", NULL), SPX_OK);
    assert_int_equal(size, 0);
}

static void count_turn(void *context, size_t index)
{
    size_t *const counts = context;
    counts[index]++;
}

static void a_cancelled_task_takes_no_turns(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    size_t counts[4] = { 0 };
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_task task = { .cancel = cancel };

    assert_int_equal(spx_task_run(&task, 4, count_turn, counts, NULL), SPX_OK);
    spx_cancel_request(cancel);
    assert_int_equal(spx_task_run(&task, 4, count_turn, counts, NULL), SPX_ERR_CANCELLED);

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(counts[i], 1);
    assert_int_equal(spx_task_check(NULL, NULL), SPX_OK);
    spx_cancel_destroy(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(says_where_the_bytes_end),
        cmocka_unit_test(keeps_the_first_message),
        cmocka_unit_test(products_that_do_not_fit_are_refused),
        cmocka_unit_test(a_cancelled_task_takes_no_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

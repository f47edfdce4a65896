#include "test_support.h"

#include "net/s3.h"

static void parts_are_as_large_as_ten_thousand_of_them_need(void **state)
{
    (void)state;
    static const size_t mib = 1 << 20;
    static const size_t most = 10000;

    assert_int_equal(spx_s3_part_bytes(0, 0), 64 * mib);
    assert_int_equal(spx_s3_part_bytes(most * 64 * mib, 0), 64 * mib);
    assert_int_equal(spx_s3_part_bytes(most * 64 * mib + 1, 0), 64 * mib + 1);
    assert_int_equal(spx_s3_part_bytes(most * 5 * mib, 5 * mib), 5 * mib);
    assert_int_equal(spx_s3_part_bytes(SIZE_MAX, 1), SIZE_MAX / most + 1);
}

static void knows_what_names_an_object(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "s3://",      "s3://ab/x",          "s3:///x",         "s3://a b/x", "s3://.ab/x",
        "s3://-ab/x", "s3://bucket@host/x", "https://bucket/x"
    };
    spx_diag diag = { 0 };

    assert_int_equal(spx_s3_check("s3://bucket/key", 0, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("S3://bucket/a/b c", 0, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("s3://bucket", 1, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("s3://bucket/", 0, &diag), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_s3_check("s3://bucket/folder/", 0, &diag), SPX_ERR_ARGUMENT);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(spx_s3_check(bad[i], 1, &diag), SPX_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_as_large_as_ten_thousand_of_them_need),
        cmocka_unit_test(knows_what_names_an_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/late.h"
#include "test_support.h"

#include <string.h>
#include <zlib.h>

#define LATE_ZLIB(X) X(crc32) X(zlibVersion)
SPX_LATE_DECLARE(zlib, LATE_ZLIB);
SPX_LATE_DEFINE(zlib, LATE_ZLIB, "checksums", "libz.so.1");

SPX_LATE_DECLARE(absent, LATE_ZLIB);
SPX_LATE_DEFINE(absent, LATE_ZLIB, "checksums", "libspx-is-not-there.so.3");

/* zlib is there, but has no such function. */
#define LATE_OLD(X) X(crc32) X(spx_status_name)
SPX_LATE_DECLARE(old, LATE_OLD);
SPX_LATE_DEFINE(old, LATE_OLD, "checksums", "libz.so.1");

static void fills_the_table_with_the_librarys_functions(void **state)
{
    (void)state;
    spx_diag diag = { 0 };

    assert_int_equal(spx_late_zlib_open(&diag), SPX_OK);
    assert_int_equal(spx_late_zlib_open(&diag), SPX_OK);

    assert_string_equal((*spx_late_zlib.zlibVersion_)(), zlibVersion());
    assert_int_equal((*spx_late_zlib.crc32_)(0, (const Bytef *)"spx", 3),
                     crc32(0, (const Bytef *)"spx", 3));
}

static void names_a_library_that_is_missing(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        spx_diag diag = { 0 };

        assert_int_equal(spx_late_absent_open(&diag), SPX_ERR_UNSUPPORTED);

        assert_non_null(strstr(diag.text, "checksums: the library libspx-is-not-there.so.3"));
    }
}

static void names_a_library_that_is_too_old(void **state)
{
    (void)state;
    spx_diag diag = { 0 };

    assert_int_equal(spx_late_old_open(&diag), SPX_ERR_UNSUPPORTED);

    assert_non_null(strstr(diag.text, "libz.so.1"));
    assert_non_null(strstr(diag.text, "spx_status_name"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_the_table_with_the_librarys_functions),
        cmocka_unit_test(names_a_library_that_is_missing),
        cmocka_unit_test(names_a_library_that_is_too_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *printed(const char *text)
{
    static char line[256];
    char *buffer = NULL;
    size_t size = 0;
    FILE *const to = open_memstream(&buffer, &size);
    assert_non_null(to);
    spx_text_print(to, text);
    assert_int_equal(fclose(to), 0);
    (void)snprintf(line, sizeof(line), "%s", buffer);
    free(buffer);
    return line;
}

static const char *fitted(const char *text, size_t columns, size_t wanted_columns)
{
    static char line[256];
    assert_int_equal(spx_text_fit(line, sizeof(line), text, columns), wanted_columns);
    return line;
}

static void prints_names_on_one_line_without_control(void **state)
{
    (void)state;
    assert_string_equal(printed("süß 写真.jpg"), "süß 写真.jpg");
    assert_string_equal(printed("a\nb\tc"), "a\\nb\\tc");
    assert_string_equal(printed("\x1b[2Jx"), "\\x1b[2Jx");
    assert_string_equal(printed("a\xff\xc3"), "a\\xff\\xc3");
    assert_string_equal(printed("\xc0\xaf"), "\\xc0\\xaf"); /* overlong "/" */
    assert_string_equal(printed("\xc2\x9b"
                                "A"),
                        "\\xc2\\x9bA"); /* CSI as one C1 character */
}

static void counts_columns(void **state)
{
    (void)state;
    assert_int_equal(spx_text_columns("abc"), 3);
    assert_int_equal(spx_text_columns("süß"), 3);
    assert_int_equal(spx_text_columns("u\xcc\x88"), 1); /* u and a combining diaeresis */
    assert_int_equal(spx_text_columns("写真"), 4);
    assert_int_equal(spx_text_columns("🏔"), 2);
    assert_int_equal(spx_text_columns("a\n\xff"), 3);
}

static void cuts_between_characters(void **state)
{
    (void)state;
    assert_string_equal(fitted("boats.jpg", 9, 9), "boats.jpg");
    assert_string_equal(fitted("boats.jpg", 5, 5), "boat…");
    assert_string_equal(fitted("süßes", 4, 4), "süß…");
    assert_string_equal(fitted("写真写真", 6, 5), "写真…");
    assert_string_equal(fitted("写真", 1, 1), "…");
    assert_string_equal(fitted("写真", 0, 0), "");
    assert_string_equal(fitted("a\nb", 3, 3), "a?b");

    char small[8];
    (void)spx_text_fit(small, sizeof(small), "süßes Bild", 10);
    assert_true(strlen(small) < sizeof(small));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_names_on_one_line_without_control),
        cmocka_unit_test(counts_columns),
        cmocka_unit_test(cuts_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

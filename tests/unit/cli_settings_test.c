#include "test_support.h"

#include "cli/settings.h"

#include <string.h>

static void reads_names_and_values(void **state)
{
    (void)state;
    spx_settings settings;

    assert_int_equal(spx_settings_parse(&settings,
                                        "# mine\r\n\noutpaint-url = http://a/?x=1\r\n"
                                        "\toutpaint-prompt=a  lake \noutpaint-token=t",
                                        "config", NULL),
                     SPX_OK);

    assert_string_equal(settings.url, "http://a/?x=1");
    assert_string_equal(settings.prompt, "a  lake");
    assert_string_equal(settings.token, "t");
}

static void says_which_line_makes_no_sense(void **state)
{
    (void)state;
    spx_settings settings;
    spx_diag diag = { 0 };

    assert_int_equal(spx_settings_parse(&settings, "\ncolour = secret\n", "config", &diag),
                     SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "config:2: no setting \"colour\"");

    diag = (spx_diag){ 0 };
    assert_int_equal(spx_settings_parse(&settings, "secret", "config", &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "config:1: not NAME = VALUE");
}

static void refuses_a_value_that_is_too_long(void **state)
{
    (void)state;
    static spx_settings settings;
    static char text[SPX_SETTING_SIZE + 32];
    (void)strcpy(text, "outpaint-token="); // NOLINT
    const size_t begin = strlen(text);
    memset(text + begin, 'x', SPX_SETTING_SIZE);

    assert_int_equal(spx_settings_parse(&settings, text, "config", NULL), SPX_ERR_ARGUMENT);

    text[begin + SPX_SETTING_SIZE - 1] = '\0';
    assert_int_equal(spx_settings_parse(&settings, text, "config", NULL), SPX_OK);
    assert_int_equal(strlen(settings.token), SPX_SETTING_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_and_values),
        cmocka_unit_test(says_which_line_makes_no_sense),
        cmocka_unit_test(refuses_a_value_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

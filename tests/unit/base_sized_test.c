#include "test_support.h"

#include "base/sized.h"
#include "spx/option.h"
#include "spx/outpaint.h"
#include "spx/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A struct of options as it was, is and will be. */
typedef struct early {
    size_t size;
    int quality;
} early;

typedef struct now {
    size_t size;
    int quality;
    double strength;
} now;

typedef struct late {
    now known;
    int invented;
} late;

static const now defaults = { sizeof(now), 85, 2.5 };

static void an_older_struct_takes_the_defaults_of_what_it_lacks(void **state)
{
    (void)state;
    early given = { .size = 0 };
    now whole = defaults;
    spx_sized_init(&given, sizeof(given), &defaults, sizeof(defaults));
    assert_true(given.size == sizeof(early) && given.quality == 85);
    given.quality = 40;

    assert_int_equal(spx_sized_take(&whole, &given, offsetof(early, quality), "options", NULL),
                     SPX_OK);

    assert_true(whole.size == sizeof(now) && whole.quality == 40 && whole.strength == 2.5);
}

static void a_newer_struct_is_taken_while_it_asks_for_nothing_new(void **state)
{
    (void)state;
    late given = { .invented = 7 };
    now whole = defaults;
    spx_diag diag = { 0 };
    char text[128];
    spx_sized_init(&given, sizeof(given), &defaults, sizeof(defaults));
    assert_true(given.known.size == sizeof(late) && given.invented == 0);
    given.known.strength = 1.0;
    assert_int_equal(spx_sized_take(&whole, &given, offsetof(early, quality), "options", NULL),
                     SPX_OK);
    assert_true(whole.size == sizeof(now) && whole.strength == 1.0);

    given.invented = 1;

    assert_int_equal(spx_sized_take(&whole, &given, offsetof(early, quality), "the options", &diag),
                     SPX_ERR_UNSUPPORTED);
    (void)snprintf(text, sizeof(text),
                   "the options ask for what this library (spx %s) does not know yet",
                   spx_version());
    assert_string_equal(diag.text, text);
}

static void a_struct_that_was_never_set_up_is_refused(void **state)
{
    (void)state;
    now given = { .quality = 85 };
    now whole = defaults;
    assert_int_equal(spx_sized_take(&whole, &given, offsetof(early, quality), "options", NULL),
                     SPX_ERR_ARGUMENT);
    memset(&given, 0xa5, sizeof(given));
    assert_int_equal(spx_sized_take(&whole, &given, offsetof(early, quality), "options", NULL),
                     SPX_ERR_ARGUMENT);
}

/* The real thing: the struct of a program that knows nothing behind `outpaint`, in memory that ends
 * there. */
static void a_program_of_an_older_version_converts(void **state)
{
    (void)state;
    /* hidden from GCC */
    volatile const size_t size =
        offsetof(spx_convert_options, outpaint) + sizeof(const spx_outpaint_options *);
    spx_convert_options *const options = malloc(size);
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    char path[4096];
    assert_non_null(options);
    spx_convert_options_init_sized(options, size);
    options->formats = SPX_FORMAT_DEPTH;
    options->depth_size = 64;
    (void)snprintf(path, sizeof(path), "%s/photos/boats.jpg", getenv("SPX_TEST_DATA"));
    assert_int_equal(spx_engine_create(&engine, NULL, &diag), SPX_OK);

    if (spx_convert(engine, &(spx_input){ .path = path }, options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    assert_int_equal(spx_result_file_count(result), 1);
    spx_result_destroy(result);
    memset(options, 0, size);
    assert_int_equal(
        spx_convert(engine, &(spx_input){ .path = path }, options, NULL, &result, &diag),
        SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "_init"));
    free(options);
    spx_engine_destroy(engine);
}

static void the_version_is_the_same_everywhere(void **state)
{
    (void)state;
    char text[32];
    (void)snprintf(text, sizeof(text), "%d.%d.%d", SPX_VERSION_MAJOR, SPX_VERSION_MINOR,
                   SPX_VERSION_PATCH);
    assert_string_equal(spx_version(), text);
    assert_true(SPX_VERSION_AT_LEAST(0, 2, 0) && !SPX_VERSION_AT_LEAST(99, 0, 0));
    assert_int_equal(spx_version_number(),
                     SPX_VERSION_NUMBER(SPX_VERSION_MAJOR, SPX_VERSION_MINOR, SPX_VERSION_PATCH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_struct_takes_the_defaults_of_what_it_lacks),
        cmocka_unit_test(a_newer_struct_is_taken_while_it_asks_for_nothing_new),
        cmocka_unit_test(a_struct_that_was_never_set_up_is_refused),
        cmocka_unit_test(a_program_of_an_older_version_converts),
        cmocka_unit_test(the_version_is_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/doubts.h"
#include "base/task.h"
#include "test_support.h"

#include <string.h>

static void keeps_what_a_stage_says_in_order(void **state)
{
    (void)state;
    spx_warning_list list = { 0 };
    const spx_task task = { .warnings = &list };

    spx_task_warn(&task, SPX_NOTE_RAW, "developed");
    spx_task_warn(&task, SPX_WARNING_DAMAGED, "%d %% are missing", 3);

    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[1].code, SPX_WARNING_DAMAGED);
    assert_string_equal(list.items[1].text, "3 % are missing");
    assert_ptr_equal(spx_warning_first_doubt(&list), &list.items[1]);
}

static void says_the_same_thing_once(void **state)
{
    (void)state;
    spx_warning_list list = { 0 };

    spx_warnings_add(&list, SPX_WARNING_SHRUNK, "half");
    spx_warnings_add(&list, SPX_WARNING_SHRUNK, "half");
    spx_warnings_add(&list, SPX_WARNING_SHRUNK, "a third");
    spx_warnings_append(&list, &list);

    assert_int_equal(list.count, 2);
}

static void stays_within_its_bounds(void **state)
{
    (void)state;
    spx_warning_list list = { 0 };
    char text[2 * SPX_WARNING_BYTES];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';

    for (int i = 0; i < 3 * SPX_WARNINGS_MOST; i++)
        spx_warnings_add(&list, SPX_WARNING_DAMAGED, "%d%s", i, text);

    assert_int_equal(list.count, SPX_WARNINGS_MOST);
    assert_int_equal(strlen(list.items[0].text), SPX_WARNING_BYTES - 1);
}

static void a_task_without_a_list_may_be_warned(void **state)
{
    (void)state;
    const spx_task task = { 0 };
    spx_task_warn(NULL, SPX_WARNING_DAMAGED, "nobody hears");
    spx_task_warn(&task, SPX_WARNING_DAMAGED, "nobody hears");
}

static void every_code_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < SPX_WARNING_CODES; i++) {
        const char *const name = spx_warning_name((spx_warning_code)i);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, spx_warning_name((spx_warning_code)j));
    }
    assert_string_equal(spx_warning_name(SPX_WARNING_CODES), "unknown");
}

static void notes_are_no_reason_to_refuse(void **state)
{
    (void)state;
    spx_warning_list list = { 0 };
    spx_diag diag = { 0 };
    spx_warnings_add(&list, SPX_NOTE_RAW, "developed");
    assert_int_equal(spx_warnings_refuse(&list, "a.dng", &diag), SPX_OK);

    spx_warnings_add(&list, SPX_WARNING_DAMAGED, "the end is missing");
    assert_int_equal(spx_warnings_refuse(&list, "a.dng", &diag), SPX_ERR_DOUBT);
    assert_string_equal(diag.text,
                        "a.dng: the end is missing (damaged), and warnings are to be failures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_a_stage_says_in_order),
        cmocka_unit_test(says_the_same_thing_once),
        cmocka_unit_test(stays_within_its_bounds),
        cmocka_unit_test(a_task_without_a_list_may_be_warned),
        cmocka_unit_test(every_code_has_a_word_of_its_own),
        cmocka_unit_test(notes_are_no_reason_to_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

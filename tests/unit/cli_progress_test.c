#include "test_support.h"

#include "cli/progress.h"
#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1024, SCREEN_SIZE = 4096 };

static const char *format(spx_progress_view view, size_t columns)
{
    static char line[LINE_SIZE];
    const size_t size = spx_progress_format(line, sizeof(line), &view, columns);
    assert_int_equal(size, strlen(line));
    assert_true(spx_text_columns(line) <= columns);
    return line;
}

static const spx_progress_view one = {
    .total = 1, .running = 1, .name = "boats.jpg", .stage = "depth", .fraction = 0.43, .left_s = -1
};

static void says_photo_stage_percent_and_time_left(void **state)
{
    (void)state;
    spx_progress_view view = one;
    assert_string_equal(format(view, 80), "boats.jpg  depth 43%");
    view.left_s = 11.6;
    assert_string_equal(format(view, 80), "boats.jpg  depth 43%, 0:12 left");
    view.left_s = 3723;
    assert_string_equal(format(view, 80), "boats.jpg  depth 43%, 1:02:03 left");
    view.total = 7;
    view.done = 1;
    view.left_s = -1;
    assert_string_equal(format(view, 80), "[2/7] boats.jpg  depth 43%");
    view.running = 3;
    assert_string_equal(format(view, 80), "[2/7] boats.jpg and 2 more  43%");
}

static void fits_every_width(void **state)
{
    (void)state;
    spx_progress_view view = one;
    view.name = "Sächsische Schweiz, 写真 von der Bastei 🏔.jpg";
    view.total = 12;
    assert_string_equal(format(view, 40), "[1/12] Sächsische Schweiz, …  depth 43%");
    assert_string_equal(format(view, 10), "[1/12] 43%");
    for (size_t columns = 1; columns < 100; columns++)
        assert_true(strlen(format(view, columns)) > 0);
}

static void keeps_control_characters_of_names_away(void **state)
{
    (void)state;
    spx_progress_view view = one;
    view.name = "a\n\033[2Jb";
    assert_string_equal(format(view, 80), "a??[2Jb  depth 43%");
}

static void draws_in_place_and_erases(void **state)
{
    (void)state;
    char screen[SCREEN_SIZE] = "";
    FILE *const to = fmemopen(screen, sizeof(screen), "w");
    assert_non_null(to);
    spx_progress *progress = NULL;
    assert_int_equal(spx_progress_create(&progress, to, 2, 1, NULL), SPX_OK);

    spx_progress_begin(progress, 0, "a.jpg");
    spx_progress_update(progress, 0, "read", 0.01);
    assert_string_equal(screen, "\r[1/2] a.jpg  read 1%\033[K");
    spx_progress_update(progress, 0, "read", 0.02); /* too soon to draw again */
    spx_progress_end(progress, 0);
    assert_string_equal(screen, "\r[1/2] a.jpg  read 1%\033[K\r\033[K");
    spx_progress_pause(progress);
    spx_progress_resume(progress);
    spx_progress_destroy(progress);

    assert_string_equal(screen, "\r[1/2] a.jpg  read 1%\033[K\r\033[K");
    assert_int_equal(fclose(to), 0);
}

static void draws_nothing_without_a_terminal(void **state)
{
    (void)state;
    FILE *const file = tmpfile();
    assert_non_null(file);
    assert_null(spx_progress_terminal(file));
    spx_progress *progress = NULL;
    assert_int_equal(spx_progress_create(&progress, NULL, 1, 1, NULL), SPX_OK);

    spx_progress_begin(progress, 0, "a.jpg");
    spx_progress_update(progress, 0, "read", 0.5);
    spx_progress_end(progress, 0);

    spx_progress_destroy(progress);
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_photo_stage_percent_and_time_left),
        cmocka_unit_test(fits_every_width),
        cmocka_unit_test(keeps_control_characters_of_names_away),
        cmocka_unit_test(draws_in_place_and_erases),
        cmocka_unit_test(draws_nothing_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "formats/format_table.h"
#include "spx/spx.h"

#include <string.h>

static void every_row_is_whole_and_like_no_other(void **state)
{
    (void)state;
    spx_format seen = 0;
    assert_true(spx_format_count() >= 7 && spx_format_count() <= 64);
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const row = spx_format_at(i);
        const char *const place = strchr(row->file, '%');
        assert_true(row->flag != 0 && (row->flag & (row->flag - 1)) == 0);
        assert_true((seen & row->flag) == 0);
        seen |= row->flag;
        assert_true(strlen(row->word) > 1 && strlen(row->word) < 20);
        assert_int_equal(strspn(row->word, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(row->word));
        assert_true(place == NULL || (place[1] == 's' && strchr(place + 1, '%') == NULL));
        assert_non_null(strchr(row->media_type, '/'));
        assert_true(row->needs != 0);
        assert_true(row->label[0] >= 'A' && row->label[0] <= 'Z');
        assert_true(strlen(row->help) > 10 && row->help[strlen(row->help) - 1] != '.');
        const spx_format_row *const how = spx_format_row_of(row->flag);
        assert_int_equal((how->write != NULL) + (how->flat != NULL) + (how->film != NULL) +
                             (how->quilt != NULL),
                         1);
        assert_true(spx_format_named(row->word) == row->flag);
        assert_true(spx_format_group_flags(row->word) == 0);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(row->file, spx_format_at(k)->file);
    }
    assert_true(seen == spx_formats_all());
}

static void every_row_lies_on_a_shelf_and_in_groups_that_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const row = spx_format_at(i);
        int found = 0;
        for (size_t k = 0; k < spx_format_shelf_count(); k++)
            found += strcmp(row->shelf, spx_format_shelf_at(k)->word) == 0;
        assert_int_equal(found, 1);
        for (const char *at = row->groups; at != NULL && *at != '\0';) {
            const size_t size = strcspn(at, ",");
            found = 0;
            for (size_t k = 0; k < spx_format_group_count(); k++) {
                const char *const word = spx_format_group_at(k)->word;
                found += strlen(word) == size && memcmp(word, at, size) == 0;
            }
            assert_int_equal(found, 1);
            at += size + (at[size] == ',');
        }
    }
}

static void reads_words_old_words_and_groups(void **state)
{
    (void)state;
    spx_format formats = 0;
    assert_int_equal(spx_formats_read(&formats, "left,depth-raw", NULL), SPX_OK);
    assert_true(formats == (SPX_FORMAT_LEFT | SPX_FORMAT_DEPTH_RAW));
    assert_int_equal(spx_formats_read(&formats, "depth_raw", NULL), SPX_OK);
    assert_true(formats == SPX_FORMAT_DEPTH_RAW);
    assert_int_equal(spx_formats_read(&formats, "default,depth16", NULL), SPX_OK);
    assert_true(formats == (SPX_FORMATS_DEFAULT | SPX_FORMAT_DEPTH16));
    assert_int_equal(spx_formats_read(&formats, "all", NULL), SPX_OK);
    assert_true(formats == spx_formats_all());
    assert_int_equal(spx_formats_read(&formats, "headsets", NULL), SPX_OK);
    assert_true((formats & SPX_FORMAT_SPATIAL) != 0);
}

static void tells_what_only_a_group_named(void **state)
{
    (void)state;
    spx_format formats = 0;
    spx_format optional = 0;
    assert_int_equal(spx_formats_read_both(&formats, &optional, "all,depth-raw", NULL), SPX_OK);
    assert_true(formats == spx_formats_all());
    assert_true(optional == (spx_formats_all() & ~SPX_FORMAT_DEPTH_RAW));
    assert_int_equal(spx_formats_read_both(&formats, &optional, "left", NULL), SPX_OK);
    assert_true(optional == 0);
}

static void a_file_is_named_for_the_photo_and_the_options(void **state)
{
    (void)state;
    char name[64];
    spx_convert_options options;
    spx_convert_options_init(&options);
    const spx_format anaglyph = spx_format_named("anaglyph");
    spx_format_file_name(name, sizeof(name), anaglyph, "a/b.c/me.jpg", &options);
    assert_string_equal(name, "me_redcyan_dubois.jpg");
    options.anaglyph = SPX_ANAGLYPH_GREEN_MAGENTA;
    spx_format_file_name(name, sizeof(name), anaglyph, "me_outpainted.png", &options);
    assert_string_equal(name, "me_greenmagenta_dubois.jpg");
    spx_format_file_name(name, sizeof(name), SPX_FORMAT_SPATIAL, ".hidden", &options);
    assert_string_equal(name, ".hidden_spatial.heic");
    assert_int_equal(spx_format_file_name(name, 6, SPX_FORMAT_LEFT, "x", &options), 15);
    assert_string_equal(name, "stere");
    assert_int_equal(spx_format_file_name(name, sizeof(name), 0, "x", &options), 0);
    assert_string_equal(name, "");
}

static void says_which_word_is_unknown(void **state)
{
    (void)state;
    static const char *const bad[] = { "", ",", "left,", ",left", "left,,right", "lefty ", "Left" };
    spx_format formats = 1;
    spx_diag diag = { 0 };
    assert_int_equal(spx_formats_read(&formats, "left,spatail", &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "no format 'spatail' (did you mean spatial?)");
    assert_true(formats == 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(spx_formats_read(&formats, bad[i], NULL), SPX_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole_and_like_no_other),
        cmocka_unit_test(every_row_lies_on_a_shelf_and_in_groups_that_exist),
        cmocka_unit_test(reads_words_old_words_and_groups),
        cmocka_unit_test(a_file_is_named_for_the_photo_and_the_options),
        cmocka_unit_test(tells_what_only_a_group_named),
        cmocka_unit_test(says_which_word_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

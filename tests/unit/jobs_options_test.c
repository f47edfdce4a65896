#include "test_support.h"

#include "jobs/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULTS                                                                                   \
    "{\"accept-damaged\":false,\"align\":\"auto\",\"anaglyph\":\"dubois\","                        \
    "\"baseline\":\"auto\",\"bottom\":\"20%\",\"convergence\":\"auto\",\"depth\":\"auto\","        \
    "\"depth-size\":\"auto\",\"detail\":\"normal\",\"done\":\"files\","                            \
    "\"embed-depth\":false,\"format\":[\"spatial\",\"sbs\",\"depth\",\"left\",\"right\"],"         \
    "\"fourcc\":false,\"fov\":\"auto\",\"from\":\"both\",\"hdr\":\"auto\",\"left\":\"20%\","       \
    "\"look\":\"natural\",\"model\":\"auto\",\"motion\":\"circle\",\"painter\":\"local\","         \
    "\"prompt\":\"\",\"quality\":85,\"right\":\"20%\",\"scale\":\"comfort\",\"seed\":0,"           \
    "\"single-item\":false,\"stereo\":\"auto\",\"strength\":\"auto\",\"strict\":false,"            \
    "\"top\":\"20%\",\"viewer\":\"headset\",\"views\":\"both\"}"

static void takes_each_option_within_its_range(void **state)
{
    (void)state;
    static const char *const good[][2] = {
        { "strength", "0" },      { "strength", "10" },    { "strength", "auto" },
        { "convergence", "0.5" }, { "formats", "left" },   { "formats", "spatial,sbs,depth_raw" },
        { "views", "right" },     { "quality", "1" },      { "quality", "100" },
        { "hfov", "65.5" },       { "hfov", "auto" },      { "baseline", "1e2" },
        { "model", "spx-lite" },  { "depth_size", "518" }, { "margin", "0" },
        { "margin_left", "300" }, { "aspect", "16:9" },    { "aspect", "1.78" },
        { "seed", "4294967295" }, { "painter", "remote" },
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        spx_job_options options;
        spx_diag diag = { 0 };
        spx_job_options_init(&options);
        if (spx_job_options_set(&options, good[i][0], good[i][1], &diag) != SPX_OK)
            fail_msg("%s=%s: %s", good[i][0], good[i][1], diag.text);
    }
}

static void refuses_what_is_out_of_range_or_no_option(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        { "strength", "10.01" },    { "strength", "-1" },     { "strength", "nan" },
        { "strength", "" },         { "strength", "0x5" },    { "strength", "5 " },
        { "strength", "inf" },      { "convergence", "1.1" }, { "formats", "" },
        { "formats", ",left" },     { "formats", "lefty" },   { "formats", "left,,right" },
        { "views", "none" },        { "quality", "0" },       { "quality", "50.5" },
        { "hfov", "171" },          { "baseline", "0" },      { "model", "../secret" },
        { "model", "/etc/passwd" }, { "model", "a.b" },       { "model", "" },
        { "depth_size", "4096" },   { "margin", "301" },      { "aspect", "16:0" },
        { "aspect", "16:9:1" },     { "aspect", "100" },      { "seed", "-1" },
        { "painter", "me" },        { "no_such", "1" },       { "depth_cache", "/x" },
        { "output_dir", "/x" },     { "depth_map", "/x" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        spx_job_options options;
        spx_diag diag = { 0 };
        spx_job_options_init(&options);
        if (spx_job_options_set(&options, bad[i][0], bad[i][1], &diag) != SPX_ERR_ARGUMENT)
            fail_msg("%s=%s was taken", bad[i][0], bad[i][1]);
        assert_true(diag.text[0] != '\0');
    }
}

static void survives_the_way_through_json(void **state)
{
    (void)state;
    spx_job_options options;
    spx_job_options again;
    spx_job_options_init(&options);
    assert_int_equal(spx_job_options_set(&options, "strength", "2.4", NULL), SPX_OK);
    assert_int_equal(spx_job_options_set(&options, "margin_top", "12.5", NULL), SPX_OK);
    assert_int_equal(spx_job_options_set(&options, "formats", "depth16,left", NULL), SPX_OK);
    assert_int_equal(spx_job_options_set(&options, "seed", "4000000000", NULL), SPX_OK);

    json_t *const object = spx_job_options_json(&options);
    spx_job_options_init(&again);
    spx_diag diag = { 0 };
    if (spx_job_options_set_json(&again, object, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    json_decref(object);

    assert_true(again.convert.strength_pct == options.convert.strength_pct);
    assert_true(again.convert.convergence == SPX_AUTO);
    assert_true(again.border.top.value == 12.5 && again.border.top.percent);
    assert_true(again.convert.formats == (SPX_FORMAT_DEPTH16 | SPX_FORMAT_LEFT));
    assert_true(again.border.seed == 4000000000U);
    assert_true(again.convert.optional_formats == 0);
}

static void what_a_group_named_stays_optional(void **state)
{
    (void)state;
    spx_job_options options;
    spx_job_options again;
    spx_job_options_init(&options);
    spx_job_options_init(&again);
    assert_int_equal(spx_job_options_set(&options, "format", "scene,glb,left", NULL), SPX_OK);

    json_t *const object = spx_job_options_json(&options);
    assert_int_equal(spx_job_options_set_json(&again, object, NULL), SPX_OK);
    json_decref(object);

    const spx_format alone = spx_format_named("glb") | SPX_FORMAT_LEFT;
    assert_true(again.convert.formats == (spx_format_group_flags("scene") | SPX_FORMAT_LEFT));
    assert_true(again.convert.optional_formats == (spx_format_group_flags("scene") & ~alone));
}

static void refuses_json_that_is_no_set_of_options(void **state)
{
    (void)state;
    static const char *const bad[] = { "[]",
                                       "1",
                                       "{\"strength\": {}}",
                                       "{\"strength\": null}",
                                       "{\"formats\": [1]}",
                                       "{\"formats\": []}",
                                       "{\"kind\": \"both\"}",
                                       "{\"model\": \"../x\"}" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        spx_job_options options;
        spx_job_options_init(&options);
        json_t *const object = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        assert_non_null(object);
        if (spx_job_options_set_json(&options, object, NULL) != SPX_ERR_ARGUMENT)
            fail_msg("%s was taken", bad[i]);
        json_decref(object);
    }
}

static void takes_what_it_knows_of_what_a_newer_one_wrote(void **state)
{
    (void)state;
    spx_job_options options;
    spx_diag diag = { 0 };
    spx_job_options_init(&options);
    json_t *const object =
        json_loads("{\"holes\": \"none\", \"strength\": 2.5, \"format\": [\"left\", "
                   "\"hologram\"], \"done\": \"views\"}",
                   0, NULL);
    assert_int_equal(spx_job_options_set_known(&options, object, &diag), SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "\"holes\""));
    assert_true(options.convert.strength_pct == 2.5);
    assert_int_equal(options.files_follow, 1);
    json_decref(object);
    assert_int_equal(spx_job_options_set_known(&options, NULL, &diag), SPX_ERR_CORRUPT);
    assert_true(spx_job_options_level() > 0);
}

static char *text_of(json_t *object)
{
    char *const text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    assert_non_null(text);
    return text;
}

/* asked: "NAME=VALUE ..."; the stored text, which must give the same options when it is read. */
static void check_brief(const char *asked, const char *wanted)
{
    char words[256];
    char *rest = NULL;
    spx_job_options options;
    spx_job_options again;
    spx_diag diag = { 0 };
    spx_job_options_init(&options);
    spx_job_options_init(&again);
    (void)snprintf(words, sizeof(words), "%s", asked);
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        char *const equals = strchr(word, '=');
        *equals = '\0';
        if (spx_job_options_set(&options, word, equals + 1, &diag) != SPX_OK)
            fail_msg("%s: %s", asked, diag.text);
    }

    json_t *const brief = spx_job_options_brief(&options);
    if (spx_job_options_set_json(&again, brief, &diag) != SPX_OK)
        fail_msg("%s: %s", asked, diag.text);
    char *const text = text_of(brief);
    char *const all = text_of(spx_job_options_json(&options));
    char *const read = text_of(spx_job_options_json(&again));

    if (wanted != NULL)
        assert_string_equal(text, wanted);
    assert_string_equal(read, all);
    free(text);
    free(all);
    free(read);
}

static void stores_what_differs_from_the_defaults(void **state)
{
    (void)state;
    check_brief("", "{}");
    check_brief("strength=auto format=spatial,sbs,depth,left,right seed=0 expand=20%", "{}");
    check_brief("strength=2.5", "{\"strength\":2.5}");
    check_brief("depth-size=64 format=left", "{\"depth-size\":64,\"format\":[\"left\"]}");
    check_brief("left=20%", "{\"bottom\":0.0,\"left\":\"20%\",\"right\":0.0,\"top\":0.0}");
    check_brief("left=20% right=20% top=20% bottom=20%", "{}");
    check_brief("aspect=16:9 painter=remote", NULL);
    check_brief("size=1000x900 done=views model=spx-lite seed=7", NULL);
    check_brief("format=scene,glb,left strength=0 views=right", NULL);
}

/* Rows of jobs lack what is as usual: an older and a newer spx must mean the same by that. A change
 * here wants a new layout of the store (job_options.c); a new option wants a line more. */
static void the_defaults_are_part_of_what_is_stored(void **state)
{
    (void)state;
    spx_job_options options;
    spx_job_options_init(&options);

    char *const text = text_of(spx_job_options_json(&options));

    assert_string_equal(text, DEFAULTS);
    free(text);
}

static void makes_harmless_names_of_what_clients_send(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        { "boats.jpg", "boats.jpg" },
        { "../../etc/passwd", "passwd" },
        { "C:\\photos\\boats.jpg", "boats.jpg" },
        { "..", "photo" },
        { "", "photo" },
        { "a/", "photo" },
        { ".hidden.jpg", "hidden.jpg" },
        { "a\r\nSet-Cookie: x=\"1\".jpg", "a__Set-Cookie_ x=_1_.jpg" },
        { "caf\xc3\xa9 \xf0\x9f\x9a\xa4.jpg", "caf\xc3\xa9 \xf0\x9f\x9a\xa4.jpg" },
        { "bad\xff\xc0\xaf.jpg", "bad___.jpg" },
        { "cut\xe2\x82", "cut__" },
        { "surrogate\xed\xa0\x80.jpg", "surrogate___.jpg" },
        { "gpj\xe2\x80\xae.exe", "gpj_.exe" },
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        spx_job job = { 0 };
        spx_job_set_name(&job, names[i][0]);
        assert_string_equal(job.name, names[i][1]);
    }
}

static void cuts_long_names_between_characters(void **state)
{
    (void)state;
    char longest[1000] = "";
    spx_job job = { 0 };
    for (size_t i = 0; i + 3 < sizeof(longest); i += 2)
        memcpy(longest + i, "\xc3\xa9", 3);

    spx_job_set_name(&job, longest);

    const size_t size = strlen(job.name);
    assert_true(size < SPX_JOB_NAME_SIZE && size + 3 > SPX_JOB_NAME_SIZE);
    assert_int_equal(size % 2, 0);
}

static void names_results_after_the_photo(void **state)
{
    (void)state;
    char text[SPX_JOB_NAME_SIZE];
    spx_job job = { .name = "two.dots_outpainted.png" };

    spx_job_stem(&job, text);
    assert_string_equal(text, "two.dots_outpainted");
    spx_job_base(&job, text);
    assert_string_equal(text, "two.dots");
}

static void makes_ids_that_differ_and_knows_their_form(void **state)
{
    (void)state;
    char first[SPX_ID_SIZE];
    char second[SPX_ID_SIZE];
    assert_int_equal(spx_id_make(first, NULL), SPX_OK);
    assert_int_equal(spx_id_make(second, NULL), SPX_OK);

    assert_string_not_equal(first, second);
    assert_true(spx_id_valid(first));
    assert_false(spx_id_valid(""));
    assert_false(spx_id_valid("../../../../../../../../../../aa"));
    assert_false(spx_id_valid("9F86D081884C7D659A2FEAA0C55AD015"));
    first[SPX_ID_LENGTH - 1] = '\0';
    assert_false(spx_id_valid(first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_each_option_within_its_range),
        cmocka_unit_test(refuses_what_is_out_of_range_or_no_option),
        cmocka_unit_test(survives_the_way_through_json),
        cmocka_unit_test(what_a_group_named_stays_optional),
        cmocka_unit_test(refuses_json_that_is_no_set_of_options),
        cmocka_unit_test(takes_what_it_knows_of_what_a_newer_one_wrote),
        cmocka_unit_test(stores_what_differs_from_the_defaults),
        cmocka_unit_test(the_defaults_are_part_of_what_is_stored),
        cmocka_unit_test(makes_harmless_names_of_what_clients_send),
        cmocka_unit_test(cuts_long_names_between_characters),
        cmocka_unit_test(names_results_after_the_photo),
        cmocka_unit_test(makes_ids_that_differ_and_knows_their_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

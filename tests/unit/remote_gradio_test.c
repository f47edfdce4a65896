#include "test_support.h"

#include "base/base64.h"
#include "remote/gradio.h"
#include "remote/text.h"

#include <stdlib.h>
#include <string.h>

static json_t *read(const char *text)
{
    json_t *const json = spx_gradio_parse(text, strlen(text));
    assert_non_null(json);
    return json;
}

static const char *path_of(const char *outputs, const char *pointer)
{
    static char path[64];
    json_t *const json = read(outputs);
    const json_t *const found = spx_gradio_locate(json, pointer);
    const char *const text = json_string_value(json_object_get(found, "path"));
    (void)snprintf(path, sizeof(path), "%s", found == NULL ? "none" : text == NULL ? "" : text);
    json_decref(json);
    return path;
}

static void takes_the_last_picture_of_the_outputs(void **state)
{
    (void)state;
    static const char pair[] = "[[{\"path\":\"a\"},{\"path\":\"b\"}]]";

    assert_string_equal(path_of(pair, NULL), "b");
    assert_string_equal(path_of(pair, "0/0"), "a");
    assert_string_equal(path_of(pair, "/0/1"), "b");
    assert_string_equal(path_of(pair, "0/2"), "none");
    assert_string_equal(
        path_of("[{\"path\":\"a\",\"meta\":{\"_type\":\"gradio.FileData\"}}]", NULL), "a");
    assert_string_equal(path_of("[[{\"image\":{\"path\":\"a\"},\"caption\":null},"
                                "{\"image\":{\"path\":\"b\"},\"caption\":null}], \"done\"]",
                                NULL),
                        "b");
    assert_string_equal(path_of("[[{\"image\":{\"path\":\"a\"}}], 3]", "0/0/image"), "a");
    assert_string_equal(
        path_of("[{\"path\":\"a\"},{\"path\":\"v\",\"mime_type\":\"video/mp4\"}]", NULL), "a");
    assert_string_equal(path_of("[\"text\", 3, null, {\"path\":null}]", NULL), "none");
    assert_string_equal(path_of("[[\"data:image/png;base64,AA==\"]]", NULL), "");
}

static void survives_deep_outputs(void **state)
{
    (void)state;
    char deep[2001];
    memset(deep, '[', 1000);
    memset(deep + 1000, ']', 1000);
    deep[2000] = '\0';

    assert_string_equal(path_of(deep, NULL), "none");
}

static void reads_numbers_over_63_bits(void **state)
{
    (void)state;
    json_t *const json = read("{\"app_id\":12305281121554547412,\"id\":7}");

    assert_int_equal(spx_gradio_number(json_object_get(json, "id")), 7);
    assert_int_equal(spx_gradio_number(json_object_get(json, "app_id")), -1);
    assert_int_equal(spx_gradio_number(NULL), -1);
    json_decref(json);
}

/* ---- inputs ---- */

/* A function of its own order, with a hidden state and a default. */
static const char config_text[] =
    "{\"components\":["
    "{\"id\":1,\"type\":\"slider\",\"props\":{\"minimum\":100,\"maximum\":900}},"
    "{\"id\":2,\"type\":\"state\",\"props\":{}},"
    "{\"id\":3,\"type\":\"image\",\"props\":{}},"
    "{\"id\":4,\"type\":\"slider\",\"props\":{}},"
    "{\"id\":5,\"type\":\"dropdown\",\"props\":{}},"
    "{\"id\":6,\"type\":\"slider\",\"props\":{}},"
    "{\"id\":7,\"type\":\"radio\",\"props\":{}},"
    "{\"id\":8,\"type\":\"number\",\"props\":{\"value\":5}},"
    "{\"id\":9,\"type\":\"textbox\",\"props\":{\"value\":null}},"
    "{\"id\":10,\"type\":\"checkbox\",\"props\":{}}]}";
static const char function_text[] =
    "{\"id\":4,\"api_name\":\"grow\",\"inputs\":[1,2,3,4,5,6,7,8,9,10]}";
static const char info_text[] =
    "{\"named_endpoints\":{\"/grow\":{\"parameters\":["
    "{\"parameter_name\":\"height\",\"type\":{\"type\":\"number\"}},"
    "{\"parameter_name\":\"photo\",\"component\":\"Image\"},"
    "{\"parameter_name\":\"width\",\"type\":{\"type\":\"number\"}},"
    "{\"parameter_name\":\"alignment\",\"type\":{\"type\":\"string\"}},"
    "{\"parameter_name\":\"custom_resize_percentage\",\"type\":{\"type\":\"number\"}},"
    "{\"parameter_name\":\"resize_option\",\"type\":{\"type\":\"string\"}},"
    "{\"parameter_name\":\"guidance\",\"parameter_has_default\":true,\"parameter_default\":1.5,"
    "\"type\":{\"type\":\"number\"}},"
    "{\"parameter_name\":\"negative\",\"type\":{\"type\":\"string\"}},"
    "{\"parameter_name\":\"overlap_top\",\"type\":{\"type\":\"boolean\"}}]}}}";

static const spx_remote_space_plan plan = { .upload_width = 10,
                                            .upload_height = 10,
                                            .place = { 640, 480, 100, 0, 440, 480 },
                                            .percent = 55,
                                            .alignment = "Middle" };

/* The inputs as text, owned by the caller; NULL when they were refused. */
static char *fill(const char *info, const char *const *parameters, spx_diag *diag)
{
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    options.parameters = parameters;
    const spx_outpaint_request request = {
        .frame = { 640, 480, 100, 0, 440, 480 },
        .options = &options,
    };
    json_t *const config = read(config_text);
    json_t *const function = read(function_text);
    json_t *const told = info == NULL ? NULL : read(info);
    json_t *const file = read("{\"path\":\"p\"}");
    json_t *values = NULL;
    spx_gradio_inputs inputs;
    spx_status status = spx_gradio_list_inputs(&inputs, config, function, told, diag);
    if (status == SPX_OK)
        status = spx_gradio_fill_inputs(&inputs, &request, &plan, file, &values, diag);
    char *const text = status == SPX_OK ? json_dumps(values, JSON_COMPACT) : NULL;
    json_decref(config);
    json_decref(function);
    json_decref(told);
    json_decref(file);
    json_decref(values);
    return text;
}

static void puts_values_where_their_names_are(void **state)
{
    (void)state;
    static const char *const given[] = { "negative=10 crows", "guidance=2.25", NULL };

    char *const text = fill(info_text, given, NULL);

    assert_string_equal(text, "[480,null,{\"path\":\"p\"},640,\"Middle\",55,\"Custom\",2.25,"
                              "\"10 crows\",false]");
    free(text);
}

static void takes_defaults_and_keeps_text_text(void **state)
{
    (void)state;
    static const char *const given[] = { "negative=10", "overlap_top=true", NULL };

    char *const text = fill(info_text, given, NULL);

    assert_string_equal(text, "[480,null,{\"path\":\"p\"},640,\"Middle\",55,\"Custom\",1.5,"
                              "\"10\",true]");
    free(text);
}

static void names_the_input_that_lacks_a_value(void **state)
{
    (void)state;
    spx_diag diag = { 0 };

    assert_null(fill(info_text, NULL, &diag));

    assert_non_null(strstr(diag.text, "\"negative\""));
}

static void refuses_parameters_that_make_no_sense(void **state)
{
    (void)state;
    static const struct {
        const char *given;
        const char *reason;
    } cases[] = {
        { "height=5", "height follows from the frame" },
        { "colour=5", "no input \"colour\"" },
        { "colour", "not NAME=VALUE" },
        { "=5", "not NAME=VALUE" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const given[] = { "negative=x", cases[i].given, NULL };
        spx_diag diag = { 0 };

        assert_null(fill(info_text, given, &diag));

        assert_non_null(strstr(diag.text, cases[i].reason));
    }
}

static void says_when_a_function_is_not_described(void **state)
{
    (void)state;
    spx_diag diag = { 0 };

    assert_null(fill(NULL, NULL, &diag));

    assert_non_null(strstr(diag.text, "9 inputs"));
}

static void reads_what_the_sliders_allow(void **state)
{
    (void)state;
    json_t *const config = read(config_text);
    json_t *const function = read(function_text);
    json_t *const info = read(info_text);
    spx_gradio_inputs inputs;
    spx_remote_range width;
    spx_remote_range height;
    assert_int_equal(spx_gradio_list_inputs(&inputs, config, function, info, NULL), SPX_OK);

    spx_gradio_ranges(&inputs, &width, &height);

    assert_int_equal(width.least, 720); /* nothing said */
    assert_int_equal(width.most, 1536);
    assert_int_equal(height.least, 104); /* a multiple of 8 */
    assert_int_equal(height.most, 900);
    json_decref(config);
    json_decref(function);
    json_decref(info);
}

/* ---- texts ---- */

static void tells_a_servers_text_plainly(void **state)
{
    (void)state;
    char text[SPX_REMOTE_TEXT_SIZE];

    spx_remote_plain(text, " You <b>have</b> 3 &lt; 4\n\n\x1b[31m <a href='x'>more</a>. ");
    assert_string_equal(text, "You have 3 < 4 [31m more.");

    char lengthy[1000];
    for (size_t i = 0; i + 2 < sizeof(lengthy); i += 2)
        memcpy(lengthy + i, "\xc3\xa4", 3);
    spx_remote_plain(text, lengthy);
    assert_true(strlen(text) > 230 && strlen(text) % 2 == 0);

    spx_remote_plain(text, NULL);
    assert_string_equal(text, "");
}

static void masks_secrets(void **state)
{
    (void)state;
    char text[] = "no hf_abc, no hf_abc!";

    spx_remote_mask(text, "hf_abc");

    assert_string_equal(text, "no ******, no ******!");
    spx_remote_mask(text, NULL);
}

static void writes_and_reads_base64(void **state)
{
    (void)state;
    static const char *const wanted[] = { "",         "Zg==",     "Zm8=",    "Zm9v",
                                          "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
    for (size_t size = 0; size < sizeof(wanted) / sizeof(wanted[0]); size++) {
        spx_bytes text = { 0 };
        spx_bytes back = { 0 };

        spx_base64_append(&text, "foobar", size);
        spx_bytes_u8(&text, 0);
        assert_string_equal((const char *)text.data, wanted[size]);
        assert_true(spx_base64_read(&back, (const char *)text.data));

        assert_int_equal(back.size, size);
        assert_true(size == 0 || memcmp(back.data, "foobar", size) == 0);
        spx_bytes_clear(&text);
        spx_bytes_clear(&back);
    }
    spx_bytes none = { 0 };
    assert_false(spx_base64_read(&none, "Zm9v*"));
    spx_bytes_clear(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_last_picture_of_the_outputs),
        cmocka_unit_test(survives_deep_outputs),
        cmocka_unit_test(reads_numbers_over_63_bits),
        cmocka_unit_test(puts_values_where_their_names_are),
        cmocka_unit_test(takes_defaults_and_keeps_text_text),
        cmocka_unit_test(names_the_input_that_lacks_a_value),
        cmocka_unit_test(refuses_parameters_that_make_no_sense),
        cmocka_unit_test(says_when_a_function_is_not_described),
        cmocka_unit_test(reads_what_the_sliders_allow),
        cmocka_unit_test(tells_a_servers_text_plainly),
        cmocka_unit_test(masks_secrets),
        cmocka_unit_test(writes_and_reads_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "net/sse.h"

#include <stdio.h>
#include <string.h>

typedef struct heard {
    char text[1024];
    spx_status answer;
} heard;

static spx_status hear(void *user, const char *event, const char *data, size_t size)
{
    heard *const self = user;
    const size_t at = strlen(self->text);
    (void)snprintf(self->text + at, sizeof(self->text) - at, "<%s|%s|%zu>", event, data, size);
    return self->answer;
}

static spx_sse sse_of(heard *ear)
{
    return (spx_sse){ .event = hear, .user = ear, .most_bytes = 64 };
}

static void hears_the_same_events_however_the_stream_is_cut(void **state)
{
    (void)state;
    static const char stream[] =
        ": hello\n\nevent: progress\ndata: {\"a\":1}\r\n\r\ndata:x\rdata: y\r"
        "\rdata:  \xc3\xa4 \n\nevent: alone\n\ndata\n\n";
    static const char wanted[] =
        "<progress|{\"a\":1}|7><message|x\ny|3><message| \xc3\xa4 |4><message||0>";
    const size_t size = sizeof(stream) - 1;
    for (size_t cut = 0; cut <= size; cut++) {
        heard ear = { 0 };
        spx_sse sse = sse_of(&ear);

        assert_int_equal(spx_sse_feed(&sse, stream, cut), SPX_OK);
        assert_int_equal(spx_sse_feed(&sse, stream + cut, size - cut), SPX_OK);

        assert_string_equal(ear.text, wanted);
        spx_sse_clear(&sse);
    }
}

static void hears_the_same_events_byte_for_byte(void **state)
{
    (void)state;
    static const char stream[] = "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n";
    heard ear = { 0 };
    spx_sse sse = sse_of(&ear);

    for (size_t i = 0; i < sizeof(stream) - 1; i++)
        assert_int_equal(spx_sse_feed(&sse, stream + i, 1), SPX_OK);

    assert_string_equal(ear.text, "<a|1|1><message|2|1>");
    spx_sse_clear(&sse);
}

static void keeps_back_an_event_that_is_cut_off(void **state)
{
    (void)state;
    heard ear = { 0 };
    spx_sse sse = sse_of(&ear);

    assert_int_equal(spx_sse_feed(&sse, "data: 1\n", 8), SPX_OK);

    assert_string_equal(ear.text, "");
    spx_sse_clear(&sse);
}

static void refuses_a_line_and_an_event_over_the_limit(void **state)
{
    (void)state;
    heard ear = { 0 };
    spx_diag diag = { 0 };
    spx_sse sse = sse_of(&ear);
    sse.diag = &diag;
    spx_status status = SPX_OK;

    for (int i = 0; i < 65 && status == SPX_OK; i++)
        status = spx_sse_feed(&sse, "x", 1);

    assert_int_equal(status, SPX_ERR_LIMIT);
    assert_non_null(strstr(diag.text, "64"));
    spx_sse_clear(&sse);

    sse = sse_of(&ear);
    status = SPX_OK;
    for (int i = 0; i < 12 && status == SPX_OK; i++)
        status = spx_sse_feed(&sse, "data: 56789\n", 12);
    assert_int_equal(status, SPX_ERR_LIMIT);
    spx_sse_clear(&sse);
}

static void ends_with_what_its_listener_says(void **state)
{
    (void)state;
    heard ear = { .answer = SPX_ERR_REMOTE };
    spx_sse sse = sse_of(&ear);
    static const char stream[] = "data: 1\n\ndata: 2\n\n";

    assert_int_equal(spx_sse_feed(&sse, stream, sizeof(stream) - 1), SPX_ERR_REMOTE);

    assert_string_equal(ear.text, "<message|1|1>");
    spx_sse_clear(&sse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_the_same_events_however_the_stream_is_cut),
        cmocka_unit_test(hears_the_same_events_byte_for_byte),
        cmocka_unit_test(keeps_back_an_event_that_is_cut_off),
        cmocka_unit_test(refuses_a_line_and_an_event_over_the_limit),
        cmocka_unit_test(ends_with_what_its_listener_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

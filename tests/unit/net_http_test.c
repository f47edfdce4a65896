#include "test_support.h"

#include "net/http.h"
#include "net/http_address.h"

#include <string.h>

static void shows_a_url_without_its_secrets(void **state)
{
    (void)state;
    char shown[SPX_HTTP_SHOWN_SIZE];

    spx_http_show(shown, "https://ann:secret@example.org:8443/a/b?key=secret#secret");
    assert_string_equal(shown, "https://example.org:8443/a/b");

    spx_http_show(shown, "https://a:b@c:secret@example.org?x");
    assert_string_equal(shown, "https://example.org");

    spx_http_show(shown, "owner/name");
    assert_string_equal(shown, "owner/name");

    spx_http_show(shown, "http://example.org/\x1b[31m@x");
    assert_string_equal(shown, "http://example.org/?[31m@x");
}

static void escapes_the_values_of_a_form(void **state)
{
    (void)state;
    static const char odd[] = "a b&c=\xc3\xa9\0~";
    spx_bytes form = { 0 };

    spx_http_form_add(&form, "user", "ann", 3);
    spx_http_form_add(&form, "password", odd, sizeof(odd) - 1);

    spx_bytes_u8(&form, 0);
    assert_string_equal((const char *)form.data, "user=ann&password=a%20b%26c%3D%C3%A9%00~");
    spx_bytes_clear(&form);
}

static void knows_the_same_server(void **state)
{
    (void)state;

    assert_true(spx_http_same_origin("http://a.org/x", "HTTP://A.org:80/y?z"));
    assert_false(spx_http_same_origin("http://a.org/", "https://a.org/"));
    assert_false(spx_http_same_origin("http://a.org/", "http://a.org:81/"));
    assert_false(spx_http_same_origin("http://a.org/", "http://b.org/"));
    assert_false(spx_http_same_origin("http://a.org/", "http://a.org.evil.net/"));
    assert_false(spx_http_same_origin("http://a.org/", "http://a.org@evil.net/"));
    assert_false(spx_http_same_origin("a.org", NULL));
}

static void shows_the_token_to_its_scope_only(void **state)
{
    (void)state;
    const spx_http_scope own = { .origins = { "http://127.0.0.1:7860/app" } };
    const spx_http_scope hub = { .hugging_face = 1 };

    assert_true(spx_http_scope_holds(&own, "http://127.0.0.1:7860/x"));
    assert_false(spx_http_scope_holds(&own, "http://127.0.0.1:7861/x"));
    assert_false(spx_http_scope_holds(&own, "https://huggingface.co/x"));
    assert_true(spx_http_scope_holds(&hub, "https://owner-name.hf.space/config"));
    assert_true(spx_http_scope_holds(&hub, "https://huggingface.co/api/spaces/a/b"));
    assert_false(spx_http_scope_holds(&hub, "http://owner-name.hf.space/config"));
    assert_false(spx_http_scope_holds(&hub, "https://hf.space.evil.net/"));
    assert_false(spx_http_scope_holds(&hub, "https://evilhf.space/"));
    assert_false(spx_http_scope_holds(&hub, "https://huggingface.co@evil.net/"));
}

static void refuses_a_token_that_would_break_the_header(void **state)
{
    (void)state;
    static const char *const bad[] = { "hf_x\r\nHost: evil", "hf x", "a:b\n", "hf_\x7f" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const spx_http_options options = { .token = bad[i] };
        spx_http *http = NULL;
        spx_diag diag = { 0 };

        assert_int_equal(spx_http_open(&http, &options, &diag), SPX_ERR_ARGUMENT);

        assert_null(http);
        assert_null(strstr(diag.text, bad[i]));
    }
}

static void says_which_server_cannot_be_reached(void **state)
{
    (void)state;
    const spx_http_options options = { .most_bytes = 100 };
    spx_http *http = NULL;
    spx_http_answer answer = { 0 };
    spx_diag diag = { 0 };
    assert_int_equal(spx_http_open(&http, &options, NULL), SPX_OK);

    /* Port 1 of this computer: nobody listens there. */
    const spx_http_request request = { .url = "http://me:secret@127.0.0.1:1/x?secret" };
    assert_int_equal(spx_http_send(http, &request, &answer, &diag), SPX_ERR_NETWORK);

    assert_non_null(strstr(diag.text, "http://127.0.0.1:1/x"));
    assert_null(strstr(diag.text, "secret"));
    assert_null(answer.body.data);
    spx_http_close(http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_url_without_its_secrets),
        cmocka_unit_test(escapes_the_values_of_a_form),
        cmocka_unit_test(knows_the_same_server),
        cmocka_unit_test(shows_the_token_to_its_scope_only),
        cmocka_unit_test(refuses_a_token_that_would_break_the_header),
        cmocka_unit_test(says_which_server_cannot_be_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "net/aws_sign.h"

#include <string.h>

/* Amazon's own: "Authenticating requests: using the Authorization header", examples. */
static const spx_aws_identity amazon = { .region = "us-east-1",
                                         .key = "AKIAIOSFODNN7EXAMPLE",
                                         .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
static const int64_t amazon_s = 1369353600; /* 20130524T000000Z */

#define SUM_OF_NOTHING                                                                             \
    "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void check(const spx_aws_request *request, const char *names, const char *signature)
{
    spx_aws_lines lines = { 0 };
    spx_diag diag = { 0 };
    spx_bytes wanted = { 0 };
    spx_bytes_text(&wanted, "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"
                            "20130524/us-east-1/s3/aws4_request, SignedHeaders=");
    spx_bytes_text(&wanted, names);
    spx_bytes_text(&wanted, ", Signature=");
    spx_bytes_text(&wanted, signature);
    spx_bytes_u8(&wanted, 0);

    assert_int_equal(spx_aws_sign(&amazon, request, &lines, &diag), SPX_OK);

    assert_string_equal((const char *)lines.host.data, "Host: examplebucket.s3.amazonaws.com");
    assert_string_equal((const char *)lines.date.data, "X-Amz-Date: 20130524T000000Z");
    assert_string_equal((const char *)lines.authorization.data, (const char *)wanted.data);
    spx_aws_lines_clear(&lines);
    spx_bytes_clear(&wanted);
}

static void signs_as_amazons_examples(void **state)
{
    (void)state;
    static const char *const range[] = { "Range: bytes=0-9", SUM_OF_NOTHING, NULL };
    static const char *const put[] = { "Date: Fri, 24 May 2013 00:00:00 GMT",
                                       "x-amz-storage-class: REDUCED_REDUNDANCY",
                                       "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbb"
                                       "a87d2b6b4b4e99e42034a8b803f8b072",
                                       NULL };
    static const char *const plain[] = { SUM_OF_NOTHING, NULL };
    static const char usual[] = "host;x-amz-content-sha256;x-amz-date";
    spx_aws_request request = { .method = "GET",
                                .url = "https://examplebucket.s3.amazonaws.com/test.txt",
                                .headers = range,
                                .when_s = amazon_s };
    check(&request, "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    request.method = "PUT";
    request.url = "https://examplebucket.s3.amazonaws.com/test%24file.text";
    request.headers = put;
    check(&request, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    request.method = "GET";
    request.headers = plain;
    request.url = "https://examplebucket.s3.amazonaws.com?lifecycle=";
    check(&request, usual, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    request.url = "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J";
    check(&request, usual, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

/* What does not change what is asked for does not change the signature. */
static void the_schemes_own_port_a_user_and_blanks_do_not_count(void **state)
{
    (void)state;
    static const char *const headers[] = { "Range:   bytes=0-9 ", SUM_OF_NOTHING " ", NULL };
    const spx_aws_request request = {
        .method = "GET",
        .url = "https://somebody@examplebucket.s3.amazonaws.com:443/test.txt#part",
        .headers = headers,
        .when_s = amazon_s
    };
    check(&request, "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

static void a_port_of_its_own_belongs_to_the_host(void **state)
{
    (void)state;
    static const char *const headers[] = { SUM_OF_NOTHING, NULL };
    static const struct {
        const char *url;
        const char *host;
    } cases[] = { { "http://127.0.0.1:9000/b/k", "Host: 127.0.0.1:9000" },
                  { "http://[::1]:443/b/k", "Host: [::1]:443" },
                  { "https://s3.test:80", "Host: s3.test:80" },
                  { "http://s3.test:80/", "Host: s3.test" } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const spx_aws_request request = { .method = "GET",
                                          .url = cases[i].url,
                                          .headers = headers };
        spx_aws_lines lines = { 0 };
        assert_int_equal(spx_aws_sign(&amazon, &request, &lines, NULL), SPX_OK);
        assert_string_equal((const char *)lines.host.data, cases[i].host);
        spx_aws_lines_clear(&lines);
    }
}

static void what_cannot_be_signed_is_an_error(void **state)
{
    (void)state;
    static const char *const good[] = { SUM_OF_NOTHING, NULL };
    static const char *const no_sum[] = { "x-amz-acl: private", NULL };
    static const char *const no_header[] = { SUM_OF_NOTHING, "nothing", NULL };
    static const char *const many[] = { SUM_OF_NOTHING, "a: 1", "b: 1", "c: 1", "d: 1", "e: 1",
                                        "f: 1",         "g: 1", "h: 1", "i: 1", "j: 1", NULL };
    static const struct {
        const char *url;
        const char *const *headers;
    } bad[] = { { "s3.test/b/k", good },
                { "https:///b/k", good },
                { "https://s3.test/b/k", no_sum },
                { "https://s3.test/b/k", no_header },
                { "https://s3.test/b/k", many } };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const spx_aws_request request = { .method = "GET",
                                          .url = bad[i].url,
                                          .headers = bad[i].headers };
        spx_aws_lines lines = { 0 };
        spx_diag diag = { 0 };
        assert_int_equal(spx_aws_sign(&amazon, &request, &lines, &diag), SPX_ERR_ARGUMENT);
        assert_non_null(strstr(diag.text, "cannot be signed"));
        spx_aws_lines_clear(&lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_amazons_examples),
        cmocka_unit_test(the_schemes_own_port_a_user_and_blanks_do_not_count),
        cmocka_unit_test(a_port_of_its_own_belongs_to_the_host),
        cmocka_unit_test(what_cannot_be_signed_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

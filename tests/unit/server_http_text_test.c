#include "test_support.h"

#include "server/http_text.h"

#include <stdio.h>
#include <string.h>

static void reads_ranges_of_one_part(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint64_t size;
        spx_range_kind kind;
        uint64_t first;
        uint64_t last;
    } cases[] = {
        { NULL, 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=0-0", 10, SPX_RANGE_PART, 0, 0 },
        { "bytes=2-5", 10, SPX_RANGE_PART, 2, 5 },
        { "BYTES=2-", 10, SPX_RANGE_PART, 2, 9 },
        { "bytes=-3", 10, SPX_RANGE_PART, 7, 9 },
        { "bytes=-99", 10, SPX_RANGE_PART, 0, 9 },
        { "bytes=9-99", 10, SPX_RANGE_PART, 9, 9 },
        { "bytes=0-18446744073709551615", 10, SPX_RANGE_PART, 0, 9 },
        { "bytes=10-", 10, SPX_RANGE_OUTSIDE, 0, 0 },
        { "bytes=-0", 10, SPX_RANGE_OUTSIDE, 0, 0 },
        { "bytes=0-", 0, SPX_RANGE_OUTSIDE, 0, 0 },
        { "bytes=-1", 0, SPX_RANGE_OUTSIDE, 0, 0 },
        { "bytes=18446744073709551616-", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=5-2", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=-", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=1-2,4-5", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=1-2 ", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes= 1-2", 10, SPX_RANGE_NONE, 0, 0 },
        { "bytes=+1-2", 10, SPX_RANGE_NONE, 0, 0 },
        { "items=1-2", 10, SPX_RANGE_NONE, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t first = 1;
        uint64_t last = 1;
        const spx_range_kind kind = spx_range_read(cases[i].header, cases[i].size, &first, &last);
        assert_int_equal(kind, cases[i].kind);
        assert_int_equal(first, cases[i].first);
        assert_int_equal(last, cases[i].last);
    }
}

static void finds_etags_in_lists(void **state)
{
    (void)state;
    assert_true(spx_etag_listed("\"a\"", "\"a\""));
    assert_true(spx_etag_listed("W/\"a\"", "\"a\""));
    assert_true(spx_etag_listed("\"x,\" ,\t\"a\"", "\"a\""));
    assert_true(spx_etag_listed("*", "\"a\""));
    assert_false(spx_etag_listed(NULL, "\"a\""));
    assert_false(spx_etag_listed("", "\"a\""));
    assert_false(spx_etag_listed("\"ab\"", "\"a\""));
    assert_false(spx_etag_listed("a", "\"a\""));
    assert_false(spx_etag_listed("\"a", "\"a\""));
    assert_false(spx_etag_listed("**", "\"a\""));
}

static void writes_names_for_old_and_new_browsers(void **state)
{
    (void)state;
    spx_bytes out = { 0 };

    spx_append_disposition(&out, "caf\xc3\xa9 \"1\".png", 1);

    assert_string_equal((const char *)out.data, "attachment; filename=\"caf_ _1_.png\"; "
                                                "filename*=UTF-8''caf%C3%A9%20%221%22.png");
    spx_bytes_clear(&out);
}

static void knows_photos_by_their_first_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t size;
        const char *type;
    } cases[] = {
        { "\xff\xd8\xff\xe0", 4, "image/jpeg" },
        { "\x89PNG\r\n\x1a\n", 8, "image/png" },
        { "RIFF....WEBP", 12, "image/webp" },
        { "II*\0", 4, "image/tiff" },
        { "MM\0*", 4, "image/tiff" },
        { "....ftypheic", 12, "image/heic" },
        { "....ftypmif1", 12, "image/heif" },
        { "....ftypavif", 12, "image/avif" },
        { "....ftypisom", 12, NULL },
        { "RIFF....WAVE", 12, NULL },
        { "GIF89a", 6, "image/gif" },
        { "BM....\0\0\0\0....\x28\0", 16, "image/bmp" },
        { "BMW drives by.....", 16, NULL },
        { "\xff\x0a", 2, "image/jxl" },
        { "\0\0\0\x0cJXL \r\n\x87\n", 12, "image/jxl" },
        { "....ftypcrx ", 12, "image/x-canon-cr3" },
        { "FUJIFILMCCD-RAW 0", 16, "image/x-fuji-raf" },
        { "<svg xmlns=", 11, NULL },
        { "%PDF-1.7", 8, NULL },
        { "\xff\xd8", 2, NULL },
        { "", 0, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *const type =
            spx_photo_media_type((const uint8_t *)cases[i].data, cases[i].size);
        if (cases[i].type == NULL)
            assert_null(type);
        else
            assert_string_equal(type, cases[i].type);
    }
}

static void tells_this_computer_and_this_site_from_others(void **state)
{
    (void)state;
    static const char *const local[] = { "localhost",      "LOCALHOST:8002", "127.0.0.1",
                                         "127.0.0.1:8002", "192.168.0.7:1",  "[::1]:8002" };
    static const char *const other[] = { "",           "evil.example", "127.0.0.1.evil.example",
                                         "localhost.", ":8002",        "[evil]:1",
                                         "0x7f.1" };
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
        assert_true(spx_host_is_local(local[i]));
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        assert_false(spx_host_is_local(other[i]));
    assert_true(spx_origin_is_host("https://spx.example", "spx.example"));
    assert_true(spx_origin_is_host("http://127.0.0.1:8002", "127.0.0.1:8002"));
    assert_false(spx_origin_is_host("http://127.0.0.1:8003", "127.0.0.1:8002"));
    assert_false(spx_origin_is_host("http://spx.example.evil", "spx.example"));
    assert_false(spx_origin_is_host("null", "null"));
}

static void compares_secrets_whole(void **state)
{
    (void)state;
    assert_true(spx_secret_equal("secret", "secret"));
    assert_false(spx_secret_equal("secret", "secre"));
    assert_false(spx_secret_equal("secret", "secrets"));
    assert_false(spx_secret_equal("secret", "secretsecret"));
    assert_false(spx_secret_equal("secret", "Secret"));
    assert_false(spx_secret_equal("secret", ""));
    assert_false(spx_secret_equal("", "secret"));
}

static void takes_escapes_back(void **state)
{
    static const char *const pairs[][2] = {
        { "50%25%20off.jpg", "50% off.jpg" },
        { "50% off", "50% off" },
        { "%zz%4", "%zz%4" },
        { "a%00b", "a%00b" },
        { "%C3%a9", "\xc3\xa9" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%s", pairs[i][0]);

        spx_unescape(text);

        assert_string_equal(text, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_escapes_back),
        cmocka_unit_test(reads_ranges_of_one_part),
        cmocka_unit_test(finds_etags_in_lists),
        cmocka_unit_test(writes_names_for_old_and_new_browsers),
        cmocka_unit_test(knows_photos_by_their_first_bytes),
        cmocka_unit_test(tells_this_computer_and_this_site_from_others),
        cmocka_unit_test(compares_secrets_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

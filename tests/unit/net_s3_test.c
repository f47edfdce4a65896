#include "test_support.h"

#include "net/s3.h"
#include "net/s3_list.h"

#include <stdio.h>
#include <string.h>

static void parts_are_as_large_as_ten_thousand_of_them_need(void **state)
{
    (void)state;
    static const size_t mib = 1 << 20;
    static const size_t most = 10000;

    assert_int_equal(spx_s3_part_bytes(0, 0), 64 * mib);
    assert_int_equal(spx_s3_part_bytes(most * 64 * mib, 0), 64 * mib);
    assert_int_equal(spx_s3_part_bytes(most * 64 * mib + 1, 0), 64 * mib + 1);
    assert_int_equal(spx_s3_part_bytes(most * 5 * mib, 5 * mib), 5 * mib);
    assert_int_equal(spx_s3_part_bytes(SIZE_MAX, 1), SIZE_MAX / most + 1);
}

static void knows_what_names_an_object(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "s3://",      "s3://ab/x",          "s3:///x",         "s3://a b/x", "s3://.ab/x",
        "s3://-ab/x", "s3://bucket@host/x", "https://bucket/x"
    };
    spx_diag diag = { 0 };

    assert_int_equal(spx_s3_check("s3://bucket/key", 0, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("S3://bucket/a/b c", 0, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("s3://bucket", 1, &diag), SPX_OK);
    assert_int_equal(spx_s3_check("s3://bucket/", 0, &diag), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_s3_check("s3://bucket/folder/", 0, &diag), SPX_ERR_ARGUMENT);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(spx_s3_check(bad[i], 1, &diag), SPX_ERR_ARGUMENT);
}

typedef struct told {
    char keys[4][64];
    int64_t times[4];
    size_t count;
} told;

static spx_status note(void *user, const char *key, int64_t modified_s)
{
    told *const self = user;
    assert_true(self->count < 4);
    (void)snprintf(self->keys[self->count], sizeof(self->keys[0]), "%s", key);
    self->times[self->count++] = modified_s;
    return SPX_OK;
}

#define LIST(text) "<ListBucketResult>" text "</ListBucketResult>"
#define OBJECT(key, when)                                                                          \
    "<Contents><Key>" key "</Key><LastModified>" when "</LastModified></Contents>"
#define MORE "<IsTruncated>true</IsTruncated>"

static spx_status read_list(spx_s3_place *place, told *heard, const char *page, spx_diag *diag)
{
    return spx_s3_list_read(place, page, strlen(page), note, heard, diag);
}

static void reads_keys_as_they_are_and_times_where_they_are_said(void **state)
{
    (void)state;
    spx_s3_place place = { .more = 1 };
    told heard = { .count = 0 };
    static const char page[] = LIST(MORE OBJECT("a&amp;b/&lt;&#246;", "2026-01-31T12:34:56.000Z")
                                        OBJECT("c/&#x1F600;&apos;", "yesterday"));

    assert_int_equal(read_list(&place, &heard, page, NULL), SPX_OK);

    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.keys[0], "a&b/<ö");
    assert_string_equal(heard.keys[1], "c/\xF0\x9F\x98\x80'");
    assert_true(heard.times[0] == 1769862896);
    assert_true(heard.times[1] == INT64_MAX); /* who sweeps takes it for young */
    assert_int_equal(place.more, 1);
    assert_string_equal(place.last, heard.keys[1]);
}

static void a_list_that_is_not_whole_is_not_taken_for_a_short_one(void **state)
{
    (void)state;
    static const struct {
        const char *page;
        const char *says;
    } bad[] = {
        { "", "no list" },
        { "<ListBucketResult>" OBJECT("a", ""), "breaks off" },
        { LIST("<Contents><Key>a</Key>"), "breaks off" },
        { LIST("<Contents></Contents><Key>a</Key>"), "no key" },
        { LIST(OBJECT("a&#xD800;", "")), "no key" },
        { LIST(OBJECT("a&nbsp;", "")), "no key" },
        { LIST(OBJECT("a&amp", "")), "no key" },
        { LIST(MORE), "does not go on" },
        { LIST(MORE OBJECT("b", "")), "does not go on" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        spx_s3_place place = { .last = "b", .more = 1 };
        told heard = { .count = 0 };
        spx_diag diag = { 0 };
        assert_int_equal(read_list(&place, &heard, bad[i].page, &diag), SPX_ERR_REMOTE);
        assert_non_null(strstr(diag.text, bad[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_keys_as_they_are_and_times_where_they_are_said),
        cmocka_unit_test(a_list_that_is_not_whole_is_not_taken_for_a_short_one),
        cmocka_unit_test(parts_are_as_large_as_ten_thousand_of_them_need),
        cmocka_unit_test(knows_what_names_an_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

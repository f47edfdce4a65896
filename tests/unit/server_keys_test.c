#include "test_support.h"

#include "base/file.h"
#include "base/sha256.h"
#include "server/cors.h"
#include "server/keys.h"
#include "test_files.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 4 };

#define SUM "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" /* of "test" */

static void assert_fault(const char *text, const char *fault)
{
    spx_key list[MOST];
    char hashes[MOST][SPX_SHA256_HEX];
    size_t count = 0;
    spx_diag diag = { 0 };
    assert_int_equal(spx_keys_parse(text, list, hashes, MOST, &count, &diag), SPX_ERR_ARGUMENT);
    if (strstr(diag.text, fault) == NULL)
        fail_msg("%s", diag.text);
}

static void reads_clients_and_their_limits(void **state)
{
    (void)state;
    spx_key list[MOST];
    char hashes[MOST][SPX_SHA256_HEX];
    size_t count = 0;
    assert_int_equal(spx_keys_parse("# who\n\n acme " SUM
                                    " rate=60 jobs-a-day=5\tat-once=2\r\nb-2 " SUM,
                                    list, hashes, MOST, &count, NULL),
                     SPX_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].name, "acme");
    assert_string_equal(hashes[0], SUM);
    assert_int_equal(list[0].rate, 60);
    assert_int_equal(list[0].jobs_a_day, 5);
    assert_int_equal(list[0].at_once, 2);
    assert_string_equal(list[1].name, "b-2");
    assert_int_equal(list[1].rate, 0);
}

static void names_the_line_that_is_wrong(void **state)
{
    (void)state;
    assert_fault("\n\na/b " SUM, "line 3: a name");
    assert_fault("abcdefghijklmnopqrstuvwxy " SUM, "a name");
    assert_fault("a", "64 small hex digits");
    assert_fault("a secret", "64 small hex digits");
    assert_fault("a " SUM "0", "64 small hex digits");
    assert_fault("a " SUM " rate=0", "a number from 1");
    assert_fault("a " SUM " rate=-1", "a number from 1");
    assert_fault("a " SUM " rate=5x", "a number from 1");
    assert_fault("a " SUM " rate=99999999999", "a number from 1");
    assert_fault("a " SUM " speed=5", "jobs-a-day=N");
    assert_fault("a " SUM "\na " SUM, "line 2: the name is taken");
    assert_fault("a " SUM "\nb " SUM "\nc " SUM "\nd " SUM "\ne " SUM, "too many");
}

static spx_keys *make(const char *text)
{
    static char path[512];
    spx_keys *keys = NULL;
    (void)snprintf(path, sizeof(path), "%s", test_out_path("keys.txt"));
    assert_int_equal(spx_file_write(path, text, strlen(text), NULL), SPX_OK);
    assert_int_equal(spx_keys_create(&keys, path, NULL), SPX_OK);
    return keys;
}

static void knows_a_key_by_its_hash_alone(void **state)
{
    (void)state;
    spx_key key;
    spx_keys *const keys = make("acme " SUM " rate=60\n");
    assert_true(spx_keys_find(keys, "test", &key));
    assert_string_equal(key.name, "acme");
    assert_false(spx_keys_find(keys, "tesT", &key));
    assert_false(spx_keys_find(keys, "", &key));
    assert_false(spx_keys_find(keys, SUM, &key));
    assert_true(spx_keys_named(keys, "acme", &key));
    assert_false(spx_keys_named(keys, "other", &key));
    spx_keys_destroy(keys);
}

static void requests_grow_back(void **state)
{
    (void)state;
    spx_key_rate rate;
    spx_keys *const keys = make("acme " SUM " rate=60\nfree " SUM "\n");
    for (uint32_t i = 0; i < 60; i++) {
        spx_keys_spend(keys, "acme", 1000.0, &rate);
        assert_int_equal(rate.wait_s, 0);
        assert_int_equal(rate.remaining, 59 - i);
        assert_int_equal(rate.reset_s, i + 1);
    }
    spx_keys_spend(keys, "acme", 1000.0, &rate);
    assert_int_equal(rate.limit, 60);
    assert_int_equal(rate.wait_s, 1);
    assert_int_equal(spx_keys_reload(keys, NULL), SPX_OK); /* gives nothing back */
    spx_keys_spend(keys, "acme", 1000.5, &rate);
    assert_int_equal(rate.wait_s, 1);
    spx_keys_spend(keys, "acme", 1001.0, &rate);
    assert_int_equal(rate.wait_s, 0);
    spx_keys_spend(keys, "free", 1001.0, &rate);
    assert_int_equal(rate.limit, 0);
    assert_int_equal(rate.wait_s, 0);
    spx_keys_destroy(keys);
}

static void knows_origins(void **state)
{
    (void)state;
    static const char *const good[] = { "*", "https://example.com", "http://localhost:3000",
                                        "http://[::1]:80" };
    static const char *const bad[] = { "",
                                       "null",
                                       "example.com",
                                       "https://",
                                       "ftp://a",
                                       "https://a.b/path",
                                       "https://a b",
                                       "https://*.a",
                                       "https://A" };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(spx_cors_is_origin(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(spx_cors_is_origin(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_clients_and_their_limits),
        cmocka_unit_test(names_the_line_that_is_wrong),
        cmocka_unit_test(knows_a_key_by_its_hash_alone),
        cmocka_unit_test(requests_grow_back),
        cmocka_unit_test(knows_origins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

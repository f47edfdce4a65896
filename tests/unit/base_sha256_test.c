#include "test_support.h"

#include "base/sha256.h"

#include <string.h>

static void assert_hash(const char *text, size_t times, const char *expected)
{
    spx_sha256 hash;
    char hex[SPX_SHA256_HEX];
    spx_sha256_init(&hash);
    for (size_t i = 0; i < times; i++)
        spx_sha256_update(&hash, text, strlen(text));
    spx_sha256_finish(&hash, hex);
    assert_string_equal(hex, expected);
}

/* FIPS 180-4, examples of NIST. */
static void agrees_with_the_published_examples(void **state)
{
    (void)state;
    assert_hash("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash("a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void takes_pieces_of_any_size(void **state)
{
    (void)state;
    uint8_t data[300];
    char whole[SPX_SHA256_HEX];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    spx_sha256 hash;
    spx_sha256_init(&hash);
    spx_sha256_update(&hash, data, sizeof(data));
    spx_sha256_finish(&hash, whole);

    for (size_t piece = 1; piece < 130; piece++) {
        char pieces[SPX_SHA256_HEX];
        spx_sha256_init(&hash);
        for (size_t at = 0; at < sizeof(data); at += piece)
            spx_sha256_update(&hash, data + at,
                              piece < sizeof(data) - at ? piece : sizeof(data) - at);
        spx_sha256_finish(&hash, pieces);
        assert_string_equal(pieces, whole);
    }
}

/* RFC 4231, 4.2, 4.3 and 4.7. */
static void signs_as_the_published_examples(void **state)
{
    (void)state;
    static const char jefe[] = "what do ya want for nothing?";
    static const char large[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    uint8_t key[131];
    char hex[SPX_SHA256_HEX];
    memset(key, 0x0b, 20);
    spx_hmac_sha256(key, 20, "Hi There", 8, hex);
    assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    spx_hmac_sha256("Jefe", 4, jefe, strlen(jefe), hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    spx_hmac_sha256(key, sizeof(key), large, strlen(large), hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");

    uint8_t raw[SPX_SHA256_BYTES] = { 'J', 'e', 'f', 'e' }; /* the result may replace its key */
    spx_hmac_sha256_raw(raw, 4, jefe, strlen(jefe), raw);
    assert_int_equal(raw[0], 0x5b);
    assert_int_equal(raw[SPX_SHA256_BYTES - 1], 0x43);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_published_examples),
        cmocka_unit_test(takes_pieces_of_any_size),
        cmocka_unit_test(signs_as_the_published_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

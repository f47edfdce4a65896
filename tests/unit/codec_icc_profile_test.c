#include "test_files.h"
#include "test_support.h"

#include "codec/icc_profile.h"

#include <string.h>

enum {
    SIZE_AT = 0,
    CLASS_AT = 12,
    MAGIC_AT = 36,
    INTENT_AT = 64,
    COUNT_AT = 128,
    FIRST_TAG_AT = 132
};

static const char *const names[] = { "codec/p3.icc", "codec/srgb.icc" };

/* What becomes of a sound profile with `size` bytes from `at` on replaced. */
static spx_bytes changed(size_t at, const void *with, size_t size)
{
    spx_bytes icc = test_data_read(names[0]);
    assert_true(at + size <= icc.size);
    memcpy(icc.data + at, with, size);
    return icc;
}

static void leaves_sound_profiles_as_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        spx_bytes before = test_data_read(names[i]);
        spx_bytes icc = test_data_read(names[i]);

        assert_true(spx_icc_make_sound(&icc));

        assert_int_equal(icc.size, before.size);
        assert_memory_equal(icc.data, before.data, before.size);
        spx_bytes_clear(&before);
        spx_bytes_clear(&icc);
    }
}

static void puts_a_rendering_intent_right(void **state)
{
    (void)state;
    static const struct {
        uint8_t before[4];
        uint8_t after;
    } cases[] = { { { 0, 0, 0, 3 }, 3 },
                  { { 1, 0, 0, 0 }, 1 },
                  { { 0, 0, 0, 4 }, 0 },
                  { { 4, 0, 0, 0 }, 0 },
                  { { 0xff, 0xff, 0xff, 0xff }, 0 } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint8_t wanted[4] = { 0, 0, 0, cases[i].after };
        spx_bytes icc = changed(INTENT_AT, cases[i].before, sizeof(cases[i].before));

        assert_true(spx_icc_make_sound(&icc));

        assert_memory_equal(icc.data + INTENT_AT, wanted, sizeof(wanted));
        spx_bytes_clear(&icc);
    }
}

static void cuts_off_what_is_behind_the_profile(void **state)
{
    (void)state;
    spx_bytes icc = test_data_read(names[0]);
    const size_t size = icc.size;
    spx_bytes_text(&icc, "padding");

    assert_true(spx_icc_make_sound(&icc));

    assert_int_equal(icc.size, size);
    spx_bytes_clear(&icc);
}

static void refuses_damaged_profiles(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *with;
    } cases[] = { { SIZE_AT, "\x00\x10\x00\x00" },
                  { SIZE_AT, "\x00\x00\x00\x20" },
                  { CLASS_AT, "link" },
                  { MAGIC_AT, "nope" },
                  { COUNT_AT, "\xff\xff\xff\xff" },
                  { FIRST_TAG_AT + 4, "\xff\xff\xff\xf0" },
                  { FIRST_TAG_AT + 8, "\xff\xff\xff\xf0" } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes icc = changed(cases[i].at, cases[i].with, 4);
        const size_t size = icc.size;

        assert_false(spx_icc_make_sound(&icc));

        assert_int_equal(icc.size, size);
        spx_bytes_clear(&icc);
    }
    spx_bytes none = { 0 };
    assert_false(spx_icc_make_sound(&none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_sound_profiles_as_they_are),
        cmocka_unit_test(puts_a_rendering_intent_right),
        cmocka_unit_test(cuts_off_what_is_behind_the_profile),
        cmocka_unit_test(refuses_damaged_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

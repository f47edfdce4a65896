#include "container/eyes_record.h"

#include "test_support.h"

#include <locale.h>
#include <string.h>

static const spx_eyes_record record = { .shape = 1.5,
                                        .parallel_shift = 0.03125,
                                        .disparity_adjustment = -0.0125,
                                        .baseline_mm = 19.25,
                                        .hfov_deg = 63.5 };

static void comes_back_as_it_was_written(void **state)
{
    (void)state;
    /* where the machine has them; else the locale stays as it is */
    static const char *const locales[] = { "C", "de_DE.UTF-8", "fr_FR.UTF-8", "it_IT.UTF-8" };
    for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
        (void)setlocale(LC_ALL, locales[i]);
        spx_bytes xmp = { 0 };
        spx_eyes_record back;

        spx_eyes_record_put(&xmp, &record);

        assert_int_equal(xmp.failed, 0);
        assert_non_null(memmem(xmp.data, xmp.size, "Shape=\"1.500000\"", 16));
        assert_int_equal(spx_eyes_record_read(&back, &xmp), 1);
        assert_true(back.shape == record.shape);
        assert_true(back.parallel_shift == record.parallel_shift);
        assert_true(back.disparity_adjustment == record.disparity_adjustment);
        assert_true(back.baseline_mm == record.baseline_mm);
        assert_true(back.hfov_deg == record.hfov_deg);
        spx_bytes_clear(&xmp);
    }
    (void)setlocale(LC_ALL, "C");
}

#define OWN "<rdf:Description rdf:about=\"\" xmlns:spxEyes=\"urn:spx:eyes:1:\""
#define OTHER "<rdf:Description rdf:about=\"\" xmlns:dc=\"d\" dc:format=\"image/jpeg\"/>\n"

static void drops_nothing_but_itself(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *after;
    } cases[] = {
        { OWN " spxEyes:Shape=\"1.5\"/>\n" OTHER, OTHER },
        { OWN " spxEyes:Shape=\"1.5\"/>" OTHER, OTHER },
        { OTHER OWN " spxEyes:Shape=\"1.5\"/>", OTHER },
        /* as others write it again */
        { OWN "><spxEyes:Shape>1.5</spxEyes:Shape></rdf:Description>" OTHER,
          OWN "></rdf:Description>" OTHER },
        { OWN " xmlns:dc=\"d\" spxEyes:Shape=\"1.5\" dc:format=\"image/jpeg\"/>\n",
          OWN " xmlns:dc=\"d\" dc:format=\"image/jpeg\"/>\n" },
        { OWN, OWN },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes xmp = { 0 };
        spx_bytes_text(&xmp, cases[i].before);

        spx_eyes_record_drop(&xmp);

        spx_bytes_u8(&xmp, 0);
        assert_int_equal(xmp.failed, 0);
        assert_string_equal((const char *)xmp.data, cases[i].after);
        spx_bytes_clear(&xmp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was_written),
        cmocka_unit_test(drops_nothing_but_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "container/gain_map.h"

#include "base/bytes.h"
#include "test_files.h"
#include "test_support.h"

#include <math.h>
#include <string.h>

/* min -1/2, max 3, gamma 2, offsets 1/64; a headroom of 3 stops. */
static spx_bytes make_iso(int channels, int common)
{
    spx_bytes iso = { 0 };
    const uint32_t over = 64;
    const int32_t values[] = { -32, 192, 128, 1, 1 };
    spx_bytes_u16(&iso, 0);
    spx_bytes_u16(&iso, 0);
    spx_bytes_u8(&iso, (channels == 3 ? 0x80u : 0) | (common ? 0x08u : 0));
    if (common)
        spx_bytes_u32(&iso, over);
    for (uint32_t headroom = 0; headroom <= 192; headroom += 192) {
        spx_bytes_u32(&iso, headroom);
        if (!common)
            spx_bytes_u32(&iso, over);
    }
    for (int i = 0; i < 5 * channels; i++) {
        spx_bytes_u32(&iso, (uint32_t)values[i % 5]);
        if (!common)
            spx_bytes_u32(&iso, over);
    }
    return iso;
}

static void assert_near(double have, double want)
{
    if (fabs(have - want) > 1e-6)
        fail_msg("%g, wanted %g", have, want);
}

static void reads_iso_metadata_in_all_forms(void **state)
{
    (void)state;
    for (int form = 0; form < 4; form++) {
        spx_bytes iso = make_iso(form & 1 ? 3 : 1, form & 2);
        spx_gain_form found;

        assert_int_equal(spx_gain_iso_read(&found, iso.data, iso.size, NULL), SPX_OK);

        assert_near(found.min, -0.5);
        assert_near(found.max, 3.0);
        assert_near(found.gamma, 2.0);
        assert_int_equal(found.base_is_hdr, 0);
        for (size_t size = 0; size < iso.size; size++)
            assert_int_equal(spx_gain_iso_read(&found, iso.data, size, NULL), SPX_ERR_TRUNCATED);
        spx_bytes_clear(&iso);
    }
}

static void refuses_iso_metadata_without_sense(void **state)
{
    (void)state;
    enum { BASE_NUMERATOR = 5, BASE_DENOMINATOR = 9, MAX = 29 };
    spx_gain_form found;
    spx_bytes iso = make_iso(1, 0);
    iso.data[1] = 1;
    assert_int_equal(spx_gain_iso_read(&found, iso.data, iso.size, NULL), SPX_ERR_UNSUPPORTED);
    iso.data[1] = 0;
    memset(iso.data + BASE_DENOMINATOR, 0, 4);
    assert_int_equal(spx_gain_iso_read(&found, iso.data, iso.size, NULL), SPX_ERR_CORRUPT);
    iso.data[BASE_DENOMINATOR + 3] = 1;
    iso.data[BASE_NUMERATOR + 3] = 9; /* the base has more headroom than the other picture */
    assert_int_equal(spx_gain_iso_read(&found, iso.data, iso.size, NULL), SPX_OK);
    assert_int_equal(found.base_is_hdr, 1);
    iso.data[MAX] = 0x7f;
    assert_int_equal(spx_gain_iso_read(&found, iso.data, iso.size, NULL), SPX_ERR_CORRUPT);
    spx_bytes_clear(&iso);
}

static void reads_xmp_in_all_forms(void **state)
{
    (void)state;
    static const char *const packets[] = {
        "<rdf:Description hdrgm:Version=\"1.0\" hdrgm:GainMapMin=\"-0.5\" hdrgm:GainMapMax=\"3\" "
        "hdrgm:Gamma=\"2\" hdrgm:BaseRenditionIsHDR=\"False\"/>",
        "<hdrgm:GainMapMin>-0.5</hdrgm:GainMapMin><hdrgm:GainMapMax>3.0</hdrgm:GainMapMax>"
        "<hdrgm:Gamma>2.0</hdrgm:Gamma>",
        "<hdrgm:GainMapMin><rdf:Seq><rdf:li>-0.5</rdf:li><rdf:li>-0.4</rdf:li></rdf:Seq>"
        "</hdrgm:GainMapMin><hdrgm:GainMapMax>\n <rdf:Seq>\n <rdf:li>3</rdf:li></rdf:Seq>"
        "</hdrgm:GainMapMax><hdrgm:Gamma><rdf:Seq><rdf:li>2</rdf:li></rdf:Seq></hdrgm:Gamma>",
    };
    for (size_t i = 0; i < sizeof(packets) / sizeof(*packets); i++) {
        spx_gain_form found;

        assert_int_equal(spx_gain_xmp_read(&found, packets[i], strlen(packets[i])), 1);

        assert_near(found.min, -0.5);
        assert_near(found.max, 3.0);
        assert_near(found.gamma, 2.0);
        for (size_t size = 0; size < strlen(packets[i]); size++)
            (void)spx_gain_xmp_read(&found, packets[i], size);
    }
    spx_gain_form none;
    assert_int_equal(spx_gain_xmp_read(&none, "hdrgm:Version", 13), 0);
}

static void reads_apples_headroom(void **state)
{
    (void)state;
    static const char element[] =
        "<HDRGainMap:HDRGainMapHeadroom>4.125</HDRGainMap:HDRGainMapHeadroom>";
    static const char attribute[] = "HDRGainMap:HDRGainMapHeadroom=\"4.125\"";
    assert_near(spx_gain_apple_headroom(element, sizeof(element) - 1), 4.125);
    assert_near(spx_gain_apple_headroom(attribute, sizeof(attribute) - 1), 4.125);
    assert_near(spx_gain_apple_headroom("HDRGainMapHeadroom=\"nan\"", 24), 0.0);
    assert_near(spx_gain_apple_headroom("", 0), 0.0);
}

/* Whatever the form, a pixel is as bright as it was. */
static void keeps_the_gain_in_apples_form(void **state)
{
    (void)state;
    const spx_gain_form form = { .min = 0.0, .max = 2.0, .gamma = 1.7 };
    for (int i = 0; i <= 20; i++) {
        const double value = i / 20.0;
        const double gain = exp2(2.0 * pow(value, 1.0 / 1.7));

        const double code = spx_gain_to_apple(&form, value);

        const double light = code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4);
        assert_true(fabs(1.0 + (spx_gain_headroom(&form) - 1.0) * light - gain) < 1e-3);
    }
}

static void says_when_a_map_is_announced(void **state)
{
    (void)state;
    spx_bytes phone = test_data_read("cases/ultrahdr_motion.jpg");
    spx_bytes plain = test_data_read("cases/base.jpg");
    spx_gain_form form;
    const uint8_t *jpeg = NULL;
    size_t size = 0;
    assert_int_equal(spx_gain_jpeg_claims(phone.data, phone.size), 1);
    assert_int_equal(spx_gain_jpeg_find(&form, &jpeg, &size, phone.data, phone.size), 0);
    assert_int_equal(spx_gain_jpeg_claims(plain.data, plain.size), 0);
    spx_bytes_clear(&phone);
    spx_bytes_clear(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_iso_metadata_in_all_forms),
        cmocka_unit_test(refuses_iso_metadata_without_sense),
        cmocka_unit_test(reads_xmp_in_all_forms),
        cmocka_unit_test(reads_apples_headroom),
        cmocka_unit_test(keeps_the_gain_in_apples_form),
        cmocka_unit_test(says_when_a_map_is_announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

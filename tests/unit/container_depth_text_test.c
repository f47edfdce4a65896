#include "test_support.h"

#include "container/depth_text.h"
#include "container/xmp.h"

#include <string.h>

static int has(const spx_bytes *text, const char *what)
{
    return memmem(text->data, text->size, what, strlen(what)) != NULL;
}

/* The bytes of an iPhone's portrait, from 1.498 to 4.383 per metre. */
static void writes_the_message_as_an_iphone_does(void **state)
{
    (void)state;
    static const uint8_t golden[] = { 0,    0,    0,    17,   0,    0,    0,
                                      13,   0x4e, 0x01, 0xb1, 0x09, 0x35, 0x1f,
                                      0x7b, 0xfc, 0x01, 0x0b, 0xc6, 0x20, 0x20 };
    const spx_depth_scale scale = { .far_per_m = 1 + 0x7f80 / 65536.0,
                                    .near_per_m = 4 * (1 + 0x1880 / 65536.0) };
    spx_bytes out = { 0 };

    spx_depth_put_sei(&out, &scale);

    assert_int_equal(out.size, sizeof(golden));
    assert_memory_equal(out.data, golden, sizeof(golden));
    spx_bytes_clear(&out);
}

static void tells_the_range_and_the_camera(void **state)
{
    (void)state;
    const spx_depth_scale scale = {
        .near_per_m = 0.25, .hfov_deg = 90, .width = 4000, .height = 3000
    };
    spx_bytes apple = { 0 };
    spx_bytes google = { 0 };

    spx_depth_put_apple_xmp(&apple, &scale);
    spx_depth_put_google_xmp(&google, &scale, 1234, "0123456789ABCDEF0123456789ABCDEF");

    assert_true(has(&apple, "<apdi:FloatMinValue>0.000000<"));
    assert_true(has(&apple, "<apdi:FloatMaxValue>0.250000<"));
    assert_true(has(&apple, "<rdf:li>2000.000000</rdf:li>\n<rdf:li>0.000000"));
    assert_true(has(&apple, "IntrinsicMatrixReferenceHeight>3000<"));
    assert_true(has(&google, "<DepthMap:Near>4.000000<"));
    assert_true(has(&google, "<DepthMap:Far>4000.000000<"));
    assert_true(has(&google, "<Item:Length>1234<"));
    assert_true(has(&google, "HasExtendedXMP>0123456789ABCDEF0123456789ABCDEF<"));
    spx_bytes_clear(&apple);
    spx_bytes_clear(&google);
}

static void puts_a_description_into_the_packet_or_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *packet;
        size_t most;
        int kept;
    } cases[] = {
        { "<a><rdf:RDF><b/></rdf:RDF></a>", 100, 1 },
        { "<a><rdf:RDF><b/></rdf:RDF></a>", 31, 0 }, /* no place for both */
        { "<a><r:RDF><b/></r:RDF></a>", 100, 0 },
        { "<a><rdf:RDF><b x='http://ns.google.com/photos/1.0/container/'/></rdf:RDF></a>", 200, 0 },
        { "", 100, 0 },
    };
    spx_bytes description = { 0 };
    spx_bytes_text(&description, "<new/>");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes packet = { 0 };
        spx_bytes out = { 0 };
        spx_bytes_text(&packet, cases[i].packet);

        spx_xmp_put_with(&out, &packet, &description, cases[i].most);

        assert_true(has(&out, "<new/></rdf:RDF>"));
        assert_int_equal(has(&out, "<b"), cases[i].kept);
        assert_int_equal(has(&out, "<?xpacket"), !cases[i].kept);
        spx_bytes_clear(&packet);
        spx_bytes_clear(&out);
    }
    spx_bytes_clear(&description);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_message_as_an_iphone_does),
        cmocka_unit_test(tells_the_range_and_the_camera),
        cmocka_unit_test(puts_a_description_into_the_packet_or_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

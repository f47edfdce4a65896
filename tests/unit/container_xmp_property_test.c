#include "container/xmp_property.h"
#include "test_support.h"

#include <string.h>

#define A "http://a.example/1.0/"
#define B "http://b.example/1.0/"

static const char packet[] =
    "<rdf:Description xmlns:a=\"" A "\" xmlns:other='" A "' xmlns:b=\"" B "\"\n"
    "  a:Size = \" 12.5 \" b:Size='7' other:Name=\"x\">\n"
    " <a:List><rdf:Seq><a:List a:Deep=\"1\"/><a:List>in</a:List></rdf:Seq></a:List>\n"
    " <b:Empty/><a:Text>some text</a:Text></rdf:Description>";

static void finds_attributes_and_elements(void **state)
{
    (void)state;
    char text[32];
    spx_xmp_property list;

    assert_true(spx_xmp_number(packet, sizeof(packet) - 1, A, "Size", 0.0) == 12.5);
    assert_true(spx_xmp_number(packet, sizeof(packet) - 1, B, "Size", 0.0) == 7.0);
    assert_true(spx_xmp_number(packet, sizeof(packet) - 1, B, "Name", -1.0) == -1.0);
    assert_int_equal(spx_xmp_text(packet, sizeof(packet) - 1, A, "Name", text, sizeof(text)), 1);
    assert_string_equal(text, "x");
    assert_int_equal(spx_xmp_text(packet, sizeof(packet) - 1, A, "Text", text, 5), 1);
    assert_string_equal(text, "some");
    assert_int_equal(spx_xmp_find(packet, sizeof(packet) - 1, A, "List", 0, &list), 1);
    assert_memory_equal(packet + list.end, "\n <b:Empty", 10);
}

static void takes_properties_out_whole(void **state)
{
    (void)state;
    spx_bytes bytes = { 0 };
    spx_bytes_append(&bytes, packet, sizeof(packet) - 1);

    assert_int_equal(spx_xmp_drop(&bytes, A, NULL), 4);
    assert_int_equal(spx_xmp_drop(&bytes, B, "Empty"), 1);

    spx_bytes_u8(&bytes, 0);
    assert_string_equal((const char *)bytes.data,
                        "<rdf:Description xmlns:a=\"" A "\" xmlns:other='" A "' xmlns:b=\"" B "\"\n"
                        "  b:Size='7'>\n \n </rdf:Description>");
    spx_bytes_clear(&bytes);
}

static void a_packet_that_ends_early_has_nothing_there(void **state)
{
    (void)state;
    spx_xmp_property found;
    for (size_t size = 0; size < sizeof(packet); size++) {
        char *const copy = test_malloc(size + 1);
        memcpy(copy, packet, size);
        if (spx_xmp_find(copy, size, A, "Text", 0, &found))
            assert_true(found.end <= size);
        (void)spx_xmp_find(copy, size, A, NULL, size / 2, &found);
        test_free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_attributes_and_elements),
        cmocka_unit_test(takes_properties_out_whole),
        cmocka_unit_test(a_packet_that_ends_early_has_nothing_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

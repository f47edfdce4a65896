#include "container/xmp.h"

#include "test_support.h"

#include <stdio.h>
#include <string.h>

#define TIFF "http://ns.adobe.com/tiff/1.0/"

static void sets_orientation_in_every_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *after; /* NULL = unchanged */
        size_t found;
    } cases[] = {
        { "<a xmlns:tiff=\"" TIFF "\" tiff:Orientation=\"6\"/>",
          "<a xmlns:tiff=\"" TIFF "\" tiff:Orientation=\"1\"/>", 1 },
        { "<a tiff:Orientation = '8' xmlns:tiff = '" TIFF "'/>",
          "<a tiff:Orientation = '1' xmlns:tiff = '" TIFF "'/>", 1 },
        { "<a xmlns:t='" TIFF "'><t:Orientation>3</t:Orientation></a>",
          "<a xmlns:t='" TIFF "'><t:Orientation>1</t:Orientation></a>", 1 },
        { "<a xmlns:t='" TIFF "'><t:Orientation> 3\n</t:Orientation></a>",
          "<a xmlns:t='" TIFF "'><t:Orientation> 1\n</t:Orientation></a>", 1 },
        { "<a xmlns:t='" TIFF "' t:Orientation='2' b='' t:Orientation='3'/>",
          "<a xmlns:t='" TIFF "' t:Orientation='1' b='' t:Orientation='1'/>", 2 },
        { "<a xmlns:tiff='" TIFF "' xtiff:Orientation='6'/>", NULL, 0 },
        { "<a xmlns:exif='http://ns.adobe.com/exif/1.0/' tiff:Orientation='6'/>", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation='16'/>", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation=''/>", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation='9'/>", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:OrientationX='6'/>", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation='6", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation=", NULL, 0 },
        { "<a xmlns:tiff='" TIFF "' tiff:Orientation", NULL, 0 },
        { "='" TIFF "' :Orientation='6'", NULL, 0 },
        { TIFF, NULL, 0 },
        { "'" TIFF, NULL, 0 },
        { "", NULL, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char packet[256];
        (void)snprintf(packet, sizeof(packet), "%s", cases[i].before);

        const size_t found = spx_xmp_set_upright(packet, strlen(packet));

        assert_string_equal(packet, cases[i].after != NULL ? cases[i].after : cases[i].before);
        assert_int_equal(found, cases[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sets_orientation_in_every_spelling) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "container/image_header.h"

#include "test_support.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(text) (text), sizeof(text) - 1

static void reads_the_size_of_each_format(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *format;
        uint32_t width;
        uint32_t height;
    } cases[] = {
        { BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x01\x90"), "PNG", 600, 400 },
        { BYTES("\xff\xd8\xff\xe0\0\4ab\xff\xff\xc2\0\x0b\x08\x03\xe8\x07\xd0\x01\x01\x11\0"),
          "JPEG", 2000, 1000 },
        { BYTES("\xff\xd8\xff\xda\0\x0b\x08\x03\xe8\x07\xd0\x01\x01\x11\0"), "JPEG", 0, 0 },
        { BYTES("RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0"), "WebP", 32, 16 },
        { BYTES("RIFF\x20\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x1f\xc0\x03\0\0\0\0\0\0"), "WebP", 32, 16 },
        { BYTES("RIFF\x20\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x20\0\x10\0"), "WebP", 32, 16 },
        { BYTES("GIF89a\x20\0\x10\0"), "GIF", 32, 16 },
        { BYTES("II*\0"), "TIFF", 0, 0 },
        { BYTES("MM\0*"), "TIFF", 0, 0 },
        { BYTES("hello"), "unknown", 0, 0 },
        { BYTES(""), "unknown", 0, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_image_header header;

        spx_image_header_read(&header, cases[i].bytes, cases[i].size);

        assert_string_equal(header.format, cases[i].format);
        assert_int_equal(header.width, cases[i].width);
        assert_int_equal(header.height, cases[i].height);
        for (size_t size = 0; size < cases[i].size; size++) {
            char *const exact = malloc(size == 0 ? 1 : size);
            assert_non_null(exact);
            memcpy(exact, cases[i].bytes, size);
            spx_image_header_read(&header, exact, size);
            free(exact);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(reads_the_size_of_each_format) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

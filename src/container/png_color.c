#include "container/png_color.h"

#include "base/reader.h"

#include <string.h>

enum { SIGNATURE_BYTES = 8, TYPE_BYTES = 4, CRC_BYTES = 4, MOST_CHUNKS = 1000, CICP_BYTES = 4 };

static const double units = 100000.0; /* of gAMA and cHRM */

static int is(const uint8_t *type, const char *name)
{
    return memcmp(type, name, TYPE_BYTES) == 0;
}

static void read_points(spx_png_color *out, const uint8_t *data, size_t size)
{
    spx_reader reader = { .bytes = data, .size = size, .what = "cHRM" };
    for (size_t i = 0; i < 8; i++) {
        uint32_t value = 0;
        if (spx_reader_u32(&reader, &value) != SPX_OK)
            return;
        out->points[i] = value / units;
    }
    out->has_points = 1;
}

/* "acTL": how many frames, how often. */
static uint32_t frames_of(const uint8_t *data, size_t size)
{
    spx_reader reader = { .bytes = data, .size = size, .what = "acTL" };
    uint32_t frames = 0;
    return spx_reader_u32(&reader, &frames) == SPX_OK ? frames : 0;
}

static void read_chunk(spx_png_color *out, const uint8_t *type, const uint8_t *data, size_t size)
{
    spx_reader reader = { .bytes = data, .size = size, .what = "gAMA" };
    uint32_t gamma = 0;
    if (is(type, "cICP") && size == CICP_BYTES) {
        out->has_cicp = 1;
        out->primaries = data[0];
        out->transfer = data[1];
        out->full_range = data[3] != 0;
    } else if (is(type, "sRGB") && size == 1) {
        out->has_srgb = 1;
    } else if (is(type, "gAMA") && spx_reader_u32(&reader, &gamma) == SPX_OK) {
        out->gamma = gamma / units;
    } else if (is(type, "cHRM")) {
        read_points(out, data, size);
    } else if (is(type, "acTL")) {
        out->frames = frames_of(data, size);
    }
}

void spx_png_color_read(spx_png_color *out, const void *data, size_t size)
{
    *out = (spx_png_color){ 0 };
    spx_reader reader = { .bytes = data, .size = size, .at = SIGNATURE_BYTES, .what = "PNG" };
    if (size < SIGNATURE_BYTES || memcmp(data, "\x89PNG\r\n\x1a\n", SIGNATURE_BYTES) != 0)
        return;
    for (int i = 0; i < MOST_CHUNKS; i++) {
        uint32_t length = 0;
        const uint8_t *type = NULL;
        const uint8_t *chunk = NULL;
        if (spx_reader_u32(&reader, &length) != SPX_OK ||
            spx_reader_take(&reader, TYPE_BYTES, &type) != SPX_OK || is(type, "IDAT") ||
            spx_reader_take(&reader, length, &chunk) != SPX_OK ||
            spx_reader_skip(&reader, CRC_BYTES) != SPX_OK)
            return;
        read_chunk(out, type, chunk, length);
    }
}

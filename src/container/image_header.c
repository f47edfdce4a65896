#include "container/image_header.h"

#include <string.h>

static uint32_t get_be16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get_be32(const uint8_t *at)
{
    return get_be16(at) << 16 | get_be16(at + 2);
}

static uint32_t get_le16(const uint8_t *at)
{
    return (uint32_t)at[1] << 8 | at[0];
}

static uint32_t get_le24(const uint8_t *at)
{
    return (uint32_t)at[2] << 16 | get_le16(at);
}

enum {
    JPEG_SOI = 0xd8,
    JPEG_SOS = 0xda,
    JPEG_EOI = 0xd9,
    JPEG_APP1 = 0xe1,
    JPEG_MARKER_AND_SIZE = 4,
};

/* SOF0 .. SOF15, less DHT, JPG and DAC, which share the range. */
static int is_start_of_frame(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static void keep_exif(spx_image_header *out, const uint8_t *segment, size_t size)
{
    static const char mark[6] = "Exif\0";
    if (out->exif != NULL || size <= sizeof(mark) || memcmp(segment, mark, sizeof(mark)) != 0)
        return;
    out->exif = segment + sizeof(mark);
    out->exif_size = size - sizeof(mark);
}

static void read_jpeg(spx_image_header *out, const uint8_t *bytes, size_t size)
{
    enum { HEIGHT_AT = 1, WIDTH_AT = 3, FRAME_BYTES = 5 };
    out->format = "JPEG";
    size_t at = 2;
    while (size - at >= JPEG_MARKER_AND_SIZE && bytes[at] == 0xff) {
        const unsigned marker = bytes[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        const size_t segment = get_be16(bytes + at + 2);
        if (marker == JPEG_SOS || marker == JPEG_EOI || segment < 2 || segment > size - at - 2)
            return;
        const uint8_t *const content = bytes + at + JPEG_MARKER_AND_SIZE;
        if (is_start_of_frame(marker) && segment - 2 >= FRAME_BYTES) {
            out->height = get_be16(content + HEIGHT_AT);
            out->width = get_be16(content + WIDTH_AT);
            return;
        }
        if (marker == JPEG_APP1)
            keep_exif(out, content, segment - 2);
        at += 2 + segment;
    }
}

static void read_png(spx_image_header *out, const uint8_t *bytes, size_t size)
{
    enum { WIDTH_AT = 16, HEIGHT_AT = 20, ENOUGH = 24 };
    out->format = "PNG";
    if (size < ENOUGH || memcmp(bytes + 12, "IHDR", 4) != 0)
        return;
    out->width = get_be32(bytes + WIDTH_AT);
    out->height = get_be32(bytes + HEIGHT_AT);
}

static void read_webp(spx_image_header *out, const uint8_t *bytes, size_t size)
{
    enum { CHUNK_AT = 12, DATA_AT = 20, ENOUGH = 30, SIDE_14_BITS = 0x3fff };
    out->format = "WebP";
    if (size < ENOUGH)
        return;
    const uint8_t *const data = bytes + DATA_AT;
    if (memcmp(bytes + CHUNK_AT, "VP8X", 4) == 0) {
        out->width = get_le24(data + 4) + 1;
        out->height = get_le24(data + 7) + 1;
    } else if (memcmp(bytes + CHUNK_AT, "VP8L", 4) == 0) {
        const uint32_t sides = get_le16(data + 1) | get_le16(data + 3) << 16;
        out->width = (sides & SIDE_14_BITS) + 1;
        out->height = (sides >> 14 & SIDE_14_BITS) + 1;
    } else if (memcmp(bytes + CHUNK_AT, "VP8 ", 4) == 0) {
        out->width = get_le16(data + 6) & SIDE_14_BITS;
        out->height = get_le16(data + 8) & SIDE_14_BITS;
    }
}

static void read_gif(spx_image_header *out, const uint8_t *bytes, size_t size)
{
    enum { WIDTH_AT = 6, HEIGHT_AT = 8, ENOUGH = 10 };
    out->format = "GIF";
    if (size < ENOUGH)
        return;
    out->width = get_le16(bytes + WIDTH_AT);
    out->height = get_le16(bytes + HEIGHT_AT);
}

static int begins(const uint8_t *bytes, size_t size, const char *with, size_t with_size)
{
    return size >= with_size && memcmp(bytes, with, with_size) == 0;
}

void spx_image_header_read(spx_image_header *out, const void *data, size_t size)
{
    const uint8_t *const bytes = data;
    *out = (spx_image_header){ .format = "unknown" };
    if (begins(bytes, size, "\xff\xd8\xff", 3)) {
        read_jpeg(out, bytes, size);
    } else if (begins(bytes, size, "\x89PNG\r\n\x1a\n", 8)) {
        read_png(out, bytes, size);
    } else if (begins(bytes, size, "RIFF", 4) && size >= 12 && memcmp(bytes + 8, "WEBP", 4) == 0) {
        read_webp(out, bytes, size);
    } else if (begins(bytes, size, "GIF8", 4)) {
        read_gif(out, bytes, size);
    } else if (begins(bytes, size, "II*\0", 4) || begins(bytes, size, "MM\0*", 4)) {
        out->format = "TIFF";
    }
}

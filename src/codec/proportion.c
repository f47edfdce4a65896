#include "codec/proportion.h"

#include "container/image_header.h"

#include <stdint.h>
#include <string.h>

enum {
    BLOCK_PX = 8,
    BITS_IN_BYTE = 8,
    PNG_DEPTH_AT = 24,
    PNG_KIND_AT = 25,
    PNG_HEADER_BYTES = 26,
    DEFLATE_MOST = 1032, /* bytes from one, RFC 1951: 258 for 2 bits */
};

/* Arithmetic coding may spend less than a bit on a block (ITU-T T.81, SOF9 to SOF15). */
static int is_huffman(const uint8_t *data, size_t size)
{
    enum {
        SOF0 = 0xc0,
        SOF3 = 0xc3,
        SOF5 = 0xc5,
        SOF15 = 0xcf,
        DHT = 0xc4,
        JPG = 0xc8,
        DAC = 0xcc
    };
    size_t at = 2;
    while (at + 4 <= size && data[at] == 0xff) {
        const int marker = data[at + 1];
        if (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC)
            return marker < JPG && marker != SOF3; /* nor does lossless JPEG have blocks */
        at += 2 + (size_t)(data[at + 2] << 8 | data[at + 3]);
    }
    return 0;
}

/* The least number of bytes: a bit for each block's mean. */
static uint64_t least_of_jpeg(const uint8_t *data, size_t size, uint64_t width, uint64_t height)
{
    if (!is_huffman(data, size))
        return 0;
    return ((width + BLOCK_PX - 1) / BLOCK_PX) * ((height + BLOCK_PX - 1) / BLOCK_PX) /
           BITS_IN_BYTE;
}

static uint64_t least_of_png(const uint8_t *data, size_t size, uint64_t width, uint64_t height)
{
    static const uint8_t channels[] = { 1, 0, 3, 1, 2, 0, 4 }; /* by colour type */
    if (size < PNG_HEADER_BYTES || data[PNG_KIND_AT] >= sizeof(channels))
        return 0;
    const uint64_t bits = width * channels[data[PNG_KIND_AT]] * data[PNG_DEPTH_AT];
    return height * (1 + bits / BITS_IN_BYTE) / DEFLATE_MOST;
}

spx_status spx_photo_check_proportion(const void *data, size_t size, spx_photo_type type,
                                      const char *name, spx_diag *diag)
{
    spx_image_header header;
    uint64_t least = 0;
    if (type != SPX_PHOTO_TYPE_JPEG && type != SPX_PHOTO_TYPE_PNG)
        return SPX_OK;
    spx_image_header_read(&header, data, size);
    if (header.width == 0 || header.height == 0)
        return SPX_OK;
    if (type == SPX_PHOTO_TYPE_JPEG) {
        least = least_of_jpeg(data, size, header.width, header.height);
    } else {
        least = least_of_png(data, size, header.width, header.height);
    }
    if (size >= least)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_TRUNCATED,
                    "%s: truncated %s file: %zu bytes cannot hold %u x %u pixels", name,
                    spx_photo_type_name(type), size, header.width, header.height);
}

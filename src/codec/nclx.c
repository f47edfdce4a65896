/*
 * A profile tells its primaries as the colorants rXYZ, gXYZ and bXYZ, already adapted to D50 (ICC.1
 * clause 9.2). Those of sRGB and Display P3 differ by far more than the tolerance here; which
 * transfer curve goes with them is taken for granted: an 'nclx' that is only nearly right beside a
 * whole profile misleads nobody, readers prefer the profile.
 */
#include "codec/hevc.h"

#include "base/reader.h"

#include <string.h>

enum {
    CICP_BT709 = 1,
    CICP_UNSPECIFIED = 2,
    CICP_SRGB_TRANSFER = 13,
    CICP_P3_D65 = 12,
    COLORANTS = 3,
    AXES = 3,
    TAG_COUNT_AT = 128, /* behind the header */
    MOST_TAGS = 200,
    SIGNATURE_BYTES = 4,
    TOLERANCE = 200, /* of 65536: rounding and adaptation matrices differ between writers */
};

/* s15Fixed16 colorants of R, G and B. */
typedef struct colorants {
    int32_t xyz[COLORANTS][AXES];
} colorants;

static const colorants srgb = {
    .xyz = { { 28578, 14581, 912 }, { 25241, 46981, 6362 }, { 9376, 3972, 46786 } }
};
static const colorants display_p3 = {
    .xyz = { { 33759, 15807, -69 }, { 19129, 45361, 2746 }, { 10300, 4368, 51383 } }
};

static int read_colorant(const spx_bytes *icc, uint32_t at, uint32_t size, int32_t xyz[AXES])
{
    enum { HEAD_BYTES = 8, XYZ_BYTES = HEAD_BYTES + 4 * AXES };
    if (at > icc->size || icc->size - at < XYZ_BYTES || size < XYZ_BYTES ||
        memcmp(icc->data + at, "XYZ ", SIGNATURE_BYTES) != 0)
        return 0;
    spx_reader reader = {
        .bytes = icc->data, .size = icc->size, .at = at + HEAD_BYTES, .what = "ICC profile"
    };
    for (size_t i = 0; i < AXES; i++) {
        uint32_t value = 0;
        if (spx_reader_u32(&reader, &value) != SPX_OK)
            return 0;
        xyz[i] = (int32_t)value;
    }
    return 1;
}

/* 1 when all three are there. */
static int read_colorants(const spx_bytes *icc, colorants *out)
{
    static const char *const names[COLORANTS] = { "rXYZ", "gXYZ", "bXYZ" };
    spx_reader reader = {
        .bytes = icc->data, .size = icc->size, .at = TAG_COUNT_AT, .what = "ICC profile"
    };
    uint32_t count = 0;
    unsigned found = 0;
    if (icc->size < TAG_COUNT_AT || spx_reader_u32(&reader, &count) != SPX_OK || count > MOST_TAGS)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *signature = NULL;
        uint32_t at = 0;
        uint32_t size = 0;
        if (spx_reader_take(&reader, SIGNATURE_BYTES, &signature) != SPX_OK ||
            spx_reader_u32(&reader, &at) != SPX_OK || spx_reader_u32(&reader, &size) != SPX_OK)
            return 0;
        for (unsigned c = 0; c < COLORANTS; c++) {
            if (memcmp(signature, names[c], SIGNATURE_BYTES) == 0 &&
                read_colorant(icc, at, size, out->xyz[c]))
                found |= 1u << c;
        }
    }
    return found == (1u << COLORANTS) - 1;
}

static int same(const colorants *a, const colorants *b)
{
    for (size_t c = 0; c < COLORANTS; c++) {
        for (size_t i = 0; i < AXES; i++) {
            const int64_t difference = (int64_t)a->xyz[c][i] - b->xyz[c][i];
            if (difference > TOLERANCE || difference < -TOLERANCE)
                return 0;
        }
    }
    return 1;
}

void spx_nclx_from_icc(spx_nclx *out, const spx_bytes *icc)
{
    colorants found;
    *out = (spx_nclx){ .primaries = CICP_BT709,
                       .transfer = CICP_SRGB_TRANSFER,
                       .matrix = CICP_BT709,
                       .full_range = 1 };
    if (icc == NULL || icc->size == 0)
        return;
    const int known = read_colorants(icc, &found);
    if (known && same(&found, &display_p3)) {
        out->primaries = CICP_P3_D65;
    } else if (!known || !same(&found, &srgb)) {
        out->primaries = CICP_UNSPECIFIED;
        out->transfer = CICP_UNSPECIFIED;
    }
}

/*
 * A reader of single bits over a NAL unit, which passes over emulation prevention bytes, and the
 * fields of the set in their order (ISO/IEC 23008-2, 7.3.2.2 and E.2.1). What stands before the
 * colours (scaling lists, reference sets) has no length in front: it is read to be passed over.
 */
#include "container/hevc_sps.h"

/*
 * Bits of a raw byte sequence payload: emulation prevention bytes (00 00 03) are skipped on the
 * way. Reading past the end gives zeros and sets `overrun`, so that the parser checks where it
 * loops and at the end.
 */
typedef struct bit_reader {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    unsigned zeros;   /* zero bytes just before `at` */
    unsigned current; /* byte being read */
    unsigned bits_left;
    int overrun;
} bit_reader;

enum {
    NAL_HEADER_BYTES = 2,
    EMULATION_PREVENTION = 3,
    LAYER_PROFILE_BITS = 88, /* sub-layer profile in profile_tier_level() */
    LAYER_LEVEL_BITS = 8,
    MOST_LAYERS = 7,
    MOST_SIDE_PX = 65535, /* over the side of any level; keeps sums in 32 bits */
    MOST_EXTRA_BITS = 8,  /* bit depth 16 */
    LONGEST_UE = 31,
    CHROMA_444 = 3,
};

static void next_byte(bit_reader *bits)
{
    if (bits->at < bits->size && bits->zeros >= 2 &&
        bits->bytes[bits->at] == EMULATION_PREVENTION) {
        bits->at++;
        bits->zeros = 0;
    }
    bits->current = 0;
    bits->bits_left = 8;
    if (bits->at >= bits->size) {
        bits->overrun = 1;
        return;
    }
    bits->current = bits->bytes[bits->at++];
    bits->zeros = bits->current == 0 ? bits->zeros + 1 : 0;
}

static uint32_t read_bits(bit_reader *bits, unsigned count)
{
    uint32_t value = 0;
    for (; count != 0; count--) {
        if (bits->bits_left == 0)
            next_byte(bits);
        bits->bits_left--;
        value = value << 1 | (bits->current >> bits->bits_left & 1);
    }
    return value;
}

static void skip_bits(bit_reader *bits, unsigned count)
{
    for (; count != 0; count--)
        (void)read_bits(bits, 1);
}

/* ue(v); too long a code counts as overrun. */
static uint32_t read_ue(bit_reader *bits)
{
    unsigned zeros = 0;
    while (!bits->overrun && read_bits(bits, 1) == 0) {
        if (++zeros > LONGEST_UE) {
            bits->overrun = 1;
            return 0;
        }
    }
    if (bits->overrun)
        return 0;
    return ((uint32_t)1 << zeros) - 1 + read_bits(bits, zeros);
}

static void read_profile_tier_level(bit_reader *bits, spx_hevc_sps *sps)
{
    for (size_t i = 0; i < SPX_HEVC_PTL_BYTES; i++)
        sps->profile_tier_level[i] = (uint8_t)read_bits(bits, 8);
    sps->profile_idc = sps->profile_tier_level[0] & 31;
    sps->level_idc = sps->profile_tier_level[SPX_HEVC_PTL_BYTES - 1];

    const unsigned lower_layers = sps->temporal_layers - 1;
    unsigned has_profile[MOST_LAYERS] = { 0 };
    unsigned has_level[MOST_LAYERS] = { 0 };
    for (unsigned i = 0; i < lower_layers; i++) {
        has_profile[i] = read_bits(bits, 1);
        has_level[i] = read_bits(bits, 1);
    }
    if (lower_layers != 0)
        skip_bits(bits, 2 * (8 - lower_layers)); /* alignment for all 8 layers */
    for (unsigned i = 0; i < lower_layers; i++) {
        skip_bits(bits, has_profile[i] ? LAYER_PROFILE_BITS : 0);
        skip_bits(bits, has_level[i] ? LAYER_LEVEL_BITS : 0);
    }
}

static spx_status read_size(bit_reader *bits, spx_hevc_sps *sps, spx_diag *diag)
{
    sps->coded_width = read_ue(bits);
    sps->coded_height = read_ue(bits);
    uint32_t window[4] = { 0 }; /* left, right, top, bottom, in chroma samples */
    if (read_bits(bits, 1)) {
        for (size_t i = 0; i < 4; i++)
            window[i] = read_ue(bits);
    }
    if (bits->overrun)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "HEVC SPS: it ends within the picture size");
    if (sps->coded_width == 0 || sps->coded_height == 0 || sps->coded_width > MOST_SIDE_PX ||
        sps->coded_height > MOST_SIDE_PX) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "HEVC SPS: a picture of %u x %u",
                        (unsigned)sps->coded_width, (unsigned)sps->coded_height);
    }
    const uint64_t unit_x = sps->chroma_format == 1 || sps->chroma_format == 2 ? 2 : 1;
    const uint64_t unit_y = sps->chroma_format == 1 ? 2 : 1;
    const uint64_t cut_x = unit_x * ((uint64_t)window[0] + window[1]);
    const uint64_t cut_y = unit_y * ((uint64_t)window[2] + window[3]);
    if (cut_x >= sps->coded_width || cut_y >= sps->coded_height) {
        return spx_fail(diag, SPX_ERR_CORRUPT,
                        "HEVC SPS: the conformance window leaves nothing of %u x %u",
                        (unsigned)sps->coded_width, (unsigned)sps->coded_height);
    }
    sps->width = sps->coded_width - (uint32_t)cut_x;
    sps->height = sps->coded_height - (uint32_t)cut_y;
    return SPX_OK;
}

static spx_status read_sps(bit_reader *bits, spx_hevc_sps *sps, spx_diag *diag)
{
    skip_bits(bits, 4); /* video parameter set id */
    sps->temporal_layers = read_bits(bits, 3) + 1;
    if (sps->temporal_layers > MOST_LAYERS)
        return spx_fail(diag, SPX_ERR_CORRUPT, "HEVC SPS: 8 temporal layers");
    sps->temporal_nesting = read_bits(bits, 1);
    read_profile_tier_level(bits, sps);

    (void)read_ue(bits); /* its id */
    sps->chroma_format = read_ue(bits);
    if (sps->chroma_format > CHROMA_444) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "HEVC SPS: chroma format %u", sps->chroma_format);
    }
    if (sps->chroma_format == CHROMA_444 && read_bits(bits, 1))
        sps->chroma_format = 0; /* three separately coded grey planes */
    SPX_TRY(read_size(bits, sps, diag));
    const uint32_t luma = read_ue(bits);
    const uint32_t chroma = read_ue(bits);
    if (bits->overrun)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "HEVC SPS: it ends before the bit depths");
    if (luma > MOST_EXTRA_BITS || chroma > MOST_EXTRA_BITS) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "HEVC SPS: bit depths 8 + %u and 8 + %u",
                        (unsigned)luma, (unsigned)chroma);
    }
    sps->luma_bits = 8 + luma;
    sps->chroma_bits = 8 + chroma;
    return SPX_OK;
}

/* se(v), whose value does not count. */
static void skip_se(bit_reader *bits)
{
    (void)read_ue(bits);
}

/* 7.3.4 */
static void skip_scaling_lists(bit_reader *bits)
{
    enum { SIZES = 4, LISTS = 6, MOST_COEFFICIENTS = 64 };
    for (unsigned size = 0; size < SIZES; size++) {
        for (unsigned list = 0; list < LISTS; list += size == SIZES - 1 ? 3 : 1) {
            if (!read_bits(bits, 1)) {
                (void)read_ue(bits);
                continue;
            }
            const unsigned all = 1u << (4 + 2 * size);
            const unsigned count = all < MOST_COEFFICIENTS ? all : MOST_COEFFICIENTS;
            if (size > 1)
                skip_se(bits);
            for (unsigned i = 0; i < count && !bits->overrun; i++)
                skip_se(bits);
        }
    }
}

/* 7.3.7; *deltas: how many the set before has, then this one. */
static void skip_reference_set(bit_reader *bits, unsigned index, uint32_t *deltas)
{
    enum { MOST_DELTAS = 16 };
    uint32_t count = 0;
    if (index != 0 && read_bits(bits, 1)) {
        skip_bits(bits, 1);
        (void)read_ue(bits);
        for (uint32_t i = 0; i <= *deltas && !bits->overrun; i++) {
            const unsigned used = read_bits(bits, 1);
            count += used || read_bits(bits, 1);
        }
        *deltas = count;
        return;
    }
    count = read_ue(bits);
    const uint32_t positive = read_ue(bits);
    if (count > MOST_DELTAS || positive > MOST_DELTAS) {
        bits->overrun = 1;
        return;
    }
    count += positive;
    for (uint32_t i = 0; i < count; i++) {
        (void)read_ue(bits);
        skip_bits(bits, 1);
    }
    *deltas = count;
}

static void skip_references(bit_reader *bits, unsigned order_bits)
{
    enum { MOST_SETS = 64, MOST_LONG_TERM = 32 };
    uint32_t deltas = 0;
    const uint32_t sets = read_ue(bits);
    bits->overrun |= sets > MOST_SETS;
    for (unsigned i = 0; i < sets && !bits->overrun; i++)
        skip_reference_set(bits, i, &deltas);
    if (bits->overrun || !read_bits(bits, 1))
        return;
    const uint32_t long_term = read_ue(bits);
    bits->overrun |= long_term > MOST_LONG_TERM;
    for (uint32_t i = 0; i < long_term && !bits->overrun; i++)
        skip_bits(bits, order_bits + 1);
}

/* From behind the bit depths to the video usability information. 0 = there is none. */
static int skip_to_usability(bit_reader *bits, unsigned layers)
{
    enum { ORDER_BITS = 4, ORDERS_A_LAYER = 3, CODING_SIZES = 6, PCM_BITS = 8, PCM_SIZES = 2 };
    const unsigned order_bits = read_ue(bits) + ORDER_BITS;
    const unsigned told = read_bits(bits, 1) ? layers : 1;
    for (unsigned i = 0; i < ORDERS_A_LAYER * told + CODING_SIZES; i++)
        (void)read_ue(bits);
    const int uses_lists = (int)read_bits(bits, 1);
    if (uses_lists && read_bits(bits, 1)) /* and brings its own */
        skip_scaling_lists(bits);
    skip_bits(bits, 2); /* asymmetric partitions, sample adaptive offset */
    if (read_bits(bits, 1)) {
        skip_bits(bits, PCM_BITS);
        for (int i = 0; i < PCM_SIZES; i++)
            (void)read_ue(bits);
        skip_bits(bits, 1);
    }
    if (order_bits > ORDER_BITS + 12)
        bits->overrun = 1;
    skip_references(bits, order_bits);
    skip_bits(bits, 2); /* temporal prediction, smoothing */
    return !bits->overrun && read_bits(bits, 1);
}

/* E.2.1 */
static void read_color(bit_reader *bits, spx_hevc_sps *sps)
{
    enum { OWN_RATIO = 255, VIDEO_FORMAT_BITS = 3 };
    if (!skip_to_usability(bits, sps->temporal_layers))
        return;
    if (read_bits(bits, 1) && read_bits(bits, 8) == OWN_RATIO)
        skip_bits(bits, 32);
    if (read_bits(bits, 1))
        skip_bits(bits, 1); /* overscan */
    if (!read_bits(bits, 1))
        return;
    skip_bits(bits, VIDEO_FORMAT_BITS);
    const int full_range = (int)read_bits(bits, 1);
    if (!read_bits(bits, 1))
        return;
    const unsigned primaries = read_bits(bits, 8);
    const unsigned transfer = read_bits(bits, 8);
    const unsigned matrix = read_bits(bits, 8);
    if (bits->overrun)
        return;
    sps->has_color = 1;
    sps->primaries = primaries;
    sps->transfer = transfer;
    sps->matrix = matrix;
    sps->full_range = full_range;
}

spx_status spx_hevc_sps_read(spx_hevc_sps *out, const void *nal, size_t size, spx_diag *diag)
{
    *out = (spx_hevc_sps){ 0 };
    const uint8_t *const bytes = nal;
    if (size <= NAL_HEADER_BYTES)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "HEVC SPS: %zu bytes", size);
    const unsigned type = bytes[0] >> 1 & 63;
    if (type != SPX_HEVC_NAL_SPS)
        return spx_fail(diag, SPX_ERR_CORRUPT, "HEVC SPS: the NAL unit has type %u", type);

    bit_reader bits = { .bytes = bytes + NAL_HEADER_BYTES, .size = size - NAL_HEADER_BYTES };
    const spx_status status = read_sps(&bits, out, diag);
    if (status == SPX_OK)
        read_color(&bits, out);
    if (status != SPX_OK)
        *out = (spx_hevc_sps){ 0 };
    return status;
}

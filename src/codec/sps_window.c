/*
 * A picture is coded in units of 32 x 32 pixels. One of another size is coded with its border
 * repeated, and its sequence parameter set, whose layout is ISO/IEC 23008-2 clause 7.3.2.2, gets
 * the window that hides the rest:
 *
 *     NAL header 16 bits | vps id 4, sub layers - 1 3, nesting 1 | profile, tier, level 96 |
 *     sps id ue, chroma format ue, width ue, height ue, window flag 1 [left ue right ue top ue
 *     bottom ue] | the rest, copied
 */
#include "codec/sps_window.h"

enum {
    FIXED_BITS = 16 + 8 + 96, /* before the first ue(v) with one temporal layer */
    SUBLAYERS_MASK = 0x0e,    /* in the byte behind the NAL header */
    UE_BEFORE_WINDOW = 4,
    LONGEST_UE_ZEROS = 31,
    CHROMA_UNIT = 2, /* window offsets count chroma samples */
    ESCAPE = 3,      /* emulation_prevention_three_byte */
    BYTE_BITS = 8,
};

static void remove_escapes(spx_bytes *out, const spx_bytes *nal)
{
    unsigned zeros = 0;
    for (size_t i = 0; i < nal->size; i++) {
        if (zeros >= 2 && nal->data[i] == ESCAPE) {
            zeros = 0;
            continue;
        }
        spx_bytes_u8(out, nal->data[i]);
        zeros = nal->data[i] == 0 ? zeros + 1 : 0;
    }
}

static void add_escapes(spx_bytes *out, const spx_bytes *raw)
{
    unsigned zeros = 0;
    for (size_t i = 0; i < raw->size; i++) {
        if (zeros >= 2 && raw->data[i] <= ESCAPE) {
            spx_bytes_u8(out, ESCAPE);
            zeros = 0;
        }
        spx_bytes_u8(out, raw->data[i]);
        zeros = raw->data[i] == 0 ? zeros + 1 : 0;
    }
}

static unsigned bit_at(const spx_bytes *bytes, size_t at)
{
    return (unsigned)bytes->data[at / BYTE_BITS] >> (BYTE_BITS - 1 - at % BYTE_BITS) & 1u;
}

typedef struct bit_writer {
    spx_bytes *out;
    unsigned held; /* bits not yet written, the latest lowest */
    unsigned count;
} bit_writer;

static void put_bit(bit_writer *writer, unsigned bit)
{
    writer->held = writer->held << 1 | bit;
    if (++writer->count == BYTE_BITS) {
        spx_bytes_u8(writer->out, writer->held);
        writer->held = 0;
        writer->count = 0;
    }
}

static void put_ue(bit_writer *writer, uint32_t value)
{
    const uint32_t code = value + 1;
    unsigned length = 0;
    while (code >> length > 1)
        length++;
    for (unsigned i = 0; i < length; i++)
        put_bit(writer, 0);
    for (unsigned i = length + 1; i-- > 0;)
        put_bit(writer, code >> i & 1u);
}

/* The bit behind the ue(v) at `at`, or `end`. */
static size_t skip_ue(const spx_bytes *raw, size_t at, size_t end)
{
    size_t zeros = 0;
    while (at < end && zeros <= LONGEST_UE_ZEROS && bit_at(raw, at) == 0) {
        zeros++;
        at++;
    }
    return end - at > zeros ? at + zeros + 1 : end;
}

/* Where conformance_window_flag stands; the end when this is not such a parameter set. */
static size_t find_window_flag(const spx_bytes *raw, size_t end)
{
    if (end <= FIXED_BITS || (raw->data[2] & SUBLAYERS_MASK) != 0)
        return end;
    size_t at = FIXED_BITS;
    for (unsigned i = 0; i < UE_BEFORE_WINDOW; i++)
        at = skip_ue(raw, at, end);
    return at < end && bit_at(raw, at) == 0 ? at : end;
}

spx_status spx_sps_window_cut(spx_bytes *sps, uint32_t right, uint32_t bottom, spx_diag *diag)
{
    spx_bytes raw = { 0 };
    spx_bytes cut = { 0 };
    spx_bytes escaped = { 0 };
    spx_status status = SPX_OK;
    remove_escapes(&raw, sps);
    SPX_TRY_OUT(spx_bytes_check(&raw, "HEVC parameter set", diag));

    size_t end = raw.size * BYTE_BITS;
    while (end > 0 && bit_at(&raw, end - 1) == 0)
        end--; /* now behind the stop bit */
    const size_t flag = find_window_flag(&raw, end);
    if (flag == end) {
        status = spx_fail(diag, SPX_ERR_INTERNAL, "HEVC: a parameter set of unknown form");
        goto out;
    }
    bit_writer writer = { .out = &cut };
    for (size_t i = 0; i < flag; i++)
        put_bit(&writer, bit_at(&raw, i));
    put_bit(&writer, 1);
    put_ue(&writer, 0);
    put_ue(&writer, right / CHROMA_UNIT);
    put_ue(&writer, 0);
    put_ue(&writer, bottom / CHROMA_UNIT);
    for (size_t i = flag + 1; i < end; i++)
        put_bit(&writer, bit_at(&raw, i));
    while (writer.count != 0)
        put_bit(&writer, 0);
    SPX_TRY_OUT(spx_bytes_check(&cut, "HEVC parameter set", diag));

    add_escapes(&escaped, &cut);
    SPX_TRY_OUT(spx_bytes_check(&escaped, "HEVC parameter set", diag));
    spx_bytes_clear(sps);
    *sps = escaped;
    escaped = (spx_bytes){ 0 };
out:
    spx_bytes_clear(&raw);
    spx_bytes_clear(&cut);
    spx_bytes_clear(&escaped);
    return status;
}

/*
 * Extended XMP (Adobe XMP part 3, 1.1.3.1): the packet names the 32 hexadecimal digits of the rest,
 * which comes in APP1 segments of its own,
 *
 *     "http://ns.adobe.com/xmp/extension/\0" | digits 32 | whole size 4 | offset 4 | data
 */
#include "container/gdepth.h"

#include "container/xmp_property.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MARKER = 0xff,
    APP1 = 0xe1,
    SOS = 0xda,
    HEAD_BYTES = 4, /* marker and length */
    GUID_BYTES = 32,
    MOST_EXTENDED_BYTES = 64 << 20,
    MOST_ITEMS = 16,
    WORD_BYTES = 96,
};

static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/";
static const char extended_name[] = "http://ns.adobe.com/xmp/extension/";
static const char ns_note[] = "http://ns.adobe.com/xmp/note/";
static const char ns_gdepth[] = "http://ns.google.com/photos/1.0/depthmap/";
static const char ns_map[] = "http://ns.google.com/photos/dd/1.0/depthmap/";
static const char *const ns_containers[] = { "http://ns.google.com/photos/dd/1.0/container/",
                                             "http://ns.google.com/photos/1.0/container/" };
static const char *const ns_items[] = { "http://ns.google.com/photos/dd/1.0/item/",
                                        "http://ns.google.com/photos/1.0/container/item/" };

void spx_gdepth_clear(spx_gdepth *depth)
{
    spx_bytes_clear(&depth->map);
    *depth = (spx_gdepth){ 0 };
}

typedef struct part {
    const uint8_t *at;
    size_t size;
} part;

/* The next APP1 segment with that name before the coded data; *from moves behind it. */
static int next_segment(const uint8_t *jpeg, size_t size, const char *name, size_t name_size,
                        size_t *from, part *out)
{
    size_t at = *from;
    while (at <= size && size - at >= HEAD_BYTES && jpeg[at] == MARKER) {
        const unsigned marker = jpeg[at + 1];
        const size_t length = (size_t)jpeg[at + 2] << 8 | jpeg[at + 3];
        if (marker == MARKER) { /* a fill byte */
            at++;
            continue;
        }
        if (marker == SOS || length < 2 || length > size - at - 2)
            return 0;
        const uint8_t *const body = jpeg + at + HEAD_BYTES;
        at += 2 + length;
        if (marker == APP1 && length - 2 > name_size && memcmp(body, name, name_size) == 0) {
            *out = (part){ body + name_size, length - 2 - name_size };
            *from = at;
            return 1;
        }
    }
    return 0;
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Joins the extended packet that the main one names; *out stays empty where a piece is missing. */
static spx_status join_extended(spx_bytes *out, const uint8_t *jpeg, size_t size, const char *guid,
                                spx_diag *diag)
{
    size_t from = 2;
    size_t covered = 0;
    part piece;
    while (next_segment(jpeg, size, extended_name, sizeof(extended_name), &from, &piece)) {
        const size_t head = GUID_BYTES + 8;
        if (piece.size < head || memcmp(piece.at, guid, GUID_BYTES) != 0)
            continue;
        const size_t whole = get_u32(piece.at + GUID_BYTES);
        const size_t offset = get_u32(piece.at + GUID_BYTES + 4);
        const size_t bytes = piece.size - head;
        if (whole > MOST_EXTENDED_BYTES || whole > size || offset > whole || bytes > whole - offset)
            break;
        if (out->size == 0) {
            spx_bytes_append_zeros(out, whole);
            SPX_TRY(spx_bytes_check(out, "extended XMP", diag));
        }
        if (out->size != whole)
            break;
        memcpy(out->data + offset, piece.at + head, bytes);
        covered += bytes;
    }
    if (covered != out->size)
        spx_bytes_clear(out);
    return SPX_OK;
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* RFC 4648; what is no digit is skipped: blanks and padding. */
static void append_base64(spx_bytes *out, const uint8_t *text, size_t size)
{
    enum { DIGIT_BITS = 6, BYTE_BITS = 8 };
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < size; i++) {
        const int digit = base64_digit(text[i]);
        if (digit < 0)
            continue;
        bits = bits << DIGIT_BITS | (uint32_t)digit;
        count += DIGIT_BITS;
        if (count >= BYTE_BITS) {
            count -= BYTE_BITS;
            spx_bytes_u8(out, bits >> count & UINT8_MAX);
        }
    }
}

static void read_scale(spx_gdepth *out, const part *packet, const char *ns)
{
    char format[WORD_BYTES];
    (void)spx_xmp_text(packet->at, packet->size, ns, "Format", format, sizeof(format));
    out->scale = strcasecmp(format, "RangeLinear") == 0 ? SPX_GDEPTH_LINEAR : SPX_GDEPTH_INVERSE;
    out->near_m = spx_xmp_number(packet->at, packet->size, ns, "Near", 0.0);
    out->far_m = spx_xmp_number(packet->at, packet->size, ns, "Far", 0.0);
}

static spx_status read_gdepth(spx_gdepth *out, const uint8_t *jpeg, size_t size, const part *packet,
                              spx_diag *diag)
{
    char guid[GUID_BYTES + 1];
    spx_bytes extended = { 0 };
    spx_xmp_property data;
    part from = *packet;
    if (!spx_xmp_find(from.at, from.size, ns_gdepth, "Data", 0, &data) &&
        spx_xmp_text(from.at, from.size, ns_note, "HasExtendedXMP", guid, sizeof(guid)) &&
        strlen(guid) == GUID_BYTES) {
        SPX_TRY(join_extended(&extended, jpeg, size, guid, diag));
        from = (part){ extended.data, extended.size };
    }
    if (from.size != 0 && spx_xmp_find(from.at, from.size, ns_gdepth, "Data", 0, &data)) {
        append_base64(&out->map, from.at + data.value_begin, data.value_end - data.value_begin);
        out->what = "GDepth";
        read_scale(out, packet, ns_gdepth);
    }
    spx_bytes_clear(&extended);
    return spx_bytes_check(&out->map, "depth", diag);
}

/* One picture of a Container:Directory. */
typedef struct item {
    int is_depth;
    uint64_t picture; /* bytes */
    uint64_t length;  /* with the padding behind it */
} item;

/* A property that begins within [begin, end) of the packet, as text; "" = there is none. */
static void text_within(const part *packet, const spx_xmp_property *span, const char *ns,
                        const char *name, char out[WORD_BYTES])
{
    spx_xmp_property found;
    out[0] = '\0';
    if (!spx_xmp_find(packet->at, packet->size, ns, name, span->begin, &found) ||
        found.begin >= span->end)
        return;
    const size_t size = found.value_end - found.value_begin;
    if (size >= WORD_BYTES)
        return;
    memcpy(out, packet->at + found.value_begin, size);
    out[size] = '\0';
}

static uint64_t bytes_within(const part *packet, const spx_xmp_property *span, const char *ns,
                             const char *name)
{
    char text[WORD_BYTES];
    text_within(packet, span, ns, name, text);
    const unsigned long long value = text[0] == '-' ? 0 : strtoull(text, NULL, 10);
    return value < UINT32_MAX ? value : 0;
}

static void read_item(item *out, const part *packet, const spx_xmp_property *span, const char *ns)
{
    char semantic[WORD_BYTES];
    char uri[WORD_BYTES];
    text_within(packet, span, ns, "Semantic", semantic);
    text_within(packet, span, ns, "DataURI", uri);
    out->is_depth = strcasecmp(semantic, "Depth") == 0 || strcasecmp(semantic, "DepthMap") == 0 ||
                    strcasecmp(uri, "android/depthmap") == 0;
    out->picture = bytes_within(packet, span, ns, "Length");
    out->length = out->picture + bytes_within(packet, span, ns, "Padding");
}

static size_t read_items(item items[MOST_ITEMS], const part *packet, size_t kind)
{
    spx_xmp_property span;
    size_t count = 0;
    size_t from = 0;
    while (count < MOST_ITEMS &&
           spx_xmp_find(packet->at, packet->size, ns_containers[kind], "Item", from, &span)) {
        read_item(&items[count++], packet, &span, ns_items[kind]);
        from = span.end;
    }
    return count;
}

/* The pictures follow each other up to the file's end; the first is the photo itself, whose length
 * need not be told. */
static spx_status take_item(spx_gdepth *out, const part *jpeg, uint64_t picture, uint64_t behind,
                            spx_diag *diag)
{
    if (picture == 0 || behind >= jpeg->size || picture > behind)
        return SPX_OK;
    out->what = "Dynamic Depth";
    return spx_bytes_copy(&out->map, jpeg->at + (jpeg->size - behind), picture, "depth", diag);
}

static spx_status read_dynamic_depth(spx_gdepth *out, const uint8_t *jpeg, size_t size,
                                     const part *packet, spx_diag *diag)
{
    const part whole = { jpeg, size };
    for (size_t kind = 0; kind < sizeof(ns_items) / sizeof(ns_items[0]); kind++) {
        item items[MOST_ITEMS] = { 0 };
        uint64_t behind = 0;
        for (size_t i = read_items(items, packet, kind); i > 1 && out->what == NULL; i--) {
            behind += items[i - 1].length;
            if (items[i - 1].is_depth)
                SPX_TRY(take_item(out, &whole, items[i - 1].picture, behind, diag));
        }
    }
    if (out->what != NULL)
        read_scale(out, packet, ns_map);
    return SPX_OK;
}

spx_status spx_gdepth_read(spx_gdepth *out, const void *jpeg, size_t size, spx_diag *diag)
{
    const uint8_t *const bytes = jpeg;
    size_t from = 2;
    part packet;
    *out = (spx_gdepth){ 0 };
    if (size < from || bytes[0] != MARKER || bytes[1] != 0xd8 ||
        !next_segment(bytes, size, xmp_name, sizeof(xmp_name), &from, &packet))
        return SPX_OK;
    SPX_TRY(read_gdepth(out, bytes, size, &packet, diag));
    if (out->what != NULL)
        return SPX_OK;
    return read_dynamic_depth(out, bytes, size, &packet, diag);
}

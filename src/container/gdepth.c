#include "container/gdepth.h"

#include "base/base64.h"
#include "container/xmp_packets.h"
#include "container/xmp_property.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_ITEMS = 16, WORD_BYTES = 96 };

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

typedef spx_xmp_packet part;

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
    spx_bytes extended = { 0 };
    spx_xmp_property data;
    part from = *packet;
    if (!spx_xmp_find(from.at, from.size, ns_gdepth, "Data", 0, &data)) {
        SPX_TRY(spx_xmp_join_extended(&extended, jpeg, size, packet, diag));
        from = (part){ extended.data, extended.size };
    }
    if (from.size != 0 && spx_xmp_find(from.at, from.size, ns_gdepth, "Data", 0, &data)) {
        spx_base64_read_loose(&out->map, (const char *)from.at + data.value_begin,
                              data.value_end - data.value_begin);
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
    const part packet = spx_xmp_packet_of_jpeg(jpeg, size);
    *out = (spx_gdepth){ 0 };
    if (packet.size == 0)
        return SPX_OK;
    SPX_TRY(read_gdepth(out, bytes, size, &packet, diag));
    if (out->what != NULL)
        return SPX_OK;
    return read_dynamic_depth(out, bytes, size, &packet, diag);
}

/*
 * Boxes are read in one pass, each through a reader of its own that ends where the box ends, so
 * that a wrong length can do no harm outside of it. Tables grow by what the bytes really hold,
 * never by what a count claims, and every table has its limit in spx_heif_limits. Data is not
 * copied until somebody asks for an item.
 */
#include "container/heif_reader.h"

#include "base/byte_order.h"
#include "base/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    USER_TYPE_BYTES = 16,
    LARGE_SIZE = 1, /* the box's size follows its type in 64 bits */
    TO_THE_END = 0, /* the box ends with what holds it */
    ITEM_HIDDEN = 1,
    IN_FILE = 0,
    IN_IDAT = 1,
    WIDE_INDEX = 1, /* flag of 'ipma': 15-bit property indices */
};

uint32_t spx_fourcc(const char *text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | (uint8_t)text[i];
    return value;
}

void spx_fourcc_text(uint32_t fourcc, char *text)
{
    for (size_t i = 0; i < 4; i++) {
        const uint8_t c = (uint8_t)(fourcc >> (24 - 8 * i));
        text[i] = (char)(c >= 0x20 && c < 0x7f ? c : '?');
    }
    text[4] = '\0';
}

void spx_heif_limits_init(spx_heif_limits *limits)
{
    *limits = (spx_heif_limits){
        .boxes = 400000,
        .items = 140000, /* two grids of 256 x 256 tiles and some */
        .properties = 32767,
        .associations = 1000000,
        .references = 300000,
        .extents = 300000,
        .groups = 1000,
        .group_members = 10000,
    };
}

/* Everything a box parser needs. */
typedef struct parser {
    spx_heif *heif;
    spx_heif_limits limits;
    uint32_t boxes;
    const char *name;
    spx_diag *diag;
} parser;

typedef struct box {
    uint32_t type;
    const uint8_t *user_type;
    spx_reader content;
    char what[128]; /* content.what points here, so a box is never copied */
} box;

/* Makes room for one more element behind an array of `count`; full at every power of two. Returns
 * the array, which may have moved; NULL without memory. */
static void *grow(void *array, size_t count, size_t element_size)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return array;
    return realloc(array, (count == 0 ? 1 : 2 * count) * element_size);
}

static spx_status fail_limit(const parser *p, uint32_t most, const char *what)
{
    return spx_fail(p->diag, SPX_ERR_LIMIT, "%s: more than %u %s", p->name, (unsigned)most, what);
}

/* Appends a value to the list heif->LIST, which has its count in LIST_COUNT, under limits.LIMIT. */
#define APPEND(p, list, list_count, limit, value)                                                  \
    do {                                                                                           \
        spx_heif *const append_to_ = (p)->heif;                                                    \
        if (append_to_->list_count >= (p)->limits.limit)                                           \
            return fail_limit((p), (p)->limits.limit, #limit);                                     \
        void *const append_grown_ =                                                                \
            grow(append_to_->list, append_to_->list_count, sizeof(*append_to_->list));             \
        if (append_grown_ == NULL)                                                                 \
            return spx_fail_memory((p)->diag, (p)->name);                                          \
        append_to_->list = append_grown_;                                                          \
        append_to_->list[append_to_->list_count++] = (value);                                      \
    } while (0)

/* Reads the header of the next box of `from` and moves behind the box. */
static spx_status next_box(parser *p, spx_reader *from, box *out)
{
    *out = (box){ 0 };
    if (++p->boxes > p->limits.boxes) {
        return spx_fail(p->diag, SPX_ERR_LIMIT, "%s: more than %u boxes", p->name,
                        (unsigned)p->limits.boxes);
    }
    const size_t begin = from->at;
    uint32_t size32 = 0;
    SPX_TRY(spx_reader_u32(from, &size32));
    SPX_TRY(spx_reader_u32(from, &out->type));
    uint64_t size = size32;
    if (size32 == LARGE_SIZE) {
        SPX_TRY(spx_reader_u64(from, &size));
    } else if (size32 == TO_THE_END) {
        size = from->size - begin;
    }
    char type[5];
    spx_fourcc_text(out->type, type);
    const size_t header = from->at - begin;
    if (size < header) {
        return spx_fail(p->diag, SPX_ERR_CORRUPT, "%s: box '%s' at %zu has a size of %llu", p->name,
                        type, begin, (unsigned long long)size);
    }
    if (size - header > spx_reader_left(from)) {
        return spx_fail(p->diag, SPX_ERR_TRUNCATED,
                        "%s: truncated HEIC or AVIF file, which cannot be read in part: box '%s' "
                        "of %llu bytes, %zu left",
                        p->name, type, (unsigned long long)size, from->size - begin);
    }
    (void)snprintf(out->what, sizeof(out->what), "%s: box '%s'", p->name, type);
    out->content = (spx_reader){ .size = (size_t)(size - header), .diag = p->diag };
    out->content.what = out->what;
    SPX_TRY(spx_reader_take(from, out->content.size, &out->content.bytes));
    if (out->type == spx_fourcc("uuid"))
        SPX_TRY(spx_reader_take(&out->content, USER_TYPE_BYTES, &out->user_type));
    return SPX_OK;
}

static spx_status read_version(spx_reader *from, unsigned *version, uint32_t *flags)
{
    uint32_t both = 0;
    const spx_status status = spx_reader_u32(from, &both);
    *version = both >> 24;
    *flags = both & 0xffffff;
    return status;
}

/* An unsigned number of 16 or 32 bits. */
static spx_status read_16_or_32(spx_reader *from, int wide, uint32_t *out)
{
    if (wide)
        return spx_reader_u32(from, out);
    uint16_t narrow = 0;
    const spx_status status = spx_reader_u16(from, &narrow);
    *out = narrow;
    return status;
}

static spx_status fail_version(const parser *p, const box *b, unsigned version)
{
    return spx_fail(p->diag, SPX_ERR_UNSUPPORTED, "%s has version %u", b->what, version);
}

static spx_status read_pitm(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    return read_16_or_32(&b->content, version != 0, &p->heif->primary);
}

/* A zero-terminated text within a box; "" when its end is missing. */
static const char *read_text(spx_reader *from)
{
    const size_t left = spx_reader_left(from);
    const char *const text = (const char *)from->bytes + from->at;
    const char *const end = left == 0 ? NULL : memchr(text, 0, left);
    if (end == NULL) {
        from->at = from->size;
        return "";
    }
    from->at += (size_t)(end - text) + 1;
    return text;
}

static spx_status read_infe(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    if (version < 2)
        return SPX_OK; /* items without a type: from before image files */
    if (version > 3)
        return fail_version(p, b, version);
    spx_heif_item item = { .hidden = (flags & ITEM_HIDDEN) != 0, .content_type = "" };
    uint16_t protection = 0;
    SPX_TRY(read_16_or_32(&b->content, version == 3, &item.id));
    SPX_TRY(spx_reader_u16(&b->content, &protection));
    SPX_TRY(spx_reader_u32(&b->content, &item.type));
    item.protected_data = protection != 0;
    (void)read_text(&b->content); /* name */
    if (item.type == spx_fourcc("mime"))
        item.content_type = read_text(&b->content);
    APPEND(p, items, item_count, items, item);
    return SPX_OK;
}

static spx_status read_iinf(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    uint32_t count = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    SPX_TRY(read_16_or_32(&b->content, version != 0, &count));
    spx_heif_oddities *const odd = &p->heif->oddities;
    odd->said_items = count;
    for (uint32_t i = 0; i < count && spx_reader_left(&b->content) != 0; i++) {
        box entry;
        SPX_TRY(next_box(p, &b->content, &entry));
        odd->read_items++;
        if (entry.type == spx_fourcc("infe"))
            SPX_TRY(read_infe(p, &entry));
    }
    return SPX_OK;
}

static spx_status read_reference(parser *p, box *b, int wide)
{
    spx_heif_reference reference = { .type = b->type };
    uint16_t count = 0;
    SPX_TRY(read_16_or_32(&b->content, wide, &reference.from));
    SPX_TRY(spx_reader_u16(&b->content, &count));
    for (unsigned i = 0; i < count; i++) {
        SPX_TRY(read_16_or_32(&b->content, wide, &reference.to));
        APPEND(p, references, reference_count, references, reference);
    }
    return SPX_OK;
}

static spx_status read_iref(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    while (spx_reader_left(&b->content) != 0) {
        box reference;
        SPX_TRY(next_box(p, &b->content, &reference));
        SPX_TRY(read_reference(p, &reference, version != 0));
    }
    return SPX_OK;
}

static spx_status read_ipco(parser *p, box *b)
{
    while (spx_reader_left(&b->content) != 0) {
        box property;
        SPX_TRY(next_box(p, &b->content, &property));
        const spx_heif_property kept = {
            .type = property.type,
            .user_type = property.user_type,
            .payload = property.content.bytes + property.content.at,
            .size = spx_reader_left(&property.content),
        };
        APPEND(p, properties, property_count, properties, kept);
    }
    return SPX_OK;
}

/* One item's list of property indices, which count from 1; 0 = none. */
static spx_status read_item_associations(parser *p, spx_reader *from, uint32_t item, int wide_index)
{
    uint8_t count = 0;
    SPX_TRY(spx_reader_u8(from, &count));
    for (unsigned i = 0; i < count; i++) {
        uint8_t narrow = 0;
        uint16_t wide = 0;
        if (wide_index) {
            SPX_TRY(spx_reader_u16(from, &wide));
        } else {
            SPX_TRY(spx_reader_u8(from, &narrow));
            wide = (uint16_t)((narrow & 0x80) << 8 | (narrow & 0x7f));
        }
        const uint32_t index = wide & 0x7fff;
        const spx_heif_association association = { .item = item,
                                                   .property = index - 1,
                                                   .essential = (wide & 0x8000) != 0 };
        if (index != 0)
            APPEND(p, associations, association_count, associations, association);
    }
    return SPX_OK;
}

static spx_status read_ipma(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    uint32_t count = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    SPX_TRY(spx_reader_u32(&b->content, &count));
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t item = 0;
        SPX_TRY(read_16_or_32(&b->content, version != 0, &item));
        if (i != 0 && item <= last && p->heif->oddities.unordered_item == 0)
            p->heif->oddities.unordered_item = item;
        last = item;
        SPX_TRY(read_item_associations(p, &b->content, item, (flags & WIDE_INDEX) != 0));
    }
    return SPX_OK;
}

static spx_status read_iprp(parser *p, box *b)
{
    while (spx_reader_left(&b->content) != 0) {
        box child;
        SPX_TRY(next_box(p, &b->content, &child));
        if (child.type == spx_fourcc("ipco")) {
            SPX_TRY(read_ipco(p, &child));
        } else if (child.type == spx_fourcc("ipma")) {
            SPX_TRY(read_ipma(p, &child));
        }
    }
    return SPX_OK;
}

static spx_status read_group(parser *p, box *b)
{
    unsigned version = 0;
    uint32_t flags = 0;
    spx_heif_group group = { .type = b->type,
                             .user_type = b->user_type,
                             .first_member = (uint32_t)p->heif->group_member_count };
    SPX_TRY(read_version(&b->content, &version, &flags));
    SPX_TRY(spx_reader_u32(&b->content, &group.id));
    SPX_TRY(spx_reader_u32(&b->content, &group.member_count));
    for (uint32_t i = 0; i < group.member_count; i++) {
        uint32_t member = 0;
        SPX_TRY(spx_reader_u32(&b->content, &member));
        APPEND(p, group_members, group_member_count, group_members, member);
    }
    APPEND(p, groups, group_count, groups, group);
    return SPX_OK;
}

static spx_status read_groups(parser *p, spx_reader *from)
{
    while (spx_reader_left(from) != 0) {
        box group;
        SPX_TRY(next_box(p, from, &group));
        SPX_TRY(read_group(p, &group));
    }
    return SPX_OK;
}

/* No picture needs its groups: those behind a damaged one are not there. */
static spx_status read_grpl(parser *p, box *b)
{
    spx_diag *const diag = p->diag;
    p->diag = NULL;
    b->content.diag = NULL;
    const spx_status status = read_groups(p, &b->content);
    p->diag = diag;
    if (status == SPX_ERR_NO_MEMORY)
        return spx_fail_memory(diag, p->name);
    if (status == SPX_ERR_LIMIT)
        return spx_fail(diag, status, "%s: box 'grpl' is over the limits", p->name);
    p->heif->oddities.damaged_groups = status != SPX_OK;
    return SPX_OK;
}

/* Numbers of 'iloc' have 0, 4 or 8 bytes, as its header says. */
static spx_status read_sized(const parser *p, spx_reader *from, unsigned bytes, uint64_t *out)
{
    uint32_t narrow = 0;
    *out = 0;
    switch (bytes) {
    case 0:
        return SPX_OK;
    case sizeof(uint32_t):
        SPX_TRY(spx_reader_u32(from, &narrow));
        *out = narrow;
        return SPX_OK;
    case sizeof(uint64_t):
        return spx_reader_u64(from, out);
    default:
        return spx_fail(p->diag, SPX_ERR_CORRUPT, "%s: box 'iloc' has numbers of %u bytes", p->name,
                        bytes);
    }
}

typedef struct iloc_form {
    unsigned version;
    unsigned offset_bytes;
    unsigned length_bytes;
    unsigned base_bytes;
    unsigned index_bytes;
} iloc_form;

static spx_status read_extent(parser *p, spx_reader *from, const iloc_form *form, uint64_t base,
                              spx_heif_location *location)
{
    uint64_t index = 0;
    uint64_t offset = 0;
    if (form->version != 0)
        SPX_TRY(read_sized(p, from, form->index_bytes, &index));
    SPX_TRY(read_sized(p, from, form->offset_bytes, &offset));
    SPX_TRY(read_sized(p, from, form->length_bytes, &location->size));
    if (offset > UINT64_MAX - base) {
        return spx_fail(p->diag, SPX_ERR_CORRUPT, "%s: item %u lies outside of any file", p->name,
                        (unsigned)location->item);
    }
    location->offset = base + offset;
    APPEND(p, locations, location_count, extents, *location);
    return SPX_OK;
}

static spx_status read_location(parser *p, spx_reader *from, const iloc_form *form)
{
    spx_heif_location location = { 0 };
    uint16_t method = 0;
    uint16_t data_reference = 0;
    uint16_t extents = 0;
    uint64_t base = 0;
    SPX_TRY(read_16_or_32(from, form->version == 2, &location.item));
    if (form->version != 0)
        SPX_TRY(spx_reader_u16(from, &method));
    location.method = method & 15;
    SPX_TRY(spx_reader_u16(from, &data_reference));
    SPX_TRY(read_sized(p, from, form->base_bytes, &base));
    SPX_TRY(spx_reader_u16(from, &extents));
    for (unsigned i = 0; i < extents; i++) {
        SPX_TRY(read_extent(p, from, form, base, &location));
        if (location.size == 0 && extents == 1) /* implied: all of the source */
            p->heif->locations[p->heif->location_count - 1].size = UINT64_MAX;
    }
    return SPX_OK;
}

static spx_status read_iloc(parser *p, box *b)
{
    iloc_form form = { 0 };
    uint32_t flags = 0;
    uint8_t first_sizes = 0;
    uint8_t second_sizes = 0;
    uint32_t count = 0;
    SPX_TRY(read_version(&b->content, &form.version, &flags));
    if (form.version > 2)
        return fail_version(p, b, form.version);
    SPX_TRY(spx_reader_u8(&b->content, &first_sizes));
    SPX_TRY(spx_reader_u8(&b->content, &second_sizes));
    form.offset_bytes = first_sizes >> 4;
    form.length_bytes = first_sizes & 15;
    form.base_bytes = second_sizes >> 4;
    form.index_bytes = second_sizes & 15;
    SPX_TRY(read_16_or_32(&b->content, form.version == 2, &count));
    for (uint32_t i = 0; i < count; i++)
        SPX_TRY(read_location(p, &b->content, &form));
    return SPX_OK;
}

static spx_status read_hdlr(parser *p, box *b)
{
    enum { PREDEFINED_BYTES = 4 };
    unsigned version = 0;
    uint32_t flags = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    SPX_TRY(spx_reader_skip(&b->content, PREDEFINED_BYTES));
    return spx_reader_u32(&b->content, &p->heif->oddities.handler);
}

static spx_status read_idat(parser *p, box *b)
{
    p->heif->inline_data = b->content.bytes;
    p->heif->inline_size = b->content.size;
    return SPX_OK;
}

static spx_status read_meta(parser *p, box *b)
{
    static const struct {
        char type[5];
        spx_status (*read)(parser *, box *);
    } readers[] = {
        { "hdlr", read_hdlr }, { "pitm", read_pitm }, { "iinf", read_iinf }, { "iref", read_iref },
        { "iprp", read_iprp }, { "grpl", read_grpl }, { "iloc", read_iloc }, { "idat", read_idat },
    };
    unsigned version = 0;
    uint32_t flags = 0;
    SPX_TRY(read_version(&b->content, &version, &flags));
    while (spx_reader_left(&b->content) != 0) {
        box child;
        SPX_TRY(next_box(p, &b->content, &child));
        for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
            if (child.type == spx_fourcc(readers[i].type))
                SPX_TRY(readers[i].read(p, &child));
        }
    }
    return SPX_OK;
}

int spx_heif_recognises(const void *data, size_t size)
{
    static const char brands[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx",
                                      "mif1", "msf1", "avif", "avis", "mif2" };
    enum { MAJOR_AT = 8, COMPATIBLE_AT = 16, SMALLEST = 16 };
    const uint8_t *const bytes = data;
    if (size < SMALLEST || memcmp(bytes + 4, "ftyp", 4) != 0)
        return 0;
    const size_t said = spx_u32_big(bytes);
    const size_t end = said < size ? said : size;
    for (size_t at = MAJOR_AT; at + 4 <= end; at = at == MAJOR_AT ? COMPATIBLE_AT : at + 4) {
        for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
            if (memcmp(bytes + at, brands[i], 4) == 0)
                return 1;
        }
    }
    return 0;
}

static spx_status read_ftyp(parser *p, box *b)
{
    enum { BRAND_BYTES = 4 };
    uint32_t minor = 0;
    SPX_TRY(spx_reader_u32(&b->content, &p->heif->major_brand));
    if (spx_reader_left(&b->content) < BRAND_BYTES)
        return SPX_OK;
    SPX_TRY(spx_reader_u32(&b->content, &minor));
    p->heif->brands = b->content.bytes + b->content.at;
    p->heif->brand_count = spx_reader_left(&b->content) / BRAND_BYTES;
    return SPX_OK;
}

static spx_status read_file(parser *p)
{
    spx_reader file = {
        .bytes = p->heif->bytes, .size = p->heif->size, .what = p->name, .diag = p->diag
    };
    int metas = 0;
    while (spx_reader_left(&file) != 0) {
        box b;
        SPX_TRY(next_box(p, &file, &b));
        if (b.type == spx_fourcc("ftyp"))
            SPX_TRY(read_ftyp(p, &b));
        if (b.type == spx_fourcc("meta") && metas++ == 0)
            SPX_TRY(read_meta(p, &b));
    }
    p->heif->oddities.metas = metas;
    if (metas == 0)
        return spx_fail(p->diag, SPX_ERR_TRUNCATED, "%s: no box 'meta'", p->name);
    return SPX_OK;
}

spx_status spx_heif_read(spx_heif **out, const void *data, size_t size, const char *name,
                         const spx_heif_limits *limits, spx_diag *diag)
{
    *out = NULL;
    if (!spx_heif_recognises(data, size))
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: not a HEIF file", name);
    parser p = { .name = name, .diag = diag };
    if (limits != NULL) {
        p.limits = *limits;
    } else {
        spx_heif_limits_init(&p.limits);
    }
    p.heif = calloc(1, sizeof(*p.heif));
    if (p.heif == NULL)
        return spx_fail_memory(diag, name);
    p.heif->bytes = data;
    p.heif->size = size;
    const spx_status status = read_file(&p);
    if (status != SPX_OK) {
        spx_heif_destroy(p.heif);
        return status;
    }
    *out = p.heif;
    return SPX_OK;
}

void spx_heif_destroy(spx_heif *heif)
{
    if (heif == NULL)
        return;
    free(heif->items);
    free(heif->properties);
    free(heif->associations);
    free(heif->references);
    free(heif->groups);
    free(heif->group_members);
    free(heif->locations);
    free(heif);
}

int spx_heif_is_sequence(const spx_heif *heif)
{
    static const char *const brands[] = { "avis", "hevc", "hevx", "msf1" };
    for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
        if (heif->major_brand == spx_fourcc(brands[i]))
            return 1;
    }
    return 0;
}

const spx_heif_item *spx_heif_find_item(const spx_heif *heif, uint32_t id)
{
    for (size_t i = 0; i < heif->item_count; i++) {
        if (heif->items[i].id == id)
            return &heif->items[i];
    }
    return NULL;
}

static int is_property(const spx_heif_property *property, uint32_t type, const uint8_t *user_type)
{
    if (property->type != type)
        return 0;
    return user_type == NULL || (property->user_type != NULL &&
                                 memcmp(property->user_type, user_type, USER_TYPE_BYTES) == 0);
}

const spx_heif_property *spx_heif_find_property(const spx_heif *heif, uint32_t item, uint32_t type,
                                                const uint8_t *user_type, int *essential)
{
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const link = &heif->associations[i];
        if (link->item != item || link->property >= heif->property_count)
            continue;
        const spx_heif_property *const property = &heif->properties[link->property];
        if (!is_property(property, type, user_type))
            continue;
        if (essential != NULL)
            *essential = link->essential;
        return property;
    }
    return NULL;
}

uint32_t spx_heif_find_reference_to(const spx_heif *heif, uint32_t type, uint32_t to)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        if (heif->references[i].type == type && heif->references[i].to == to)
            return heif->references[i].from;
    }
    return 0;
}

size_t spx_heif_count_references_from(const spx_heif *heif, uint32_t type, uint32_t from)
{
    size_t count = 0;
    for (size_t i = 0; i < heif->reference_count; i++)
        count += heif->references[i].type == type && heif->references[i].from == from;
    return count;
}

spx_status spx_heif_extent(const spx_heif *heif, const spx_heif_location *location,
                           const uint8_t **data, size_t *size, spx_diag *diag)
{
    const unsigned id = location->item;
    *data = NULL;
    *size = 0;
    if (location->method != IN_FILE && location->method != IN_IDAT) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "item %u: its data is made in way %u", id,
                        location->method);
    }
    const uint8_t *const source = location->method == IN_FILE ? heif->bytes : heif->inline_data;
    const uint64_t source_size = location->method == IN_FILE ? heif->size : heif->inline_size;
    if (location->offset > source_size) {
        return spx_fail(diag, SPX_ERR_TRUNCATED,
                        "item %u: its data at %llu is behind the end, %llu", id,
                        (unsigned long long)location->offset, (unsigned long long)source_size);
    }
    const uint64_t left = source_size - location->offset;
    const uint64_t wanted = location->size == UINT64_MAX ? left : location->size;
    if (wanted > left) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "item %u: wanted %llu bytes at %llu, %llu left",
                        id, (unsigned long long)wanted, (unsigned long long)location->offset,
                        (unsigned long long)left);
    }
    if (wanted != 0)
        *data = source + location->offset;
    *size = (size_t)wanted;
    return SPX_OK;
}

static spx_status append_extent(const spx_heif *heif, const spx_heif_location *location,
                                size_t max_bytes, spx_bytes *out, spx_diag *diag)
{
    const uint8_t *data = NULL;
    size_t size = 0;
    SPX_TRY(spx_heif_extent(heif, location, &data, &size, diag));
    if (size > max_bytes - out->size) {
        return spx_fail(diag, SPX_ERR_LIMIT, "item %u: its data is over the limit of %zu bytes",
                        (unsigned)location->item, max_bytes);
    }
    if (size != 0)
        spx_bytes_append(out, data, size);
    return SPX_OK;
}

spx_status spx_heif_item_data(const spx_heif *heif, uint32_t item, size_t max_bytes, spx_bytes *out,
                              spx_diag *diag)
{
    *out = (spx_bytes){ 0 };
    spx_status status = SPX_OK;
    int found = 0;
    for (size_t i = 0; i < heif->location_count; i++) {
        if (heif->locations[i].item != item)
            continue;
        found = 1;
        SPX_TRY_OUT(append_extent(heif, &heif->locations[i], max_bytes, out, diag));
    }
    if (!found) {
        status = spx_fail(diag, SPX_ERR_NOT_FOUND, "item %u: it has no data", (unsigned)item);
    } else {
        status = spx_bytes_check(out, "item data", diag);
    }

out:
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}

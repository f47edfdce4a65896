/*
 * Layout of an excerpt:
 *
 *     ftyp   meta { hdlr pitm iinf iref iprp iloc }   mdat { data of item 1, item 2, ... }
 *     \------------------- head -------------------------/ \--- pieces of the original file ---/
 *
 * Items are numbered anew from 1, the picture itself first; each has one extent. The original may
 * have any versions of boxes, any order and several extents: none of that reaches the decoder.
 */
#include "container/heif_excerpt.h"

#include "base/size.h"
#include "container/heif_properties.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_ENTRIES = UINT16_MAX,
    MOST_DERIVED = 64, /* derived pictures within one picture; each costs a walk over references */
    NARROW_INDICES = 127,
    ESSENTIAL = 0x80,
    WIDE_ESSENTIAL = 0x8000,
    NO_PROPERTY = 0,
};

/* A piece of the file, and where it stands in the excerpt. */
typedef struct piece {
    uint64_t at;
    const uint8_t *data;
    size_t size;
} piece;

struct spx_heif_excerpt {
    spx_bytes head;
    piece *pieces;
    size_t piece_count;
    uint64_t size;
};

typedef struct entry {
    const spx_heif_item *item;
    uint64_t data_at; /* from the first byte behind the head */
    uint64_t data_size;
    const spx_heif_property *coding; /* 'hvcC' */
    int has_size;                    /* the file gives it an 'ispe' */
    int needs_size;                  /* it does not, and this is written: */
    spx_ispe size;
} entry;

typedef struct link {
    const char *type;
    uint16_t from;
    uint16_t to;
} link;

typedef struct place {
    uint32_t id;
    uint32_t index; /* into the file's items */
} place;

typedef struct excerpter {
    const spx_heif *heif;
    spx_diag *diag;
    place *by_id;         /* [item_count], rising ids */
    uint16_t *numbers;    /* [item_count], along by_id: number in the excerpt, 0 = not in */
    uint16_t *properties; /* [property_count], index in the excerpt's 'ipco', 0 = not in */
    entry *entries;       /* [entry_count] */
    size_t entry_count;
    link *links;
    size_t link_count;
    unsigned derived;
    unsigned property_count;
    spx_heif_excerpt *excerpt;
} excerpter;

int spx_heif_is_picture(uint32_t type)
{
    static const char *const kinds[] = { "hvc1", "av01", "jpeg", "grid", "iden", "iovl" };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (type == spx_fourcc(kinds[i]))
            return 1;
    }
    return 0;
}

static int is_derived(uint32_t type)
{
    return type == spx_fourcc("grid") || type == spx_fourcc("iden") || type == spx_fourcc("iovl");
}

static int compare_ids(const void *a, const void *b)
{
    const place *const first = a;
    const place *const second = b;
    if (first->id != second->id)
        return first->id < second->id ? -1 : 1;
    return first->index < second->index ? -1 : 1; /* of two with one id the first one counts */
}

/* Index into by_id; item_count = there is none. */
static size_t find_index(const excerpter *self, uint32_t id)
{
    size_t low = 0;
    size_t high = self->heif->item_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (self->by_id[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const int found = low < self->heif->item_count && self->by_id[low].id == id;
    return found ? low : self->heif->item_count;
}

/* 0 = not in the excerpt. */
static uint16_t number_of(const excerpter *self, uint32_t id)
{
    const size_t index = find_index(self, id);
    return index == self->heif->item_count ? 0 : self->numbers[index];
}

static spx_status add_entry(excerpter *self, uint32_t id, uint16_t *number)
{
    const size_t index = find_index(self, id);
    *number = 0;
    if (index == self->heif->item_count)
        return spx_fail(self->diag, SPX_ERR_NOT_FOUND, "HEIF: there is no item %u", (unsigned)id);
    *number = self->numbers[index];
    if (*number != 0)
        return SPX_OK;
    const spx_heif_item *const item = &self->heif->items[self->by_id[index].index];
    char type[5];
    spx_fourcc_text(item->type, type);
    if (!spx_heif_is_picture(item->type)) {
        return spx_fail(self->diag, SPX_ERR_UNSUPPORTED,
                        "HEIF: item %u is of type '%s', which spx does not decode", (unsigned)id,
                        type);
    }
    if (item->protected_data) {
        return spx_fail(self->diag, SPX_ERR_UNSUPPORTED, "HEIF: item %u is encrypted",
                        (unsigned)id);
    }
    if (self->entry_count == MOST_ENTRIES) {
        return spx_fail(self->diag, SPX_ERR_LIMIT, "HEIF: a picture of more than %d parts",
                        MOST_ENTRIES);
    }
    if (is_derived(item->type) && self->derived++ == MOST_DERIVED) {
        return spx_fail(self->diag, SPX_ERR_LIMIT,
                        "HEIF: a picture of more than %d derived pictures", MOST_DERIVED);
    }
    self->entries[self->entry_count++] = (entry){ .item = item };
    *number = (uint16_t)self->entry_count;
    self->numbers[index] = *number;
    return SPX_OK;
}

static int is_alpha(const excerpter *self, uint32_t item)
{
    static const char *const names[] = { "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                                         "urn:mpeg:hevc:2015:auxid:1" };
    enum { VERSION_BYTES = 4 };
    const spx_heif_property *const kind =
        spx_heif_find_property(self->heif, item, spx_fourcc("auxC"), NULL, NULL);
    for (size_t i = 0; kind != NULL && i < sizeof(names) / sizeof(*names); i++) {
        const size_t size = strlen(names[i]) + 1;
        if (kind->size >= VERSION_BYTES + size &&
            memcmp(kind->payload + VERSION_BYTES, names[i], size) == 0)
            return 1;
    }
    return 0;
}

/* What a derived picture is made of. */
static spx_status add_sources(excerpter *self, uint16_t number)
{
    const uint32_t from = self->entries[number - 1].item->id;
    for (size_t i = 0; i < self->heif->reference_count; i++) {
        const spx_heif_reference *const reference = &self->heif->references[i];
        if (reference->from != from || reference->type != spx_fourcc("dimg"))
            continue;
        uint16_t source = 0;
        SPX_TRY(add_entry(self, reference->to, &source));
        self->links[self->link_count++] = (link){ .type = "dimg", .from = number, .to = source };
    }
    return SPX_OK;
}

static spx_status add_alpha(excerpter *self, uint32_t picture)
{
    const uint32_t premultiplied = spx_fourcc("prem");
    for (size_t i = 0; i < self->heif->reference_count; i++) {
        const spx_heif_reference *const reference = &self->heif->references[i];
        if (reference->to != picture || reference->type != spx_fourcc("auxl") ||
            !is_alpha(self, reference->from))
            continue;
        uint16_t number = 0;
        SPX_TRY(add_entry(self, reference->from, &number));
        self->links[self->link_count++] = (link){ .type = "auxl", .from = number, .to = 1 };
        for (size_t k = 0; k < self->heif->reference_count; k++) {
            const spx_heif_reference *const other = &self->heif->references[k];
            if (other->type == premultiplied && other->from == picture &&
                other->to == reference->from) {
                self->links[self->link_count++] = (link){ .type = "prem", .from = 1, .to = number };
                return SPX_OK;
            }
        }
        return SPX_OK; /* a second one is not looked at */
    }
    return SPX_OK;
}

static spx_status collect_entries(excerpter *self, uint32_t picture)
{
    uint16_t number = 0;
    SPX_TRY(add_entry(self, picture, &number));
    SPX_TRY(add_alpha(self, picture));
    for (size_t i = 0; i < self->entry_count; i++) {
        if (is_derived(self->entries[i].item->type))
            SPX_TRY(add_sources(self, (uint16_t)(i + 1)));
    }
    return SPX_OK;
}

static int location_order(const void *a, const void *b)
{
    const piece *const first = a;
    const piece *const second = b;
    return first->at < second->at ? -1 : first->at > second->at;
}

/* Until all sizes are known, piece.at holds the item's number and the place in the file's list. */
static spx_status collect_pieces(excerpter *self)
{
    const spx_heif *const heif = self->heif;
    spx_heif_excerpt *const excerpt = self->excerpt;
    excerpt->pieces = calloc(heif->location_count + 1, sizeof(*excerpt->pieces));
    if (excerpt->pieces == NULL)
        return spx_fail_memory(self->diag, "HEIF");
    for (size_t i = 0; i < heif->location_count; i++) {
        const uint16_t number = number_of(self, heif->locations[i].item);
        if (number == 0)
            continue;
        piece *const next = &excerpt->pieces[excerpt->piece_count];
        SPX_TRY(spx_heif_extent(heif, &heif->locations[i], &next->data, &next->size, self->diag));
        next->at = (uint64_t)number << 32 | i;
        self->entries[number - 1].data_size += next->size;
        if (self->entries[number - 1].data_size > heif->size) {
            return spx_fail(self->diag, SPX_ERR_LIMIT, "HEIF: item %u repeats its own data",
                            (unsigned)heif->locations[i].item);
        }
        excerpt->piece_count++;
    }
    qsort(excerpt->pieces, excerpt->piece_count, sizeof(*excerpt->pieces), location_order);
    for (size_t i = 0; i < self->entry_count; i++) {
        self->entries[i].data_at = excerpt->size;
        excerpt->size += self->entries[i].data_size;
        if (self->entries[i].data_size == 0 && self->entries[i].item->type != spx_fourcc("iden")) {
            return spx_fail(self->diag, SPX_ERR_NOT_FOUND, "HEIF: item %u has no data",
                            (unsigned)self->entries[i].item->id);
        }
    }
    return SPX_OK;
}

static int is_needed_property(uint32_t type)
{
    static const char *const kinds[] = { "ispe", "hvcC", "av1C", "jpgC", "pixi",
                                         "colr", "irot", "imir", "clap", "auxC" };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (type == spx_fourcc(kinds[i]))
            return 1;
    }
    return 0;
}

static size_t begin_box(spx_bytes *out, const char *type)
{
    const size_t begun = out->size;
    spx_bytes_u32(out, 0);
    spx_bytes_text(out, type);
    return begun;
}

static void end_box(spx_bytes *out, size_t begun)
{
    if (!out->failed)
        spx_bytes_patch_u32(out, begun, (uint32_t)(out->size - begun));
}

static void put_items(const excerpter *self, spx_bytes *out)
{
    enum { INFE_VERSION_2 = 2 << 24 };
    const size_t list = begin_box(out, "iinf");
    spx_bytes_u32(out, 0);
    spx_bytes_u16(out, (unsigned)self->entry_count);
    for (size_t i = 0; i < self->entry_count; i++) {
        const size_t info = begin_box(out, "infe");
        spx_bytes_u32(out, (uint32_t)INFE_VERSION_2 | (i != 0)); /* all but the picture hidden */
        spx_bytes_u16(out, (unsigned)(i + 1));
        spx_bytes_u16(out, 0);
        spx_bytes_u32(out, self->entries[i].item->type);
        spx_bytes_u8(out, 0); /* name */
        end_box(out, info);
    }
    end_box(out, list);
}

/* A run of equal type and source becomes one box: the order of tiles is that of the references. */
static void put_links(const excerpter *self, spx_bytes *out)
{
    if (self->link_count == 0)
        return;
    const size_t list = begin_box(out, "iref");
    spx_bytes_u32(out, 0);
    for (size_t i = 0; i < self->link_count;) {
        size_t end = i + 1;
        while (end < self->link_count && end - i < UINT16_MAX &&
               self->links[end].from == self->links[i].from &&
               strcmp(self->links[end].type, self->links[i].type) == 0)
            end++;
        const size_t reference = begin_box(out, self->links[i].type);
        spx_bytes_u16(out, self->links[i].from);
        spx_bytes_u16(out, (unsigned)(end - i));
        for (; i < end; i++)
            spx_bytes_u16(out, self->links[i].to);
        end_box(out, reference);
    }
    end_box(out, list);
}

static void put_property(spx_bytes *out, const spx_heif_property *property)
{
    char type[5];
    spx_fourcc_text(property->type, type);
    const size_t begun = begin_box(out, type);
    spx_bytes_append(out, property->payload, property->size);
    end_box(out, begun);
}

/* Numbers the properties that entries have and writes them down; then those the file forgot. */
static spx_status put_properties(excerpter *self, spx_bytes *out)
{
    const spx_heif *const heif = self->heif;
    const size_t list = begin_box(out, "ipco");
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const pair = &heif->associations[i];
        if (pair->property >= heif->property_count || number_of(self, pair->item) == 0 ||
            !is_needed_property(heif->properties[pair->property].type) ||
            self->properties[pair->property] != NO_PROPERTY)
            continue;
        put_property(out, &heif->properties[pair->property]);
        self->properties[pair->property] = (uint16_t)++self->property_count;
    }
    for (size_t i = 0; i < self->entry_count; i++) {
        if (!self->entries[i].needs_size)
            continue;
        const size_t begun = begin_box(out, "ispe");
        spx_bytes_u32(out, 0);
        spx_bytes_u32(out, self->entries[i].size.width);
        spx_bytes_u32(out, self->entries[i].size.height);
        end_box(out, begun);
    }
    end_box(out, list);
    return SPX_OK;
}

/* An item's properties in the excerpt, in the file's order, with WIDE_ESSENTIAL. */
typedef struct owned {
    uint16_t number;
    uint16_t property;
    uint32_t order;
} owned;

static int owned_order(const void *a, const void *b)
{
    const owned *const first = a;
    const owned *const second = b;
    if (first->number != second->number)
        return first->number < second->number ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

static size_t collect_owned(const excerpter *self, owned *list)
{
    const spx_heif *const heif = self->heif;
    size_t count = 0;
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const pair = &heif->associations[i];
        const uint16_t number = number_of(self, pair->item);
        if (number == 0 || pair->property >= heif->property_count ||
            self->properties[pair->property] == NO_PROPERTY)
            continue;
        list[count++] = (owned){ .number = number,
                                 .property = (uint16_t)(self->properties[pair->property] |
                                                        (pair->essential ? WIDE_ESSENTIAL : 0)),
                                 .order = (uint32_t)i };
    }
    unsigned added = self->property_count;
    for (size_t i = 0; i < self->entry_count; i++) {
        if (self->entries[i].needs_size) {
            list[count++] = (owned){ .number = (uint16_t)(i + 1),
                                     .property = (uint16_t)++added,
                                     .order = UINT32_MAX };
        }
    }
    qsort(list, count, sizeof(*list), owned_order);
    return count;
}

static spx_status put_associations(const excerpter *self, spx_bytes *out)
{
    enum { MOST_OF_ONE = 255 };
    const int wide = self->property_count + self->entry_count > NARROW_INDICES;
    owned *const list =
        calloc(self->heif->association_count + self->entry_count + 1, sizeof(*list));
    if (list == NULL)
        return spx_fail_memory(self->diag, "HEIF");
    const size_t count = collect_owned(self, list);
    const size_t box = begin_box(out, "ipma");
    const size_t counted = out->size + 4;
    uint32_t items = 0;
    spx_bytes_u32(out, wide ? 1 : 0);
    spx_bytes_u32(out, 0);
    for (size_t i = 0; i < count; items++) {
        size_t end = i + 1;
        while (end < count && list[end].number == list[i].number && end - i < MOST_OF_ONE)
            end++;
        spx_bytes_u16(out, list[i].number);
        spx_bytes_u8(out, (unsigned)(end - i));
        for (; i < end; i++) {
            if (wide) {
                spx_bytes_u16(out, list[i].property);
            } else {
                spx_bytes_u8(out, (list[i].property & NARROW_INDICES) |
                                      (list[i].property & WIDE_ESSENTIAL ? ESSENTIAL : 0));
            }
        }
        while (i < count && list[i].number == list[i - 1].number)
            i++; /* more than 255 properties of one item: the rest is left out */
    }
    if (!out->failed)
        spx_bytes_patch_u32(out, counted, items);
    end_box(out, box);
    free(list);
    return SPX_OK;
}

/* Returns where the first item's offset stands. */
static size_t put_locations(const excerpter *self, spx_bytes *out)
{
    const size_t box = begin_box(out, "iloc");
    spx_bytes_u32(out, 0);
    spx_bytes_u16(out, 0x8800); /* 8 bytes each for offset and length, no base, no index */
    spx_bytes_u16(out, (unsigned)self->entry_count);
    const size_t first = out->size;
    for (size_t i = 0; i < self->entry_count; i++) {
        spx_bytes_u16(out, (unsigned)(i + 1));
        spx_bytes_u16(out, 0); /* data reference: this file */
        spx_bytes_u16(out, 1);
        spx_bytes_u64(out, self->entries[i].data_at);
        spx_bytes_u64(out, self->entries[i].data_size);
    }
    end_box(out, box);
    return first;
}

/* Offsets were counted from the end of the head. */
static void move_locations(const excerpter *self, spx_bytes *head, size_t first)
{
    enum { ENTRY_BYTES = 22, OFFSET_AT = 6 };
    for (size_t i = 0; i < self->entry_count && !head->failed; i++) {
        const uint64_t at = self->entries[i].data_at + head->size;
        const size_t where = first + i * ENTRY_BYTES + OFFSET_AT;
        spx_bytes_patch_u32(head, where, (uint32_t)(at >> 32));
        spx_bytes_patch_u32(head, where + 4, (uint32_t)at);
    }
}

static spx_status build_head(excerpter *self)
{
    enum { LARGE_SIZE = 1, LARGE_HEADER_BYTES = 16 };
    spx_bytes *const head = &self->excerpt->head;
    size_t box = begin_box(head, "ftyp");
    spx_bytes_text(head, "mif1");
    spx_bytes_u32(head, 0);
    spx_bytes_text(head, "mif1heicheixavif");
    end_box(head, box);
    const size_t meta = begin_box(head, "meta");
    spx_bytes_u32(head, 0);
    box = begin_box(head, "hdlr");
    spx_bytes_u32(head, 0);
    spx_bytes_u32(head, 0);
    spx_bytes_text(head, "pict");
    spx_bytes_append_zeros(head, 3 * sizeof(uint32_t) + 1); /* reserved, empty name */
    end_box(head, box);
    box = begin_box(head, "pitm");
    spx_bytes_u32(head, 0);
    spx_bytes_u16(head, 1);
    end_box(head, box);
    put_items(self, head);
    put_links(self, head);
    box = begin_box(head, "iprp");
    SPX_TRY(put_properties(self, head));
    SPX_TRY(put_associations(self, head));
    end_box(head, box);
    const size_t first_location = put_locations(self, head);
    end_box(head, meta);
    spx_bytes_u32(head, LARGE_SIZE);
    spx_bytes_text(head, "mdat");
    spx_bytes_u64(head, LARGE_HEADER_BYTES + self->excerpt->size);
    move_locations(self, head, first_location);
    return spx_bytes_check(head, "HEIF", self->diag);
}

/* Pieces get their final places. */
static void place_pieces(const excerpter *self)
{
    spx_heif_excerpt *const excerpt = self->excerpt;
    uint64_t at = excerpt->head.size;
    for (size_t i = 0; i < excerpt->piece_count; i++) {
        excerpt->pieces[i].at = at;
        at += excerpt->pieces[i].size;
    }
    excerpt->size = at;
}

/* Decoders ask for a size; where the file has none, the coded data tells it. */
static void find_size(const excerpter *self, entry *one)
{
    spx_hvcc coding;
    spx_hevc_sps sps;
    spx_grid grid;
    if (one->item->type == spx_fourcc("grid") &&
        spx_grid_read(&grid, self->heif, one->item->id, NULL) == SPX_OK) {
        one->size = (spx_ispe){ .width = grid.width, .height = grid.height };
        one->needs_size = 1;
    } else if (one->coding != NULL && spx_hvcc_read(&coding, one->coding, NULL) == SPX_OK &&
               coding.sps != NULL &&
               spx_hevc_sps_read(&sps, coding.sps, coding.sps_size, NULL) == SPX_OK) {
        one->size = (spx_ispe){ .width = sps.width, .height = sps.height };
        one->needs_size = 1;
    }
}

static void find_sizes(excerpter *self)
{
    const spx_heif *const heif = self->heif;
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const pair = &heif->associations[i];
        const uint16_t number = number_of(self, pair->item);
        if (number == 0 || pair->property >= heif->property_count)
            continue;
        const spx_heif_property *const property = &heif->properties[pair->property];
        entry *const one = &self->entries[number - 1];
        one->has_size |= property->type == spx_fourcc("ispe");
        if (property->type == spx_fourcc("hvcC") && one->coding == NULL)
            one->coding = property;
    }
    for (size_t i = 0; i < self->entry_count; i++) {
        if (!self->entries[i].has_size)
            find_size(self, &self->entries[i]);
    }
}

static spx_status allocate(excerpter *self)
{
    const spx_heif *const heif = self->heif;
    self->by_id = calloc(heif->item_count + 1, sizeof(*self->by_id));
    self->numbers = calloc(heif->item_count + 1, sizeof(*self->numbers));
    self->properties = calloc(heif->property_count + 1, sizeof(*self->properties));
    self->entries = calloc(heif->item_count + 1, sizeof(*self->entries));
    self->links = calloc(heif->reference_count + 2, sizeof(*self->links));
    self->excerpt = calloc(1, sizeof(*self->excerpt));
    if (self->by_id == NULL || self->numbers == NULL || self->properties == NULL ||
        self->entries == NULL || self->links == NULL || self->excerpt == NULL)
        return spx_fail_memory(self->diag, "HEIF");
    for (size_t i = 0; i < heif->item_count; i++)
        self->by_id[i] = (place){ .id = heif->items[i].id, .index = (uint32_t)i };
    qsort(self->by_id, heif->item_count, sizeof(*self->by_id), compare_ids);
    return SPX_OK;
}

spx_status spx_heif_excerpt_create(spx_heif_excerpt **out, const spx_heif *heif, uint32_t item,
                                   spx_diag *diag)
{
    *out = NULL;
    excerpter self = { .heif = heif, .diag = diag };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(allocate(&self));
    SPX_TRY_OUT(collect_entries(&self, item));
    SPX_TRY_OUT(collect_pieces(&self));
    find_sizes(&self);
    SPX_TRY_OUT(build_head(&self));
    place_pieces(&self);
    *out = self.excerpt;
    self.excerpt = NULL; /* moved to the caller */
out:
    free(self.by_id);
    free(self.numbers);
    free(self.properties);
    free(self.entries);
    free(self.links);
    spx_heif_excerpt_destroy(self.excerpt);
    return status;
}

void spx_heif_excerpt_destroy(spx_heif_excerpt *excerpt)
{
    if (excerpt == NULL)
        return;
    spx_bytes_clear(&excerpt->head);
    free(excerpt->pieces);
    free(excerpt);
}

uint64_t spx_heif_excerpt_size(const spx_heif_excerpt *excerpt)
{
    return excerpt->size;
}

/* The piece that holds the byte at `at`, which lies behind the head. */
static size_t find_piece(const spx_heif_excerpt *excerpt, uint64_t at)
{
    size_t low = 0;
    size_t high = excerpt->piece_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (excerpt->pieces[middle].at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t spx_heif_excerpt_copy(const spx_heif_excerpt *excerpt, uint64_t at, void *out, size_t size)
{
    uint8_t *const bytes = out;
    size_t done = 0;
    if (size == 0) /* out may be NULL then */
        return 0;
    if (at < excerpt->head.size) {
        const size_t left = excerpt->head.size - (size_t)at;
        done = size < left ? size : left;
        memcpy(bytes, excerpt->head.data + at, done);
    }
    if (done == size || at + done >= excerpt->size)
        return done;
    for (size_t i = find_piece(excerpt, at + done); i < excerpt->piece_count && done < size; i++) {
        const piece *const from = &excerpt->pieces[i];
        const size_t skipped = (size_t)(at + done - from->at);
        const size_t left = skipped < from->size ? from->size - skipped : 0;
        const size_t count = size - done < left ? size - done : left;
        if (count != 0)
            memcpy(bytes + done, from->data + skipped, count);
        done += count;
    }
    return done;
}

static uint32_t first_source(const spx_heif *heif, uint32_t item)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        if (heif->references[i].from == item && heif->references[i].type == spx_fourcc("dimg"))
            return heif->references[i].to;
    }
    return 0;
}

uint32_t spx_heif_photo_item(const spx_heif *heif)
{
    const spx_heif_item *primary = spx_heif_find_item(heif, heif->primary);
    if (primary != NULL && primary->type == spx_fourcc("tmap"))
        primary = spx_heif_find_item(heif, first_source(heif, primary->id));
    if (primary != NULL && spx_heif_is_picture(primary->type))
        return primary->id;
    for (size_t i = 0; i < heif->item_count; i++) {
        const spx_heif_item *const item = &heif->items[i];
        if (!item->hidden && spx_heif_is_picture(item->type) &&
            spx_heif_count_references_from(heif, spx_fourcc("auxl"), item->id) == 0 &&
            spx_heif_count_references_from(heif, spx_fourcc("thmb"), item->id) == 0)
            return item->id;
    }
    return 0;
}

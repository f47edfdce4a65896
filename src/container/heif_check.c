/*
 * Each check walks one kind of record of a file that spx_heif_read() has taken, and notes a fault
 * with its clause once. Ids are looked up in sorted tables, so that a file of many items takes no
 * longer than its size warrants.
 */
#include "container/heif_check.h"

#include "container/heif_excerpt.h"
#include "container/heif_properties.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_GRIDS = 64,   /* that are looked into: each costs a walk over the references */
    MIAF_TILE_PX = 64, /* least side of a tile */
    MIAF_CLAP = 1,     /* the order of what turns and cuts */
    MIAF_IROT = 2,
    MIAF_IMIR = 3,
    PAIR = 2,
};

/* What the file gives an item, gathered in one walk over each list. */
typedef struct record {
    const spx_heif_item *item;
    const spx_heif_property *size;   /* first 'ispe' */
    const spx_heif_property *coding; /* first 'hvcC' or 'av1C' */
    int has_pixi;
    int has_auxc;
    int coding_is_essential;
    int associated; /* has an entry in 'ipma' */
    int closed;     /* and another item's entry came behind it */
    int turned;     /* the last of what turns and cuts: MIAF_… */
    int has_data;
    int data_closed;
    uint32_t sources; /* references 'dimg' from it */
    uint32_t first_source;
    int is_auxiliary; /* a reference 'auxl' from it */
} record;

typedef struct checker {
    const spx_heif *heif;
    spx_heif_findings *out;
    record *records; /* [item_count], rising ids */
    int is_miaf;
} checker;

static void find_fault(checker *self, const char *clause, const char *format, ...) SPX_PRINTF(3, 4);

static void find_fault(checker *self, const char *clause, const char *format, ...)
{
    if (self->out->total++ >= SPX_HEIF_FINDINGS)
        return;
    spx_heif_finding *const finding = &self->out->list[self->out->count++];
    va_list args;
    finding->clause = clause;
    va_start(args, format);
    (void)vsnprintf(finding->text, sizeof(finding->text), format, args);
    va_end(args);
}

static int compare_records(const void *a, const void *b)
{
    const spx_heif_item *const first = ((const record *)a)->item;
    const spx_heif_item *const second = ((const record *)b)->item;
    if (first->id != second->id)
        return first->id < second->id ? -1 : 1;
    return first < second ? -1 : first > second;
}

/* NULL = no such item. */
static record *find_record(const checker *self, uint32_t id)
{
    size_t low = 0;
    size_t high = self->heif->item_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (self->records[middle].item->id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < self->heif->item_count && self->records[low].item->id == id ? &self->records[low]
                                                                             : NULL;
}

static int has_group(const spx_heif *heif, uint32_t id)
{
    for (size_t i = 0; i < heif->group_count; i++) {
        if (heif->groups[i].id == id)
            return 1;
    }
    return 0;
}

static int has_brand(const spx_heif *heif, const char *brand)
{
    if (heif->major_brand == spx_fourcc(brand))
        return 1;
    for (size_t i = 0; i < heif->brand_count; i++) {
        if (memcmp(heif->brands + 4 * i, brand, 4) == 0)
            return 1;
    }
    return 0;
}

static void check_file(checker *self)
{
    const spx_heif *const heif = self->heif;
    const spx_heif_oddities *const odd = &heif->oddities;
    char type[5];
    spx_fourcc_text(odd->handler, type);
    self->is_miaf = has_brand(heif, "miaf");
    if (!has_brand(heif, "mif1") && !has_brand(heif, "msf1") && !has_brand(heif, "mif2"))
        find_fault(self, "HEIF 10.2.1", "no brand 'mif1' among the compatible ones");
    if (odd->metas > 1)
        find_fault(self, "ISOBMFF 8.11.1", "%d boxes 'meta' in the file", odd->metas);
    if (odd->handler == 0) {
        find_fault(self, "ISOBMFF 8.4.3", "the box 'meta' has no 'hdlr'");
    } else if (odd->handler != spx_fourcc("pict")) {
        find_fault(self, "HEIF 6.2", "the handler is '%s', not 'pict'", type);
    }
    if (odd->said_items != odd->read_items) {
        find_fault(self, "ISOBMFF 8.11.6", "'iinf' announces %u items and has %u",
                   (unsigned)odd->said_items, (unsigned)odd->read_items);
    }
    if (odd->damaged_groups)
        find_fault(self, "ISOBMFF 8.18.2", "the box 'grpl' cannot be read to its end");
}

static void check_primary(checker *self)
{
    const spx_heif *const heif = self->heif;
    const record *const primary = find_record(self, heif->primary);
    if (heif->primary == 0) {
        find_fault(self, "HEIF 10.2.1", "no primary item ('pitm')");
    } else if (primary == NULL) {
        find_fault(self, "ISOBMFF 8.11.4", "the primary item %u does not exist",
                   (unsigned)heif->primary);
    } else if (primary->item->hidden) {
        find_fault(self, "HEIF 6.4.2", "the primary item %u is hidden", (unsigned)heif->primary);
    }
}

static void check_ids(checker *self)
{
    for (size_t i = 1; i < self->heif->item_count; i++) {
        if (self->records[i].item->id == self->records[i - 1].item->id) {
            find_fault(self, "ISOBMFF 8.11.6", "two items have the id %u",
                       (unsigned)self->records[i].item->id);
        }
    }
}

static int is_known_property(uint32_t type)
{
    static const char *const names[] = { "ispe", "pasp", "colr", "pixi", "rloc", "auxC", "clap",
                                         "irot", "lsel", "imir", "oinf", "tols", "hvcC", "lhvC",
                                         "av1C", "a1op", "a1lx", "avcC", "jpgC", "clli", "mdcv",
                                         "cclv", "amve", "udes", "altt", "iscl", "rref", "crtt",
                                         "mdft", "prfr", "cmin", "cmex", "uuid", "free", "skip" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (type == spx_fourcc(names[i]))
            return 1;
    }
    return 0;
}

static int turn_of(uint32_t type)
{
    if (type == spx_fourcc("clap"))
        return MIAF_CLAP;
    if (type == spx_fourcc("irot"))
        return MIAF_IROT;
    return type == spx_fourcc("imir") ? MIAF_IMIR : 0;
}

static void check_turn(checker *self, record *one, int turn, int essential, const char *type)
{
    const unsigned id = one->item->id;
    if (!essential) {
        find_fault(self, self->is_miaf ? "MIAF 7.3.6.7" : "HEIF 6.5.1",
                   "item %u: the transformative property '%s' is not essential", id, type);
    }
    if (self->is_miaf && turn <= one->turned)
        find_fault(self, "MIAF 7.3.6.7", "item %u: '%s' stands in the wrong order", id, type);
    if (one->size == NULL && one->turned == 0)
        find_fault(self, "HEIF 6.5.3.1", "item %u: '%s' stands before 'ispe'", id, type);
    one->turned = turn;
}

static void note_property(checker *self, record *one, const spx_heif_association *link)
{
    const spx_heif_property *const property = &self->heif->properties[link->property];
    char type[5];
    spx_fourcc_text(property->type, type);
    const int turn = turn_of(property->type);
    if (turn != 0)
        check_turn(self, one, turn, link->essential, type);
    if (link->essential && !is_known_property(property->type)) {
        find_fault(self, "ISOBMFF 8.11.14",
                   "item %u: the unknown property '%s' is essential: readers must leave the item",
                   (unsigned)one->item->id, type);
    }
    if (property->type == spx_fourcc("ispe") && one->size == NULL) {
        one->size = property;
    } else if (property->type == spx_fourcc("hvcC") || property->type == spx_fourcc("av1C")) {
        one->coding = property;
        one->coding_is_essential = link->essential;
    }
    one->has_pixi |= property->type == spx_fourcc("pixi");
    one->has_auxc |= property->type == spx_fourcc("auxC");
}

static void check_associations(checker *self)
{
    const spx_heif *const heif = self->heif;
    record *last = NULL;
    if (heif->oddities.unordered_item != 0) {
        find_fault(self, "ISOBMFF 8.11.14", "'ipma': the entry of item %u is out of order",
                   (unsigned)heif->oddities.unordered_item);
    }
    for (size_t i = 0; i < heif->association_count; i++) {
        const spx_heif_association *const link = &heif->associations[i];
        record *const one = find_record(self, link->item);
        if (one == NULL) {
            const int new_item = i == 0 || heif->associations[i - 1].item != link->item;
            if (new_item && !has_group(heif, link->item)) {
                find_fault(self, "ISOBMFF 8.11.14",
                           "'ipma' names the item %u, which does not exist", (unsigned)link->item);
            }
            continue;
        }
        if (last != NULL && last != one)
            last->closed = 1;
        if (one != last && one->closed) {
            find_fault(self, "ISOBMFF 8.11.14", "'ipma' has two entries for item %u",
                       (unsigned)link->item);
        }
        one->associated = 1;
        last = one;
        if (link->property >= heif->property_count) {
            find_fault(self, "ISOBMFF 8.11.14", "item %u: there is no property %u, only %zu",
                       (unsigned)link->item, (unsigned)link->property + 1, heif->property_count);
        } else {
            note_property(self, one, link);
        }
    }
}

/* A stretch of the file that an item claims. */
typedef struct stretch {
    uint64_t begin;
    uint64_t end;
    uint32_t item;
    unsigned method;
} stretch;

static int compare_stretches(const void *a, const void *b)
{
    const stretch *const first = a;
    const stretch *const second = b;
    if (first->method != second->method)
        return first->method < second->method ? -1 : 1;
    if (first->begin != second->begin)
        return first->begin < second->begin ? -1 : 1;
    return first->end < second->end ? -1 : first->end > second->end;
}

/* Items may share the same bytes; half of them is a mistake. */
static void check_overlaps(checker *self, stretch *list, size_t count)
{
    qsort(list, count, sizeof(*list), compare_stretches);
    for (size_t i = 1; i < count; i++) {
        const stretch *const before = &list[i - 1];
        const stretch *const now = &list[i];
        const int same = now->begin == before->begin && now->end == before->end;
        if (now->method == before->method && now->begin < before->end && !same) {
            find_fault(self, "ISOBMFF 8.11.3", "the data of items %u and %u overlap",
                       (unsigned)before->item, (unsigned)now->item);
        }
    }
}

static spx_status check_locations(checker *self, spx_diag *diag)
{
    const spx_heif *const heif = self->heif;
    stretch *const list = calloc(heif->location_count + 1, sizeof(*list));
    size_t count = 0;
    record *last = NULL;
    if (list == NULL)
        return spx_fail_memory(diag, "HEIF");
    for (size_t i = 0; i < heif->location_count; i++) {
        const spx_heif_location *const where = &heif->locations[i];
        record *const one = find_record(self, where->item);
        const uint8_t *data = NULL;
        size_t size = 0;
        if (one == NULL) {
            find_fault(self, "ISOBMFF 8.11.3", "'iloc' names the item %u, which does not exist",
                       (unsigned)where->item);
            continue;
        }
        if (last != NULL && last != one)
            last->data_closed = 1;
        if (one != last && one->data_closed) {
            find_fault(self, "ISOBMFF 8.11.3", "'iloc' has two entries for item %u",
                       (unsigned)where->item);
        }
        last = one;
        one->has_data = 1;
        if (where->size == UINT64_MAX) /* implied: whatever is there */
            continue;
        if (spx_heif_extent(heif, where, &data, &size, NULL) == SPX_OK && size != 0) {
            list[count++] = (stretch){ .begin = where->offset,
                                       .end = where->offset + size,
                                       .item = where->item,
                                       .method = where->method };
        } else if (size == 0 && where->method <= 1) {
            find_fault(self, "ISOBMFF 8.11.3", "the data of item %u lie outside of the file",
                       (unsigned)where->item);
        }
    }
    check_overlaps(self, list, count);
    free(list);
    return SPX_OK;
}

static void check_references(checker *self)
{
    const spx_heif *const heif = self->heif;
    for (size_t i = 0; i < heif->reference_count; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        record *const from = find_record(self, link->from);
        char type[5];
        spx_fourcc_text(link->type, type);
        if (from == NULL || find_record(self, link->to) == NULL) {
            const uint32_t missing = from == NULL ? link->from : link->to;
            if (from == NULL || !has_group(heif, link->to)) {
                find_fault(self, "ISOBMFF 8.11.12",
                           "a reference '%s' names item %u, which does not exist", type,
                           (unsigned)missing);
            }
        } else if (link->from == link->to) {
            find_fault(self, "ISOBMFF 8.11.12", "item %u refers to itself ('%s')",
                       (unsigned)link->from, type);
        }
        if (from == NULL)
            continue;
        if (link->type == spx_fourcc("dimg") && from->sources++ == 0)
            from->first_source = link->to;
        from->is_auxiliary |= link->type == spx_fourcc("auxl");
    }
}

static int read_size(spx_ispe *out, const record *one)
{
    return one != NULL && one->size != NULL && spx_ispe_read(out, one->size, NULL) == SPX_OK;
}

static void check_tiles(checker *self, const record *one, const spx_grid *grid)
{
    const unsigned id = one->item->id;
    const spx_heif *const heif = self->heif;
    spx_ispe first;
    spx_ispe other;
    if (!read_size(&first, find_record(self, one->first_source)))
        return;
    if ((uint64_t)first.width * grid->columns < grid->width ||
        (uint64_t)first.height * grid->rows < grid->height) {
        find_fault(self, "HEIF 6.6.2.3.1", "grid %u: its tiles do not cover its %u x %u pixels", id,
                   (unsigned)grid->width, (unsigned)grid->height);
    }
    if (self->is_miaf && (first.width < MIAF_TILE_PX || first.height < MIAF_TILE_PX)) {
        find_fault(self, "MIAF 7.3.11.4.2", "grid %u: tiles of %u x %u, least is 64 x 64", id,
                   (unsigned)first.width, (unsigned)first.height);
    }
    if (self->is_miaf && (grid->width % 2 != 0 || grid->height % 2 != 0)) {
        find_fault(self, "MIAF 7.3.11.4.2", "grid %u: %u x %u, sizes must be even in 4:2:0", id,
                   (unsigned)grid->width, (unsigned)grid->height);
    }
    for (size_t i = 0; i < heif->reference_count; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->from != id || link->type != spx_fourcc("dimg") ||
            !read_size(&other, find_record(self, link->to)) ||
            (other.width == first.width && other.height == first.height))
            continue;
        find_fault(self, "HEIF 6.6.2.3.1", "grid %u: its tiles have different sizes", id);
        return;
    }
}

static void check_grid(checker *self, const record *one)
{
    const unsigned id = one->item->id;
    spx_grid grid;
    spx_ispe size;
    if (spx_grid_read(&grid, self->heif, id, NULL) != SPX_OK) {
        find_fault(self, "HEIF 6.6.2.3.2", "grid %u: its data cannot be read", id);
        return;
    }
    if ((uint64_t)grid.rows * grid.columns != one->sources) {
        find_fault(self, "HEIF 6.6.2.3.1", "grid %u: %u x %u tiles, but %u references 'dimg'", id,
                   (unsigned)grid.columns, (unsigned)grid.rows, (unsigned)one->sources);
    }
    if (read_size(&size, one) && (size.width != grid.width || size.height != grid.height)) {
        find_fault(self, "HEIF 6.5.3.1", "grid %u: 'ispe' says %u x %u, its data %u x %u", id,
                   (unsigned)size.width, (unsigned)size.height, (unsigned)grid.width,
                   (unsigned)grid.height);
    }
    check_tiles(self, one, &grid);
}

static void check_coding(checker *self, const record *one)
{
    const unsigned id = one->item->id;
    const int is_hevc = one->item->type == spx_fourcc("hvc1");
    const int is_av1 = one->item->type == spx_fourcc("av01");
    spx_hvcc coding;
    if (!is_hevc && !is_av1)
        return;
    if (one->coding == NULL || one->coding->type != spx_fourcc(is_hevc ? "hvcC" : "av1C")) {
        find_fault(self, is_hevc ? "HEIF B.2.3.1" : "AVIF 2.1",
                   "item %u has no decoder configuration ('%s')", id, is_hevc ? "hvcC" : "av1C");
    } else if (!one->coding_is_essential) {
        find_fault(self, is_hevc ? "HEIF B.2.3.1" : "AVIF 2.2.1",
                   "item %u: the decoder configuration is not essential", id);
    }
    if (is_hevc && one->coding != NULL && spx_hvcc_read(&coding, one->coding, NULL) != SPX_OK)
        find_fault(self, "HEIF B.2.3.1", "item %u: 'hvcC' cannot be read", id);
    if (!one->has_data)
        find_fault(self, "ISOBMFF 8.11.3", "item %u has no data", id);
}

static void check_items(checker *self)
{
    unsigned grids = 0;
    for (size_t i = 0; i < self->heif->item_count; i++) {
        const record *const one = &self->records[i];
        const unsigned id = one->item->id;
        if (!spx_heif_is_picture(one->item->type))
            continue;
        if (one->size == NULL)
            find_fault(self, "HEIF 6.5.3.1", "item %u has no image size ('ispe')", id);
        check_coding(self, one);
        if (self->is_miaf && !one->has_pixi && !one->item->hidden)
            find_fault(self, "MIAF 7.3.6.6", "item %u has no 'pixi'", id);
        if (one->is_auxiliary && !one->has_auxc)
            find_fault(self, "HEIF 6.5.8.1", "the auxiliary picture %u has no 'auxC'", id);
        if (one->item->type == spx_fourcc("iden") && one->sources != 1) {
            find_fault(self, "HEIF 6.6.2.1", "'iden' %u is derived from %u pictures, not one", id,
                       (unsigned)one->sources);
        }
        if (one->item->type == spx_fourcc("grid") && grids++ < MOST_GRIDS)
            check_grid(self, one);
    }
}

static void check_groups(checker *self)
{
    const spx_heif *const heif = self->heif;
    for (size_t i = 0; i < heif->group_count; i++) {
        const spx_heif_group *const group = &heif->groups[i];
        const unsigned id = group->id;
        if (find_record(self, group->id) != NULL)
            find_fault(self, "ISOBMFF 8.18.3", "group %u has the id of an item", id);
        if (group->type == spx_fourcc("ster") && group->member_count != PAIR) {
            find_fault(self, "HEIF 6.8.5", "the stereo pair group %u has %u members, not 2", id,
                       (unsigned)group->member_count);
        }
        for (uint32_t k = 0; k < group->member_count; k++) {
            const uint32_t member = heif->group_members[group->first_member + k];
            if (find_record(self, member) == NULL && !has_group(heif, member)) {
                find_fault(self, "ISOBMFF 8.18.3", "group %u names %u, which does not exist", id,
                           (unsigned)member);
            }
        }
    }
}

spx_status spx_heif_check(spx_heif_findings *out, const spx_heif *heif, spx_diag *diag)
{
    *out = (spx_heif_findings){ 0 };
    checker self = { .heif = heif, .out = out };
    self.records = calloc(heif->item_count + 1, sizeof(*self.records));
    if (self.records == NULL)
        return spx_fail_memory(diag, "HEIF");
    for (size_t i = 0; i < heif->item_count; i++)
        self.records[i].item = &heif->items[i];
    qsort(self.records, heif->item_count, sizeof(*self.records), compare_records);
    check_file(&self);
    check_primary(&self);
    check_ids(&self);
    check_associations(&self);
    const spx_status status = check_locations(&self, diag);
    check_references(&self);
    check_items(&self);
    check_groups(&self);
    free(self.records);
    return status;
}

/*
 * The boxes of items, properties and references grow in buffers of their own while they are added.
 * finish() puts them together, and only then is it known how long 'meta' is: the places of the
 * data, which follow it, are moved by that much.
 */
#include "container/heif_writer.h"

#include "container/box_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    HIDDEN = 1,
    IN_FILE = 0, /* construction methods of 'iloc' */
    IN_IDAT = 1,
    FIRST_EXTENTS = 64,
    MOST_PROPERTIES = 127, /* 7-bit indices in 'ipma' */
    SIZES_4_4 = 0x44,      /* 'iloc': 32-bit offsets and lengths */
    HANDLER_RESERVED = 12,
    SELF_CONTAINED = 1, /* 'url ' flag: media data is in this file */
    BOX_HEADER = 8,
};

void spx_heif_writer_clear(spx_heif_writer *writer)
{
    spx_bytes_clear(&writer->item_infos);
    spx_bytes_clear(&writer->properties);
    spx_bytes_clear(&writer->associations);
    spx_bytes_clear(&writer->references);
    spx_bytes_clear(&writer->groups);
    spx_bytes_clear(&writer->inline_data);
    free(writer->extents);
    *writer = (spx_heif_writer){ 0 };
}

uint32_t spx_heif_writer_take_id(spx_heif_writer *writer)
{
    return ++writer->last_id;
}

static struct spx_heif_extent *add_extent(spx_heif_writer *writer)
{
    if (writer->item_count == writer->extent_capacity) {
        const size_t capacity =
            writer->extent_capacity == 0 ? FIRST_EXTENTS : 2 * writer->extent_capacity;
        struct spx_heif_extent *const extents =
            realloc(writer->extents, capacity * sizeof(*extents));
        if (extents == NULL) {
            writer->item_infos.failed = 1;
            return NULL;
        }
        writer->extents = extents;
        writer->extent_capacity = capacity;
    }
    return &writer->extents[writer->item_count++];
}

static uint32_t add_item(spx_heif_writer *writer, const spx_heif_item_kind *kind,
                         const struct spx_heif_extent *where)
{
    const uint32_t id = spx_heif_writer_take_id(writer);
    struct spx_heif_extent *const extent = add_extent(writer);
    if (extent == NULL)
        return id;
    *extent = *where;
    extent->item = id;

    spx_bytes *const infos = &writer->item_infos;
    const size_t infe = spx_full_box_begin(infos, "infe", 2, kind->hidden ? HIDDEN : 0);
    spx_bytes_u16(infos, id);
    spx_bytes_u16(infos, 0); /* not protected */
    spx_bytes_text(infos, kind->type);
    spx_bytes_u8(infos, 0); /* no name */
    if (kind->content_type != NULL) {
        spx_bytes_text(infos, kind->content_type);
        spx_bytes_u8(infos, 0);
    }
    spx_box_end(infos, infe);
    return id;
}

uint32_t spx_heif_writer_add_item(spx_heif_writer *writer, const spx_heif_item_kind *kind,
                                  const void *data, size_t size)
{
    return add_item(writer, kind, &(struct spx_heif_extent){ .data = data, .size = size });
}

uint32_t spx_heif_writer_add_inline_item(spx_heif_writer *writer, const spx_heif_item_kind *kind,
                                         const void *data, size_t size)
{
    const struct spx_heif_extent where = { .offset = writer->inline_data.size, .size = size };
    spx_bytes_append(&writer->inline_data, data, size);
    return add_item(writer, kind, &where);
}

size_t spx_heif_writer_begin_property(spx_heif_writer *writer, const char *type,
                                      const uint8_t *user_type)
{
    enum { USER_TYPE_BYTES = 16 };
    const size_t begun = spx_box_begin(&writer->properties, type);
    if (user_type != NULL)
        spx_bytes_append(&writer->properties, user_type, USER_TYPE_BYTES);
    return begun;
}

uint8_t spx_heif_writer_end_property(spx_heif_writer *writer, size_t begun)
{
    spx_box_end(&writer->properties, begun);
    assert(writer->property_count < MOST_PROPERTIES);
    return (uint8_t)++writer->property_count;
}

void spx_heif_writer_associate(spx_heif_writer *writer, uint32_t item, const uint8_t *indices,
                               size_t count)
{
    assert(count <= UINT8_MAX);
    writer->association_count++;
    spx_bytes_u16(&writer->associations, item);
    spx_bytes_u8(&writer->associations, (unsigned)count);
    spx_bytes_append(&writer->associations, indices, count);
}

void spx_heif_writer_refer(spx_heif_writer *writer, const char *type, uint32_t from, uint32_t first,
                           uint32_t count)
{
    spx_bytes *const references = &writer->references;
    const size_t reference = spx_box_begin(references, type);
    spx_bytes_u16(references, from);
    spx_bytes_u16(references, count);
    for (uint32_t i = 0; i < count; i++)
        spx_bytes_u16(references, first + i);
    spx_box_end(references, reference);
}

void spx_heif_writer_group(spx_heif_writer *writer, const char *type, uint32_t group,
                           const uint32_t *items, uint32_t count)
{
    const size_t begun = spx_full_box_begin(&writer->groups, type, 0, 0);
    spx_bytes_u32(&writer->groups, group);
    spx_bytes_u32(&writer->groups, count);
    for (uint32_t i = 0; i < count; i++)
        spx_bytes_u32(&writer->groups, items[i]);
    spx_box_end(&writer->groups, begun);
}

static void write_ftyp(spx_bytes *out)
{
    const size_t ftyp = spx_box_begin(out, "ftyp");
    spx_bytes_text(out, "heic");
    spx_bytes_u32(out, 0);
    spx_bytes_text(out, "heicmif1unif"); /* unif: items and groups share one space of ids */
    spx_box_end(out, ftyp);
}

static void write_handler_and_data_reference(spx_bytes *out)
{
    const size_t hdlr = spx_full_box_begin(out, "hdlr", 0, 0);
    spx_bytes_u32(out, 0);
    spx_bytes_text(out, "pict");
    spx_bytes_append_zeros(out, HANDLER_RESERVED);
    spx_bytes_u8(out, 0); /* no name */
    spx_box_end(out, hdlr);

    const size_t dinf = spx_box_begin(out, "dinf");
    const size_t dref = spx_full_box_begin(out, "dref", 0, 0);
    spx_bytes_u32(out, 1);
    const size_t url = spx_full_box_begin(out, "url ", 0, SELF_CONTAINED);
    spx_box_end(out, url);
    spx_box_end(out, dref);
    spx_box_end(out, dinf);
}

static void write_properties(spx_bytes *out, const spx_heif_writer *writer)
{
    const size_t iprp = spx_box_begin(out, "iprp");
    const size_t ipco = spx_box_begin(out, "ipco");
    spx_bytes_append(out, writer->properties.data, writer->properties.size);
    spx_box_end(out, ipco);
    const size_t ipma = spx_full_box_begin(out, "ipma", 0, 0);
    spx_bytes_u32(out, writer->association_count);
    spx_bytes_append(out, writer->associations.data, writer->associations.size);
    spx_box_end(out, ipma);
    spx_box_end(out, iprp);
}

/* A box around bytes that are there already; none when there are none. */
static void write_wrapped(spx_bytes *out, const char *type, int full, const spx_bytes *content)
{
    if (content->size == 0)
        return;
    const size_t box = full ? spx_full_box_begin(out, type, 0, 0) : spx_box_begin(out, type);
    spx_bytes_append(out, content->data, content->size);
    spx_box_end(out, box);
}

/* Offsets into the file are counted from the media data's first byte; spx_heif_writer_finish()
 * moves them. Returns where the entries begin. */
static size_t write_locations(spx_bytes *out, const spx_heif_writer *writer)
{
    const size_t iloc = spx_full_box_begin(out, "iloc", 1, 0);
    spx_bytes_u8(out, SIZES_4_4);
    spx_bytes_u8(out, 0); /* no base offset, no extent index */
    spx_bytes_u16(out, writer->item_count);
    const size_t entries = out->size;
    size_t file_offset = 0;
    for (uint32_t i = 0; i < writer->item_count; i++) {
        const struct spx_heif_extent *const extent = &writer->extents[i];
        const int in_file = extent->data != NULL;
        spx_bytes_u16(out, extent->item);
        spx_bytes_u16(out, in_file ? IN_FILE : IN_IDAT);
        spx_bytes_u16(out, 0); /* this file */
        spx_bytes_u16(out, 1); /* one extent */
        spx_bytes_u32(out, (uint32_t)(in_file ? file_offset : extent->offset));
        spx_bytes_u32(out, (uint32_t)extent->size);
        file_offset += in_file ? extent->size : 0;
    }
    spx_box_end(out, iloc);
    return entries;
}

/* Makes file offsets absolute. */
static void move_locations(spx_bytes *out, const spx_heif_writer *writer, size_t entries,
                           size_t media_at)
{
    enum { ENTRY_BYTES = 16, OFFSET_AT = 8 };
    size_t offset = media_at;
    for (uint32_t i = 0; i < writer->item_count; i++) {
        if (writer->extents[i].data == NULL)
            continue;
        spx_bytes_patch_u32(out, entries + (size_t)i * ENTRY_BYTES + OFFSET_AT, (uint32_t)offset);
        offset += writer->extents[i].size;
    }
}

static spx_status check(const spx_heif_writer *writer, uint64_t *media_size, spx_diag *diag)
{
    const spx_bytes *const parts[] = { &writer->item_infos,   &writer->properties,
                                       &writer->associations, &writer->references,
                                       &writer->groups,       &writer->inline_data };
    *media_size = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        SPX_TRY(spx_bytes_check(parts[i], "HEIF boxes", diag));
        *media_size += parts[i]->size; /* no box is larger, with its headers below */
    }
    if (writer->last_id > UINT16_MAX) {
        return spx_fail(diag, SPX_ERR_LIMIT, "HEIF: %u items are over the limit of %d",
                        (unsigned)writer->last_id, UINT16_MAX);
    }
    static const uint64_t room_for_boxes = 2u << 20; /* iloc: 16 bytes for each of 65,535 items */
    uint64_t total = *media_size + room_for_boxes;
    *media_size = 0;
    for (uint32_t i = 0; i < writer->item_count; i++) {
        const struct spx_heif_extent *const extent = &writer->extents[i];
        *media_size += extent->data == NULL ? 0 : extent->size;
        total += extent->size;
        if (extent->size > UINT32_MAX || total > UINT32_MAX) {
            return spx_fail(diag, SPX_ERR_LIMIT,
                            "HEIF: the file would be over 4 GB, which 32-bit offsets cannot reach");
        }
    }
    return SPX_OK;
}

spx_status spx_heif_writer_finish(spx_heif_writer *writer, spx_bytes *out, spx_diag *diag)
{
    uint64_t media_size = 0;
    SPX_TRY(check(writer, &media_size, diag));

    write_ftyp(out);
    const size_t meta = spx_full_box_begin(out, "meta", 0, 0);
    write_handler_and_data_reference(out);
    const size_t pitm = spx_full_box_begin(out, "pitm", 0, 0);
    spx_bytes_u16(out, writer->primary);
    spx_box_end(out, pitm);
    const size_t iinf = spx_full_box_begin(out, "iinf", 0, 0);
    spx_bytes_u16(out, writer->item_count);
    spx_bytes_append(out, writer->item_infos.data, writer->item_infos.size);
    spx_box_end(out, iinf);
    write_wrapped(out, "iref", 1, &writer->references);
    write_properties(out, writer);
    write_wrapped(out, "grpl", 0, &writer->groups);
    write_wrapped(out, "idat", 0, &writer->inline_data);
    const size_t entries = write_locations(out, writer);
    spx_box_end(out, meta);

    move_locations(out, writer, entries, out->size + BOX_HEADER);
    spx_bytes_u32(out, (uint32_t)(media_size + BOX_HEADER));
    spx_bytes_text(out, "mdat");
    for (uint32_t i = 0; i < writer->item_count; i++) {
        if (writer->extents[i].data != NULL)
            spx_bytes_append(out, writer->extents[i].data, writer->extents[i].size);
    }
    const spx_status status = spx_bytes_check(out, "HEIF file", diag);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}

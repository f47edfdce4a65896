#ifndef SPX_CONTAINER_HEIF_WRITER_H
#define SPX_CONTAINER_HEIF_WRITER_H

#include "base/bytes.h"

/**
 * Collects the items of an image file (ISO/IEC 23008-12) and lays them out: ftyp, meta, mdat.
 *
 * Zero-initialise; add items, each followed by its data; then properties, associations, references
 * and groups in any order; finish; clear. Ids come from one counter that starts at 1. Running out
 * of memory or ids is remembered and told by spx_heif_writer_finish().
 */
typedef struct spx_heif_writer {
    uint32_t last_id;
    uint32_t primary;
    uint32_t item_count;
    uint32_t property_count;
    uint32_t association_count;
    spx_bytes item_infos;
    spx_bytes properties;
    spx_bytes associations;
    spx_bytes references;
    spx_bytes groups;
    spx_bytes inline_data; /* 'idat' */
    struct spx_heif_extent {
        uint32_t item;
        const uint8_t *data; /* borrowed until finish; NULL = in inline_data */
        size_t offset;       /* within inline_data */
        size_t size;
    } * extents; /* [item_count] */
    size_t extent_capacity;
} spx_heif_writer;

/** The item's box type and flags. */
typedef struct spx_heif_item_kind {
    const char *type;         /* four characters */
    const char *content_type; /* for 'mime' */
    int hidden;
} spx_heif_item_kind;

void spx_heif_writer_clear(spx_heif_writer *writer);

/** A new item with `size` bytes at `data` in the media data; borrowed until finish. Returns its id.
 */
uint32_t spx_heif_writer_add_item(spx_heif_writer *writer, const spx_heif_item_kind *kind,
                                  const void *data, size_t size);
/** A new item whose few bytes are copied into the item data box. Returns its id. */
uint32_t spx_heif_writer_add_inline_item(spx_heif_writer *writer, const spx_heif_item_kind *kind,
                                         const void *data, size_t size);
/** An id that no item and no other group has. */
uint32_t spx_heif_writer_take_id(spx_heif_writer *writer);

/** Between begin and end the property's payload is appended to writer->properties. End returns the
 * property's index. user_type: 16 bytes for 'uuid', else NULL. */
size_t spx_heif_writer_begin_property(spx_heif_writer *writer, const char *type,
                                      const uint8_t *user_type);
uint8_t spx_heif_writer_end_property(spx_heif_writer *writer, size_t begun);

enum { SPX_HEIF_ESSENTIAL = 0x80 };

/** Items are given their properties in ascending order of ids, each once. indices: property index,
 * with SPX_HEIF_ESSENTIAL where a reader must understand it. */
void spx_heif_writer_associate(spx_heif_writer *writer, uint32_t item, const uint8_t *indices,
                               size_t count);
/** item `from` refers to the items first .. first + count - 1. */
void spx_heif_writer_refer(spx_heif_writer *writer, const char *type, uint32_t from, uint32_t first,
                           uint32_t count);
void spx_heif_writer_group(spx_heif_writer *writer, const char *type, uint32_t group,
                           const uint32_t *items, uint32_t count);

/** Appends the file to *out, which must be empty; on failure it is cleared. SPX_ERR_LIMIT: more
 * items than 16-bit ids allow, or 4 GB and over. */
SPX_NODISCARD spx_status spx_heif_writer_finish(spx_heif_writer *writer, spx_bytes *out,
                                                spx_diag *diag);

#endif

#ifndef SPX_CONTAINER_HEIF_READER_H
#define SPX_CONTAINER_HEIF_READER_H

#include "base/bytes.h"

/** Four characters as one number, as box types are compared: spx_fourcc("ispe"). */
uint32_t spx_fourcc(const char *text);
/** The other way, with '?' for what cannot be printed; text: 5 bytes. */
void spx_fourcc_text(uint32_t fourcc, char *text);

/** What a hostile file may make the reader keep. Boxes are not followed deeper than the fixed nest
 * meta > iprp > ipco, so that depth needs no limit. */
typedef struct spx_heif_limits {
    uint32_t boxes;
    uint32_t items;
    uint32_t properties;
    uint32_t associations; /* item-property pairs */
    uint32_t references;   /* from-to pairs */
    uint32_t extents;
    uint32_t groups;
    uint32_t group_members; /* of all groups */
} spx_heif_limits;

void spx_heif_limits_init(spx_heif_limits *limits);

typedef struct spx_heif_item {
    uint32_t id;
    uint32_t type; /* fourcc: 'hvc1', 'grid', 'Exif', 'mime', ... */
    int hidden;
    int protected_data;       /* encrypted or the like */
    const char *content_type; /* of a 'mime' item, zero-terminated; else "" */
} spx_heif_item;

typedef struct spx_heif_property {
    uint32_t type;
    const uint8_t *user_type; /* 16 bytes of a 'uuid' box, else NULL */
    const uint8_t *payload;   /* behind the box header (and the user type) */
    size_t size;
} spx_heif_property;

typedef struct spx_heif_association {
    uint32_t item;     /* or group id */
    uint32_t property; /* index into properties */
    int essential;
} spx_heif_association;

typedef struct spx_heif_reference {
    uint32_t type;
    uint32_t from;
    uint32_t to;
} spx_heif_reference;

typedef struct spx_heif_group {
    uint32_t type;
    const uint8_t *user_type; /* 16 bytes of a 'uuid' box, else NULL */
    uint32_t id;
    uint32_t first_member; /* index into group_members */
    uint32_t member_count;
} spx_heif_group;

typedef struct spx_heif_location {
    uint32_t item;
    unsigned method; /* construction: 0 file, 1 item data box, 2 another item */
    uint64_t offset;
    uint64_t size;
} spx_heif_location;

/** What the lists of spx_heif do not show, for container/heif_check.h. Zero = in order. */
typedef struct spx_heif_oddities {
    uint32_t handler;        /* of 'hdlr' in 'meta'; 0 = there is none */
    uint32_t said_items;     /* entries that 'iinf' announces */
    uint32_t read_items;     /* and those that are there */
    uint32_t unordered_item; /* 'ipma': an entry whose id is not above the one before */
    int damaged_groups;      /* 'grpl' cannot be read to its end */
    int metas;               /* boxes 'meta' at the top; the first one counts */
} spx_heif_oddities;

/**
 * The items of a HEIF file (HEIC, AVIF) as its boxes tell them: nothing is decoded, lists keep the
 * file's order, pointers point into the file's bytes. Broken references are kept, for callers to
 * judge.
 */
typedef struct spx_heif {
    const uint8_t *bytes; /* borrowed until spx_heif_destroy() */
    size_t size;
    uint32_t major_brand;
    uint32_t primary; /* item id; 0 = none */
    spx_heif_item *items;
    size_t item_count;
    spx_heif_property *properties;
    size_t property_count;
    spx_heif_association *associations;
    size_t association_count;
    spx_heif_reference *references;
    size_t reference_count;
    spx_heif_group *groups;
    size_t group_count;
    uint32_t *group_members;
    size_t group_member_count;
    spx_heif_location *locations;
    size_t location_count;
    const uint8_t *inline_data; /* 'idat'; NULL = none */
    size_t inline_size;
    const uint8_t *brands; /* compatible ones, 4 bytes each */
    size_t brand_count;
    spx_heif_oddities oddities;
} spx_heif;

/** 1 when the bytes begin like a HEIF file: an 'ftyp' box with an image brand. */
int spx_heif_recognises(const void *data, size_t size);

/** name: for messages; limits: NULL = defaults. Owned by the caller: spx_heif_destroy(). */
SPX_NODISCARD spx_status spx_heif_read(spx_heif **out, const void *data, size_t size,
                                       const char *name, const spx_heif_limits *limits,
                                       spx_diag *diag);
void spx_heif_destroy(spx_heif *heif); /* NULL is fine */

/** 1 when the file is foremost a sequence of pictures with a still one beside it (ISO 23008-12,
 * 7.2; AVIF, 3.2). */
int spx_heif_is_sequence(const spx_heif *heif);
/** NULL = no item of that id. */
const spx_heif_item *spx_heif_find_item(const spx_heif *heif, uint32_t id);
/** The first property of that type (and user type, for 'uuid') that an item has; NULL = none.
 * essential: may be NULL. */
const spx_heif_property *spx_heif_find_property(const spx_heif *heif, uint32_t item, uint32_t type,
                                                const uint8_t *user_type, int *essential);
/** The first item that refers to `to` with a reference of that type; 0 = none. */
uint32_t spx_heif_find_reference_to(const spx_heif *heif, uint32_t type, uint32_t to);
/** How many references of that type go out from an item. */
size_t spx_heif_count_references_from(const spx_heif *heif, uint32_t type, uint32_t from);
/** Where one extent's bytes lie within the file's bytes; SPX_ERR_TRUNCATED when not all are there.
 */
SPX_NODISCARD spx_status spx_heif_extent(const spx_heif *heif, const spx_heif_location *location,
                                         const uint8_t **data, size_t *size, spx_diag *diag);
/** Copies an item's data, its extents joined, of at most max_bytes (SPX_ERR_LIMIT above). *out must
 * be empty. */
SPX_NODISCARD spx_status spx_heif_item_data(const spx_heif *heif, uint32_t item, size_t max_bytes,
                                            spx_bytes *out, spx_diag *diag);

#endif

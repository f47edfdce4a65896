#ifndef SPX_CONTAINER_TIFF_H
#define SPX_CONTAINER_TIFF_H

#include <stddef.h>
#include <stdint.h>

/*
 * TIFF 6.0, which EXIF is too: "II" or "MM", 42, offset of IFD0. An IFD is a 16-bit count, entries
 * of 12 bytes (tag, type, count, value or offset), and the offset of the next IFD. Everything is
 * read with checked offsets; what lies outside is taken as absent.
 */
enum {
    SPX_TIFF_HEADER_BYTES = 8,
    SPX_TIFF_ENTRY_BYTES = 12,
    SPX_TIFF_VALUE_BYTES = 4, /* that an entry holds itself; larger values stand elsewhere */
    SPX_TIFF_TAG_ORIENTATION = 0x0112,
    SPX_TIFF_TAG_EXIF_IFD = 0x8769,
    SPX_TIFF_TAG_GPS_IFD = 0x8825,
};

/** Bytes from "II" or "MM" on, borrowed. */
typedef struct spx_tiff {
    const uint8_t *bytes;
    size_t size;
    int little_endian;
    uint32_t first_ifd;
} spx_tiff;

/*
 * BigTIFF is the same with 64 bits: 43, 8, 0, offset of IFD0; an IFD is a 64-bit count, entries of
 * 20 bytes and an offset. This view reads either.
 */
typedef struct spx_tiff_any {
    spx_tiff tiff; /* its first_ifd counts for 32 bits only */
    int big;
    size_t first_ifd; /* 0 = none */
} spx_tiff_any;

/** A tag of an IFD and where its values stand. */
typedef struct spx_tiff_values {
    unsigned type; /* 0 = the IFD lacks the tag */
    size_t count;  /* that are within the file */
    size_t at;
} spx_tiff_values;

/** 1 when it begins as a TIFF or BigTIFF does. */
int spx_tiff_any_open(spx_tiff_any *out, const void *bytes, size_t size);
/** 1 when the IFD has the tag with at least one value. */
int spx_tiff_any_find(const spx_tiff_any *any, size_t ifd, unsigned tag, spx_tiff_values *out);
/** A whole number of any width; 0 behind the end and for other types. */
uint64_t spx_tiff_any_number(const spx_tiff_any *any, const spx_tiff_values *values, size_t index);
/** The next IFD of the chain; 0 = none, or this one is damaged. */
size_t spx_tiff_any_next(const spx_tiff_any *any, size_t ifd);

typedef struct spx_tiff_entry {
    unsigned tag;
    unsigned type;
    uint32_t count;
    size_t value_at; /* of the four bytes in the entry */
} spx_tiff_entry;

/** 1 when it begins as a TIFF does. */
int spx_tiff_open(spx_tiff *out, const void *bytes, size_t size);
/** 1 when `count` bytes from `at` on are there. */
int spx_tiff_has(const spx_tiff *tiff, size_t at, size_t count);
/** In the file's byte order. The caller has checked that the bytes are there. */
unsigned spx_tiff_u16(const spx_tiff *tiff, size_t at);
uint32_t spx_tiff_u32(const spx_tiff *tiff, size_t at);
/** How many whole entries of an IFD are there; 0 when there is no IFD. */
unsigned spx_tiff_entry_count(const spx_tiff *tiff, uint32_t ifd);
/** Entry `index` of those. */
spx_tiff_entry spx_tiff_entry_at(const spx_tiff *tiff, uint32_t ifd, unsigned index);
/** Finds entry number `from` or later that holds the tag; returns the number behind it, 0 = none.
 */
unsigned spx_tiff_find(const spx_tiff *tiff, uint32_t ifd, unsigned tag, unsigned from,
                       spx_tiff_entry *out);
/** A single whole number in the entry itself; 0 when it is something else. */
uint32_t spx_tiff_number(const spx_tiff *tiff, const spx_tiff_entry *entry);

#endif

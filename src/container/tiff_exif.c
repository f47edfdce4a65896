/*
 * Loaders of TIFF files hand over pixels, profile and XMP, but not the EXIF tags, which stand among
 * those of the picture. Entries are copied in the file's own byte order; what moves is where values
 * of more than four bytes stand:
 *
 *     header 8 | IFD0 | its values | Exif IFD | its values | GPS IFD | its values
 */
#include "container/tiff_exif.h"

#include "container/tiff.h"

enum {
    MOST_BYTES = 60000, /* of all values: one JPEG segment has to hold the block */
    MOST_ENTRIES = 200, /* of one IFD */
    LINK_BYTES = 4,
    TYPE_LONG = 4,
    MAKER_NOTE = 0x927c,
    INTEROPERABILITY_IFD = 0xa005,
};

typedef struct copy {
    const spx_tiff *from;
    spx_bytes *to;
    size_t room; /* for further values */
} copy;

/* Bytes of one value of each type of TIFF 6.0; 0 = no such type. */
static size_t type_bytes(unsigned type)
{
    static const uint8_t sizes[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8 };
    return type < sizeof(sizes) ? sizes[type] : 0;
}

/* Tags of IFD0 that describe the photo, not how its pixels are stored. */
static int describes_photo(unsigned tag)
{
    static const unsigned tags[] = {
        0x010e, 0x010f, 0x0110, SPX_TIFF_TAG_ORIENTATION, /* description, make, model */
        0x011a, 0x011b, 0x0128,                           /* resolution */
        0x0131, 0x0132, 0x013b, 0x013c,                   /* software, time, artist, computer */
        0x4746, 0x8298,                                   /* rating, copyright */
        0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e,
        0x9c9f /* title, comment, ... of Windows */
    };
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        if (tags[i] == tag)
            return 1;
    }
    return 0;
}

static int describes_exposure(unsigned tag)
{
    return tag != MAKER_NOTE && tag != INTEROPERABILITY_IFD;
}

static int describes_place(unsigned tag)
{
    (void)tag;
    return 1;
}

/* The whole value lies in the file and still fits. */
static int can_copy(copy *self, const spx_tiff_entry *entry, size_t *size)
{
    const size_t each = type_bytes(entry->type);
    *size = each * entry->count;
    if (each == 0 || entry->count == 0 || entry->count > MOST_BYTES || *size > self->room)
        return 0;
    if (*size > SPX_TIFF_VALUE_BYTES &&
        !spx_tiff_has(self->from, spx_tiff_u32(self->from, entry->value_at), *size))
        return 0;
    self->room -= *size;
    return 1;
}

static void patch_u16(const copy *self, size_t at, unsigned value)
{
    const int little = self->from->little_endian;
    self->to->data[at + (little ? 0 : 1)] = (uint8_t)value;
    self->to->data[at + (little ? 1 : 0)] = (uint8_t)(value >> 8);
}

static void patch_u32(const copy *self, size_t at, uint32_t value)
{
    const int little = self->from->little_endian;
    patch_u16(self, at + (little ? 0 : 2), value & UINT16_MAX);
    patch_u16(self, at + (little ? 2 : 0), value >> 16);
}

/* A new entry behind the others; the IFD's link is not there yet. */
static void append_entry(const copy *self, const spx_tiff_entry *entry)
{
    const size_t head = SPX_TIFF_ENTRY_BYTES - SPX_TIFF_VALUE_BYTES;
    spx_bytes_append(self->to, self->from->bytes + entry->value_at - head, SPX_TIFF_ENTRY_BYTES);
}

static void append_value(const copy *self, const spx_tiff_entry *entry, size_t size, size_t at)
{
    if (size <= SPX_TIFF_VALUE_BYTES)
        return;
    const uint32_t old = spx_tiff_u32(self->from, entry->value_at);
    patch_u32(self, at, (uint32_t)self->to->size);
    spx_bytes_append(self->to, self->from->bytes + old, size);
    spx_bytes_append_zeros(self->to, self->to->size % 2);
}

/* An IFD to be pointed at, by an entry of one LONG that is filled in later. Returns where. */
static size_t append_pointer(const copy *self, unsigned tag)
{
    const size_t at = self->to->size;
    spx_bytes_append_zeros(self->to, SPX_TIFF_ENTRY_BYTES);
    if (self->to->failed)
        return 0;
    patch_u16(self, at, tag);
    patch_u16(self, at + 2, TYPE_LONG);
    patch_u32(self, at + 4, 1);
    return at + SPX_TIFF_ENTRY_BYTES - SPX_TIFF_VALUE_BYTES;
}

/* Where the offsets of the two IFDs below IFD0 have to go; 0 = there is no such IFD. */
typedef struct pointers {
    size_t exif;
    size_t gps;
} pointers;

/* Copies the wanted entries of an IFD; `below` may be NULL. */
static void copy_ifd(copy *self, uint32_t ifd, int (*wants)(unsigned tag), pointers *below)
{
    spx_tiff_entry kept[MOST_ENTRIES];
    size_t sizes[MOST_ENTRIES];
    size_t value_at[MOST_ENTRIES];
    size_t kept_count = 0;
    size_t entry_count = 0;
    const unsigned count = spx_tiff_entry_count(self->from, ifd);
    const size_t begin = self->to->size;
    spx_bytes_append_zeros(self->to, 2);
    for (unsigned i = 0; i < count && kept_count < MOST_ENTRIES && !self->to->failed; i++) {
        const spx_tiff_entry entry = spx_tiff_entry_at(self->from, ifd, i);
        if (below != NULL && entry.tag == SPX_TIFF_TAG_EXIF_IFD && below->exif == 0) {
            below->exif = append_pointer(self, entry.tag);
            entry_count++;
        } else if (below != NULL && entry.tag == SPX_TIFF_TAG_GPS_IFD && below->gps == 0) {
            below->gps = append_pointer(self, entry.tag);
            entry_count++;
        } else if (wants(entry.tag) && can_copy(self, &entry, &sizes[kept_count])) {
            append_entry(self, &entry);
            value_at[kept_count] = self->to->size - SPX_TIFF_VALUE_BYTES;
            kept[kept_count++] = entry;
            entry_count++;
        }
    }
    spx_bytes_append_zeros(self->to, LINK_BYTES);
    for (size_t i = 0; i < kept_count && !self->to->failed; i++)
        append_value(self, &kept[i], sizes[i], value_at[i]);
    if (!self->to->failed)
        patch_u16(self, begin, (unsigned)entry_count);
}

/* The IFD that an entry of IFD0 points at; it is copied behind all others. */
static void copy_below(copy *self, unsigned tag, size_t pointer, int (*wants)(unsigned tag))
{
    spx_tiff_entry entry = { 0 };
    if (pointer == 0 || self->to->failed ||
        spx_tiff_find(self->from, self->from->first_ifd, tag, 0, &entry) == 0)
        return;
    patch_u32(self, pointer, (uint32_t)self->to->size);
    copy_ifd(self, spx_tiff_number(self->from, &entry), wants, NULL);
}

spx_status spx_tiff_exif(spx_bytes *out, const void *tiff, size_t size, spx_diag *diag)
{
    *out = (spx_bytes){ 0 };
    spx_tiff file;
    pointers below = { 0 };
    if (!spx_tiff_open(&file, tiff, size) || spx_tiff_entry_count(&file, file.first_ifd) == 0)
        return SPX_OK;
    copy self = { .from = &file, .to = out, .room = MOST_BYTES };
    spx_bytes_append(out, tiff, SPX_TIFF_HEADER_BYTES);
    if (!out->failed)
        patch_u32(&self, 4, SPX_TIFF_HEADER_BYTES);
    copy_ifd(&self, file.first_ifd, describes_photo, &below);
    copy_below(&self, SPX_TIFF_TAG_EXIF_IFD, below.exif, describes_exposure);
    copy_below(&self, SPX_TIFF_TAG_GPS_IFD, below.gps, describes_place);
    const spx_status status = spx_bytes_check(out, "EXIF", diag);
    const size_t empty = SPX_TIFF_HEADER_BYTES + 2 + LINK_BYTES;
    if (status != SPX_OK || out->size == empty)
        spx_bytes_clear(out);
    return status;
}

/*
 * The table of tags and changes. A tag that is not in it is true whatever spx does, or says nothing
 * of the picture's shape and parts: camera, exposure, time, place, people's words. MakerNote stays
 * where it is in the block, so that offsets in it that count from the block's begin stay right.
 */
#include "container/metadata.h"

#include "container/exif.h"
#include "container/tiff.h"
#include "container/xmp_property.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What happens to a tag; more than one may come together. */
enum {
    TURN = 1 << 0,  /* by a turn or a mirror */
    GROW = 1 << 1,  /* by a border */
    PARTS = 1 << 2, /* when only the picture is carried on */
    CODE = 1 << 3,  /* when pixels are coded anew */
};

typedef enum action {
    DROP,      /* the tag goes */
    SET_WIDTH, /* becomes the width as it is now */
    SET_HEIGHT,
    SET_COLORS, /* ColorSpace: sRGB, or "see the profile" */
    SCALE_VIEW, /* a focal length as if on 35 mm film: shorter as the view gets wider */
    SWAP_SIDES, /* changes places with the row's `other` tag by a quarter turn */
    UNLINK,     /* the second IFD, a thumbnail */
} action;

typedef enum ifd {
    IFD0,
    EXIF_IFD,
} ifd;

static const struct {
    ifd where;
    unsigned tag;
    unsigned when;
    action what;
    unsigned other;
} exif_rows[] = {
    { IFD0, 0x0100, TURN | GROW | CODE, SET_WIDTH, 0 },      /* ImageWidth */
    { IFD0, 0x0101, TURN | GROW | CODE, SET_HEIGHT, 0 },     /* ImageLength */
    { IFD0, 0, TURN | GROW, UNLINK, 0 },                     /* the thumbnail's IFD */
    { EXIF_IFD, 0xa002, TURN | GROW | CODE, SET_WIDTH, 0 },  /* PixelXDimension */
    { EXIF_IFD, 0xa003, TURN | GROW | CODE, SET_HEIGHT, 0 }, /* PixelYDimension */
    { EXIF_IFD, 0xa001, CODE, SET_COLORS, 0 },               /* ColorSpace */
    { EXIF_IFD, 0xa005, CODE, DROP, 0 },            /* Interoperability IFD: a form of JPEG file */
    { EXIF_IFD, 0x9102, CODE, DROP, 0 },            /* CompressedBitsPerPixel */
    { EXIF_IFD, 0xa004, PARTS, DROP, 0 },           /* RelatedSoundFile */
    { EXIF_IFD, 0x9214, TURN | GROW, DROP, 0 },     /* SubjectArea, in pixels */
    { EXIF_IFD, 0xa214, TURN | GROW, DROP, 0 },     /* SubjectLocation */
    { EXIF_IFD, 0xa405, GROW, SCALE_VIEW, 0 },      /* FocalLengthIn35mmFilm */
    { EXIF_IFD, 0xa20e, TURN, SWAP_SIDES, 0xa20f }, /* FocalPlaneXResolution, YResolution */
};

static const char ns_tiff[] = "http://ns.adobe.com/tiff/1.0/";
static const char ns_exif[] = "http://ns.adobe.com/exif/1.0/";
static const char ns_camera[] = "http://ns.google.com/photos/1.0/camera/";
static const char ns_raw[] = "http://ns.adobe.com/camera-raw-settings/1.0/";

static const struct {
    const char *ns;
    const char *name; /* NULL = all of the namespace; "Motion*" = all that begin so */
    unsigned when;
    action what;
} xmp_rows[] = {
    { ns_tiff, "ImageWidth", TURN | GROW | CODE, SET_WIDTH },
    { ns_tiff, "ImageLength", TURN | GROW | CODE, SET_HEIGHT },
    { ns_exif, "PixelXDimension", TURN | GROW | CODE, SET_WIDTH },
    { ns_exif, "PixelYDimension", TURN | GROW | CODE, SET_HEIGHT },
    { ns_exif, "ColorSpace", CODE, SET_COLORS },
    { ns_exif, "FocalLengthIn35mmFilm", GROW, SCALE_VIEW },
    { ns_exif, "SubjectArea", TURN | GROW, DROP },
    { ns_exif, "SubjectLocation", TURN | GROW, DROP },
    { ns_exif, "FocalPlaneXResolution", TURN, DROP },
    { ns_exif, "FocalPlaneYResolution", TURN, DROP },
    { ns_raw, "Crop*", TURN | GROW, DROP }, /* of the picture as it lay */
    { "http://ns.adobe.com/xap/1.0/", "Thumbnails", TURN | GROW, DROP },
    /* faces and things at places in the picture */
    { "http://www.metadataworkinggroup.com/schemas/regions/", NULL, TURN | GROW, DROP },
    { "http://ns.microsoft.com/photo/1.2/", NULL, TURN | GROW, DROP },
    /* a panorama's sizes and angles */
    { "http://ns.google.com/photos/1.0/panorama/", NULL, TURN | GROW, DROP },
    /* parts that are gone: video, gain maps, depth, other pictures, sound */
    { ns_camera, "MotionPhoto*", PARTS, DROP },
    { ns_camera, "MicroVideo*", PARTS, DROP },
    { "http://ns.adobe.com/hdr-gain-map/1.0/", NULL, PARTS, DROP },
    { "http://ns.apple.com/HDRGainMap/1.0/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/1.0/container/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/dd/1.0/container/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/dd/1.0/device/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/1.0/depthmap/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/1.0/focus/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/1.0/image/", NULL, PARTS, DROP },
    { "http://ns.google.com/photos/1.0/audio/", NULL, PARTS, DROP },
    { "http://ns.adobe.com/xmp/note/", "HasExtendedXMP", PARTS, DROP },
};

enum {
    SRGB = 1,
    SEE_PROFILE = 0xffff,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    LINK_BYTES = 4,
    FIRST_QUARTER_TURN = 5, /* orientations 5..8 swap the sides */
};

static unsigned changes_of(const spx_metadata_change *change)
{
    return (change->turned > 1 ? TURN : 0u) | (change->grown ? GROW : 0u) |
           (change->parts_dropped ? PARTS : 0u) | (change->coded_anew ? CODE : 0u);
}

static uint32_t scaled_focal(double focal_35mm, const spx_metadata_change *change)
{
    const double before = hypot(change->old_width, change->old_height);
    const double now = hypot(change->width, change->height);
    return now > 0.0 ? (uint32_t)lround(fmax(1.0, focal_35mm * before / now)) : 0;
}

/* The number that an action gives a tag whose number was `old`. */
static uint32_t new_number(action what, uint32_t old, const spx_metadata_change *change)
{
    switch (what) {
    case SET_WIDTH:
        return change->width;
    case SET_HEIGHT:
        return change->height;
    case SET_COLORS:
        return change->is_srgb ? SRGB : SEE_PROFILE;
    case SCALE_VIEW:
        return old == 0 ? 0 : scaled_focal(old, change); /* 0 = not known */
    default:
        return old;
    }
}

/* ---- EXIF, in place ---- */

static void put_number(spx_bytes *exif, const spx_tiff *file, const spx_tiff_entry *entry,
                       uint32_t value)
{
    const size_t type_at = entry->value_at - 6; /* type, count, value */
    if ((entry->type != TYPE_SHORT && entry->type != TYPE_LONG) || entry->count != 1)
        return;
    /* A size wants a LONG; numbers of other tags fit into a SHORT, which some readers insist on. */
    const size_t bytes = entry->type == TYPE_SHORT && value <= UINT16_MAX ? 2 : 4;
    exif->data[type_at + !file->little_endian] = bytes == 2 ? TYPE_SHORT : TYPE_LONG;
    memset(exif->data + entry->value_at, 0, 4);
    for (size_t i = 0; i < bytes; i++) {
        const size_t shift = file->little_endian ? 8 * i : 8 * (bytes - 1 - i);
        exif->data[entry->value_at + i] = (uint8_t)(value >> shift);
    }
}

/* Takes an entry out of its IFD: the later ones and the link move up. */
static void drop_entry(spx_bytes *exif, const spx_tiff *file, uint32_t at_ifd, unsigned index)
{
    const unsigned count = spx_tiff_u16(file, at_ifd);
    const unsigned there = spx_tiff_entry_count(file, at_ifd);
    const size_t at = (size_t)at_ifd + 2 + (size_t)index * SPX_TIFF_ENTRY_BYTES;
    const size_t end = (size_t)at_ifd + 2 + (size_t)there * SPX_TIFF_ENTRY_BYTES;
    const size_t link = spx_tiff_has(file, end, LINK_BYTES) ? LINK_BYTES : 0;
    if (count != there)
        return; /* a damaged block is not moved about in */
    memmove(exif->data + at, exif->data + at + SPX_TIFF_ENTRY_BYTES,
            end + link - at - SPX_TIFF_ENTRY_BYTES);
    const unsigned fewer = count - 1;
    exif->data[at_ifd] = (uint8_t)(file->little_endian ? fewer & UINT8_MAX : fewer >> 8);
    exif->data[at_ifd + 1] = (uint8_t)(file->little_endian ? fewer >> 8 : fewer & UINT8_MAX);
}

static void unlink_next(spx_bytes *exif, const spx_tiff *file, uint32_t at_ifd)
{
    const unsigned there = spx_tiff_entry_count(file, at_ifd);
    const size_t link = (size_t)at_ifd + 2 + (size_t)there * SPX_TIFF_ENTRY_BYTES;
    if (there != 0 && spx_tiff_has(file, link, LINK_BYTES))
        memset(exif->data + link, 0, LINK_BYTES);
}

/* Both tags' values change places: types, counts and places stay in step. */
static void swap_entries(spx_bytes *exif, const spx_tiff *file, uint32_t at_ifd, unsigned tag,
                         unsigned other)
{
    enum { PAYLOAD_BYTES = 10 };
    spx_tiff_entry a = { 0 };
    spx_tiff_entry b = { 0 };
    uint8_t kept[PAYLOAD_BYTES];
    if (!spx_tiff_find(file, at_ifd, tag, 0, &a) || !spx_tiff_find(file, at_ifd, other, 0, &b))
        return;
    memcpy(kept, exif->data + a.value_at - 6, PAYLOAD_BYTES);
    memcpy(exif->data + a.value_at - 6, exif->data + b.value_at - 6, PAYLOAD_BYTES);
    memcpy(exif->data + b.value_at - 6, kept, PAYLOAD_BYTES);
}

static void apply_exif_row(spx_bytes *exif, const spx_tiff *file, uint32_t at_ifd, size_t row,
                           const spx_metadata_change *change)
{
    const action what = exif_rows[row].what;
    spx_tiff_entry entry = { 0 };
    if (what == UNLINK) {
        unlink_next(exif, file, at_ifd);
        return;
    }
    if (what == SWAP_SIDES) {
        if (change->turned >= FIRST_QUARTER_TURN)
            swap_entries(exif, file, at_ifd, exif_rows[row].tag, exif_rows[row].other);
        return;
    }
    const unsigned behind = spx_tiff_find(file, at_ifd, exif_rows[row].tag, 0, &entry);
    if (behind == 0)
        return;
    if (what == DROP) {
        drop_entry(exif, file, at_ifd, behind - 1);
    } else {
        put_number(exif, file, &entry, new_number(what, spx_tiff_number(file, &entry), change));
    }
}

static void update_exif(spx_bytes *exif, unsigned changes, const spx_metadata_change *change)
{
    spx_tiff file;
    for (size_t row = 0; row < sizeof(exif_rows) / sizeof(exif_rows[0]); row++) {
        spx_tiff_entry entry = { 0 };
        if ((exif_rows[row].when & changes) == 0 || !spx_tiff_open(&file, exif->data, exif->size))
            continue;
        uint32_t at_ifd = file.first_ifd;
        if (exif_rows[row].where == EXIF_IFD) {
            at_ifd = spx_tiff_find(&file, at_ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry)
                         ? spx_tiff_number(&file, &entry)
                         : 0;
        }
        apply_exif_row(exif, &file, at_ifd, row, change);
    }
}

/* ---- XMP ---- */

static void set_xmp_number(spx_bytes *xmp, size_t row, const spx_metadata_change *change)
{
    char text[24];
    spx_xmp_property found;
    const double old =
        spx_xmp_number(xmp->data, xmp->size, xmp_rows[row].ns, xmp_rows[row].name, 0.0);
    const uint32_t old_number = old > 0.0 && old < UINT16_MAX ? (uint32_t)lround(old) : 0;
    if (!spx_xmp_find(xmp->data, xmp->size, xmp_rows[row].ns, xmp_rows[row].name, 0, &found))
        return;
    (void)snprintf(text, sizeof(text), "%u", new_number(xmp_rows[row].what, old_number, change));
    memmove(xmp->data + found.value_begin, xmp->data + found.value_end,
            xmp->size - found.value_end);
    xmp->size -= found.value_end - found.value_begin;
    spx_bytes_insert(xmp, found.value_begin, text, strlen(text));
}

/* Properties whose names begin like the row's, up to its star. */
static void drop_beginning(spx_bytes *xmp, const char *ns, const char *name)
{
    const size_t size = strlen(name) - 1;
    spx_xmp_property found;
    size_t from = 0;
    while (spx_xmp_find(xmp->data, xmp->size, ns, NULL, from, &found)) {
        if (found.name_size < size || memcmp(found.name, name, size) != 0) {
            from = found.value_begin;
            continue;
        }
        memmove(xmp->data + found.begin, xmp->data + found.end, xmp->size - found.end);
        xmp->size -= found.end - found.begin;
        from = found.begin;
    }
}

static void update_xmp(spx_bytes *xmp, unsigned changes, const spx_metadata_change *change)
{
    for (size_t row = 0; row < sizeof(xmp_rows) / sizeof(xmp_rows[0]); row++) {
        const char *const name = xmp_rows[row].name;
        if ((xmp_rows[row].when & changes) == 0)
            continue;
        if (xmp_rows[row].what != DROP) {
            set_xmp_number(xmp, row, change);
        } else if (name != NULL && name[strlen(name) - 1] == '*') {
            drop_beginning(xmp, xmp_rows[row].ns, name);
        } else {
            (void)spx_xmp_drop(xmp, xmp_rows[row].ns, name);
        }
    }
}

spx_status spx_metadata_update(spx_bytes *exif, spx_bytes *xmp, const spx_metadata_change *change,
                               spx_diag *diag)
{
    const unsigned changes = changes_of(change);
    if (exif->size != 0)
        update_exif(exif, changes, change);
    if (xmp->size != 0)
        update_xmp(xmp, changes, change);
    return spx_bytes_check(xmp, "XMP", diag);
}

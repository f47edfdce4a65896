/*
 * Names for files that spx does not read, so that an error and the count of what a folder's search
 * left out say what was there. A row is a pattern at one place of the file; the first that fits
 * counts. The patterns are the formats' own signatures.
 */
#include "codec/file_kind.h"

#include "codec/photo_type.h"

#include <string.h>

enum { MOST_TEXT_BYTES = 1024, FTYP_AT = 4, BRAND_AT = 8 };

typedef struct signature {
    size_t at;
    size_t size;
    const char *bytes;
    const char *name;
} signature;

static const signature signatures[] = {
    { 0, 5, "%PDF-", "a PDF document" },
    { 0, 4, "%!PS", "a PostScript document" },
    { 0, 4, "8BPS", "a Photoshop document" },
    { 0, 8, "gimp xcf", "a GIMP picture" },
    { 0, 4, "\x1a\x45\xdf\xa3", "a Matroska or WebM video" },
    { 8, 4, "AVI ", "an AVI video" },
    { 8, 4, "WAVE", "a sound file" },
    { 0, 4, "\0\0\1\xba", "an MPEG video" },
    { 0, 4, "\0\0\1\xb3", "an MPEG video" },
    { 0, 3, "FLV", "a Flash video" },
    { 0, 4, "OggS", "an Ogg file" },
    { 0, 4, "fLaC", "a sound file" },
    { 0, 3, "ID3", "a sound file" },
    { 0, 4, "PK\3\4", "a ZIP archive" },
    { 0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive" },
    { 0, 4, "Rar!", "a RAR archive" },
    { 0, 2, "\x1f\x8b", "a gzip file" },
    { 257, 5, "ustar", "a tar archive" },
    { 0, 4, "glTF", "a glTF scene" },
    { 0, 4, "ply\n", "a PLY scene" },
    { 0, 6, "SQLite", "a SQLite database" },
    { 0, 4, "\177ELF", "a program" },
    { 0, 12, "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture" },
    { 0, 4, "\xff\x4f\xff\x51", "a JPEG 2000 picture" },
    { 0, 4, "v/1\1", "an OpenEXR picture" },
    { 0, 10, "#?RADIANCE", "a Radiance picture" },
};

/* ISO media files that hold no still picture that spx reads. */
static const struct {
    const char *brand;
    const char *name;
} brands[] = {
    { "qt  ", "a QuickTime video" },
    { "M4A ", "a sound file" },
    { "M4V ", "a video" },
};

static const char *name_of_media(const char *bytes, size_t size)
{
    if (size < BRAND_AT + 4 || memcmp(bytes + FTYP_AT, "ftyp", 4) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
        if (memcmp(bytes + BRAND_AT, brands[i].brand, 4) == 0)
            return brands[i].name;
    }
    return "an MP4 video";
}

/* A text that has `word` among its first bytes. */
static int has_word(const char *bytes, size_t size, const char *word)
{
    return memmem(bytes, size < MOST_TEXT_BYTES ? size : MOST_TEXT_BYTES, word, strlen(word)) !=
           NULL;
}

static const char *name_of_text(const char *bytes, size_t size)
{
    const size_t looked = size < MOST_TEXT_BYTES ? size : MOST_TEXT_BYTES;
    if (looked == 0 || memchr(bytes, 0, looked) != NULL)
        return NULL;
    if (has_word(bytes, size, "<svg"))
        return "an SVG drawing";
    if (has_word(bytes, size, "<html") || has_word(bytes, size, "<!DOCTYPE html"))
        return "a web page";
    for (size_t i = 0; i < looked; i++) {
        const unsigned char letter = (unsigned char)bytes[i];
        if (letter < ' ' && letter != '\n' && letter != '\r' && letter != '\t')
            return NULL;
    }
    return "a text";
}

const char *spx_file_kind_of(const void *data, size_t size, int *is_photo)
{
    const spx_photo_type type = spx_photo_type_of(data, size);
    *is_photo = type != SPX_PHOTO_TYPE_UNKNOWN;
    if (*is_photo)
        return spx_photo_type_name(type);
    const char *const bytes = data;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        const signature *const row = &signatures[i];
        if (size >= row->at + row->size && memcmp(bytes + row->at, row->bytes, row->size) == 0)
            return row->name;
    }
    const char *const media = name_of_media(bytes, size);
    return media != NULL ? media : name_of_text(bytes, size);
}

spx_status spx_fail_not_a_photo(const char *name, const void *data, size_t size, spx_diag *diag)
{
    char wanted[SPX_PHOTO_TYPE_LIST_BYTES];
    int is_photo = 0;
    const char *const kind = spx_file_kind_of(data, size, &is_photo);
    spx_photo_type_list(wanted);
    if (kind == NULL || is_photo)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: not a photo (wanted %s)", name, wanted);
    return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: not a photo but %s (wanted %s)", name, kind,
                    wanted);
}

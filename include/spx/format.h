#ifndef SPX_FORMAT_H
#define SPX_FORMAT_H

/*
 * What spx can make of a photo: one row for each format, the same for every program and page that
 * offers formats. A set of formats is their flags or-ed together.
 */
#include "spx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One format, or several or-ed together. */
typedef uint64_t spx_format;

/* Names for C programs; spx_format_named() finds all others. `NAME` in a file's name is the photo's
 * name without extension and without a trailing "_outpainted". */
#define SPX_FORMAT_SPATIAL ((spx_format)1 << 0)   /* NAME_spatial.heic */
#define SPX_FORMAT_SBS ((spx_format)1 << 1)       /* NAME_sbs.hevc */
#define SPX_FORMAT_DEPTH ((spx_format)1 << 2)     /* depth_image.jpg */
#define SPX_FORMAT_LEFT ((spx_format)1 << 3)      /* stereo_left.png */
#define SPX_FORMAT_RIGHT ((spx_format)1 << 4)     /* stereo_right.png */
#define SPX_FORMAT_DEPTH16 ((spx_format)1 << 5)   /* depth16.png */
#define SPX_FORMAT_DEPTH_RAW ((spx_format)1 << 6) /* depth_raw.pfm */

/** What the reference application makes, and the spatial photo. */
#define SPX_FORMATS_DEFAULT                                                                        \
    (SPX_FORMAT_SPATIAL | SPX_FORMAT_SBS | SPX_FORMAT_DEPTH | SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT)

/** What a format is made from. */
enum {
    SPX_NEEDS_EYES = 1 << 0,  /* the left and the right view */
    SPX_NEEDS_DEPTH = 1 << 1, /* the map in the photo's size */
    SPX_NEEDS_RAW = 1 << 2,   /* the depth network's own numbers: impossible with an own map */
    SPX_NEEDS_PHOTO = 1 << 3, /* the photo's own pixels */
};

/** One row. Static storage; further fields come at the end. */
typedef struct spx_format_info {
    spx_format flag;
    const char *word;       /* as options, files of jobs and reports name it, e.g. "depth-raw" */
    const char *old_words;  /* spellings of earlier versions, joined by commas; NULL = none */
    const char *file;       /* usual name of its file; "%s" stands for the photo's name */
    const char *media_type; /* of its file */
    unsigned needs;         /* SPX_NEEDS_... */
    const char *groups;     /* words of the groups it belongs to, joined by commas; NULL = none */
    const char *shelf;      /* word of the shelf that people look for it on */
    const char *label;      /* a few words for people, e.g. "Spatial photo" */
    const char *help;       /* one sentence without capital and full stop */
} spx_format_info;

/** Several formats under one word, or a shelf of them in a list for people. */
typedef struct spx_format_group {
    const char *word;
    const char *label; /* of a shelf: "For Vision Pro and iPhone"; NULL for a group */
    const char *help;  /* of a group: what for; NULL for a shelf */
} spx_format_group;

SPX_API size_t spx_format_count(void);
SPX_API const spx_format_info *spx_format_at(size_t index); /* index < spx_format_count() */
/** The row of one flag; NULL when there is none. */
SPX_API const spx_format_info *spx_format_of(spx_format flag);
/** The flag of one word, new or old; 0 when there is none. */
SPX_API spx_format spx_format_named(const char *word);
/** All flags. */
SPX_API spx_format spx_formats_all(void);

/** Groups: words that stand for several formats, among them "default" and "all". */
SPX_API size_t spx_format_group_count(void);
SPX_API const spx_format_group *spx_format_group_at(size_t index);
/** The flags of a group's word; 0 when there is none. */
SPX_API spx_format spx_format_group_flags(const char *word);

/** Shelves, in the order in which people look for them; each format lies on one. */
SPX_API size_t spx_format_shelf_count(void);
SPX_API const spx_format_group *spx_format_shelf_at(size_t index);

struct spx_convert_options;

/**
 * The name that a format's file gets from the options: an anaglyph's says for which glasses it is.
 * photo: the photo's name or path; what comes before its extension counts, without a trailing
 * "_outpainted". Returns the name's length; *out (of `size` bytes, may be NULL for 0) holds as much
 * of it as fits and a 0. "" for what is no format.
 */
SPX_API size_t spx_format_file_name(char *out, size_t size, spx_format format, const char *photo,
                                    const struct spx_convert_options *options);

/**
 * Reads words of formats and groups joined by commas. SPX_ERR_ARGUMENT says which one is unknown,
 * or that there is none; then *out is 0.
 */
SPX_API SPX_NODISCARD spx_status spx_formats_read(spx_format *out, const char *words,
                                                  spx_diag *diag);

/** The same, and in *optional those that only a group named: who asks for a group wants what can be
 * made (spx_convert_options.optional_formats). */
SPX_API SPX_NODISCARD spx_status spx_formats_read_both(spx_format *out, spx_format *optional,
                                                       const char *words, spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

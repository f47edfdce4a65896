#ifndef SPX_WARNING_H
#define SPX_WARNING_H

#include "spx/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Doubts about an operation that succeeded: a person who stood by would have asked. Each has a code
 * that programs can rely on and a sentence for people. Notes say what was chosen where there was a
 * choice; they are no doubts and do not count for `strict`.
 */
typedef enum spx_warning_code {
    SPX_WARNING_DAMAGED,          /* "damaged": pixels or metadata are missing or guessed */
    SPX_WARNING_TINY_SOURCE,      /* "tiny-source": the photo has very few pixels */
    SPX_WARNING_TWO_PICTURES,     /* "two-pictures": the photo looks like two pictures side by side
                                     or one above the other */
    SPX_WARNING_DEPTH_FLAT,       /* "depth-flat": a depth map has (nearly) one value, or
                                     both eyes show (nearly) the same */
    SPX_WARNING_DEPTH_COLOURED,   /* "depth-coloured": a depth map is in colours, not in greys */
    SPX_WARNING_DEPTH_NOT_NUMBER, /* "depth-not-number": a depth map has values that are no numbers
                                   */
    SPX_WARNING_DEPTH_SPREAD,     /* "depth-spread": a depth map used a sliver of its range */
    SPX_WARNING_HDR_AS_SDR,       /* "hdr-shown-as-sdr": brighter than white became white */
    SPX_WARNING_SHRUNK,           /* "shrunk": an output has fewer pixels than the photo */
    SPX_WARNING_NOT_TAKEN,        /* "not-taken": files of a folder that are no photos */
    SPX_WARNING_METADATA_DROPPED, /* "metadata-dropped": EXIF, XMP or profile was unusable */
    SPX_WARNING_SECOND_EYE,       /* "second-eye": the other eye of a stereo file was not used */
    SPX_WARNING_FALLBACK,         /* "fallback": done another way than was asked for */
    SPX_WARNING_OBJECT_CUT,       /* "object-cut": outpainting continues a thing that the frame cuts
                                   */
    SPX_WARNING_LARGE_BORDER,     /* "large-border": more border than texture alone can fill */
    SPX_WARNING_BARS_CUT,         /* "bars-cut": black bars were cut off before outpainting */
    SPX_NOTE_RAW,                 /* "raw": which picture of a camera's raw file was used */
    SPX_NOTE_PICTURE_CHOSEN,      /* "picture-chosen": which picture of many was used */
    SPX_NOTE_DEPTH_SOURCE,        /* "depth-source": whose depth was used */
    SPX_NOTE_ALIGNED,             /* "aligned": the eyes of real stereo were moved or brightened */
    SPX_WARNING_EYES_DIFFER,  /* "eyes-differ": the eyes had other sizes, bits or colours and were
                                 made alike */
    SPX_WARNING_PART_OF_VIEW, /* "part-of-view": of a half or whole sphere the middle (VR180) or
                                 all (one eye) is shown as a flat picture */
    SPX_WARNING_LEFT_OUT,     /* "left-out": formats of a group that the photo or the options do not
                                 allow were not made */
    SPX_NOTE_ON_WHITE,        /* "on-white": white was laid behind what was transparent */
    SPX_WARNING_CODES,        /* how many there are */
} spx_warning_code;

/** "damaged", "tiny-source", ...: stable words. Never NULL; static storage. */
SPX_API const char *spx_warning_name(spx_warning_code code);
/** 1 for the codes that are notes. */
SPX_API int spx_warning_is_note(spx_warning_code code);

enum { SPX_WARNING_BYTES = 240, SPX_WARNINGS_MOST = 12 };

typedef struct spx_warning {
    spx_warning_code code;
    char text[SPX_WARNING_BYTES]; /* a sentence without a full stop and without the file's name */
} spx_warning;

/** In the order in which they came up. A plain value, zero-initialised: no create or destroy. */
typedef struct spx_warning_list {
    size_t count;
    spx_warning items[SPX_WARNINGS_MOST];
} spx_warning_list;

/** The first one that is not a note; NULL when there is none. Borrowed from the list. */
SPX_API const spx_warning *spx_warning_first_doubt(const spx_warning_list *list);

#ifdef __cplusplus
}
#endif

#endif

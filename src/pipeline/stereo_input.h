#ifndef SPX_PIPELINE_STEREO_INPUT_H
#define SPX_PIPELINE_STEREO_INPUT_H

#include "base/sphere_part.h"
#include "base/task.h"
#include "container/eyes_layout.h"
#include "container/heif_properties.h"
#include "container/mpo.h"
#include "image/photo.h"
#include "spx/spx.h"

/** How a file turned out to hold two eyes. */
typedef enum spx_stereo_kind {
    SPX_STEREO_KIND_NONE, /* one eye, as far as is known */
    SPX_STEREO_KIND_HEIF, /* a stereo group */
    SPX_STEREO_KIND_MPO,
    SPX_STEREO_KIND_JPS,    /* APP3 "_JPSJPS_" */
    SPX_STEREO_KIND_PNS,    /* PNG chunk sTER */
    SPX_STEREO_KIND_NAME,   /* the file's name says it */
    SPX_STEREO_KIND_CAMERA, /* its EXIF names a camera that writes such files */
    SPX_STEREO_KIND_TOLD,   /* the caller says it */
    SPX_STEREO_KIND_PAIR,   /* two files */
    SPX_STEREO_KIND_VR180,  /* the right eye is in the extended XMP */
} spx_stereo_kind;

/** What was found without decoding. */
typedef struct spx_stereo_found {
    spx_stereo_kind kind;
    spx_eyes_layout layout; /* where one picture holds both */
    spx_mpo mpo;            /* SPX_STEREO_KIND_MPO */
    spx_heif_stereo heif;   /* SPX_STEREO_KIND_HEIF */
    double baseline_mm;     /* 0 = the file does not say */
    double hfov_deg;        /* of each eye; 0 = the file does not say */
    int has_adjustment;     /* the window stands in a number, the pixels are of parallel cameras */
    double adjustment;      /* fraction of the width */
    int has_shift;          /* the window is in the pixels, and how far is known: */
    double shift;           /* eyes move apart by this to be parallel, fraction of the width;
                               `adjustment` is that of these parallel eyes */
    int is_sphere;          /* the eyes are equirectangular pictures: */
    spx_sphere_part part;   /* of this part of the sphere */
    double shape;           /* width by height of the flat picture that it was made of; 0 = not
                               told */
} spx_stereo_found;

/** A file that may hold two eyes. All borrowed. */
typedef struct spx_stereo_file {
    const void *data;
    size_t size;
    const char *name;      /* for messages, and for what it says */
    const char *called;    /* its own name, where that is another; may be NULL */
    spx_stereo_input told; /* what the caller says of it */
    const spx_limits *limits;
} spx_stereo_file;

/** Looks for two eyes: container, name, camera, in this order, unless the caller says how they lie.
 * *out is SPX_STEREO_KIND_NONE for an ordinary photo. A damaged HEIC or what the caller says and
 * cannot be is a failure. */
SPX_NODISCARD spx_status spx_stereo_find(spx_stereo_found *out, const spx_stereo_file *file,
                                         spx_diag *diag);

/** Two eyes in one picture, as a caller says: one of SPX_STEREO_INPUT_SBS to _RL. What is known of
 * the camera stays. */
void spx_stereo_found_told(spx_stereo_found *out, spx_stereo_input told);

/** "MPO", "HEIC", "side by side, by its name", ... in words for people; zero-terminated. */
void spx_stereo_found_describe(const spx_stereo_found *found, char *text, size_t size);

/** Both eyes, decoded: upright, of one size and as many bits. */
typedef struct spx_stereo_photo {
    spx_photo photo;  /* the left eye, and all that came with it */
    spx_image *right; /* in the left eye's colours */
} spx_stereo_photo;

void spx_stereo_photo_clear(spx_stereo_photo *photo); /* an empty one is fine */

/** Decodes what spx_stereo_find() found. *out must be empty and stays so on failure. */
SPX_NODISCARD spx_status spx_stereo_decode(spx_stereo_photo *out, const spx_stereo_file *file,
                                           const spx_stereo_found *found, const spx_task *task,
                                           spx_diag *diag);
/** Takes photo->photo.image, which shows both eyes as found->layout says, apart. name: for
 * messages. On failure the picture stays as it is. */
SPX_NODISCARD spx_status spx_stereo_split(spx_stereo_photo *photo, const spx_stereo_found *found,
                                          const char *name, const spx_task *task, spx_diag *diag);
/** Decodes a pair of two files, left and right; told does not count. */
SPX_NODISCARD spx_status spx_stereo_decode_pair(spx_stereo_photo *out,
                                                const spx_stereo_file files[2],
                                                const spx_task *task, spx_diag *diag);

#endif

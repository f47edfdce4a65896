#ifndef SPX_CODEC_OWN_DEPTH_H
#define SPX_CODEC_OWN_DEPTH_H

#include "codec/photo_read.h"
#include "image/plane.h"

enum { SPX_OWN_DEPTH_BYTES = 64 };

/** Depth that a phone kept with its photo. Zero-initialise; spx_own_depth_clear(). */
typedef struct spx_own_depth {
    spx_plane *map;                 /* upright, larger = nearer, any range; NULL = none */
    char what[SPX_OWN_DEPTH_BYTES]; /* e.g. "disparity of a portrait photo"; "" = none */
    uint32_t width;                 /* as stored, before turning; 0 = not known */
    uint32_t height;
} spx_own_depth;

void spx_own_depth_clear(spx_own_depth *depth); /* an empty one is fine */

/** Tells whether a file has depth of its own, without decoding it: fills what, width, height. */
SPX_NODISCARD spx_status spx_own_depth_probe(spx_own_depth *out, const void *data, size_t size,
                                             const char *name, spx_diag *diag);

/**
 * Reads it: the auxiliary picture of a HEIF file (ISO/IEC 23008-12 annex, auxid 2 and MPEG-B CICP
 * depth), GDepth or Dynamic Depth of a JPEG. A map that cannot be read is a warning, and none.
 * *out must be empty.
 */
SPX_NODISCARD spx_status spx_own_depth_read(spx_own_depth *out, const spx_photo_file *file,
                                            const spx_limits *limits, const spx_task *task,
                                            spx_diag *diag);

#endif

#ifndef SPX_CODEC_STEREO_READ_H
#define SPX_CODEC_STEREO_READ_H

#include "base/task.h"
#include "spx/comfort.h"
#include "spx/image.h"
#include "spx/limits.h"

/** Both eyes of one file, of one size, and what the file says of them. */
typedef struct spx_stereo_pair {
    spx_image *left;
    spx_image *right;
    spx_stereo_layout layout;    /* never SPX_STEREO_AUTO */
    double hfov_deg;             /* 0 = not told */
    double disparity_adjustment; /* fraction of the width; 0 = not told */
} spx_stereo_pair;

typedef struct spx_stereo_source {
    const void *data;
    size_t size;
    const char *name; /* for messages, and for how the eyes lie when layout leaves that open */
    spx_stereo_layout layout;
    uint32_t width; /* eyes are reduced to about this many pixels of width */
} spx_stereo_source;

/** Decodes a stereo file (spx_stereo_layout); SPX_ERR_UNSUPPORTED when it is none. *out must be
 * empty; on failure it stays empty. */
SPX_NODISCARD spx_status spx_stereo_read(spx_stereo_pair *out, const spx_stereo_source *source,
                                         const spx_limits *limits, const spx_task *task,
                                         spx_diag *diag);
void spx_stereo_pair_clear(spx_stereo_pair *pair); /* an empty one is fine */

#endif

#ifndef SPX_CODEC_PHOTO_SOURCE_H
#define SPX_CODEC_PHOTO_SOURCE_H

#include "base/task.h"
#include "codec/late_vips.h"
#include "codec/photo_type.h"

#include <stdatomic.h>
#include <stdint.h>

/**
 * Bytes in memory as libvips' loaders read them. The reads are where a decoder can be stopped: when
 * the task is cancelled they fail. They also tell whether a decoder wanted more than there is.
 * Loaders may read on several threads, one at a time.
 */
typedef struct spx_photo_source {
    const uint8_t *data; /* borrowed, like the task, until spx_photo_source_clear() */
    size_t size;
    size_t at;
    atomic_int past_end; /* a read began at the end */
    const spx_task *task;
    VipsSource *vips;
} spx_photo_source;

/** Which picture of the file, and how exactly. NULL stands for the first one, read strictly. */
typedef struct spx_photo_picture {
    int page;      /* of a TIFF file */
    int subifd;    /* of that page; -1 = the page itself */
    int lenient;   /* go on behind damage */
    uint32_t rows; /* take so many from the top, the rest grey; 0 = all */
} spx_photo_picture;

/** libvips must have been started. */
SPX_NODISCARD spx_status spx_photo_source_init(spx_photo_source *source, const void *data,
                                               size_t size, const spx_task *task, spx_diag *diag);
void spx_photo_source_clear(spx_photo_source *source); /* an empty one is fine */

/** Opens the picture with the loader of `type`: the header is read, pixels are not. The image
 * must be released before the source is cleared; NULL on failure. */
VipsImage *spx_photo_source_open(spx_photo_source *source, spx_photo_type type,
                                 const spx_photo_picture *picture);

/** Fails for what went wrong in a loader: cancelled, truncated or corrupt. */
spx_status spx_photo_source_fail(const spx_photo_source *source, spx_photo_type type,
                                 const char *name, spx_diag *diag);

#endif

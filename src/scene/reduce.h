#ifndef SPX_SCENE_REDUCE_H
#define SPX_SCENE_REDUCE_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/** A part of a photo, in its pixels. */
typedef struct spx_crop {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
} spx_crop;

/** What a photo shows: where people look. */
typedef struct spx_subject {
    double x;     /* 0..1 from left to right */
    double y;     /* 0..1 from top to bottom */
    double depth; /* 0..1, 1 = near */
} spx_subject;

/** The middle of what is near and near the middle. */
spx_subject spx_subject_find(const spx_plane *depth);

/** The largest part of a photo with that ratio of width to height which has the subject as near its
 * middle as it goes. */
spx_crop spx_crop_to_aspect(uint32_t width, uint32_t height, double aspect,
                            const spx_subject *subject);

/** Size of a photo whose long side is to have at most long_side pixels; even: both sides even, at
 * least 2. */
void spx_fit_long_side(uint32_t *width, uint32_t *height, uint32_t long_side, int even);

/** A part of a photo and of its depth in another size. Both owned by the caller. */
typedef struct spx_reduced {
    spx_image *photo;
    spx_plane *depth;
} spx_reduced;

/**
 * Colours are means of what a pixel covers. Depths are those of its middle, never means: between
 * two surfaces there is nothing. depth: of the photo's size.
 */
SPX_NODISCARD spx_status spx_reduce(spx_reduced *out, const spx_image *photo,
                                    const spx_plane *depth, const spx_crop *crop, uint32_t width,
                                    uint32_t height, const spx_task *task, spx_diag *diag);
void spx_reduced_clear(spx_reduced *reduced); /* an empty one is fine */

#endif

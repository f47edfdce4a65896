#ifndef SPX_CODEC_PHOTO_COLOR_H
#define SPX_CODEC_PHOTO_COLOR_H

#include "base/status.h"
#include "codec/late_vips.h"
#include "codec/sample_watch.h"

/** What has to be known of a picture before it becomes RGB. */
typedef struct spx_photo_color {
    spx_sample_watch watch; /* knows once the pixels have been computed */
    int keeps_profile;      /* 1: the file's profile still describes the pixels */
    int converted;          /* 1: the pixels have become sRGB, whatever the file says */
} spx_photo_color;

/**
 * Turns any picture that a loader gives into three bands of 8 or 16 bits, alpha flattened on white.
 * Takes `image` over, also on failure, and gives the new one; nothing is computed yet, and `color`
 * must stay until it is.
 */
SPX_NODISCARD spx_status spx_photo_to_rgb(VipsImage *image, const char *name, VipsImage **out,
                                          spx_photo_color *color, spx_diag *diag);

#endif

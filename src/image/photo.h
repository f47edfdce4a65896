#ifndef SPX_IMAGE_PHOTO_H
#define SPX_IMAGE_PHOTO_H

#include "base/bytes.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * A decoded photo: upright pixels and what came with them. Grey, palette and CMYK are RGB by now,
 * and alpha is gone: pixels are flattened on white.
 */
typedef struct spx_photo {
    spx_image *image; /* upright: the file's orientation has been applied */
    spx_bytes icc;    /* profile of the pixels; empty = sRGB */
    spx_bytes exif;   /* TIFF structure from "II" or "MM" on, without "Exif\0\0"; Orientation is 1;
                         empty = none */
    spx_bytes xmp;    /* packet; tiff:Orientation is 1; empty = none */
    int on_white;     /* some pixels were not opaque: white shows through them */
    spx_plane *depth; /* of its own, upright, larger = nearer, any range and size; NULL = none */
    char depth_source[64]; /* what depth that is, e.g. "GDepth" */
    struct {
        double share; /* of the pixels, 0..1; 0 = none, or not floats */
        double most;  /* the largest value */
    } clipped;        /* floats over 1, which is white, and became white */
    unsigned turned;  /* the EXIF orientation that the file told, 1..8; 0 = none */
} spx_photo;

/** Releases what the photo holds and zeroes it; an empty one is fine. */
void spx_photo_clear(spx_photo *photo);

#endif

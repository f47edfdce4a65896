#ifndef SPX_CODEC_IMAGE_EXTRAS_H
#define SPX_CODEC_IMAGE_EXTRAS_H

#include "base/bytes.h"

/** What goes beside the pixels. All borrowed and may be NULL or empty. */
typedef struct spx_image_extras {
    const spx_bytes *icc;
    const spx_bytes *exif; /* TIFF structure */
    const spx_bytes *xmp;
    const spx_bytes *xmp_extended; /* JPEG: a second packet, of any size; the first one names it by
                                      its spx_xmp_guid() */
} spx_image_extras;

/** What a PNG of both eyes side by side says about their order (chunk sTER, PNG extensions 4.2: the
 * second picture must begin on a multiple of SPX_PNS_ALIGNMENT columns). */
typedef enum spx_png_stereo {
    SPX_PNG_STEREO_NONE,
    SPX_PNG_STEREO_CROSS,    /* the right eye's picture at the left */
    SPX_PNG_STEREO_PARALLEL, /* the left eye's picture at the left */
} spx_png_stereo;

enum { SPX_PNS_ALIGNMENT = 8 };

#endif

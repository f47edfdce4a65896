#ifndef SPX_CONTAINER_GDEPTH_H
#define SPX_CONTAINER_GDEPTH_H

#include "base/bytes.h"

/*
 * Depth that a phone put into a JPEG file:
 *
 *     GDepth          XMP of Google's "Depthmap Metadata": the map as base64, mostly in extended
 * XMP Dynamic Depth   XMP that lists pictures behind the photo's own end; one of them is the map
 */
typedef enum spx_gdepth_scale {
    SPX_GDEPTH_INVERSE, /* 0 = near, 1 = far, evenly in 1 / distance */
    SPX_GDEPTH_LINEAR,  /* 0 = near, 1 = far, evenly in distance */
} spx_gdepth_scale;

typedef struct spx_gdepth {
    const char *what; /* "GDepth" or "Dynamic Depth"; NULL = the file has no depth */
    spx_bytes map;    /* an encoded picture (JPEG or PNG), as the photo lies in its file */
    spx_gdepth_scale scale;
    double near_m; /* distance of value 0, and of value 1; 0 = not told */
    double far_m;
} spx_gdepth;

/** Looks into a JPEG file. *out is cleared by the caller with spx_gdepth_clear(). Damaged or
 * incomplete depth is none; fails only without memory. */
SPX_NODISCARD spx_status spx_gdepth_read(spx_gdepth *out, const void *jpeg, size_t size,
                                         spx_diag *diag);
void spx_gdepth_clear(spx_gdepth *depth); /* an empty one is fine */

#endif

#ifndef SPX_CONTAINER_METADATA_H
#define SPX_CONTAINER_METADATA_H

#include "base/bytes.h"

/**
 * What was done to a picture since its metadata was written. What each change means for each tag
 * stands in one table, metadata.c.
 */
typedef struct spx_metadata_change {
    unsigned turned;    /* EXIF orientation that was applied to the pixels; 0 or 1 = none */
    uint32_t old_width; /* upright, before it grew or was cut */
    uint32_t old_height;
    uint32_t width; /* as it is now */
    uint32_t height;
    int grown;         /* a border was added, or bars were cut off */
    int parts_dropped; /* only the picture is carried on: no video, gain map, depth, sound, ... */
    int coded_anew; /* the pixels were decoded and are coded again, with a profile of their own */
    int is_srgb;    /* for coded_anew: they are sRGB */
} spx_metadata_change;

/** Makes EXIF (from "II" or "MM" on) and XMP true again after a change; either may be empty. Fails
 * only without memory. */
SPX_NODISCARD spx_status spx_metadata_update(spx_bytes *exif, spx_bytes *xmp,
                                             const spx_metadata_change *change, spx_diag *diag);

#endif

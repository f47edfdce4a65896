#ifndef SPX_CONTAINER_EYES_RECORD_H
#define SPX_CONTAINER_EYES_RECORD_H

#include "base/bytes.h"

/**
 * What pictures of both eyes cannot say otherwise, as an own rdf:Description in their XMP
 * (namespace "urn:spx:eyes:1:"): what a spatial photo's numbers were, so that a pair that goes
 * through other formats comes back to the same window. All fractions are of an eye's width.
 */
typedef struct spx_eyes_record {
    double shape;          /* an eye's width by its height: of another shape the picture was cut */
    double parallel_shift; /* how far the eyes have to move apart to be of parallel cameras */
    double disparity_adjustment; /* of those parallel eyes */
    double baseline_mm;
    double hfov_deg;
} spx_eyes_record;

/** Appends the rdf:Description. */
void spx_eyes_record_put(spx_bytes *out, const spx_eyes_record *record);
/** 1 = the packet has one, with numbers that can be. */
int spx_eyes_record_read(spx_eyes_record *out, const spx_bytes *xmp);
/** Takes it out of a packet. */
void spx_eyes_record_drop(spx_bytes *xmp);

#endif

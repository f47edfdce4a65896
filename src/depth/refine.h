#ifndef SPX_DEPTH_REFINE_H
#define SPX_DEPTH_REFINE_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * Maps values to 0..1 in place: 0.5th percentile -> 0, 99.5th -> 1, the rest clamped. NaN and
 * infinities count as the farthest. A constant map becomes 0.5 everywhere.
 */
void spx_depth_normalise(spx_plane *depth);
/** The same, and tells the values that become 0 and 1; both NaN where the map has no number. */
void spx_depth_normalise_range(spx_plane *depth, float range[2]);

/** Who made a map: it says where in a soft edge the thing ends. */
typedef enum spx_depth_origin {
    SPX_DEPTH_OF_NETWORK, /* of this library: in the middle */
    SPX_DEPTH_OF_OTHERS,  /* of cameras and users: farther out, as blur makes things smaller */
} spx_depth_origin;

/**
 * Brings a normalised map to the photo's size, with depth edges at the photo's colour edges and
 * without the stair-steps of the small map. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_refine(const spx_plane *depth, const spx_image *photo,
                                          spx_depth_origin origin, const spx_task *task,
                                          spx_plane **out, spx_diag *diag);

/** What refining does, each on its own: for benchmarks, which find out what a rule is worth. */
typedef struct spx_refine_rules {
    spx_depth_origin origin;
    int steepen; /* soft edges of small maps */
    int along;   /* thin things keep one depth along their length */
    int snap;    /* edges to the photo's; without it the map is only enlarged */
} spx_refine_rules;

/** As spx_depth_refine(), with some rules only. */
SPX_NODISCARD spx_status spx_depth_refine_by(const spx_plane *depth, const spx_image *photo,
                                             const spx_refine_rules *rules, const spx_task *task,
                                             spx_plane **out, spx_diag *diag);

#endif

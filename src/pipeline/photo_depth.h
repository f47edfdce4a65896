#ifndef SPX_PIPELINE_PHOTO_DEPTH_H
#define SPX_PIPELINE_PHOTO_DEPTH_H

#include "base/task.h"
#include "image/photo.h"
#include "image/plane.h"
#include "spx/spx.h"

/** Where a photo's depth comes from. All borrowed. */
typedef struct spx_depth_request {
    const char *model;   /* as in spx_convert_options */
    int network_only;    /* the photo's own depth is left alone */
    uint32_t depth_size; /* as in spx_convert_options */
    spx_detail detail;   /* the same */
    const char *map;     /* own map; NULL = the network */
    int map_invert;
    const char *preview_dir; /* the network's map so far is shown there (glimpse.h); may be NULL */
    const char *cache;       /* file that keeps the network's map; may be NULL */
    const spx_image *whole;  /* what the network looks at, where the photo's image is a smaller copy
                                of it; NULL = the photo's image */
    double hfov_deg; /* of the photo, where it is known: then a metric network tells metres; else
                        0 */
    int want_raw;    /* give the network's own output too; then the cache is only written */
    int raw_if_run;  /* but only if there is no depth that goes before the network's */
} spx_depth_request;

/** The depth of a photo. Zero-initialise; spx_photo_depth_clear(). */
typedef struct spx_photo_depth {
    spx_plane *map;      /* photo's size, 0..1, 1 = near */
    spx_plane *raw;      /* the network's output, when wanted and run */
    int exact;           /* a given map of the photo's size: where it steps, things end */
    double per_metre[2]; /* inverse distances, 1/m, at 0 and at 1 of the map; both 0: it has no unit
                          */
    char source[64];     /* name of the network, or "own map", or what depth the photo had */
} spx_photo_depth;

void spx_photo_depth_clear(spx_photo_depth *depth);

/** Finds the depth of a photo: a given map, the photo's own, the cache, or a network; normalised,
 * refined to the photo's edges. */
SPX_NODISCARD spx_status spx_photo_depth_find(spx_engine *engine, const spx_photo *photo,
                                              const spx_depth_request *request,
                                              const spx_task *task, spx_photo_depth *out,
                                              spx_diag *diag);

#endif

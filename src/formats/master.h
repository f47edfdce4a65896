#ifndef SPX_FORMATS_MASTER_H
#define SPX_FORMATS_MASTER_H

#include "base/bytes.h"
#include "base/task.h"
#include "image/photo.h"
#include "image/plane.h"
#include "spx/spx.h"

/** The cameras that both eyes are seen by. */
typedef struct spx_master_camera {
    double hfov_deg; /* horizontal field of view of each eye, 1..170 */
    double baseline_mm;
    double strength_pct;         /* left-right disparity between depth 0 and 1, % of the width */
    double convergence;          /* depth at the window, 0 = farthest .. 1 = nearest */
    double disparity_adjustment; /* fraction of the width: how far a viewer that can shift the eyes
                                    pushes the picture back */
} spx_master_camera;

/**
 * The stereo master: all that a conversion found out, from which every file is made. All borrowed
 * for the call. A writer finds what its row in the format table says it needs
 * (SPX_NEEDS_...); everything else may be NULL.
 *
 * The window is baked into the eyes: what lies at the depth `convergence` is at the same place in
 * both, nearer things are crossed (further right in the left eye).
 */
typedef struct spx_master {
    const char *name;       /* of the photo, for messages */
    const spx_photo *photo; /* never NULL: profile, EXIF and XMP; its image with SPX_NEEDS_PHOTO */
    spx_image *left;        /* SPX_NEEDS_EYES; both have the photo's size */
    spx_image *right;
    const spx_image *own[2];   /* of real stereo whose file holds parallel eyes: these, as they were
                                  read; NULL = left and right are what was read or made */
    const spx_image *strip[2]; /* what each eye (left, right) sees beyond the side that it uncovers
                                  when it is moved by shift_px; NULL = nothing more is known */
    int32_t shift_px[2];       /* to the right: how far the eyes move to be parallel */
    const spx_plane *depth;    /* SPX_NEEDS_DEPTH: photo's size, 0..1, 1 = near */
    const spx_plane *raw;      /* SPX_NEEDS_RAW: the network's own output at its own size */
    const spx_plane *gain[2];  /* HDR gain map of each parallel eye, in Apple's form, of one size
                                  that the encoder takes; NULL = none */
    double gain_headroom;      /* linear; 0 = EXIF tells it */
    int depth_of_left; /* real stereo: the map is of the left eye as it was read, not of a photo
                          between both eyes */
    spx_master_camera camera;
    const spx_convert_options *options; /* what the caller wants: quality and the like */
} spx_master;

/** Makes the bytes of one file. *out is empty before the call; the caller clears it on failure. */
typedef spx_status (*spx_format_writer)(spx_bytes *out, const spx_master *master,
                                        const spx_task *task, spx_diag *diag);

#endif

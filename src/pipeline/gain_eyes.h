#ifndef SPX_PIPELINE_GAIN_EYES_H
#define SPX_PIPELINE_GAIN_EYES_H

#include "codec/gain_map_read.h"
#include "pipeline/stereo.h"

/** The gain map as each of the parallel eyes sees it. */
typedef struct spx_gain_eyes {
    spx_plane *maps[2]; /* left, right; NULL = none */
    double headroom;    /* linear; 0 = EXIF tells it */
} spx_gain_eyes;

typedef struct spx_gain_request {
    const spx_input *input; /* the photo's file */
    const spx_limits *limits;
    spx_hdr hdr;
    const spx_plane *depth; /* of the photo, and of its size */
    const spx_stereo_options *stereo;
    int is_larger;   /* the photo has been given borders, which no map knows of */
    int right_alone; /* the photo is a right eye: its file's map is the left one's */
} spx_gain_request;

void spx_gain_eyes_clear(spx_gain_eyes *eyes); /* an empty one is fine */

/** Warns when the file of a real stereo photo, or one of both, has a gain map, which its eyes do
 * not keep: they are moved to each other after it was made. Of the request depth, stereo and
 * is_larger do not count.
 */
SPX_NODISCARD spx_status spx_gain_eyes_leave_out(const spx_gain_request *request,
                                                 const spx_task *task, spx_diag *diag);

/**
 * Reads the map of a photo and draws it for both eyes at its own size as the photo: from the same
 * depth, by the same layers, what is hidden filled from behind. Where a map cannot be kept the task
 * is warned and *out stays empty, as it must be before.
 */
SPX_NODISCARD spx_status spx_gain_eyes_make(spx_gain_eyes *out, const spx_gain_request *request,
                                            const spx_task *task, spx_diag *diag);

#endif

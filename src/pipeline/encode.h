#ifndef SPX_PIPELINE_ENCODE_H
#define SPX_PIPELINE_ENCODE_H

#include "base/task.h"
#include "image/photo.h"
#include "pipeline/output.h"
#include "pipeline/photo_depth.h"
#include "spx/spx.h"

/** Everything that the files are made from. All borrowed. */
typedef struct spx_encode_job {
    const spx_photo *photo; /* for profile, EXIF, XMP; its pixels are not used */
    const spx_photo_depth *depth;
    const spx_image *left;
    const spx_image *right;
    const spx_convert_options *options;
    const spx_summary *summary; /* field of view, baseline, disparity adjustment */
} spx_encode_job;

/** Fills the bytes of every file in the set. Progress goes from 0 to 1 over all of them. */
SPX_NODISCARD spx_status spx_encode_outputs(spx_output_set *set, const spx_encode_job *job,
                                            const spx_task *task, spx_diag *diag);

#endif

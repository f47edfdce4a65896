#ifndef SPX_PIPELINE_STEREO_LOAD_H
#define SPX_PIPELINE_STEREO_LOAD_H

#include "pipeline/stereo_input.h"

/** A photo, or two eyes of real stereo, as a caller gave it. */
typedef struct spx_loaded {
    spx_stereo_photo stereo; /* right is NULL where there is one photo */
    spx_stereo_found found;  /* SPX_STEREO_KIND_NONE where there is one photo */
    int right_alone;         /* the photo is the right eye of real stereo */
} spx_loaded;

void spx_loaded_clear(spx_loaded *loaded); /* an empty one is fine */

/**
 * Reads the caller's file or files and decodes what they hold: both eyes of real stereo, one of
 * them where options->from asks for that, or a photo. *out must be empty and stays so on failure.
 */
SPX_NODISCARD spx_status spx_input_load(spx_loaded *out, const spx_input *input,
                                        const spx_convert_options *options,
                                        const spx_limits *limits, const spx_task *task,
                                        spx_diag *diag);

#endif

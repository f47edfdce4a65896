#ifndef SPX_PIPELINE_PHOTO_INPUT_H
#define SPX_PIPELINE_PHOTO_INPUT_H

#include "base/task.h"
#include "image/photo.h"
#include "spx/spx.h"

/** What an input is called in messages and output names. Borrowed from the input. */
const char *spx_input_name(const spx_input *input);

/** Reads and decodes an input within the limits. *out must be empty. */
SPX_NODISCARD spx_status spx_input_read(spx_photo *out, const spx_input *input,
                                        const spx_limits *limits, const spx_task *task,
                                        spx_diag *diag);
/** Only the picture is carried on, coded anew: its metadata do not tell of anything else any more.
 */
SPX_NODISCARD spx_status spx_input_make_true(spx_photo *photo, spx_diag *diag);

/** Warns of a photo with few pixels. */
void spx_input_look_at_size(uint32_t width, uint32_t height, const spx_task *task);

#endif

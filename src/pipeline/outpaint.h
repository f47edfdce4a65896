#ifndef SPX_PIPELINE_OUTPAINT_H
#define SPX_PIPELINE_OUTPAINT_H

#include "base/task.h"
#include "image/photo.h"
#include "remote/paint.h"
#include "spx/outpaint.h"

/**
 * Makes a photo that was read larger: photo->image becomes the larger picture; profile and
 * metadata stay. On failure the photo stays as it was.
 */
SPX_NODISCARD spx_status spx_outpaint_photo(spx_engine *engine, spx_photo *photo,
                                            const spx_outpaint_options *options,
                                            const spx_task *task, spx_outpaint_outcome *outcome,
                                            spx_diag *diag);

#endif

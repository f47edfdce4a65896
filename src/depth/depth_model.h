#ifndef SPX_DEPTH_DEPTH_MODEL_H
#define SPX_DEPTH_DEPTH_MODEL_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * A depth network with its weights mapped from a file. Several threads may call
 * spx_depth_model_run() at once. The file's tensors decide which network it is.
 */
typedef struct spx_depth_model spx_depth_model;

/** path: a .safetensors file; task: for its cancel flag, may be NULL. Owned by the caller:
 * spx_depth_model_close(). */
SPX_NODISCARD spx_status spx_depth_model_open(spx_depth_model **out, const char *path,
                                              const spx_task *task, spx_diag *diag);
void spx_depth_model_close(spx_depth_model *model); /* NULL is fine */
/** "spx-lite", "depth-anything-v2-small", … Borrowed from the model. */
const char *spx_depth_model_name(const spx_depth_model *model);
/** 64 bits that change with the weights, as 16 hex digits. Borrowed from the model. */
const char *spx_depth_model_hash(const spx_depth_model *model);

/**
 * Relative inverse depth of a photo (larger = nearer, unknown scale and shift), at the network's
 * own output size, aspect ratio kept. size: side the network resizes to, in its own terms
 * (spx-lite: long side, Depth Anything: short side); 0 = its default. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_model_run(spx_depth_model *model, const spx_image *photo,
                                             uint32_t size, const spx_task *task, spx_plane **out,
                                             spx_diag *diag);

#endif

#ifndef SPX_DEPTH_DEPTH_MODEL_H
#define SPX_DEPTH_DEPTH_MODEL_H

#include "base/task.h"
#include "depth/depth_input.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * A depth network with its weights mapped from a file. Several threads may call
 * spx_depth_model_run() at once, or ask for its hash. The file's tensors decide which network it
 * is.
 */
typedef struct spx_depth_model spx_depth_model;

/** path: a .safetensors file; task: for its cancel flag, may be NULL. Owned by the caller:
 * spx_depth_model_close(). */
SPX_NODISCARD spx_status spx_depth_model_open(spx_depth_model **out, const char *path,
                                              const spx_task *task, spx_diag *diag);
void spx_depth_model_close(spx_depth_model *model); /* NULL is fine */
/** "spx-lite", "depth-anything-v2-small", … Borrowed from the model. */
const char *spx_depth_model_name(const spx_depth_model *model);
/** 0: distances have no unit. Else the map's values are m / z, z the distance in focal lengths of
 * the input, f pixels each, and m this number: a value v lies f / (m v) metres away. */
double spx_depth_model_metric(const spx_depth_model *model);
/** 64 bits that change with the weights, as 16 hex digits: the first call reads the whole file.
 * task: for its cancel flag, may be NULL. *out: borrowed from the model. */
SPX_NODISCARD spx_status spx_depth_model_hash(spx_depth_model *model, const spx_task *task,
                                              const char **out, spx_diag *diag);

spx_depth_sizes spx_depth_model_sizes(const spx_depth_model *model);

/** The size of a photo's input. size: as for spx_depth_model_run(). */
SPX_NODISCARD spx_status spx_depth_model_input(const spx_depth_model *model, const spx_image *photo,
                                               uint32_t size, uint32_t *width, uint32_t *height,
                                               spx_diag *diag);
/** size: as for spx_depth_model_run(). */
SPX_NODISCARD spx_status spx_depth_model_prepare(const spx_depth_model *model,
                                                 const spx_image *photo, uint32_t size,
                                                 const spx_task *task, spx_depth_input *out,
                                                 spx_diag *diag);
/** The map of an input, at the network's own output size: the input's, or half of it. *out is owned
 * by the caller. */
SPX_NODISCARD spx_status spx_depth_model_infer(spx_depth_model *model, const spx_depth_input *input,
                                               const spx_task *task, spx_plane **out,
                                               spx_diag *diag);
/** Gives back the memory that runs keep for further ones; the next takes it anew. */
void spx_depth_model_rest(spx_depth_model *model);
/**
 * Relative inverse depth of a photo (larger = nearer, unknown scale and shift), at the network's
 * own output size, aspect ratio kept. size: side the network resizes to, in its own terms
 * (spx-lite: long side, Depth Anything: short side); 0 = its default. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_model_run(spx_depth_model *model, const spx_image *photo,
                                             uint32_t size, const spx_task *task, spx_plane **out,
                                             spx_diag *diag);

#endif

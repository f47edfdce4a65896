#ifndef SPX_PIPELINE_ENGINE_H
#define SPX_PIPELINE_ENGINE_H

#include "base/pool.h"
#include "depth/depth_model.h"
#include "spx/spx.h"

spx_pool *spx_engine_pool(spx_engine *engine);
const spx_limits *spx_engine_limits(const spx_engine *engine);
const char *spx_engine_model_dir(const spx_engine *engine); /* may be NULL */

/**
 * The network for a name, a path, or NULL/"auto"; opened on first use and kept until the engine
 * goes. task: for its cancel flag. *out is borrowed from the engine.
 */
SPX_NODISCARD spx_status spx_engine_model(spx_engine *engine, const char *model,
                                          const spx_task *task, spx_depth_model **out,
                                          spx_diag *diag);

#endif

#ifndef SPX_CHILD_INSIDE_H
#define SPX_CHILD_INSIDE_H

/* What each child does before it looks at its photos: finds the weights, shuts itself in, opens
 * the photos, and asks for what they take. */
#include "child/needs.h"
#include "child/sandbox.h"

/** Zero-initialise; all lives as long as the process. */
typedef struct spx_inside {
    spx_sandbox sandbox; /* write: the caller's, before the entry */
    size_t read_count;
    char *weights; /* of the depth network; NULL = none was looked for, or found */
    char *small;   /* of the one that plans borders */
} spx_inside;

/** One more file or folder that may be read; borrowed for ever, NULL is passed over. */
void spx_inside_allow(spx_inside *inside, const char *path);
/** Looks for the weights now: later nothing but their folders can be read. Sets
 * engine->model_dir. outpaints: those that a larger photo is planned with as well. */
void spx_inside_find_weights(spx_inside *inside, spx_engine_options *engine, const char *model,
                             int outpaints);
/** Shuts the process in, opens the photo, and the right one where there is one (paths; right may be
 * NULL), as *input, and asks for what they take. work: of the photo; its network and threads are
 * filled in here. */
// NOLINTNEXTLINE(readability-function-size): seven parameters
SPX_NODISCARD spx_status spx_inside_enter(spx_inside *inside, spx_input *input, const char *path,
                                          const char *right, const spx_engine_options *engine,
                                          const spx_child_work *work, spx_diag *diag);

#endif

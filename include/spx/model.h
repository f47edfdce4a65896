#ifndef SPX_MODEL_H
#define SPX_MODEL_H

/*
 * Weights of depth networks on this computer: where they are looked for, and how they get there.
 *
 * A model NAME is the file NAME.safetensors in one of these folders, the first that has it:
 *
 *     model_dir of the call
 *     $SPX_MODEL_DIR, or when that is not set $XDG_DATA_HOME/spx/models (~/.local/share/spx/models)
 *     ../share/spx/models beside the running program, and models/ of the source tree it was built
 * in the data folder chosen at build time, and /usr/share/spx/models
 *
 * The first of them that is given is also where fetched and added models go. SHA256SUMS in a folder
 * keeps the checksums of its files, in the format of sha256sum(1).
 */
#include "spx/cancel.h"
#include "spx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The weights file for "auto" (or NULL), a model's name, or a path (anything with a '/' or ending
 * in ".safetensors"). auto: depth-anything-v2-large, -base, -small, then spx-lite, whatever is
 * found first. *out_path is owned by the caller: free(). model_dir may be NULL.
 */
SPX_API SPX_NODISCARD spx_status spx_model_resolve(const char *model, const char *model_dir,
                                                   char **out_path, spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

#ifndef SPX_MODELS_MODEL_SUMS_H
#define SPX_MODELS_MODEL_SUMS_H

#include "base/sha256.h"
#include "base/status.h"

#include <stdint.h>

/* SHA256SUMS in a folder: lines of "HEX  FILE", which sha256sum --check understands. */

/** The checksum that the folder's list has for a file; an empty text when it has none. A missing
 * list is an empty one. */
SPX_NODISCARD spx_status spx_model_sums_find(const char *folder, const char *file,
                                             char hex[SPX_SHA256_HEX], spx_diag *diag);
/** Writes the file's checksum into the list; hex NULL takes its line away. */
SPX_NODISCARD spx_status spx_model_sums_set(const char *folder, const char *file, const char *hex,
                                            spx_diag *diag);

/** Reads a file and computes its checksum and size. */
SPX_NODISCARD spx_status spx_model_sum_file(const char *path, char hex[SPX_SHA256_HEX],
                                            uint64_t *size, spx_diag *diag);

/** Whether text begins with 64 lower-case hex digits. Looks no further. */
int spx_model_sum_is_valid(const char *text);

#endif

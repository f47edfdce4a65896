#ifndef SPX_CODEC_FILE_KIND_H
#define SPX_CODEC_FILE_KIND_H

#include "base/status.h"

#include <stddef.h>

/**
 * What a file is, by its first bytes: "JPEG", "HEIC", … where spx reads it, else what people call
 * it with its article, e.g. "a PDF document". NULL where nobody knows. Static storage.
 */
const char *spx_file_kind_of(const void *data, size_t size, int *is_photo);

/** SPX_ERR_UNSUPPORTED: the file is not a photo, and what it is instead where that is known. */
SPX_NODISCARD spx_status spx_fail_not_a_photo(const char *name, const void *data, size_t size,
                                              spx_diag *diag);

#endif

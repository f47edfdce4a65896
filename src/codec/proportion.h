#ifndef SPX_CODEC_PROPORTION_H
#define SPX_CODEC_PROPORTION_H

#include "base/status.h"
#include "codec/photo_type.h"

#include <stddef.h>

/**
 * SPX_ERR_TRUNCATED for a JPEG or PNG file that is too short for the pixels that its header claims,
 * however flat they are: 1,316 bytes can claim 196 megapixels, and gigabytes of memory would be
 * spent on finding out that they are not there. Other kinds and other damage pass.
 */
SPX_NODISCARD spx_status spx_photo_check_proportion(const void *data, size_t size,
                                                    spx_photo_type type, const char *name,
                                                    spx_diag *diag);

#endif

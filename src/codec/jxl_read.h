#ifndef SPX_CODEC_JXL_READ_H
#define SPX_CODEC_JXL_READ_H

#include "codec/photo_file.h"

/** Reads a JPEG XL file, its first frame, upright, through libjxl. 8 bits, or 16 where more are
 * coded; alpha is laid on white. Pixels coded in XYB come as sRGB, others with their profile.
 * *photo must be empty; on failure the caller clears it. */
SPX_NODISCARD spx_status spx_jxl_read(spx_photo *photo, const spx_photo_file *file,
                                      const spx_limits *limits, const spx_task *task,
                                      spx_diag *diag);

#endif

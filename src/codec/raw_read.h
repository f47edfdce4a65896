#ifndef SPX_CODEC_RAW_READ_H
#define SPX_CODEC_RAW_READ_H

#include "codec/photo_file.h"

/**
 * Reads a camera's raw file (DNG, CR2, CR3, NEF, ARW, RAF, ORF, RW2, ...) through LibRaw: the JPEG
 * that the camera put into it when its longer side has at least half the sensor's, else the
 * sensor's data developed with the camera's white balance (sRGB, 8 bits). Says which by
 * SPX_NOTE_RAW. Upright. *photo must be empty; on failure the caller clears it.
 */
SPX_NODISCARD spx_status spx_raw_read(spx_photo *photo, const spx_photo_file *file,
                                      const spx_limits *limits, const spx_task *task,
                                      spx_diag *diag);

#endif

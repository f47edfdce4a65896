#ifndef SPX_CODEC_BMP_READ_H
#define SPX_CODEC_BMP_READ_H

#include "codec/photo_file.h"

/** Reads a Windows or OS/2 bitmap: 1, 4, 8, 16, 24 or 32 bits, plain, RLE4, RLE8 or bit fields,
 * from the bottom up or from the top down. What a run-length coding leaves out is black. *photo
 * must be empty; on failure the caller clears it. */
SPX_NODISCARD spx_status spx_bmp_read(spx_photo *photo, const spx_photo_file *file,
                                      const spx_limits *limits, const spx_task *task,
                                      spx_diag *diag);

#endif

#ifndef SPX_CODEC_TIFF_PHOTO_H
#define SPX_CODEC_TIFF_PHOTO_H

#include "base/task.h"
#include "codec/photo_file.h"
#include "codec/photo_source.h"

/**
 * The photo among a TIFF file's pictures. Fails with SPX_ERR_UNSUPPORTED for a picture that
 * libvips' loader would give in false colours without a word.
 */
SPX_NODISCARD spx_status spx_tiff_photo_choose(spx_photo_picture *out, const spx_photo_file *file,
                                               const spx_task *task, spx_diag *diag);

#endif

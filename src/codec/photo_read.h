#ifndef SPX_CODEC_PHOTO_READ_H
#define SPX_CODEC_PHOTO_READ_H

#include "codec/photo_file.h"

/**
 * Decodes a photo of any format spx reads (JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG XL, GIF, BMP and
 * cameras' raw files; type decided by content), upright, RGB. Of several pictures the largest is
 * the photo (TIFF), or the first (GIF).
 *
 * 8-bit files give 8-bit images, deeper ones 16-bit. Grey and palette become RGB; CMYK and grey
 * profiles are converted to sRGB (the profile is dropped then); RGB profiles are kept as they are.
 * Only trusted loaders run. Limits are checked on the header. name: for messages. *out must be
 * empty; on failure it stays empty.
 */
SPX_NODISCARD spx_status spx_photo_read(spx_photo *out, const void *data, size_t size,
                                        const char *name, const spx_limits *limits,
                                        const spx_task *task, spx_diag *diag);

#endif

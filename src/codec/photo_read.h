#ifndef SPX_CODEC_PHOTO_READ_H
#define SPX_CODEC_PHOTO_READ_H

#include "base/task.h"
#include "image/photo.h"
#include "spx/limits.h"

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

/** SPX_ERR_LIMIT with the numbers when a picture is too large. */
SPX_NODISCARD spx_status spx_photo_check_size(uint32_t width, uint32_t height, const char *name,
                                              const spx_limits *limits, spx_diag *diag);

/** Encoded bytes, and which picture of them. All borrowed. */
typedef struct spx_photo_file {
    const void *data;
    size_t size;
    const char *name;   /* for messages */
    uint32_t item;      /* of a HEIF file: which picture; 0 = the primary one */
    int accept_damaged; /* what there is is enough: codec/damage.h */
} spx_photo_file;

/** The same for any picture of a file. */
SPX_NODISCARD spx_status spx_photo_read_item(spx_photo *out, const spx_photo_file *file,
                                             const spx_limits *limits, const spx_task *task,
                                             spx_diag *diag);

#endif

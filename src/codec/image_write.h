#ifndef SPX_CODEC_IMAGE_WRITE_H
#define SPX_CODEC_IMAGE_WRITE_H

#include "base/task.h"
#include "codec/image_extras.h"
#include "image/plane.h"
#include "image/rows.h"
#include "spx/image.h"

typedef enum spx_image_type {
    SPX_IMAGE_TYPE_PNG,
    SPX_IMAGE_TYPE_JPEG,
    SPX_IMAGE_TYPE_WEBP,
    SPX_IMAGE_TYPE_TIFF,
    SPX_IMAGE_TYPE_HEIC,
    SPX_IMAGE_TYPE_AVIF,
} spx_image_type;

/**
 * Encodes a picture into *out, which must be empty. quality 1..100 counts for the lossy types; PNG
 * uses settings that are fast rather than small. 16-bit images keep their depth in PNG and TIFF and
 * become 8-bit elsewhere.
 */
SPX_NODISCARD spx_status spx_image_write(spx_bytes *out, const spx_image *image,
                                         spx_image_type type, int quality,
                                         const spx_image_extras *extras, const spx_task *task,
                                         spx_diag *diag);

/** The largest sides that the formats' own fields hold; libjpeg stops a little earlier. */
enum { SPX_JPEG_MOST_SIDE_PX = 65500, SPX_WEBP_MOST_SIDE_PX = 16383 };

/** Whether a JPEG's colours have half the sharpness of its brightness. */
typedef enum spx_jpeg_chroma {
    SPX_JPEG_CHROMA_AUTO, /* half below quality 90 */
    SPX_JPEG_CHROMA_FULL, /* 4:4:4 */
    SPX_JPEG_CHROMA_HALF, /* 4:2:0 */
} spx_jpeg_chroma;

typedef struct spx_write_form {
    spx_image_type type;
    int quality; /* 1..100, lossy types */
    spx_jpeg_chroma chroma;
    spx_png_stereo stereo;
    double dots_per_inch;           /* of a PNG to be printed; 0 = nothing is said */
    const spx_image_extras *extras; /* may be NULL */
} spx_write_form;

/** spx_image_write() for a picture that is made row by row. */
SPX_NODISCARD spx_status spx_rows_write(spx_bytes *out, const spx_rows *rows,
                                        const spx_write_form *form, const spx_task *task,
                                        spx_diag *diag);

/** Pixels of 8 bits with alpha: [height][width][4], colours not multiplied by it. Borrowed. */
typedef struct spx_rgba {
    uint32_t width;
    uint32_t height;
    const uint8_t *pixels;
} spx_rgba;

/** A PNG (colours kept where alpha is 0), or a WebP of that quality. */
SPX_NODISCARD spx_status spx_rgba_write_png(spx_bytes *out, const spx_rgba *picture,
                                            const spx_task *task, spx_diag *diag);
SPX_NODISCARD spx_status spx_rgba_write_webp(spx_bytes *out, const spx_rgba *picture, int quality,
                                             const spx_task *task, spx_diag *diag);

/** 8-bit grey JPEG of values 0..1 (clamped). */
SPX_NODISCARD spx_status spx_plane_write_jpeg(spx_bytes *out, const spx_plane *plane, int quality,
                                              const spx_task *task, spx_diag *diag);

/** 16-bit grey PNG of values 0..1 (clamped, 0 -> 0, 1 -> 65535). text_key/text_value: one tEXt
 * comment; may be NULL. */
SPX_NODISCARD spx_status spx_plane_write_png16(spx_bytes *out, const spx_plane *plane,
                                               const char *text_key, const char *text_value,
                                               const spx_task *task, spx_diag *diag);

#endif

#ifndef SPX_CODEC_HEIF_IMAGE_H
#define SPX_CODEC_HEIF_IMAGE_H

#include "base/bytes.h"
#include "base/task.h"
#include "container/heif_reader.h"
#include "container/spatial_heif.h"
#include "image/plane.h"
#include "spx/image.h"
#include "spx/limits.h"

/*
 * The door for pictures in HEIF files (HEIC, AVIF): any item, whatever else the file holds. The
 * boxes are read by the container room; the decoder gets an excerpt with one picture in it.
 */

/** A HEIF file that spx_heif_read() has read. All borrowed. */
typedef struct spx_heif_file {
    const spx_heif *heif;
    const char *name;         /* for messages */
    const spx_limits *limits; /* pixels and side are checked before decoding */
    const spx_task *task;     /* may be NULL */
} spx_heif_file;

/** A decoded item. */
typedef struct spx_heif_picture {
    spx_image *image; /* turned, mirrored and cropped as the file says; alpha laid on white; 8 bits,
                         or 16 when more are coded, white is 65535 */
    const uint8_t *icc; /* within the file's bytes; NULL = none */
    size_t icc_size;
    int has_nclx; /* the item, or its first tile, has code points, or else its coded data has */
    spx_nclx nclx;
    int on_white;  /* some pixels were not opaque */
    unsigned bits; /* coded, 8..16 */
} spx_heif_picture;

/** Decodes an item to RGB. *out must be empty; on failure it stays empty. */
SPX_NODISCARD spx_status spx_heif_item_read(spx_heif_picture *out, const spx_heif_file *file,
                                            uint32_t item, spx_diag *diag);
void spx_heif_picture_clear(spx_heif_picture *picture); /* an empty one is fine */

/** Decodes an item as one number for each pixel, 0..1 of what its bits can hold: depth, gain maps,
 * mattes. Of colours the luma. Turned, mirrored and cropped as the file says. *out is owned by the
 * caller: spx_plane_destroy(). */
SPX_NODISCARD spx_status spx_heif_plane_read(spx_plane **out, const spx_heif_file *file,
                                             uint32_t item, spx_diag *diag);

/** The EXIF (from "II" or "MM" on) or XMP that describes an item; *out must be empty and stays so
 * when there is none. A damaged block is no block. */
SPX_NODISCARD spx_status spx_heif_exif_read(spx_bytes *out, const spx_heif *heif, uint32_t item,
                                            spx_diag *diag);
SPX_NODISCARD spx_status spx_heif_xmp_read(spx_bytes *out, const spx_heif *heif, uint32_t item,
                                           spx_diag *diag);

#endif

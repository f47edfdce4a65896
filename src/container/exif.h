#ifndef SPX_CONTAINER_EXIF_H
#define SPX_CONTAINER_EXIF_H

#include "base/bytes.h"

/** What spx wants to know of an EXIF block (TIFF structure from "II"/"MM" on). Zero = not there or
 * not readable. */
typedef struct spx_exif {
    unsigned orientation;     /* 1..8; 0 = absent */
    double focal_length_35mm; /* FocalLengthIn35mmFilm, mm */
    double focal_length_mm;   /* FocalLength */
} spx_exif;

/** Reads what it can; a damaged block gives zeros, never an error. */
void spx_exif_read(spx_exif *out, const void *tiff, size_t size);

/** Sets Orientation to 1 in place where the tag is present. Where that was a change, the thumbnail
 * (IFD1) is unlinked: it shows the picture as it lay before. */
void spx_exif_set_upright(void *tiff, size_t size);

/** Writes the sizes of a picture, in pixels, over those that the block tells (ImageWidth,
 * ImageLength, PixelXDimension, PixelYDimension), in place; what is not told stays so. */
void spx_exif_set_size(void *tiff, size_t size, uint32_t width, uint32_t height);

/** Says that the colours are sRGB, where the block says anything of them (ColorSpace), in place. */
void spx_exif_set_srgb(void *tiff, size_t size);

/** The least that an Exif file must tell (Exif 2.32, 4.6.8): upright, its size, its colours. srgb:
 * 0 = another profile goes with it. Appended to *out; failure shows there. */
void spx_exif_put_least(spx_bytes *out, uint32_t width, uint32_t height, int srgb);

/** Horizontal field of view in degrees of a w x h picture taken at a 35 mm equivalent
 * (diagonal-based) focal length. */
double spx_hfov_from_focal_35mm(double focal_length_35mm, uint32_t width, uint32_t height);

#endif

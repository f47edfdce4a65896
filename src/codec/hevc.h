#ifndef SPX_CODEC_HEVC_H
#define SPX_CODEC_HEVC_H

#include "base/task.h"
#include "container/hevc_stills.h"
#include "container/spatial_heif.h"
#include "image/plane.h"
#include "spx/image.h"

/** The largest picture of level 6.2, ISO/IEC 23008-2 table A.8; larger ones are SPX_ERR_LIMIT. */
enum {
    SPX_HEVC_MOST_PX = 35651584,   /* luma samples */
    SPX_HEVC_MOST_SIDE_PX = 16888, /* sqrt(8 * that) */
};

/** Whether a picture of that size keeps within level 6.2; it is coded with sides that are multiples
 * of 32. */
int spx_hevc_fits(uint32_t width, uint32_t height);

/** How pictures are coded: 4:2:0, 8 bits, intra only, constant quantiser. */
typedef struct spx_hevc_options {
    int quality;    /* 1..100, mapped to a constant QP */
    spx_nclx color; /* RGB -> YCbCr matrix actually used, and written to the VUI */
} spx_hevc_options;

/**
 * Cuts `image_count` images of one size into tile_px x tile_px tiles, row by row, image after image
 * (edge tiles are padded by repeating the border), and codes all of them as one sequence of intra
 * pictures. Main Still Picture form.
 */
SPX_NODISCARD spx_status spx_hevc_encode_tiles(spx_hevc_stills *out, const spx_image *const *images,
                                               size_t image_count, uint32_t tile_px,
                                               const spx_hevc_options *options,
                                               const spx_task *task, spx_diag *diag);

/** Codes each image (all of one size) as one picture. */
SPX_NODISCARD spx_status spx_hevc_encode_whole(spx_hevc_stills *out, const spx_image *const *images,
                                               size_t image_count, const spx_hevc_options *options,
                                               const spx_task *task, spx_diag *diag);

/** What the sides of a grey picture must be multiples of. */
enum { SPX_HEVC_GREY_UNIT_PX = 16, SPX_HEVC_GREY_LEAST_PX = 32 };

/**
 * Codes values 0..1 (clamped, NaN = 0) as one picture without chroma, 8 bits, full range: what
 * depth maps and gain maps beside a photo are (format range extensions profile, as Apple's). Sides
 * of the plane: multiples of SPX_HEVC_GREY_UNIT_PX, at least SPX_HEVC_GREY_LEAST_PX.
 */
SPX_NODISCARD spx_status spx_hevc_encode_grey(spx_hevc_stills *out, const spx_plane *plane,
                                              int quality, const spx_task *task, spx_diag *diag);

/** left | right as one picture in an Annex B elementary stream, Main profile, with VPS, SPS and
 * PPS: plays in players. */
SPX_NODISCARD spx_status spx_hevc_encode_side_by_side(spx_bytes *out, const spx_image *left,
                                                      const spx_image *right,
                                                      const spx_hevc_options *options,
                                                      const spx_task *task, spx_diag *diag);

/** The colour description that fits a profile: P3, sRGB/none, Adobe RGB (unspecified primaries),
 * with its matrix. */
void spx_nclx_from_icc(spx_nclx *out, const spx_bytes *icc);

#endif

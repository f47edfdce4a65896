#ifndef SPX_CONTAINER_SPATIAL_HEIF_H
#define SPX_CONTAINER_SPATIAL_HEIF_H

#include "container/hevc_stills.h"

enum { SPX_HEIF_TILE_PX = 512 };

/** How to read code values as colour: ISO/IEC 23091-2 numbers, as in 'nclx' and the VUI. */
typedef struct spx_nclx {
    uint16_t primaries;
    uint16_t transfer;
    uint16_t matrix;
    int full_range;
} spx_nclx;

/** A stereo photo for Apple's readers. Everything is borrowed for the call. Left eye = primary
 * item. */
typedef struct spx_spatial_heif {
    uint32_t width; /* of each eye; odd sizes are allowed and come out whole */
    uint32_t height;
    /* Grid form: tiles of SPX_HEIF_TILE_PX, left eye's row by row, then the right eye's (edge tiles
     * padded by the encoder). Single-item form: two pictures, left and right. Which one,
     * `single_item` says. */
    const spx_hevc_stills *coded;
    int single_item;
    const spx_hevc_stills *thumbnail; /* one picture of the left eye; may be NULL */
    spx_nclx nclx;
    const spx_bytes *icc;  /* kept as 'prof' colour; empty or NULL = nclx only */
    const spx_bytes *exif; /* TIFF structure; written once per eye; empty or NULL = none */
    const spx_bytes *xmp;  /* written once per eye; empty or NULL = none */
    double hfov_deg;       /* 1..170 */
    double baseline_mm;
    double disparity_adjustment; /* fraction of the width, -1..1 */
    int fourcc_properties;       /* 'cmin'/'cmex' boxes instead of uuid boxes */
} spx_spatial_heif;

/** Appends the whole file to *out, which must be empty; on failure it is cleared. */
SPX_NODISCARD spx_status spx_spatial_heif_write(spx_bytes *out, const spx_spatial_heif *photo,
                                                spx_diag *diag);

#endif

#ifndef SPX_CONTAINER_SPATIAL_HEIF_H
#define SPX_CONTAINER_SPATIAL_HEIF_H

#include "container/hevc_stills.h"

enum { SPX_HEIF_TILE_PX = 512, SPX_HEIF_AUX_MOST = 8 };

/** How to read code values as colour: ISO/IEC 23091-2 numbers, as in 'nclx' and the VUI. */
typedef struct spx_nclx {
    uint16_t primaries;
    uint16_t transfer;
    uint16_t matrix;
    int full_range;
} spx_nclx;

/** A grey picture that tells more of a view: its depth, its gain map. Borrowed. */
typedef struct spx_heif_aux {
    const spx_hevc_stills *coded; /* one picture without chroma, of any size */
    unsigned view;                /* 0 = the left or only one, 1 = the right one */
    const char *type;             /* what it is: SPX_HEIF_AUX_… or any other name */
    const spx_bytes *subtype;     /* bytes behind the name in 'auxC'; may be NULL */
    const spx_bytes *xmp;         /* describes it; empty or NULL = none */
} spx_heif_aux;

#define SPX_HEIF_AUX_DEPTH "urn:mpeg:hevc:2015:auxid:2"
#define SPX_HEIF_AUX_GAIN_MAP "urn:com:apple:photo:2020:aux:hdrgainmap"

/** A stereo photo for Apple's readers, or an ordinary one with what goes with it. Everything is
 * borrowed for the call. Left eye = primary item. */
typedef struct spx_spatial_heif {
    uint32_t width; /* of each eye; odd sizes are allowed and come out whole */
    uint32_t height;
    /* Grid form: tiles of SPX_HEIF_TILE_PX, left eye's row by row, then the right eye's (edge tiles
     * padded by the encoder). Single-item form: two pictures, left and right. Which one,
     * `single_item` says. */
    const spx_hevc_stills *coded;
    int single_view; /* one picture: no right eye, no pair, no cameras */
    int single_item;
    const spx_hevc_stills *thumbnail; /* one picture of the left eye; may be NULL */
    spx_nclx nclx;
    const spx_bytes *icc;  /* kept as 'prof' colour; empty or NULL = nclx only */
    const spx_bytes *exif; /* TIFF structure; written once per eye; empty or NULL = none */
    const spx_bytes *xmp;  /* written once per eye; empty or NULL = none */
    double hfov_deg;       /* 1..170 */
    double baseline_mm;
    double disparity_adjustment; /* fraction of the width, -1..1 */
    const spx_heif_aux *aux;     /* [aux_count]; may be NULL */
    size_t aux_count;            /* 0..SPX_HEIF_AUX_MOST */
    int fourcc_properties;       /* 'cmin'/'cmex' boxes instead of uuid boxes */
} spx_spatial_heif;

/** Appends the whole file to *out, which must be empty; on failure it is cleared. */
SPX_NODISCARD spx_status spx_spatial_heif_write(spx_bytes *out, const spx_spatial_heif *photo,
                                                spx_diag *diag);

#endif

#ifndef SPX_CONTAINER_HEIF_PROPERTIES_H
#define SPX_CONTAINER_HEIF_PROPERTIES_H

#include "container/heif_reader.h"
#include "container/hevc_sps.h"
#include "container/spatial_heif.h"

/*
 * What the properties of HEIF items say (ISO/IEC 23008-12, 6.5). Each reads a payload from
 * spx_heif_find_property(); a damaged one is SPX_ERR_TRUNCATED or SPX_ERR_CORRUPT.
 */

typedef struct spx_ispe {
    uint32_t width;
    uint32_t height;
} spx_ispe;

SPX_NODISCARD spx_status spx_ispe_read(spx_ispe *out, const spx_heif_property *property,
                                       spx_diag *diag);

enum { SPX_PIXI_MOST_CHANNELS = 16 };

typedef struct spx_pixi {
    unsigned channels;
    uint8_t bits[SPX_PIXI_MOST_CHANNELS];
} spx_pixi;

SPX_NODISCARD spx_status spx_pixi_read(spx_pixi *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Either code points or a profile. */
typedef struct spx_colr {
    int has_nclx;
    spx_nclx nclx;
    const uint8_t *icc; /* within the file's bytes; NULL = none */
    size_t icc_size;
} spx_colr;

SPX_NODISCARD spx_status spx_colr_read(spx_colr *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Clean aperture: width, height and the offset of its centre, as fractions. */
typedef struct spx_clap {
    double width;
    double height;
    double offset_x;
    double offset_y;
} spx_clap;

SPX_NODISCARD spx_status spx_clap_read(spx_clap *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Quarter turns anticlockwise, 0..3. */
SPX_NODISCARD spx_status spx_irot_read(unsigned *out, const spx_heif_property *property,
                                       spx_diag *diag);
/** 0: mirrored about the vertical axis (left and right change places), 1: about the horizontal one.
 */
SPX_NODISCARD spx_status spx_imir_read(unsigned *out, const spx_heif_property *property,
                                       spx_diag *diag);

typedef struct spx_hvcc {
    unsigned profile_idc;
    unsigned level_idc;
    unsigned chroma_format;
    unsigned luma_bits;
    unsigned chroma_bits;
    unsigned length_bytes; /* in front of each NAL unit: 1, 2 or 4 */
    unsigned parameter_sets;
    const uint8_t *sps; /* the first one, a NAL unit within the file's bytes; NULL = none */
    size_t sps_size;
} spx_hvcc;

SPX_NODISCARD spx_status spx_hvcc_read(spx_hvcc *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Camera intrinsics as fractions of the picture's width (focal length x, principal point x,
 * skew) and height (principal point y, focal length y). */
typedef struct spx_cmin {
    int anisotropic; /* focal_y and skew are stored; else focal_y is 0: pixels are square */
    unsigned shift;  /* values are stored as numerators over 2^shift */
    double focal_x;
    double principal_x;
    double principal_y;
    double focal_y;
    double skew;
} spx_cmin;

SPX_NODISCARD spx_status spx_cmin_read(spx_cmin *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Where a camera stands, +x to the right, and how it is turned (camera to world). */
typedef struct spx_cmex {
    int32_t position_um[3]; /* absent ones are 0 */
    int has_orientation;
    double orientation[4]; /* quaternion x, y, z, w; identity when absent */
    int has_world_id;
    uint32_t world_id;
} spx_cmex;

SPX_NODISCARD spx_status spx_cmex_read(spx_cmex *out, const spx_heif_property *property,
                                       spx_diag *diag);

/** Fraction of the image width. */
SPX_NODISCARD spx_status spx_disparity_adjustment_read(double *out,
                                                       const spx_heif_property *property,
                                                       spx_diag *diag);

/** The first 'cmin', 'cmex' (four-character or uuid form) or disparity property of an item;
 * NULL = none. essential: may be NULL. */
const spx_heif_property *spx_heif_find_cmin(const spx_heif *heif, uint32_t item, int *essential);
const spx_heif_property *spx_heif_find_cmex(const spx_heif *heif, uint32_t item, int *essential);
const spx_heif_property *spx_heif_find_disparity(const spx_heif *heif, uint32_t item,
                                                 int *essential);

/** The pictures of a stereo pair. */
typedef struct spx_heif_stereo {
    uint32_t type;    /* of the group: 'ster', 'stem' or 'uuid' */
    uint32_t group;   /* its id */
    uint32_t members; /* how many it has */
    uint32_t left;    /* item ids */
    uint32_t right;
    uint32_t mono; /* the picture for viewers without depth, where the group names one; else 0 */
} spx_heif_stereo;

/** Whether a group is a stereo pair, of any kind that spx_heif_find_stereo() knows. */
int spx_heif_is_stereo(const spx_heif_group *group);
size_t spx_heif_count_stereo(const spx_heif *heif);
/**
 * Finds the stereo pair: 'ster' (two pictures), 'stem' (a third one, for viewers without depth) or
 * the uuid group of Apple's newer files (the same). Of several the one that the primary item
 * belongs to, else the first with enough members, else the first. 0 = the file has none; members <
 * 2 = it has one without eyes.
 */
int spx_heif_find_stereo(spx_heif_stereo *out, const spx_heif *heif);
/** The disparity adjustment of an eye, or else of its pair's group; NULL = none. */
const spx_heif_property *spx_heif_stereo_disparity(const spx_heif *heif,
                                                   const spx_heif_stereo *stereo, uint32_t eye,
                                                   int *essential);

/** What a 'grid' item's data says. */
typedef struct spx_grid {
    uint32_t rows;
    uint32_t columns;
    uint32_t width;
    uint32_t height;
} spx_grid;

SPX_NODISCARD spx_status spx_grid_read(spx_grid *out, const spx_heif *heif, uint32_t item,
                                       spx_diag *diag);

#endif

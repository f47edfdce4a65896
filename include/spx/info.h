#ifndef SPX_INFO_H
#define SPX_INFO_H

#include "spx/spx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One picture of a HEIF file and the camera that its file gives it. */
typedef struct spx_info_picture {
    uint32_t item;   /* its id; 0 = there is none and all else is zero */
    char coding[12]; /* item type of the picture, or of its tiles: "hvc1", "av01", ... */
    uint32_t width;  /* as stored, before rotation */
    uint32_t height;
    unsigned bits;         /* per sample; 0 = not told */
    uint32_t tile_columns; /* 0 = one coded picture */
    uint32_t tile_rows;
    unsigned rotation_deg; /* anticlockwise on display: 0, 90, 180, 270 */
    int mirrored;          /* 1: left and right change places, 2: top and bottom */

    int has_nclx; /* colour code points of ISO/IEC 23091-2 */
    unsigned primaries;
    unsigned transfer;
    unsigned matrix;
    int full_range;
    size_t icc_bytes; /* 0 = no profile */
    size_t exif_bytes;
    size_t xmp_bytes;
    uint32_t thumbnail; /* item id; 0 = none */

    int has_intrinsics;
    double focal_x_norm;     /* fraction of the width */
    double principal_x_norm; /* fraction of the width */
    double principal_y_norm; /* fraction of the height */
    double focal_x_px;
    double focal_y_px;
    double principal_x_px;
    double principal_y_px;
    double skew_norm;
    double hfov_deg;
    double vfov_deg;

    int has_extrinsics;
    double position_mm[3]; /* x to the right */
    int has_orientation;
    double orientation[4]; /* quaternion x, y, z, w, camera to world; identity when absent */

    int has_disparity_adjustment;
    double disparity_adjustment; /* fraction of the width */
} spx_info_picture;

enum { SPX_INFO_REASONS = 16, SPX_INFO_REASON_BYTES = 120 };

enum { SPX_INFO_VIOLATIONS = 24 };

/** A clause of the file format's standards that a HEIC or AVIF file does not keep to. Readers may
 * open the file all the same; spx does where it can. */
typedef struct spx_info_violation {
    /** ISOBMFF = ISO/IEC 14496-12:2022, HEIF = 23008-12:2022, MIAF = 23000-22:2019: "HEIF 6.5.3.1"
     */
    char clause[24];
    char text[SPX_INFO_REASON_BYTES];
} spx_info_violation;

/** What a file is, and whether a viewer of spatial photos finds all it needs. */
typedef struct spx_info {
    /** "HEIC", "AVIF", "JPEG", "PNG", "WebP", "TIFF", "GIF" or "unknown" */
    char format[16];
    uint64_t file_bytes;
    /** Of the primary picture, as stored; 0 = not known */
    uint32_t width;
    uint32_t height;
    /** 1..8; 0 = none. HEIC viewers ignore it */
    unsigned exif_orientation;
    /** From EXIF, mm; 0 = none */
    double focal_length_35mm;

    /* HEIC and AVIF only */
    size_t item_count;
    /** Item id */
    uint32_t primary;
    /** Entity groups of stereo pairs: 'ster', 'stem', Apple's uuid group */
    size_t stereo_groups;
    /** Id of the one that the primary item belongs to, else of the first */
    uint32_t stereo_group;
    /** Of that one */
    size_t stereo_members;
    /** Of that one: "ster", "stem" or "uuid"; "" = none */
    char stereo_type[5];
    /** Item for viewers without depth, where the group names one; else 0 */
    uint32_t mono;
    /** The primary one */
    spx_info_picture picture;
    /** Of the stereo group */
    spx_info_picture left;
    spx_info_picture right;
    int has_baseline;
    double baseline_mm;

    /** How the file holds two eyes, e.g. "MPO, 2 x 1824x1368, baseline 10 mm"; "" = it holds one
     * picture, by its container, name and camera */
    char eyes[120];
    /** 1 = an HDR gain map comes along */
    int gain_map;
    /** 1 = there is a derived 'tmap' item (ISO 21496-1) */
    int tone_map;
    /** 1 = a depth map comes along */
    int depth_map;
    /** Types of the further entity groups, e.g. "altr pano"; "" = none */
    char other_groups[64];

    /** What depth of its own the photo has, e.g. "GDepth"; "" = none */
    char depth_source[64];
    /** As stored; 0 = not known */
    uint32_t depth_width;
    uint32_t depth_height;

    /** What a person should know of the file */
    spx_warning_list warnings;

    /** 1 = yes: a stereo pair with all camera properties */
    int spatial;
    size_t reason_count;
    /** Why not; none when spatial */
    char reasons[SPX_INFO_REASONS][SPX_INFO_REASON_BYTES];

    /** HEIC and AVIF: how many there are; */
    size_t violations_found;
    /** And how many are told */
    size_t violation_count;
    spx_info_violation violations[SPX_INFO_VIOLATIONS];
} spx_info;

/** Looks at a file without decoding it. limits may be NULL (defaults; only file_bytes counts). A
 * file of another kind is no failure: it is not spatial. A damaged HEIC is. */
SPX_API SPX_NODISCARD spx_status spx_info_read(spx_info *out, const spx_input *input,
                                               const spx_limits *limits, spx_diag *diag);

/** So many of a file's first bytes tell what it is. */
enum { SPX_KIND_BYTES = 4096 };

/** What a file is. */
typedef struct spx_kind {
    const char *name; /* "JPEG", "HEIF", …, or "a PDF document"; NULL = unknown. Static storage */
    int is_photo;     /* spx_convert() reads files of this kind */
} spx_kind;

/** Looks at the first bytes of a file, never at its name. head: `size` bytes, SPX_KIND_BYTES of
 * them suffice. */
SPX_API spx_kind spx_kind_of(const void *head, size_t size);

/** 1 when a file's name ends as names of photos do that spx_convert() reads (".jpg", ".CR3"): who
 * searches a folder shall hear of such a file that is none. */
SPX_API int spx_kind_has_name(const char *name);

/** The size that a file's header announces, as stored; zeros where it says none. No pixel is
 * decoded and no library of codecs is asked: for whoever has to decide before that. */
SPX_API void spx_info_size(const void *data, size_t size, uint32_t *width, uint32_t *height);

#ifdef __cplusplus
}
#endif

#endif

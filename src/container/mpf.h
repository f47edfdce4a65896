#ifndef SPX_CONTAINER_MPF_H
#define SPX_CONTAINER_MPF_H

#include "base/bytes.h"

/*
 * Multi-picture format (CIPA DC-007-2009): whole JPEG files one behind the other. Each tells about
 * itself in a segment APP2: "MPF", a zero, and a TIFF structure. The first has two IFDs, the index
 * of all pictures and its own attributes; the others have their attributes only.
 *
 *     SOI  APP1 Exif …  APP2 "MPF\0" { index IFD → attribute IFD, MP entries }  …  EOI
 *     SOI  APP1 Exif …  APP2 "MPF\0" { attribute IFD }  …  EOI
 *
 * An entry of the index: attributes and type (u32), size (u32, SOI to EOI), offset (u32, counted
 * from the TIFF structure; 0 for the first), two numbers of dependent pictures (u16).
 */
#define SPX_MPF_NAME "MPF" /* with the zero in the file */
enum {
    SPX_MPF_TAG_VERSION = 0xb000, /* UNDEFINED[4] "0100" */
    SPX_MPF_TAG_COUNT = 0xb001,
    SPX_MPF_TAG_ENTRIES = 0xb002,
    SPX_MPF_ENTRY_BYTES = 16,
    SPX_MPF_TAG_NUMBER = 0xb101,         /* of this picture, from 1 */
    SPX_MPF_TAG_BASE_VIEWPOINT = 0xb204, /* number of the picture that the others refer to */
    SPX_MPF_TAG_CONVERGENCE = 0xb205,    /* SRATIONAL, degrees */
    SPX_MPF_TAG_BASELINE = 0xb206,       /* RATIONAL, metres */
    SPX_MPF_TAG_PARALLAX = 0xb211,       /* Fuji: SRATIONAL, % of the width */
    SPX_MPF_TYPE_UNDEFINED = 0x000000,
    SPX_MPF_TYPE_DISPARITY = 0x020002,
    SPX_MPF_TYPE_PRIMARY = 0x030000, /* baseline MP primary image */
    SPX_MPF_REPRESENTATIVE = 0x20000000,
};

typedef struct spx_mpf_picture {
    spx_bytes *jpeg; /* a whole file, SOI to EOI; moved from: empty afterwards */
    uint32_t type;   /* SPX_MPF_TYPE_…, the first with SPX_MPF_REPRESENTATIVE */
    int is_view;     /* gets attributes: number, baseline */
} spx_mpf_picture;

typedef struct spx_mpf {
    const spx_mpf_picture *pictures;
    size_t count;       /* 2..SPX_MPF_MOST */
    double baseline_mm; /* between the views' cameras */
} spx_mpf;

enum { SPX_MPF_MOST = 16 };

/** Joins the files into *out, which must be empty; on failure it is cleared. SPX_ERR_LIMIT: over
 * 4 GB. */
SPX_NODISCARD spx_status spx_mpf_join(spx_bytes *out, const spx_mpf *mpf, spx_diag *diag);

#endif

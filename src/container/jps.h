#ifndef SPX_CONTAINER_JPS_H
#define SPX_CONTAINER_JPS_H

#include "base/bytes.h"

/*
 * JPS (VRex, "JPEG stereo"): a JPEG of both views side by side. Segment APP3 says how they lie:
 * "_JPSJPS_", a 16-bit length of what follows, then separation, flags, layout and media type, a
 * byte each, and a 16-bit length of a comment; all big-endian. Files without it are by custom
 * cross-eyed.
 */
#define SPX_JPS_NAME "_JPSJPS_" /* without a zero in the file */
enum {
    SPX_JPS_FLAG_HALF_HEIGHT = 1,
    SPX_JPS_FLAG_HALF_WIDTH = 2,
    SPX_JPS_FLAG_LEFT_FIRST = 4, /* else the right eye's view lies at the left */
    SPX_JPS_LAYOUT_ROWS = 1,
    SPX_JPS_LAYOUT_BESIDE = 2,
    SPX_JPS_LAYOUT_ABOVE = 3,
    SPX_JPS_LAYOUT_ANAGLYPH = 4,
    SPX_JPS_STEREO = 1, /* media type; 0 = one picture */
};

/** Marks a JPEG file that holds both views side by side. flags: SPX_JPS_FLAG_…. */
SPX_NODISCARD spx_status spx_jps_mark(spx_bytes *jpeg, unsigned flags, spx_diag *diag);

#endif

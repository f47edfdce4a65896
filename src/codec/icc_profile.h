#ifndef SPX_CODEC_ICC_PROFILE_H
#define SPX_CODEC_ICC_PROFILE_H

#include "base/bytes.h"

/**
 * Makes a profile fit to be carried on: 1 when it is one (ICC.1 header, all tags within it), with
 * bytes behind its end cut off and a rendering intent that does not exist put right, which strict
 * readers (libpng) refuse. 0 = damaged, better left out; then nothing is changed.
 */
int spx_icc_make_sound(spx_bytes *icc);

#endif

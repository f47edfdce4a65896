#ifndef SPX_MATCH_DISPARITY_H
#define SPX_MATCH_DISPARITY_H

#include "image/plane.h"

/** What two eyes tell of each other. Cleared by spx_match_clear(). */
typedef struct spx_match {
    spx_plane *disparity;  /* of each pixel of the left eye: xL - xR, pixels of the eyes as given,
                              larger = nearer; NAN where unknown */
    spx_plane *confidence; /* 0..1 of the same pixels; 0 where the disparity is unknown */
    double known_share;    /* of the pixels, 0..1: disparity is known */
    double sure_share;     /* of the pixels, 0..1: confidence is at least SPX_MATCH_SURE */
} spx_match;

/** From this confidence on a match may be measured with. */
#define SPX_MATCH_SURE 0.5F

#endif

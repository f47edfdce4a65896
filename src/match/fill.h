#ifndef SPX_MATCH_FILL_H
#define SPX_MATCH_FILL_H

#include "base/task.h"
#include "match/disparity.h"

/** guide * scale + offset is about the disparity. */
typedef struct spx_match_fit {
    double scale; /* px */
    double offset;
} spx_match_fit;

/**
 * Least squares of the disparity on a map of its size, answers weighted by their confidence, those
 * far off left out in turns (Tukey's biweight). Returns 0 where there is nothing to fit: too few
 * answers, a flat map, or one that runs the other way.
 */
int spx_match_fit_guide(const spx_match *match, const spx_plane *guide, spx_match_fit *fit);

/**
 * Gives every unknown pixel a disparity. What only the left eye sees takes the second lowest of the
 * answers in eight directions: the far side (Hirschmüller 2008). The rest follows the guide, a
 * map of the same size (larger = nearer; may be NULL) fitted to the answers and brought to those
 * around; without one it takes the median of the eight. Confidence stays. SPX_ERR_UNSUPPORTED when
 * nothing is known at all.
 */
SPX_NODISCARD spx_status spx_match_fill(spx_match *match, const spx_plane *guide,
                                        const spx_task *task, spx_diag *diag);

#endif

#ifndef SPX_FORMATS_DIORAMA_H
#define SPX_FORMATS_DIORAMA_H

#include "formats/master.h"
#include "scene/backcloth.h"
#include "scene/reduce.h"
#include "scene/sheets.h"

/**
 * A master as a scene to move in, in metres. The camera that took the photo stands at the origin; a
 * point `d` near (0..1) at column x lies at Z = f B / (s d), X = x Z / f, where f is the focal
 * length and x the distance from the middle, both in widths of the photo, B the baseline, s the
 * strength: so the scene is as deep as the spatial photo says (doc/stereo.md, "Geometry and
 * defaults").
 */
typedef struct spx_diorama {
    spx_reduced photo; /* at the size of the scene */
    spx_scene scene;
    spx_sheets sheets;
    double focal; /* in widths */
    double baseline_m;
    double
        strength;  /* disparity between depth 0 and 1 for cameras a baseline apart, of the width */
    double least;  /* nearness that everything farther is drawn at */
    double window; /* nearness of the subject */
    double reach;  /* baselines that a camera may move to either side until it sees an end */
} spx_diorama;

/** long_side: of the scene, at most. Cleared by the caller. */
SPX_NODISCARD spx_status spx_diorama_init(spx_diorama *diorama, const spx_master *master,
                                          uint32_t long_side, const spx_task *task, spx_diag *diag);
void spx_diorama_clear(spx_diorama *diorama); /* a zeroed one is fine */

/** A place in metres. */
typedef struct spx_place {
    float right;
    float up;
    float ahead;
} spx_place;

/** Where column x, row y of the sheets' canvas, or beside it, lies when it is so near. */
spx_place spx_diorama_place(const spx_diorama *diorama, double x, double y, uint32_t depth);

/** What is seen through the scene and beside it when one goes around its subject by up to 15
 * degrees. */
SPX_NODISCARD spx_status spx_diorama_backcloth(spx_backcloth *cloth, const spx_diorama *diorama,
                                               spx_diag *diag);

/** Where column x, row y of the cloth with its rim lies when it is so near: a little farther than
 * the sheets' own pixels, which it would lie in where they are farthest. */
spx_place spx_diorama_behind(const spx_diorama *diorama, const spx_backcloth *cloth, double x,
                             double y, uint32_t depth);

#endif

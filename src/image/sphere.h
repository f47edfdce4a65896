#ifndef SPX_IMAGE_SPHERE_H
#define SPX_IMAGE_SPHERE_H

#include "base/sphere_part.h"
#include "base/task.h"
#include "spx/image.h"

/*
 * Between a flat picture, as a camera takes it that looks straight ahead, and an equirectangular
 * one: a place at (X, Y) in focal lengths from the flat picture's middle lies at the longitude
 * atan(X) and the latitude -atan(Y cos(longitude)). Sampled with Catmull and Rom's cubic; what the
 * source does not show is black.
 */

/** Pixels of the flat picture for one radian in its middle: its focal length. */
double spx_sphere_focal_px(uint32_t width, double hfov_deg);

/** The part of the sphere that a flat picture lies in. */
spx_sphere_part spx_sphere_part_of_flat(uint32_t width, uint32_t height, double hfov_deg);

/** An equirectangular picture, width x height, of a part of the sphere: the flat one, hfov_deg wide
 * (1..170), in black. Owned by the caller. */
SPX_NODISCARD spx_status spx_sphere_from_flat(spx_image **out, const spx_image *flat,
                                              double hfov_deg, const spx_sphere_part *part,
                                              uint32_t width, uint32_t height, const spx_task *task,
                                              spx_diag *diag);

/** What a flat picture is to show. */
typedef struct spx_sphere_view {
    uint32_t width;
    uint32_t height;
    double hfov_deg; /* 1..170 */
} spx_sphere_view;

/** A flat picture of what lies straight ahead in an equirectangular one. Owned by the caller. */
SPX_NODISCARD spx_status spx_sphere_to_flat(spx_image **out, const spx_image *sphere,
                                            const spx_sphere_part *part,
                                            const spx_sphere_view *view, const spx_task *task,
                                            spx_diag *diag);

#endif

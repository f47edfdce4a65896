#include "pipeline/flat_view.h"

#include "image/image.h"
#include "image/sphere.h"

#include <math.h>

static const double radians = 0.017453292519943295;
static const double usual_deg = 90.0;
static const double most_deg = 120.0; /* beyond, the sides are drawn out more than four times */
static const double least_deg = 10.0;
static const double usual_shape = 0.75; /* height by width of a part of what there is */
static const double spare_deg = 0.5;    /* of rounding: less than that is not left out */

/* What both sides of straight ahead show. */
static double both_sides(double one, double other)
{
    return 2.0 * fmax(0.0, fmin(one, other));
}

static spx_status plan_view(spx_sphere_view *view, const spx_image *eye,
                            const spx_stereo_found *found, double asked_deg, spx_diag *diag)
{
    const spx_sphere_part *const part = &found->part;
    const double known_deg = found->hfov_deg > 0.0 ? found->hfov_deg : usual_deg;
    const double across = both_sides(-part->left_deg, part->left_deg + part->width_deg);
    const double down = both_sides(part->top_deg, part->height_deg - part->top_deg);
    if (across < least_deg || down < least_deg) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "VR180: the eyes show nothing of what lies straight ahead");
    }
    const double focal = eye->width / (part->width_deg * radians);
    view->hfov_deg = fmin(fmin(across, most_deg), asked_deg > 0.0 ? asked_deg : known_deg);
    view->width = (uint32_t)lround(2.0 * focal * tan(view->hfov_deg / 2.0 * radians));
    const double vfov_deg = fmin(down, most_deg);
    double height = 2.0 * focal * tan(vfov_deg / 2.0 * radians);
    if (found->shape > 0.0) {
        height = fmin(height, view->width / found->shape);
    } else if (view->hfov_deg < across - spare_deg) { /* a part of it anyway */
        height = fmin(height, usual_shape * view->width);
    }
    view->height = (uint32_t)lround(fmax(1.0, height));
    return SPX_OK;
}

/* Of a flat picture in black nothing is left out when all of it is shown. */
static void tell_what_is_left(const spx_sphere_view *view, const spx_stereo_found *found,
                              const spx_task *task)
{
    const spx_sphere_part *const part = &found->part;
    const double half = atan(view->height / 2.0 / spx_sphere_focal_px(view->width, view->hfov_deg));
    const double vfov_deg = 2.0 * half / radians;
    const int all_of_flat = found->shape > 0.0 && view->hfov_deg >= found->hfov_deg - spare_deg;
    if (all_of_flat ||
        (view->hfov_deg >= part->width_deg - spare_deg && vfov_deg >= part->height_deg - spare_deg))
        return;
    spx_task_warn(task, SPX_WARNING_PART_OF_VIEW,
                  "the eyes show %.0f x %.0f degrees of a sphere: what is made shows the middle "
                  "%.0f x %.0f degrees as a flat picture",
                  part->width_deg, part->height_deg, view->hfov_deg, vfov_deg);
}

spx_status spx_flat_view_take(spx_stereo_photo *photo, spx_stereo_found *found, double asked_deg,
                              const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const spx_sphere_part *const part = &found->part;
    spx_image *const eyes[2] = { photo->photo.image, photo->right };
    spx_image *flat[2] = { NULL, NULL };
    spx_sphere_view view = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(plan_view(&view, eyes[0], found, asked_deg, diag));
    for (int i = 0; i < 2; i++)
        SPX_TRY_OUT(spx_sphere_to_flat(&flat[i], eyes[i], part, &view, &quiet, diag));
    tell_what_is_left(&view, found, task);
    for (int i = 0; i < 2; i++)
        spx_image_unref(eyes[i]);
    photo->photo.image = flat[0];
    photo->right = flat[1];
    found->hfov_deg = view.hfov_deg;
    return SPX_OK;
out:
    spx_image_unref(flat[0]);
    spx_image_unref(flat[1]);
    return status;
}

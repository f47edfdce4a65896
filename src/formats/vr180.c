/*
 * VR180: both eyes on the inside of a sphere, as headsets show them at true size. The eyes are
 * those of parallel cameras; around what the photo shows there is nothing.
 */
#include "container/vr180.h"
#include "codec/jpeg_segments.h"
#include "container/xmp.h"
#include "formats/extras.h"
#include "formats/parallel.h"
#include "formats/writers.h"
#include "image/flat.h"
#include "image/resize.h"
#include "image/sphere.h"

#include <math.h>

enum {
    JPEG_QUALITY = 95,
    MOST_SIDE_PX = 8192, /* of an eye in a VR180 photo: what headsets' textures hold */
    MOST_HALF_PX = 4096, /* of an eye side by side with the other: both together 8192 */
};

static const double radians = 0.017453292519943295;

/* A part of the sphere as pixels. */
typedef struct sphere_plan {
    spx_sphere_part part;
    const char *word;     /* of the format */
    uint32_t most_px;     /* a side */
    uint32_t whole_width; /* without that limit */
    uint32_t whole_height;
    uint32_t width;
    uint32_t height;
    double scale; /* of the eyes, at most 1 */
} sphere_plan;

static uint32_t pixels(double value)
{
    return value < 1.0 ? 1 : (uint32_t)lround(value);
}

/* As many pixels as the eyes have in their middle, at most most_px a side. */
static void plan_sphere(sphere_plan *plan, const spx_master *master)
{
    const double focal = spx_sphere_focal_px(master->left->width, master->camera.hfov_deg);
    const double width = focal * plan->part.width_deg * radians;
    const double height = focal * plan->part.height_deg * radians;
    plan->scale = fmin(1.0, plan->most_px / fmax(width, height));
    plan->whole_width = pixels(width);
    plan->whole_height = pixels(height);
    plan->width = pixels(width * plan->scale);
    plan->height = pixels(height * plan->scale);
    /* as many pixels for a degree down as across: the part ends where its last pixel does */
    plan->part.height_deg = plan->height * plan->part.width_deg / plan->width;
    plan->part.top_deg = plan->part.height_deg / 2.0;
}

static spx_status project(spx_image **eye, const spx_master *master, const sphere_plan *plan,
                          const spx_task *task, spx_diag *diag)
{
    spx_image *made = NULL;
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    if (plan->scale < 1.0) {
        SPX_TRY_OUT(spx_image_resize(&small, *eye, pixels((*eye)->width * plan->scale),
                                     pixels((*eye)->height * plan->scale), task, diag));
    }
    SPX_TRY_OUT(spx_sphere_from_flat(&made, small == NULL ? *eye : small, master->camera.hfov_deg,
                                     &plan->part, plan->width, plan->height, task, diag));
    spx_image_unref(*eye);
    *eye = made;
out:
    spx_image_unref(small);
    return status;
}

/* Both parallel eyes on the sphere. Both owned by the caller, also on failure. */
static spx_status project_eyes(spx_image *eyes[2], const spx_master *master,
                               const sphere_plan *plan, const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    SPX_TRY(spx_parallel_eyes(eyes, master, diag));
    SPX_TRY(project(&eyes[0], master, plan, &quiet, diag));
    SPX_TRY(project(&eyes[1], master, plan, &quiet, diag));
    if (plan->scale < 1.0) {
        spx_task_warn(task, SPX_WARNING_SHRUNK,
                      "%s: on a sphere each eye would be over the %u pixels a side that headsets "
                      "show: it was reduced from %u x %u to %u x %u pixels",
                      plan->word, plan->most_px, plan->whole_width, plan->whole_height, plan->width,
                      plan->height);
    }
    return SPX_OK;
}

static spx_status write_jpeg(spx_bytes *out, const spx_rows *rows, const spx_image_extras *extras,
                             const spx_task *task, spx_diag *diag)
{
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG,
                                  .quality = JPEG_QUALITY,
                                  .chroma = SPX_JPEG_CHROMA_FULL,
                                  .extras = extras };
    return spx_rows_write(out, rows, &form, task, diag);
}

/* Both XMP packets of the left eye's JPEG: the extended one has the right eye's. own: what the main
 * one tells besides. */
static spx_status make_packets(spx_bytes packets[2], const sphere_plan *plan,
                               const spx_bytes *right, const spx_bytes *own, spx_diag *diag)
{
    const spx_vr180_text text = { plan->part, plan->width, plan->height };
    char guid[SPX_XMP_GUID_SIZE];
    spx_bytes description = { 0 };
    spx_status status = SPX_OK;
    spx_vr180_put_extended(&packets[1], right);
    SPX_TRY_OUT(spx_bytes_check(&packets[1], "the right eye", diag));
    SPX_TRY_OUT(spx_xmp_guid(guid, &packets[1], diag));
    spx_vr180_put_xmp(&description, &text, guid);
    SPX_TRY_OUT(spx_bytes_check(&description, "XMP", diag));
    spx_xmp_put_before(&packets[0], own, &description, SPX_XMP_MOST_IN_JPEG);
    SPX_TRY_OUT(spx_bytes_check(&packets[0], "XMP", diag));
out:
    spx_bytes_clear(&description);
    return status;
}

/* The left eye's JPEG, which has the right one's in its XMP. */
static spx_status write_photo(spx_bytes *out, const spx_master *master, const sphere_plan *plan,
                              spx_image *const eyes[2], const spx_task *task, spx_diag *diag)
{
    const spx_rows rows[2] = { spx_rows_of(eyes[0]), spx_rows_of(eyes[1]) };
    const spx_image_extras right_extras = { .icc = &master->photo->icc };
    spx_sized_extras extras = { 0 };
    spx_bytes right = { 0 };
    spx_bytes packets[2] = { { 0 }, { 0 } };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(write_jpeg(&right, &rows[1], &right_extras, task, diag));
    SPX_TRY_OUT(spx_eyes_extras_init(&extras, master, plan->width, plan->height, 1, diag));
    SPX_TRY_OUT(make_packets(packets, plan, &right, &extras.xmp, diag));
    extras.extras.xmp = &packets[0];
    extras.extras.xmp_extended = &packets[1];
    SPX_TRY_OUT(write_jpeg(out, &rows[0], &extras.extras, task, diag));
out:
    spx_sized_extras_clear(&extras);
    spx_bytes_clear(&right);
    spx_bytes_clear(&packets[0]);
    spx_bytes_clear(&packets[1]);
    return status;
}

spx_status spx_write_vr180(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    sphere_plan plan = { .part = spx_sphere_part_of_flat(master->left->width, master->left->height,
                                                         master->camera.hfov_deg),
                         .word = "vr180",
                         .most_px = MOST_SIDE_PX };
    spx_image *eyes[2] = { NULL, NULL };
    plan_sphere(&plan, master);
    spx_status status = project_eyes(eyes, master, &plan, task, diag);
    if (status == SPX_OK)
        status = write_photo(out, master, &plan, eyes, task, diag);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}

spx_status spx_write_vr180_sbs(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag)
{
    static const double half_deg = 180.0;
    sphere_plan plan = { .part = { -half_deg / 2.0, half_deg, half_deg / 2.0, half_deg },
                         .word = "vr180-sbs",
                         .most_px = MOST_HALF_PX };
    spx_sized_extras extras = { 0 };
    spx_image *eyes[2] = { NULL, NULL };
    spx_rows rows;
    spx_status status = SPX_OK;
    plan_sphere(&plan, master);
    SPX_TRY_OUT(project_eyes(eyes, master, &plan, task, diag));
    const spx_flat flat = { .first = eyes[0], .second = eyes[1], .layout = SPX_FLAT_BESIDE };
    SPX_TRY_OUT(spx_flat_rows(&rows, &flat, diag));
    SPX_TRY_OUT(spx_eyes_extras_init(&extras, master, rows.width, rows.height, 1, diag));
    SPX_TRY_OUT(write_jpeg(out, &rows, &extras.extras, task, diag));
out:
    spx_sized_extras_clear(&extras);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}

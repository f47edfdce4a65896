#include "bench_parts.h"

#include "base/file.h"
#include "codec/photo_read.h"
#include "depth/depth_model.h"
#include "depth/refine.h"
#include "image/image.h"
#include "image/plane_resample.h"
#include "scene/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

spx_status bench_read_photo(spx_image **out, const char *path, const spx_task *task, spx_diag *diag)
{
    spx_bytes file = { 0 };
    spx_photo photo = { 0 };
    spx_limits limits;
    *out = NULL;
    spx_limits_init(&limits);
    spx_status status = spx_file_read(path, limits.file_bytes, &file, diag);
    if (status == SPX_OK)
        status = spx_photo_read(&photo, file.data, file.size, path, &limits, task, diag);
    if (status == SPX_OK)
        *out = spx_image_ref(photo.image);
    spx_photo_clear(&photo);
    spx_bytes_clear(&file);
    return status;
}

spx_status bench_right_eye(spx_image **out, spx_image *left, const spx_plane *depth, double most_px,
                           int exact, const spx_task *task, spx_diag *diag)
{
    enum { MARGIN_EXTRA_PX = 4 };
    const spx_scene_options options = { .shift_px = (float)most_px,
                                        .exact = exact,
                                        .margin = (uint32_t)ceil(most_px) + MARGIN_EXTRA_PX };
    const spx_scene_camera camera = { .place = 1.0F };
    spx_scene cut = { .photo = NULL };
    uint64_t filled = 0;
    SPX_TRY(spx_image_create(out, left->width, left->height, 8, diag));
    spx_status status = spx_scene_init(&cut, left, depth, &options, task, diag);
    if (status == SPX_OK)
        status = spx_scene_view(*out, &cut, &camera, task, &filled, diag);
    spx_scene_clear(&cut);
    return status;
}

enum { QUARTER = 4 };

static spx_status quarter(spx_plane **out, const spx_plane *depth, spx_diag *diag)
{
    return spx_plane_resample(out, depth, (depth->width + QUARTER - 1) / QUARTER,
                              (depth->height + QUARTER - 1) / QUARTER, diag);
}

/* out: of the size of `plane`. */
static void blur(spx_plane *out, const spx_plane *plane)
{
    enum { BOX = 4 };
    const int32_t width = (int32_t)plane->width;
    const int32_t height = (int32_t)plane->height;
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            float sum = 0.0F;
            float count = 0.0F;
            for (int32_t v = y - BOX < 0 ? 0 : y - BOX; v <= y + BOX && v < height; v++) {
                for (int32_t u = x - BOX < 0 ? 0 : x - BOX; u <= x + BOX && u < width;
                     u++, count += 1.0F)
                    sum += spx_plane_row(plane, (uint32_t)v)[u];
            }
            spx_plane_row(out, (uint32_t)y)[x] = sum / count;
        }
    }
}

spx_status bench_degraded_depth(spx_plane **out, const spx_plane *depth, spx_diag *diag)
{
    enum { OFF = 3 };
    spx_status status = SPX_OK;
    spx_plane *small = NULL;
    spx_plane *blurred = NULL;
    *out = NULL;
    SPX_TRY_OUT(quarter(&small, depth, diag));
    SPX_TRY_OUT(spx_plane_create(&blurred, small->width, small->height, diag));
    blur(blurred, small);
    SPX_TRY_OUT(spx_plane_resample(out, blurred, depth->width, depth->height, diag));
    for (uint32_t y = 0; y < depth->height; y++) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = depth->width - 1; x >= OFF && x < depth->width; x--)
            row[x] = row[x - OFF];
    }
out:
    spx_plane_destroy(small);
    spx_plane_destroy(blurred);
    return status;
}

spx_status bench_refined_depth(spx_plane **out, const spx_plane *degraded, const spx_image *photo,
                               spx_diag *diag)
{
    spx_plane *small = NULL;
    *out = NULL;
    SPX_TRY(quarter(&small, degraded, diag));
    const spx_status status = spx_depth_refine(small, photo, SPX_DEPTH_OF_OTHERS, NULL, out, diag);
    spx_plane_destroy(small);
    return status;
}

spx_frame bench_middle(const spx_image *picture)
{
    const double share = 0.2 / 1.4;
    const uint32_t x = (uint32_t)(picture->width * share);
    const uint32_t y = (uint32_t)(picture->height * share);
    return (spx_frame){ .width = picture->width,
                        .height = picture->height,
                        .photo_x = x,
                        .photo_y = y,
                        .photo_width = picture->width - 2 * x,
                        .photo_height = picture->height - 2 * y };
}

spx_status bench_cut(spx_image **out, const spx_image *picture, const spx_frame *frame,
                     spx_diag *diag)
{
    const spx_image part = spx_image_part(picture, frame->photo_x, frame->photo_y,
                                          frame->photo_width, frame->photo_height);
    return spx_image_copy(out, &part, diag);
}

spx_status bench_rough_depth(spx_plane **out, const spx_image *photo, const spx_task *task,
                             spx_diag *diag)
{
    char path[512];
    const char *const folder = getenv("SPX_MODEL_DIR");
    spx_depth_model *model = NULL;
    *out = NULL;
    (void)snprintf(path, sizeof(path), "%s/spx-lite.safetensors",
                   folder == NULL ? "models" : folder);
    SPX_TRY(spx_depth_model_open(&model, path, task, diag));
    const spx_status status = spx_depth_model_run(model, photo, 0, task, out, diag);
    spx_depth_model_close(model);
    if (status == SPX_OK)
        spx_depth_normalise(*out);
    return status;
}

double bench_processor_s(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

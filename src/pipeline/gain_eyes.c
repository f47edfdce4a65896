#include "pipeline/gain_eyes.h"

#include "base/file.h"
#include "base/floatops.h"
#include "codec/hevc.h"
#include "image/image.h"
#include "image/luma.h"
#include "image/plane_resample.h"
#include "image/shift.h"
#include "pipeline/photo_input.h"

#include <math.h>

enum { WHITE = 255, BITS = 8 };

void spx_gain_eyes_clear(spx_gain_eyes *eyes)
{
    spx_plane_destroy(eyes->maps[0]);
    spx_plane_destroy(eyes->maps[1]);
    *eyes = (spx_gain_eyes){ { NULL, NULL }, 0 };
}

static spx_status to_image(spx_image **out, const spx_plane *map, spx_diag *diag)
{
    SPX_TRY(spx_image_create(out, map->width, map->height, BITS, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const from = spx_plane_row(map, y);
        uint8_t *const to = spx_image_row8(*out, y);
        for (size_t x = 0; x < map->width; x++) {
            const float value = spx_clamp01(from[x]);
            to[3 * x] = to[3 * x + 1] = to[3 * x + 2] = (uint8_t)(value * WHITE + 0.5f);
        }
    }
    return SPX_OK;
}

/* What the encoder of grey pictures takes: the multiple next to a side, no larger than the photo.
 */
static uint32_t fit_side(uint32_t side, uint32_t photo_side)
{
    const uint32_t wanted = side < photo_side ? side : photo_side;
    const uint32_t units = (wanted + SPX_HEVC_GREY_UNIT_PX / 2) / SPX_HEVC_GREY_UNIT_PX;
    const uint32_t fit = units * SPX_HEVC_GREY_UNIT_PX;
    return fit < SPX_HEVC_GREY_LEAST_PX ? SPX_HEVC_GREY_LEAST_PX : fit;
}

static spx_status take_eye(spx_plane **out, spx_image *eye, const spx_image *strip,
                           int32_t shift_px, const spx_task *task, spx_diag *diag)
{
    spx_image *parallel = NULL;
    SPX_TRY(spx_image_shift(&parallel, eye, strip, shift_px, diag));
    const spx_status status = spx_plane_from_image(out, parallel, task, diag);
    spx_image_unref(parallel);
    return status;
}

static spx_status render(spx_gain_eyes *out, const spx_gain_map *gain,
                         const spx_gain_request *request, const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const uint32_t width = fit_side(gain->map->width, request->depth->width);
    const uint32_t height = fit_side(gain->map->height, request->depth->height);
    spx_plane *map = NULL;
    spx_plane *depth = NULL;
    spx_image *image = NULL;
    spx_stereo_eyes eyes = { 0 };
    spx_stereo_stats stats = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_resample(&map, gain->map, width, height, diag));
    SPX_TRY_OUT(spx_plane_resample(&depth, request->depth, width, height, diag));
    SPX_TRY_OUT(to_image(&image, map, diag));
    SPX_TRY_OUT(spx_stereo_render_eyes(&eyes, image, depth, request->stereo, &quiet, &stats, diag));
    SPX_TRY_OUT(take_eye(&out->maps[0], eyes.left, eyes.strip[0], eyes.shift_px[0], &quiet, diag));
    SPX_TRY_OUT(take_eye(&out->maps[1], eyes.right, eyes.strip[1], eyes.shift_px[1], &quiet, diag));
    out->headroom = gain->headroom;
out:
    spx_stereo_eyes_clear(&eyes);
    spx_image_unref(image);
    spx_plane_destroy(depth);
    spx_plane_destroy(map);
    return status;
}

static spx_status read_map(spx_gain_map *out, const spx_gain_request *request, const spx_task *task,
                           spx_diag *diag)
{
    const spx_input *const input = request->input;
    const char *const name = spx_input_name(input);
    const spx_task quiet = spx_task_quiet(task);
    if (input->data != NULL) {
        return spx_gain_map_read(out, input->data, input->size, name, request->limits, &quiet,
                                 diag);
    }
    spx_bytes file = { 0 };
    SPX_TRY(spx_file_read(input->path, request->limits->file_bytes, &file, diag));
    const spx_status status =
        spx_gain_map_read(out, file.data, file.size, name, request->limits, &quiet, diag);
    spx_bytes_clear(&file);
    return status;
}

/* Maps are usually half as large as the photo, rounded: their shape tells whether they lie as it
 * does. */
static int has_shape_of(const spx_plane *map, const spx_plane *photo)
{
    static const double most_difference = 0.05;
    const double shape = (double)map->width / map->height;
    const double wanted = (double)photo->width / photo->height;
    return fabs(shape / wanted - 1.0) < most_difference;
}

/* A map that cannot be read is one, too. */
static spx_status has_map(int *has, const spx_gain_request *request, const spx_task *task,
                          spx_diag *diag)
{
    spx_gain_map gain = { 0 };
    spx_diag why = { 0 };
    const spx_status status = read_map(&gain, request, task, &why);
    if (status == SPX_ERR_NO_MEMORY || status == SPX_ERR_CANCELLED)
        return spx_fail(diag, status, "%s", why.text);
    *has = status != SPX_OK || gain.map != NULL;
    spx_gain_map_clear(&gain);
    return SPX_OK;
}

spx_status spx_gain_eyes_leave_out(const spx_gain_request *request, const spx_task *task,
                                   spx_diag *diag)
{
    const spx_input *const both = request->input;
    const spx_input right = { .path = both->right_path,
                              .data = both->right_data,
                              .size = both->right_size };
    const spx_gain_request of_right = { .input = &right, .limits = request->limits };
    int has = 0;
    if (request->hdr == SPX_HDR_SDR)
        return SPX_OK;
    SPX_TRY(has_map(&has, request, task, diag));
    if (!has && (right.path != NULL || right.data != NULL))
        SPX_TRY(has_map(&has, &of_right, task, diag));
    if (has) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR,
                      "HDR gain map left out: both eyes of real stereo are kept in SDR");
    } else if (request->hdr == SPX_HDR_KEEP) {
        spx_task_warn(task, SPX_WARNING_FALLBACK, "the photo has no HDR gain map to keep");
    }
    return SPX_OK;
}

spx_status spx_gain_eyes_make(spx_gain_eyes *out, const spx_gain_request *request,
                              const spx_task *task, spx_diag *diag)
{
    spx_gain_map gain = { 0 };
    spx_diag why = { 0 };
    spx_status status = SPX_OK;
    if (request->hdr == SPX_HDR_SDR)
        return SPX_OK;
    status = read_map(&gain, request, task, &why);
    if (status == SPX_ERR_NO_MEMORY || status == SPX_ERR_CANCELLED)
        return spx_fail(diag, status, "%s", why.text);
    if (status != SPX_OK) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR, "HDR gain map left out: %s", why.text);
        return SPX_OK;
    }
    if (gain.map == NULL) {
        if (request->hdr == SPX_HDR_KEEP)
            spx_task_warn(task, SPX_WARNING_FALLBACK, "the photo has no HDR gain map to keep");
    } else if (request->right_alone) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR, "HDR gain map left out: it is the left eye's");
    } else if (request->is_larger) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR,
                      "HDR gain map left out: it does not know the new borders");
    } else if (!has_shape_of(gain.map, request->depth)) {
        spx_task_warn(task, SPX_WARNING_HDR_AS_SDR,
                      "HDR gain map left out: %u x %u pixels are not the photo's shape",
                      (unsigned)gain.map->width, (unsigned)gain.map->height);
    } else {
        status = render(out, &gain, request, task, diag);
        if (status != SPX_OK)
            spx_gain_eyes_clear(out);
    }
    spx_gain_map_clear(&gain);
    return status;
}

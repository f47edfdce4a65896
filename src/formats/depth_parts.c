#include "formats/depth_parts.h"

#include "codec/hevc.h"
#include "image/plane_resample.h"

#include <math.h>

/* iPhones keep 768x576 for photos of 12 megapixels. */
enum { LONG_SIDE_PX = 768, QUALITY = 95 };

spx_depth_scale spx_depth_scale_of(const spx_master *master)
{
    static const double pi = 3.14159265358979323846;
    static const double mm_per_m = 1000.0;
    static const double least_strength_pct = 0.1; /* without any, distances mean nothing */
    const spx_master_camera *const camera = &master->camera;
    const double focal = 0.5 / tan(camera->hfov_deg * pi / 360.0); /* in widths */
    const double range = fmax(camera->strength_pct, least_strength_pct) / 100.0;
    return (spx_depth_scale){ .near_per_m = range * mm_per_m / (focal * camera->baseline_mm),
                              .hfov_deg = camera->hfov_deg,
                              .width = master->depth->width,
                              .height = master->depth->height };
}

/* A side of the coded picture, in steps of the encoder's blocks: depth covers the photo whole. */
static uint32_t coded_side(uint32_t side, uint32_t longer)
{
    const double scaled = (double)side * LONG_SIDE_PX / longer;
    const double whole = round(scaled / SPX_HEVC_GREY_UNIT_PX) * SPX_HEVC_GREY_UNIT_PX;
    return (uint32_t)fmax(whole, SPX_HEVC_GREY_LEAST_PX);
}

spx_status spx_depth_aux_init(spx_depth_aux *out, const spx_master *master, const spx_plane *depth,
                              const spx_task *task, spx_diag *diag)
{
    const spx_depth_scale scale = spx_depth_scale_of(master);
    const uint32_t longer = scale.width > scale.height ? scale.width : scale.height;
    spx_plane *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_resample(&small, depth, coded_side(scale.width, longer),
                                   coded_side(scale.height, longer), diag));
    SPX_TRY_OUT(spx_hevc_encode_grey(&out->coded, small, QUALITY, task, diag));
    spx_depth_put_sei(&out->sei, &scale);
    spx_depth_put_apple_xmp(&out->xmp, &scale);
    SPX_TRY_OUT(spx_bytes_check(&out->sei, "depth", diag));
    SPX_TRY_OUT(spx_bytes_check(&out->xmp, "depth", diag));
    out->aux = (spx_heif_aux){
        .coded = &out->coded, .type = SPX_HEIF_AUX_DEPTH, .subtype = &out->sei, .xmp = &out->xmp
    };
out:
    spx_plane_destroy(small);
    return status;
}

/* How far a sample of depth 1 lies to the right of one of depth 0 in the left eye, in widths. */
static double left_range(const spx_master *master)
{
    const double range = master->camera.strength_pct / 100.0;
    if (master->depth_of_left)
        return 0.0;
    switch (master->options->views) {
    case SPX_VIEWS_RIGHT:
        return 0.0; /* the left eye is the photo */
    case SPX_VIEWS_LEFT:
        return range;
    case SPX_VIEWS_BOTH:
        break;
    }
    return range / 2.0;
}

/* NaN = nothing came there. */
static void fill_holes(float *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        if (!isnan(row[x]))
            continue;
        uint32_t end = x;
        while (end < width && isnan(row[end]))
            end++;
        const float before = x > 0 ? row[x - 1] : NAN;
        const float behind = end < width ? row[end] : NAN;
        const float value = fminf(before, behind); /* of a number and NaN it is the number */
        for (; x < end; x++)
            row[x] = isnan(value) ? 0.0f : value;
    }
}

/* One row of the left eye's depth from the photo's. Samples are taken, not mixed: a mean of near
 * and far would land between both. */
static void move_row(const spx_master *master, const float *in, float *row, uint32_t width)
{
    const double scale = (double)master->depth->width / width;
    const double range = left_range(master) * width;
    const double shift = master->own[0] != NULL ? 0.0 : master->shift_px[0] / scale;
    for (uint32_t x = 0; x < width; x++)
        row[x] = NAN;
    for (uint32_t x = 0; x < width; x++) {
        const float value = in[(uint32_t)((x + 0.5) * scale)];
        const long at = lrint(x + shift + range * (value - master->camera.convergence));
        if (at >= 0 && at < (long)width && !(row[at] > value)) /* NaN is no nearer */
            row[at] = value;
    }
    fill_holes(row, width);
}

spx_status spx_depth_of_left(spx_plane **out, const spx_master *master, spx_diag *diag)
{
    const spx_plane *const depth = master->depth;
    const uint32_t longer = depth->width > depth->height ? depth->width : depth->height;
    SPX_TRY(spx_plane_create(out, coded_side(depth->width, longer),
                             coded_side(depth->height, longer), diag));
    for (uint32_t y = 0; y < (*out)->height; y++) {
        const uint32_t from = (uint32_t)((y + 0.5) * depth->height / (*out)->height);
        move_row(master, spx_plane_row(depth, from), spx_plane_row(*out, y), (*out)->width);
    }
    return SPX_OK;
}

void spx_depth_aux_clear(spx_depth_aux *aux)
{
    spx_hevc_stills_clear(&aux->coded);
    spx_bytes_clear(&aux->sei);
    spx_bytes_clear(&aux->xmp);
    *aux = (spx_depth_aux){ 0 };
}

#include "pipeline/depth_map.h"

#include "base/file.h"
#include "codec/photo_read.h"
#include "depth/colour_map.h"
#include "depth/refine.h"
#include "image/luma.h"
#include "image/pfm.h"

#include <math.h>

static const double most_coloured = 0.05; /* of the pixels: stamps and frames on a grey map */
static const float sliver = 0.10f;        /* of the range of 16 bits: less is spread */
static const double few_over_1 = 0.001;   /* of the pixels: single ones of an edge */
static const float flat = 0.012f;         /* of the range: three levels of 8 bits */

static void range_of(const spx_plane *map, float *least, float *most)
{
    *least = INFINITY;
    *most = -INFINITY;
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++) {
            *least = row[x] < *least ? row[x] : *least;
            *most = row[x] > *most ? row[x] : *most;
        }
    }
}

void spx_depth_map_look(const spx_plane *map, const spx_task *task)
{
    float least = 0.0f;
    float most = 0.0f;
    range_of(map, &least, &most);
    if (most - least >= flat)
        return;
    spx_task_warn(task, SPX_WARNING_DEPTH_FLAT,
                  "the depth map has nearly one value everywhere: there will be no depth to see");
}

/* Values that are no numbers count as far; says how many there are. */
static void look_at_numbers(const spx_plane *map, const spx_task *task)
{
    static const double percent = 100.0;
    uint64_t bad = 0;
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++)
            bad += isfinite(row[x]) ? 0 : 1;
    }
    if (bad != 0) {
        spx_task_warn(task, SPX_WARNING_DEPTH_NOT_NUMBER,
                      "%.3g %% of the depth map's values are no numbers, and were taken as far",
                      percent * (double)bad / ((double)map->width * map->height));
    }
}

static void spread(spx_plane *map, const spx_task *task)
{
    static const float most_16 = 65535.0f;
    float least = 0.0f;
    float most = 0.0f;
    range_of(map, &least, &most);
    if (!(most > least) || most - least >= sliver)
        return;
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = (row[x] - least) / (most - least);
    }
    spx_task_warn(task, SPX_WARNING_DEPTH_SPREAD,
                  "the 16-bit depth map only uses the values %.0f to %.0f: they were spread to the "
                  "whole range",
                  (double)(least * most_16), (double)(most * most_16));
}

static spx_status read_colours(spx_plane **out, const spx_image *image, const char *path,
                               const spx_task *task, spx_diag *diag)
{
    const char *table = NULL;
    SPX_TRY(spx_colour_map_decode(out, &table, image, task, diag));
    if (*out == NULL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: a depth map in colours that belong to none of the tables inferno, "
                        "magma, plasma, viridis, turbo, jet, spectral",
                        path);
    }
    spx_task_warn(task, SPX_WARNING_DEPTH_COLOURED,
                  "the depth map is in the colours of the table %s: they were turned back into "
                  "depth",
                  table);
    return SPX_OK;
}

/* Values over 1 would all be nearest, and see-through places white, which is near. */
static spx_status look_at_whites(const spx_photo *picture, const char *path, const spx_task *task,
                                 spx_diag *diag)
{
    if (picture->clipped.share > few_over_1) {
        return spx_fail(
            diag, SPX_ERR_UNSUPPORTED,
            "%s: a depth map of floats up to %.4g, where 1 is a picture's nearest: in a "
            "PFM they may have any values",
            path, picture->clipped.most);
    }
    if (picture->on_white) {
        spx_task_warn(task, SPX_NOTE_ON_WHITE,
                      "the depth map is transparent in places, which count as white");
    }
    return SPX_OK;
}

static spx_status read_picture(spx_plane **out, const spx_bytes *bytes, const char *path,
                               const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_photo picture = { 0 };
    SPX_TRY(spx_photo_read(&picture, bytes->data, bytes->size, path, limits, task, diag));
    const int deep = picture.image->bits == 16;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(look_at_whites(&picture, path, task, diag));
    if (spx_colour_share(picture.image) > most_coloured) {
        SPX_TRY_OUT(read_colours(out, picture.image, path, task, diag));
    } else {
        SPX_TRY_OUT(spx_plane_from_image(out, picture.image, task, diag));
        if (deep)
            spread(*out, task);
    }
out:
    spx_photo_clear(&picture);
    return status;
}

static spx_status read_pfm(spx_plane **out, const spx_bytes *bytes, const char *path,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    float least = 0.0f;
    float most = 0.0f;
    SPX_TRY(spx_pfm_read(out, bytes->data, bytes->size, limits->pixels, path, diag));
    look_at_numbers(*out, task);
    range_of(*out, &least, &most);
    if (!(most > least)) {
        spx_task_warn(task, SPX_WARNING_DEPTH_FLAT,
                      "the depth map has one value everywhere: there will be no depth to see");
    }
    spx_depth_normalise(*out);
    return SPX_OK;
}

spx_status spx_depth_map_read(spx_plane **out, const char *path, const spx_limits *limits,
                              const spx_task *task, spx_diag *diag)
{
    spx_bytes bytes = { 0 };
    *out = NULL;
    SPX_TRY(spx_file_read(path, limits->file_bytes, &bytes, diag));
    const int is_pfm = spx_pfm_probe(bytes.data, bytes.size);
    const spx_status status = is_pfm ? read_pfm(out, &bytes, path, limits, task, diag)
                                     : read_picture(out, &bytes, path, limits, task, diag);
    spx_bytes_clear(&bytes);
    if (status == SPX_OK && !is_pfm)
        spx_depth_map_look(*out, task);
    return status;
}

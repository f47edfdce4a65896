/*
 * The cache is a 16-bit PNG of the normalised map at the network's size. Its comment names what the
 * map depends on: network, weights, size and detail asked for, and the photo's pixels. A cache that
 * says anything else is ignored and replaced.
 */
#include "pipeline/photo_depth.h"

#include "base/file.h"
#include "base/number_text.h"
#include "codec/image_write.h"
#include "codec/plane_read.h"
#include "depth/estimate.h"
#include "depth/letterbox.h"
#include "depth/refine.h"
#include "image/image.h"
#include "image/plane_resample.h"
#include "image/resize.h"
#include "image/sphere.h"
#include "pipeline/depth_map.h"
#include "pipeline/engine.h"
#include "pipeline/glimpse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SIZE = 192, RANGE_SIZE = 64 };
static const char range_word[] = " range=";
static const char range_between = ':'; /* no part of a number */
static const char cache_keyword[] = "spx-depth";
/* A map may differ from the photo's aspect by rounding at its own size, not more. */
static const double aspect_tolerance = 0.02;
static const double half_pixel = 0.5;

/* What the network made of a photo. */
typedef struct estimated {
    spx_plane *map; /* normalised, owned */
    float range[2]; /* the values that became 0 and 1 */
} estimated;

void spx_photo_depth_clear(spx_photo_depth *depth)
{
    spx_plane_destroy(depth->map);
    spx_plane_destroy(depth->raw);
    *depth = (spx_photo_depth){ 0 };
}

static spx_status check_aspect(const spx_plane *map, const spx_image *image, const char *name,
                               spx_diag *diag)
{
    const double scale = (double)image->width / map->width;
    const double wanted = image->height / scale;
    if (fabs(wanted - map->height) <= fmax(1.0 + half_pixel, aspect_tolerance * map->height))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "%s: the depth map is %ux%u, which is not the shape of the photo, %ux%u", name,
                    map->width, map->height, image->width, image->height);
}

static void invert(spx_plane *map)
{
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = 1.0f - row[x];
    }
}

static spx_status own_map(spx_engine *engine, const spx_image *image,
                          const spx_depth_request *request, const spx_task *task,
                          spx_photo_depth *out, spx_diag *diag)
{
    spx_plane *map = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_depth_map_read(&map, request->map, spx_engine_limits(engine), task, diag));
    if (request->map_invert)
        invert(map);
    SPX_TRY_OUT(check_aspect(map, image, request->map, diag));
    (void)snprintf(out->source, sizeof(out->source), "own map");
    /* A smaller picture of the photo is treated as the photo will be. */
    const spx_image *const whole = request->whole == NULL ? image : request->whole;
    out->exact = map->width == whole->width && map->height == whole->height;
    if (map->width == image->width && map->height == image->height) {
        out->map = map;
        map = NULL; /* moved to the caller */
    } else if (map->width >= image->width) {
        SPX_TRY_OUT(spx_plane_resample(&out->map, map, image->width, image->height, diag));
    } else {
        SPX_TRY_OUT(spx_depth_refine(map, image, SPX_DEPTH_OF_OTHERS, task, &out->map, diag));
    }

out:
    spx_plane_destroy(map);
    return status;
}

/* A photo that has grown, or was edited after its depth was measured, has another shape than it. */
static int fits_photo(const spx_photo *photo, const spx_task *task)
{
    if (check_aspect(photo->depth, photo->image, "", NULL) == SPX_OK)
        return 1;
    spx_task_warn(
        task, SPX_NOTE_DEPTH_SOURCE,
        "the photo's own depth (%s) does not cover the whole picture: a network's was used",
        photo->depth_source);
    return 0;
}

static spx_status photos_own(const spx_photo *photo, const spx_task *task, spx_photo_depth *out,
                             spx_diag *diag)
{
    spx_plane *map = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_copy(&map, photo->depth, diag));
    spx_depth_map_look(map, task);
    spx_depth_normalise(map);
    SPX_TRY_OUT(spx_depth_refine(map, photo->image, SPX_DEPTH_OF_OTHERS, task, &out->map, diag));
    (void)snprintf(out->source, sizeof(out->source), "%s", photo->depth_source);
    spx_task_warn(task, SPX_NOTE_DEPTH_SOURCE, "the photo's own depth was used: %s, %u x %u",
                  photo->depth_source, photo->depth->width, photo->depth->height);

out:
    spx_plane_destroy(map);
    return status;
}

/* FNV-1a with 8 bytes a step, over every sample: the map belongs to these pixels. */
static uint64_t hash_pixels(const spx_image *image)
{
    const size_t row_bytes = image->width * spx_image_pixel_bytes(image);
    uint64_t hash = 0xCBF29CE484222325u;
    for (uint32_t y = 0; y < image->height; y++) {
        const uint8_t *const row = spx_image_row8(image, y);
        size_t x = 0;
        for (; x + sizeof(uint64_t) <= row_bytes; x += sizeof(uint64_t)) {
            uint64_t word = 0;
            memcpy(&word, row + x, sizeof(word));
            hash = (hash ^ word) * 0x100000001B3u;
            hash ^= hash >> 29;
        }
        for (; x < row_bytes; x++)
            hash = (hash ^ row[x]) * 0x100000001B3u;
    }
    return hash;
}

/* Whether a cache's text is the key and a range. */
static int parse_cache_text(const spx_bytes *text, const char *key, float range[2])
{
    char copy[KEY_SIZE + RANGE_SIZE];
    const size_t size = strlen(key);
    if (text->size >= sizeof(copy))
        return 0;
    memcpy(copy, text->data, text->size);
    copy[text->size] = '\0';
    if (strncmp(copy, key, size) != 0 || strncmp(copy + size, range_word, strlen(range_word)) != 0)
        return 0;
    char *end = NULL;
    range[0] = (float)spx_text_number(copy + size + strlen(range_word), &end);
    if (*end != range_between)
        return 0;
    range[1] = (float)spx_text_number(end + 1, &end);
    return *end == '\0';
}

/* range: what 0 and 1 of the map were before it was normalised. */
static int read_cache(spx_engine *engine, const char *path, const char *key, const spx_task *task,
                      float range[2], spx_plane **out)
{
    spx_bytes bytes = { 0 };
    spx_bytes text = { 0 };
    int found = 0;
    *out = NULL;
    if (spx_file_read(path, spx_engine_limits(engine)->file_bytes, &bytes, NULL) == SPX_OK &&
        spx_plane_png_text(&text, bytes.data, bytes.size, cache_keyword, NULL) == SPX_OK &&
        parse_cache_text(&text, key, range)) {
        found = spx_plane_read(out, bytes.data, bytes.size, path, spx_engine_limits(engine), task,
                               NULL) == SPX_OK;
    }
    spx_bytes_clear(&bytes);
    spx_bytes_clear(&text);
    return found;
}

static spx_status write_cache(const char *path, const char *key, const estimated *found,
                              const spx_task *task, spx_diag *diag)
{
    spx_bytes bytes = { 0 };
    spx_bytes text = { 0 };
    spx_status status = SPX_OK;
    spx_bytes_print(&text, "%s%s%.9g%c%.9g", key, range_word, (double)found->range[0],
                    range_between, (double)found->range[1]);
    spx_bytes_u8(&text, 0);
    SPX_TRY_OUT(spx_bytes_check(&text, path, diag));
    SPX_TRY_OUT(spx_plane_write_png16(&bytes, found->map, cache_keyword, (const char *)text.data,
                                      task, diag));
    SPX_TRY_OUT(spx_file_write(path, bytes.data, bytes.size, diag));

out:
    spx_bytes_clear(&bytes);
    spx_bytes_clear(&text);
    return status;
}

/* What a cache would have kept: rounded to 16 bits, so that a map from the cache gives the same
 * pictures. */
static void round_to_16_bits(spx_plane *map)
{
    static const float most = 65535.0f;
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = roundf(row[x] * most) / most;
    }
}

/* What a cached map depends on; an empty key where there is no cache. */
static spx_status make_key(char *key, const spx_depth_request *request, spx_depth_model *model,
                           const spx_image *image, const spx_task *task, spx_diag *diag)
{
    const char *hash = NULL;
    if (request->cache == NULL)
        return SPX_OK;
    SPX_TRY(spx_depth_model_hash(model, task, &hash, diag));
    (void)snprintf(key, KEY_SIZE, "%s %s size=%u detail=%d photo=%016llx",
                   spx_depth_model_name(model), hash, request->depth_size, (int)request->detail,
                   (unsigned long long)hash_pixels(image));
    return SPX_OK;
}

/* With its edges at the photo's; black bars lie flat. */
static spx_status fit_to_photo(const spx_plane *map, const spx_image *image, const spx_task *task,
                               spx_plane **out, spx_diag *diag)
{
    SPX_TRY(spx_depth_refine(map, image, SPX_DEPTH_OF_NETWORK, task, out, diag));
    const spx_letterbox box = spx_letterbox_find(image);
    spx_letterbox_flatten(&box, *out);
    return SPX_OK;
}

/* For whom the first map is. */
typedef struct first_view {
    const spx_image *image;
    const char *dir;
} first_view;

/* The map so far is shown at a screen's size, with its edges at the photo's. */
static spx_status show_first(void *user, spx_plane *map, const spx_task *task, spx_diag *diag)
{
    const first_view *const self = user;
    const spx_task quiet = spx_task_quiet(task);
    spx_image *small = NULL;
    spx_plane *fine = NULL;
    spx_status status = SPX_OK;
    spx_depth_normalise(map);
    SPX_TRY_OUT(spx_image_shrink(&small, self->image, SPX_GLIMPSE_DEPTH_PX, &quiet, diag));
    SPX_TRY_OUT(fit_to_photo(map, small, &quiet, &fine, diag));
    SPX_TRY_OUT(spx_glimpse_first(self->dir, fine, &quiet, diag));
    spx_task_progress(task, 0.0); /* the watch looks */

out:
    spx_image_unref(small);
    spx_plane_destroy(fine);
    return status;
}

/* Runs the network. raw (may be NULL): the map as it came. */
// NOLINTNEXTLINE(readability-function-size): seven parameters
static spx_status estimate(estimated *out, spx_depth_model *model, const spx_image *image,
                           const spx_depth_request *request, const spx_task *task, spx_plane **raw,
                           spx_diag *diag)
{
    first_view view = { .image = image, .dir = request->preview_dir };
    const spx_estimate_options wanted = { .size = request->depth_size,
                                          .detail = request->detail,
                                          .first = view.dir == NULL ? NULL : show_first,
                                          .user = &view };
    SPX_TRY(spx_depth_estimate(model, image, &wanted, task, &out->map, diag));
    if (raw != NULL)
        SPX_TRY(spx_plane_copy(raw, out->map, diag));
    spx_depth_normalise_range(out->map, out->range);
    round_to_16_bits(out->map);
    return SPX_OK;
}

/* Inverse distances at both ends of the map, where the network and the photo tell them. */
static void find_metres(spx_photo_depth *out, const spx_depth_model *model, const spx_image *image,
                        const spx_depth_request *request, const float range[2])
{
    const double factor = spx_depth_model_metric(model);
    if (!(factor > 0.0 && request->hfov_deg > 0.0 && range[0] < range[1]))
        return;
    const double scale = spx_depth_estimate_scale(model, image, request->depth_size);
    const double focal_px = /* of the input */
        scale * spx_sphere_focal_px(image->width, request->hfov_deg);
    for (int i = 0; scale > 0.0 && i < 2; i++)
        out->per_metre[i] = factor * (double)range[i] / focal_px;
}

spx_status spx_photo_depth_find(spx_engine *engine, const spx_photo *photo,
                                const spx_depth_request *request, const spx_task *task,
                                spx_photo_depth *out, spx_diag *diag)
{
    *out = (spx_photo_depth){ 0 };
    if (request->map != NULL)
        return own_map(engine, photo->image, request, task, out, diag);
    if (photo->depth != NULL && !request->network_only &&
        (!request->want_raw || request->raw_if_run) && fits_photo(photo, task))
        return photos_own(photo, task, out, diag);

    const spx_image *const whole = request->whole == NULL ? photo->image : request->whole;
    char key[KEY_SIZE] = "";
    spx_depth_model *model = NULL; /* borrowed from the engine */
    estimated found = { .map = NULL };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_engine_model(engine, request->model, task, &model, diag));
    (void)snprintf(out->source, sizeof(out->source), "%s", spx_depth_model_name(model));
    SPX_TRY_OUT(make_key(key, request, model, whole, task, diag));
    if (request->cache == NULL || request->want_raw ||
        !read_cache(engine, request->cache, key, task, found.range, &found.map)) {
        spx_plane **const raw = request->want_raw ? &out->raw : NULL;
        SPX_TRY_OUT(estimate(&found, model, whole, request, task, raw, diag));
        if (request->cache != NULL)
            SPX_TRY_OUT(write_cache(request->cache, key, &found, task, diag));
    }
    find_metres(out, model, whole, request, found.range);
    SPX_TRY_OUT(fit_to_photo(found.map, photo->image, task, &out->map, diag));

out:
    spx_plane_destroy(found.map);
    if (status != SPX_OK)
        spx_photo_depth_clear(out);
    return status;
}

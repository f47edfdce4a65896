/*
 * What the numbers mean: an auxiliary picture of Apple's phones holds disparity (larger = nearer),
 * or, when its XMP says AuxiliaryImageType depth, distance; both evenly from FloatMinValue to
 * FloatMaxValue. GDepth holds 0 for near and 1 for far.
 */
#include "codec/own_depth.h"

#include "base/byte_order.h"
#include "codec/heif_image.h"
#include "codec/orient.h"
#include "codec/photo_type.h"
#include "container/exif.h"
#include "container/gdepth.h"
#include "container/heif_excerpt.h"
#include "container/image_header.h"
#include "container/xmp_property.h"
#include "image/luma.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_BYTES = 4, WORD_BYTES = 32, SIZE_BYTES = 12 };
static const char ns_apdi[] = "http://ns.apple.com/pixeldatainfo/1.0/";

void spx_own_depth_clear(spx_own_depth *depth)
{
    spx_plane_destroy(depth->map);
    *depth = (spx_own_depth){ 0 };
}

/* A distance (or an even share of two distances) as its inverse, in place. */
static void invert_distance(spx_plane *map, double near_m, double far_m)
{
    const int known = near_m > 0.0 && far_m > near_m;
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++) {
            row[x] =
                known ? (float)(1.0 / (near_m + (double)row[x] * (far_m - near_m))) : 1.0f - row[x];
        }
    }
}

/* ---- HEIF ---- */

static int is_depth(const spx_heif *heif, uint32_t item)
{
    static const char *const names[] = { "urn:mpeg:hevc:2015:auxid:2",
                                         "urn:mpeg:mpegB:cicp:systems:auxiliary:depth" };
    const spx_heif_property *const kind =
        spx_heif_find_property(heif, item, spx_fourcc("auxC"), NULL, NULL);
    for (size_t i = 0; kind != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        const size_t size = strlen(names[i]) + 1;
        if (kind->size >= VERSION_BYTES + size &&
            memcmp(kind->payload + VERSION_BYTES, names[i], size) == 0)
            return 1;
    }
    return 0;
}

/* The item with the photo's depth; 0 = none. */
static uint32_t find_item(const spx_heif *heif)
{
    const uint32_t photo = spx_heif_photo_item(heif);
    for (size_t i = 0; photo != 0 && i < heif->reference_count; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->to == photo && link->type == spx_fourcc("auxl") && is_depth(heif, link->from))
            return link->from;
    }
    return 0;
}

static void measure_item(spx_own_depth *out, const spx_heif *heif, uint32_t item)
{
    const spx_heif_property *const size =
        spx_heif_find_property(heif, item, spx_fourcc("ispe"), NULL, NULL);
    (void)snprintf(out->what, sizeof(out->what), "auxiliary depth picture");
    if (size == NULL || size->size < SIZE_BYTES)
        return;
    const uint8_t *const at = size->payload + VERSION_BYTES;
    out->width = spx_u32_big(at);
    out->height = spx_u32_big(at + 4);
}

static spx_status read_item(spx_own_depth *out, const spx_heif_file *from, uint32_t item,
                            spx_diag *diag)
{
    spx_bytes xmp = { 0 };
    char kind[WORD_BYTES];
    SPX_TRY(spx_heif_plane_read(&out->map, from, item, diag));
    SPX_TRY(spx_heif_xmp_read(&xmp, from->heif, item, diag));
    (void)spx_xmp_text(xmp.data, xmp.size, ns_apdi, "AuxiliaryImageType", kind, sizeof(kind));
    if (strcmp(kind, "depth") == 0) {
        invert_distance(out->map, spx_xmp_number(xmp.data, xmp.size, ns_apdi, "FloatMinValue", 0.0),
                        spx_xmp_number(xmp.data, xmp.size, ns_apdi, "FloatMaxValue", 0.0));
    }
    spx_bytes_clear(&xmp);
    return SPX_OK;
}

static spx_status read_heif(spx_own_depth *out, const spx_photo_file *file,
                            const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_heif *heif = NULL;
    spx_status status = SPX_OK;
    SPX_TRY(spx_heif_read(&heif, file->data, file->size, file->name, NULL, diag));
    const uint32_t item = find_item(heif);
    if (item != 0) {
        const spx_heif_file from = {
            .heif = heif, .name = file->name, .limits = limits, .task = task
        };
        measure_item(out, heif, item);
        status = read_item(out, &from, item, diag);
    }
    spx_heif_destroy(heif);
    return status;
}

/* ---- JPEG ---- */

static void measure_map(spx_own_depth *out, const spx_gdepth *depth)
{
    spx_image_header header;
    spx_image_header_read(&header, depth->map.data, depth->map.size);
    (void)snprintf(out->what, sizeof(out->what), "%s", depth->what);
    out->width = header.width;
    out->height = header.height;
}

/* The map lies as the photo does in its file. */
static unsigned orientation_of(const spx_photo_file *file)
{
    spx_image_header header;
    spx_exif exif = { 0 };
    spx_image_header_read(&header, file->data, file->size);
    if (header.exif != NULL)
        spx_exif_read(&exif, header.exif, header.exif_size);
    return exif.orientation == 0 ? 1 : exif.orientation;
}

static spx_status read_map(spx_own_depth *out, const spx_gdepth *depth, const spx_photo_file *file,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_photo picture = { 0 };
    spx_status status = SPX_OK;
    const spx_task quiet = spx_task_quiet(task);
    SPX_TRY_OUT(spx_photo_read(&picture, depth->map.data, depth->map.size, file->name, limits,
                               &quiet, diag));
    SPX_TRY_OUT(spx_orient_turn(&picture.image, orientation_of(file), diag));
    SPX_TRY_OUT(spx_plane_from_image(&out->map, picture.image, &quiet, diag));
    const int linear = depth->scale == SPX_GDEPTH_LINEAR;
    invert_distance(out->map, linear ? depth->near_m : 0.0, linear ? depth->far_m : 0.0);
out:
    spx_photo_clear(&picture);
    return status;
}

static spx_status read_jpeg(spx_own_depth *out, const spx_photo_file *file,
                            const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_gdepth depth = { 0 };
    spx_status status = spx_gdepth_read(&depth, file->data, file->size, diag);
    if (status == SPX_OK && depth.what != NULL) {
        measure_map(out, &depth);
        status = read_map(out, &depth, file, limits, task, diag);
    }
    spx_gdepth_clear(&depth);
    return status;
}

spx_status spx_own_depth_probe(spx_own_depth *out, const void *data, size_t size, const char *name,
                               spx_diag *diag)
{
    *out = (spx_own_depth){ 0 };
    const spx_photo_type type = spx_photo_type_of(data, size);
    if (type == SPX_PHOTO_TYPE_HEIF) {
        spx_heif *heif = NULL;
        SPX_TRY(spx_heif_read(&heif, data, size, name, NULL, diag));
        const uint32_t item = find_item(heif);
        if (item != 0)
            measure_item(out, heif, item);
        spx_heif_destroy(heif);
    } else if (type == SPX_PHOTO_TYPE_JPEG) {
        spx_gdepth depth = { 0 };
        SPX_TRY(spx_gdepth_read(&depth, data, size, diag));
        if (depth.what != NULL)
            measure_map(out, &depth);
        spx_gdepth_clear(&depth);
    }
    return SPX_OK;
}

spx_status spx_own_depth_read(spx_own_depth *out, const spx_photo_file *file,
                              const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_diag why = { 0 };
    spx_status status = SPX_OK;
    *out = (spx_own_depth){ 0 };
    const spx_photo_type type = spx_photo_type_of(file->data, file->size);
    if (type == SPX_PHOTO_TYPE_HEIF) {
        status = read_heif(out, file, limits, task, &why);
    } else if (type == SPX_PHOTO_TYPE_JPEG) {
        status = read_jpeg(out, file, limits, task, &why);
    }
    if (status == SPX_OK)
        return SPX_OK;
    spx_own_depth_clear(out);
    if (status == SPX_ERR_CANCELLED || status == SPX_ERR_NO_MEMORY)
        return spx_fail(diag, status, "%s", why.text);
    spx_task_warn(task, SPX_WARNING_FALLBACK,
                  "the photo's own depth cannot be read, a network's was used");
    return SPX_OK;
}

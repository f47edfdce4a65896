/*
 * Three makers write gain maps three ways: Apple as an auxiliary picture of the HEIC, ISO 21496-1
 * as an item 'tmap' with numbers in its data, Ultra HDR as a second JPEG with numbers in XMP.
 * Whatever is found is turned upright like the photo and its values are put through a table to
 * Apple's form, which the writer knows.
 */
#include "codec/gain_map_read.h"

#include "base/floatops.h"
#include "codec/heif_image.h"
#include "codec/photo_type.h"
#include "codec/plane_read.h"
#include "container/exif.h"
#include "container/gain_map.h"
#include "container/heif_excerpt.h"
#include "container/image_header.h"
#include "container/spatial_heif.h"

#include <string.h>

enum { ISO_MOST_BYTES = 1024, TABLE_STEPS = 1024, TRANSPOSED = 5 /* from here on sides change */ };

void spx_gain_map_clear(spx_gain_map *gain)
{
    spx_plane_destroy(gain->map);
    *gain = (spx_gain_map){ 0 };
}

/* Where a file's map is, and how it is to be read. */
typedef struct request {
    const void *data;
    size_t size;
    const char *name;
    const spx_limits *limits;
    const spx_task *task;
} request;

static void to_apple(const spx_plane *map, const spx_gain_form *form)
{
    float table[TABLE_STEPS + 1];
    for (size_t i = 0; i <= TABLE_STEPS; i++)
        table[i] = (float)spx_gain_to_apple(form, (double)i / TABLE_STEPS);
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++) {
            row[x] = table[(size_t)(spx_clamp01(row[x]) * TABLE_STEPS + 0.5f)];
        }
    }
}

static spx_status check_form(const spx_gain_form *form, const char *name, spx_diag *diag)
{
    if (!form->base_is_hdr)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: its gain map leads from HDR to SDR", name);
}

/* EXIF orientation 1..8: where the pixel (x, y) of a w x h map goes. */
static void turned_place(unsigned orientation, const spx_plane *map, uint32_t *x, uint32_t *y)
{
    const uint32_t right = map->width - 1 - *x;
    const uint32_t up = map->height - 1 - *y;
    const uint32_t from_x = *x;
    switch (orientation) {
    case 2:
        *x = right;
        break;
    case 3:
        *x = right;
        *y = up;
        break;
    case 4:
        *y = up;
        break;
    case 5:
        *x = *y;
        *y = from_x;
        break;
    case 6:
        *x = up;
        *y = from_x;
        break;
    case 7:
        *x = up;
        *y = right;
        break;
    case 8:
        *x = *y;
        *y = right;
        break;
    default:
        break;
    }
}

static spx_status turn(spx_plane **map, unsigned orientation, spx_diag *diag)
{
    spx_plane *const from = *map;
    spx_plane *to = NULL;
    if (orientation <= 1)
        return SPX_OK;
    const int swaps = orientation >= TRANSPOSED;
    SPX_TRY(spx_plane_create(&to, swaps ? from->height : from->width,
                             swaps ? from->width : from->height, diag));
    for (uint32_t y = 0; y < from->height; y++) {
        for (uint32_t x = 0; x < from->width; x++) {
            uint32_t to_x = x;
            uint32_t to_y = y;
            turned_place(orientation, from, &to_x, &to_y);
            spx_plane_row(to, to_y)[to_x] = spx_plane_row(from, y)[x];
        }
    }
    spx_plane_destroy(from);
    *map = to;
    return SPX_OK;
}

static spx_status read_jpeg(spx_gain_map *out, const request *from, spx_diag *diag)
{
    spx_gain_form form;
    spx_image_header header;
    spx_exif exif = { 0 };
    const uint8_t *jpeg = NULL;
    size_t size = 0;
    if (!spx_gain_jpeg_find(&form, &jpeg, &size, from->data, from->size)) {
        if (!spx_gain_jpeg_claims(from->data, from->size))
            return SPX_OK;
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "it does not say how bright it is");
    }
    SPX_TRY(check_form(&form, from->name, diag));
    SPX_TRY(spx_plane_read(&out->map, jpeg, size, from->name, from->limits, from->task, diag));
    spx_image_header_read(&header, from->data, from->size);
    if (header.exif != NULL)
        spx_exif_read(&exif, header.exif, header.exif_size);
    SPX_TRY(turn(&out->map, exif.orientation, diag));
    to_apple(out->map, &form);
    out->headroom = spx_gain_headroom(&form);
    return SPX_OK;
}

static int is_apple_map(const spx_heif *heif, uint32_t item)
{
    enum { VERSION_BYTES = 4 };
    static const char name[] = SPX_HEIF_AUX_GAIN_MAP;
    const spx_heif_property *const kind =
        spx_heif_find_property(heif, item, spx_fourcc("auxC"), NULL, NULL);
    return kind != NULL && kind->size >= VERSION_BYTES + sizeof(name) &&
           memcmp(kind->payload + VERSION_BYTES, name, sizeof(name)) == 0;
}

/* The auxiliary picture that holds the photo's map; 0 = none. */
static uint32_t find_apple_map(const spx_heif *heif, uint32_t photo)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->type == spx_fourcc("auxl") && link->to == photo && is_apple_map(heif, link->from))
            return link->from;
    }
    return 0;
}

static spx_status read_apple(spx_gain_map *out, const spx_heif_file *file, uint32_t item,
                             spx_diag *diag)
{
    spx_bytes xmp = { 0 };
    SPX_TRY(spx_heif_plane_read(&out->map, file, item, diag));
    SPX_TRY(spx_heif_xmp_read(&xmp, file->heif, item, diag));
    out->headroom = spx_gain_apple_headroom(xmp.data, xmp.size);
    spx_bytes_clear(&xmp);
    return SPX_OK;
}

/* 'tmap' is derived from the photo and its map, in this order; *map: 0 = there is none. */
static uint32_t find_tone_map(const spx_heif *heif, uint32_t photo, uint32_t *map)
{
    *map = 0;
    for (size_t i = 0; i + 1 < heif->reference_count; i++) {
        const spx_heif_reference *const base = &heif->references[i];
        const spx_heif_reference *const gain = base + 1;
        if (base->type != spx_fourcc("dimg") || base->to != photo || gain->from != base->from ||
            gain->type != base->type)
            continue;
        const spx_heif_item *const item = spx_heif_find_item(heif, base->from);
        if (item == NULL || item->type != spx_fourcc("tmap"))
            continue;
        *map = gain->to;
        return base->from;
    }
    return 0;
}

static spx_status read_tone_map(spx_gain_map *out, const spx_heif_file *file, uint32_t tone_map,
                                uint32_t map, spx_diag *diag)
{
    spx_gain_form form = { 0 };
    spx_bytes data = { 0 };
    SPX_TRY(spx_heif_item_data(file->heif, tone_map, ISO_MOST_BYTES, &data, diag));
    spx_status status =
        data.size == 0 || data.data[0] != 0 /* the item's own version */
            ? spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: an unknown kind of 'tmap'", file->name)
            : spx_gain_iso_read(&form, data.data + 1, data.size - 1, diag);
    spx_bytes_clear(&data);
    SPX_TRY(status);
    SPX_TRY(check_form(&form, file->name, diag));
    SPX_TRY(spx_heif_plane_read(&out->map, file, map, diag));
    to_apple(out->map, &form);
    out->headroom = spx_gain_headroom(&form);
    return SPX_OK;
}

static spx_status read_heif(spx_gain_map *out, const request *from, spx_diag *diag)
{
    spx_heif *heif = NULL;
    uint32_t map = 0;
    spx_status status = SPX_OK;
    SPX_TRY(spx_heif_read(&heif, from->data, from->size, from->name, NULL, diag));
    const spx_heif_file file = {
        .heif = heif, .name = from->name, .limits = from->limits, .task = from->task
    };
    const uint32_t photo = spx_heif_photo_item(heif);
    const uint32_t apple = find_apple_map(heif, photo);
    if (apple != 0) {
        status = read_apple(out, &file, apple, diag);
    } else {
        const uint32_t tone_map = find_tone_map(heif, photo, &map);
        if (tone_map != 0)
            status = read_tone_map(out, &file, tone_map, map, diag);
    }
    spx_heif_destroy(heif);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_gain_map_read(spx_gain_map *out, const void *data, size_t size, const char *name,
                             const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    const request from = {
        .data = data, .size = size, .name = name, .limits = limits, .task = task
    };
    spx_gain_map gain = { 0 };
    spx_status status = SPX_OK;
    switch (spx_photo_type_of(data, size)) {
    case SPX_PHOTO_TYPE_JPEG:
        status = read_jpeg(&gain, &from, diag);
        break;
    case SPX_PHOTO_TYPE_HEIF:
        status = read_heif(&gain, &from, diag);
        break;
    default:
        break;
    }
    if (status == SPX_OK) {
        *out = gain;
        return SPX_OK;
    }
    spx_gain_map_clear(&gain);
    return status;
}

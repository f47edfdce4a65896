/* PNG is written by png_write.c, everything else by libvips' writers, which take the pixels
 * as they are made. JPEG gets its metadata afterwards, so that EXIF stays byte for byte;
 * the other writers are handed it. */
#include "codec/image_write.h"

#include "codec/jpeg_segments.h"
#include "codec/png_write.h"
#include "codec/vips_pixels.h"
#include "codec/vips_start.h"
#include "image/image.h"

#include <string.h>

enum {
    AVIF_EFFORT = 2, /* of 0..9: photos are large */
    HEIC_EFFORT = 2,
};

/* 16-bit pixels as 8-bit ones. */
static void run_reduced(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    enum { PIECE = 256 };
    const spx_rows *const rows = source;
    uint16_t piece[PIECE * SPX_IMAGE_CHANNELS];
    uint8_t *to = out;
    for (uint32_t done = 0; done < count; done += PIECE) {
        const uint32_t part = count - done < PIECE ? count - done : PIECE;
        rows->run(rows->source, x + done, y, part, piece);
        for (size_t i = 0; i < (size_t)part * SPX_IMAGE_CHANNELS; i++)
            *to++ = spx_sample_8_of_16(piece[i]);
    }
}

static void row_8(const void *source, uint32_t y, uint8_t *out)
{
    const spx_rows *const rows = source;
    rows->run(rows->source, 0, y, rows->width, out);
}

/* In the file's byte order: high byte first. */
static void row_16(const void *source, uint32_t y, uint8_t *out)
{
    enum { PIECE = 256 };
    const spx_rows *const rows = source;
    uint16_t piece[PIECE * SPX_IMAGE_CHANNELS];
    for (uint32_t x = 0; x < rows->width; x += PIECE) {
        const uint32_t part = rows->width - x < PIECE ? rows->width - x : PIECE;
        rows->run(rows->source, x, y, part, piece);
        for (size_t i = 0; i < (size_t)part * SPX_IMAGE_CHANNELS; i++) {
            *out++ = (uint8_t)(piece[i] >> 8);
            *out++ = (uint8_t)piece[i];
        }
    }
}

static spx_status write_png(spx_bytes *out, const spx_rows *rows, const spx_write_form *form,
                            const spx_task *task, spx_diag *diag)
{
    const spx_png png = {
        .width = rows->width,
        .height = rows->height,
        .bits = rows->bits,
        .channels = SPX_IMAGE_CHANNELS,
        .row = rows->bits == 8 ? row_8 : row_16,
        .source = rows,
        .is_color = 1,
        .extras = form->extras,
        .stereo = form->stereo,
        .dots_per_inch = form->dots_per_inch,
    };
    return spx_png_write(out, &png, task, diag);
}

static const char *type_name(spx_image_type type)
{
    static const char *const names[] = {
        [SPX_IMAGE_TYPE_PNG] = "PNG",   [SPX_IMAGE_TYPE_JPEG] = "JPEG",
        [SPX_IMAGE_TYPE_WEBP] = "WebP", [SPX_IMAGE_TYPE_TIFF] = "TIFF",
        [SPX_IMAGE_TYPE_HEIC] = "HEIC", [SPX_IMAGE_TYPE_AVIF] = "AVIF",
    };
    return names[type];
}

static void set_blob(VipsImage *image, const char *field, const char *prefix, size_t prefix_size,
                     const spx_bytes *bytes)
{
    if (bytes == NULL || bytes->size == 0)
        return;
    uint8_t *const copy = g_try_malloc(prefix_size + bytes->size);
    if (copy == NULL)
        return;
    if (prefix_size != 0)
        memcpy(copy, prefix, prefix_size);
    memcpy(copy + prefix_size, bytes->data, bytes->size);
    vips_image_set_blob(image, field, (VipsCallbackFn)vips_area_free_cb, copy,
                        prefix_size + bytes->size);
}

static void set_extras(VipsImage *image, const spx_image_extras *extras)
{
    static const char exif_prefix[] = "Exif\0"; /* six bytes with its own zero */
    if (extras == NULL)
        return;
    set_blob(image, VIPS_META_ICC_NAME, NULL, 0, extras->icc);
    set_blob(image, VIPS_META_EXIF_NAME, exif_prefix, sizeof(exif_prefix), extras->exif);
    set_blob(image, VIPS_META_XMP_NAME, NULL, 0, extras->xmp);
}

/* 0 on success; *data then belongs to the caller: g_free(). */
static int save(VipsImage *image, const spx_write_form *form, void **data, size_t *size)
{
    static const VipsForeignSubsample subsample[] = {
        [SPX_JPEG_CHROMA_AUTO] = VIPS_FOREIGN_SUBSAMPLE_AUTO,
        [SPX_JPEG_CHROMA_FULL] = VIPS_FOREIGN_SUBSAMPLE_OFF,
        [SPX_JPEG_CHROMA_HALF] = VIPS_FOREIGN_SUBSAMPLE_ON,
    };
    const int quality = form->quality;
    switch (form->type) {
    case SPX_IMAGE_TYPE_JPEG:
        return vips_jpegsave_buffer(image, data, size, "Q", quality, "strip", TRUE,
                                    "subsample_mode", subsample[form->chroma], NULL);
    case SPX_IMAGE_TYPE_WEBP:
        return vips_webpsave_buffer(image, data, size, "Q", quality, NULL);
    case SPX_IMAGE_TYPE_TIFF:
        return vips_tiffsave_buffer(image, data, size, "compression",
                                    VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
                                    VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
    case SPX_IMAGE_TYPE_HEIC:
        return vips_heifsave_buffer(image, data, size, "Q", quality, "compression",
                                    VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, "effort", HEIC_EFFORT,
                                    NULL);
    case SPX_IMAGE_TYPE_AVIF:
        return vips_heifsave_buffer(image, data, size, "Q", quality, "compression",
                                    VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", AVIF_EFFORT, NULL);
    case SPX_IMAGE_TYPE_PNG:
        break;
    }
    return -1;
}

static spx_status fail_to_write(const char *name, const spx_task *task, spx_diag *diag)
{
    if (spx_task_cancelled(task)) {
        vips_error_clear();
        return spx_task_check(task, diag);
    }
    return spx_vips_fail(diag, SPX_ERR_UNSUPPORTED, name, "cannot be written here");
}

static spx_status write_with_vips(spx_bytes *out, const spx_vips_pixels *pixels,
                                  const spx_write_form *form, spx_diag *diag)
{
    const spx_image_type type = form->type;
    void *data = NULL;
    size_t size = 0;
    spx_status status = SPX_OK;
    VipsImage *const image = spx_vips_pixels_open(pixels);
    if (image == NULL)
        return spx_vips_fail(diag, SPX_ERR_NO_MEMORY, type_name(type), "no picture");
    if (type != SPX_IMAGE_TYPE_JPEG)
        set_extras(image, form->extras);
    if (save(image, form, &data, &size) != 0) {
        status = fail_to_write(type_name(type), pixels->task, diag);
    } else if (type == SPX_IMAGE_TYPE_JPEG) {
        status = spx_jpeg_add_extras(out, data, size, form->extras, diag);
    } else {
        status = spx_bytes_copy(out, data, size, type_name(type), diag);
    }
    if (status != SPX_OK)
        spx_bytes_clear(out);
    g_free(data);
    g_object_unref(image);
    return status;
}

static spx_status check_quality(int quality, spx_diag *diag)
{
    if (quality < 1 || quality > 100)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "picture: quality %d is not 1..100", quality);
    return SPX_OK;
}

/* What the formats' own size fields hold; 0 = more than any photo has. */
static uint32_t most_side_px(spx_image_type type)
{
    switch (type) {
    case SPX_IMAGE_TYPE_JPEG:
        return SPX_JPEG_MOST_SIDE_PX;
    case SPX_IMAGE_TYPE_WEBP:
        return SPX_WEBP_MOST_SIDE_PX;
    default:
        return 0;
    }
}

static spx_status check_sides(const spx_rows *rows, spx_image_type type, spx_diag *diag)
{
    const uint32_t most = most_side_px(type);
    if (most == 0 || (rows->width <= most && rows->height <= most))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "%s: a picture of %ux%u is over what the format allows (%u px a side)",
                    type_name(type), rows->width, rows->height, most);
}

spx_status spx_rows_write(spx_bytes *out, const spx_rows *rows, const spx_write_form *form,
                          const spx_task *task, spx_diag *diag)
{
    SPX_TRY(check_quality(form->quality, diag));
    if (form->type == SPX_IMAGE_TYPE_PNG)
        return write_png(out, rows, form, task, diag);
    SPX_TRY(check_sides(rows, form->type, diag));
    const int is_heif = form->type == SPX_IMAGE_TYPE_HEIC || form->type == SPX_IMAGE_TYPE_AVIF;
    SPX_TRY(is_heif ? spx_vips_start_heif(diag) : spx_vips_start(diag));
    const int deep = form->type == SPX_IMAGE_TYPE_TIFF && rows->bits == 16;
    const int same = rows->bits == 8 || deep;
    const spx_vips_pixels pixels = {
        .width = rows->width,
        .height = rows->height,
        .bands = SPX_IMAGE_CHANNELS,
        .deep = deep,
        .run = same ? rows->run : run_reduced,
        .source = same ? rows->source : rows,
        .task = task,
    };
    return write_with_vips(out, &pixels, form, diag);
}

enum { RGBA_CHANNELS = 4 };

static void row_rgba(const void *source, uint32_t y, uint8_t *out)
{
    const spx_rgba *const picture = source;
    const size_t bytes = (size_t)RGBA_CHANNELS * picture->width;
    memcpy(out, picture->pixels + y * bytes, bytes);
}

static void run_rgba(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_rgba *const picture = source;
    memcpy(out, picture->pixels + RGBA_CHANNELS * ((size_t)y * picture->width + x),
           (size_t)RGBA_CHANNELS * count);
}

spx_status spx_rgba_write_png(spx_bytes *out, const spx_rgba *picture, const spx_task *task,
                              spx_diag *diag)
{
    const spx_png png = { .width = picture->width,
                          .height = picture->height,
                          .bits = 8,
                          .channels = RGBA_CHANNELS,
                          .row = row_rgba,
                          .source = picture,
                          .is_color = 1 };
    return spx_png_write(out, &png, task, diag);
}

spx_status spx_rgba_write_webp(spx_bytes *out, const spx_rgba *picture, int quality,
                               const spx_task *task, spx_diag *diag)
{
    SPX_TRY(check_quality(quality, diag));
    SPX_TRY(spx_vips_start(diag));
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_WEBP, .quality = quality };
    const spx_vips_pixels pixels = { .width = picture->width,
                                     .height = picture->height,
                                     .bands = RGBA_CHANNELS,
                                     .run = run_rgba,
                                     .source = picture,
                                     .task = task };
    return write_with_vips(out, &pixels, &form, diag);
}

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_image_write(spx_bytes *out, const spx_image *image, spx_image_type type, int quality,
                           const spx_image_extras *extras, const spx_task *task, spx_diag *diag)
{
    const spx_rows rows = spx_rows_of(image);
    const spx_write_form form = { .type = type, .quality = quality, .extras = extras };
    return spx_rows_write(out, &rows, &form, task, diag);
}

/* NaN counts as 0. */
static float clamped(float value)
{
    if (!(value > 0.0f))
        return 0.0f;
    return value < 1.0f ? value : 1.0f;
}

static void run_plane(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const float *const in = spx_plane_row(source, y) + x;
    uint8_t *const samples = out;
    for (size_t i = 0; i < count; i++)
        samples[i] = (uint8_t)(clamped(in[i]) * 255.0f + 0.5f);
}

static void row_plane(const void *source, uint32_t y, uint8_t *out)
{
    const spx_plane *const plane = source;
    const float *const in = spx_plane_row(plane, y);
    for (size_t i = 0; i < plane->width; i++) {
        const uint16_t value = (uint16_t)(clamped(in[i]) * 65535.0f + 0.5f);
        out[2 * i] = (uint8_t)(value >> 8);
        out[2 * i + 1] = (uint8_t)value;
    }
}

spx_status spx_plane_write_jpeg(spx_bytes *out, const spx_plane *plane, int quality,
                                const spx_task *task, spx_diag *diag)
{
    SPX_TRY(check_quality(quality, diag));
    SPX_TRY(spx_vips_start(diag));
    const spx_vips_pixels pixels = {
        .width = plane->width,
        .height = plane->height,
        .bands = 1,
        .run = run_plane,
        .source = plane,
        .task = task,
    };
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG, .quality = quality };
    return write_with_vips(out, &pixels, &form, diag);
}

spx_status spx_plane_write_png16(spx_bytes *out, const spx_plane *plane, const char *text_key,
                                 const char *text_value, const spx_task *task, spx_diag *diag)
{
    const spx_png png = {
        .width = plane->width,
        .height = plane->height,
        .bits = 16,
        .channels = 1,
        .row = row_plane,
        .source = plane,
        .text_key = text_key,
        .text_value = text_value,
    };
    return spx_png_write(out, &png, task, diag);
}

#include "codec/preview.h"

#include "codec/file_kind.h"
#include "codec/late_vips.h"
#include "codec/photo_read.h"
#include "codec/photo_source.h"
#include "codec/photo_type.h"
#include "codec/proportion.h"
#include "codec/vips_pixels.h"
#include "codec/vips_start.h"
#include "image/image.h"

#include <string.h>

enum {
    QUALITY = 82,
    LEAST_QUALITY = 40,
    QUALITY_STEP = 7,
    MOST_BYTES = 500000, /* with the depth beside it a phone loads 0.6 MB at most */
};
static const double white = 255.0;

/* The header alone says how many pixels the decoder would have to make. */
static spx_status check_header(const spx_preview_request *request, spx_photo_type type,
                               spx_diag *diag)
{
    spx_photo_source source = { 0 };
    SPX_TRY(spx_photo_source_init(&source, request->data, request->size, NULL, diag));
    VipsImage *const image = spx_photo_source_open(&source, type, NULL);
    spx_status status = SPX_OK;
    if (image == NULL) {
        status = spx_photo_source_fail(&source, type, request->name, diag);
    } else {
        const uint64_t width = (uint64_t)vips_image_get_width(image);
        const uint64_t height = (uint64_t)vips_image_get_height(image);
        if (width > request->limits->side_px || height > request->limits->side_px ||
            width * height > request->limits->pixels) {
            status = spx_fail(diag, SPX_ERR_LIMIT, "%s: %llux%llu pixels are too many",
                              request->name, (unsigned long long)width, (unsigned long long)height);
        }
        g_object_unref(image);
    }
    spx_photo_source_clear(&source);
    return status;
}

/* Three quarters of a picture's sides; 0 = done. */
static int shrink_more(VipsImage **image)
{
    VipsImage *smaller = NULL;
    const int side = vips_image_get_width(*image) - vips_image_get_width(*image) / 4;
    if (vips_thumbnail_image(*image, &smaller, side, "size", VIPS_SIZE_DOWN, NULL) != 0)
        return -1;
    g_object_unref(*image);
    *image = smaller;
    return 0;
}

/* Coarser, and then smaller, until it is no more than MOST_BYTES; 0 = done. */
static int encode_flat(VipsImage **flat, void **jpeg, size_t *jpeg_size)
{
    int quality = QUALITY;
    for (;;) {
        if (vips_jpegsave_buffer(*flat, jpeg, jpeg_size, "Q", quality, "strip", TRUE,
                                 "optimize-coding", TRUE, NULL) != 0)
            return -1;
        if (*jpeg_size <= MOST_BYTES)
            return 0;
        g_free(*jpeg);
        *jpeg = NULL;
        if (quality > LEAST_QUALITY) {
            quality -= QUALITY_STEP;
        } else if (shrink_more(flat) != 0) {
            return -1;
        }
    }
}

/* A JPEG of the picture in memory of libvips; 0 = done. */
static int encode(VipsImage *small, void **jpeg, size_t *jpeg_size)
{
    VipsImage *flat = NULL;
    VipsArrayDouble *const background = vips_array_double_newv(1, white);
    int bad = vips_image_hasalpha(small)
                  ? vips_flatten(small, &flat, "background", background, NULL)
                  : vips_copy(small, &flat, NULL);
    vips_area_unref(VIPS_AREA(background));
    if (bad == 0)
        bad = encode_flat(&flat, jpeg, jpeg_size);
    if (flat != NULL)
        g_object_unref(flat);
    return bad;
}

/* The formats that libvips reads, shrinking while it decodes; and TIFF may hold many pictures. */
static int is_own_door(spx_photo_type type)
{
    return type != SPX_PHOTO_TYPE_JPEG && type != SPX_PHOTO_TYPE_PNG &&
           type != SPX_PHOTO_TYPE_WEBP && type != SPX_PHOTO_TYPE_GIF;
}

static void copy_row(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_image *const image = source;
    const size_t pixel = spx_image_pixel_bytes(image);
    memcpy(out, spx_image_row8(image, y) + x * pixel, count * pixel);
}

/* By way of the whole photo: for what libvips does not open here. */
static spx_status shrink_decoded(VipsImage **small, const spx_preview_request *request,
                                 spx_diag *diag)
{
    spx_photo photo = { 0 };
    VipsImage *image = NULL;
    spx_status status = SPX_OK;
    SPX_TRY(spx_photo_read(&photo, request->data, request->size, request->name, request->limits,
                           NULL, diag));
    const spx_vips_pixels pixels = { .width = photo.image->width,
                                     .height = photo.image->height,
                                     .bands = SPX_IMAGE_CHANNELS,
                                     .deep = photo.image->bits != 8,
                                     .run = copy_row,
                                     .source = photo.image };
    const int side = (int)request->side_px;
    VipsImage *lazy = NULL;
    image = spx_vips_pixels_open(&pixels);
    if (image != NULL && photo.icc.size != 0)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, photo.icc.data, photo.icc.size);
    if (image == NULL ||
        vips_thumbnail_image(image, &lazy, side, "height", side, "size", VIPS_SIZE_DOWN,
                             "export-profile", "srgb", NULL) != 0 ||
        (*small = vips_image_copy_memory(lazy)) == NULL)
        status = spx_vips_fail(diag, SPX_ERR_CORRUPT, request->name, "no preview can be made");
    if (lazy != NULL)
        g_object_unref(lazy);
    if (image != NULL)
        g_object_unref(image);
    spx_photo_clear(&photo);
    return status;
}

static spx_status shrink_other(VipsImage **small, const spx_preview_request *request,
                               spx_photo_type type, spx_diag *diag)
{
    const int side = (int)request->side_px;
    SPX_TRY(check_header(request, type, diag));
    SPX_TRY(spx_photo_check_proportion(request->data, request->size, type, request->name, diag));
    /* libvips only reads from the buffer, but wants it without const. */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    void *const data = (void *)(uintptr_t)request->data;
    VipsImage *lazy = NULL; /* read once, from top to bottom */
    if (vips_thumbnail_buffer(data, request->size, &lazy, side, "height", side, "size",
                              VIPS_SIZE_DOWN, "export-profile", "srgb", NULL) == 0)
        *small = vips_image_copy_memory(lazy);
    if (lazy != NULL)
        g_object_unref(lazy);
    if (*small == NULL)
        return spx_vips_fail(diag, SPX_ERR_CORRUPT, request->name, "no preview can be made");
    return SPX_OK;
}

spx_status spx_preview_make(spx_bytes *out, const spx_preview_request *request, spx_diag *diag)
{
    VipsImage *small = NULL;
    void *jpeg = NULL;
    size_t jpeg_size = 0;
    spx_status status = SPX_OK;
    const spx_photo_type type = spx_photo_type_of(request->data, request->size);
    *out = (spx_bytes){ 0 };
    SPX_TRY(spx_vips_start(diag));
    if (type == SPX_PHOTO_TYPE_UNKNOWN)
        return spx_fail_not_a_photo(request->name, request->data, request->size, diag);
    SPX_TRY_OUT(is_own_door(type) ? shrink_decoded(&small, request, diag)
                                  : shrink_other(&small, request, type, diag));
    if (encode(small, &jpeg, &jpeg_size) != 0) {
        status = spx_vips_fail(diag, SPX_ERR_CORRUPT, request->name, "no preview can be made");
        goto out;
    }
    SPX_TRY_OUT(spx_bytes_copy(out, jpeg, jpeg_size, request->name, diag));

out:
    g_free(jpeg);
    if (small != NULL)
        g_object_unref(small);
    return status;
}

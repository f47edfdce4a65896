/*
 * The way to RGB: alpha is laid on white, then the colours are converted where that must be.
 *
 *     RGB, 8 or 16 bits      stays as it is, with its profile
 *     grey                   through its own profile if it has one, else repeated three times, with
 *                            its profile where that is one for RGB, as many editors write it
 *     CMYK                   through its own profile, else through libvips' built-in one
 *     float, Lab, 32 bits    to sRGB in 16 bits
 */
#include "codec/photo_color.h"

#include "codec/vips_start.h"

#include <string.h>

enum {
    RGB_BANDS = 3,
    CMYK_BANDS = 4,
    SPACE_AT = 16, /* in an ICC profile: the colour space's signature */
    SPACE_BYTES = 4,
    ICC_HEADER_BYTES = 128,
    BITS_16 = 16,
};

/* One step: on success the new image replaces the old one. */
static int replace(VipsImage **image, int bad, VipsImage *const *made)
{
    if (bad)
        return 0;
    g_object_unref(*image);
    *image = *made;
    return 1;
}

static int has_profile_for(VipsImage *image, const char *space)
{
    const void *data = NULL;
    size_t size = 0;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 ||
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) != 0)
        return 0;
    return size >= ICC_HEADER_BYTES &&
           memcmp((const char *)data + SPACE_AT, space, SPACE_BYTES) == 0;
}

static int is_deep(const VipsImage *image)
{
    return vips_image_get_format(image) != VIPS_FORMAT_UCHAR;
}

static int flatten(VipsImage **image)
{
    double white = 255.0;
    if (vips_image_get_format(*image) == VIPS_FORMAT_USHORT) {
        white = 65535.0;
    } else if (vips_band_format_isfloat(vips_image_get_format(*image))) {
        white = 1.0;
    }
    VipsArrayDouble *const background = vips_array_double_new(&white, 1);
    VipsImage *made = NULL;
    const int bad = vips_flatten(*image, &made, "background", background, "max_alpha", white, NULL);
    vips_area_unref(VIPS_AREA(background));
    return replace(image, bad, &made);
}

/* Values 0..1 or whole 32-bit numbers to 16 bits. */
static int scale_to_16(VipsImage **image)
{
    const int is_float = vips_band_format_isfloat(vips_image_get_format(*image));
    VipsImage *made = NULL;
    if (!replace(image, vips_linear1(*image, &made, is_float ? 65535.0 : 1.0 / 65537.0, 0.5, NULL),
                 &made))
        return 0;
    return replace(image, vips_cast_ushort(*image, &made, NULL), &made);
}

static int is_wide_format(const VipsImage *image)
{
    const VipsBandFormat format = vips_image_get_format(image);
    return format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT;
}

static int convert_space(VipsImage **image)
{
    VipsImage *made = NULL;
    return replace(
        image,
        vips_colourspace(*image, &made,
                         is_deep(*image) ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
                         NULL),
        &made);
}

static int convert_profile(VipsImage **image)
{
    VipsImage *made = NULL;
    return replace(image,
                   vips_icc_transform(*image, &made, "srgb", "embedded", TRUE, "intent",
                                      VIPS_INTENT_RELATIVE, "black_point_compensation", TRUE,
                                      "depth", is_deep(*image) ? BITS_16 : 8, NULL),
                   &made);
}

static int repeat_grey(VipsImage **image)
{
    VipsImage *grey[RGB_BANDS] = { *image, *image, *image };
    VipsImage *made = NULL;
    return replace(image, vips_bandjoin(grey, &made, RGB_BANDS, NULL), &made);
}

static int first_bands(VipsImage **image, int count)
{
    VipsImage *made = NULL;
    return replace(image, vips_extract_band(*image, &made, 0, "n", count, NULL), &made);
}

static int grey_to_rgb(VipsImage **image, spx_photo_color *color)
{
    if (is_wide_format(*image) && !scale_to_16(image))
        return 0;
    if (vips_image_get_bands(*image) > 1 && !first_bands(image, 1))
        return 0;
    if (has_profile_for(*image, "GRAY")) {
        color->converted = convert_profile(image);
        if (color->converted)
            return 1;
        vips_error_clear(); /* a damaged profile is no profile */
    }
    color->keeps_profile = has_profile_for(*image, "RGB ");
    return repeat_grey(image);
}

static int cmyk_to_rgb(VipsImage **image, spx_photo_color *color)
{
    color->converted = 1;
    if (vips_image_get_bands(*image) > CMYK_BANDS && !first_bands(image, CMYK_BANDS))
        return 0;
    if (has_profile_for(*image, "CMYK")) {
        if (convert_profile(image))
            return 1;
        vips_error_clear();
    }
    return convert_space(image);
}

/* Three bands or more of what is RGB or has to be taken for it. */
static int color_to_rgb(VipsImage **image, spx_photo_color *color)
{
    const VipsInterpretation space = vips_image_get_interpretation(*image);
    const int known = space == VIPS_INTERPRETATION_scRGB || space == VIPS_INTERPRETATION_LAB ||
                      space == VIPS_INTERPRETATION_LABS || space == VIPS_INTERPRETATION_LABQ ||
                      space == VIPS_INTERPRETATION_XYZ;
    if (known) {
        VipsImage *made = NULL;
        color->converted = 1;
        return replace(image, vips_colourspace(*image, &made, VIPS_INTERPRETATION_RGB16, NULL),
                       &made);
    }
    if (is_wide_format(*image) && !scale_to_16(image))
        return 0;
    if (vips_image_get_bands(*image) > RGB_BANDS && !first_bands(image, RGB_BANDS))
        return 0;
    color->keeps_profile = has_profile_for(*image, "RGB ");
    return 1;
}

/* Floats in which 1 is white. */
static int is_float_rgb(const VipsImage *image)
{
    const VipsInterpretation space = vips_image_get_interpretation(image);
    return vips_image_get_format(image) == VIPS_FORMAT_FLOAT && space != VIPS_INTERPRETATION_LAB &&
           space != VIPS_INTERPRETATION_XYZ;
}

static int convert(VipsImage **image, spx_photo_color *color)
{
    if (vips_image_get_coding(*image) != VIPS_CODING_NONE && !convert_space(image))
        return 0;
    if (vips_image_hasalpha(*image) || is_float_rgb(*image)) {
        *image = spx_sample_watch_add(&color->watch, *image);
        if (*image == NULL || (vips_image_hasalpha(*image) && !flatten(image)))
            return 0;
    }
    if (vips_image_get_interpretation(*image) == VIPS_INTERPRETATION_CMYK)
        return cmyk_to_rgb(image, color);
    return vips_image_get_bands(*image) < RGB_BANDS ? grey_to_rgb(image, color)
                                                    : color_to_rgb(image, color);
}

spx_status spx_photo_to_rgb(VipsImage *image, const char *name, VipsImage **out,
                            spx_photo_color *color, spx_diag *diag)
{
    *out = NULL;
    *color = (spx_photo_color){ 0 };
    VipsImage *work = image;
    const int good =
        convert(&work, color) && vips_image_get_bands(work) == RGB_BANDS && !is_wide_format(work);
    if (!good) {
        const spx_status status =
            spx_vips_fail(diag, SPX_ERR_UNSUPPORTED, name, "colours that cannot become RGB");
        if (work != NULL)
            g_object_unref(work);
        return status;
    }
    *out = work;
    return SPX_OK;
}

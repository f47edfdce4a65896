/*
 * A colour chart, written in every way in which a file can say what its colours are, comes out as
 * the colours that went in. Truth and result are compared as Lab, which Little CMS makes of both.
 */
#include "codec/color_meaning.h"

#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "container/exif_color.h"
#include "delta_e.h"
#include "image/image.h"
#include "image/tone_map.h"
#include "test_files.h"
#include "test_support.h"

#include <lcms2.h>
#include <libheif/heif.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ACROSS = 6, DOWN = 5, PATCHES = ACROSS * DOWN, PATCH = 32 };

/* sRGB values: photographic greys, skins, foliage, sky and strong colours. */
static const uint8_t chart[PATCHES][3] = {
    { 115, 82, 68 },   { 194, 150, 130 }, { 98, 122, 157 },  { 87, 108, 67 },   { 133, 128, 177 },
    { 103, 189, 170 }, { 214, 126, 44 },  { 80, 91, 166 },   { 193, 90, 99 },   { 94, 60, 108 },
    { 157, 188, 64 },  { 224, 163, 46 },  { 56, 61, 150 },   { 70, 148, 73 },   { 175, 54, 60 },
    { 231, 199, 31 },  { 187, 86, 149 },  { 8, 133, 161 },   { 243, 243, 242 }, { 200, 200, 200 },
    { 160, 160, 160 }, { 122, 122, 121 }, { 85, 85, 85 },    { 52, 52, 52 },    { 220, 30, 30 },
    { 30, 200, 40 },   { 30, 40, 210 },   { 240, 220, 200 }, { 20, 24, 30 },    { 30, 200, 210 },
};

typedef enum curve { CURVE_SRGB, CURVE_GAMMA, CURVE_LINEAR, CURVE_PQ, CURVE_HLG } curve;

typedef struct way {
    const char *name;
    const spx_primaries *primaries;
    curve curve;
    double gamma; /* of CURVE_GAMMA */
} way;

static double srgb_decode(double code)
{
    return code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4);
}

static double encode_pq(double light)
{
    const double p = pow(light * 203.0 / 10000.0, 0.1593017578125);
    return pow((0.8359375 + 18.8515625 * p) / (1.0 + 18.6875 * p), 78.84375);
}

/* Of display light: first the inverse of the system gamma 1.2 on luminance. */
static void encode_hlg(double rgb[3])
{
    const double y = (0.2627 * rgb[0] + 0.6780 * rgb[1] + 0.0593 * rgb[2]) * 203.0 / 1000.0;
    for (int c = 0; c < 3; c++) {
        const double e = y <= 0.0 ? 0.0 : rgb[c] * 203.0 / 1000.0 * pow(y, -0.2 / 1.2);
        rgb[c] =
            e <= 1.0 / 12.0 ? sqrt(3.0 * e) : 0.17883277 * log(12.0 * e - 0.28466892) + 0.55991073;
    }
}

static double clip(double value)
{
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

/* Code values 0..1 of a patch in a way. */
static void encode_patch(const way *w, const uint8_t srgb[3], double out[3])
{
    double m[9];
    double light[3];
    assert_true(spx_primaries_convert(&spx_primaries_bt709, w->primaries, m));
    for (size_t c = 0; c < 3; c++)
        light[c] = srgb_decode(srgb[c] / 255.0);
    for (size_t c = 0; c < 3; c++)
        out[c] = m[3 * c] * light[0] + m[3 * c + 1] * light[1] + m[3 * c + 2] * light[2];
    if (w->curve == CURVE_HLG) {
        encode_hlg(out);
        return;
    }
    for (size_t c = 0; c < 3; c++) {
        const double v = out[c] < 0.0 ? 0.0 : out[c];
        switch (w->curve) {
        case CURVE_SRGB:
            out[c] = clip(v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1.0 / 2.4) - 0.055);
            break;
        case CURVE_GAMMA:
            out[c] = clip(pow(v, 1.0 / w->gamma));
            break;
        case CURVE_LINEAR:
            out[c] = clip(v);
            break;
        default:
            out[c] = encode_pq(v);
        }
    }
}

static spx_image *draw_chart(const way *w, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, ACROSS * PATCH, DOWN * PATCH, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            double rgb[3];
            encode_patch(w, chart[y / PATCH * ACROSS + x / PATCH], rgb);
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c,
                                     (uint32_t)lround(rgb[c] * (bits == 8 ? 255 : 65535)));
        }
    }
    return image;
}

static void lab_of(cmsHTRANSFORM transform, double r, double g, double b, double lab[3])
{
    const double rgb[3] = { r, g, b };
    cmsDoTransform(transform, rgb, lab, 1);
}

static cmsHTRANSFORM open_lab(const spx_bytes *icc)
{
    cmsHPROFILE from = icc == NULL || icc->size == 0
                           ? cmsCreate_sRGBProfile()
                           : cmsOpenProfileFromMem(icc->data, (cmsUInt32Number)icc->size);
    cmsHPROFILE to = cmsCreateLab4Profile(NULL);
    assert_non_null(from);
    cmsHTRANSFORM transform = cmsCreateTransform(from, TYPE_RGB_DBL, to, TYPE_Lab_DBL,
                                                 INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
    cmsCloseProfile(from);
    cmsCloseProfile(to);
    assert_non_null(transform);
    return transform;
}

/* The middle of a patch, 0..1. */
static void measure(const spx_image *image, size_t patch, double rgb[3])
{
    enum { MIDDLE = 8, FROM = (PATCH - MIDDLE) / 2 };
    const uint32_t x0 = (uint32_t)(patch % ACROSS) * PATCH + FROM;
    const uint32_t y0 = (uint32_t)(patch / ACROSS) * PATCH + FROM;
    for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (uint32_t y = 0; y < MIDDLE; y++) {
            for (uint32_t x = 0; x < MIDDLE; x++)
                sum += spx_image_sample(image, x0 + x, y0 + y, c);
        }
        rgb[c] = sum / (MIDDLE * MIDDLE) / (image->bits == 8 ? 255.0 : 65535.0);
    }
}

/* Reads a file and gives the mean and the largest difference of its patches. */
static double chart_error(const char *name, const spx_bytes *file, double most_mean)
{
    spx_photo photo = { 0 };
    spx_limits limits;
    spx_diag diag = { 0 };
    double sum = 0;
    double worst = 0;
    spx_limits_init(&limits);
    if (spx_photo_read(&photo, file->data, file->size, name, &limits, NULL, &diag) != SPX_OK)
        fail_msg("%s: %s", name, diag.text);
    cmsHTRANSFORM truth = open_lab(NULL);
    cmsHTRANSFORM found = open_lab(&photo.icc);
    for (size_t i = 0; i < PATCHES; i++) {
        double rgb[3];
        double a[3];
        double b[3];
        measure(photo.image, i, rgb);
        lab_of(truth, chart[i][0] / 255.0, chart[i][1] / 255.0, chart[i][2] / 255.0, a);
        lab_of(found, rgb[0], rgb[1], rgb[2], b);
        const double error = delta_e_2000(a, b);
        sum += error;
        worst = error > worst ? error : worst;
    }
    cmsDeleteTransform(truth);
    cmsDeleteTransform(found);
    spx_photo_clear(&photo);
    print_message("%-28s mean %.2f, worst %.2f\n", name, sum / PATCHES, worst);
    if (!(sum / PATCHES <= most_mean))
        fail_msg("%s: a mean difference of %.2f is over %.2f", name, sum / PATCHES, most_mean);
    return sum / PATCHES;
}

static const double most_sdr = 1.5;
static const double most_hdr = 3.0;

static spx_bytes write_picture(const way *w, spx_image_type type, uint32_t bits,
                               const spx_image_extras *extras)
{
    spx_bytes file = { 0 };
    spx_image *const image = draw_chart(w, bits);
    assert_int_equal(spx_image_write(&file, image, type, 95, extras, NULL, NULL), SPX_OK);
    spx_image_unref(image);
    return file;
}

/* Takes out a chunk that the writer puts into each file. */
static void remove_chunk(spx_bytes *png, const char *type, size_t size)
{
    enum { AROUND = 12, LENGTH_BYTES = 4 };
    uint8_t *const at = memmem(png->data, png->size, type, 4);
    if (at == NULL)
        return;
    uint8_t *const begin = at - LENGTH_BYTES;
    const size_t behind = png->size - (size_t)(begin - png->data) - AROUND - size;
    memmove(begin, begin + AROUND + size, behind);
    png->size -= AROUND + size;
}

/* Puts a chunk behind the header of a PNG file. */
static void add_chunk(spx_bytes *png, const char *type, const uint8_t *data, size_t size)
{
    enum { HEADER_END = 33 };
    spx_bytes made = { 0 };
    spx_bytes body = { 0 };
    spx_bytes_text(&body, type);
    spx_bytes_append(&body, data, size);
    spx_bytes_append(&made, png->data, HEADER_END);
    spx_bytes_u32(&made, (uint32_t)size);
    spx_bytes_append(&made, body.data, body.size);
    spx_bytes_u32(&made, (uint32_t)crc32(0, body.data, (uInt)body.size));
    spx_bytes_append(&made, png->data + HEADER_END, png->size - HEADER_END);
    spx_bytes_clear(&body);
    spx_bytes_clear(png);
    *png = made;
}

static void reads_the_colour_chunks_of_png(void **state)
{
    (void)state;
    static const way srgb = { "sRGB", &spx_primaries_bt709, CURVE_SRGB, 0 };
    static const way p3 = { "P3", &spx_primaries_p3, CURVE_SRGB, 0 };
    static const way linear = { "linear", &spx_primaries_bt709, CURVE_LINEAR, 0 };
    static const way adobe = { "Adobe", &spx_primaries_adobe_rgb, CURVE_GAMMA, 563.0 / 256.0 };
    static const way gamma18 = { "1.8", &spx_primaries_p3, CURVE_GAMMA, 1.8 };
    static const uint8_t p3_codes[] = { 12, 13, 0, 1 };
    static const uint8_t linear_gamma[] = { 0, 1, 0x86, 0xa0 }; /* 100000 */
    static const uint8_t usual_gamma[] = { 0, 0, 0xb1, 0x8f };  /* 45455 */
    static const uint8_t gamma_of_18[] = { 0, 0, 0xd9, 0x04 };  /* 55556 */
    static const uint8_t perceptual[] = { 0 };
    uint8_t points[32];
    const struct {
        const char *name;
        const way *w;
        const spx_primaries *points;
        const char *chunk;
        const uint8_t *data;
        size_t size;
    } files[] = {
        { "png, nothing", &srgb, NULL, NULL, NULL, 0 },
        { "png sRGB", &srgb, NULL, "sRGB", perceptual, 1 },
        { "png cICP P3", &p3, NULL, "cICP", p3_codes, 4 },
        { "png gAMA 1.0", &linear, NULL, "gAMA", linear_gamma, 4 },
        { "png gAMA 1/2.2", &srgb, NULL, "gAMA", usual_gamma, 4 },
        { "png cHRM Adobe, gAMA", &adobe, &spx_primaries_adobe_rgb, "gAMA", usual_gamma, 4 },
        { "png cHRM P3, gAMA 1/1.8", &gamma18, &spx_primaries_p3, "gAMA", gamma_of_18, 4 },
        { "png cHRM sRGB", &srgb, &spx_primaries_bt709, NULL, NULL, 0 },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        spx_bytes png = write_picture(files[i].w, SPX_IMAGE_TYPE_PNG, 16, NULL);
        remove_chunk(&png, "sRGB", 1);
        if (files[i].chunk != NULL)
            add_chunk(&png, files[i].chunk, files[i].data, files[i].size);
        if (files[i].points != NULL) {
            const double *const order[] = { files[i].points->white, files[i].points->red,
                                            files[i].points->green, files[i].points->blue };
            for (size_t k = 0; k < 8; k++) {
                const uint32_t value = (uint32_t)lround(order[k / 2][k % 2] * 100000.0);
                for (size_t b = 0; b < 4; b++)
                    points[4 * k + b] = (uint8_t)(value >> (24 - 8 * b));
            }
            add_chunk(&png, "cHRM", points, sizeof(points));
        }

        chart_error(files[i].name, &png, most_sdr);
        spx_bytes_clear(&png);
    }
}

/* Exif with ColorSpace 65535 and the interoperability index R03. */
static const uint8_t dcf_option[] = {
    'M',  'M',  0,    42,   0,    0, 0, 8, /* header */
    0,    1,    0x87, 0x69, 0,    4, 0, 0, 0, 1,   0,   0,    0,    26, 0, 0, 0,
    0,    0,    2,    0xa0, 0x01, 0, 3, 0, 0, 0,   1,   0xff, 0xff, 0,  0, /* at 26 */
    0xa0, 0x05, 0,    4,    0,    0, 0, 1, 0, 0,   0,   56,   0,    0,  0, 0, 0,
    1,    0,    1,    0,    2,    0, 0, 0, 4, 'R', '0', '3',  0,    0,  0, 0, 0, /* at 56 */
};

static void reads_adobe_rgb_from_exif(void **state)
{
    (void)state;
    static const way adobe = { "Adobe", &spx_primaries_adobe_rgb, CURVE_GAMMA, 563.0 / 256.0 };
    uint8_t copy[sizeof(dcf_option)];
    memcpy(copy, dcf_option, sizeof(copy));
    spx_bytes exif = { .data = copy, .size = sizeof(copy) };
    const spx_image_extras extras = { .exif = &exif };
    spx_bytes jpeg = write_picture(&adobe, SPX_IMAGE_TYPE_JPEG, 8, &extras);

    chart_error("jpeg, EXIF R03", &jpeg, most_sdr);

    assert_int_equal(spx_exif_is_adobe_rgb(copy, sizeof(copy)), 1);
    copy[36] = 0; /* ColorSpace 1: sRGB beats the index */
    copy[37] = 1;
    assert_int_equal(spx_exif_is_adobe_rgb(copy, sizeof(copy)), 0);
    for (size_t size = 0; size < sizeof(copy) - 4; size++)
        (void)spx_exif_is_adobe_rgb(dcf_option, size);
    spx_bytes_clear(&jpeg);
}

static void keeps_colours_of_profiles(void **state)
{
    (void)state;
    static const struct {
        way w;
        double gamma;
    } ways[] = {
        { { "jpeg, P3 profile", &spx_primaries_p3, CURVE_SRGB, 0 }, 0.0 },
        { { "jpeg, Adobe profile", &spx_primaries_adobe_rgb, CURVE_GAMMA, 563.0 / 256.0 },
          563.0 / 256.0 },
        { { "jpeg, BT.2020 profile", &spx_primaries_bt2020, CURVE_GAMMA, 2.4 }, 2.4 },
    };
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        spx_bytes icc = { 0 };
        assert_int_equal(
            spx_icc_make(&icc, ways[i].w.primaries, ways[i].gamma, ways[i].w.name, NULL), SPX_OK);
        const spx_image_extras extras = { .icc = &icc };
        spx_bytes jpeg = write_picture(&ways[i].w, SPX_IMAGE_TYPE_JPEG, 8, &extras);

        chart_error(ways[i].w.name, &jpeg, most_sdr);
        spx_bytes_clear(&jpeg);
        spx_bytes_clear(&icc);
    }
}

static struct heif_error append_bytes(struct heif_context *context, const void *data, size_t size,
                                      void *user)
{
    (void)context;
    spx_bytes_append(user, data, size);
    return (struct heif_error){ heif_error_Ok, heif_suberror_Unspecified, "" };
}

static void check_heif(struct heif_error error)
{
    if (error.code != heif_error_Ok)
        fail_msg("libheif: %s", error.message);
}

typedef struct coded_way {
    way w;
    enum heif_compression_format format;
    int bits;
    uint16_t primaries;
    uint16_t transfer;
} coded_way;

static struct heif_image *draw_heif(const coded_way *coded)
{
    spx_image *const drawn = draw_chart(&coded->w, 16);
    struct heif_image *image = NULL;
    int stride = 0;
    check_heif(heif_image_create(
        (int)drawn->width, (int)drawn->height, heif_colorspace_RGB,
        coded->bits > 8 ? heif_chroma_interleaved_RRGGBB_LE : heif_chroma_interleaved_RGB, &image));
    check_heif(heif_image_add_plane(image, heif_channel_interleaved, (int)drawn->width,
                                    (int)drawn->height, coded->bits));
    uint8_t *const plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    const double most = (1 << coded->bits) - 1;
    for (uint32_t y = 0; y < drawn->height; y++) {
        for (uint32_t x = 0; x < 3 * drawn->width; x++) {
            const long value = lround(spx_image_row16(drawn, y)[x] / 65535.0 * most);
            uint8_t *const row = plane + (ptrdiff_t)y * stride;
            if (coded->bits == 8) {
                row[x] = (uint8_t)value;
            } else {
                row[2 * x] = (uint8_t)value;
                row[2 * x + 1] = (uint8_t)(value >> 8);
            }
        }
    }
    spx_image_unref(drawn);
    return image;
}

static spx_bytes write_heif(const coded_way *coded)
{
    static struct heif_writer writer = { .writer_api_version = 1, .write = append_bytes };
    spx_bytes file = { 0 };
    struct heif_context *const context = heif_context_alloc();
    struct heif_encoder *encoder = NULL;
    struct heif_image *const image = draw_heif(coded);
    struct heif_color_profile_nclx *const nclx = heif_nclx_color_profile_alloc();
    struct heif_encoding_options *const options = heif_encoding_options_alloc();
    struct heif_image_handle *handle = NULL;
    check_heif(heif_context_get_encoder_for_format(context, coded->format, &encoder));
    check_heif(heif_encoder_set_lossy_quality(encoder, 95));
    check_heif(heif_nclx_color_profile_set_color_primaries(nclx, coded->primaries));
    check_heif(heif_nclx_color_profile_set_transfer_characteristics(nclx, coded->transfer));
    check_heif(
        heif_nclx_color_profile_set_matrix_coefficients(nclx, coded->primaries == 9 ? 9 : 1));
    nclx->full_range_flag = 1;
    check_heif(heif_image_set_nclx_color_profile(image, nclx));
    options->output_nclx_profile = nclx;
    options->macOS_compatibility_workaround_no_nclx_profile = 0;
    check_heif(heif_context_encode_image(context, image, encoder, options, &handle));
    check_heif(heif_context_write(context, &writer, &file));
    heif_image_handle_release(handle);
    heif_encoding_options_free(options);
    heif_nclx_color_profile_free(nclx);
    heif_image_release(image);
    heif_encoder_release(encoder);
    heif_context_free(context);
    return file;
}

static void reads_code_points_of_heic_and_avif(void **state)
{
    (void)state;
    static const coded_way ways[] = {
        { { "heic 8, sRGB", &spx_primaries_bt709, CURVE_SRGB, 0 },
          heif_compression_HEVC,
          8,
          1,
          13 },
        { { "heic 8, P3", &spx_primaries_p3, CURVE_SRGB, 0 }, heif_compression_HEVC, 8, 12, 13 },
        { { "heic 10, P3", &spx_primaries_p3, CURVE_SRGB, 0 }, heif_compression_HEVC, 10, 12, 13 },
        { { "avif 8, P3", &spx_primaries_p3, CURVE_SRGB, 0 }, heif_compression_AV1, 8, 12, 13 },
        { { "avif 12, BT.2020 SDR", &spx_primaries_bt2020, CURVE_SRGB, 0 },
          heif_compression_AV1,
          12,
          9,
          13 },
        { { "heic 10, gamma 2.2", &spx_primaries_bt709, CURVE_GAMMA, 2.2 },
          heif_compression_HEVC,
          10,
          1,
          4 },
    };
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        spx_bytes file = write_heif(&ways[i]);

        chart_error(ways[i].w.name, &file, most_sdr);
        spx_bytes_clear(&file);
    }
}

static void shows_hdr_as_it_was_below_white(void **state)
{
    (void)state;
    static const coded_way ways[] = {
        { { "heic 10, PQ", &spx_primaries_bt2020, CURVE_PQ, 0 }, heif_compression_HEVC, 10, 9, 16 },
        { { "heic 10, HLG", &spx_primaries_bt2020, CURVE_HLG, 0 },
          heif_compression_HEVC,
          10,
          9,
          18 },
        { { "heic 12, PQ", &spx_primaries_bt2020, CURVE_PQ, 0 }, heif_compression_HEVC, 12, 9, 16 },
        { { "avif 12, PQ", &spx_primaries_bt2020, CURVE_PQ, 0 }, heif_compression_AV1, 12, 9, 16 },
        { { "avif 12, HLG", &spx_primaries_bt2020, CURVE_HLG, 0 },
          heif_compression_AV1,
          12,
          9,
          18 },
        { { "avif 12, PQ of P3", &spx_primaries_p3, CURVE_PQ, 0 },
          heif_compression_AV1,
          12,
          12,
          16 },
    };
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        spx_bytes file = write_heif(&ways[i]);

        chart_error(ways[i].w.name, &file, most_hdr);
        spx_bytes_clear(&file);
    }
    static const uint8_t codes[2][4] = { { 9, 16, 0, 1 }, { 9, 18, 0, 1 } };
    for (size_t i = 0; i < 2; i++) {
        spx_bytes png = write_picture(&ways[i].w, SPX_IMAGE_TYPE_PNG, 16, NULL);
        add_chunk(&png, "cICP", codes[i], sizeof(codes[i]));

        chart_error(i == 0 ? "png 16, PQ" : "png 16, HLG", &png, most_hdr);
        spx_bytes_clear(&png);
    }
}

/* A chart under a strip of light: the knee may darken what is near white, and nothing else. */
static void makes_room_for_highlights(void **state)
{
    (void)state;
    static const way pq = { "pq", &spx_primaries_bt2020, CURVE_PQ, 0 };
    static const double knee_costs = 3.0;
    spx_image *const bright = draw_chart(&pq, 16);
    spx_image *mapped = NULL;
    for (uint32_t y = 0; y < 4; y++) {
        for (uint32_t x = 0; x < bright->width; x++) {
            for (int c = 0; c < 3; c++) /* 0 to 2000 nits */
                spx_image_set_sample(bright, x, y, c,
                                     (uint32_t)lround(65535.0 * encode_pq(x * 2000.0 / 203.0 /
                                                                          (bright->width - 1))));
        }
    }

    assert_int_equal(spx_tone_map(&mapped, bright, SPX_HDR_PQ, pq.primaries, NULL, NULL), SPX_OK);

    uint32_t flat = 0;
    for (uint32_t x = 1; x < mapped->width; x++) {
        const uint32_t before = spx_image_sample(mapped, x - 1, 1, 0);
        assert_true(spx_image_sample(mapped, x, 1, 0) >= before);
        flat += spx_image_sample(mapped, x, 1, 0) == before;
    }
    assert_in_range(flat, 0, mapped->width / 6); /* BT.2390 ends level, near the peak alone */
    assert_in_range(spx_image_sample(mapped, mapped->width - 1, 1, 0), 64000, 65535);
    spx_bytes icc = { 0 };
    assert_int_equal(spx_icc_make(&icc, &spx_primaries_p3, 0, "Display P3", NULL), SPX_OK);
    cmsHTRANSFORM truth = open_lab(NULL);
    cmsHTRANSFORM found = open_lab(&icc);
    double sum = 0;
    for (size_t i = ACROSS; i < PATCHES; i++) {
        double rgb[3];
        double a[3];
        double b[3];
        measure(mapped, i, rgb);
        lab_of(truth, chart[i][0] / 255.0, chart[i][1] / 255.0, chart[i][2] / 255.0, a);
        lab_of(found, rgb[0], rgb[1], rgb[2], b);
        sum += delta_e_2000(a, b);
    }
    print_message("beside 2000 nits: mean %.2f\n", sum / (PATCHES - ACROSS));
    assert_true(sum / (PATCHES - ACROSS) < knee_costs);
    cmsDeleteTransform(truth);
    cmsDeleteTransform(found);
    spx_bytes_clear(&icc);
    spx_image_unref(bright);
    spx_image_unref(mapped);
}

/* Pure BT.2020 green and its neighbours end inside P3, one after the other, not on one value. */
static void draws_wide_colours_softly_into_p3(void **state)
{
    (void)state;
    enum { STEPS = 64 };
    spx_image *wide = NULL;
    spx_image *mapped = NULL;
    assert_int_equal(spx_image_create(&wide, STEPS, 1, 16, NULL), SPX_OK);
    for (uint32_t x = 0; x < STEPS; x++) {
        const double other = 1.0 - (double)x / (STEPS - 1);
        spx_image_set_sample(wide, x, 0, 0, (uint32_t)lround(65535.0 * encode_pq(0.5 * other)));
        spx_image_set_sample(wide, x, 0, 1, (uint32_t)lround(65535.0 * encode_pq(0.5)));
        spx_image_set_sample(wide, x, 0, 2, (uint32_t)lround(65535.0 * encode_pq(0.5 * other)));
    }

    assert_int_equal(spx_tone_map(&mapped, wide, SPX_HDR_PQ, &spx_primaries_bt2020, NULL, NULL),
                     SPX_OK);

    uint32_t flat = 0;
    for (uint32_t x = 1; x < STEPS; x++) {
        const uint32_t before = spx_image_sample(mapped, x - 1, 0, 0);
        assert_true(spx_image_sample(mapped, x, 0, 0) <= before);
        flat += spx_image_sample(mapped, x, 0, 0) == before;
    }
    assert_in_range(flat, 0, STEPS / 10);
    spx_image_unref(wide);
    spx_image_unref(mapped);
}

/* Photos of one scene in other colour spaces, as cameras write them. */
static void shows_photos_of_other_spaces_as_their_scene(void **state)
{
    (void)state;
    static const char *const names[] = { "cases/pq10.heic", "cases/p3_nclx.heic" };
    static const double hevc_loss = 3.0; /* mean CIEDE2000, chroma at half size in a busy scene */
    spx_limits limits;
    spx_photo base = { 0 };
    spx_limits_init(&limits);
    spx_bytes file = test_data_read("cases/base.jpg");
    assert_int_equal(spx_photo_read(&base, file.data, file.size, "base", &limits, NULL, NULL),
                     SPX_OK);
    spx_bytes_clear(&file);
    cmsHTRANSFORM truth = open_lab(NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        spx_photo photo = { 0 };
        file = test_data_read(names[i]);
        assert_int_equal(
            spx_photo_read(&photo, file.data, file.size, names[i], &limits, NULL, NULL), SPX_OK);
        cmsHTRANSFORM found = open_lab(&photo.icc);
        double sum = 0;
        for (uint32_t y = 0; y < base.image->height; y += 5) {
            for (uint32_t x = 0; x < base.image->width; x += 5) {
                double lab[2][3];
                lab_of(truth, spx_image_sample(base.image, x, y, 0) / 255.0,
                       spx_image_sample(base.image, x, y, 1) / 255.0,
                       spx_image_sample(base.image, x, y, 2) / 255.0, lab[0]);
                lab_of(found, spx_image_sample(photo.image, x, y, 0) / 65535.0,
                       spx_image_sample(photo.image, x, y, 1) / 65535.0,
                       spx_image_sample(photo.image, x, y, 2) / 65535.0, lab[1]);
                sum += delta_e_2000(lab[0], lab[1]);
            }
        }
        sum /= base.image->width / 5.0 * base.image->height / 5.0;
        print_message("%s: mean %.2f\n", names[i], sum);
        assert_true(sum < hevc_loss);
        cmsDeleteTransform(found);
        spx_photo_clear(&photo);
        spx_bytes_clear(&file);
    }
    cmsDeleteTransform(truth);
    spx_photo_clear(&base);
}

static void takes_the_strongest_sign(void **state)
{
    (void)state;
    spx_bytes icc = { 0 };
    spx_color_meaning meaning;
    assert_int_equal(spx_icc_make(&icc, &spx_primaries_p3, 0, "Display P3", NULL), SPX_OK);
    const spx_nclx pq = { .primaries = 9, .transfer = 16 };
    const spx_nclx p3 = { .primaries = 12, .transfer = 13 };
    const spx_nclx unspecified = { .primaries = 2, .transfer = 2 };
    const struct {
        spx_color_signs signs;
        spx_color_kind kind;
    } cases[] = {
        { { .icc = &icc, .has_nclx = 1, .nclx = pq }, SPX_COLOR_PQ },
        { { .icc = &icc, .has_nclx = 1, .nclx = p3 }, SPX_COLOR_PROFILE },
        { { .has_nclx = 1, .nclx = p3 }, SPX_COLOR_SPACE },
        { { .has_nclx = 1, .nclx = unspecified }, SPX_COLOR_SRGB },
        { { .icc = &icc, .png = { .has_cicp = 1, .primaries = 1, .transfer = 13 } },
          SPX_COLOR_SRGB },
        { { .icc = &icc, .png = { .has_srgb = 1 } }, SPX_COLOR_PROFILE },
        { { .png = { .has_srgb = 1, .gamma = 1.0 } }, SPX_COLOR_SRGB },
        { { .png = { .gamma = 1e-5 } }, SPX_COLOR_SRGB },
        { { .png = { .has_points = 1 } }, SPX_COLOR_SRGB }, /* points of no colours */
        { { .icc = NULL }, SPX_COLOR_SRGB },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        spx_color_decide(&meaning, &cases[i].signs);

        if (meaning.kind != cases[i].kind)
            fail_msg("case %zu: kind %d, wanted %d", i, (int)meaning.kind, (int)cases[i].kind);
    }
    spx_bytes_clear(&icc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_strongest_sign),
        cmocka_unit_test(shows_photos_of_other_spaces_as_their_scene),
        cmocka_unit_test(reads_the_colour_chunks_of_png),
        cmocka_unit_test(reads_adobe_rgb_from_exif),
        cmocka_unit_test(keeps_colours_of_profiles),
        cmocka_unit_test(reads_code_points_of_heic_and_avif),
        cmocka_unit_test(shows_hdr_as_it_was_below_white),
        cmocka_unit_test(makes_room_for_highlights),
        cmocka_unit_test(draws_wide_colours_softly_into_p3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

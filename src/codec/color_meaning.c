/*
 * Two steps: spx_color_decide() weighs what the file says and knows no pixels; spx_color_apply()
 * gives the photo a profile of its own for that meaning, or shows HDR as SDR. A profile that is
 * made here has a fixed date, so that the same photo gives the same bytes.
 */
#include "codec/color_meaning.h"

#include "base/reader.h"
#include "container/exif_color.h"
#include "image/image.h"
#include "image/tone_map.h"

#include <lcms2.h>
#include <math.h>
#include <string.h>

/* ISO/IEC 23091-2, TransferCharacteristics. */
enum {
    TRANSFER_GAMMA_22 = 4,
    TRANSFER_GAMMA_28 = 5,
    TRANSFER_LINEAR = 8,
    TRANSFER_PQ = 16,
    TRANSFER_DCI = 17,
    TRANSFER_HLG = 18,
};

static const double near_primaries = 0.003; /* writers round; sRGB and Adobe RGB differ by 0.09 */
static const double near_gamma = 0.01;

/* The profile's own code points: tag 'cicp' of ICC.1:2022, 9.2.17. */
static int find_cicp(const spx_bytes *icc, unsigned *primaries, unsigned *transfer)
{
    enum { COUNT_AT = 128, MOST_TAGS = 200, SIGNATURE = 0x63696370, TAG_BYTES = 12, CODES_AT = 8 };
    spx_reader reader = {
        .bytes = icc->data, .size = icc->size, .at = COUNT_AT, .what = "ICC profile"
    };
    uint32_t count = 0;
    if (icc->size < COUNT_AT || spx_reader_u32(&reader, &count) != SPX_OK || count > MOST_TAGS)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t signature = 0;
        uint32_t at = 0;
        uint32_t size = 0;
        if (spx_reader_u32(&reader, &signature) != SPX_OK ||
            spx_reader_u32(&reader, &at) != SPX_OK || spx_reader_u32(&reader, &size) != SPX_OK)
            return 0;
        if (signature != SIGNATURE || size < TAG_BYTES || at > icc->size ||
            icc->size - at < TAG_BYTES)
            continue;
        *primaries = icc->data[at + CODES_AT];
        *transfer = icc->data[at + CODES_AT + 1];
        return 1;
    }
    return 0;
}

static int decide_hdr(spx_color_meaning *out, unsigned primaries, unsigned transfer)
{
    if (transfer != TRANSFER_PQ && transfer != TRANSFER_HLG)
        return 0;
    const spx_primaries *const known = spx_primaries_of_code(primaries);
    out->kind = transfer == TRANSFER_PQ ? SPX_COLOR_PQ : SPX_COLOR_HLG;
    out->primaries = known == NULL ? spx_primaries_bt2020 : *known; /* what BT.2100 has */
    return 1;
}

static const char *name_of(const spx_primaries *primaries, double gamma)
{
    if (gamma == 0.0 && spx_primaries_near(primaries, &spx_primaries_p3, near_primaries))
        return "Display P3";
    if (spx_primaries_near(primaries, &spx_primaries_adobe_rgb, near_primaries))
        return "Compatible with Adobe RGB (1998)";
    if (spx_primaries_near(primaries, &spx_primaries_bt2020, near_primaries))
        return "BT.2020";
    return "RGB as the photo's file described it";
}

/* sRGB's own numbers need no profile. */
static void decide_space(spx_color_meaning *out, const spx_primaries *primaries, double gamma)
{
    if (gamma == 0.0 && spx_primaries_near(primaries, &spx_primaries_bt709, near_primaries))
        return;
    out->kind = SPX_COLOR_SPACE;
    out->primaries = *primaries;
    out->gamma = gamma;
    out->name = name_of(primaries, gamma);
}

/* Curves of cameras (BT.709, BT.601, BT.2020) are shown as sRGB, as viewers do. */
static double gamma_of_code(unsigned transfer)
{
    switch (transfer) {
    case TRANSFER_GAMMA_22:
        return 2.2;
    case TRANSFER_GAMMA_28:
        return 2.8;
    case TRANSFER_DCI:
        return 2.6;
    case TRANSFER_LINEAR:
        return 1.0;
    default:
        return 0.0;
    }
}

static void decide_codes(spx_color_meaning *out, unsigned primaries, unsigned transfer)
{
    const spx_primaries *const known = spx_primaries_of_code(primaries);
    decide_space(out, known == NULL ? &spx_primaries_bt709 : known, gamma_of_code(transfer));
}

static int is_sane_point(const double xy[2])
{
    return xy[0] > 0.0 && xy[1] > 0.0 && xy[0] + xy[1] < 1.0 + near_primaries;
}

/* A gamma of 1/2.2 is how writers of PNG name sRGB's curve. */
static void decide_png(spx_color_meaning *out, const spx_png_color *png)
{
    static const double usual_gamma = 1.0 / 2.2;
    static const double least_gamma = 0.2;
    static const double most_gamma = 1.5;
    spx_primaries primaries = spx_primaries_bt709;
    double matrix[9];
    if (png->has_points) {
        spx_primaries said;
        memcpy(said.white, png->points, sizeof(said.white));
        memcpy(said.red, png->points + 2, sizeof(said.red));
        memcpy(said.green, png->points + 4, sizeof(said.green));
        memcpy(said.blue, png->points + 6, sizeof(said.blue));
        if (is_sane_point(said.white) && is_sane_point(said.red) && is_sane_point(said.green) &&
            is_sane_point(said.blue) && spx_primaries_to_xyz(&said, matrix))
            primaries = said;
    }
    const int usual = !(png->gamma >= least_gamma && png->gamma <= most_gamma) ||
                      fabs(png->gamma - usual_gamma) < near_gamma;
    /* Adobe RGB's own curve is 2.2, not sRGB's. */
    const int is_adobe = spx_primaries_near(&primaries, &spx_primaries_adobe_rgb, near_primaries);
    const double adobe_gamma = 563.0 / 256.0;
    decide_space(out, &primaries, usual ? (is_adobe ? adobe_gamma : 0.0) : 1.0 / png->gamma);
}

void spx_color_decide(spx_color_meaning *out, const spx_color_signs *signs)
{
    static const double adobe_gamma = 563.0 / 256.0; /* Adobe RGB (1998), 4.3.1.2 */
    unsigned primaries = 0;
    unsigned transfer = 0;
    const int has_icc = signs->icc != NULL && signs->icc->size != 0;
    *out = (spx_color_meaning){ .kind = SPX_COLOR_SRGB };
    if (signs->has_nclx && decide_hdr(out, signs->nclx.primaries, signs->nclx.transfer))
        return;
    if (signs->png.has_cicp && decide_hdr(out, signs->png.primaries, signs->png.transfer))
        return;
    if (has_icc && find_cicp(signs->icc, &primaries, &transfer) &&
        decide_hdr(out, primaries, transfer))
        return;
    if (signs->png.has_cicp) {
        decide_codes(out, signs->png.primaries, signs->png.transfer);
    } else if (has_icc) {
        out->kind = SPX_COLOR_PROFILE;
    } else if (signs->has_nclx && spx_primaries_of_code(signs->nclx.primaries) != NULL) {
        decide_codes(out, signs->nclx.primaries, signs->nclx.transfer);
    } else if (signs->png.has_srgb) {
        return;
    } else if (signs->png.gamma != 0.0 || signs->png.has_points) {
        decide_png(out, &signs->png);
    } else if (signs->exif != NULL && spx_exif_is_adobe_rgb(signs->exif->data, signs->exif->size)) {
        decide_space(out, &spx_primaries_adobe_rgb, adobe_gamma);
    }
}

static cmsToneCurve *make_curve(cmsContext context, double gamma)
{
    enum { IEC_61966_2_1 = 4 };
    static const cmsFloat64Number srgb[] = { 2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92,
                                             0.04045 };
    return gamma == 0.0 ? cmsBuildParametricToneCurve(context, IEC_61966_2_1, srgb)
                        : cmsBuildGamma(context, gamma);
}

static void set_text(cmsContext context, cmsHPROFILE profile, cmsTagSignature tag, const char *text)
{
    cmsMLU *const words = cmsMLUalloc(context, 1);
    if (words == NULL)
        return;
    (void)(cmsMLUsetASCII(words, "en", "US", text) && cmsWriteTag(profile, tag, words));
    cmsMLUfree(words);
}

/* The time of making must not be in a file: equal photos give equal bytes. */
static void set_fixed_date(spx_bytes *icc)
{
    enum { DATE_AT = 24, DATE_BYTES = 12 };
    static const uint8_t first_of_2000[DATE_BYTES] = { 0x07, 0xd0, 0, 1, 0, 1 };
    if (icc->size >= DATE_AT + DATE_BYTES)
        memcpy(icc->data + DATE_AT, first_of_2000, DATE_BYTES);
}

static spx_status save_profile(spx_bytes *out, cmsHPROFILE profile, spx_diag *diag)
{
    enum { MOST_BYTES = 1 << 16 };
    cmsUInt32Number size = 0;
    if (!cmsSaveProfileToMem(profile, NULL, &size) || size == 0 || size > MOST_BYTES)
        return spx_fail_memory(diag, "ICC profile");
    spx_bytes_append_zeros(out, size);
    SPX_TRY(spx_bytes_check(out, "ICC profile", diag));
    if (!cmsSaveProfileToMem(profile, out->data, &size))
        return spx_fail_memory(diag, "ICC profile");
    set_fixed_date(out);
    return SPX_OK;
}

static cmsHPROFILE build_profile(cmsContext context, const spx_primaries *primaries, double gamma,
                                 const char *name)
{
    cmsToneCurve *const curve = make_curve(context, gamma);
    if (curve == NULL)
        return NULL;
    cmsToneCurve *const curves[3] = { curve, curve, curve };
    const cmsCIExyY white = { .x = primaries->white[0], .y = primaries->white[1], .Y = 1.0 };
    const cmsCIExyYTRIPLE colors = {
        .Red = { .x = primaries->red[0], .y = primaries->red[1], .Y = 1.0 },
        .Green = { .x = primaries->green[0], .y = primaries->green[1], .Y = 1.0 },
        .Blue = { .x = primaries->blue[0], .y = primaries->blue[1], .Y = 1.0 },
    };
    cmsHPROFILE profile = cmsCreateRGBProfileTHR(context, &white, &colors, curves);
    cmsFreeToneCurve(curve);
    if (profile == NULL)
        return NULL;
    set_text(context, profile, cmsSigProfileDescriptionTag, name);
    set_text(context, profile, cmsSigCopyrightTag, "No copyright, use freely");
    return profile;
}

spx_status spx_icc_make(spx_bytes *out, const spx_primaries *primaries, double gamma,
                        const char *name, spx_diag *diag)
{
    cmsContext context = cmsCreateContext(NULL, NULL);
    cmsHPROFILE profile = context == NULL ? NULL : build_profile(context, primaries, gamma, name);
    const spx_status status =
        profile == NULL ? spx_fail_memory(diag, "ICC profile") : save_profile(out, profile, diag);
    if (profile != NULL)
        cmsCloseProfile(profile);
    if (context != NULL)
        cmsDeleteContext(context);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}

static spx_status show_as_sdr(spx_photo *photo, const spx_color_meaning *meaning,
                              const spx_task *task, spx_diag *diag)
{
    spx_image *mapped = NULL;
    spx_task_warn(task, SPX_WARNING_HDR_AS_SDR, "HDR photo, shown as SDR");
    spx_bytes_clear(&photo->icc);
    SPX_TRY(spx_icc_make(&photo->icc, &spx_primaries_p3, 0.0, "Display P3", diag));
    SPX_TRY(spx_tone_map(&mapped, photo->image,
                         meaning->kind == SPX_COLOR_PQ ? SPX_HDR_PQ : SPX_HDR_HLG,
                         &meaning->primaries, task, diag));
    spx_image_unref(photo->image);
    photo->image = mapped;
    return SPX_OK;
}

spx_status spx_color_apply(spx_photo *photo, const spx_color_meaning *meaning, const spx_task *task,
                           spx_diag *diag)
{
    switch (meaning->kind) {
    case SPX_COLOR_PROFILE:
        return SPX_OK;
    case SPX_COLOR_SRGB:
        spx_bytes_clear(&photo->icc);
        return SPX_OK;
    case SPX_COLOR_SPACE:
        spx_bytes_clear(&photo->icc);
        return spx_icc_make(&photo->icc, &meaning->primaries, meaning->gamma, meaning->name, diag);
    case SPX_COLOR_PQ:
    case SPX_COLOR_HLG:
        return show_as_sdr(photo, meaning, task, diag);
    }
    return SPX_OK;
}

/*
 *     code value -> light, 1 = 203 cd/m2 -> RGB of P3 -> colours into P3 -> knee -> sRGB curve
 *
 * The knee is the spline of BT.2390 (annex 5), from the picture's own peak to 203 cd/m2, in PQ
 * values: below about half of white it changes nothing. The peak is the light that all but a
 * ten-thousandth of the pixels stay under, so that one sparkle does not darken the rest.
 */
#include "image/tone_map.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>

enum {
    CODES = 65536,
    KNEE_STEPS = 4096,
    PEAK_BINS = 1024,
    MOST_PEAK_SAMPLES = 1 << 20,
    IGNORED_OF = 10000, /* one pixel of so many may be brighter than the peak */
    BITS_8 = 8,
    BITS_16 = 16,
};

static const double white_nits = 203.0;     /* BT.2408, clause 2.1 */
static const double pq_peak_nits = 10000.0; /* SMPTE ST 2084 */
static const double hlg_peak_nits = 1000.0;
static const double hlg_system_gamma = 1.2; /* BT.2100 at 1000 cd/m2 */

/* SMPTE ST 2084 */
static const double pq_m1 = 2610.0 / 16384.0;
static const double pq_m2 = 2523.0 / 4096.0 * 128.0;
static const double pq_c1 = 3424.0 / 4096.0;
static const double pq_c2 = 2413.0 / 4096.0 * 32.0;
static const double pq_c3 = 2392.0 / 4096.0 * 32.0;

static double pq_decode(double code)
{
    const double p = pow(code, 1.0 / pq_m2);
    const double over = p > pq_c1 ? p - pq_c1 : 0.0;
    return pq_peak_nits * pow(over / (pq_c2 - pq_c3 * p), 1.0 / pq_m1);
}

static double pq_encode(double nits)
{
    const double p = pow(nits / pq_peak_nits, pq_m1);
    return pow((pq_c1 + pq_c2 * p) / (1.0 + pq_c3 * p), pq_m2);
}

/* BT.2100, table 5: code to scene light, 0..1. */
static double hlg_decode(double code)
{
    static const double a = 0.17883277;
    static const double b = 0.28466892;
    static const double c = 0.55991073;
    return code <= 0.5 ? code * code / 3.0 : (exp((code - c) / a) + b) / 12.0;
}

static double srgb_encode(double light)
{
    return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1.0 / 2.4) - 0.055;
}

typedef struct mapping {
    const spx_image *in;
    spx_image *out;
    float *decode;    /* [CODES]: to light; of HLG to scene light */
    uint16_t *encode; /* [CODES]: light 0..1 to sRGB */
    float *knee;      /* [KNEE_STEPS + 1]: over the fourth root of light / peak */
    float to_p3[9];
    float luminance[3]; /* of the source's primaries */
    float peak;         /* 1 = white */
    int is_hlg;
} mapping;

static void light_of(const mapping *self, uint32_t x, uint32_t y, float rgb[3])
{
    const uint32_t scale = self->in->bits == BITS_8 ? 257 : 1;
    float source[3];
    for (int c = 0; c < 3; c++)
        source[c] = self->decode[spx_image_sample(self->in, x, y, c) * scale];
    if (self->is_hlg) { /* the display's part: BT.2100's OOTF */
        const float light = self->luminance[0] * source[0] + self->luminance[1] * source[1] +
                            self->luminance[2] * source[2];
        const float gain = (float)(hlg_peak_nits / white_nits) *
                           powf(light > 0.0f ? light : 0.0f, (float)(hlg_system_gamma - 1.0));
        for (int c = 0; c < 3; c++)
            source[c] *= gain;
    }
    for (size_t c = 0; c < 3; c++) {
        rgb[c] = self->to_p3[3 * c] * source[0] + self->to_p3[3 * c + 1] * source[1] +
                 self->to_p3[3 * c + 2] * source[2];
    }
}

static float largest(const float rgb[3])
{
    const float two = rgb[0] > rgb[1] ? rgb[0] : rgb[1];
    return two > rgb[2] ? two : rgb[2];
}

/*
 * How far a channel lies below the largest one, as a share of it: over 1 = outside of P3. From
 * `begin` on the share is bent towards 1, which it never reaches; steep enough that what lies
 * within P3 moves by less than a step of 8 bits.
 */
static void bring_into_gamut(float rgb[3])
{
    static const float begin = 0.93f;
    const float most = largest(rgb);
    if (!(most > 0.0f)) {
        rgb[0] = rgb[1] = rgb[2] = 0.0f;
        return;
    }
    for (int c = 0; c < 3; c++) {
        const float share = (most - rgb[c]) / most;
        if (share <= begin)
            continue;
        const float over = (share - begin) / (1.0f - begin);
        const float squared = over * over;
        const float bent = over / sqrtf(sqrtf(1.0f + squared * squared));
        rgb[c] = most * (1.0f - begin - (1.0f - begin) * bent);
    }
}

static float knee_of(const mapping *self, float light)
{
    if (self->peak <= 1.0f)
        return light;
    const float place = sqrtf(sqrtf(light / self->peak)) * KNEE_STEPS;
    if (place >= KNEE_STEPS)
        return self->knee[KNEE_STEPS];
    const int step = (int)place;
    const float part = place - (float)step;
    return self->knee[step] + part * (self->knee[step + 1] - self->knee[step]);
}

static void map_row(void *context, size_t index)
{
    const mapping *const self = context;
    const uint32_t y = (uint32_t)index;
    uint16_t *const out = spx_image_row16(self->out, y);
    for (uint32_t x = 0; x < self->in->width; x++) {
        float rgb[3];
        light_of(self, x, y, rgb);
        bring_into_gamut(rgb);
        const float most = largest(rgb);
        const float scale = most > 0.0f ? knee_of(self, most) / most : 0.0f;
        for (size_t c = 0; c < 3; c++) {
            const float light = rgb[c] * scale;
            const float code = light < 1.0f ? light * (CODES - 1) + 0.5f : (float)(CODES - 1);
            out[3 * (size_t)x + c] = self->encode[(size_t)code];
        }
    }
}

static void fill_tables(mapping *self, spx_hdr_transfer transfer)
{
    self->is_hlg = transfer == SPX_HDR_HLG;
    for (size_t i = 0; i < CODES; i++) {
        const double code = (double)i / (CODES - 1);
        self->decode[i] = (float)(self->is_hlg ? hlg_decode(code) : pq_decode(code) / white_nits);
        self->encode[i] = (uint16_t)lround(srgb_encode(code) * (CODES - 1));
    }
}

/* BT.2390: a spline from where the knee begins to the target's peak, in PQ values. */
static void fill_knee(mapping *self)
{
    const double source_peak = pq_encode(self->peak * white_nits);
    const double target = pq_encode(white_nits) / source_peak;
    const double begin = 1.5 * target - 0.5;
    for (size_t i = 0; i <= KNEE_STEPS; i++) {
        const double light = pow((double)i / KNEE_STEPS, 4.0) * self->peak;
        const double value = pq_encode(light * white_nits) / source_peak;
        double mapped = value;
        if (value > begin) {
            const double t = (value - begin) / (1.0 - begin);
            const double t2 = t * t;
            const double t3 = t2 * t;
            mapped = (2.0 * t3 - 3.0 * t2 + 1.0) * begin + (t3 - 2.0 * t2 + t) * (1.0 - begin) +
                     (-2.0 * t3 + 3.0 * t2) * target;
        }
        const double nits = pq_decode(mapped * source_peak);
        self->knee[i] = (float)(nits < white_nits ? nits / white_nits : 1.0);
    }
}

static float find_peak(const mapping *self)
{
    uint32_t bins[PEAK_BINS] = { 0 };
    const spx_image *const in = self->in;
    const double pixels = (double)in->width * in->height;
    const uint32_t step = 1 + (uint32_t)sqrt(pixels / MOST_PEAK_SAMPLES);
    uint32_t count = 0;
    for (uint32_t y = 0; y < in->height; y += step) {
        for (uint32_t x = 0; x < in->width; x += step, count++) {
            float rgb[3];
            light_of(self, x, y, rgb);
            const float most = largest(rgb);
            const double code = most > 0.0f ? pq_encode((double)most * white_nits) : 0.0;
            bins[code < 1.0 ? (size_t)(code * PEAK_BINS) : PEAK_BINS - 1]++;
        }
    }
    uint32_t above = 0;
    size_t bin = PEAK_BINS;
    while (bin > 0 && above + bins[bin - 1] <= count / IGNORED_OF)
        above += bins[--bin];
    return (float)(pq_decode((double)bin / PEAK_BINS) / white_nits);
}

/* Light a shade over white is rounding and ringing of the encoder, not a picture of highlights. */
static const float least_peak = 1.04f;

spx_status spx_tone_map(spx_image **out, const spx_image *image, spx_hdr_transfer transfer,
                        const spx_primaries *primaries, const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    mapping self = { .in = image };
    double to_p3[9];
    double to_xyz[9];
    spx_status status = SPX_OK;
    if (!spx_primaries_convert(primaries, &spx_primaries_p3, to_p3) ||
        !spx_primaries_to_xyz(primaries, to_xyz))
        return spx_fail(diag, SPX_ERR_CORRUPT, "HDR: primaries that span no colours");
    for (size_t i = 0; i < 9; i++)
        self.to_p3[i] = (float)to_p3[i];
    for (size_t i = 0; i < 3; i++)
        self.luminance[i] = (float)to_xyz[3 + i];
    self.decode = malloc(CODES * sizeof(*self.decode));
    self.encode = malloc(CODES * sizeof(*self.encode));
    self.knee = malloc((KNEE_STEPS + 1) * sizeof(*self.knee));
    if (self.decode == NULL || self.encode == NULL || self.knee == NULL) {
        status = spx_fail_memory(diag, "tone mapping");
        goto out;
    }
    fill_tables(&self, transfer);
    self.peak = find_peak(&self);
    self.peak = self.peak < least_peak ? 1.0f : self.peak;
    if (self.peak > 1.0f)
        fill_knee(&self);
    SPX_TRY_OUT(spx_image_create(&self.out, image->width, image->height, BITS_16, diag));
    SPX_TRY_OUT(spx_task_run(task, image->height, map_row, &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    free(self.decode);
    free(self.encode);
    free(self.knee);
    return status;
}

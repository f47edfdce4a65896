#include "container/gain_map.h"

#include "base/number_text.h"
#include "base/reader.h"
#include "container/jpeg_layout.h"

#include <math.h>
#include <string.h>

enum { MOST_CHANNELS = 3, SIGNATURE_BYTES = 3 };

static const double most_stops = 20.0; /* log2; a million times brighter */
static const char iso_name[] = "urn:iso:std:iso:ts:21496:-1";
static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/";

static int is_sound(const spx_gain_form *form)
{
    return form->min >= -most_stops && form->max <= most_stops && form->min <= form->max &&
           form->gamma > 0.01 && form->gamma < 100.0;
}

/* Numerators, with one denominator for all or one behind each. */
typedef struct fractions {
    spx_reader *reader;
    uint32_t denominator; /* 0 = one behind each */
} fractions;

static spx_status read_fraction(const fractions *from, int is_signed, double *out)
{
    uint32_t numerator = 0;
    uint32_t denominator = from->denominator;
    SPX_TRY(spx_reader_u32(from->reader, &numerator));
    if (denominator == 0)
        SPX_TRY(spx_reader_u32(from->reader, &denominator));
    if (denominator == 0)
        return spx_fail(from->reader->diag, SPX_ERR_CORRUPT, "gain map: a fraction over zero");
    *out = (is_signed ? (double)(int32_t)numerator : (double)numerator) / denominator;
    return SPX_OK;
}

static spx_status read_channels(spx_gain_form *out, const fractions *from, int channels)
{
    for (int i = 0; i < channels; i++) {
        double min = 0;
        double max = 0;
        double gamma = 0;
        double offset = 0;
        SPX_TRY(read_fraction(from, 1, &min));
        SPX_TRY(read_fraction(from, 1, &max));
        SPX_TRY(read_fraction(from, 0, &gamma));
        SPX_TRY(read_fraction(from, 1, &offset)); /* of the base picture */
        SPX_TRY(read_fraction(from, 1, &offset)); /* of the other one */
        out->min += min / channels;
        out->max += max / channels;
        out->gamma += gamma / channels;
    }
    return SPX_OK;
}

static spx_status read_iso(spx_gain_form *out, fractions *from)
{
    enum { MULTICHANNEL = 0x80, COMMON_DENOMINATOR = 0x08 };
    uint8_t flags = 0;
    double base_headroom = 0;
    double other_headroom = 0;
    SPX_TRY(spx_reader_u8(from->reader, &flags));
    if ((flags & COMMON_DENOMINATOR) != 0) {
        SPX_TRY(spx_reader_u32(from->reader, &from->denominator));
        if (from->denominator == 0)
            return spx_fail(from->reader->diag, SPX_ERR_CORRUPT, "gain map: a fraction over zero");
    }
    SPX_TRY(read_fraction(from, 0, &base_headroom));
    SPX_TRY(read_fraction(from, 0, &other_headroom));
    SPX_TRY(read_channels(out, from, (flags & MULTICHANNEL) != 0 ? MOST_CHANNELS : 1));
    out->base_is_hdr = base_headroom > other_headroom;
    return SPX_OK;
}

spx_status spx_gain_iso_read(spx_gain_form *out, const void *data, size_t size, spx_diag *diag)
{
    spx_reader reader = { .bytes = data, .size = size, .what = "gain map", .diag = diag };
    fractions from = { .reader = &reader };
    uint16_t minimum_version = 0;
    uint16_t writer_version = 0;
    *out = (spx_gain_form){ 0 };
    SPX_TRY(spx_reader_u16(&reader, &minimum_version));
    SPX_TRY(spx_reader_u16(&reader, &writer_version));
    if (minimum_version != 0)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "gain map: version %u", minimum_version);
    SPX_TRY(read_iso(out, &from));
    if (!is_sound(out)) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "gain map: gains of 2^%g to 2^%g", out->min,
                        out->max);
    }
    return SPX_OK;
}

/* The text behind `name`: of an attribute, an element, or the first entry of a list in it. */
static const char *find_value(const char *packet, size_t size, const char *name, size_t *left)
{
    const size_t length = strlen(name);
    const char *at = size == 0 ? NULL : memmem(packet, size, name, length);
    if (at == NULL)
        return NULL;
    at += length;
    const char *const end = packet + size;
    while (at < end && (*at == '=' || *at == '"' || *at == '\'' || *at == '>' || *at == ' ' ||
                        *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    if (at < end && *at == '<') { /* <rdf:Seq><rdf:li>1.5</rdf:li>… */
        at = memmem(at, (size_t)(end - at), "li>", 3);
        if (at == NULL)
            return NULL;
        at += 3;
    }
    *left = (size_t)(end - at);
    return at;
}

static int read_number(const char *packet, size_t size, const char *name, double *out)
{
    enum { LONGEST = 40 };
    char text[LONGEST + 1];
    char *end = text;
    size_t left = 0;
    const char *const value = find_value(packet, size, name, &left);
    if (value == NULL)
        return 0;
    const size_t count = left < LONGEST ? left : LONGEST;
    memcpy(text, value, count);
    text[count] = '\0';
    const double number = spx_text_number(text, &end);
    if (end == text || !isfinite(number))
        return 0;
    *out = number;
    return 1;
}

int spx_gain_xmp_read(spx_gain_form *out, const void *packet, size_t size)
{
    size_t left = 0;
    *out = (spx_gain_form){ .gamma = 1.0 };
    if (!read_number(packet, size, "hdrgm:GainMapMax", &out->max))
        return 0;
    (void)read_number(packet, size, "hdrgm:GainMapMin", &out->min);
    (void)read_number(packet, size, "hdrgm:Gamma", &out->gamma);
    const char *const hdr = find_value(packet, size, "hdrgm:BaseRenditionIsHDR", &left);
    out->base_is_hdr = hdr != NULL && left > 0 && (*hdr == 'T' || *hdr == 't');
    return is_sound(out);
}

double spx_gain_apple_headroom(const void *packet, size_t size)
{
    double headroom = 0;
    if (!read_number(packet, size, "HDRGainMapHeadroom", &headroom))
        return 0;
    return headroom > 1.0 && headroom < exp2(most_stops) ? headroom : 0;
}

static int segment_form(spx_gain_form *form, unsigned marker, const uint8_t *body, size_t size)
{
    if (marker == SPX_JPEG_APP2 && size > sizeof(iso_name) &&
        memcmp(body, iso_name, sizeof(iso_name)) == 0) {
        return spx_gain_iso_read(form, body + sizeof(iso_name), size - sizeof(iso_name), NULL) ==
               SPX_OK;
    }
    return marker == SPX_JPEG_APP1 && size > sizeof(xmp_name) &&
           memcmp(body, xmp_name, sizeof(xmp_name)) == 0 &&
           spx_gain_xmp_read(form, body + sizeof(xmp_name), size - sizeof(xmp_name));
}

/* 1 when the segments in front of the picture data tell a form. */
static int jpeg_form(spx_gain_form *form, const uint8_t *jpeg, size_t size)
{
    enum { SOS = 0xda, MOST_SEGMENTS = 64 };
    size_t at = SPX_JPEG_SOI_BYTES;
    for (int i = 0; i < MOST_SEGMENTS && size - at > SPX_JPEG_HEAD_BYTES; i++) {
        const unsigned marker = jpeg[at + 1];
        const size_t length = (size_t)jpeg[at + 2] << 8 | jpeg[at + 3];
        if (jpeg[at] != SPX_JPEG_MARKER || marker == SOS || length < 2 || length > size - at - 2)
            return 0;
        if (segment_form(form, marker, jpeg + at + SPX_JPEG_HEAD_BYTES, length - 2))
            return 1;
        at += 2 + length;
    }
    return 0;
}

int spx_gain_jpeg_find(spx_gain_form *form, const uint8_t **jpeg, size_t *jpeg_size,
                       const void *data, size_t size)
{
    static const uint8_t begin[SIGNATURE_BYTES] = { 0xff, 0xd8, 0xff };
    const uint8_t *const bytes = data;
    size_t at = SPX_JPEG_SOI_BYTES;
    while (at < size) {
        const uint8_t *const found = memmem(bytes + at, size - at, begin, sizeof(begin));
        if (found == NULL)
            return 0;
        *jpeg = found;
        *jpeg_size = size - (size_t)(found - bytes);
        if (jpeg_form(form, found, *jpeg_size))
            return 1;
        at = (size_t)(found - bytes) + 1;
    }
    return 0;
}

int spx_gain_jpeg_claims(const void *data, size_t size)
{
    enum { METADATA_BYTES = 1 << 18 }; /* where XMP stands */
    static const char *const signs[] = { "Semantic=\"GainMap\"", "Semantic>GainMap<" };
    const size_t looked_at = size < METADATA_BYTES ? size : METADATA_BYTES;
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        if (memmem(data, looked_at, signs[i], strlen(signs[i])) != NULL)
            return 1;
    }
    return 0;
}

double spx_gain_headroom(const spx_gain_form *form)
{
    return exp2(form->max);
}

double spx_gain_to_apple(const spx_gain_form *form, double value)
{
    const double headroom = spx_gain_headroom(form);
    const double stops = form->min + (form->max - form->min) * pow(value, 1.0 / form->gamma);
    if (headroom <= 1.0)
        return 0;
    const double light = (exp2(stops) - 1.0) / (headroom - 1.0);
    if (light <= 0.0)
        return 0;
    return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1.0 / 2.4) - 0.055;
}

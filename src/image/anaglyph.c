/*
 * Anaglyphs: each channel of the picture is a weighted sum of the six channels of both eyes.
 *
 * Dubois' matrices (E. Dubois, "A projection method to generate anaglyph stereo images", ICASSP
 * 2001; the rounded numbers that he published) minimise the difference between what each eye sees
 * through its glass and what it should see. That is a statement about light, so they are applied to
 * linear values; on gamma-coded ones they give ghosts at dark edges before a bright ground. The
 * others are rules of thumb for gamma-coded values. "Optimised" is P. Wimmer's.
 */
#include "image/anaglyph.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>

enum {
    INPUTS = 2 * SPX_IMAGE_CHANNELS,
    LEVELS = 256,
    CODES = 16384, /* steps of linear light: a fifth of a level apart where the curve is steepest */
};

typedef struct recipe {
    int linear;      /* works on linear light */
    float red_power; /* then the red channel, 0..1, is raised to this; 0 = not */
    float weights[SPX_IMAGE_CHANNELS][INPUTS]; /* left R G B, right R G B */
} recipe;

/* Rec. 601, which all of the rules below mean by brightness. */
#define LUMA 0.299f, 0.587f, 0.114f
#define NONE 0.0f, 0.0f, 0.0f
#define RED 1.0f, 0.0f, 0.0f
#define GREEN 0.0f, 1.0f, 0.0f
#define BLUE 0.0f, 0.0f, 1.0f
#define DUBOIS_RED_CYAN                                                                            \
    {                                                                                              \
        { 0.456f, 0.500f, 0.176f, -0.043f, -0.088f, -0.002f },                                     \
            { -0.040f, -0.038f, -0.016f, 0.378f, 0.734f, -0.018f },                                \
            { -0.015f, -0.021f, -0.005f, -0.072f, -0.113f, 1.226f },                               \
    }

static const recipe recipes[SPX_ANAGLYPH_COUNT] = {
    [SPX_ANAGLYPH_DUBOIS] = { .linear = 1, .weights = DUBOIS_RED_CYAN },
    [SPX_ANAGLYPH_DUBOIS_GAMMA] = { .weights = DUBOIS_RED_CYAN },
    [SPX_ANAGLYPH_HALF_COLOUR] = { .weights = { { LUMA, NONE }, { NONE, GREEN }, { NONE, BLUE } } },
    [SPX_ANAGLYPH_OPTIMISED] = { .red_power = 1.0f / 1.5f,
                                 .weights = { { 0.0f, 0.7f, 0.3f, NONE },
                                              { NONE, GREEN },
                                              { NONE, BLUE } } },
    [SPX_ANAGLYPH_GREY] = { .weights = { { LUMA, NONE }, { NONE, LUMA }, { NONE, LUMA } } },
    [SPX_ANAGLYPH_COLOUR] = { .weights = { { RED, NONE }, { NONE, GREEN }, { NONE, BLUE } } },
    [SPX_ANAGLYPH_GREEN_MAGENTA] = { .linear = 1,
                                     .weights = { { -0.062f, -0.158f, -0.039f, 0.529f, 0.705f,
                                                    0.024f },
                                                  { 0.284f, 0.668f, 0.143f, -0.016f, -0.015f,
                                                    -0.065f },
                                                  { -0.015f, -0.027f, 0.021f, 0.009f, 0.075f,
                                                    0.937f } } },
    [SPX_ANAGLYPH_AMBER_BLUE] = { .linear = 1,
                                  .weights = { { 1.062f, -0.205f, 0.299f, -0.016f, -0.123f,
                                                 -0.017f },
                                               { -0.026f, 0.908f, 0.068f, 0.006f, 0.062f, -0.017f },
                                               { -0.038f, -0.173f, 0.022f, 0.094f, 0.185f,
                                                 0.911f } } },
};

struct spx_anaglyph {
    const recipe *recipe;
    const spx_image *eyes[2];
    float values[LEVELS];     /* of a sample: 0..1, linear or as it is */
    uint8_t codes[CODES + 1]; /* back from that */
    uint8_t red_codes[CODES + 1];
};

/* IEC 61966-2-1, both ways. */
static double light_of(double code)
{
    return code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4);
}

static double code_of(double light)
{
    return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1.0 / 2.4) - 0.055;
}

static void fill_tables(spx_anaglyph *self)
{
    static const double most = LEVELS - 1;
    for (int i = 0; i < LEVELS; i++)
        self->values[i] = (float)(self->recipe->linear ? light_of(i / most) : i / most);
    for (int i = 0; i <= CODES; i++) {
        const double value = (double)i / CODES;
        const double code = self->recipe->linear ? code_of(value) : value;
        const double power = self->recipe->red_power;
        self->codes[i] = (uint8_t)lrint(code * most);
        self->red_codes[i] = (uint8_t)lrint((power == 0 ? code : pow(code, power)) * most);
    }
}

spx_status spx_anaglyph_create(spx_anaglyph **out, spx_anaglyph_kind kind, const spx_image *left,
                               const spx_image *right, spx_diag *diag)
{
    *out = NULL;
    if ((unsigned)kind >= SPX_ANAGLYPH_COUNT)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "no such anaglyph: %d", (int)kind);
    if (left->width != right->width || left->height != right->height || left->bits != right->bits) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "anaglyph: eyes of %ux%u and %ux%u", left->width,
                        left->height, right->width, right->height);
    }
    spx_anaglyph *const self = malloc(sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, "anaglyph");
    self->recipe = &recipes[kind];
    self->eyes[0] = left;
    self->eyes[1] = right;
    fill_tables(self);
    *out = self;
    return SPX_OK;
}

void spx_anaglyph_destroy(spx_anaglyph *anaglyph)
{
    free(anaglyph);
}

static uint8_t level_at(const spx_image *image, size_t at, uint32_t y)
{
    return image->bits == 8 ? spx_image_row8(image, y)[at]
                            : spx_sample_8_of_16(spx_image_row16(image, y)[at]);
}

/* The place of a value in the tables of codes; what glasses cannot show is cut off. */
static size_t place_of(float value)
{
    if (!(value > 0.0f))
        return 0;
    return value < 1.0f ? (size_t)(value * (float)CODES + 0.5f) : CODES;
}

static void run(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_anaglyph *const self = source;
    uint8_t *to = out;
    for (uint32_t i = 0; i < count; i++, to += SPX_IMAGE_CHANNELS) {
        const size_t at = (size_t)(x + i) * SPX_IMAGE_CHANNELS;
        float in[INPUTS];
        float sums[SPX_IMAGE_CHANNELS];
        for (size_t k = 0; k < INPUTS; k++) {
            in[k] = self->values[level_at(self->eyes[k / SPX_IMAGE_CHANNELS],
                                          at + k % SPX_IMAGE_CHANNELS, y)];
        }
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const float *const weights = self->recipe->weights[c];
            sums[c] = 0;
            for (size_t k = 0; k < INPUTS; k++)
                sums[c] += weights[k] * in[k];
        }
        to[0] = self->red_codes[place_of(sums[0])];
        to[1] = self->codes[place_of(sums[1])];
        to[2] = self->codes[place_of(sums[2])];
    }
}

spx_rows spx_anaglyph_rows(const spx_anaglyph *anaglyph)
{
    return (spx_rows){ .width = anaglyph->eyes[0]->width,
                       .height = anaglyph->eyes[0]->height,
                       .bits = 8,
                       .run = run,
                       .source = anaglyph };
}

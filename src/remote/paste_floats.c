#include "remote/paste_floats.h"

#include "base/size.h"
#include "image/image.h"
#include "image/resize.h"

#include <math.h>
#include <stdlib.h>

static const double cubic_reach = 2.0;

spx_status spx_paste_floats_of(spx_paste_floats *out, const spx_image *image, spx_diag *diag)
{
    size_t count = 0;
    *out = (spx_paste_floats){ .width = image->width, .height = image->height };
    SPX_TRY(spx_mul_size(&count, (size_t)image->width * SPX_IMAGE_CHANNELS, image->height,
                         "picture", diag));
    out->values = calloc(count, sizeof(*out->values));
    if (out->values == NULL)
        return spx_fail_memory(diag, "remote picture");
    float *to = out->values;
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                *to++ = spx_image_level(image, x, y, c);
        }
    }
    return SPX_OK;
}

void spx_paste_floats_clear(spx_paste_floats *floats)
{
    free(floats->values);
    *floats = (spx_paste_floats){ 0 };
}

/** Catmull and Rom, 1974. */
static double cubic(double at)
{
    const double x = fabs(at);
    if (x >= cubic_reach)
        return 0.0;
    return x < 1.0 ? (1.5 * x - 2.5) * x * x + 1.0 : ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
}

static void fill_axis(const spx_paste_axis *axis, uint32_t old_count, double from, double step)
{
    const double width = fmax(step, 1.0);
    for (uint32_t i = 0; i < axis->count; i++) {
        uint32_t *const places = axis->places + (size_t)i * axis->taps;
        float *const weights = axis->weights + (size_t)i * axis->taps;
        const double centre = from + (i + 0.5) * step - 0.5;
        const double first = floor(centre - cubic_reach * width) + 1.0;
        double sum = 0.0;
        for (uint32_t t = 0; t < axis->taps; t++)
            sum += cubic((first + t - centre) / width);
        for (uint32_t t = 0; t < axis->taps; t++) {
            const double place = fmin(fmax(first + t, 0.0), old_count - 1.0);
            places[t] = (uint32_t)place;
            weights[t] = (float)(cubic((first + t - centre) / width) / sum);
        }
    }
}

spx_status spx_paste_axis_create(spx_paste_axis *out, uint32_t count, uint32_t old_count,
                                 double from, double step, spx_diag *diag)
{
    *out = (spx_paste_axis){ .count = count,
                             .taps = (uint32_t)ceil(2.0 * cubic_reach * fmax(step, 1.0)) };
    out->places = calloc((size_t)count * out->taps, sizeof(*out->places));
    out->weights = calloc((size_t)count * out->taps, sizeof(*out->weights));
    if (out->places == NULL || out->weights == NULL) {
        spx_paste_axis_clear(out);
        return spx_fail_memory(diag, "remote picture");
    }
    fill_axis(out, old_count, from, step);
    return SPX_OK;
}

void spx_paste_axis_clear(spx_paste_axis *axis)
{
    free(axis->places);
    free(axis->weights);
    *axis = (spx_paste_axis){ 0 };
}

void spx_paste_mix_rows(const spx_paste_floats *old, const spx_paste_axis *down, uint32_t row,
                        float *line)
{
    const size_t count = (size_t)SPX_IMAGE_CHANNELS * old->width;
    const uint32_t *const places = down->places + (size_t)row * down->taps;
    const float *const weights = down->weights + (size_t)row * down->taps;
    for (size_t i = 0; i < count; i++)
        line[i] = 0.0F;
    for (uint32_t t = 0; t < down->taps; t++) {
        const float *const from = old->values + places[t] * count;
        for (size_t i = 0; i < count; i++)
            line[i] += weights[t] * from[i];
    }
}

void spx_paste_mix_pixel(const float *line, const spx_paste_axis *across, uint32_t column,
                         float out[3])
{
    const uint32_t *const places = across->places + (size_t)column * across->taps;
    const float *const weights = across->weights + (size_t)column * across->taps;
    float sums[3] = { 0.0F };
    for (uint32_t t = 0; t < across->taps; t++) {
        for (size_t c = 0; c < 3; c++)
            sums[c] += weights[t] * line[3 * (size_t)places[t] + c];
    }
    for (size_t c = 0; c < 3; c++)
        out[c] = sums[c];
}

/* ---- a copy in another size ---- */

static void write_rows(const spx_image *image, const spx_paste_floats *old,
                       const spx_paste_axis *across, const spx_paste_axis *down, float *line)
{
    for (uint32_t y = 0; y < image->height; y++) {
        uint8_t *to = spx_image_row8(image, y);
        spx_paste_mix_rows(old, down, y, line);
        for (uint32_t x = 0; x < image->width; x++) {
            float colour[3];
            spx_paste_mix_pixel(line, across, x, colour);
            for (size_t c = 0; c < 3; c++)
                *to++ = (uint8_t)(fminf(fmaxf(colour[c], 0.0F), (float)UINT8_MAX) + 0.5F);
        }
    }
}

spx_status spx_paste_resize(spx_image **out, const spx_image *image, uint32_t width,
                            uint32_t height, const spx_task *task, spx_diag *diag)
{
    spx_image *small = NULL;
    spx_image *made = NULL;
    spx_paste_floats old = { 0 };
    spx_paste_axis across = { 0 };
    spx_paste_axis down = { 0 };
    float *line = NULL;
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(spx_image_shrink(&small, image, width > height ? width : height, task, diag));
    SPX_TRY_OUT(spx_paste_floats_of(&old, small, diag));
    SPX_TRY_OUT(
        spx_paste_axis_create(&across, width, old.width, 0.0, (double)old.width / width, diag));
    SPX_TRY_OUT(
        spx_paste_axis_create(&down, height, old.height, 0.0, (double)old.height / height, diag));
    SPX_TRY_OUT(spx_image_create(&made, width, height, 8, diag));
    line = calloc((size_t)old.width + 1, SPX_IMAGE_CHANNELS * sizeof(*line));
    if (line == NULL) {
        status = spx_fail_memory(diag, "remote picture");
        goto out;
    }
    write_rows(made, &old, &across, &down, line);
    *out = made;
    made = NULL; /* moved to the caller */
out:
    free(line);
    spx_image_unref(made);
    spx_image_unref(small);
    spx_paste_floats_clear(&old);
    spx_paste_axis_clear(&across);
    spx_paste_axis_clear(&down);
    return status;
}

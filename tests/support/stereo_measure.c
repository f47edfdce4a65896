#include "stereo_measure.h"

#include "test_support.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 3, WINDOW = 7, HALF_WINDOW = WINDOW / 2, DIFFERENT = 10, WRONG_PX = 2 };

static int counts(const spx_mask *mask, uint32_t x, uint32_t y)
{
    return mask == NULL || spx_mask_row(mask, y)[x] != 0;
}

static double brightness(const spx_image *image, uint32_t x, uint32_t y)
{
    const uint8_t *const p = spx_image_row8(image, y) + (size_t)CHANNELS * x;
    return 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

double measure_psnr(const spx_image *made, const spx_image *truth, const spx_mask *mask)
{
    double sum = 0.0;
    double count = 0.0;
    for (uint32_t y = 0; y < truth->height; y++) {
        const uint8_t *const a = spx_image_row8(made, y);
        const uint8_t *const b = spx_image_row8(truth, y);
        for (uint32_t x = 0; x < truth->width; x++) {
            if (!counts(mask, x, y))
                continue;
            for (size_t i = (size_t)CHANNELS * x; i < (size_t)CHANNELS * (x + 1); i++)
                sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            count += CHANNELS;
        }
    }
    if (count == 0.0)
        return NAN;
    return sum == 0.0 ? 99.0 : 10.0 * log10(255.0 * 255.0 * count / sum);
}

typedef struct window_sums {
    double a, b, aa, bb, ab;
} window_sums;

static double window_ssim(const spx_image *made, const spx_image *truth, uint32_t x, uint32_t y)
{
    static const double C1 = 6.5025;  /* (0.01 * 255)^2 */
    static const double C2 = 58.5225; /* (0.03 * 255)^2 */
    window_sums s = { 0 };
    double n = 0.0;
    for (int v = -HALF_WINDOW; v <= HALF_WINDOW; v++) {
        for (int u = -HALF_WINDOW; u <= HALF_WINDOW; u++) {
            const int64_t px = (int64_t)x + u;
            const int64_t py = (int64_t)y + v;
            if (px < 0 || py < 0 || px >= truth->width || py >= truth->height)
                continue;
            const double a = brightness(made, (uint32_t)px, (uint32_t)py);
            const double b = brightness(truth, (uint32_t)px, (uint32_t)py);
            s.a += a;
            s.b += b;
            s.aa += a * a;
            s.bb += b * b;
            s.ab += a * b;
            n += 1.0;
        }
    }
    const double ma = s.a / n;
    const double mb = s.b / n;
    const double va = s.aa / n - ma * ma;
    const double vb = s.bb / n - mb * mb;
    const double cov = s.ab / n - ma * mb;
    return (2.0 * ma * mb + C1) * (2.0 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}

double measure_ssim(const spx_image *made, const spx_image *truth, const spx_mask *mask)
{
    double sum = 0.0;
    double count = 0.0;
    /* Every other pixel is enough when all count: neighbouring windows overlap. */
    const uint32_t step = mask == NULL ? 2 : 1;
    for (uint32_t y = 0; y < truth->height; y += step) {
        for (uint32_t x = 0; x < truth->width; x += step) {
            if (!counts(mask, x, y))
                continue;
            sum += window_ssim(made, truth, x, y);
            count += 1.0;
        }
    }
    return count == 0.0 ? NAN : sum / count;
}

double measure_siou(const spx_image *left, const spx_image *made_right, const spx_image *true_right)
{
    double both = 0.0;
    double any = 0.0;
    for (uint32_t y = 0; y < left->height; y++) {
        for (uint32_t x = 0; x < left->width; x++) {
            const double here = brightness(left, x, y);
            const int made = fabs(here - brightness(made_right, x, y)) > DIFFERENT;
            const int truth = fabs(here - brightness(true_right, x, y)) > DIFFERENT;
            both += made && truth;
            any += made || truth;
        }
    }
    return any == 0.0 ? 1.0 : both / any;
}

double measure_gradient(const spx_image *image, const spx_mask *mask)
{
    double sum = 0.0;
    double count = 0.0;
    for (uint32_t y = 0; y + 1 < image->height; y++) {
        for (uint32_t x = 0; x + 1 < image->width; x++) {
            if (!counts(mask, x, y) || !counts(mask, x + 1, y) || !counts(mask, x, y + 1))
                continue;
            const double here = brightness(image, x, y);
            sum +=
                fabs(here - brightness(image, x + 1, y)) + fabs(here - brightness(image, x, y + 1));
            count += 1.0;
        }
    }
    return count == 0.0 ? NAN : sum / count;
}

static double match_cost(const spx_image *left, const spx_image *right, uint32_t x, uint32_t y,
                         int32_t disparity)
{
    double sum = 0.0;
    for (int v = -HALF_WINDOW; v <= HALF_WINDOW; v++) {
        for (int u = -HALF_WINDOW; u <= HALF_WINDOW; u++) {
            const int64_t px = (int64_t)x + u;
            const int64_t py = (int64_t)y + v;
            if (px < 0 || py < 0 || px >= left->width || py >= left->height)
                continue;
            const int64_t at = px - disparity;
            sum += at < 0 || at >= right->width
                       ? 64.0
                       : fabs(brightness(left, (uint32_t)px, (uint32_t)py) -
                              brightness(right, (uint32_t)at, (uint32_t)py));
        }
    }
    return sum;
}

/* Whether something nearer comes before it in the right eye, or at its edge. */
static int is_hidden_right(const spx_plane *disparity, uint32_t x, uint32_t y)
{
    const float *const row = spx_plane_row(disparity, y);
    const float at = (float)x - row[x];
    for (uint32_t u = x + 1; u < disparity->width; u++) {
        if (row[u] > row[x] + 1.0F && (float)u - row[u] <= at + 1.0F)
            return 1;
    }
    return 0;
}

/* Whether the best match in the right eye lies where the disparity puts it. */
static int is_matched(const spx_image *left, const spx_image *right, uint32_t x, uint32_t y,
                      float wanted, int32_t most)
{
    /* Plain walls match everywhere: the intended place wins a draw. */
    double best = match_cost(left, right, x, y, (int32_t)lroundf(wanted)) - 0.5;
    int32_t found = (int32_t)lroundf(wanted);
    for (int32_t d = -WRONG_PX; d <= most; d++) {
        const double cost = match_cost(left, right, x, y, d);
        if (cost < best) {
            best = cost;
            found = d;
        }
    }
    return fabs((double)found - wanted) <= WRONG_PX + 0.5;
}

double measure_mismatch(const spx_image *left, const spx_image *right, const spx_image *true_right,
                        const spx_plane *disparity, double most_px)
{
    enum { EVERY = 4 };
    double wrong = 0.0;
    double count = 0.0;
    const int32_t most = (int32_t)ceil(most_px) + WRONG_PX;
    for (uint32_t y = EVERY / 2; y < left->height; y += EVERY) {
        for (uint32_t x = EVERY / 2; x < left->width; x += EVERY) {
            const float wanted = spx_plane_row(disparity, y)[x];
            if (!isfinite(wanted) || wanted > (float)x || is_hidden_right(disparity, x, y) ||
                !is_matched(left, true_right, x, y, wanted, most))
                continue;
            wrong += !is_matched(left, right, x, y, wanted, most);
            count += 1.0;
        }
    }
    return count == 0.0 ? NAN : wrong / count;
}

spx_mask *measure_edge_band(const spx_plane *disparity, uint32_t around)
{
    spx_mask *band = NULL;
    assert_int_equal(spx_mask_create(&band, disparity->width, disparity->height, NULL), SPX_OK);
    for (uint32_t y = 0; y < disparity->height; y++) {
        for (uint32_t x = 0; x + 1 < disparity->width; x++) {
            const float here = spx_plane_row(disparity, y)[x];
            const float right = spx_plane_row(disparity, y)[x + 1];
            const float below =
                y + 1 < disparity->height ? spx_plane_row(disparity, y + 1)[x] : here;
            if (!(fabsf(here - right) > 1.0F) && !(fabsf(here - below) > 1.0F))
                continue;
            for (uint32_t v = y > around ? y - around : 0; v <= y + around && v < disparity->height;
                 v++) {
                for (uint32_t u = x > around ? x - around : 0;
                     u <= x + around && u < disparity->width; u++)
                    spx_mask_row(band, v)[u] = 1;
            }
        }
    }
    return band;
}

/* How far each channel of a pixel lies beyond all its neighbours but one; below 0: under them. */
static void stand_out(const spx_image *image, uint32_t x, uint32_t y, int out[CHANNELS])
{
    enum { NEIGHBOURS = 8 };
    for (size_t c = 0; c < CHANNELS; c++) {
        int low[2] = { UINT8_MAX + 1, UINT8_MAX + 1 }; /* the lowest and the next one */
        int high[2] = { -1, -1 };
        for (int k = 0; k <= NEIGHBOURS; k++) {
            if (k == NEIGHBOURS / 2)
                continue; /* the pixel itself */
            const uint8_t *const row = spx_image_row8(image, y + (uint32_t)(k / 3) - 1);
            const int one = row[CHANNELS * (x + (size_t)(k % 3) - 1) + c];
            low[1] = one < low[0] ? low[0] : (one < low[1] ? one : low[1]);
            low[0] = one < low[0] ? one : low[0];
            high[1] = one > high[0] ? high[0] : (one > high[1] ? one : high[1]);
            high[0] = one > high[0] ? one : high[0];
        }
        const int own = spx_image_row8(image, y)[CHANNELS * (size_t)x + c];
        out[c] = own > high[1] ? own - high[1] : (own < low[1] ? own - low[1] : 0);
    }
}

enum { FLECK_LEVELS = 24 };

/* How the eye's pixels around (x, y) differ from the photo's around (u, v), without these two. */
static double differ_around(const spx_image *eye, uint32_t x, uint32_t y, const spx_image *photo,
                            uint32_t u, uint32_t v)
{
    enum { HALF = 2 };
    double sum = 0.0;
    double count = 0.0;
    for (int64_t j = -HALF; j <= HALF; j++) {
        if (y + j < 0 || y + j >= eye->height || v + j < 0 || v + j >= photo->height)
            continue;
        const uint8_t *const a = spx_image_row8(eye, (uint32_t)(y + j));
        const uint8_t *const b = spx_image_row8(photo, (uint32_t)(v + j));
        for (int64_t i = -HALF; i <= HALF; i++) {
            if (x + i < 0 || x + i >= eye->width || u + i < 0 || u + i >= photo->width ||
                (i == 0 && j == 0))
                continue;
            for (int64_t c = 0; c < CHANNELS; c++)
                sum += abs(a[CHANNELS * (x + i) + c] - b[CHANNELS * (u + i) + c]);
            count += 1.0;
        }
    }
    return sum / count;
}

/* Whether a pixel's colour is one that the photo has around (u, v), or nearly. */
static int is_in_range(const spx_image *photo, const uint8_t *colour, uint32_t u, uint32_t v)
{
    for (size_t c = 0; c < CHANNELS; c++) {
        int low = UINT8_MAX;
        int high = 0;
        for (uint32_t j = v - 1; j <= v + 1; j++) {
            for (size_t i = u - 1; i <= u + 1; i++) {
                const int one = spx_image_row8(photo, j)[CHANNELS * i + c];
                low = one < low ? one : low;
                high = one > high ? one : high;
            }
        }
        if (colour[c] > high + FLECK_LEVELS || colour[c] < low - FLECK_LEVELS)
            return 0;
    }
    return 1;
}

/* Whether the photo has such a colour where what is around the pixel comes from. */
static int is_of_photo(const spx_image *eye, uint32_t x, uint32_t y, const spx_image *photo,
                       uint32_t reach)
{
    double best = INFINITY;
    uint32_t found = x;
    for (uint32_t u = x > reach ? x - reach : 1; u <= x + reach && u + 1 < photo->width; u++) {
        const double one = differ_around(eye, x, y, photo, u, y);
        if (one < best) {
            best = one;
            found = u;
        }
    }
    return is_in_range(photo, spx_image_row8(eye, y) + CHANNELS * (size_t)x, found, y);
}

size_t measure_flecks(const spx_image *eye, const spx_image *photo, uint32_t reach,
                      const spx_mask *where)
{
    size_t count = 0;
    for (uint32_t y = 1; y + 1 < eye->height; y++) {
        for (uint32_t x = 1; x + 1 < eye->width; x++) {
            int out[CHANNELS];
            stand_out(eye, x, y, out);
            if (abs(out[0]) <= FLECK_LEVELS && abs(out[1]) <= FLECK_LEVELS &&
                abs(out[2]) <= FLECK_LEVELS)
                continue;
            if (is_of_photo(eye, x, y, photo, reach))
                continue;
            count++;
            if (where != NULL)
                spx_mask_row(where, y)[x] = 1;
        }
    }
    return count;
}

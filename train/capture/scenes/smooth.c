/*
 * Makes a picture of few samples smooth: an edge-avoiding wavelet filter (Dammertz et al., HPG
 * 2010) whose steps in brightness are measured in the picture's own noise (Schied et al., HPG
 * 2017). It works on light without texture (picture over albedo), so that textures stay sharp.
 * Built by picture.py and called through ctypes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REACH = 2 };      /* a window of 5 x 5 */
#define SAME_DEPTH 0.1f  /* share of the depth up to which a neighbour is of the same surface */
#define SAME_NORMAL 0.7f /* cosine */
#define DEPTH_STEP 0.02f /* share of the depth a pixel that counts as one step */
#define ALBEDO_WEIGHT 4.0f
#define OUTLIER_DEVIATIONS                                                                         \
    1.2f /* a sample further from its neighbours' mean is pulled back: a firefly */
enum { LEAST_NEIGHBOURS = 5, NORMAL_DOUBLINGS = 5 }; /* cosine to the power of 32 */

typedef struct {
    float *light;        /* [height][width][3], changed in place */
    const float *albedo; /* [height][width][3] */
    const float *normal; /* [height][width][3] */
    const float *depth;  /* [height][width], 0 = sky */
    int width, height;
} picture;

static float dot(const float *a, const float *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static float brightness(const float *rgb)
{
    return 0.3f * rgb[0] + 0.59f * rgb[1] + 0.11f * rgb[2];
}

/* Index of the pixel (dx, dy) from p, or -1 outside. */
static int beside(const picture *self, int p, int dx, int dy)
{
    const int x = p % self->width + dx;
    const int y = p / self->width + dy;
    return x < 0 || y < 0 || x >= self->width || y >= self->height ? -1 : y * self->width + x;
}

static int same_surface(const picture *self, int p, int q)
{
    const float a = self->depth[p];
    const float b = self->depth[q];
    return (a > 0) == (b > 0) && (a <= 0 || fabsf(b - a) <= SAME_DEPTH * a) &&
           dot(self->normal + 3 * p, self->normal + 3 * q) >= SAME_NORMAL;
}

/* Mean light and brightness of p's neighbours on its surface, and how much they differ. Returns how
 * many. */
static int neighbours(const picture *self, const float *light, int p, float mean[3], float *bright,
                      float *deviation)
{
    float squares = 0;
    int count = 0;
    memset(mean, 0, 3 * sizeof(*mean));
    *bright = 0;
    for (int dy = -REACH; dy <= REACH; dy++) {
        for (int dx = -REACH; dx <= REACH; dx++) {
            const int q = beside(self, p, dx, dy);
            if (q < 0 || q == p || !same_surface(self, p, q))
                continue;
            const float l = brightness(light + 3 * q);
            for (int k = 0; k < 3; k++)
                mean[k] += light[3 * q + k];
            *bright += l;
            squares += l * l;
            count++;
        }
    }
    if (count > 0) {
        for (int k = 0; k < 3; k++)
            mean[k] /= (float)count;
        *bright /= (float)count;
        *deviation = sqrtf(fmaxf(0, squares / (float)count - *bright * *bright));
    }
    return count;
}

/* Pulls outliers back, and gives each pixel's variance of brightness. before: a copy of the light.
 */
static void tame(picture *self, const float *before, float *variance)
{
    for (int p = 0; p < self->width * self->height; p++) {
        float mean[3], bright = 0, deviation = 0;
        const int count = neighbours(self, before, p, mean, &bright, &deviation);
        variance[p] = deviation * deviation;
        if (count < LEAST_NEIGHBOURS || self->depth[p] <= 0 || bright <= 1e-6f)
            continue;
        const float own = brightness(before + 3 * p);
        const float low = bright - OUTLIER_DEVIATIONS * deviation;
        const float high = bright + OUTLIER_DEVIATIONS * deviation;
        const float wanted = own < low ? low : own > high ? high : own;
        for (int k = 0; k < 3 && wanted != own; k++)
            self->light[3 * p + k] = mean[k] * wanted / bright;
    }
}

/* How much q counts for p, without the window's own weight. scale: brightness that is one step. */
static float weight(const picture *self, const float *light, int p, int q, int step, float scale)
{
    const float *const a = self->albedo + 3 * p;
    const float *const b = self->albedo + 3 * q;
    float facing = dot(self->normal + 3 * p, self->normal + 3 * q);
    if (self->depth[q] <= 0 || facing <= 0.1f)
        return 0;
    for (int i = 0; i < NORMAL_DOUBLINGS; i++)
        facing *= facing;
    const float depth = fabsf(self->depth[p] - self->depth[q]) /
                        (self->depth[p] * DEPTH_STEP * (float)step + 1e-4f);
    const float albedo = fabsf(a[0] - b[0]) + fabsf(a[1] - b[1]) + fabsf(a[2] - b[2]);
    const float bright = fabsf(brightness(light + 3 * p) - brightness(light + 3 * q)) / scale;
    return facing * expf(-depth - ALBEDO_WEIGHT * albedo - bright);
}

static void pass(picture *self, const float *light, const float *variance, float *next_variance,
                 int step, float strength)
{
    static const float spline[REACH + 1] = { 0.375f, 0.25f, 0.0625f }; /* cubic B-spline */
    for (int p = 0; p < self->width * self->height; p++) {
        if (self->depth[p] <= 0)
            continue;
        const float scale = strength * sqrtf(variance[p]) + 1e-4f;
        float sum = 0, rgb[3] = { 0, 0, 0 }, squares = 0;
        for (int dy = -REACH; dy <= REACH; dy++) {
            for (int dx = -REACH; dx <= REACH; dx++) {
                const int q = beside(self, p, dx * step, dy * step);
                if (q < 0)
                    continue;
                const float w = spline[abs(dx)] * spline[abs(dy)] *
                                (q == p ? 1 : weight(self, light, p, q, step, scale));
                for (int k = 0; k < 3; k++)
                    rgb[k] += w * light[3 * q + k];
                squares += w * w * variance[q];
                sum += w;
            }
        }
        for (int k = 0; k < 3; k++)
            self->light[3 * p + k] = rgb[k] / sum;
        next_variance[p] = squares / (sum * sum);
    }
}

/* Returns 0, or -1 without memory. strength: steps of brightness in deviations of the noise. */
int smooth(float *light, const float *albedo, const float *normal, const float *depth, int width,
           int height, int passes, float strength)
{
    picture self = { light, albedo, normal, depth, width, height };
    const size_t count = (size_t)width * (size_t)height;
    float *before = malloc(count * 3 * sizeof(*before));
    float *variance = calloc(count, sizeof(*variance));
    float *next = calloc(count, sizeof(*next));
    int status = -1;
    if (before == NULL || variance == NULL || next == NULL)
        goto out;
    memcpy(before, light, count * 3 * sizeof(*before));
    tame(&self, before, variance);
    for (int i = 0; i < passes; i++) {
        memcpy(before, light, count * 3 * sizeof(*before));
        pass(&self, before, variance, next, 1 << i, strength);
        memcpy(variance, next, count * sizeof(*variance));
    }
    status = 0;
out:
    free(before);
    free(variance);
    free(next);
    return status;
}

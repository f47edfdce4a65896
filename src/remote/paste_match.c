#include "remote/paste_match.h"

#include "image/image.h"

#include <math.h>

enum {
    REACH = 4,    /* pixels that the photo may be away from its place */
    SAMPLES = 64, /* each way */
};

/* The outer parts of the photo may have been painted anew. */
static const double rim_share = 0.15;
/* Below this correlation and above this difference it is another picture; the same photo after a
 * model's coder and decoder keeps 0.95 and 6. */
static const double correlation_least = 0.5;
static const double difference_most = 48.0;

typedef struct likeness {
    double difference;  /* mean absolute, after the means are made equal */
    double offset;      /* between the means */
    double correlation; /* 1 when either is flat */
} likeness;

static double luma(const float colour[3])
{
    return 0.299 * (double)colour[0] + 0.587 * (double)colour[1] + 0.114 * (double)colour[2];
}

static double luma8(const uint8_t colour[3])
{
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

typedef struct samples {
    double photo[SAMPLES * SAMPLES];
    double painted[SAMPLES * SAMPLES];
} samples;

static void take_samples(samples *out, const spx_paste_floats *painted, const spx_image *small,
                         int32_t left, int32_t top)
{
    const double share = 1.0 - 2.0 * rim_share;
    for (int i = 0; i < SAMPLES * SAMPLES; i++) {
        const double at_x = rim_share + share * (i % SAMPLES + 0.5) / SAMPLES;
        const double at_y = rim_share + share * (i / SAMPLES + 0.5) / SAMPLES; // NOLINT
        const int32_t x = (int32_t)(at_x * small->width);
        const int32_t y = (int32_t)(at_y * small->height);
        const size_t pixel = (size_t)(top + y) * painted->width + (size_t)(left + x);
        out->photo[i] = luma8(spx_image_row8(small, (uint32_t)y) + 3 * (size_t)x);
        out->painted[i] = luma(painted->values + 3 * pixel);
    }
}

static likeness compare(const samples *taken)
{
    const double count = SAMPLES * SAMPLES;
    double mean = 0.0;
    double mean_painted = 0.0;
    for (size_t i = 0; i < SAMPLES * SAMPLES; i++) {
        mean += taken->photo[i] / count;
        mean_painted += taken->painted[i] / count;
    }
    double own = 0.0;
    double other = 0.0;
    double both = 0.0;
    likeness out = { .offset = mean_painted - mean, .correlation = 1.0 };
    for (size_t i = 0; i < SAMPLES * SAMPLES; i++) {
        const double a = taken->photo[i] - mean;
        const double b = taken->painted[i] - mean_painted;
        out.difference += fabs(a - b) / count;
        own += a * a;
        other += b * b;
        both += a * b;
    }
    if (own > count && other > count) /* a deviation of one level at least */
        out.correlation = both / sqrt(own * other);
    return out;
}

spx_status spx_paste_match(spx_patch_rect *rect, const spx_paste_floats *painted,
                           const spx_image *small, spx_diag *diag)
{
    samples taken;
    take_samples(&taken, painted, small, rect->x0, rect->y0);
    likeness best = compare(&taken);
    int32_t best_x = 0;
    int32_t best_y = 0;
    for (int32_t dy = -REACH; dy <= REACH; dy++) {
        for (int32_t dx = -REACH; dx <= REACH; dx++) {
            if (rect->x0 + dx < 0 || rect->y0 + dy < 0 || rect->x1 + dx > (int32_t)painted->width ||
                rect->y1 + dy > (int32_t)painted->height)
                continue;
            take_samples(&taken, painted, small, rect->x0 + dx, rect->y0 + dy);
            const likeness here = compare(&taken);
            /* Flat photos look the same everywhere: they stay where they are. */
            if (here.difference >= 0.9 * best.difference)
                continue;
            best = here;
            best_x = dx;
            best_y = dy;
        }
    }
    if (best.correlation < correlation_least || best.difference > difference_most ||
        fabs(best.offset) > 2.0 * difference_most) {
        return spx_fail(diag, SPX_ERR_REMOTE,
                        "the picture that came back does not show the photo where it was to be "
                        "(correlation %.2f, difference %.0f of 255)",
                        best.correlation, best.difference + fabs(best.offset));
    }
    *rect = (spx_patch_rect){ rect->x0 + best_x, rect->y0 + best_y, rect->x1 + best_x,
                              rect->y1 + best_y };
    return SPX_OK;
}

#ifndef SPX_WARP_MATTE_SIDES_H
#define SPX_WARP_MATTE_SIDES_H

#include "warp/matte_work.h"

/*
 * What lies around pixels beside a depth step: the colours of both surfaces, and how far away the
 * step is. The inner loop of matte_find.c, for pixels beside each other.
 */

enum {
    SPX_MATTE_GROUP_PX = 8,
    SPX_MATTE_LOOK_SAMPLES = 5, /* to each side of a pixel */
};

/** Colours of one surface around a pixel, in 8-bit levels. */
typedef struct spx_matte_side {
    float weight;                   /* sum; 0 = none was seen */
    float mean[SPX_IMAGE_CHANNELS]; /* weighted sums until spx_matte_side_finish() */
    float square;                   /* weighted sum over all channels, then their variance */
    float closest;                  /* squared distance of the most similar colour */
} spx_matte_side;

/** Leaves the mean colour and, in square, the variance. The weight must not be 0. */
void spx_matte_side_finish(spx_matte_side *side);

/** Pixels beside each other in a row of the canvas. */
typedef struct spx_matte_group {
    uint32_t x; /* of the first; the others may lie beyond the photo */
    uint32_t y;
    unsigned wanted;                             /* bit i: pixel x + i, inside the photo */
    spx_matte_span spans[SPX_MATTE_GROUP_PX];    /* depths on both sides of the step */
    spx_matte_side sides[SPX_MATTE_GROUP_PX][2]; /* out: sums of the far and the near one */
    uint32_t away[SPX_MATTE_GROUP_PX];           /* out: to the step, 1 .. band + 1 */
} spx_matte_group;

/** Depths above it are the near surface's. */
static inline uint32_t spx_matte_middle(spx_matte_span span)
{
    return ((uint32_t)span.low + span.high) / 2;
}

/** Between the samples around a pixel. */
static inline uint32_t spx_matte_stride(const spx_matte_work *self)
{
    enum { BANDS = 2 }; /* to each side */
    return (self->band * BANDS + SPX_MATTE_LOOK_SAMPLES - 1) / SPX_MATTE_LOOK_SAMPLES;
}

/** A sample counts as its surface's when the step is farther from it than this. */
static inline uint32_t spx_matte_sure_px(const spx_matte_work *self)
{
    return self->band > SPX_MATTE_CORE_PX ? self->band - 1 : 1;
}

/** What the sample `u` strides to the right and `v` below weighs. */
static inline float spx_matte_sample_weight(int32_t u, int32_t v)
{
    return 1.0F / (1.0F + (float)(u * u + v * v));
}

/** Fills in what comes out, for the wanted pixels. */
typedef void (*spx_matte_gather_fn)(const spx_matte_work *self, spx_matte_group *group);

/** The fastest for these spx_cpu_flags(); all give the same bits. */
spx_matte_gather_fn spx_matte_gather(unsigned cpu_flags);
void spx_matte_gather_c(const spx_matte_work *self, spx_matte_group *group);
#if defined(__x86_64__)
void spx_matte_gather_avx2(const spx_matte_work *self, spx_matte_group *group);
#endif

#endif

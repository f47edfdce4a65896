/*
 * Eight pixels at once, one in each lane: a sample of all of them is eight pixels beside each other
 * too. What a pixel does not count is added as 0, so that each lane sums in the order of the plain
 * form. Groups at the photo's sides and photos of 16 bits go the plain way.
 */
#include "warp/matte_sides.h"

#include <immintrin.h>
#include <math.h>

enum { CHANNELS = SPX_IMAGE_CHANNELS, SAMPLES = SPX_MATTE_LOOK_SAMPLES, HIGH_HALF = 8 };

/* What does not change from sample to sample. Depths are 16-bit lanes, colours 32-bit ones. */
typedef struct lanes {
    __m256i take[CHANNELS]; /* bytes of a channel from 24 to lanes */
    __m256 own[CHANNELS];
    __m128i middle;
    __m128i low_third; /* between these a depth is neither surface's */
    __m128i high_third;
    __m128i edges; /* all ones to count what is beside the step and nothing else */
    const spx_matte_work *self;
    const uint8_t *pixels; /* of the lane whose photo column is the leftmost */
    const uint16_t *depth; /* of the first lane */
    ptrdiff_t width;       /* depths in a row */
    ptrdiff_t stride_bytes;
    ptrdiff_t column_bytes; /* from canvas column to column; negative in mirrored layers */
    uint32_t y;
    int flip;
} lanes;

typedef struct side_lanes {
    __m256 weight;
    __m256 mean[CHANNELS];
    __m256 square;
    __m256 closest;
} side_lanes;

static inline __m128i load_depths(const uint16_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

/* All ones where a > b, both unsigned. */
static inline __m128i above(__m128i a, __m128i b)
{
    const __m128i over = _mm_subs_epu16(a, b);
    return _mm_xor_si128(_mm_cmpeq_epi16(over, _mm_setzero_si128()), _mm_set1_epi16(-1));
}

/* Lanes that lie on the other side of the step than `near` somewhere at `away` to the four sides;
 * what is beyond the photo's top and bottom does not. */
static inline __m128i beside(const lanes *self, const uint16_t *depth, int64_t y, uint32_t away,
                             __m128i near)
{
    const ptrdiff_t by = (ptrdiff_t)away;
    __m128i other = _mm_xor_si128(above(load_depths(depth - by), self->middle), near);
    other = _mm_or_si128(other, _mm_xor_si128(above(load_depths(depth + by), self->middle), near));
    if (y >= away) {
        const __m128i up = above(load_depths(depth - by * self->width), self->middle);
        other = _mm_or_si128(other, _mm_xor_si128(up, near));
    }
    if (y + away < self->self->layers->height) {
        const __m128i down = above(load_depths(depth + by * self->width), self->middle);
        other = _mm_or_si128(other, _mm_xor_si128(down, near));
    }
    return other;
}

static inline void load_colours(const lanes *self, const uint8_t *from, __m256 colour[CHANNELS])
{
    const __m128i first = _mm_loadu_si128((const __m128i *)(const void *)from);
    const __m128i last = _mm_loadu_si128((const __m128i *)(const void *)(from + HIGH_HALF));
    const __m256i both = self->flip ? _mm256_set_m128i(first, last) : _mm256_set_m128i(last, first);
    for (int c = 0; c < CHANNELS; c++)
        colour[c] = _mm256_cvtepi32_ps(_mm256_shuffle_epi8(both, self->take[c]));
}

/* weighted: weight, weight · colour and weight · colour², by channel. */
static inline void side_add(side_lanes *side, __m256 mask, __m256 weight,
                            const __m256 weighted[CHANNELS], const __m256 squares[CHANNELS],
                            __m256 apart)
{
    side->weight = _mm256_add_ps(side->weight, _mm256_and_ps(mask, weight));
    for (int c = 0; c < CHANNELS; c++) {
        side->mean[c] = _mm256_add_ps(side->mean[c], _mm256_and_ps(mask, weighted[c]));
        side->square = _mm256_add_ps(side->square, _mm256_and_ps(mask, squares[c]));
    }
    const __m256 far_away = _mm256_set1_ps(INFINITY);
    side->closest = _mm256_min_ps(side->closest, _mm256_blendv_ps(far_away, apart, mask));
}

static inline __m256 widen(__m128i mask)
{
    return _mm256_castsi256_ps(_mm256_cvtepi16_epi32(mask));
}

/* One sample of all lanes. */
static inline void add_sample(const lanes *self, const uint16_t *depth, int64_t y,
                              const uint8_t *pixels, __m256 weight, side_lanes side[2])
{
    const __m128i depths = load_depths(depth);
    const __m128i near = above(depths, self->middle);
    const __m128i other = beside(self, depth, y, spx_matte_sure_px(self->self), near);
    const __m128i sure = _mm_cmpeq_epi16(other, _mm_setzero_si128());
    const __m128i between =
        _mm_and_si128(above(depths, self->low_third), above(self->high_third, depths));
    const __m128i counts = _mm_andnot_si128(between, _mm_xor_si128(sure, self->edges));
    if (_mm_movemask_epi8(counts) == 0)
        return;
    __m256 colour[CHANNELS];
    __m256 weighted[CHANNELS];
    __m256 squares[CHANNELS];
    __m256 apart = _mm256_setzero_ps();
    load_colours(self, pixels, colour);
    for (int c = 0; c < CHANNELS; c++) {
        const __m256 from_own = _mm256_sub_ps(colour[c], self->own[c]);
        weighted[c] = _mm256_mul_ps(weight, colour[c]);
        squares[c] = _mm256_mul_ps(weighted[c], colour[c]);
        apart = _mm256_add_ps(apart, _mm256_mul_ps(from_own, from_own));
    }
    side_add(&side[0], widen(_mm_andnot_si128(near, counts)), weight, weighted, squares, apart);
    side_add(&side[1], widen(_mm_and_si128(near, counts)), weight, weighted, squares, apart);
}

static void gather_sides(const lanes *self, side_lanes side[2])
{
    const ptrdiff_t stride = (ptrdiff_t)spx_matte_stride(self->self);
    for (int k = 0; k < 2; k++) {
        side[k].weight = side[k].square = _mm256_setzero_ps();
        side[k].closest = _mm256_set1_ps(INFINITY);
        for (int c = 0; c < CHANNELS; c++)
            side[k].mean[c] = _mm256_setzero_ps();
    }
    for (int v = -SAMPLES; v <= SAMPLES; v++) {
        const int64_t y = (int64_t)self->y + v * stride;
        if (y < 0 || y >= self->self->layers->height)
            continue;
        const uint16_t *const depth = self->depth + v * stride * self->width;
        const uint8_t *const pixels = self->pixels + v * stride * self->stride_bytes;
        for (int u = -SAMPLES; u <= SAMPLES; u++) {
            if (u == 0 && v == 0)
                continue;
            add_sample(self, depth + u * stride, y, pixels + u * stride * self->column_bytes,
                       _mm256_set1_ps(spx_matte_sample_weight(u, v)), side);
        }
    }
}

static void store(const side_lanes *from, int k, unsigned which, spx_matte_group *group)
{
    float weight[SPX_MATTE_GROUP_PX];
    float mean[CHANNELS][SPX_MATTE_GROUP_PX];
    float square[SPX_MATTE_GROUP_PX];
    float closest[SPX_MATTE_GROUP_PX];
    _mm256_storeu_ps(weight, from->weight);
    _mm256_storeu_ps(square, from->square);
    _mm256_storeu_ps(closest, from->closest);
    for (int c = 0; c < CHANNELS; c++)
        _mm256_storeu_ps(mean[c], from->mean[c]);
    for (int i = 0; i < SPX_MATTE_GROUP_PX; i++) {
        spx_matte_side *const to = &group->sides[i][k];
        if ((which >> i & 1U) == 0)
            continue;
        to->weight = weight[i];
        to->square = square[i];
        to->closest = closest[i];
        for (int c = 0; c < CHANNELS; c++)
            to->mean[c] = mean[c][i];
    }
}

/* Which of the wanted lanes have seen nothing. */
static unsigned without(const side_lanes *side, unsigned wanted)
{
    const __m256 none = _mm256_cmp_ps(side->weight, _mm256_setzero_ps(), _CMP_EQ_OQ);
    return wanted & (unsigned)_mm256_movemask_ps(none);
}

static void measure_away(const lanes *self, spx_matte_group *group)
{
    const __m128i near = above(load_depths(self->depth), self->middle);
    __m128i inner = _mm_set1_epi16(-1);
    __m128i count = _mm_set1_epi16(1);
    for (uint32_t away = 1; away <= self->self->band; away++) {
        inner = _mm_andnot_si128(beside(self, self->depth, self->y, away, near), inner);
        if (_mm_movemask_epi8(inner) == 0)
            break;
        count = _mm_sub_epi16(count, inner);
    }
    _mm256_storeu_si256((__m256i *)(void *)group->away, _mm256_cvtepu16_epi32(count));
}

static void set_depths(lanes *self, const spx_matte_group *group)
{
    uint16_t middle[SPX_MATTE_GROUP_PX] = { 0 };
    uint16_t low[SPX_MATTE_GROUP_PX] = { 0 };
    uint16_t high[SPX_MATTE_GROUP_PX] = { 0 };
    for (int i = 0; i < SPX_MATTE_GROUP_PX; i++) {
        const spx_matte_span span = group->spans[i];
        const uint16_t third = (uint16_t)((span.high - span.low) / 3);
        middle[i] = (uint16_t)spx_matte_middle(span);
        low[i] = (uint16_t)(span.low + third);
        high[i] = (uint16_t)(span.high - third);
    }
    self->middle = load_depths(middle);
    self->low_third = load_depths(low);
    self->high_third = load_depths(high);
}

static void set_colours(lanes *self, uint32_t x)
{
    const spx_layers *const layers = self->self->layers;
    const spx_image *const photo = self->self->source->photo;
    const __m256i first = _mm256_setr_epi32(0, 3, 6, 9, 4, 7, 10, 13);
    const __m256i flipped = _mm256_setr_epi32(13, 10, 7, 4, 9, 6, 3, 0);
    const __m256i rest = _mm256_set1_epi32((int)0xFFFFFF00U); /* bytes above become 0 */
    const uint32_t leftmost = layers->mirrored ? x + SPX_MATTE_GROUP_PX - 1 : x;
    self->flip = layers->mirrored;
    for (int c = 0; c < CHANNELS; c++) {
        self->take[c] = _mm256_or_si256(
            rest, _mm256_add_epi32(self->flip ? flipped : first, _mm256_set1_epi32(c)));
    }
    self->column_bytes = self->flip ? -CHANNELS : CHANNELS;
    self->stride_bytes = (ptrdiff_t)photo->stride_bytes;
    self->pixels = spx_image_row8(photo, self->y) +
                   (size_t)CHANNELS * spx_layers_photo_column(layers, leftmost);
    load_colours(self, self->pixels, self->own);
}

/* Whether all that is looked at lies between the photo's sides. */
static int is_inside(const spx_matte_work *self, uint32_t x)
{
    const uint32_t look = SPX_MATTE_LOOK_SAMPLES * spx_matte_stride(self) + spx_matte_sure_px(self);
    const uint32_t reach = look > self->band ? look : self->band;
    return x >= self->least_x + reach && x + SPX_MATTE_GROUP_PX + reach <= self->most_x;
}

void spx_matte_gather_avx2(const spx_matte_work *self, spx_matte_group *group)
{
    if (self->source->photo->bits != 8 || !is_inside(self, group->x)) {
        spx_matte_gather_c(self, group);
        return;
    }
    lanes all = { .self = self,
                  .depth = self->source->depth + spx_layers_at(self->layers, group->y) + group->x,
                  .y = group->y,
                  .width = (ptrdiff_t)self->layers->width };
    set_depths(&all, group);
    set_colours(&all, group->x);
    measure_away(&all, group);
    side_lanes side[2];
    gather_sides(&all, side);
    const unsigned missing[2] = { without(&side[0], group->wanted),
                                  without(&side[1], group->wanted) };
    store(&side[0], 0, group->wanted, group);
    store(&side[1], 1, group->wanted, group);
    if ((missing[0] | missing[1]) == 0)
        return;
    all.edges = _mm_set1_epi16(-1);
    gather_sides(&all, side);
    store(&side[0], 0, missing[0], group);
    store(&side[1], 1, missing[1], group);
}

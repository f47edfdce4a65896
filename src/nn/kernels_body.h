/*
 * The body of every kernel table. Whoever includes it has defined before:
 *
 *     VW                       lanes of a vector: 1, 8 or 16
 *     TILE_ROWS                rows of a register tile, at most 12; it is two vectors wide
 *     KERNELS, KERNELS_NAME    the table and its name
 *     STRASSEN_LEVELS          of large products of integers; 0 where they do not pay
 *     vf, vi                   vectors of float and of int32_t (or pairs of int16_t)
 *     vf_…, vi_…               their operations
 *     FREE_REGISTERS()         where it is there: keeps values of callers out of registers that the
 *                              sums of integers need
 *
 * Matrix products keep a tile of TILE_ROWS x 2 vectors in registers over the whole of k. The s16
 * ones add products of integers exactly; their operands were scaled so that no sum leaves int32_t.
 *
 * Attention never has a score matrix: it takes SPX_NN_CHUNK keys at a time, and with them one tile
 * of rows after the other, so that keys and values come from afar once for GROUP_ROWS rows. A tile
 * computes its scores, the weights 2^(score - largest score so far), and the chunk's share of the
 * result. Where a chunk has a larger score than those before, what is there shrinks. The
 * integer form scales each value row to integers and folds that scale into the score (k_bias), so
 * that weights and values are integers and their products add exactly within a chunk.
 */
#include "nn/kernels.h"
#include "nn/strassen.h"

#include <math.h>
#include <string.h>

#ifndef FREE_REGISTERS
#define FREE_REGISTERS() (void)0
#endif
#define UNROLL_TWICE _Pragma("GCC unroll 2")
#define SPX_ALWAYS_INLINE static inline __attribute__((always_inline))

enum {
    PANEL = 2 * VW,
    HALVES = 2 * VW > SPX_NN_LANES,
    GROUP_ROWS = 48, /* of attention, a multiple of TILE_ROWS: 24 kB beside a chunk's 32 */
    FEW_ROWS = 3,
    ROWS_ROOM = (TILE_ROWS + VW - 1) / VW * VW, /* a number for each row of a tile */
    FETCH_NEAR = 2,                             /* into the second cache */
};

static const float lowest_score = -1e30F;

/* 2^x for x <= 0; degree 5 on [-1/2, 1/2]: relative error 2e-7. */
SPX_ALWAYS_INLINE vf exp2_exact(vf x)
{
    const vf clamped = vf_max(x, vf_set1(-126.0F));
    const vf whole = vf_round(clamped);
    const vf f = vf_sub(clamped, whole);
    vf y = vf_set1(1.3333558e-3F);
    y = vf_fma(y, f, vf_set1(9.6181291e-3F));
    y = vf_fma(y, f, vf_set1(5.5504109e-2F));
    y = vf_fma(y, f, vf_set1(2.4022651e-1F));
    y = vf_fma(y, f, vf_set1(6.9314718e-1F));
    y = vf_fma(y, f, vf_set1(1.0F));
    return vf_scale2(y, whole);
}

/* 2^x for x <= 0; degree 4 on [0, 1): relative error 2.6e-6. */
SPX_ALWAYS_INLINE vf exp2_fine(vf x)
{
    vf whole;
    const vf f = vf_split(x, &whole);
    vf y = vf_set1(1.3534179e-2F);
    y = vf_fma(y, f, vf_set1(5.2011494e-2F));
    y = vf_fma(y, f, vf_set1(2.4144270e-1F));
    y = vf_fma(y, f, vf_set1(6.9300383e-1F));
    y = vf_fma(y, f, vf_set1(1.0000026F));
    return vf_scale2(y, whole);
}

/* 2^x times `unit` for x <= 0; degree 3 on [0, 1): relative error 8e-5, for weights that become
 * 13-bit integers. */
SPX_ALWAYS_INLINE vf exp2_rough(vf x, float unit)
{
    vf whole;
    const vf f = vf_split(x, &whole);
    vf y = vf_set1(7.802452e-2F * unit);
    y = vf_fma(y, f, vf_set1(2.2606716e-1F * unit));
    y = vf_fma(y, f, vf_set1(6.9583354e-1F * unit));
    y = vf_fma(y, f, vf_set1(9.9992522e-1F * unit));
    return vf_scale2(y, whole);
}

/* Names for the rows of a tile: compilers keep an array of sums in memory, but not these. */
#if TILE_ROWS == 12
#define EACH_ROW(STEP)                                                                             \
    STEP(0)                                                                                        \
    STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11)
#define EACH_ROW_COUNT(CASE)                                                                       \
    CASE(1)                                                                                        \
    CASE(2)                                                                                        \
    CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#else
#define EACH_ROW(STEP) STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5)
#define EACH_ROW_COUNT(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#endif

/* What of a register tile is used; known when the code is compiled. */
typedef struct tile_shape {
    size_t rows;    /* at most TILE_ROWS */
    size_t vectors; /* 1 or 2 */
} tile_shape;

// NOLINTNEXTLINE(readability-function-size): the same line for each row
SPX_ALWAYS_INLINE void multiply_f32(vf sum[TILE_ROWS][2], const float *a, size_t lda,
                                    const float *b, size_t k, const tile_shape shape)
{
#define STEP(r) vf left##r = vf_set1(0.0F), right##r = vf_set1(0.0F);
    EACH_ROW(STEP)
#undef STEP
    for (size_t i = 0; i < k; i++, b += PANEL) {
        const vf b0 = vf_load(b);
        const vf b1 = shape.vectors > 1 ? vf_load(b + VW) : b0;
#define STEP(r)                                                                                    \
    if (shape.rows > (r)) {                                                                        \
        const vf from = vf_set1(a[(r)*lda + i]);                                                   \
        left##r = vf_fma(from, b0, left##r);                                                       \
        if (shape.vectors > 1)                                                                     \
            right##r = vf_fma(from, b1, right##r);                                                 \
    }
        EACH_ROW(STEP)
#undef STEP
    }
#define STEP(r)                                                                                    \
    if (shape.rows > (r)) {                                                                        \
        sum[(r)][0] = left##r;                                                                     \
        sum[(r)][1] = right##r;                                                                    \
    }
    EACH_ROW(STEP)
#undef STEP
}

/* What a product has on its right: the sum of up to four packed panels. */
typedef struct right_side {
    const int16_t *panels[SPX_STRASSEN_TERMS];
    size_t terms;         /* 1, 2 or 4; known when the code is compiled */
    const int16_t *ahead; /* to be fetched meanwhile, a line for each pair of k; may be NULL */
} right_side;

/* One vector of pairs, `at` elements behind the panels' begin. */
SPX_ALWAYS_INLINE vi load_right(const right_side *b, size_t at)
{
    vi pairs = vi_load(b->panels[0] + at);
    if (b->terms > 1)
        pairs = vi_add_s16(pairs, vi_load(b->panels[1] + at));
    if (b->terms > 2) {
        pairs = vi_add_s16(pairs, vi_load(b->panels[2] + at));
        pairs = vi_add_s16(pairs, vi_load(b->panels[3] + at));
    }
    return pairs;
}

/* Declares the sums of a tile, left0, right0, left1 …, and adds the products of k pairs to them. */
#define START_ROW(r) vi left##r = vi_zero(), right##r = vi_zero();
#define MULTIPLY_ROW(r)                                                                            \
    if (shape.rows > (r)) {                                                                        \
        const vi from = vi_set1_pair(a + (r)*lda + i);                                             \
        left##r = vi_dot(left##r, from, b0);                                                       \
        if (shape.vectors > 1)                                                                     \
            right##r = vi_dot(right##r, from, b1);                                                 \
    }
#define MULTIPLY_ROWS(a, lda, b, k, shape)                                                         \
    for (size_t i = 0; i < (k); i += 2) {                                                          \
        const vi b0 = load_right(&(b), i * PANEL);                                                 \
        if ((b).ahead != NULL)                                                                     \
            __builtin_prefetch((b).ahead + i * VW, 0, FETCH_NEAR);                                 \
        const vi b1 = (shape).vectors > 1 ? load_right(&(b), i * PANEL + 2 * VW) : b0;             \
        EACH_ROW(MULTIPLY_ROW)                                                                     \
    }

// NOLINTNEXTLINE(readability-function-size): the same line for each row
SPX_ALWAYS_INLINE void multiply_s16(vi sum[TILE_ROWS][2], const int16_t *a, size_t lda,
                                    const int16_t *panels, size_t k, const tile_shape shape)
{
    const right_side b = { .panels = { panels }, .terms = 1 };
    FREE_REGISTERS();
    EACH_ROW(START_ROW)
    MULTIPLY_ROWS(a, lda, b, k, shape)
#define STEP(r)                                                                                    \
    if (shape.rows > (r)) {                                                                        \
        sum[(r)][0] = left##r;                                                                     \
        sum[(r)][1] = right##r;                                                                    \
    }
    EACH_ROW(STEP)
#undef STEP
}

SPX_ALWAYS_INLINE tile_shape whole_rows(const size_t rows)
{
    return (tile_shape){ .rows = rows, .vectors = 2 };
}

/* The bounds that an activation clamps to. */
typedef struct bounds {
    vf low;
    vf high;
} bounds;

SPX_ALWAYS_INLINE bounds activation_bounds(spx_activation activation)
{
    static const float most = 6.0F; /* of ReLU6 */
    return (bounds){
        .low = vf_set1(activation == SPX_ACTIVATION_NONE ? -INFINITY : 0.0F),
        .high = vf_set1(activation == SPX_ACTIVATION_RELU6 ? most : INFINITY),
    };
}

SPX_ALWAYS_INLINE vf clamp(vf value, const bounds *to)
{
    return vf_min(vf_max(value, to->low), to->high);
}

/* Writes vector `side` of one row of a tile; sum: with bias. */
SPX_ALWAYS_INLINE void gemm_store(const spx_gemm *job, size_t row, size_t column, vf sum,
                                  const bounds *limits)
{
    if (job->add != NULL)
        sum = vf_add(sum, vf_load(job->add + row * job->ld_add + column));
    vf_store(job->c + row * job->ldc + column, clamp(sum, limits));
}

SPX_ALWAYS_INLINE vf gemm_bias(const spx_gemm *job, size_t column)
{
    return job->bias == NULL ? vf_set1(0.0F) : vf_load(job->bias + column);
}

/* One vector of sums becomes floats. */
SPX_ALWAYS_INLINE void gemm_store_sum(const spx_gemm *job, size_t row, size_t column, vi sum,
                                      const bounds *limits)
{
    const vf scale = vf_load(job->col_scale + column);
    const vf step = vf_mul(vf_set1(job->row_scale[row]), scale);
    gemm_store(job, row, column, vf_fma(vf_from_vi(sum), step, gemm_bias(job, column)), limits);
}

SPX_ALWAYS_INLINE void gemm_tile_f32(const spx_gemm *job, size_t row, size_t column,
                                     const tile_shape shape)
{
    vf sum[TILE_ROWS][2];
    const bounds limits = activation_bounds(job->activation);
    multiply_f32(sum, (const float *)job->a + row * job->lda, job->lda,
                 (const float *)job->b + column * job->k, job->k, shape);
    for (size_t side = 0; side < shape.vectors; side++) {
        const size_t at = column + side * VW;
        const vf bias = gemm_bias(job, at);
        for (size_t r = 0; r < shape.rows; r++)
            gemm_store(job, row + r, at, vf_add(sum[r][side], bias), &limits);
    }
}

SPX_ALWAYS_INLINE void gemm_tile_s16(const spx_gemm *job, size_t row, size_t column,
                                     const tile_shape shape)
{
    vi sum[TILE_ROWS][2];
    const bounds limits = activation_bounds(job->activation);
    multiply_s16(sum, (const int16_t *)job->a + row * job->lda, job->lda,
                 (const int16_t *)job->b + column * job->k, job->k, shape);
    for (size_t side = 0; side < shape.vectors; side++) {
        const size_t at = column + side * VW;
        for (size_t r = 0; r < shape.rows; r++)
            gemm_store_sum(job, row + r, at, sum[r][side], &limits);
    }
}

/* Attention of some rows over the keys so far, and what a tile of them needs for a chunk. */
typedef struct attention {
    _Alignas(4 * SPX_NN_LANES) float sum[GROUP_ROWS * SPX_NN_HEAD]; /* results, times `total` */
    float total[GROUP_ROWS * VW];          /* of weights, the lanes of a row apart */
    float largest[GROUP_ROWS + ROWS_ROOM]; /* score; weights are relative to it */
    float keep[ROWS_ROOM]; /* what of a tile's `sum` and `total` remains beside the chunk's */
    float score[TILE_ROWS * SPX_NN_CHUNK];      /* of a tile */
    float weight[TILE_ROWS * SPX_NN_CHUNK];     /* of a tile, float form */
    int16_t weight16[TILE_ROWS * SPX_NN_CHUNK]; /* of a tile, integer form */
} attention;

/* Rows of a job, some of which are a tile: `row` of the job is row `at` of the group. */
typedef struct tile_place {
    size_t row;
    size_t at;
    size_t key;  /* where the chunk begins, … */
    size_t keys; /* … and how many it has */
} tile_place;

SPX_ALWAYS_INLINE void scores_f32(attention *self, vf top[TILE_ROWS], const spx_attend *job,
                                  const tile_place *place, size_t key, const size_t rows)
{
    vf sum[TILE_ROWS][2];
    multiply_f32(sum, (const float *)job->q + place->row * job->ldq, job->ldq,
                 (const float *)job->k + key * SPX_NN_HEAD, SPX_NN_HEAD, whole_rows(rows));
    float *const score = self->score + (key - place->key);
    for (size_t side = 0; side < 2; side++) {
        const vf bias = vf_load(job->k_bias + key + side * VW);
        for (size_t r = 0; r < rows; r++) {
            const vf one = vf_fma(sum[r][side], vf_set1(job->q_scale[place->row + r]), bias);
            vf_store(score + r * SPX_NN_CHUNK + side * VW, one);
            top[r] = vf_max(top[r], one);
        }
    }
}

SPX_ALWAYS_INLINE void scores_s16(attention *self, vf top[TILE_ROWS], const spx_attend *job,
                                  const tile_place *place, size_t key, const size_t rows)
{
    vi sum[TILE_ROWS][2];
    multiply_s16(sum, (const int16_t *)job->q + place->row * job->ldq, job->ldq,
                 (const int16_t *)job->k + key * SPX_NN_HEAD, SPX_NN_HEAD, whole_rows(rows));
    float *const score = self->score + (key - place->key);
    for (size_t side = 0; side < 2; side++) {
        const vf scale = vf_load(job->k_scale + key + side * VW);
        const vf bias = vf_load(job->k_bias + key + side * VW);
        for (size_t r = 0; r < rows; r++) {
            const vf step = vf_mul(vf_set1(job->q_scale[place->row + r]), scale);
            const vf one = vf_fma(vf_from_vi(sum[r][side]), step, bias);
            vf_store(score + r * SPX_NN_CHUNK + side * VW, one);
            top[r] = vf_max(top[r], one);
        }
    }
}

/* top: of the chunk's scores. What a row has so far shrinks by the joins, whether or not it has a
 * larger score now: half of the rows have one in the first chunks, and no processor foresees which.
 */
SPX_ALWAYS_INLINE void raise_rows(attention *self, const vf top[TILE_ROWS], size_t at,
                                  const size_t rows)
{
    float tops[ROWS_ROOM];
    for (size_t r = 0; r < ROWS_ROOM; r++)
        tops[r] = lowest_score;
    for (size_t r = 0; r < rows; r++)
        tops[r] = vf_hmax(top[r]);
    for (size_t r = 0; r < rows; r += VW) {
        const vf before = vf_load(self->largest + at + r);
        const vf now = vf_max(before, vf_load(tops + r));
        vf_store(self->keep + r, exp2_exact(vf_sub(before, now)));
        vf_store(self->largest + at + r, now);
    }
}

SPX_ALWAYS_INLINE void weights_f32(attention *self, const tile_place *place, const size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        const vf largest = vf_set1(self->largest[place->at + r]);
        const float *const score = self->score + r * SPX_NN_CHUNK;
        float *const weight = self->weight + r * SPX_NN_CHUNK;
        vf total = vf_mul(vf_load(self->total + (place->at + r) * VW), vf_set1(self->keep[r]));
        for (size_t i = 0; i < place->keys; i += VW) {
            const vf w = exp2_exact(vf_sub(vf_load(score + i), largest));
            vf_store(weight + i, w);
            total = vf_add(total, w);
        }
        vf_store(self->total + (place->at + r) * VW, total);
    }
}

SPX_ALWAYS_INLINE void weights_s16(attention *self, const spx_attend *job, const tile_place *place,
                                   const size_t rows)
{
    static const float unit = (float)(SPX_NN_P_MAX - 1); /* what is rough may come out above it */
    const float *const unscale = job->v_unscale + place->key;
    for (size_t r = 0; r < rows; r++) {
        const vf largest = vf_set1(self->largest[place->at + r]);
        const float *const score = self->score + r * SPX_NN_CHUNK;
        int16_t *const weight = self->weight16 + r * SPX_NN_CHUNK;
        vf total = vf_mul(vf_load(self->total + (place->at + r) * VW), vf_set1(self->keep[r]));
        for (size_t i = 0; i < place->keys; i += PANEL) {
            const vf left = exp2_rough(vf_sub(vf_load(score + i), largest), unit);
            const vf right = exp2_rough(vf_sub(vf_load(score + i + VW), largest), unit);
            vf_store_s16_pair(weight + i, left, right);
            total = vf_fma(left, vf_load(unscale + i), total);
            total = vf_fma(right, vf_load(unscale + i + VW), total);
        }
        vf_store(self->total + (place->at + r) * VW, total);
    }
}

SPX_ALWAYS_INLINE void join_row(attention *self, size_t at, size_t r, size_t channel, vf left,
                                vf right)
{
    float *const sum = self->sum + (at + r) * SPX_NN_HEAD + channel;
    const vf keep = vf_set1(self->keep[r]);
    vf_store(sum, vf_fma(vf_load(sum), keep, left));
    vf_store(sum + VW, vf_fma(vf_load(sum + VW), keep, right));
}

SPX_ALWAYS_INLINE void values_f32(attention *self, const spx_attend *job, const tile_place *place,
                                  const size_t rows)
{
    for (size_t channel = 0; channel < SPX_NN_HEAD; channel += PANEL) {
        vf sum[TILE_ROWS][2];
        multiply_f32(sum, self->weight, SPX_NN_CHUNK,
                     (const float *)job->v + channel * job->keys_padded + place->key * PANEL,
                     place->keys, whole_rows(rows));
        for (size_t r = 0; r < rows; r++)
            join_row(self, place->at, r, channel, sum[r][0], sum[r][1]);
    }
}

SPX_ALWAYS_INLINE void values_s16(attention *self, const spx_attend *job, const tile_place *place,
                                  const size_t rows)
{
    for (size_t channel = 0; channel < SPX_NN_HEAD; channel += PANEL) {
        vi sum[TILE_ROWS][2];
        multiply_s16(sum, self->weight16, SPX_NN_CHUNK,
                     (const int16_t *)job->v + channel * job->keys_padded + place->key * PANEL,
                     place->keys, whole_rows(rows));
        for (size_t r = 0; r < rows; r++) {
            join_row(self, place->at, r, channel, vf_from_vi(sum[r][0]), vf_from_vi(sum[r][1]));
        }
    }
}

SPX_ALWAYS_INLINE void begin_group(attention *self)
{
    memset(self->sum, 0, sizeof(self->sum));
    memset(self->total, 0, sizeof(self->total));
    for (int r = 0; r < GROUP_ROWS + ROWS_ROOM; r++)
        self->largest[r] = lowest_score;
}

/* Rows of the job from `first` on. */
SPX_ALWAYS_INLINE void end_group(const attention *self, const spx_attend *job, size_t first,
                                 size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        const vf share = vf_set1(1.0F / vf_hsum(vf_load(self->total + r * VW)));
        float *const out = job->out + (first + r) * job->ldo;
        for (size_t i = 0; i < SPX_NN_HEAD; i += VW)
            vf_store(out + i, vf_mul(vf_load(self->sum + r * SPX_NN_HEAD + i), share));
    }
}

SPX_ALWAYS_INLINE size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

/* integers: which form; known when the code is compiled. */
SPX_ALWAYS_INLINE void attend_tile(attention *self, const spx_attend *job, const tile_place *place,
                                   const size_t rows, const int integers)
{
    vf top[TILE_ROWS];
    for (size_t r = 0; r < rows; r++)
        top[r] = vf_set1(lowest_score);
    for (size_t i = 0; i < place->keys; i += PANEL) {
        if (integers) {
            scores_s16(self, top, job, place, place->key + i, rows);
        } else {
            scores_f32(self, top, job, place, place->key + i, rows);
        }
    }
    raise_rows(self, top, place->at, rows);
    if (integers) {
        weights_s16(self, job, place, rows);
        values_s16(self, job, place, rows);
    } else {
        weights_f32(self, place, rows);
        values_f32(self, job, place, rows);
    }
}

/* Rows that do not fill a tile get one of their own size: a row must cost what a row costs. */
static size_t tile_rows(size_t left)
{
    return left < TILE_ROWS ? left : TILE_ROWS;
}

/* All rows of one panel, of which `vectors` vectors are used. */
SPX_ALWAYS_INLINE void gemm_panel_f32(const spx_gemm *job, size_t column, const size_t vectors)
{
    for (size_t row = 0; row < job->rows; row += TILE_ROWS) {
        switch (tile_rows(job->rows - row)) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        gemm_tile_f32(job, row, column, (tile_shape){ n, vectors });                               \
        break;
            EACH_ROW_COUNT(CASE)
#undef CASE
        default:
            break;
        }
    }
}

SPX_ALWAYS_INLINE void gemm_panel_s16(const spx_gemm *job, size_t column, const size_t vectors)
{
    for (size_t row = 0; row < job->rows; row += TILE_ROWS) {
        switch (tile_rows(job->rows - row)) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        gemm_tile_s16(job, row, column, (tile_shape){ n, vectors });                               \
        break;
            EACH_ROW_COUNT(CASE)
#undef CASE
        default:
            break;
        }
    }
}

/* Where a panel is wider than SPX_NN_LANES, half a panel may be left over. */
static void gemm_f32(const spx_gemm *job)
{
    size_t column = 0;
    for (; column + PANEL <= job->columns; column += PANEL)
        gemm_panel_f32(job, column, 2);
    if (HALVES && column < job->columns)
        gemm_panel_f32(job, column, 1);
}

static void gemm_s16(const spx_gemm *job)
{
    size_t column = 0;
    for (; column + PANEL <= job->columns; column += PANEL)
        gemm_panel_s16(job, column, 2);
    if (HALVES && column < job->columns)
        gemm_panel_s16(job, column, 1);
}

#include "nn/strassen_body.h"

/* As multiply_f32(): a tile of results side by side, two vectors of channels. */
// NOLINTNEXTLINE(readability-function-size): the same line for each result
SPX_ALWAYS_INLINE void depthwise_tile(const spx_depthwise *job, size_t x, size_t channel,
                                      const tile_shape shape)
{
    const vf bias0 = vf_load(job->bias + channel);
    const vf bias1 = shape.vectors > 1 ? vf_load(job->bias + channel + VW) : bias0;
    const bounds limits = activation_bounds(job->activation);
    const size_t step = job->stride * job->channels;
    const float *weight = job->weights + channel;
#define STEP(r) vf left##r = bias0, right##r = bias1;
    EACH_ROW(STEP)
#undef STEP
    for (size_t ky = 0; ky < job->kernel; ky++) {
        const float *from = job->rows[ky] + x * step + channel;
        for (size_t kx = 0; kx < job->kernel; kx++) {
            const vf w0 = vf_load(weight);
            const vf w1 = shape.vectors > 1 ? vf_load(weight + VW) : w0;
#define STEP(r)                                                                                    \
    if (shape.rows > (r)) {                                                                        \
        left##r = vf_fma(vf_load(from + (r)*step), w0, left##r);                                   \
        if (shape.vectors > 1)                                                                     \
            right##r = vf_fma(vf_load(from + (r)*step + VW), w1, right##r);                        \
    }
            EACH_ROW(STEP)
#undef STEP
            from += job->channels;
            weight += job->channels;
        }
    }
    float *const out = job->out + x * job->channels + channel;
#define STEP(r)                                                                                    \
    if (shape.rows > (r)) {                                                                        \
        vf_store(out + (r)*job->channels, clamp(left##r, &limits));                                \
        if (shape.vectors > 1)                                                                     \
            vf_store(out + (r)*job->channels + VW, clamp(right##r, &limits));                      \
    }
    EACH_ROW(STEP)
#undef STEP
}

SPX_ALWAYS_INLINE void depthwise_channels(const spx_depthwise *job, size_t channel,
                                          const size_t vectors)
{
    for (size_t x = 0; x < job->width; x += TILE_ROWS) {
        switch (tile_rows(job->width - x)) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        depthwise_tile(job, x, channel, (tile_shape){ n, vectors });                               \
        break;
            EACH_ROW_COUNT(CASE)
#undef CASE
        default:
            break;
        }
    }
}

static void depthwise(const spx_depthwise *job)
{
    size_t channel = 0;
    for (; channel + PANEL <= job->channels; channel += PANEL)
        depthwise_channels(job, channel, 2);
    if (HALVES && channel < job->channels)
        depthwise_channels(job, channel, 1);
}

/* Few calls have a rest of rows here: FEW_ROWS are fine enough. */
SPX_ALWAYS_INLINE void attend(const spx_attend *job, const int integers)
{
    attention self;
    for (size_t first = 0; first < job->rows; first += GROUP_ROWS) {
        const size_t rows = at_most(job->rows - first, GROUP_ROWS);
        begin_group(&self);
        for (size_t key = 0; key < job->keys_padded; key += SPX_NN_CHUNK) {
            tile_place place = { .row = first,
                                 .key = key,
                                 .keys = at_most(job->keys_padded - key, SPX_NN_CHUNK) };
            for (; place.at + TILE_ROWS <= rows; place.at += TILE_ROWS, place.row += TILE_ROWS)
                attend_tile(&self, job, &place, TILE_ROWS, integers);
            for (; place.at + FEW_ROWS <= rows; place.at += FEW_ROWS, place.row += FEW_ROWS)
                attend_tile(&self, job, &place, FEW_ROWS, integers);
            for (; place.at < rows; place.at++, place.row++)
                attend_tile(&self, job, &place, 1, integers);
        }
        end_group(&self, job, first, rows);
    }
}

static void attend_f32(const spx_attend *job)
{
    attend(job, 0);
}

static void attend_s16(const spx_attend *job)
{
    attend(job, 1);
}

static void layer_norm(const float *x, const float *gain, const float *bias, float *y, size_t n)
{
    static const float epsilon = 1e-6F;
    vf sum = vf_set1(0.0F);
    for (size_t i = 0; i < n; i += VW)
        sum = vf_add(sum, vf_load(x + i));
    const vf mean = vf_set1(vf_hsum(sum) / (float)n);
    vf squares = vf_set1(0.0F);
    for (size_t i = 0; i < n; i += VW) {
        const vf away = vf_sub(vf_load(x + i), mean);
        squares = vf_fma(away, away, squares);
    }
    const vf scale = vf_set1(1.0F / sqrtf(vf_hsum(squares) / (float)n + epsilon));
    for (size_t i = 0; i < n; i += VW) {
        const vf away = vf_mul(vf_sub(vf_load(x + i), mean), scale);
        vf_store(y + i, vf_fma(away, vf_load(gain + i), vf_load(bias + i)));
    }
}

static float quantise(const float *x, int16_t *y, size_t n, float limit)
{
    vf top = vf_set1(1e-30F);
    for (size_t i = 0; i < n; i += VW)
        top = vf_max(top, vf_abs(vf_load(x + i)));
    const float largest = vf_hmax(top);
    const vf scale = vf_set1(limit / largest);
    for (size_t i = 0; i < n; i += VW)
        vf_store_s16(y + i, vf_mul(vf_load(x + i), scale));
    return largest / limit;
}

/* x/2 (1 + erf(x / sqrt 2)), erf by Abramowitz and Stegun 7.1.26: absolute error 1.5e-7. */
static void gelu(float *x, size_t n)
{
    static const float root_half = 0.70710678F;
    static const float log2_e = 1.44269504F;
    const vf one = vf_set1(1.0F);
    for (size_t i = 0; i < n; i += VW) {
        const vf value = vf_load(x + i);
        const vf size = vf_abs(value);
        const vf t = vf_div(one, vf_fma(size, vf_set1(0.3275911F * root_half), one));
        vf tail = vf_set1(-0.5F * 1.061405429F);
        tail = vf_fma(tail, t, vf_set1(-0.5F * -1.453152027F));
        tail = vf_fma(tail, t, vf_set1(-0.5F * 1.421413741F));
        tail = vf_fma(tail, t, vf_set1(-0.5F * -0.284496736F));
        tail = vf_fma(tail, t, vf_set1(-0.5F * 0.254829592F));
        const vf fall = exp2_fine(vf_mul(vf_mul(size, size), vf_set1(-0.5F * log2_e)));
        tail = vf_mul(vf_mul(tail, t), fall); /* (erf(|x| / sqrt 2) - 1) / 2 */
        /* max(x, 0) - |x|/2 * (1 - erf(|x| / sqrt 2)) is the same for both signs. */
        vf_store(x + i, vf_fma(size, tail, vf_max(value, vf_set1(0.0F))));
    }
}

static void add_scaled(float *x, const float *gain, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i += VW)
        vf_store(x + i, vf_fma(vf_load(gain + i), vf_load(y + i), vf_load(x + i)));
}

static void add(float *x, const float *y, size_t n)
{
    for (size_t i = 0; i < n; i += VW)
        vf_store(x + i, vf_add(vf_load(x + i), vf_load(y + i)));
}

static void mix(const float *a, const float *b, float t, float *y, size_t n, int relu)
{
    const vf floor = vf_set1(relu ? 0.0F : -INFINITY);
    const vf share = vf_set1(t);
    for (size_t i = 0; i < n; i += VW) {
        const vf from = vf_max(vf_load(a + i), floor);
        const vf to = vf_max(vf_load(b + i), floor);
        vf_store(y + i, vf_fma(vf_sub(to, from), share, from));
    }
}

static float dot(const float *a, const float *b, size_t n)
{
    vf sum = vf_set1(0.0F);
    for (size_t i = 0; i < n; i += VW)
        sum = vf_fma(vf_load(a + i), vf_load(b + i), sum);
    return vf_hsum(sum);
}

/* One line of the input transform of F(4x4, 3x3) with the points 0, 1, -1, 2, -2, infinity. */
SPX_ALWAYS_INLINE void transform_in(const vf d[6], vf out[6])
{
    const vf four = vf_set1(4.0F);
    const vf two = vf_set1(2.0F);
    const vf even = vf_fma(d[2], vf_set1(-4.0F), d[4]);
    const vf odd = vf_fma(d[1], vf_set1(-4.0F), d[3]);
    const vf near = vf_sub(d[4], d[2]);
    const vf far = vf_mul(two, vf_sub(d[3], d[1]));
    out[0] = vf_fma(d[0], four, vf_fma(d[2], vf_set1(-5.0F), d[4]));
    out[1] = vf_add(even, odd);
    out[2] = vf_sub(even, odd);
    out[3] = vf_add(near, far);
    out[4] = vf_sub(near, far);
    out[5] = vf_fma(d[1], four, vf_fma(d[3], vf_set1(-5.0F), d[5]));
}

SPX_ALWAYS_INLINE void transform_out(const vf m[6], vf out[4])
{
    const vf sum1 = vf_add(m[1], m[2]);
    const vf dif1 = vf_sub(m[1], m[2]);
    const vf sum2 = vf_add(m[3], m[4]);
    const vf dif2 = vf_sub(m[3], m[4]);
    out[0] = vf_add(m[0], vf_add(sum1, sum2));
    out[1] = vf_fma(dif2, vf_set1(2.0F), dif1);
    out[2] = vf_fma(sum2, vf_set1(4.0F), sum1);
    out[3] = vf_add(vf_fma(dif2, vf_set1(8.0F), dif1), m[5]);
}

static void winograd_in(const float *rows, size_t row_stride, float *out, size_t tiles,
                        size_t channels)
{
    for (size_t tile = 0; tile < tiles; tile++) {
        const float *const corner = rows + tile * 4 * channels;
        for (size_t c = 0; c < channels; c += VW) {
            vf columns[6][6];
            for (size_t x = 0; x < 6; x++) {
                vf line[6];
                for (size_t y = 0; y < 6; y++)
                    line[y] = vf_load(corner + y * row_stride + x * channels + c);
                vf done[6];
                transform_in(line, done);
                for (size_t y = 0; y < 6; y++)
                    columns[y][x] = done[y];
            }
            for (size_t y = 0; y < 6; y++) {
                vf done[6];
                transform_in(columns[y], done);
                for (size_t x = 0; x < 6; x++)
                    vf_store(out + ((y * 6 + x) * tiles + tile) * channels + c, done[x]);
            }
        }
    }
}

/* One vector of channels of one tile. */
SPX_ALWAYS_INLINE void tile_out(const spx_winograd_out *job, size_t tile, size_t channel,
                                const bounds *limits)
{
    const float *const in = job->in + tile * job->channels + channel;
    float *const out = job->out + tile * 4 * job->channels + channel;
    const size_t step = job->tiles * job->channels; /* from one of the products to the next */
    const vf offset = vf_load(job->bias + channel);
    vf columns[4][6];
    for (size_t x = 0; x < 6; x++) {
        vf line[6];
        vf done[4];
        for (size_t y = 0; y < 6; y++)
            line[y] = vf_load(in + (y * 6 + x) * step);
        transform_out(line, done);
        for (size_t y = 0; y < 4; y++)
            columns[y][x] = done[y];
    }
    for (size_t y = 0; y < 4; y++) {
        vf done[4];
        transform_out(columns[y], done);
        for (size_t x = 0; x < 4; x++) {
            vf_store(out + y * job->row_stride + x * job->channels,
                     clamp(vf_add(done[x], offset), limits));
        }
    }
}

static void winograd_out(const spx_winograd_out *job)
{
    const bounds limits = activation_bounds(job->activation);
    for (size_t tile = 0; tile < job->tiles; tile++) {
        for (size_t channel = 0; channel < job->channels; channel += VW)
            tile_out(job, tile, channel, &limits);
    }
}

const spx_nn_kernels KERNELS = {
    .name = KERNELS_NAME,
    .panel = PANEL,
    .gemm_f32 = gemm_f32,
    .gemm_s16 = gemm_s16,
    .strassen_levels = STRASSEN_LEVELS,
    .strassen_s16 = strassen_s16,
    .depthwise = depthwise,
    .attend_f32 = attend_f32,
    .attend_s16 = attend_s16,
    .layer_norm = layer_norm,
    .quantise = quantise,
    .gelu = gelu,
    .add_scaled = add_scaled,
    .add = add,
    .mix = mix,
    .dot = dot,
    .winograd_in = winograd_in,
    .winograd_out = winograd_out,
};

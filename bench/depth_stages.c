/*
 * Functions of a kernel table stand in front of the real ones and look at the processor's counter
 * before and after. What looking takes is measured first and taken off again.
 *
 * Every run makes the same calls in the same order. Of each the shortest time counts, so that other
 * programs on the same processor do not: none is so long that it is interrupted in every run. Of
 * the shortest calls, of some nanoseconds, what remains is a guess.
 */
#include "depth_stages.h"

#include "base/clock.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef enum stage_kind {
    STAGE_LINEAR,
    STAGE_ATTENTION,
    STAGE_FLOAT,
    STAGE_NORM,
    STAGE_QUANTISE,
    STAGE_GELU,
    STAGE_ADD,
    STAGE_MIX,
    STAGE_WINOGRAD,
    STAGE_DOT,
    STAGES,
} stage_kind;

/* What bounds a stage: the rate of integers or of floats, or memory alone. */
typedef struct stage {
    const char *name;
    int integers;
    double seconds;
    double operations; /* of one run; a multiplication and an addition are two */
    double bytes;
} stage;

/* The shortest times of a call, and of what comes before it. */
typedef struct call_time {
    stage_kind kind;
    double seconds;
    double before_s;
} call_time;

static const char *const names[STAGES] = {
    [STAGE_LINEAR] = "matrices (integers)",
    [STAGE_ATTENTION] = "attention (integers)",
    [STAGE_FLOAT] = "matrices (floats)",
    [STAGE_NORM] = "layer norm",
    [STAGE_QUANTISE] = "to integers",
    [STAGE_GELU] = "gelu",
    [STAGE_ADD] = "additions",
    [STAGE_MIX] = "resizing",
    [STAGE_WINOGRAD] = "winograd",
    [STAGE_DOT] = "dot products",
};

static const spx_nn_kernels *real_table;
static spx_nn_kernels wrapped;
static stage stages[STAGES];
static call_time *calls;
static size_t call_count; /* of a run */
static size_t call_room;
static size_t call_at; /* in the run that goes on */
static int first_run;
static uint64_t last_end; /* of a call, or where the run began */

/* Ticks of the processor's own counter where it has one: calls are as short as a row of numbers. */
static uint64_t ticks(void)
{
#if defined(__x86_64__)
    return __rdtsc();
#else
    return (uint64_t)(1e9 * spx_clock_s());
#endif
}

static double tick_s = 1e-9;
static double call_s; /* what looking twice takes */

static void calibrate(void)
{
    enum { LOOKS = 1 << 10, TIMES = 64 };
    static const double long_enough_s = 0.05;
    const double begin_s = spx_clock_s();
    const uint64_t begin = ticks();
    while (spx_clock_s() - begin_s < long_enough_s)
        continue;
    tick_s = (spx_clock_s() - begin_s) / (double)(ticks() - begin);
    uint64_t least = UINT64_MAX;
    for (int time = 0; time < TIMES; time++) {
        uint64_t looked = 0;
        for (int i = 0; i < LOOKS; i++) {
            const uint64_t one = ticks();
            looked += ticks() - one;
        }
        least = looked < least ? looked : least;
    }
    call_s = (double)least / LOOKS * tick_s;
}

static void add_call(const call_time *call)
{
    enum { FEW = 1 << 12 };
    if (call_count == call_room) {
        call_room = call_room == 0 ? FEW : 2 * call_room;
        calls = realloc(calls, call_room * sizeof(*calls));
        if (calls == NULL)
            exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe)
    }
    calls[call_count++] = *call;
}

/* Seconds, without the look itself: the processor hides a part of that behind other work. */
static double since(uint64_t begin, uint64_t end)
{
    const double seconds = (double)(end - begin) * tick_s - call_s;
    return seconds > 0.0 ? seconds : 0.0;
}

static void count(stage_kind kind, uint64_t begin, double operations, double floats)
{
    const call_time call = { .kind = kind,
                             .seconds = since(begin, ticks()),
                             .before_s = since(last_end, begin) };
    stage *const self = &stages[kind];
    if (first_run) {
        add_call(&call);
        self->operations += operations;
        self->bytes += sizeof(float) * floats;
    } else if (call_at < call_count) {
        call_time *const best = &calls[call_at];
        best->seconds = call.seconds < best->seconds ? call.seconds : best->seconds;
        best->before_s = call.before_s < best->before_s ? call.before_s : best->before_s;
    }
    call_at++;
    last_end = ticks();
}

void depth_stages_begin(void)
{
    first_run = call_count == 0;
    call_at = 0;
    last_end = ticks();
}

static double gemm_operations(const spx_gemm *job)
{
    return 2.0 * (double)job->rows * (double)job->k * (double)job->columns;
}

static void gemm_f32(const spx_gemm *job)
{
    const uint64_t begin = ticks();
    real_table->gemm_f32(job);
    count(STAGE_FLOAT, begin, gemm_operations(job),
          (double)job->rows * (double)(job->k + job->columns));
}

/* Both sides of a matrix of integers have half a float an element. */
static void gemm_s16(const spx_gemm *job)
{
    const uint64_t begin = ticks();
    real_table->gemm_s16(job);
    count(STAGE_LINEAR, begin, gemm_operations(job),
          (double)job->rows * ((double)job->k / 2 + (double)job->columns));
}

/* Seven products in place of eight on each level; sums of operands and results count as none. */
static void strassen_s16(const spx_strassen *job)
{
    const uint64_t begin = ticks();
    double operations = gemm_operations(&job->gemm);
    for (unsigned i = 0; i < job->levels; i++)
        operations *= 7.0 / 8.0;
    real_table->strassen_s16(job);
    count(STAGE_LINEAR, begin, operations,
          (double)job->gemm.rows * ((double)job->gemm.k / 2 + (double)job->gemm.columns));
}

static void attend_s16(const spx_attend *job)
{
    const uint64_t begin = ticks();
    const double products = (double)job->rows * (double)job->keys_padded * SPX_NN_HEAD;
    real_table->attend_s16(job);
    count(STAGE_ATTENTION, begin, 2.0 * 2.0 * products, (double)job->keys_padded * SPX_NN_HEAD);
}

static void layer_norm(const float *x, const float *gain, const float *bias, float *y, size_t n)
{
    const uint64_t begin = ticks();
    real_table->layer_norm(x, gain, bias, y, n);
    count(STAGE_NORM, begin, 0, 4.0 * (double)n);
}

static float quantise(const float *x, int16_t *y, size_t n, float limit)
{
    const uint64_t begin = ticks();
    const float step = real_table->quantise(x, y, n, limit);
    count(STAGE_QUANTISE, begin, 0, 1.5 * (double)n);
    return step;
}

static void gelu(float *x, size_t n)
{
    const uint64_t begin = ticks();
    real_table->gelu(x, n);
    count(STAGE_GELU, begin, 0, 2.0 * (double)n);
}

static void add_scaled(float *x, const float *gain, const float *y, size_t n)
{
    const uint64_t begin = ticks();
    real_table->add_scaled(x, gain, y, n);
    count(STAGE_ADD, begin, 0, 4.0 * (double)n);
}

static void add(float *x, const float *y, size_t n)
{
    const uint64_t begin = ticks();
    real_table->add(x, y, n);
    count(STAGE_ADD, begin, 0, 3.0 * (double)n);
}

static void mix(const float *a, const float *b, float t, float *y, size_t n, int relu)
{
    const uint64_t begin = ticks();
    real_table->mix(a, b, t, y, n, relu);
    count(STAGE_MIX, begin, 0, 3.0 * (double)n);
}

static float dot(const float *a, const float *b, size_t n)
{
    const uint64_t begin = ticks();
    const float sum = real_table->dot(a, b, n);
    count(STAGE_DOT, begin, 2.0 * (double)n, 2.0 * (double)n);
    return sum;
}

/* A tile has 36 values on one side and 16 of its own on the other. */
static void winograd_in(const float *rows, size_t row_stride, float *out, size_t tiles,
                        size_t channels)
{
    const uint64_t begin = ticks();
    real_table->winograd_in(rows, row_stride, out, tiles, channels);
    count(STAGE_WINOGRAD, begin, 0, (SPX_NN_WINOGRAD + 16.0) * (double)(tiles * channels));
}

static void winograd_out(const spx_winograd_out *job)
{
    const uint64_t begin = ticks();
    real_table->winograd_out(job);
    count(STAGE_WINOGRAD, begin, 0,
          (SPX_NN_WINOGRAD + 16.0) * (double)(job->tiles * job->channels));
}

const spx_nn_kernels *depth_stages_wrap(const spx_nn_kernels *real)
{
    real_table = real;
    wrapped = *real;
    wrapped.gemm_f32 = gemm_f32;
    wrapped.gemm_s16 = gemm_s16;
    wrapped.strassen_s16 = strassen_s16;
    wrapped.attend_s16 = attend_s16;
    wrapped.layer_norm = layer_norm;
    wrapped.quantise = quantise;
    wrapped.gelu = gelu;
    wrapped.add_scaled = add_scaled;
    wrapped.add = add;
    wrapped.mix = mix;
    wrapped.dot = dot;
    wrapped.winograd_in = winograd_in;
    wrapped.winograd_out = winograd_out;
    calibrate();
    memset(stages, 0, sizeof(stages));
    for (int i = 0; i < STAGES; i++)
        stages[i].name = names[i];
    stages[STAGE_LINEAR].integers = 1;
    stages[STAGE_ATTENTION].integers = 1;
    return &wrapped;
}

/* ---- what the machine can ---- */

enum { TURNS = 1 << 16, CHAINS = 10 };

/* Operations a second of ten sums that do not wait for each other. STEP: of sums S and T. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot be in any */
#define RATE(OPERATIONS, VECTOR, ZERO, STEP)                                                       \
    do {                                                                                           \
        VECTOR a = ZERO, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;            \
        VECTOR one = ZERO;                                                                         \
        CHANGED(one); /* nobody knows that it is 0 */                                              \
        const double begin_s = spx_clock_s();                                                      \
        for (int turn = 0; turn < TURNS; turn++) {                                                 \
            STEP(a, b);                                                                            \
            STEP(c, d);                                                                            \
            STEP(e, f);                                                                            \
            STEP(g, h);                                                                            \
            STEP(i, j);                                                                            \
            __asm__ volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e));                    \
            __asm__ volatile("" : "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));                    \
        }                                                                                          \
        return (double)(OPERATIONS)*CHAINS * TURNS / (spx_clock_s() - begin_s);                    \
    } while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

#if defined(__x86_64__)
#define CHANGED(V) __asm__ volatile("" : "+v"(V)) /* for all that the compiler knows */
#define EACH(OPERATION, S, T) ((S) = OPERATION(S), (T) = OPERATION(T))
/* Two products, then their additions: an EPYC of Zen 4 does 212 billion so with AVX-512, and 174
 * where each addition follows its product. */
#define PAIR(VECTOR, MADD, ADD, S, T)                                                              \
    do {                                                                                           \
        const VECTOR first = MADD(one, one);                                                       \
        CHANGED(one);                                                                              \
        const VECTOR second = MADD(one, one);                                                      \
        CHANGED(one);                                                                              \
        (S) = ADD(S, first), (T) = ADD(T, second);                                                 \
    } while (0)
#define MADD_AVX2(S, T) PAIR(__m256i, _mm256_madd_epi16, _mm256_add_epi32, S, T)
#define MADD_AVX512(S, T) PAIR(__m512i, _mm512_madd_epi16, _mm512_add_epi32, S, T)
#define FMA_256(S) _mm256_fmadd_ps(S, one, S)
#define FMA_512(S) _mm512_fmadd_ps(S, one, S)
#define DOT_512(S) _mm512_dpwssd_epi32(S, one, one)
#define DOT_256(S) _mm256_dpwssd_avx_epi32(S, one, one)
#define FMA_AVX2(S, T) EACH(FMA_256, S, T)
#define FMA_AVX512(S, T) EACH(FMA_512, S, T)
#define VNNI(S, T) EACH(DOT_512, S, T)
#define AVX_VNNI(S, T) EACH(DOT_256, S, T)

__attribute__((target("avx2"))) static double rate_avx2(void)
{
    RATE(32, __m256i, _mm256_setzero_si256(), MADD_AVX2);
}

__attribute__((target("avx2,fma"))) static double float_rate_avx2(void)
{
    RATE(16, __m256, _mm256_setzero_ps(), FMA_AVX2);
}

__attribute__((target("avx512f,avx512bw"))) static double rate_avx512(void)
{
    RATE(64, __m512i, _mm512_setzero_si512(), MADD_AVX512);
}

__attribute__((target("avx512f"))) static double float_rate_avx512(void)
{
    RATE(32, __m512, _mm512_setzero_ps(), FMA_AVX512);
}

__attribute__((target("avx512f,avx512vnni"))) static double rate_vnni(void)
{
    RATE(64, __m512i, _mm512_setzero_si512(), VNNI);
}

__attribute__((target("avxvnni"))) static double rate_avxvnni(void)
{
    RATE(32, __m256i, _mm256_setzero_si256(), AVX_VNNI);
}
#endif

/* Of a table that has no loop here both are 0, and there is no floor. */
static void find_rates(double *integers, double *floats)
{
    *integers = 0.0;
    *floats = 0.0;
#if defined(__x86_64__)
    const struct {
        const spx_nn_kernels *table;
        double (*integers)(void);
        double (*floats)(void);
    } rows[] = { { &spx_nn_kernels_avx2, rate_avx2, float_rate_avx2 },
                 { &spx_nn_kernels_avxvnni, rate_avxvnni, float_rate_avx2 },
                 { &spx_nn_kernels_avx512, rate_avx512, float_rate_avx512 },
                 { &spx_nn_kernels_vnni, rate_vnni, float_rate_avx512 } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].table != real_table)
            continue;
        *integers = rows[i].integers();
        *floats = rows[i].floats();
    }
#endif
}

/* Bytes read and written a second. */
static double find_bandwidth(void)
{
    enum { BLOCK_BYTES = 1 << 18, COPIES = 256 };
    char *const blocks = calloc(2, BLOCK_BYTES);
    if (blocks == NULL)
        return 0.0;
    const double begin_s = spx_clock_s();
    for (int i = 0; i < COPIES; i++) {
        memcpy(blocks + BLOCK_BYTES, blocks, BLOCK_BYTES);
        __asm__ volatile("" : : "r"(blocks) : "memory");
    }
    const double rate = 2.0 * BLOCK_BYTES * COPIES / (spx_clock_s() - begin_s);
    free(blocks);
    return rate;
}

/* The highest of many short looks: others use the processor too. */
static void find_best(double *integers, double *floats, double *bandwidth)
{
    enum { LOOKS = 40 };
    for (int i = 0; i < LOOKS; i++) {
        double rates[2];
        find_rates(&rates[0], &rates[1]);
        const double moved = find_bandwidth();
        *integers = rates[0] > *integers ? rates[0] : *integers;
        *floats = rates[1] > *floats ? rates[1] : *floats;
        *bandwidth = moved > *bandwidth ? moved : *bandwidth;
    }
}

/* Returns what lay between the calls. */
static double add_up(void)
{
    double between_s = 0.0;
    for (size_t i = 0; i < call_count; i++) {
        stages[calls[i].kind].seconds += calls[i].seconds;
        between_s += calls[i].before_s;
    }
    free(calls);
    calls = NULL;
    return between_s;
}

void depth_stages_print(void)
{
    static const double giga = 1e9;
    double integers = 0.0;
    double floats = 0.0;
    double bandwidth = 0.0;
    double all = 0.0;
    double floors = 0.0;
    const double between_s = add_up();
    find_best(&integers, &floats, &bandwidth);
    (void)printf("%s: %.0f billion integer and %.0f float operations a second, %.0f GB/s\n",
                 real_table->name, integers / giga, floats / giga, bandwidth / giga);
    (void)printf("%-22s %9s %9s %7s\n", "stage", "ms", "floor ms", "times");
    for (int i = 0; i < STAGES; i++) {
        const stage *const one = &stages[i];
        const double rate = one->integers ? integers : floats;
        const double work = rate > 0.0 ? one->operations / rate : 0.0;
        const double moves = bandwidth > 0.0 ? one->bytes / bandwidth : 0.0;
        const double floor = work > moves ? work : moves;
        const double took = one->seconds;
        if (took <= 0.0)
            continue;
        (void)printf("%-22s %9.1f %9.1f %7.2f\n", one->name, 1e3 * took, 1e3 * floor, took / floor);
        all += took;
        floors += floor;
    }
    (void)printf("%-22s %9.1f %9.1f %7.2f\n", "all", 1e3 * all, 1e3 * floors, all / floors);
    (void)printf("%-22s %9.1f\n", "between them", 1e3 * between_s);
}

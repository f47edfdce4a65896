/*
 * How long Depth Anything V2 and 3 take, and how much memory.
 *
 *     depth [--weights FILE | --network NAME] [--threads N] [--height PX --width PX] [--runs N]
 * [--exact]
 *           [--tables | --stages | --cancel | --served | --check SET]
 *
 * Without --weights it makes the reference's weights of a network (in SPX_TEST_OUT, with the list
 * in SPX_TEST_DATA, both found as for tests): "small", or "mono_large", 1.3 GB.
 *
 * --check: how far the map of Depth Anything 3 is from a reference's depth and sky, e.g.
 * mono_tiny_98x98 at its own size.
 *
 * --tables: every table of kernels that this processor can run, in turns, as integers and as
 * float32; SPX_CPU_MASK does not count. --stages: on one thread, as integers, what each kind of
 * kernel takes of a run beside what this processor could do it in (depth_stages.h). --cancel: how
 * long opening and a run go on after they were told to stop, at N moments spread over both.
 * --served: prints the name of the kernels, then one run's milliseconds for each line on standard
 * input: that is how depth_onnx.py takes turns with another program.
 */
#include "test_support.h"

#include "base/clock.h"
#include "base/cpu.h"
#include "base/order.h"
#include "bench_parts.h"
#include "depth/dav2.h"
#include "depth_stages.h"
#include "test_dav2.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct settings {
    const char *weights;
    const char *network;
    const char *check;
    unsigned threads;
    unsigned runs;
    uint32_t height;
    uint32_t width;
    int exact;
    int served;
    int tables;
    int cancel;
    int stages;
} settings;

typedef struct bench {
    settings settings;
    spx_safetensors *file;
    spx_depth_network *network;
    spx_pool *pool;
    float *input;
    float *output;
} bench;

static settings read_arguments(int argc, char **argv)
{
    settings self = { .threads = 2, .runs = 7, .height = 518, .width = 518, .network = "small" };
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        const unsigned long number = strtoul(value, NULL, 10);
        if (strcmp(argv[i], "--exact") == 0) {
            self.exact = 1;
        } else if (strcmp(argv[i], "--served") == 0) {
            self.served = 1;
        } else if (strcmp(argv[i], "--tables") == 0) {
            self.tables = 1;
        } else if (strcmp(argv[i], "--cancel") == 0) {
            self.cancel = 1;
        } else if (strcmp(argv[i], "--stages") == 0) {
            self.stages = 1;
        } else if (strcmp(argv[i], "--weights") == 0) {
            self.weights = value;
        } else if (strcmp(argv[i], "--network") == 0) {
            self.network = value;
        } else if (strcmp(argv[i], "--check") == 0) {
            self.check = value;
        } else if (strcmp(argv[i], "--threads") == 0) {
            self.threads = (unsigned)number;
        } else if (strcmp(argv[i], "--runs") == 0) {
            self.runs = (unsigned)number;
        } else if (strcmp(argv[i], "--height") == 0) {
            self.height = (uint32_t)number;
        } else if (strcmp(argv[i], "--width") == 0) {
            self.width = (uint32_t)number;
        }
    }
    if (self.stages) {
        self.threads = 1;
        self.exact = 0;
    }
    return self;
}

static void check(spx_status status, const spx_diag *diag)
{
    if (status == SPX_OK)
        return;
    (void)fprintf(stderr, "%s\n", diag->text);
    exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe)
}

static void open_bench(bench *self)
{
    const settings *const wanted = &self->settings;
    const test_dav2_weights made = { .size = wanted->network };
    const char *const path = wanted->weights != NULL ? wanted->weights : test_dav2_path(&made);
    const spx_nn_kernels *const own = spx_nn_kernels_choose(spx_cpu_flags());
    const spx_dav2_options options = { .exact = wanted->exact,
                                       .kernels = wanted->stages ? depth_stages_wrap(own) : NULL };
    const size_t count = (size_t)wanted->height * wanted->width;
    spx_diag diag = { 0 };
    check(spx_safetensors_open(&self->file, path, &diag), &diag);
    check(spx_dav2_open(&self->network, self->file, &options, &diag), &diag);
    check(spx_pool_create(&self->pool, wanted->threads, &diag), &diag);
    self->input = calloc(3 * count, sizeof(float));
    self->output = calloc(count, sizeof(float));
    if (self->input == NULL || self->output == NULL)
        exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe)
    test_dav2_input(wanted->height, wanted->width, self->input);
}

static void close_bench(bench *self)
{
    free(self->input);
    free(self->output);
    spx_pool_destroy(self->pool);
    spx_dav2_family.close(self->network);
    spx_safetensors_close(self->file);
}

static spx_status infer(const bench *self, spx_depth_network *network, const spx_cancel *cancel,
                        spx_diag *diag)
{
    const settings *const wanted = &self->settings;
    const spx_task task = { .pool = self->pool, .cancel = cancel };
    const spx_dav2_io io = { .input = self->input,
                             .height = wanted->height,
                             .width = wanted->width,
                             .output = self->output,
                             .stride = wanted->width };
    return spx_dav2_infer(network, &io, &task, diag);
}

static double run_network(const bench *self, spx_depth_network *network)
{
    spx_diag diag = { 0 };
    const double before = spx_clock_s();
    if (self->settings.stages)
        depth_stages_begin();
    check(infer(self, network, NULL, &diag), &diag);
    return 1e3 * (spx_clock_s() - before);
}

static double run_once(const bench *self)
{
    return run_network(self, self->network);
}

static void serve(const bench *self)
{
    char line[64];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        (void)printf("%.2f\n", run_once(self));
        (void)fflush(stdout);
    }
}

static void measure(const bench *self)
{
    double *const ms = calloc(self->settings.runs, sizeof(*ms));
    if (ms == NULL || self->settings.runs == 0)
        return;
    const double first = run_once(self);
    for (unsigned i = 0; i < self->settings.runs; i++)
        ms[i] = run_once(self);
    qsort(ms, self->settings.runs, sizeof(*ms), spx_order_double);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("first %.1f ms, then fastest %.1f, median %.1f; peak memory %ld MB\n", first,
                 ms[0], ms[self->settings.runs / 2], usage.ru_maxrss / 1000);
    free(ms);
}

/* Of a pixel's own inverse depth, where the reference sees no sky. */
static void compare_with(const bench *self, const char *set)
{
    static const double summand = 0.2; /* src/depth/dav2_head.c */
    static const double sky_from = 0.3;
    test_reference depth;
    test_reference sky;
    double worst = 0.0;
    double sum = 0.0;
    size_t count = 0;
    const size_t pixels = (size_t)self->settings.height * self->settings.width;
    (void)run_once(self);
    if (!test_dav2_reference(set, "depth", &depth) || !test_dav2_reference(set, "sky", &sky) ||
        depth.count != pixels)
        exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe)
    for (size_t i = 0; i < pixels; i++) {
        const double expected = 1.0 / ((double)depth.values[i] + summand);
        const double away = fabs((double)self->output[i] - expected) / expected;
        if ((double)sky.values[i] > sky_from)
            continue;
        worst = away > worst ? away : worst;
        sum += away;
        count++;
    }
    (void)printf("%s: %zu pixels, worst %.2e, mean %.2e of their own value\n", set, count, worst,
                 sum / (double)count);
    free(depth.values);
    free(sky.values);
}

/* The tables that this processor can run, the slowest first. */
static size_t list_tables(const spx_nn_kernels *tables[])
{
    size_t count = 0;
    tables[count++] = &spx_nn_kernels_plain;
#if defined(__x86_64__)
    (void)unsetenv("SPX_CPU_MASK"); // NOLINT(concurrency-mt-unsafe): nothing else runs yet
    const unsigned flags = spx_cpu_flags();
    const struct {
        unsigned needs;
        const spx_nn_kernels *table;
    } rows[] = { { SPX_CPU_AVX2, &spx_nn_kernels_avx2 },
                 { SPX_CPU_AVX_VNNI, &spx_nn_kernels_avxvnni },
                 { SPX_CPU_AVX512, &spx_nn_kernels_avx512 },
                 { SPX_CPU_AVX512_VNNI, &spx_nn_kernels_vnni } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (flags & rows[i].needs)
            tables[count++] = rows[i].table;
    }
#endif
    return count;
}

/* One table after the other, and again, so that a machine that slows down slows down all. */
static void compare_tables(const bench *self, int exact)
{
    enum { MOST_TABLES = 5, MOST_RUNS = 50 };
    const spx_nn_kernels *tables[MOST_TABLES];
    spx_depth_network *networks[MOST_TABLES] = { NULL };
    double ms[MOST_TABLES][MOST_RUNS] = { { 0 } };
    const size_t count = list_tables(tables);
    const unsigned runs = self->settings.runs < MOST_RUNS ? self->settings.runs : MOST_RUNS;
    for (size_t i = 0; i < count; i++) {
        const spx_dav2_options options = { .exact = exact, .kernels = tables[i] };
        spx_diag diag = { 0 };
        check(spx_dav2_open(&networks[i], self->file, &options, &diag), &diag);
    }
    for (unsigned run = 0; run < runs; run++) {
        for (size_t i = run == 0 ? 0 : 1; i < count; i++) /* plain C takes seconds: once */
            ms[i][run] = run_network(self, networks[i]);
    }
    for (size_t i = 0; i < count; i++)
        qsort(ms[i], i == 0 ? 1 : runs, sizeof(ms[i][0]), spx_order_double);
    const double best = ms[count - 1][count == 1 ? 0 : runs / 2];
    for (size_t i = 0; i < count; i++) {
        const double median = ms[i][i == 0 ? 0 : runs / 2];
        (void)printf("  %-8s  %-12s %8.1f ms  %6.2f times %s\n", exact ? "float32" : "integers",
                     tables[i]->name, median, median / best, tables[count - 1]->name);
        spx_dav2_family.close(networks[i]);
    }
}

/* Opens a network and runs it; what it takes in all can be stopped at any moment. */
static spx_status open_and_infer(const bench *self, const spx_cancel *cancel, spx_diag *diag)
{
    const spx_task task = { .cancel = cancel };
    const spx_dav2_options options = { .exact = self->settings.exact, .task = &task };
    spx_depth_network *network = NULL;
    spx_status status = spx_dav2_open(&network, self->file, &options, diag);
    if (status == SPX_OK)
        status = infer(self, network, cancel, diag);
    spx_dav2_family.close(network);
    return status;
}

/* Another thread that stops the run after a while. */
typedef struct stopper {
    spx_cancel *cancel;
    double after_s;
    double asked_s; /* when it did */
    double used_s;  /* processor time of the whole program until then */
} stopper;

static void *stop_later(void *context)
{
    stopper *const self = context;
    const time_t whole_s = (time_t)self->after_s;
    const struct timespec pause = { .tv_sec = whole_s,
                                    .tv_nsec = (long)(1e9 * (self->after_s - (double)whole_s)) };
    (void)nanosleep(&pause, NULL);
    self->asked_s = spx_clock_s();
    self->used_s = bench_processor_s();
    spx_cancel_request(self->cancel);
    return NULL;
}

/* What went on after the stop. */
typedef struct rest {
    double used_ms; /* of the processor; first: rests are sorted by it */
    double ms;
    double moment; /* of the whole, 0..1 */
} rest;

static rest stop_after(const bench *self, double after_s)
{
    stopper other = { .after_s = after_s };
    pthread_t thread;
    spx_diag diag = { 0 };
    check(spx_cancel_create(&other.cancel), &diag);
    if (pthread_create(&thread, NULL, stop_later, &other) != 0)
        exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe)
    const spx_status status = open_and_infer(self, other.cancel, &diag);
    const double end_s = spx_clock_s();
    const double used_s = bench_processor_s();
    (void)pthread_join(thread, NULL);
    spx_cancel_destroy(other.cancel);
    if (status != SPX_ERR_CANCELLED)
        return (rest){ 0 };
    return (rest){ .ms = 1e3 * (end_s - other.asked_s), .used_ms = 1e3 * (used_s - other.used_s) };
}

static void measure_cancel(const bench *self)
{
    const unsigned moments = self->settings.runs;
    spx_diag diag = { 0 };
    spx_cancel *never = NULL;
    check(spx_cancel_create(&never), &diag);
    const double before_s = spx_clock_s();
    check(open_and_infer(self, never, &diag), &diag);
    const double whole_s = spx_clock_s() - before_s;
    spx_cancel_destroy(never);
    rest *const rests = moments == 0 ? NULL : calloc(moments, sizeof(*rests));
    if (rests == NULL)
        return;
    double longest = 0.0;
    for (unsigned i = 0; i < moments; i++) {
        const double moment = (i + 0.5) / moments;
        rests[i] = stop_after(self, whole_s * moment);
        rests[i].moment = moment;
        longest = rests[i].ms > longest ? rests[i].ms : longest;
    }
    qsort(rests, moments, sizeof(*rests), spx_order_double);
    (void)printf(
        "opening and a run, %.0f ms; stopped at %u moments it went on for %.1f ms at most; "
        "of the processor median %.1f ms, most:",
        1e3 * whole_s, moments, longest, rests[moments / 2].used_ms);
    for (unsigned i = 0; i < 5 && i < moments; i++) {
        const rest *const one = &rests[moments - 1 - i];
        (void)printf(" %.1f (at %.2f)", one->used_ms, one->moment);
    }
    (void)printf("\n");
    free(rests);
}

int main(int argc, char **argv)
{
    bench self = { .settings = read_arguments(argc, argv) };
    const double before = spx_clock_s();
    open_bench(&self);
    (void)printf("%s %ux%u, %u threads, %s, kernels %s, opened in %.0f ms\n",
                 spx_dav2_family.name(self.network), self.settings.width, self.settings.height,
                 self.settings.threads, self.settings.exact ? "float32" : "integers",
                 spx_nn_kernels_choose(spx_cpu_flags())->name, 1e3 * (spx_clock_s() - before));
    (void)fflush(stdout);
    if (self.settings.served) {
        serve(&self);
    } else if (self.settings.tables) {
        compare_tables(&self, 0);
        compare_tables(&self, 1);
    } else if (self.settings.cancel) {
        measure_cancel(&self);
    } else if (self.settings.stages) {
        measure(&self);
        depth_stages_print();
    } else if (self.settings.check != NULL) {
        compare_with(&self, self.settings.check);
    } else {
        measure(&self);
    }
    close_bench(&self);
    return EXIT_SUCCESS;
}

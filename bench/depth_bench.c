/*
 * How long Depth Anything V2 takes, and how much memory.
 *
 *     depth [--weights FILE] [--threads N] [--height PX --width PX] [--runs N] [--exact] [--served]
 *
 * Without --weights it makes the reference's weights of the Small network (in SPX_TEST_OUT, with
 * the list in SPX_TEST_DATA, both found as for tests). --served: prints the name of the kernels,
 * then one run's milliseconds for each line on standard input: that is how depth_onnx.py takes
 * turns with another program.
 */
#include "test_support.h"

#include "base/clock.h"
#include "base/cpu.h"
#include "depth/dav2.h"
#include "test_dav2.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct settings {
    const char *weights;
    unsigned threads;
    unsigned runs;
    uint32_t height;
    uint32_t width;
    int exact;
    int served;
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
    settings self = { .threads = 2, .runs = 7, .height = 518, .width = 518 };
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        const unsigned long number = strtoul(value, NULL, 10);
        if (strcmp(argv[i], "--exact") == 0) {
            self.exact = 1;
        } else if (strcmp(argv[i], "--served") == 0) {
            self.served = 1;
        } else if (strcmp(argv[i], "--weights") == 0) {
            self.weights = value;
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
    static const test_dav2_weights small = { .size = "small" };
    const settings *const wanted = &self->settings;
    const char *const path = wanted->weights != NULL ? wanted->weights : test_dav2_path(&small);
    const spx_dav2_options options = { .exact = wanted->exact };
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

static double run_once(const bench *self)
{
    const settings *const wanted = &self->settings;
    const spx_task task = { .pool = self->pool };
    const spx_dav2_io io = { .input = self->input,
                             .height = wanted->height,
                             .width = wanted->width,
                             .output = self->output,
                             .stride = wanted->width };
    spx_diag diag = { 0 };
    const double before = spx_clock_s();
    check(spx_dav2_infer(self->network, &io, &task, &diag), &diag);
    return 1e3 * (spx_clock_s() - before);
}

static void serve(const bench *self)
{
    char line[64];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        (void)printf("%.2f\n", run_once(self));
        (void)fflush(stdout);
    }
}

static int ascending(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(const bench *self)
{
    double *const ms = calloc(self->settings.runs, sizeof(*ms));
    if (ms == NULL || self->settings.runs == 0)
        return;
    const double first = run_once(self);
    for (unsigned i = 0; i < self->settings.runs; i++)
        ms[i] = run_once(self);
    qsort(ms, self->settings.runs, sizeof(*ms), ascending);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("first %.1f ms, then fastest %.1f, median %.1f; peak memory %ld MB\n", first,
                 ms[0], ms[self->settings.runs / 2], usage.ru_maxrss / 1000);
    free(ms);
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
    } else {
        measure(&self);
    }
    close_bench(&self);
    return EXIT_SUCCESS;
}

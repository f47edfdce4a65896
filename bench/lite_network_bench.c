/* Milliseconds of the bare embedded network. Arguments: width, height, threads, rounds. Prints the
 * best and the middle of the rounds, wall time and processor time, and the most memory. */
#include "base/clock.h"
#include "base/order.h"
#include "base/pool.h"
#include "bench_parts.h"
#include "depth/lite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { CHANNELS = 3, MOST_ROUNDS = 200, DECIMAL = 10 };

static void print(const char *what, double *ms, size_t rounds)
{
    qsort(ms, rounds, sizeof(*ms), spx_order_double);
    (void)printf("%s best %.2f ms, middle %.2f ms\n", what, ms[0], ms[rounds / 2]);
}

static uint32_t number(int argc, char **argv, int index, uint32_t otherwise)
{
    return argc <= index ? otherwise : (uint32_t)strtoul(argv[index], NULL, DECIMAL);
}

static int measure(spx_depth_network *network, uint32_t width, uint32_t height, spx_pool *pool,
                   size_t rounds)
{
    static double wall[MOST_ROUNDS];
    static double cpu[MOST_ROUNDS];
    const size_t count = (size_t)spx_lite_output_size(height) * spx_lite_output_size(width);
    float *const input = calloc((size_t)CHANNELS * height * width, sizeof(*input));
    float *const output = calloc(count, sizeof(*output));
    const spx_task task = { .pool = pool };
    const spx_graph_io io = { .input = input, .output = output };
    spx_diag diag = { 0 };
    int good = input != NULL && output != NULL;
    for (size_t i = 0; good && i < (size_t)CHANNELS * height * width; i++)
        input[i] = (float)sin(0.01 * (double)i);
    for (size_t i = 0; i <= rounds && good; i++) { /* the first one builds */
        const double wall_s = spx_clock_s();
        const double processor_s = bench_processor_s();
        good = spx_lite_infer(network, height, width, &io, &task, &diag) == SPX_OK;
        if (i != 0) {
            wall[i - 1] = (spx_clock_s() - wall_s) * 1e3;
            cpu[i - 1] = (bench_processor_s() - processor_s) * 1e3;
        }
    }
    if (good) {
        print("wall     ", wall, rounds);
        print("processor", cpu, rounds);
    } else {
        (void)fprintf(stderr, "%s\n", diag.text);
    }
    free(input);
    free(output);
    return good;
}

int main(int argc, char **argv)
{
    const uint32_t width = number(argc, argv, 1, 384);
    const uint32_t height = number(argc, argv, 2, 288);
    const uint32_t threads = number(argc, argv, 3, 1);
    const size_t rounds = number(argc, argv, 4, 10);
    spx_safetensors *weights = NULL;
    spx_depth_network *network = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    struct rusage usage = { 0 };
    int good =
        rounds != 0 && rounds <= MOST_ROUNDS &&
        spx_safetensors_open(&weights, "models/spx-lite.safetensors", &diag) == SPX_OK &&
        spx_lite_family.open(&network, weights, &(spx_task){ .pool = NULL }, &diag) == SPX_OK &&
        spx_pool_create(&pool, threads, &diag) == SPX_OK;
    if (!good)
        (void)fprintf(stderr, "%s\n", diag.text);
    good = good && measure(network, width, height, pool, rounds);
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("memory: %ld MB at most\n", usage.ru_maxrss >> 10);
    spx_pool_destroy(pool);
    spx_lite_family.close(network);
    spx_safetensors_close(weights);
    return good ? 0 : 1;
}

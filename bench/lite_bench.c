/* Milliseconds of each stage of the depth of a 12-megapixel photo with the embedded network, one
 * and two threads in turn, argument: detail (0 fast, 1 normal, 2 fine): wall time and processor
 * time (which other programs do not disturb). */
#include "base/clock.h"
#include "base/pool.h"
#include "bench_parts.h"
#include "depth/estimate.h"
#include "depth/prepare.h"
#include "depth/refine.h"
#include "image/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { WIDTH = 4000, HEIGHT = 3000, ROUNDS = 5, CHANNELS = 3 };
enum { NETWORK_WIDTH = 384, NETWORK_HEIGHT = 288 };

typedef enum stage { PREPARE, RUN, NORMALISE, REFINE, STAGES } stage;

typedef struct times {
    double wall_ms[STAGES]; /* best of the rounds */
    double cpu_ms[STAGES];
} times;

/* Discs of many sizes before a sloping ground: edges all over, as in a crowded photo. */
static void draw(spx_image *photo)
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        uint8_t *const row = spx_image_row8(photo, y);
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double cell_x = fmod(x, 700) - 350;
            const double cell_y = fmod(y, 600) - 300;
            const double radius = 120 + 20 * (x / 700 + y / 600) % 5;
            const int disc = cell_x * cell_x + cell_y * cell_y < radius * radius;
            const unsigned grain = (x * 2654435761u + y * 40503u) >> 28;
            row[CHANNELS * x] = (uint8_t)((disc ? 190 : 80) + grain);
            row[CHANNELS * x + 1] = (uint8_t)((disc ? 60 : 120) + grain);
            row[CHANNELS * x + 2] = (uint8_t)(y / 16 + grain / 2);
        }
    }
}

static void keep(times *best, stage at, double wall_s, double processor_s)
{
    static const double ms = 1e3;
    if (best->wall_ms[at] == 0 || wall_s * ms < best->wall_ms[at])
        best->wall_ms[at] = wall_s * ms;
    if (best->cpu_ms[at] == 0 || processor_s * ms < best->cpu_ms[at])
        best->cpu_ms[at] = processor_s * ms;
}

/* One photo through all stages; 0 on failure. */
static int measure(spx_depth_model *model, const spx_image *photo, spx_detail detail,
                   spx_pool *pool, times *best, spx_diag *diag)
{
    const spx_task task = { .pool = pool };
    spx_plane *map = NULL;
    spx_plane *refined = NULL;
    float *const input = calloc((size_t)CHANNELS * NETWORK_WIDTH * NETWORK_HEIGHT, sizeof(*input));
    double wall[STAGES + 1] = { spx_clock_s() };
    double cpu[STAGES + 1] = { bench_processor_s() };
    int good = input != NULL && spx_depth_prepare(photo, NETWORK_WIDTH, NETWORK_HEIGHT, &task,
                                                  input, diag) == SPX_OK;
    wall[PREPARE + 1] = spx_clock_s();
    cpu[PREPARE + 1] = bench_processor_s();
    good = good && spx_depth_estimate(model, photo, &(spx_estimate_options){ .detail = detail },
                                      &task, &map, diag) == SPX_OK;
    wall[RUN + 1] = spx_clock_s();
    cpu[RUN + 1] = bench_processor_s();
    if (good)
        spx_depth_normalise(map);
    wall[NORMALISE + 1] = spx_clock_s();
    cpu[NORMALISE + 1] = bench_processor_s();
    good =
        good && spx_depth_refine(map, photo, SPX_DEPTH_OF_NETWORK, &task, &refined, diag) == SPX_OK;
    wall[REFINE + 1] = spx_clock_s();
    cpu[REFINE + 1] = bench_processor_s();
    for (unsigned i = 0; i < STAGES && good; i++)
        keep(best, (stage)i, wall[i + 1] - wall[i], cpu[i + 1] - cpu[i]);
    spx_plane_destroy(map);
    spx_plane_destroy(refined);
    free(input);
    return good;
}

static void print(unsigned threads, const times *best)
{
    static const char *const names[STAGES] = { "prepare", "prepare + network", "normalise",
                                               "refine" };
    for (unsigned i = 0; i < STAGES; i++)
        (void)printf("%u threads  %-18s %8.1f ms  (processor %.1f ms)\n", threads, names[i],
                     best->wall_ms[i], best->cpu_ms[i]);
}

int main(int argc, char **argv)
{
    enum { MOST_THREADS = 2 };
    const spx_detail detail = argc < 2 ? SPX_DETAIL_NORMAL : (spx_detail)(argv[1][0] - '0');
    spx_diag diag = { 0 };
    spx_depth_model *model = NULL;
    spx_image *photo = NULL;
    spx_pool *pools[MOST_THREADS] = { NULL };
    times best[MOST_THREADS] = { 0 };
    struct rusage before = { 0 };
    struct rusage after = { 0 };
    int good = spx_depth_model_open(&model, "models/spx-lite.safetensors", NULL, &diag) == SPX_OK &&
               spx_image_create(&photo, WIDTH, HEIGHT, 8, &diag) == SPX_OK;
    for (unsigned i = 0; i < MOST_THREADS && good; i++)
        good = spx_pool_create(&pools[i], i + 1, &diag) == SPX_OK;
    if (good)
        draw(photo);
    (void)getrusage(RUSAGE_SELF, &before);
    for (int round = 0; round < ROUNDS && good; round++) {
        for (unsigned i = 0; i < MOST_THREADS && good; i++)
            good = measure(model, photo, detail, pools[i], &best[i], &diag);
    }
    (void)getrusage(RUSAGE_SELF, &after);
    if (good) {
        for (unsigned i = 0; i < MOST_THREADS; i++)
            print(i + 1, &best[i]);
        (void)printf("memory: %ld MB at most, %ld MB of it before the first photo's depth\n",
                     after.ru_maxrss >> 10, before.ru_maxrss >> 10);
    } else {
        (void)fprintf(stderr, "%s\n", diag.text);
    }
    for (unsigned i = 0; i < MOST_THREADS; i++)
        spx_pool_destroy(pools[i]);
    spx_image_unref(photo);
    spx_depth_model_close(model);
    return good ? 0 : 1;
}

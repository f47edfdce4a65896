/*
 * spx-lite: which layers there are comes from the file's metadata (lite_config.h), how they are
 * connected from lite_graph.c. This file keeps the weights, the graphs built so far (one for each
 * input size, a few at most, the one unused for longest goes first) and runs photos through them.
 *
 * `lock` guards the list of graphs and their `users`. A graph is built under it: whoever wants the
 * same one waits for it instead of building it again.
 */
#include "depth/lite.h"

#include "base/cpu.h"
#include "depth/lite_graph.h"
#include "depth/prepare.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_GRAPHS = 8,
    INPUT_STEP = 32,
    DEFAULT_LONG_SIDE = 384,
    LEAST_LONG_SIDE = 32,
    MOST_LONG_SIDE = 2048,
    CHANNELS = 3,
    TILE_SIDE = 512,
    TILE_OVERLAP = 128,
};

typedef struct built_graph {
    spx_graph *graph; /* NULL = free place */
    uint32_t height;
    uint32_t width;
    unsigned users;
    uint64_t used_at;
} built_graph;

struct spx_depth_network {
    const spx_nn_kernels *kernels;
    spx_lite_weights *weights;
    spx_reserve *reserve; /* of the runs' memory */
    pthread_mutex_t lock;
    uint64_t clock;
    built_graph graphs[MOST_GRAPHS];
};

static int recognises(const spx_safetensors *weights)
{
    const char *const format = spx_safetensors_metadata(weights, "format");
    return format != NULL && strcmp(format, "spx-lite") == 0;
}

static void close_network(spx_depth_network *network)
{
    if (network == NULL)
        return;
    for (size_t i = 0; i < MOST_GRAPHS; i++)
        spx_graph_destroy(network->graphs[i].graph);
    spx_lite_weights_destroy(network->weights);
    spx_reserve_destroy(network->reserve);
    (void)pthread_mutex_destroy(&network->lock);
    free(network);
}

static spx_status open_network(spx_depth_network **out, const spx_safetensors *weights,
                               const spx_task *task, spx_diag *diag)
{
    (void)task; /* milliseconds */
    *out = NULL;
    spx_status status = SPX_OK;
    spx_depth_network *network = calloc(1, sizeof(*network));
    if (network == NULL)
        return spx_fail_memory(diag, "spx-lite");
    (void)pthread_mutex_init(&network->lock, NULL);
    network->kernels = spx_nn_kernels_choose(spx_cpu_flags());
    SPX_TRY_OUT(spx_reserve_create(&network->reserve, diag));
    SPX_TRY_OUT(spx_lite_weights_create(&network->weights, weights, diag));
    *out = network;
    network = NULL; /* moved to the caller */

out:
    close_network(network);
    return status;
}

static const char *name_of(const spx_depth_network *network)
{
    (void)network;
    return "spx-lite";
}

/* The place to build a new graph in: a free one, or the one unused for longest. NULL when all are
 * in use. The lock is held. */
static built_graph *find_place(spx_depth_network *network)
{
    built_graph *oldest = NULL;
    for (size_t i = 0; i < MOST_GRAPHS; i++) {
        built_graph *const place = &network->graphs[i];
        if (place->graph == NULL)
            return place;
        if (place->users == 0 && (oldest == NULL || place->used_at < oldest->used_at))
            oldest = place;
    }
    return oldest;
}

static built_graph *find_graph(spx_depth_network *network, const built_graph *wanted)
{
    for (size_t i = 0; i < MOST_GRAPHS; i++) {
        built_graph *const place = &network->graphs[i];
        if (place->graph != NULL && place->height == wanted->height &&
            place->width == wanted->width)
            return place;
    }
    return NULL;
}

/* Fills wanted->graph: from the list (*shared is where), or, when the list is full of graphs in
 * use, one for the caller alone (*shared is NULL). */
static spx_status take_graph(spx_depth_network *network, built_graph *wanted, built_graph **shared,
                             spx_diag *diag)
{
    spx_status status = SPX_OK;
    (void)pthread_mutex_lock(&network->lock);
    *shared = find_graph(network, wanted);
    if (*shared == NULL) {
        const spx_size3 input = { .channels = CHANNELS,
                                  .height = wanted->height,
                                  .width = wanted->width };
        status =
            spx_lite_graph_create(&wanted->graph, network->weights, network->kernels, &input, diag);
        *shared = status == SPX_OK ? find_place(network) : NULL;
        if (*shared != NULL) {
            spx_graph_destroy((*shared)->graph);
            **shared = *wanted;
        }
    }
    if (*shared != NULL) {
        wanted->graph = (*shared)->graph;
        (*shared)->users++;
        (*shared)->used_at = ++network->clock;
    }
    (void)pthread_mutex_unlock(&network->lock);
    return status;
}

static void give_graph(spx_depth_network *network, built_graph *taken, built_graph *shared)
{
    if (shared == NULL) {
        spx_graph_destroy(taken->graph);
        return;
    }
    (void)pthread_mutex_lock(&network->lock);
    shared->users--;
    (void)pthread_mutex_unlock(&network->lock);
}

spx_status spx_lite_infer(spx_depth_network *network, uint32_t height, uint32_t width,
                          const spx_graph_io *io, const spx_task *task, spx_diag *diag)
{
    built_graph wanted = { .height = height, .width = width };
    built_graph *shared = NULL;
    SPX_TRY(take_graph(network, &wanted, &shared, diag));
    const spx_status status = spx_graph_run(wanted.graph, io, task, diag);
    give_graph(network, &wanted, shared);
    return status;
}

/* A side of the network's input: scaled, in whole steps. */
static uint32_t input_side(uint32_t side, double scale)
{
    const uint32_t steps = (uint32_t)(side * scale / INPUT_STEP + 0.5);
    return (steps < 1 ? 1 : steps) * INPUT_STEP;
}

/* Unpacks the network's output; its last row leans towards near and is replaced by the row above.
 */
static void unpack(const float *values, spx_plane *plane)
{
    for (uint32_t y = 0; y < plane->height; y++) {
        const uint32_t from = y + 1 == plane->height && y != 0 ? y - 1 : y;
        memcpy(spx_plane_row(plane, y), values + (size_t)from * plane->width,
               plane->width * sizeof(*values));
    }
}

static spx_status choose_size(const spx_image *photo, uint32_t size, uint32_t *width,
                              uint32_t *height, spx_diag *diag)
{
    const uint32_t long_side = size == 0 ? DEFAULT_LONG_SIDE : size;
    if (long_side < LEAST_LONG_SIDE || long_side > MOST_LONG_SIDE) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "depth size %u: spx-lite takes %d to %d", long_side,
                        LEAST_LONG_SIDE, MOST_LONG_SIDE);
    }
    const uint32_t longest = photo->width > photo->height ? photo->width : photo->height;
    const double scale = (double)long_side / longest;
    *width = input_side(photo->width, scale);
    *height = input_side(photo->height, scale);
    return SPX_OK;
}

static spx_status infer(spx_depth_network *network, const spx_depth_input *input,
                        const spx_task *task, spx_plane **out, spx_diag *diag)
{
    *out = NULL;
    spx_status status = SPX_OK;
    const uint32_t out_width = spx_lite_output_size(input->width);
    const uint32_t out_height = spx_lite_output_size(input->height);
    spx_plane *plane = NULL;
    float *const output = calloc((size_t)out_height * out_width, sizeof(*output));
    if (output == NULL)
        return spx_fail_memory(diag, "spx-lite");
    SPX_TRY_OUT(spx_plane_create(&plane, out_width, out_height, diag));
    SPX_TRY_OUT(spx_lite_infer(
        network, input->height, input->width,
        &(spx_graph_io){ .input = input->values, .output = output, .reserve = network->reserve },
        task, diag));
    unpack(output, plane);
    *out = plane;
    plane = NULL; /* moved to the caller */

out:
    spx_plane_destroy(plane);
    free(output);
    return status;
}

static void rest(spx_depth_network *network)
{
    spx_reserve_trim(network->reserve);
}

const spx_depth_family spx_lite_family = {
    .recognises = recognises,
    .open = open_network,
    .name = name_of,
    .choose_size = choose_size,
    .prepare = spx_depth_prepare,
    .infer = infer,
    .rest = rest,
    .close = close_network,
    .sizes = { .standard = DEFAULT_LONG_SIDE,
               .step = INPUT_STEP,
               .tile = TILE_SIDE,
               .overlap = TILE_OVERLAP,
               .one_thread = 1,
               .part = 2,
               .finer = { 2 * DEFAULT_LONG_SIDE, 4 * DEFAULT_LONG_SIDE },
               .normal = { SPX_DEPTH_EVERYWHERE, SPX_DEPTH_AT_EDGES } },
};

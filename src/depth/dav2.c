#include "depth/dav2.h"

#include "base/cpu.h"
#include "depth/dav2_network.h"
#include "depth/prepare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_SIDE_2 = 518, /* what the authors' programs take */
    SHORT_SIDE_3 = 504, /* theirs is a long side of 504, where the grid of patches shows */
    LEAST_SIDE = 2 * DAV2_PATCH,
    MOST_SIDE = 4096,
    MOST_PATCHES = 8192, /* of one photo: time grows with their square */
    TILE_OVERLAP = 9 * DAV2_PATCH,
};

static void close_network(spx_depth_network *network)
{
    if (network == NULL)
        return;
    dav2_clear(network);
    spx_reserve_destroy(network->reserve);
    (void)pthread_mutex_destroy(&network->lock);
    free(network);
}

spx_status spx_dav2_open(spx_depth_network **out, const spx_safetensors *weights,
                         const spx_dav2_options *options, spx_diag *diag)
{
    *out = NULL;
    const dav2_config *const config = dav2_config_find(weights);
    if (config == NULL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: looks like Depth Anything, but of no known size",
                        spx_safetensors_path(weights));
    }
    spx_depth_network *const network = calloc(1, sizeof(*network));
    if (network == NULL)
        return spx_fail_memory(diag, config->name);
    network->config = *config;
    network->kernels =
        options->kernels != NULL ? options->kernels : spx_nn_kernels_choose(spx_cpu_flags());
    network->integers = !options->exact;
    (void)pthread_mutex_init(&network->lock, NULL);
    spx_status status = spx_reserve_create(&network->reserve, diag);
    if (status == SPX_OK)
        status = dav2_load(network, weights, options->task, diag);
    if (status == SPX_OK) {
        *out = network;
    } else {
        close_network(network);
    }
    return status;
}

static spx_status open_network(spx_depth_network **out, const spx_safetensors *weights,
                               const spx_task *task, spx_diag *diag)
{
    const spx_dav2_options options = {
        .exact = getenv("SPX_DEPTH_EXACT") != NULL, // NOLINT(concurrency-mt-unsafe)
        .task = task,
    };
    return spx_dav2_open(out, weights, &options, diag);
}

static const char *network_name(const spx_depth_network *network)
{
    return network->config.name;
}

void dav2_probe(const dav2_run *run, const char *name, const spx_map *map)
{
    if (run->io->probe != NULL)
        run->io->probe(run->io->user, name, map);
}

spx_status spx_dav2_infer(spx_depth_network *network, const spx_dav2_io *io, const spx_task *task,
                          spx_diag *diag)
{
    dav2_run run = {
        .network = network,
        .io = io,
        .nn = { .kernels = network->kernels,
                .task = task,
                .reserve = network->reserve,
                .diag = diag },
        .rows = io->height / DAV2_PATCH,
        .columns = io->width / DAV2_PATCH,
    };
    if (io->height == 0 || io->width == 0 || io->height % DAV2_PATCH || io->width % DAV2_PATCH) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%ux%u is no multiple of %d", io->width, io->height,
                        DAV2_PATCH);
    }
    const size_t head = dav2_head_scratch(&run);
    const size_t backbone = dav2_backbone_scratch(network);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_scratch_create(&run.nn.scratch,
                                   spx_pool_threads(task == NULL ? NULL : task->pool),
                                   head > backbone ? head : backbone, run.nn.reserve, diag));
    SPX_TRY_OUT(dav2_backbone(&run));
    SPX_TRY_OUT(dav2_head(&run));
    spx_task_progress(task, 1.0);

out:
    for (size_t i = 0; i < DAV2_TAPS; i++)
        spx_map_clear(&run.taps[i]);
    spx_scratch_destroy(run.nn.scratch);
    return status;
}

static uint32_t whole_patches(double pixels)
{
    const double rounded = floor(pixels / DAV2_PATCH + 0.5) * DAV2_PATCH;
    return rounded < LEAST_SIDE ? (uint32_t)LEAST_SIDE : (uint32_t)rounded;
}

/* What the network sees: the short side as asked for, the aspect ratio kept; very long pictures get
 * a smaller one. */
static spx_status scale_short_side(const spx_image *photo, uint32_t size, uint32_t *width,
                                   uint32_t *height, spx_diag *diag)
{
    if (size < LEAST_SIDE || size > MOST_SIDE) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "depth size %u is not between %d and %d", size,
                        LEAST_SIDE, MOST_SIDE);
    }
    const double short_side = photo->width < photo->height ? photo->width : photo->height;
    double scale = size / short_side;
    const double patches = photo->width * scale * photo->height * scale / (DAV2_PATCH * DAV2_PATCH);
    if (patches > MOST_PATCHES)
        scale *= sqrt(MOST_PATCHES / patches);
    *height = whole_patches(photo->height * scale);
    *width = whole_patches(photo->width * scale);
    return SPX_OK;
}

static spx_status choose_size_2(const spx_image *photo, uint32_t size, uint32_t *width,
                                uint32_t *height, spx_diag *diag)
{
    return scale_short_side(photo, size == 0 ? SHORT_SIDE_2 : size, width, height, diag);
}

static spx_status choose_size_3(const spx_image *photo, uint32_t size, uint32_t *width,
                                uint32_t *height, spx_diag *diag)
{
    return scale_short_side(photo, size == 0 ? SHORT_SIDE_3 : size, width, height, diag);
}

static spx_status infer(spx_depth_network *network, const spx_depth_input *input,
                        const spx_task *task, spx_plane **out, spx_diag *diag)
{
    *out = NULL;
    spx_plane *plane = NULL;
    SPX_TRY(spx_plane_create(&plane, input->width, input->height, diag));
    const spx_dav2_io io = { .input = input->values,
                             .height = input->height,
                             .width = input->width,
                             .output = plane->values,
                             .stride = plane->stride };
    const spx_status status = spx_dav2_infer(network, &io, task, diag);
    if (status == SPX_OK) {
        *out = plane;
    } else {
        spx_plane_destroy(plane);
    }
    return status;
}

static double metric_factor(const spx_depth_network *network)
{
    static const double focal_lengths_a_metre = 300.0;
    return network->config.metric ? focal_lengths_a_metre : 0.0;
}

static void rest(spx_depth_network *network)
{
    spx_reserve_trim(network->reserve);
}

const spx_depth_family spx_dav2_family = {
    .recognises = dav2_is_version_2,
    .open = open_network,
    .name = network_name,
    .choose_size = choose_size_2,
    .prepare = spx_depth_prepare_cubic,
    .infer = infer,
    .rest = rest,
    .close = close_network,
    .sizes = { .standard = SHORT_SIDE_2,
               .step = DAV2_PATCH,
               .tile = SHORT_SIDE_2,
               .overlap = TILE_OVERLAP,
               .part = 1,
               .finer = { 2 * SHORT_SIDE_2, 3 * SHORT_SIDE_2 },
               .normal = { SPX_DEPTH_AT_EDGES, SPX_DEPTH_NOWHERE } },
};

/* Its edges are fine as they are, and a run takes eleven times as long as the small network of
 * version 2: finer ones only when they are asked for. */
const spx_depth_family spx_dav3_family = {
    .recognises = dav2_is_version_3,
    .open = open_network,
    .name = network_name,
    .metric = metric_factor,
    .choose_size = choose_size_3,
    .prepare = spx_depth_prepare_cubic,
    .infer = infer,
    .rest = rest,
    .close = close_network,
    .sizes = { .standard = SHORT_SIDE_3,
               .step = DAV2_PATCH,
               .tile = SHORT_SIDE_3,
               .overlap = TILE_OVERLAP,
               .part = 1,
               .finer = { 2 * SHORT_SIDE_3, 3 * SHORT_SIDE_3 },
               .normal = { SPX_DEPTH_NOWHERE, SPX_DEPTH_NOWHERE } },
};

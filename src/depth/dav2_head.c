/*
 * The head of DPT: four maps of the backbone, brought to 4, 2, 1 and 1/2 times the patch grid, are
 * joined from coarse to fine, and three convolutions make depth of the result.
 *
 * A 1x1 convolution and an enlargement can change places, so each fusion projects before it
 * enlarges. The last two enlargements never exist as a whole: the convolution behind them enlarges
 * the rows it needs.
 */
#include "base/intops.h"
#include "depth/dav2_network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct head {
    dav2_run *run;
    spx_depth_network *network;
    spx_map levels[DAV2_TAPS]; /* coarsest first, after convs */
    spx_map fused;             /* the last fusion, before its enlargement */
    spx_map first;             /* after head.conv1 */
    spx_map second;            /* after head.conv2; this and the next two only for a probe */
    spx_map logits;
    spx_map sky_logits;
    double done; /* progress */
} head;

static void probe_level(const head *self, const char *form, size_t index, const spx_map *map)
{
    char name[48];
    (void)snprintf(name, sizeof(name), "%s.%zu", form, index);
    dav2_probe(self->run, name, map);
}

static spx_map_view view_of(const spx_map *map, int relu)
{
    return (spx_map_view){ .map = map, .height = map->height, .width = map->width, .relu = relu };
}

/* reassemble i: the tap at its own size. *out: zero-initialised; may take over the tap. */
static spx_status reassemble(const head *self, size_t index, spx_map *out)
{
    const spx_nn_run *const nn = &self->run->nn;
    spx_map *const tap = &self->run->taps[index];
    const size_t channels = tap->channels;
    if (index == 2) {
        *out = *tap;
        *tap = (spx_map){ 0 };
        return SPX_OK;
    }
    if (index == 3) {
        SPX_TRY(spx_map_init(out, (tap->height + 1) / 2, (tap->width + 1) / 2, channels, nn));
        return spx_map_halve(&self->network->halve, tap, out, nn);
    }
    const size_t times = index == 0 ? 4 : 2;
    SPX_TRY(spx_map_init(out, times * tap->height, times * tap->width, channels, nn));
    return spx_map_spread(&self->network->spread[index], tap, times, out, nn);
}

static spx_status make_level(head *self, size_t index)
{
    const spx_nn_run *const nn = &self->run->nn;
    spx_map resized = { 0 };
    spx_map *const level = &self->levels[DAV2_TAPS - 1 - index];
    spx_status status = SPX_OK;
    char name[48];
    (void)snprintf(name, sizeof(name), "reassemble.%zu.projection", index);
    dav2_probe(self->run, name, &self->run->taps[index]);
    SPX_TRY_OUT(reassemble(self, index, &resized));
    (void)snprintf(name, sizeof(name), "reassemble.%zu.resize", index);
    dav2_probe(self->run, name, &resized);
    SPX_TRY_OUT(
        spx_map_init(level, resized.height, resized.width, self->network->config.fusion, nn));
    const spx_map_view view = view_of(&resized, 0);
    SPX_TRY_OUT(spx_conv3_run(&self->network->convs[index], &view, NULL, NULL, level, nn));
    probe_level(self, "convs", index, level);

out:
    spx_map_clear(&resized);
    spx_map_clear(&self->run->taps[index]);
    return status;
}

/* out = x + conv2(relu(conv1(relu(x)))) + more; more may be NULL. */
static spx_status run_residual(const head *self, const dav2_residual *residual, const spx_map *x,
                               const spx_map *more, spx_map *out)
{
    const spx_nn_run *const nn = &self->run->nn;
    spx_map between = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_map_init(&between, x->height, x->width, x->channels, nn));
    const spx_map_view from = view_of(x, 1);
    const spx_map_view again = view_of(&between, 1);
    SPX_TRY_OUT(spx_conv3_run(&residual->conv1, &from, NULL, NULL, &between, nn));
    SPX_TRY_OUT(spx_map_init(out, x->height, x->width, x->channels, nn));
    SPX_TRY_OUT(spx_conv3_run(&residual->conv2, &again, x, more, out, nn));

out:
    spx_map_clear(&between);
    return status;
}

/* Fusion without its enlargement: level `index` and what came from the coarser ones, which is
 * released. */
static spx_status fuse(head *self, size_t index, spx_map *before, spx_map *out)
{
    const spx_nn_run *const nn = &self->run->nn;
    const dav2_fusion *const fusion = &self->network->fusion[index];
    spx_map joined = { 0 };
    spx_map refined = { 0 };
    spx_status status = SPX_OK;
    if (index == 0) {
        joined = self->levels[0];
        self->levels[0] = (spx_map){ 0 };
    } else {
        SPX_TRY_OUT(run_residual(self, &fusion->first, &self->levels[index], before, &joined));
    }
    spx_map_clear(before);
    spx_map_clear(&self->levels[index]);
    SPX_TRY_OUT(run_residual(self, &fusion->second, &joined, NULL, &refined));
    spx_map_clear(&joined);
    SPX_TRY_OUT(spx_map_init(out, refined.height, refined.width, refined.channels, nn));
    SPX_TRY_OUT(spx_map_linear(&fusion->projection, &refined, out, nn));

out:
    spx_map_clear(&joined);
    spx_map_clear(&refined);
    return status;
}

static spx_status enlarge(const head *self, const spx_map *in, size_t height, size_t width,
                          spx_map *out)
{
    SPX_TRY(spx_map_init(out, height, width, in->channels, &self->run->nn));
    return spx_map_resize(in, out, &self->run->nn);
}

static spx_status fuse_all(head *self)
{
    spx_map before = { 0 };
    spx_status status = SPX_OK;
    for (size_t i = 0; i < DAV2_TAPS; i++) {
        spx_map fused = { 0 };
        status = fuse(self, i, &before, &fused);
        if (status == SPX_OK && i + 1 < DAV2_TAPS) {
            const spx_map *const next = &self->levels[i + 1];
            status = enlarge(self, &fused, next->height, next->width, &before);
            probe_level(self, "fusion", i, &before);
        } else {
            self->fused = fused;
            fused = (spx_map){ 0 };
        }
        spx_map_clear(&fused);
        if (status != SPX_OK)
            break;
        spx_task_progress(self->run->nn.task, 0.85 + 0.025 * (double)(i + 1));
    }
    spx_map_clear(&before);
    return status;
}

static spx_map_view last_view(const head *self)
{
    return (spx_map_view){ .map = &self->first,
                           .height = self->run->io->height,
                           .width = self->run->io->width };
}

/* What a branch says of a pixel. */
static float logit(const spx_nn_kernels *kernels, const float *channels, const dav2_last *last)
{
    return kernels->dot(channels, last->weight, DAV2_HEAD_OUT) + last->bias;
}

/* Version 3's distance, from the sky's logit what of it is sky: zero inverse depth. Up to its
 * authors' threshold nothing is, at 1 all (their limit for a picture's sky is 0.3). Metric distance
 * is inverted as it is. The other is so up to a scale and perhaps a shift, and without the summand
 * the nearest things would take the whole range; its size is what other programs take. */
static float inverse_depth(float depth_logit, float sky_logit, int metric)
{
    static const float sky_from = 0.3F;
    static const float summand = 0.2F;
    const float sky = (sky_logit - sky_from) / (1.0F - sky_from);
    const float kept = 1.0F - fminf(fmaxf(sky, 0.0F), 1.0F);
    return kept / (expf(depth_logit) + (metric ? 0.0F : summand));
}

/* One row, from its channels: to the output, and for a probe. */
static void finish_row(const head *self, size_t y, const float *row)
{
    const spx_depth_network *const network = self->network;
    const spx_dav2_io *const io = self->run->io;
    const size_t branches = dav2_branches(network);
    float *const out = io->output + y * io->stride;
    for (size_t x = 0; x < io->width; x++) {
        const float *const channels = row + x * branches * DAV2_HEAD_OUT;
        const float depth = logit(network->kernels, channels, &network->head3);
        if (branches == 1) {
            out[x] = fmaxf(depth, 0.0F);
            continue;
        }
        const float sky = logit(network->kernels, channels + DAV2_HEAD_OUT, &network->sky3);
        out[x] = inverse_depth(depth, sky, network->config.metric);
        if (self->logits.data != NULL) {
            spx_map_row(&self->logits, y)[x * self->logits.stride] = depth;
            spx_map_row(&self->sky_logits, y)[x * self->sky_logits.stride] = sky;
        }
    }
    if (self->second.data == NULL)
        return;
    memcpy(spx_map_row(&self->second, y), row,
           io->width * branches * DAV2_HEAD_OUT * sizeof(float));
}

/* Four rows of depth. */
static void depth_turn(void *context, size_t index)
{
    const head *const self = context;
    const spx_map_view view = last_view(self);
    void *const area = spx_scratch_take(self->run->nn.scratch);
    float *const result =
        spx_conv3_stripe(&self->network->head2, self->network->kernels, &view, index, area);
    const size_t row_stride = spx_conv3_row_stride(&self->network->head2, &view);
    for (size_t i = 0; i < SPX_CONV3_ROWS && index * SPX_CONV3_ROWS + i < self->run->io->height;
         i++)
        finish_row(self, index * SPX_CONV3_ROWS + i, result + i * row_stride);
    spx_scratch_give(self->run->nn.scratch, area);
}

/* The maps that only a probe sees. */
static spx_status make_probed(head *self)
{
    const spx_nn_run *const nn = &self->run->nn;
    const spx_dav2_io *const io = self->run->io;
    const size_t branches = dav2_branches(self->network);
    if (io->probe == NULL)
        return SPX_OK;
    SPX_TRY(spx_map_init(&self->second, io->height, io->width, branches * DAV2_HEAD_OUT, nn));
    if (branches == 1)
        return SPX_OK;
    SPX_TRY(spx_map_init(&self->logits, io->height, io->width, 1, nn));
    return spx_map_init(&self->sky_logits, io->height, io->width, 1, nn);
}

/* A branch's channels of the second convolution as a map of its own. */
static void probe_branch(const head *self, const char *name, size_t branch)
{
    spx_map part = self->second;
    part.channels = DAV2_HEAD_OUT;
    part.data += branch * DAV2_HEAD_OUT;
    dav2_probe(self->run, name, &part);
}

static void probe_last(const head *self)
{
    if (self->second.data == NULL)
        return;
    probe_branch(self, "head.conv2", 0);
    if (dav2_branches(self->network) == 1)
        return;
    probe_branch(self, "sky.conv2", 1);
    dav2_probe(self->run, "head.logits", &self->logits);
    dav2_probe(self->run, "sky.logits", &self->sky_logits);
}

static spx_status finish(head *self)
{
    const spx_nn_run *const nn = &self->run->nn;
    const spx_dav2_io *const io = self->run->io;
    const size_t height = 2 * self->fused.height;
    const size_t width = 2 * self->fused.width;
    if (io->probe != NULL) {
        spx_map large = { 0 };
        const spx_status status = enlarge(self, &self->fused, height, width, &large);
        probe_level(self, "fusion", DAV2_TAPS - 1, &large);
        spx_map_clear(&large);
        SPX_TRY(status);
    }
    SPX_TRY(make_probed(self));
    SPX_TRY(spx_map_init(&self->first, height, width, self->network->config.fusion / 2, nn));
    const spx_map_view view = { .map = &self->fused, .height = height, .width = width };
    SPX_TRY(spx_conv3_run(&self->network->head1, &view, NULL, NULL, &self->first, nn));
    dav2_probe(self->run, "head.conv1", &self->first);
    spx_map_clear(&self->fused);
    const size_t stripes = spx_divide_up(io->height, SPX_CONV3_ROWS);
    SPX_TRY(spx_task_run(nn->task, stripes, depth_turn, self, nn->diag));
    probe_last(self);
    return SPX_OK;
}

spx_status dav2_head(dav2_run *run)
{
    head self = { .run = run, .network = run->network };
    spx_status status = SPX_OK;
    for (size_t i = 0; i < DAV2_TAPS; i++)
        SPX_TRY_OUT(make_level(&self, i));
    SPX_TRY_OUT(fuse_all(&self));
    SPX_TRY_OUT(finish(&self));

out:
    for (size_t i = 0; i < DAV2_TAPS; i++)
        spx_map_clear(&self.levels[i]);
    spx_map_clear(&self.fused);
    spx_map_clear(&self.first);
    spx_map_clear(&self.second);
    spx_map_clear(&self.logits);
    spx_map_clear(&self.sky_logits);
    return status;
}

/* Of a convolution that makes height x width from a map `enlarged` times smaller. */
static size_t conv_scratch(const spx_conv3 *conv, size_t height, size_t width)
{
    const spx_map map = { .height = height, .width = width };
    const spx_map_view view = { .map = &map, .height = height, .width = width };
    return spx_conv3_scratch(conv, &view);
}

size_t dav2_head_scratch(const dav2_run *run)
{
    const spx_depth_network *const network = run->network;
    const size_t finest = 4 * run->columns;
    size_t most = spx_map_linear_scratch(&network->halve);
    for (size_t i = 0; i < 2; i++)
        most = spx_max_size(most, spx_map_linear_scratch(&network->spread[i]));
    for (size_t i = 0; i < DAV2_TAPS; i++) {
        most = spx_max_size(most, conv_scratch(&network->convs[i], 4 * run->rows, finest));
        most = spx_max_size(most,
                            conv_scratch(&network->fusion[i].second.conv1, 4 * run->rows, finest));
    }
    most = spx_max_size(most, conv_scratch(&network->head1, 8 * run->rows, 2 * finest));
    return spx_max_size(most, conv_scratch(&network->head2, run->io->height, run->io->width));
}

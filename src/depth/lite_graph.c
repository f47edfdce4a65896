/*
 * The network, drawn in doc/spx-lite.md: an encoder of inverted residual blocks with "SAME"
 * padding, and a decoder that joins its four taps from the coarsest (level 3) to the finest.
 */
#include "depth/lite_graph.h"

#include "depth/lite_config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_CHANNELS = 3, STEM_KERNEL = 3, STEM_STRIDE = 2, FUSE_KERNEL = 3, NAME_SIZE = 64 };

typedef struct block_weights {
    spx_conv_weights *expand; /* NULL when the block does not expand */
    spx_conv_weights *depthwise;
    spx_conv_weights *project;
} block_weights;

typedef struct rcu_weights {
    spx_conv_weights *conv1;
    spx_conv_weights *conv2;
} rcu_weights;

typedef struct level_weights {
    spx_conv_weights *project;
    rcu_weights rcu1; /* of the tap; the coarsest level has none */
    rcu_weights rcu2;
    spx_conv_weights *out;
} level_weights;

struct spx_lite_weights {
    spx_lite_config config;
    spx_conv_weights *stem;
    block_weights blocks[SPX_LITE_MOST_BLOCKS];
    level_weights levels[SPX_LITE_TAPS];
    spx_conv_weights *head[3];
};

static spx_status get_conv(spx_conv_weights **out, const spx_safetensors *file,
                           const spx_conv_layer *layer, spx_diag *diag, const char *format, ...)
    SPX_PRINTF(5, 6);

static spx_status get_conv(spx_conv_weights **out, const spx_safetensors *file,
                           const spx_conv_layer *layer, spx_diag *diag, const char *format, ...)
{
    char name[NAME_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(name, sizeof(name), format, args);
    va_end(args);
    return spx_conv_weights_create(out, file, name, layer, diag);
}

static spx_status get_block(spx_lite_weights *weights, uint32_t index, const spx_safetensors *file,
                            spx_diag *diag)
{
    const spx_lite_block *const block = &weights->config.blocks[index];
    block_weights *const made = &weights->blocks[index];
    const uint32_t inner = block->cin * block->expand;
    const spx_conv_layer expand = { .cin = block->cin,
                                    .cout = inner,
                                    .kernel = 1,
                                    .stride = 1,
                                    .activation = SPX_ACTIVATION_RELU6 };
    const spx_conv_layer depthwise = { .cin = inner,
                                       .cout = inner,
                                       .kernel = block->kernel,
                                       .stride = block->stride,
                                       .depthwise = 1,
                                       .activation = SPX_ACTIVATION_RELU6 };
    const spx_conv_layer project = { .cin = inner, .cout = block->cout, .kernel = 1, .stride = 1 };
    if (block->expand != 1)
        SPX_TRY(get_conv(&made->expand, file, &expand, diag, "encoder.block.%u.expand", index));
    SPX_TRY(
        get_conv(&made->depthwise, file, &depthwise, diag, "encoder.block.%u.depthwise", index));
    return get_conv(&made->project, file, &project, diag, "encoder.block.%u.project", index);
}

/* A 3x3 convolution of decoder or head. */
static spx_conv_layer fuse_layer(uint32_t cin, uint32_t cout, spx_activation activation)
{
    return (spx_conv_layer){
        .cin = cin, .cout = cout, .kernel = FUSE_KERNEL, .stride = 1, .activation = activation
    };
}

static spx_status get_rcu(rcu_weights *made, uint32_t channels, const spx_safetensors *file,
                          spx_diag *diag, uint32_t level, uint32_t number)
{
    const spx_conv_layer second = fuse_layer(channels, channels, SPX_ACTIVATION_NONE);
    const spx_conv_layer first = fuse_layer(channels, channels, SPX_ACTIVATION_RELU);
    SPX_TRY(
        get_conv(&made->conv1, file, &first, diag, "decoder.fuse.%u.rcu%u.conv1", level, number));
    return get_conv(&made->conv2, file, &second, diag, "decoder.fuse.%u.rcu%u.conv2", level,
                    number);
}

static spx_status get_level(spx_lite_weights *weights, uint32_t level, uint32_t tap_channels,
                            const spx_safetensors *file, spx_diag *diag)
{
    level_weights *const made = &weights->levels[level];
    const uint32_t channels = weights->config.decoder_channels;
    const spx_conv_layer project = fuse_layer(tap_channels, channels, SPX_ACTIVATION_NONE);
    const spx_conv_layer out = { .cin = channels, .cout = channels, .kernel = 1, .stride = 1 };
    SPX_TRY(get_conv(&made->project, file, &project, diag, "decoder.project.%u", level));
    if (level + 1 != SPX_LITE_TAPS)
        SPX_TRY(get_rcu(&made->rcu1, channels, file, diag, level, 1));
    SPX_TRY(get_rcu(&made->rcu2, channels, file, diag, level, 2));
    return get_conv(&made->out, file, &out, diag, "decoder.fuse.%u.out", level);
}

/* First size of a tensor: how many channels a convolution makes; 0 when it is missing. */
static uint32_t channels_of(const spx_safetensors *file, const char *name)
{
    const spx_tensor *const tensor = spx_safetensors_find(file, name);
    return tensor == NULL || tensor->rank == 0 ? 0 : (uint32_t)tensor->shape[0];
}

static spx_status get_head(spx_lite_weights *weights, const spx_safetensors *file, spx_diag *diag)
{
    const uint32_t middle = channels_of(file, "head.conv1.weight");
    const spx_conv_layer first =
        fuse_layer(weights->config.decoder_channels, middle, SPX_ACTIVATION_RELU);
    const spx_conv_layer second = fuse_layer(middle, middle, SPX_ACTIVATION_RELU);
    const spx_conv_layer third = { .cin = middle, .cout = 1, .kernel = 1, .stride = 1, .plain = 1 };
    SPX_TRY(get_conv(&weights->head[0], file, &first, diag, "head.conv1"));
    SPX_TRY(get_conv(&weights->head[1], file, &second, diag, "head.conv2"));
    return get_conv(&weights->head[2], file, &third, diag, "head.conv3");
}

static spx_status get_all(spx_lite_weights *weights, const spx_safetensors *file, spx_diag *diag)
{
    SPX_TRY(spx_lite_config_read(&weights->config, file, diag));
    const spx_conv_layer stem = { .cin = INPUT_CHANNELS,
                                  .cout = weights->config.blocks[0].cin,
                                  .kernel = STEM_KERNEL,
                                  .stride = STEM_STRIDE,
                                  .activation = SPX_ACTIVATION_RELU6 };
    SPX_TRY(get_conv(&weights->stem, file, &stem, diag, "encoder.stem"));
    uint32_t level = 0;
    for (uint32_t i = 0; i < weights->config.block_count; i++) {
        const spx_lite_block *const block = &weights->config.blocks[i];
        SPX_TRY(get_block(weights, i, file, diag));
        if (block->tap)
            SPX_TRY(get_level(weights, level++, block->cout, file, diag));
    }
    return get_head(weights, file, diag);
}

spx_status spx_lite_weights_create(spx_lite_weights **out, const spx_safetensors *file,
                                   spx_diag *diag)
{
    *out = NULL;
    spx_lite_weights *const weights = calloc(1, sizeof(*weights));
    if (weights == NULL)
        return spx_fail_memory(diag, "spx-lite");
    const spx_status status = get_all(weights, file, diag);
    if (status == SPX_OK) {
        *out = weights;
    } else {
        spx_lite_weights_destroy(weights);
    }
    return status;
}

static void destroy_rcu(const rcu_weights *rcu)
{
    spx_conv_weights_destroy(rcu->conv1);
    spx_conv_weights_destroy(rcu->conv2);
}

void spx_lite_weights_destroy(spx_lite_weights *weights)
{
    if (weights == NULL)
        return;
    spx_conv_weights_destroy(weights->stem);
    for (size_t i = 0; i < SPX_LITE_MOST_BLOCKS; i++) {
        spx_conv_weights_destroy(weights->blocks[i].expand);
        spx_conv_weights_destroy(weights->blocks[i].depthwise);
        spx_conv_weights_destroy(weights->blocks[i].project);
    }
    for (size_t i = 0; i < SPX_LITE_TAPS; i++) {
        spx_conv_weights_destroy(weights->levels[i].project);
        destroy_rcu(&weights->levels[i].rcu1);
        destroy_rcu(&weights->levels[i].rcu2);
        spx_conv_weights_destroy(weights->levels[i].out);
    }
    for (size_t i = 0; i < sizeof(weights->head) / sizeof(weights->head[0]); i++)
        spx_conv_weights_destroy(weights->head[i]);
    free(weights);
}

/* The graph being built. */
typedef struct builder {
    spx_graph *graph;
    const spx_lite_weights *weights;
    spx_diag *diag;
    spx_value taps[SPX_LITE_TAPS];
} builder;

/* A convolution into a new value. */
static spx_status convolve(const builder *self, spx_value in, spx_conv_weights *weights,
                           spx_value *out)
{
    const spx_graph_conv_options options = { .weights = weights, .add_to = SPX_NO_VALUE };
    return spx_graph_conv(self->graph, in, &options, out, self->diag);
}

static spx_status add_block(const builder *self, uint32_t index, spx_value *value)
{
    char name[NAME_SIZE];
    const block_weights *const weights = &self->weights->blocks[index];
    const spx_graph_block_options options = { .expand = weights->expand,
                                              .depthwise = weights->depthwise,
                                              .project = weights->project,
                                              .skip = self->weights->config.blocks[index].skip };
    SPX_TRY(spx_graph_block(self->graph, *value, &options, value, self->diag));
    (void)snprintf(name, sizeof(name), "encoder.block.%u", index);
    spx_graph_name(self->graph, name);
    return SPX_OK;
}

static spx_status add_encoder(builder *self)
{
    const spx_lite_config *const config = &self->weights->config;
    spx_value value = 0;
    uint32_t level = 0;
    SPX_TRY(convolve(self, value, self->weights->stem, &value));
    spx_graph_name(self->graph, "encoder.stem");
    for (uint32_t i = 0; i < config->block_count; i++) {
        SPX_TRY(add_block(self, i, &value));
        if (config->blocks[i].tap)
            self->taps[level++] = value;
    }
    return SPX_OK;
}

/* to += conv2(relu(conv1(relu(from)))) */
static spx_status add_rcu(const builder *self, const rcu_weights *weights, spx_value from,
                          spx_value to)
{
    spx_value inner = SPX_NO_VALUE;
    const spx_graph_conv_options first = { .weights = weights->conv1,
                                           .relu = 1,
                                           .add_to = SPX_NO_VALUE };
    const spx_graph_conv_options second = { .weights = weights->conv2, .add_to = to };
    SPX_TRY(spx_graph_conv(self->graph, from, &first, &inner, self->diag));
    return spx_graph_conv(self->graph, inner, &second, &to, self->diag);
}

/* Joins level `level` into *y, the result of the coarser ones (SPX_NO_VALUE at the coarsest). The
 * 1x1 convolution comes before the resize, where it has fewer pixels: the two may change places,
 * since the weights of a resize add up to 1. */
static spx_status add_level(const builder *self, uint32_t level, const spx_value *projected,
                            spx_value *y)
{
    char name[NAME_SIZE];
    const level_weights *const weights = &self->weights->levels[level];
    const spx_value tap = projected[level];
    spx_size3 size = spx_graph_size(self->graph, tap);
    size.height *= 2;
    size.width *= 2;
    if (level != 0)
        size = spx_graph_size(self->graph, projected[level - 1]);
    if (*y == SPX_NO_VALUE) {
        *y = tap;
    } else {
        SPX_TRY(spx_graph_add(self->graph, *y, tap, self->diag));
        SPX_TRY(add_rcu(self, &weights->rcu1, tap, *y));
    }
    SPX_TRY(add_rcu(self, &weights->rcu2, *y, *y));
    SPX_TRY(convolve(self, *y, weights->out, y));
    SPX_TRY(spx_graph_resize(self->graph, *y, size.height, size.width, y, self->diag));
    (void)snprintf(name, sizeof(name), "decoder.fuse.%u", level);
    spx_graph_name(self->graph, name);
    return SPX_OK;
}

static spx_status add_decoder(const builder *self, spx_value *y)
{
    spx_value projected[SPX_LITE_TAPS];
    *y = SPX_NO_VALUE;
    for (uint32_t i = 0; i < SPX_LITE_TAPS; i++)
        SPX_TRY(convolve(self, self->taps[i], self->weights->levels[i].project, &projected[i]));
    for (uint32_t level = SPX_LITE_TAPS; level-- > 0;)
        SPX_TRY(add_level(self, level, projected, y));
    return SPX_OK;
}

static spx_status add_head(const builder *self, spx_value *y)
{
    spx_conv_weights *const *const head = self->weights->head;
    SPX_TRY(convolve(self, *y, head[0], y));
    SPX_TRY(convolve(self, *y, head[1], y));
    SPX_TRY(convolve(self, *y, head[2], y));
    spx_graph_name(self->graph, "inverse_depth");
    return SPX_OK;
}

static spx_status build(builder *self)
{
    spx_value y = SPX_NO_VALUE;
    SPX_TRY(add_encoder(self));
    SPX_TRY(add_decoder(self, &y));
    SPX_TRY(add_head(self, &y));
    return spx_graph_finish(self->graph, y, self->diag);
}

spx_status spx_lite_graph_create(spx_graph **out, spx_lite_weights *weights,
                                 const spx_nn_kernels *kernels, const spx_size3 *input,
                                 spx_diag *diag)
{
    *out = NULL;
    builder self = { .weights = weights, .diag = diag };
    SPX_TRY(spx_graph_create(&self.graph, kernels, input, diag));
    const spx_status status = build(&self);
    if (status == SPX_OK) {
        *out = self.graph;
    } else {
        spx_graph_destroy(self.graph);
    }
    return status;
}

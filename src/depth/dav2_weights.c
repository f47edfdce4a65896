/* From the tensors of a file to the packed layers of a network. */
#include "depth/dav2_network.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MLP_TIMES = 4, COLOURS = 3, NINE = 9 };

#define SMALL .width = 384, .blocks = 12, .neck = { 48, 96, 192, 384 }, .fusion = 64
#define BASE .width = 768, .blocks = 12, .neck = { 96, 192, 384, 768 }, .fusion = 128
#define LARGE .width = 1024, .blocks = 24, .neck = { 256, 512, 1024, 1024 }, .fusion = 256
#define TINY .width = 128, .blocks = 4, .neck = { 16, 32, 64, 128 }, .fusion = 32 /* for tests */

static const dav2_config configs[] = {
    { .name = "depth-anything-v2-small", SMALL, .taps = { 2, 5, 8, 11 } },
    { .name = "depth-anything-v2-base", BASE, .taps = { 2, 5, 8, 11 } },
    { .name = "depth-anything-v2-large", LARGE, .taps = { 4, 11, 17, 23 } },
    { .name = "depth-anything-v2-tiny", TINY, .taps = { 0, 1, 2, 3 } },
    { .name = "depth-anything-3-mono", LARGE, .taps = { 4, 11, 17, 23 }, .version = 3 },
    { .name = "depth-anything-3-tiny", TINY, .taps = { 0, 1, 2, 3 }, .version = 3 },
    { .name = "depth-anything-3-metric",
      LARGE,
      .taps = { 4, 11, 17, 23 },
      .version = 3,
      .metric = 1 },
    { .name = "depth-anything-3-metric-tiny",
      TINY,
      .taps = { 0, 1, 2, 3 },
      .version = 3,
      .metric = 1 },
};

static const char first_of_2[] = "backbone.embeddings.cls_token";
static const char first_of_3[] = "model.backbone.pretrained.cls_token";
/* The networks for one picture have it; those for many have other blocks. */
static const char only_of_3[] = "model.head.scratch.sky_output_conv2.0.weight";

int dav2_is_version_2(const spx_safetensors *weights)
{
    return spx_safetensors_find(weights, first_of_2) != NULL;
}

int dav2_is_version_3(const spx_safetensors *weights)
{
    return spx_safetensors_find(weights, first_of_3) != NULL;
}

/* Both files of Depth Anything 3 hold the same names and shapes, and nothing in them says which is
 * which: the file's name does. */
static int is_called_metric(const spx_safetensors *weights)
{
    const char *const path = spx_safetensors_path(weights);
    const char *const slash = strrchr(path, '/');
    return strcasestr(slash == NULL ? path : slash, "metric") != NULL;
}

const dav2_config *dav2_config_find(const spx_safetensors *weights)
{
    const spx_tensor *cls = spx_safetensors_find(weights, first_of_2);
    const int is_3 = cls == NULL;
    if (is_3 && spx_safetensors_find(weights, only_of_3) != NULL)
        cls = spx_safetensors_find(weights, first_of_3);
    if (cls == NULL || cls->rank == 0)
        return NULL;
    const size_t width = cls->shape[cls->rank - 1];
    const int metric = is_3 && is_called_metric(weights);
    for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
        if (configs[i].width == width && (configs[i].version == 3) == is_3 &&
            configs[i].metric == metric)
            return &configs[i];
    }
    return NULL;
}

/* ---- names ---- */

/* What Depth Anything 3 calls the same tensors: parts of the names of version 2 and what stands
 * for them, each replaced once, in this order. Names of both: the published files. */
static const char *const renamed[][2] = {
    { "backbone.embeddings.position_embeddings", "model.backbone.pretrained.pos_embed" },
    { "backbone.embeddings.patch_embeddings.projection",
      "model.backbone.pretrained.patch_embed.proj" },
    { "backbone.embeddings.", "model.backbone.pretrained." },
    { "backbone.encoder.layer.", "model.backbone.pretrained.blocks." },
    { "backbone.layernorm", "model.backbone.pretrained.norm" },
    { "attention.qkv", "attn.qkv" },
    { "attention.output.dense", "attn.proj" },
    { "layer_scale1.lambda1", "ls1.gamma" },
    { "layer_scale2.lambda1", "ls2.gamma" },
    { "neck.reassemble_stage.layers.0.resize", "model.head.resize_layers.0" },
    { "neck.reassemble_stage.layers.1.resize", "model.head.resize_layers.1" },
    { "neck.reassemble_stage.layers.3.resize", "model.head.resize_layers.3" },
    { "neck.reassemble_stage.layers.0.projection", "model.head.projects.0" },
    { "neck.reassemble_stage.layers.1.projection", "model.head.projects.1" },
    { "neck.reassemble_stage.layers.2.projection", "model.head.projects.2" },
    { "neck.reassemble_stage.layers.3.projection", "model.head.projects.3" },
    { "neck.convs.0", "model.head.scratch.layer1_rn" },
    { "neck.convs.1", "model.head.scratch.layer2_rn" },
    { "neck.convs.2", "model.head.scratch.layer3_rn" },
    { "neck.convs.3", "model.head.scratch.layer4_rn" },
    { "neck.fusion_stage.layers.0.", "model.head.scratch.refinenet4." },
    { "neck.fusion_stage.layers.1.", "model.head.scratch.refinenet3." },
    { "neck.fusion_stage.layers.2.", "model.head.scratch.refinenet2." },
    { "neck.fusion_stage.layers.3.", "model.head.scratch.refinenet1." },
    { "projection", "out_conv" },
    { "residual_layer", "resConfUnit" },
    { "convolution", "conv" },
    { "head.sky2", "model.head.scratch.sky_output_conv2.0" },
    { "head.sky3", "model.head.scratch.sky_output_conv2.2" },
    { "head.conv1", "model.head.scratch.output_conv1" },
    { "head.conv2", "model.head.scratch.output_conv2.0" },
    { "head.conv3", "model.head.scratch.output_conv2.2" },
};

enum { NAME_BYTES = 160, FULL_BYTES = 2 * NAME_BYTES };

static void replace(char name[static FULL_BYTES], const char *from, const char *to)
{
    char rest[FULL_BYTES];
    char *const at = strstr(name, from);
    if (at == NULL)
        return;
    (void)snprintf(rest, sizeof(rest), "%s", at + strlen(from));
    (void)snprintf(at, FULL_BYTES - (size_t)(at - name), "%s%s", to, rest);
}

/* Reads tensors and packs them; `prefix` is that of the part being loaded. */
typedef struct loader {
    spx_depth_network *network;
    const spx_safetensors *weights;
    const spx_task *task; /* may be NULL */
    char prefix[NAME_BYTES];
    spx_diag *diag;
} loader;

static void set_prefix(loader *self, const char *format, ...) SPX_PRINTF(2, 3);

static void set_prefix(loader *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(self->prefix, sizeof(self->prefix), format, arguments);
    va_end(arguments);
}

static void full_name(const loader *self, const char *name, char full[static FULL_BYTES])
{
    (void)snprintf(full, FULL_BYTES, "%s%s", self->prefix, name);
    if (self->network->config.version != 3)
        return;
    for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
        replace(full, renamed[i][0], renamed[i][1]);
}

/* A large network takes seconds to pack, and one of its tensors a tenth: asked for each tensor and
 * for each of its outputs. */
static spx_status go_on(const loader *self)
{
    return spx_task_check(self->task, self->diag);
}

static spx_status get(const loader *self, const char *name, unsigned rank, const size_t *shape,
                      const spx_tensor **out)
{
    char full[FULL_BYTES];
    SPX_TRY(go_on(self));
    full_name(self, name, full);
    return spx_safetensors_get(self->weights, full, rank, shape, out, self->diag);
}

static spx_status load_floats(const loader *self, const char *name, unsigned rank,
                              const size_t *shape, float **out)
{
    const spx_tensor *tensor = NULL;
    SPX_TRY(get(self, name, rank, shape, &tensor));
    *out = spx_reserve_zeros(NULL, tensor->count, sizeof(float));
    if (*out == NULL)
        return spx_fail_memory(self->diag, name);
    spx_tensor_to_float(tensor, 0, tensor->count, *out);
    return SPX_OK;
}

static spx_status load_vector(const loader *self, const char *name, size_t count, float **out)
{
    return load_floats(self, name, 1, &count, out);
}

static spx_status load_norm(const loader *self, const char *name, dav2_norm *out)
{
    char part[NAME_BYTES];
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY(load_vector(self, part, self->network->config.width, &out->gain));
    (void)snprintf(part, sizeof(part), "%s.bias", name);
    return load_vector(self, part, self->network->config.width, &out->bias);
}

/* The layer's outputs first … first + outputs - 1 from NAME.weight [outputs][in …] and NAME.bias.
 */
static spx_status fill_linear(const loader *self, spx_linear *linear, const char *name,
                              unsigned rank, const size_t *shape, size_t first)
{
    char part[NAME_BYTES];
    const spx_tensor *weight = NULL;
    spx_status status = SPX_OK;
    float *bias = NULL;
    float *const row = spx_reserve_zeros(NULL, linear->in, sizeof(float));
    if (row == NULL)
        return spx_fail_memory(self->diag, name);
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY_OUT(get(self, part, rank, shape, &weight));
    (void)snprintf(part, sizeof(part), "%s.bias", name);
    SPX_TRY_OUT(load_vector(self, part, shape[0], &bias));
    for (size_t i = 0; i < shape[0]; i++) {
        SPX_TRY_OUT(go_on(self));
        spx_tensor_to_float(weight, i * linear->in, linear->in, row);
        spx_linear_set(linear, self->network->kernels, first + i, row, bias[i]);
    }

out:
    free(bias);
    free(row);
    return status;
}

static spx_status load_linear(const loader *self, spx_linear *linear, const char *name, size_t in,
                              size_t out)
{
    SPX_TRY(spx_linear_init(linear, in, out, self->network->integers, self->diag));
    return fill_linear(self, linear, name, 2, (const size_t[]){ out, in }, 0);
}

static spx_status load_point(const loader *self, spx_linear *linear, const char *name, size_t in,
                             size_t out)
{
    SPX_TRY(spx_linear_init(linear, in, out, self->network->integers, self->diag));
    return fill_linear(self, linear, name, 4, (const size_t[]){ out, in, 1, 1 }, 0);
}

/* Transposed convolution: [in][out][times][times] in the file, outputs [times][times][out] here. */
static spx_status load_spread(const loader *self, spx_linear *linear, const char *name,
                              size_t channels, size_t times)
{
    char part[NAME_BYTES];
    spx_status status = SPX_OK;
    float *filters = NULL;
    float *bias = NULL;
    const size_t places = times * times;
    float *const row = spx_reserve_zeros(NULL, channels, sizeof(float));
    if (row == NULL)
        return spx_fail_memory(self->diag, name);
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY_OUT(
        load_floats(self, part, 4, (const size_t[]){ channels, channels, times, times }, &filters));
    (void)snprintf(part, sizeof(part), "%s.bias", name);
    SPX_TRY_OUT(load_vector(self, part, channels, &bias));
    SPX_TRY_OUT(
        spx_linear_init(linear, channels, places * channels, self->network->integers, self->diag));
    for (size_t out = 0; out < channels; out++) {
        SPX_TRY_OUT(go_on(self));
        for (size_t place = 0; place < places; place++) {
            for (size_t in = 0; in < channels; in++)
                row[in] = filters[(in * channels + out) * places + place];
            spx_linear_set(linear, self->network->kernels, place * channels + out, row, bias[out]);
        }
    }

out:
    free(filters);
    free(bias);
    free(row);
    return status;
}

/* 3x3 with stride 2: [out][in][3][3] in the file, inputs [3][3][in] here. */
static spx_status load_halve(const loader *self, spx_linear *linear, const char *name,
                             size_t channels)
{
    char part[NAME_BYTES];
    spx_status status = SPX_OK;
    const spx_tensor *weight = NULL;
    float *bias = NULL;
    const size_t count = NINE * channels;
    float *const row = spx_reserve_zeros(NULL, 2 * count, sizeof(float));
    if (row == NULL)
        return spx_fail_memory(self->diag, name);
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY_OUT(get(self, part, 4, (const size_t[]){ channels, channels, 3, 3 }, &weight));
    (void)snprintf(part, sizeof(part), "%s.bias", name);
    SPX_TRY_OUT(load_vector(self, part, channels, &bias));
    SPX_TRY_OUT(spx_linear_init(linear, count, channels, self->network->integers, self->diag));
    for (size_t out = 0; out < channels; out++) {
        SPX_TRY_OUT(go_on(self));
        float *const filter = row + count;
        spx_tensor_to_float(weight, out * count, count, filter);
        for (size_t i = 0; i < count; i++)
            row[i % NINE * channels + i / NINE] = filter[i];
        spx_linear_set(linear, self->network->kernels, out, row, bias[out]);
    }

out:
    free(bias);
    free(row);
    return status;
}

/* The layer's outputs first … first + channels[1] - 1 from NAME.weight and, if it has one,
 * NAME.bias. channels: in, out. */
static spx_status fill_conv3(const loader *self, spx_conv3 *conv, const char *name, size_t first,
                             const size_t channels[2], int has_bias)
{
    char part[NAME_BYTES];
    spx_status status = SPX_OK;
    const spx_tensor *weight = NULL;
    float *bias = NULL;
    const size_t in = channels[0];
    const size_t out = channels[1];
    float *const work = spx_reserve_zeros(NULL, (NINE + SPX_NN_WINOGRAD) * in, sizeof(float));
    if (work == NULL)
        return spx_fail_memory(self->diag, name);
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY_OUT(get(self, part, 4, (const size_t[]){ out, in, 3, 3 }, &weight));
    if (has_bias) {
        (void)snprintf(part, sizeof(part), "%s.bias", name);
        SPX_TRY_OUT(load_vector(self, part, out, &bias));
    }
    for (size_t i = 0; i < out; i++) {
        SPX_TRY_OUT(go_on(self));
        spx_tensor_to_float(weight, i * NINE * in, NINE * in, work);
        spx_conv3_set(conv, self->network->kernels, first + i, work, has_bias ? bias[i] : 0.0F,
                      work + NINE * in);
    }

out:
    free(bias);
    free(work);
    return status;
}

/* Whether products of a 3x3 convolution are integers: the way back from Winograd's products makes
 * their rounding some five times as large, and sums of more inputs leave fewer bits to weights.
 * With all of Large's 256 channels, the worst pixel of a map was 2.0 % away instead of 1.1 %. */
static int conv3_integers(const loader *self, size_t in)
{
    enum { MOST_INPUTS = 128 };
    return self->network->integers && in <= MOST_INPUTS;
}

static spx_status load_conv3(const loader *self, spx_conv3 *conv, const char *name,
                             const size_t channels[2], int has_bias)
{
    SPX_TRY(spx_conv3_init(conv, channels[0], channels[1], conv3_integers(self, channels[0]),
                           self->diag));
    return fill_conv3(self, conv, name, 0, channels, has_bias);
}

/* Files name the parts of attention as the first entry does; newer programs as the second. */
static const char *spelling(const loader *self, const char *usual, const char *newer)
{
    char full[FULL_BYTES];
    char part[NAME_BYTES];
    (void)snprintf(part, sizeof(part), "%s.weight", newer);
    full_name(self, part, full);
    return spx_safetensors_find(self->weights, full) != NULL ? newer : usual;
}

static spx_status load_attention(const loader *self, dav2_block *block, size_t width)
{
    static const char *const usual[] = { "attention.attention.query", "attention.attention.key",
                                         "attention.attention.value" };
    static const char *const newer[] = { "attention.q_proj", "attention.k_proj",
                                         "attention.v_proj" };
    SPX_TRY(spx_linear_init(&block->qkv, width, 3 * width, self->network->integers, self->diag));
    if (self->network->config.version == 3) {
        SPX_TRY(fill_linear(self, &block->qkv, "attention.qkv", 2,
                            (const size_t[]){ 3 * width, width }, 0));
        return load_linear(self, &block->output, "attention.output.dense", width, width);
    }
    for (size_t i = 0; i < 3; i++) {
        SPX_TRY(fill_linear(self, &block->qkv, spelling(self, usual[i], newer[i]), 2,
                            (const size_t[]){ width, width }, i * width));
    }
    return load_linear(self, &block->output,
                       spelling(self, "attention.output.dense", "attention.o_proj"), width, width);
}

static spx_status load_block(loader *self, size_t index)
{
    dav2_block *const block = &self->network->blocks[index];
    const size_t width = self->network->config.width;
    set_prefix(self, "backbone.encoder.layer.%zu.", index);
    SPX_TRY(load_norm(self, "norm1", &block->norm1));
    SPX_TRY(load_attention(self, block, width));
    SPX_TRY(load_vector(self, "layer_scale1.lambda1", width, &block->lambda1));
    SPX_TRY(load_norm(self, "norm2", &block->norm2));
    SPX_TRY(load_linear(self, &block->fc1, "mlp.fc1", width, MLP_TIMES * width));
    SPX_TRY(load_linear(self, &block->fc2, "mlp.fc2", MLP_TIMES * width, width));
    return load_vector(self, "layer_scale2.lambda1", width, &block->lambda2);
}

static spx_status load_embeddings(loader *self)
{
    spx_depth_network *const network = self->network;
    const size_t width = network->config.width;
    const size_t patch[4] = { width, COLOURS, DAV2_PATCH, DAV2_PATCH };
    const size_t places = DAV2_GRID * DAV2_GRID;
    set_prefix(self, "backbone.embeddings.");
    SPX_TRY(spx_linear_init(&network->patch, COLOURS * DAV2_PATCH * DAV2_PATCH, width,
                            network->integers, self->diag));
    SPX_TRY(fill_linear(self, &network->patch, "patch_embeddings.projection", 4, patch, 0));
    SPX_TRY(load_floats(self, "cls_token", 3, (const size_t[]){ 1, 1, width }, &network->cls));
    SPX_TRY(load_floats(self, "position_embeddings", 3, (const size_t[]){ 1, 1 + places, width },
                        &network->position));
    for (size_t i = 0; i < width; i++)
        network->cls[i] += network->position[i];
    memmove(network->position, network->position + width, places * width * sizeof(float));
    return SPX_OK;
}

static spx_status load_reassemble(loader *self)
{
    spx_depth_network *const network = self->network;
    const size_t *const neck = network->config.neck;
    for (size_t i = 0; i < DAV2_TAPS; i++) {
        set_prefix(self, "neck.reassemble_stage.layers.%zu.", i);
        SPX_TRY(load_point(self, &network->reassemble[i], "projection", network->config.width,
                           neck[i]));
        if (i < 2)
            SPX_TRY(load_spread(self, &network->spread[i], "resize", neck[i], i == 0 ? 4 : 2));
        if (i == DAV2_TAPS - 1)
            SPX_TRY(load_halve(self, &network->halve, "resize", neck[i]));
        set_prefix(self, "neck.convs.%zu", i);
        const size_t channels[2] = { neck[i], network->config.fusion };
        SPX_TRY(load_conv3(self, &network->convs[i], "", channels, 0));
    }
    return SPX_OK;
}

static spx_status load_fusion(loader *self, size_t index)
{
    dav2_fusion *const fusion = &self->network->fusion[index];
    const size_t width = self->network->config.fusion;
    const size_t channels[2] = { width, width };
    set_prefix(self, "neck.fusion_stage.layers.%zu.", index);
    if (index != 0) {
        SPX_TRY(
            load_conv3(self, &fusion->first.conv1, "residual_layer1.convolution1", channels, 1));
        SPX_TRY(
            load_conv3(self, &fusion->first.conv2, "residual_layer1.convolution2", channels, 1));
    }
    SPX_TRY(load_conv3(self, &fusion->second.conv1, "residual_layer2.convolution1", channels, 1));
    SPX_TRY(load_conv3(self, &fusion->second.conv2, "residual_layer2.convolution2", channels, 1));
    return load_point(self, &fusion->projection, "projection", width, width);
}

/* The last layer of a branch: one output of DAV2_HEAD_OUT channels. */
static spx_status load_last(const loader *self, const char *name, dav2_last *out)
{
    char part[NAME_BYTES];
    float *bias = NULL;
    (void)snprintf(part, sizeof(part), "%s.weight", name);
    SPX_TRY(load_floats(self, part, 4, (const size_t[]){ 1, DAV2_HEAD_OUT, 1, 1 }, &out->weight));
    (void)snprintf(part, sizeof(part), "%s.bias", name);
    SPX_TRY(load_vector(self, part, 1, &bias));
    out->bias = bias[0];
    free(bias);
    return SPX_OK;
}

/* Both branches look at the same map: they are one convolution of twice the channels. */
static spx_status load_head(loader *self)
{
    spx_depth_network *const network = self->network;
    const size_t fusion = network->config.fusion;
    const size_t first[2] = { fusion, fusion / 2 };
    const size_t second[2] = { fusion / 2, DAV2_HEAD_OUT };
    const size_t branches = dav2_branches(network);
    set_prefix(self, "head.");
    SPX_TRY(load_conv3(self, &network->head1, "conv1", first, 1));
    SPX_TRY(spx_conv3_init(&network->head2, second[0], branches * DAV2_HEAD_OUT,
                           conv3_integers(self, second[0]), self->diag));
    network->head2.activation = SPX_ACTIVATION_RELU;
    SPX_TRY(fill_conv3(self, &network->head2, "conv2", 0, second, 1));
    SPX_TRY(load_last(self, "conv3", &network->head3));
    if (branches == 1)
        return SPX_OK;
    SPX_TRY(fill_conv3(self, &network->head2, "sky2", DAV2_HEAD_OUT, second, 1));
    return load_last(self, "sky3", &network->sky3);
}

spx_status dav2_load(spx_depth_network *network, const spx_safetensors *weights,
                     const spx_task *task, spx_diag *diag)
{
    loader self = { .network = network, .weights = weights, .task = task, .diag = diag };
    assert(network->config.blocks <= DAV2_MOST_BLOCKS);
    SPX_TRY(load_embeddings(&self));
    for (size_t i = 0; i < network->config.blocks; i++) {
        SPX_TRY(load_block(&self, i));
        spx_safetensors_release(weights); /* large networks would be in memory twice */
    }
    set_prefix(&self, "backbone.");
    SPX_TRY(load_norm(&self, "layernorm", &network->norm));
    SPX_TRY(load_reassemble(&self));
    for (size_t i = 0; i < DAV2_TAPS; i++)
        SPX_TRY(load_fusion(&self, i));
    SPX_TRY(load_head(&self));
    spx_safetensors_release(weights);
    return SPX_OK;
}

static void clear_norm(dav2_norm *norm)
{
    free(norm->gain);
    free(norm->bias);
}

static void clear_block(dav2_block *block)
{
    clear_norm(&block->norm1);
    spx_linear_clear(&block->qkv);
    spx_linear_clear(&block->output);
    free(block->lambda1);
    clear_norm(&block->norm2);
    spx_linear_clear(&block->fc1);
    spx_linear_clear(&block->fc2);
    free(block->lambda2);
}

void dav2_clear(spx_depth_network *network)
{
    spx_linear_clear(&network->patch);
    free(network->cls);
    free(network->position);
    for (size_t i = 0; i < DAV2_MOST_BLOCKS; i++)
        clear_block(&network->blocks[i]);
    clear_norm(&network->norm);
    for (size_t i = 0; i < DAV2_TAPS; i++) {
        spx_linear_clear(&network->reassemble[i]);
        spx_conv3_clear(&network->convs[i]);
        spx_conv3_clear(&network->fusion[i].first.conv1);
        spx_conv3_clear(&network->fusion[i].first.conv2);
        spx_conv3_clear(&network->fusion[i].second.conv1);
        spx_conv3_clear(&network->fusion[i].second.conv2);
        spx_linear_clear(&network->fusion[i].projection);
    }
    spx_linear_clear(&network->spread[0]);
    spx_linear_clear(&network->spread[1]);
    spx_linear_clear(&network->halve);
    spx_conv3_clear(&network->head1);
    spx_conv3_clear(&network->head2);
    free(network->head3.weight);
    free(network->sky3.weight);
    for (size_t i = 0; i < DAV2_SIZES; i++)
        free(network->positions[i].values);
}

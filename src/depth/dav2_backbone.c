/*
 * The transformer. A block is one loop over groups of 48 tokens: attention over all keys, output
 * layer, both layers of the perceptron, and already the next block's queries, keys and values of
 * these tokens. Between two blocks there is one barrier; keys and values have two places that take
 * turns, because the other groups still read the old ones.
 *
 *     tokens ─ patches ─> x, q, k[0], v[0]
 *     block i:  q, k[i%2], v[i%2] ─> x ─> q, k[(i+1)%2], v[(i+1)%2]
 *
 * Keys and values are packed as the attention kernel wants them (nn/kernels.h), head by head.
 */
#include "base/intops.h"
#include "depth/dav2_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAD = SPX_NN_HEAD,
    MLP_TIMES = 4,
    COLOURS = 3,
    PATCH_INPUTS = COLOURS * DAV2_PATCH * DAV2_PATCH
};

static const float log2_e = 1.44269504F;
static const float behind_last_key = -1e30F;
static const float least_value_scale = 1e-9F;

/* Keys and values of all tokens, for one block. */
typedef struct key_store {
    void *keys;     /* [heads][keys_padded * HEAD], packed */
    void *values;   /* the same */
    float *k_scale; /* [heads][keys_padded] */
    float *k_bias;
    float *v_unscale;
} key_store;

typedef struct backbone {
    dav2_run *run;
    spx_depth_network *network;
    const float *position;
    float *position_owned;
    size_t tokens;
    size_t keys_padded;
    size_t heads;
    float *x;       /* [tokens][width] */
    void *queries;  /* [tokens][width] */
    float *q_scale; /* [heads][tokens] */
    key_store store[2];
    size_t block; /* that the loop works on */
} backbone;

/* The parts of a turn's scratch area. */
typedef struct turn_area {
    float *narrow;     /* [SPX_NN_ROWS][width] */
    float *result;     /* [SPX_NN_ROWS][width] */
    float *wide;       /* [SPX_NN_ROWS][4 * width], at least a patch */
    int16_t *integers; /* as many as the layers want */
} turn_area;

static size_t wide_floats(const spx_depth_network *network)
{
    const size_t wide = MLP_TIMES * network->config.width;
    return wide > network->patch.in_padded ? wide : network->patch.in_padded;
}

/* Of the layer that wants most. */
static size_t integers(const spx_depth_network *network)
{
    const dav2_block *const block = &network->blocks[0]; /* all have the same shapes */
    const spx_linear *const layers[] = { &network->patch, &block->qkv, &block->output, &block->fc1,
                                         &block->fc2 };
    size_t most = 0;
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
        most = spx_max_size(most, spx_linear_integers(layers[i], SPX_NN_ROWS));
    for (size_t i = 0; i < DAV2_TAPS; i++)
        most = spx_max_size(most, spx_linear_integers(&network->reassemble[i], SPX_NN_ROWS));
    return most;
}

size_t dav2_backbone_scratch(const spx_depth_network *network)
{
    return SPX_NN_ROWS * (2 * network->config.width + wide_floats(network)) * sizeof(float) +
           integers(network) * sizeof(int16_t);
}

static turn_area take_area(const backbone *self)
{
    float *const base = spx_scratch_take(self->run->nn.scratch);
    const size_t width = self->network->config.width;
    turn_area area = { .narrow = base };
    area.result = area.narrow + SPX_NN_ROWS * width;
    area.wide = area.result + SPX_NN_ROWS * width;
    area.integers = (int16_t *)(void *)(area.wide + SPX_NN_ROWS * wide_floats(self->network));
    return area;
}

static void give_area(const backbone *self, const turn_area *area)
{
    spx_scratch_give(self->run->nn.scratch, area->narrow);
}

static size_t group_rows(const backbone *self, size_t index)
{
    const size_t left = self->tokens - index * SPX_NN_ROWS;
    return left < SPX_NN_ROWS ? left : SPX_NN_ROWS;
}

// NOLINTBEGIN(readability-non-const-parameter): the kernels write through the struct
static void apply(const backbone *self, const spx_linear *linear, const turn_area *area,
                  const float *x, size_t rows, float *y)
{
    const spx_linear_rows job = {
        .x = x,
        .ldx = linear->in_padded,
        .y = y,
        .ldy = linear->out_padded,
        .rows = rows,
        .integers = area->integers,
    };
    spx_linear_apply(linear, self->network->kernels, &job);
}
// NOLINTEND(readability-non-const-parameter)

static void norm_rows(const backbone *self, const dav2_norm *norm, const float *x, size_t rows,
                      float *y)
{
    const size_t width = self->network->config.width;
    for (size_t r = 0; r < rows; r++) {
        self->network->kernels->layer_norm(x + r * width, norm->gain, norm->bias, y + r * width,
                                           width);
    }
}

static void add_rows(const backbone *self, const float *lambda, const float *y, size_t rows,
                     float *x)
{
    const size_t width = self->network->config.width;
    for (size_t r = 0; r < rows; r++)
        self->network->kernels->add_scaled(x + r * width, lambda, y + r * width, width);
}

/* One token's query, key and value of one head, as floats. */
static void store_floats(const backbone *self, key_store *store, size_t token, size_t head,
                         const float *qkv)
{
    const size_t panel = self->network->kernels->panel;
    const size_t width = self->network->config.width;
    const size_t base = head * self->keys_padded * HEAD;
    float *const query = (float *)self->queries + token * width + head * HEAD;
    float *const key = (float *)store->keys + base + token / panel * panel * HEAD + token % panel;
    float *const value = (float *)store->values + base + token * panel;
    memcpy(query, qkv + head * HEAD, HEAD * sizeof(float));
    self->q_scale[head * self->tokens + token] = log2_e / sqrtf((float)HEAD);
    for (size_t i = 0; i < HEAD; i++)
        key[i * panel] = qkv[width + head * HEAD + i];
    for (size_t i = 0; i < HEAD; i += panel) {
        memcpy(value + i * self->keys_padded, qkv + 2 * width + head * HEAD + i,
               panel * sizeof(float));
    }
    store->k_bias[head * self->keys_padded + token] = 0.0F;
}

/* The same as integers: each of the three has a scale of its own. */
static void store_integers(const backbone *self, key_store *store, size_t token, size_t head,
                           const float *qkv)
{
    const spx_nn_kernels *const kernels = self->network->kernels;
    const size_t panel = kernels->panel;
    const size_t width = self->network->config.width;
    const size_t base = head * self->keys_padded * HEAD;
    const size_t at = head * self->keys_padded + token;
    int16_t packed[HEAD];
    int16_t *const query = (int16_t *)self->queries + token * width + head * HEAD;
    self->q_scale[head * self->tokens + token] =
        kernels->quantise(qkv + head * HEAD, query, HEAD, SPX_NN_Q_MAX) * log2_e /
        sqrtf((float)HEAD);

    store->k_scale[at] = kernels->quantise(qkv + width + head * HEAD, packed, HEAD, SPX_NN_K_MAX);
    int16_t *const key =
        (int16_t *)store->keys + base + token / panel * panel * HEAD + token % panel * 2;
    for (size_t i = 0; i < HEAD; i += 2)
        memcpy(key + i * panel, packed + i, 2 * sizeof(int16_t));

    float scale = kernels->quantise(qkv + 2 * width + head * HEAD, packed, HEAD, SPX_NN_V_MAX);
    if (scale < least_value_scale) { /* as good as zero; keeps 1 / scale finite */
        scale = least_value_scale;
        memset(packed, 0, sizeof(packed));
    }
    store->k_bias[at] = log2f(scale);
    store->v_unscale[at] = 1.0F / scale;
    int16_t *const value = (int16_t *)store->values + base + token / 2 * panel * 2 + token % 2;
    for (size_t first = 0; first < HEAD; first += panel) {
        int16_t *const to = value + first * self->keys_padded;
        for (size_t i = 0; i < panel; i++)
            to[i * 2] = packed[first + i];
    }
}

/* Queries, keys and values of a group for block `block`. */
static void make_keys(const backbone *self, size_t block, size_t first, size_t rows,
                      const turn_area *area)
{
    const size_t width = self->network->config.width;
    const dav2_block *const layer = &self->network->blocks[block];
    key_store store = self->store[block % 2];
    norm_rows(self, &layer->norm1, self->x + first * width, rows, area->narrow);
    apply(self, &layer->qkv, area, area->narrow, rows, area->wide);
    for (size_t r = 0; r < rows; r++) {
        for (size_t head = 0; head < self->heads; head++) {
            const float *const qkv = area->wide + r * 3 * width;
            if (self->network->integers) {
                store_integers(self, &store, first + r, head, qkv);
            } else {
                store_floats(self, &store, first + r, head, qkv);
            }
        }
    }
}

// NOLINTNEXTLINE(readability-non-const-parameter): as above
static void attend(const backbone *self, size_t first, size_t rows, float *out)
{
    const size_t width = self->network->config.width;
    const key_store *const store = &self->store[self->block % 2];
    const size_t each = self->network->integers ? sizeof(int16_t) : sizeof(float);
    for (size_t head = 0; head < self->heads; head++) {
        const size_t at = head * self->keys_padded;
        const spx_attend job = {
            .q = (const uint8_t *)self->queries + (first * width + head * HEAD) * each,
            .ldq = width,
            .q_scale = self->q_scale + head * self->tokens + first,
            .k = (const uint8_t *)store->keys + at * HEAD * each,
            .k_scale = store->k_scale + at,
            .k_bias = store->k_bias + at,
            .v = (const uint8_t *)store->values + at * HEAD * each,
            .v_unscale = store->v_unscale + at,
            .keys_padded = self->keys_padded,
            .out = out + head * HEAD,
            .ldo = width,
            .rows = rows,
        };
        if (self->network->integers) {
            self->network->kernels->attend_s16(&job);
        } else {
            self->network->kernels->attend_f32(&job);
        }
    }
}

/* The projection of a tapped block, straight into the map the head begins with. */
static void make_tap(const backbone *self, size_t tap, size_t first, size_t rows,
                     const turn_area *area)
{
    const size_t width = self->network->config.width;
    const spx_map *const map = &self->run->taps[tap];
    const size_t skip = first == 0; /* the class token is no patch */
    if (rows == skip)
        return;
    norm_rows(self, &self->network->norm, self->x + first * width, rows, area->narrow);
    const spx_linear_rows job = {
        .x = area->narrow + skip * width,
        .ldx = width,
        .y = map->data + (first + skip - 1) * map->stride,
        .ldy = map->stride,
        .rows = rows - skip,
        .integers = area->integers,
    };
    spx_linear_apply(&self->network->reassemble[tap], self->network->kernels, &job);
}

static void block_turn(void *context, size_t index)
{
    const backbone *const self = context;
    const spx_depth_network *const network = self->network;
    const dav2_block *const block = &network->blocks[self->block];
    const size_t first = index * SPX_NN_ROWS;
    const size_t rows = group_rows(self, index);
    const size_t width = network->config.width;
    float *const x = self->x + first * width;
    const turn_area area = take_area(self);

    attend(self, first, rows, area.narrow);
    apply(self, &block->output, &area, area.narrow, rows, area.result);
    add_rows(self, block->lambda1, area.result, rows, x);

    norm_rows(self, &block->norm2, x, rows, area.narrow);
    apply(self, &block->fc1, &area, area.narrow, rows, area.wide);
    network->kernels->gelu(area.wide, rows * block->fc1.out_padded);
    apply(self, &block->fc2, &area, area.wide, rows, area.result);
    add_rows(self, block->lambda2, area.result, rows, x);

    for (size_t tap = 0; tap < DAV2_TAPS; tap++) {
        if (network->config.taps[tap] == self->block)
            make_tap(self, tap, first, rows, &area);
    }
    if (self->block + 1 < network->config.blocks)
        make_keys(self, self->block + 1, first, rows, &area);
    give_area(self, &area);
}

/* One patch, colour by colour, row by row. */
static void gather_patch(const spx_dav2_io *io, size_t row, size_t column, float *out)
{
    for (size_t colour = 0; colour < COLOURS; colour++) {
        for (size_t y = 0; y < DAV2_PATCH; y++, out += DAV2_PATCH) {
            const float *const from = io->input +
                                      (colour * io->height + row * DAV2_PATCH + y) * io->width +
                                      column * DAV2_PATCH;
            memcpy(out, from, DAV2_PATCH * sizeof(float));
        }
    }
}

/* Embeddings of a group of tokens, without positions. */
static void patch_turn(void *context, size_t index)
{
    const backbone *const self = context;
    const dav2_run *const run = self->run;
    const spx_linear *const patch = &self->network->patch;
    const size_t width = self->network->config.width;
    const size_t first = index * SPX_NN_ROWS;
    const size_t rows = group_rows(self, index);
    const size_t skip = first == 0;
    const turn_area area = take_area(self);
    for (size_t r = skip; r < rows; r++) {
        float *const inputs = area.wide + r * patch->in_padded;
        const size_t at = first + r - 1;
        gather_patch(run->io, at / run->columns, at % run->columns, inputs);
        memset(inputs + PATCH_INPUTS, 0, (patch->in_padded - PATCH_INPUTS) * sizeof(float));
    }
    apply(self, patch, &area, area.wide + skip * patch->in_padded, rows - skip,
          self->x + (first + skip) * width);
    give_area(self, &area);
}

static void position_turn(void *context, size_t index)
{
    const backbone *const self = context;
    const size_t width = self->network->config.width;
    const size_t first = index * SPX_NN_ROWS;
    const size_t rows = group_rows(self, index);
    const size_t skip = first == 0;
    if (skip)
        memcpy(self->x, self->network->cls, width * sizeof(float));
    self->network->kernels->add(self->x + (first + skip) * width,
                                self->position + (first + skip - 1) * width, (rows - skip) * width);
    const turn_area area = take_area(self);
    make_keys(self, 0, first, rows, &area);
    give_area(self, &area);
}

static spx_status make_store(const backbone *self, key_store *store)
{
    const size_t each = self->network->integers ? sizeof(int16_t) : sizeof(float);
    const size_t keys = self->heads * self->keys_padded;
    spx_reserve *const reserve = self->run->nn.reserve;
    store->keys = spx_reserve_zeros(reserve, keys, HEAD * each);
    store->values = spx_reserve_zeros(reserve, keys, HEAD * each);
    store->k_scale = spx_reserve_zeros(reserve, keys, sizeof(float));
    store->k_bias = spx_reserve_zeros(reserve, keys, sizeof(float));
    store->v_unscale = spx_reserve_zeros(reserve, keys, sizeof(float));
    if (store->keys == NULL || store->values == NULL || store->k_scale == NULL ||
        store->k_bias == NULL || store->v_unscale == NULL)
        return spx_fail_memory(self->run->nn.diag, "attention");
    for (size_t i = 0; i < keys; i++) {
        if (i % self->keys_padded >= self->tokens)
            store->k_bias[i] = behind_last_key;
    }
    return SPX_OK;
}

static void clear_store(spx_reserve *reserve, key_store *store)
{
    spx_reserve_give(reserve, store->keys);
    spx_reserve_give(reserve, store->values);
    spx_reserve_give(reserve, store->k_scale);
    spx_reserve_give(reserve, store->k_bias);
    spx_reserve_give(reserve, store->v_unscale);
}

static spx_status begin(backbone *self)
{
    dav2_run *const run = self->run;
    const size_t width = self->network->config.width;
    spx_reserve *const reserve = run->nn.reserve;
    spx_diag *const diag = run->nn.diag;
    SPX_TRY(dav2_position_get(self->network, run->rows, run->columns, &self->position,
                              &self->position_owned, diag));
    self->x = spx_reserve_take(reserve, self->tokens, width * sizeof(float));
    self->queries = spx_reserve_take(reserve, self->tokens, width * sizeof(float));
    self->q_scale = spx_reserve_take(reserve, self->tokens, self->heads * sizeof(float));
    if (self->x == NULL || self->queries == NULL || self->q_scale == NULL)
        return spx_fail_memory(diag, "tokens");
    SPX_TRY(make_store(self, &self->store[0]));
    SPX_TRY(make_store(self, &self->store[1]));
    for (size_t i = 0; i < DAV2_TAPS; i++) {
        SPX_TRY(spx_map_init(&run->taps[i], run->rows, run->columns, self->network->config.neck[i],
                             &run->nn));
    }
    return SPX_OK;
}

/* Tokens from `first` on as a map of one row. */
static void probe_tokens(const backbone *self, const char *name, size_t first)
{
    const size_t width = self->network->config.width;
    const spx_map map = { .height = 1,
                          .width = self->tokens - first,
                          .channels = width,
                          .stride = width,
                          .data = self->x + first * width };
    dav2_probe(self->run, name, &map);
}

static spx_status walk(backbone *self)
{
    const spx_nn_run *const nn = &self->run->nn;
    const size_t groups = spx_divide_up(self->tokens, SPX_NN_ROWS);
    SPX_TRY(spx_task_run(nn->task, groups, patch_turn, self, nn->diag));
    probe_tokens(self, "patch_embeddings", 1);
    SPX_TRY(spx_task_run(nn->task, groups, position_turn, self, nn->diag));
    probe_tokens(self, "embeddings", 0);
    const size_t blocks = self->network->config.blocks;
    for (self->block = 0; self->block < blocks; self->block++) {
        SPX_TRY(spx_task_run(nn->task, groups, block_turn, self, nn->diag));
        spx_task_progress(nn->task, 0.8 * (double)(self->block + 1) / (double)blocks);
        char name[32];
        (void)snprintf(name, sizeof(name), "layer.%zu", self->block);
        probe_tokens(self, name, 0);
    }
    return SPX_OK;
}

spx_status dav2_backbone(dav2_run *run)
{
    backbone self = { .run = run, .network = run->network };
    self.tokens = 1 + run->rows * run->columns;
    self.keys_padded = spx_nn_padded(self.tokens);
    self.heads = run->network->config.width / HEAD;
    spx_status status = begin(&self);
    if (status == SPX_OK)
        status = walk(&self);
    free(self.position_owned);
    spx_reserve *const reserve = run->nn.reserve;
    spx_reserve_give(reserve, self.x);
    spx_reserve_give(reserve, self.queries);
    spx_reserve_give(reserve, self.q_scale);
    clear_store(reserve, &self.store[0]);
    clear_store(reserve, &self.store[1]);
    return status;
}

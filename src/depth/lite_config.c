#include "depth/lite_config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CHANNELS = 4096, MOST_KERNEL = 11, MOST_STRIDE = 2, MOST_EXPAND = 16 };

static spx_status fail(const spx_safetensors *weights, spx_diag *diag, size_t block,
                       const char *what)
{
    return spx_fail(diag, SPX_ERR_CORRUPT, "%s: encoder block %zu: %s",
                    spx_safetensors_path(weights), block, what);
}

/* A whole number of 1..most. */
static int get_number(const json_t *object, const char *key, uint32_t most, uint32_t *out)
{
    const json_t *const value = json_object_get(object, key);
    const json_int_t number = json_integer_value(value); /* 0 when it is none */
    *out = number >= 1 && number <= most ? (uint32_t)number : 0;
    return *out != 0;
}

static spx_status read_block(const spx_safetensors *weights, const json_t *object, size_t index,
                             spx_lite_block *block, spx_diag *diag)
{
    if (!get_number(object, "kernel", MOST_KERNEL, &block->kernel) || block->kernel % 2 == 0)
        return fail(weights, diag, index, "no odd 'kernel' of at most 11");
    if (!get_number(object, "stride", MOST_STRIDE, &block->stride))
        return fail(weights, diag, index, "no 'stride' of 1 or 2");
    if (!get_number(object, "expand", MOST_EXPAND, &block->expand))
        return fail(weights, diag, index, "no 'expand' of 1 to 16");
    if (!get_number(object, "cin", MOST_CHANNELS, &block->cin) ||
        !get_number(object, "cout", MOST_CHANNELS, &block->cout))
        return fail(weights, diag, index, "no 'cin' and 'cout' of 1 to 4096");
    block->skip = json_is_true(json_object_get(object, "skip"));
    block->tap = json_is_true(json_object_get(object, "tap"));
    if (block->skip && (block->stride != 1 || block->cin != block->cout))
        return fail(weights, diag, index, "'skip' needs stride 1 and cin = cout");
    return SPX_OK;
}

static spx_status read_blocks(const spx_safetensors *weights, const json_t *list,
                              spx_lite_config *config, spx_diag *diag)
{
    const size_t count = json_array_size(list); /* 0 when it is no list */
    uint32_t taps = 0;
    if (count == 0 || count > SPX_LITE_MOST_BLOCKS) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: metadata 'blocks' is no list of 1 to %d blocks",
                        spx_safetensors_path(weights), SPX_LITE_MOST_BLOCKS);
    }
    for (size_t i = 0; i < count; i++) {
        spx_lite_block *const block = &config->blocks[i];
        SPX_TRY(read_block(weights, json_array_get(list, i), i, block, diag));
        if (i != 0 && block->cin != block[-1].cout)
            return fail(weights, diag, i, "'cin' is not the block before's 'cout'");
        taps += block->tap ? 1 : 0;
    }
    config->block_count = (uint32_t)count;
    if (taps != SPX_LITE_TAPS) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: %u encoder blocks are taps, wanted %d",
                        spx_safetensors_path(weights), taps, SPX_LITE_TAPS);
    }
    return SPX_OK;
}

spx_status spx_lite_config_read(spx_lite_config *out, const spx_safetensors *weights,
                                spx_diag *diag)
{
    memset(out, 0, sizeof(*out));
    const char *const channels = spx_safetensors_metadata(weights, "decoder_channels");
    const char *const blocks = spx_safetensors_metadata(weights, "blocks");
    const unsigned long count = channels == NULL ? 0 : strtoul(channels, NULL, 10);
    if (count == 0 || count > MOST_CHANNELS) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: metadata 'decoder_channels' is not 1 to %d",
                        spx_safetensors_path(weights), MOST_CHANNELS);
    }
    out->decoder_channels = (uint32_t)count;
    json_t *const list = blocks == NULL ? NULL : json_loads(blocks, JSON_REJECT_DUPLICATES, NULL);
    const spx_status status = read_blocks(weights, list, out, diag);
    json_decref(list);
    return status;
}

#include "depth/lite_config.h"
#include "nn/safetensors.h"

/* Opens any bytes as a weights file, reads every tensor of it and what it says about a network. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_safetensors *file = NULL;
    if (spx_safetensors_parse(&file, bytes, size, "fuzz", NULL) != SPX_OK)
        return 0;
    volatile float last = 0;
    for (size_t i = 0; i < spx_safetensors_count(file); i++) {
        const spx_tensor *const tensor = spx_safetensors_at(file, i);
        if (spx_safetensors_find(file, tensor->name) != tensor)
            __builtin_trap();
        for (size_t at = 0; tensor->dtype != SPX_DTYPE_OTHER && at < tensor->count; at++) {
            float value = 0;
            spx_tensor_to_float(tensor, at, 1, &value);
            last = value;
        }
    }
    (void)last;
    spx_lite_config config;
    if (spx_lite_config_read(&config, file, NULL) == SPX_OK && config.block_count == 0)
        __builtin_trap();
    (void)spx_safetensors_hash(file, NULL);
    spx_safetensors_close(file);
    return 0;
}

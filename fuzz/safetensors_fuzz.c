#include "nn/safetensors.h"

/* Opens any bytes as a weights file and reads every tensor of it. */
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
    (void)spx_safetensors_metadata(file, "format");
    (void)spx_safetensors_hash(file);
    spx_safetensors_close(file);
    return 0;
}

/* Any weights file as one of Depth Anything V2: refused with words, or opened. */
#include "depth/dav2.h"
#include "nn/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_safetensors *file = NULL;
    spx_depth_network *network = NULL;
    const spx_dav2_options options = { .exact = 1 };
    if (spx_safetensors_parse(&file, bytes, size, "fuzz", NULL) != SPX_OK)
        return 0;
    if (spx_dav2_open(&network, file, &options, NULL) == SPX_OK)
        spx_dav2_family.close(network);
    spx_safetensors_close(file);
    return 0;
}

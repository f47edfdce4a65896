#include "container/hevc_sps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_hevc_sps sps;
    (void)!spx_hevc_sps_read(&sps, bytes, size, NULL);
    return 0;
}

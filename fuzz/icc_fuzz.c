#include "codec/hevc.h"
#include "codec/icc_profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_bytes icc = { 0 };
    spx_nclx color;
    if (spx_bytes_copy(&icc, bytes, size, "profile", NULL) == SPX_OK)
        spx_nclx_from_icc(&color, &icc);
    if (spx_icc_make_sound(&icc))
        spx_nclx_from_icc(&color, &icc);
    spx_bytes_clear(&icc);
    return 0;
}

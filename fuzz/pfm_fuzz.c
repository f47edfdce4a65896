#include "image/pfm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { MOST_PIXELS = 1 << 16 };
    spx_plane *plane = NULL;
    if (spx_pfm_read(&plane, bytes, size, MOST_PIXELS, "map", NULL) == SPX_OK)
        spx_plane_destroy(plane);
    return 0;
}

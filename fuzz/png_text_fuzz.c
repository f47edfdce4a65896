#include "codec/plane_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_bytes text = { 0 };
    (void)!spx_plane_png_text(&text, bytes, size, "spx:depth", NULL);
    spx_bytes_clear(&text);
    return 0;
}

/* Depth that a phone put into a JPEG or HEIF file: found, measured, decoded. */
#include "codec/own_depth.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const spx_limits limits = { .file_bytes = 1 << 20, .pixels = 1 << 18, .side_px = 4096 };
    const spx_photo_file file = { .data = bytes, .size = size, .name = "fuzz" };
    spx_own_depth depth = { 0 };
    (void)!spx_own_depth_read(&depth, &file, &limits, NULL, NULL);
    spx_own_depth_clear(&depth);
    (void)!spx_own_depth_probe(&depth, bytes, size, "fuzz", NULL);
    spx_own_depth_clear(&depth);
    return 0;
}

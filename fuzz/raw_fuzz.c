/* The door to LibRaw alone, whatever the bytes begin with. */
#include "codec/raw_read.h"
#include "image/photo.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const spx_limits limits = { .file_bytes = 1 << 20, .pixels = 1 << 18, .side_px = 4096 };
    const spx_photo_file file = {
        .data = bytes, .size = size, .name = "fuzz", .accept_damaged = 1
    };
    spx_photo photo = { 0 };
    (void)!spx_raw_read(&photo, &file, &limits, NULL, NULL);
    spx_photo_clear(&photo);
    return 0;
}

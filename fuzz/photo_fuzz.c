/* Bytes to pixels through every decoder, as a person's file goes: strictly, and with any damage
 * accepted. */
#include "codec/photo_read.h"
#include "image/photo.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const spx_limits limits = { .file_bytes = 1 << 20, .pixels = 1 << 18, .side_px = 4096 };
    for (int accept = 0; accept < 2; accept++) {
        const spx_photo_file file = {
            .data = bytes, .size = size, .name = "fuzz", .accept_damaged = accept
        };
        spx_photo photo = { 0 };
        (void)!spx_photo_read_item(&photo, &file, &limits, NULL, NULL);
        spx_photo_clear(&photo);
    }
    return 0;
}

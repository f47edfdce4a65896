/* Two eyes in a file of any kind: container, name, camera. The first byte chooses the name. */
#include "pipeline/stereo_input.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const names[] = { "a.jpg", "a.mpo", "a_180x180_LR.jpg", "a.jps",
                                         "a_TB.png" };
    static const spx_limits limits = { .file_bytes = 1 << 20, .pixels = 1 << 18, .side_px = 4096 };
    enum { TEXT_BYTES = 64, NAMES = sizeof(names) / sizeof(names[0]) };
    char text[TEXT_BYTES];
    if (size == 0)
        return 0;
    const spx_stereo_file file = {
        .data = bytes + 1, .size = size - 1, .name = names[bytes[0] % NAMES], .limits = &limits
    };
    spx_stereo_found found;
    if (spx_stereo_find(&found, &file, NULL) == SPX_OK)
        spx_stereo_found_describe(&found, text, sizeof(text));
    return 0;
}

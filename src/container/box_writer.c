#include "container/box_writer.h"

#include <assert.h>
#include <string.h>

size_t spx_box_begin(spx_bytes *bytes, const char *type)
{
    assert(strlen(type) == 4);
    const size_t begun = bytes->size;
    spx_bytes_u32(bytes, 0);
    spx_bytes_text(bytes, type);
    return begun;
}

void spx_version_flags(spx_bytes *bytes, unsigned version, uint32_t flags)
{
    assert(version <= UINT8_MAX && flags <= 0xffffff);
    spx_bytes_u32(bytes, (uint32_t)version << 24 | flags);
}

size_t spx_full_box_begin(spx_bytes *bytes, const char *type, unsigned version, uint32_t flags)
{
    const size_t begun = spx_box_begin(bytes, type);
    spx_version_flags(bytes, version, flags);
    return begun;
}

void spx_box_end(spx_bytes *bytes, size_t begun)
{
    if (bytes->size - begun > UINT32_MAX)
        bytes->failed = 1; /* no box of ours may come near that */
    spx_bytes_patch_u32(bytes, begun, (uint32_t)(bytes->size - begun));
}

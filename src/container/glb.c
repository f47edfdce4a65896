#include "container/glb.h"

#include <string.h>

enum {
    ALIGNMENT = 4,
    HEADER_BYTES = 12,
    CHUNK_HEADER_BYTES = 8,
    VERSION = 2,
};
static const uint32_t magic = 0x46546C67;      /* "glTF" */
static const uint32_t json_chunk = 0x4E4F534A; /* "JSON" */
static const uint32_t data_chunk = 0x004E4942; /* "BIN" */

void spx_glb_u32(spx_bytes *bytes, uint32_t value)
{
    const uint8_t parts[] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 24) };
    spx_bytes_append(bytes, parts, sizeof(parts));
}

void spx_glb_f32(spx_bytes *bytes, float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    spx_glb_u32(bytes, bits);
}

void spx_glb_align(spx_bytes *bytes)
{
    spx_bytes_append_zeros(bytes, (ALIGNMENT - bytes->size % ALIGNMENT) % ALIGNMENT);
}

spx_status spx_glb_write(spx_bytes *out, const spx_bytes *json, const spx_bytes *data,
                         spx_diag *diag)
{
    static const char spaces[] = "   ";
    const size_t json_pad = (ALIGNMENT - json->size % ALIGNMENT) % ALIGNMENT;
    const size_t data_pad = (ALIGNMENT - data->size % ALIGNMENT) % ALIGNMENT;
    const size_t whole = HEADER_BYTES + 2 * (size_t)CHUNK_HEADER_BYTES + json->size + json_pad +
                         data->size + data_pad;
    if (whole > UINT32_MAX)
        return spx_fail(diag, SPX_ERR_LIMIT, "glTF: %zu bytes are too many for one file", whole);
    SPX_TRY(spx_bytes_check(json, "glTF", diag));
    SPX_TRY(spx_bytes_check(data, "glTF", diag));
    spx_glb_u32(out, magic);
    spx_glb_u32(out, VERSION);
    spx_glb_u32(out, (uint32_t)whole);
    spx_glb_u32(out, (uint32_t)(json->size + json_pad));
    spx_glb_u32(out, json_chunk);
    spx_bytes_append(out, json->data, json->size);
    spx_bytes_append(out, spaces, json_pad);
    spx_glb_u32(out, (uint32_t)(data->size + data_pad));
    spx_glb_u32(out, data_chunk);
    spx_bytes_append(out, data->data, data->size);
    spx_bytes_append_zeros(out, data_pad);
    return spx_bytes_check(out, "glTF", diag);
}

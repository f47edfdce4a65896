#include "base/reader.h"

#include <assert.h>

size_t spx_reader_left(const spx_reader *reader)
{
    return reader->size - reader->at;
}

spx_status spx_reader_take(spx_reader *reader, size_t size, const uint8_t **out)
{
    *out = NULL;
    const size_t left = spx_reader_left(reader);
    if (left < size) {
        return spx_fail(reader->diag, SPX_ERR_TRUNCATED, "%s: wanted %zu bytes at %zu, %zu left",
                        reader->what, size, reader->at, left);
    }
    *out = reader->bytes + reader->at;
    reader->at += size;
    return SPX_OK;
}

spx_status spx_reader_skip(spx_reader *reader, size_t size)
{
    const uint8_t *skipped = NULL;
    return spx_reader_take(reader, size, &skipped);
}

static spx_status read_uint(spx_reader *reader, size_t size, uint64_t *out)
{
    *out = 0;
    const uint8_t *bytes = NULL;
    SPX_TRY(spx_reader_take(reader, size, &bytes));
    assert(bytes != NULL);
    for (size_t i = 0; i < size; i++)
        *out = *out << 8 | bytes[i];
    return SPX_OK;
}

spx_status spx_reader_u8(spx_reader *reader, uint8_t *out)
{
    uint64_t value = 0;
    const spx_status status = read_uint(reader, sizeof(*out), &value);
    *out = (uint8_t)value;
    return status;
}

spx_status spx_reader_u16(spx_reader *reader, uint16_t *out)
{
    uint64_t value = 0;
    const spx_status status = read_uint(reader, sizeof(*out), &value);
    *out = (uint16_t)value;
    return status;
}

spx_status spx_reader_u32(spx_reader *reader, uint32_t *out)
{
    uint64_t value = 0;
    const spx_status status = read_uint(reader, sizeof(*out), &value);
    *out = (uint32_t)value;
    return status;
}

spx_status spx_reader_u64(spx_reader *reader, uint64_t *out)
{
    return read_uint(reader, sizeof(*out), out);
}

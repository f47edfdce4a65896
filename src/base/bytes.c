#include "base/bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

static uint8_t *grow(spx_bytes *bytes, size_t more)
{
    if (bytes->failed || more > SIZE_MAX / 2 - bytes->size) {
        bytes->failed = 1;
        return NULL;
    }
    const size_t wanted = bytes->size + more;
    if (wanted > bytes->capacity) {
        size_t capacity = bytes->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : bytes->capacity;
        while (capacity < wanted)
            capacity += capacity / 2;
        uint8_t *const data = realloc(bytes->data, capacity);
        if (data == NULL) {
            bytes->failed = 1;
            return NULL;
        }
        bytes->data = data;
        bytes->capacity = capacity;
    }
    uint8_t *const at = bytes->data + bytes->size;
    bytes->size = wanted;
    return at;
}

void spx_bytes_clear(spx_bytes *bytes)
{
    free(bytes->data);
    *bytes = (spx_bytes){ 0 };
}

void spx_bytes_append(spx_bytes *bytes, const void *data, size_t size)
{
    if (size == 0)
        return;
    uint8_t *const at = grow(bytes, size);
    if (at != NULL)
        memcpy(at, data, size);
}

void spx_bytes_append_zeros(spx_bytes *bytes, size_t size)
{
    if (size == 0)
        return;
    uint8_t *const at = grow(bytes, size);
    if (at != NULL)
        memset(at, 0, size);
}

void spx_bytes_u8(spx_bytes *bytes, unsigned value)
{
    const uint8_t b = (uint8_t)value;
    spx_bytes_append(bytes, &b, 1);
}

void spx_bytes_u16(spx_bytes *bytes, unsigned value)
{
    const uint8_t b[2] = { (uint8_t)(value >> 8), (uint8_t)value };
    spx_bytes_append(bytes, b, sizeof(b));
}

static void put_u32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

void spx_bytes_u32(spx_bytes *bytes, uint32_t value)
{
    uint8_t b[4];
    put_u32(b, value);
    spx_bytes_append(bytes, b, sizeof(b));
}

void spx_bytes_u64(spx_bytes *bytes, uint64_t value)
{
    spx_bytes_u32(bytes, (uint32_t)(value >> 32));
    spx_bytes_u32(bytes, (uint32_t)value);
}

void spx_bytes_text(spx_bytes *bytes, const char *text)
{
    spx_bytes_append(bytes, text, strlen(text));
}

void spx_bytes_patch_u32(spx_bytes *bytes, size_t at, uint32_t value)
{
    if (bytes->failed)
        return;
    assert(at <= bytes->size && bytes->size - at >= 4);
    put_u32(bytes->data + at, value);
}

void spx_bytes_insert(spx_bytes *bytes, size_t at, const void *data, size_t size)
{
    if (bytes->failed || size == 0)
        return;
    assert(at <= bytes->size);
    const size_t behind = bytes->size - at;
    if (grow(bytes, size) == NULL)
        return;
    memmove(bytes->data + at + size, bytes->data + at, behind);
    memcpy(bytes->data + at, data, size);
}

spx_status spx_bytes_check(const spx_bytes *bytes, const char *what, spx_diag *diag)
{
    return bytes->failed ? spx_fail_memory(diag, what) : SPX_OK;
}

spx_status spx_bytes_copy(spx_bytes *out, const void *data, size_t size, const char *what,
                          spx_diag *diag)
{
    *out = (spx_bytes){ 0 };
    spx_bytes_append(out, data, size);
    return spx_bytes_check(out, what, diag);
}

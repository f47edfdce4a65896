#ifndef SPX_BASE_BYTES_H
#define SPX_BASE_BYTES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * A growing array of bytes that owns its memory. Zero-initialise it, append, then hand it on or
 * clear it.
 *
 * A failed append sets `failed` and later appends do nothing, so that a writer checks once, at the
 * end, with spx_bytes_check(). Integers are written big-endian, as ISO base media files and EXIF
 * "MM" want them.
 */
typedef struct spx_bytes {
    uint8_t *data; /* malloc'ed; NULL when empty */
    size_t size;
    size_t capacity;
    int failed;
} spx_bytes;

void spx_bytes_clear(spx_bytes *bytes); /* an empty or zeroed one is fine */
void spx_bytes_append(spx_bytes *bytes, const void *data, size_t size);
void spx_bytes_append_zeros(spx_bytes *bytes, size_t size);
void spx_bytes_u8(spx_bytes *bytes, unsigned value);
void spx_bytes_u16(spx_bytes *bytes, unsigned value);
void spx_bytes_u32(spx_bytes *bytes, uint32_t value);
void spx_bytes_u64(spx_bytes *bytes, uint64_t value);
void spx_bytes_text(spx_bytes *bytes, const char *text); /* without the terminating zero */
/** Overwrites 4 bytes at `at`, which must have been written before. */
void spx_bytes_patch_u32(spx_bytes *bytes, size_t at, uint32_t value);
/** Puts `size` bytes in at `at`, which must not be behind the end; what stood there moves back.
 * data: not within *bytes. */
void spx_bytes_insert(spx_bytes *bytes, size_t at, const void *data, size_t size);
/** SPX_ERR_NO_MEMORY if any append failed. */
SPX_NODISCARD spx_status spx_bytes_check(const spx_bytes *bytes, const char *what, spx_diag *diag);
/** Makes an owned copy of `size` bytes at `data` in *out, which must be empty. */
SPX_NODISCARD spx_status spx_bytes_copy(spx_bytes *out, const void *data, size_t size,
                                        const char *what, spx_diag *diag);

#endif

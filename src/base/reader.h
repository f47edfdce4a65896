#ifndef SPX_BASE_READER_H
#define SPX_BASE_READER_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/** Big-endian cursor over bytes it borrows; every read checks the end. Zero `at` to begin. */
typedef struct spx_reader {
    const uint8_t *bytes; /* borrowed; must outlive the reader */
    size_t size;
    size_t at;
    const char *what; /* e.g. "box 'ispe'", goes in front of messages */
    spx_diag *diag;   /* borrowed; may be NULL */
} spx_reader;

size_t spx_reader_left(const spx_reader *reader);
SPX_NODISCARD spx_status spx_reader_u8(spx_reader *reader, uint8_t *out);
SPX_NODISCARD spx_status spx_reader_u16(spx_reader *reader, uint16_t *out);
SPX_NODISCARD spx_status spx_reader_u32(spx_reader *reader, uint32_t *out);
SPX_NODISCARD spx_status spx_reader_u64(spx_reader *reader, uint64_t *out);
/** Gives a pointer to the next `size` bytes (borrowed from the reader's bytes) and moves behind
 * them. */
SPX_NODISCARD spx_status spx_reader_take(spx_reader *reader, size_t size, const uint8_t **out);
SPX_NODISCARD spx_status spx_reader_skip(spx_reader *reader, size_t size);

#endif

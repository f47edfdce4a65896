#ifndef SPX_BASE_BYTE_ORDER_H
#define SPX_BASE_BYTE_ORDER_H

#include <stdint.h>

/* Whole numbers in files: big end first, as in ISO media files, PNG, ICC and EXIF's "MM", or little
 * end first. `at` has as many bytes as the number, at any address. */

static inline uint32_t spx_u32_big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint32_t spx_u32_little(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline uint64_t spx_u64_big(const uint8_t *at)
{
    return (uint64_t)spx_u32_big(at) << 32 | spx_u32_big(at + 4);
}

#endif

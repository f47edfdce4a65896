#ifndef SPX_BASE_INTOPS_H
#define SPX_BASE_INTOPS_H

/* Whole numbers: smaller, larger, how far apart, held in a range, divided and aligned upwards. None
 * overflows where its result fits. */
#include <stddef.h>
#include <stdint.h>

static inline uint32_t spx_min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t spx_max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static inline int32_t spx_min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t spx_max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static inline uint16_t spx_apart_u16(uint16_t a, uint16_t b)
{
    const uint16_t higher = a > b ? a : b;
    const uint16_t lower = a > b ? b : a;
    return (uint16_t)(higher - lower);
}

static inline int64_t spx_min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t spx_max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline size_t spx_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t spx_max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/** least <= most. */
static inline int32_t spx_clamp_i32(int32_t value, int32_t least, int32_t most)
{
    return value < least ? least : (value > most ? most : value);
}

/** The index nearest to `at` in a row of `count` > 0: 0 below it, the last one beyond it. */
static inline uint32_t spx_clamp_index(int64_t at, uint32_t count)
{
    return at < 0 ? 0 : (at >= count ? count - 1 : (uint32_t)at);
}

/** How many parts hold the whole; part > 0. */
static inline size_t spx_divide_up(size_t whole, size_t part)
{
    return whole / part + (whole % part != 0);
}

static inline uint32_t spx_divide_up_u32(uint32_t whole, uint32_t part)
{
    return whole / part + (whole % part != 0);
}

/** The next multiple of unit > 0. */
static inline size_t spx_align_up(size_t size, size_t unit)
{
    return spx_divide_up(size, unit) * unit;
}

static inline uint32_t spx_align_up_u32(uint32_t size, uint32_t unit)
{
    return spx_divide_up_u32(size, unit) * unit;
}

#endif

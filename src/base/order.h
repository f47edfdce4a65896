#ifndef SPX_BASE_ORDER_H
#define SPX_BASE_ORDER_H

/* For qsort() and bsearch(): numbers from the least to the largest. NaN is none of them. */

#include <stdint.h>

static inline int spx_order_float(const void *a, const void *b)
{
    const float one = *(const float *)a;
    const float other = *(const float *)b;
    return (one > other) - (one < other);
}

static inline int spx_order_double(const void *a, const void *b)
{
    const double one = *(const double *)a;
    const double other = *(const double *)b;
    return (one > other) - (one < other);
}

static inline int spx_order_int(const void *a, const void *b)
{
    const int one = *(const int *)a;
    const int other = *(const int *)b;
    return (one > other) - (one < other);
}

static inline int spx_order_u16(const void *a, const void *b)
{
    const uint16_t one = *(const uint16_t *)a;
    const uint16_t other = *(const uint16_t *)b;
    return (one > other) - (one < other);
}

#endif

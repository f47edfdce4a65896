#ifndef SPX_BASE_SCAN_H
#define SPX_BASE_SCAN_H

/* What differs along a row of which most is alike: in a photo of 12 megapixels most pixels lie far
 * from every edge, and passing them one by one costs as much as the work at the edges. */
#include <stdint.h>
#include <string.h>

/** The first index from `at` to end - 1 at which another value stands; end where there is none. */
static inline uint32_t spx_first_other(const uint8_t *values, uint32_t at, uint32_t end,
                                       uint8_t value)
{
    const uint64_t alike = UINT64_MAX / UINT8_MAX * value;
    uint64_t eight = 0;
    for (; at + sizeof(eight) <= end; at += (uint32_t)sizeof(eight)) {
        memcpy(&eight, values + at, sizeof(eight));
        if (eight != alike)
            break;
    }
    while (at < end && values[at] == value)
        at++;
    return at;
}

#endif

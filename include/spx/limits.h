#ifndef SPX_LIMITS_H
#define SPX_LIMITS_H

#include "spx/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an untrusted photo may ask for. Checked before pixels are decoded. */
typedef struct spx_limits {
    uint64_t file_bytes; /* default 512 MB = 512,000,000 */
    uint64_t pixels;     /* width x height, default 200,000,000 */
    uint32_t side_px;    /* either side, default 65,500 */
} spx_limits;

SPX_API void spx_limits_init(spx_limits *limits);

#ifdef __cplusplus
}
#endif

#endif

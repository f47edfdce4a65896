#ifndef SPX_CODEC_LATE_WEBP_H
#define SPX_CODEC_LATE_WEBP_H

/* libwebp, opened late (base/late.h). */
#include "base/late.h"

#include <webp/decode.h>

/* clang-format off */
#define SPX_LATE_WEBP(X) \
    X(WebPGetInfo) \
    X(WebPIDecGetRGB) \
    X(WebPIDelete) \
    X(WebPINewRGB) \
    X(WebPIUpdate)

SPX_LATE_DECLARE(webp, SPX_LATE_WEBP);

/* NOLINTBEGIN(readability-identifier-naming): the library's own names */
#define WebPGetInfo (*spx_late_webp.WebPGetInfo_)
#define WebPIDecGetRGB (*spx_late_webp.WebPIDecGetRGB_)
#define WebPIDelete (*spx_late_webp.WebPIDelete_)
#define WebPINewRGB (*spx_late_webp.WebPINewRGB_)
#define WebPIUpdate (*spx_late_webp.WebPIUpdate_)
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif

#ifndef SPX_CODEC_LATE_X265_H
#define SPX_CODEC_LATE_X265_H

/* libx265, opened late (base/late.h). Its one entry has the number of its interface in its name. */
#include "base/late.h"

#include <stdio.h>
/* libx265's header wants <stdio.h> before it. */
#include <x265.h>

/* clang-format off */
#define SPX_X265_JOIN_(a, b) a##b
#define SPX_X265_JOIN(a, b) SPX_X265_JOIN_(a, b)
#define SPX_X265_ENTRY SPX_X265_JOIN(x265_api_get_, X265_BUILD)
#define SPX_LATE_X265_(X, entry) X(entry)
#define SPX_LATE_X265(X) SPX_LATE_X265_(X, SPX_X265_ENTRY)

SPX_LATE_DECLARE(x265, SPX_LATE_X265);

/* NOLINTBEGIN(readability-identifier-naming): the library's own name */
#undef x265_api_get
#define x265_api_get (*spx_late_x265.SPX_X265_JOIN(SPX_X265_ENTRY, _))
/* NOLINTEND(readability-identifier-naming) */
/* clang-format on */

#endif

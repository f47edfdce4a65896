/*
 * Box filter in two passes that share one row of sums. Weights are whole numbers: along an axis of
 * `from` pixels that become `to`, an old pixel covers `to` units and a new one `from` units, so the
 * share of each old pixel is exact and flat areas stay exactly flat.
 */
#include "image/resize.h"

#include "base/size.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

typedef struct shrink {
    const spx_image *in;
    spx_image *out;
    atomic_int_no_memory *failed;
} shrink;

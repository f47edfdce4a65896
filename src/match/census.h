#ifndef SPX_MATCH_CENSUS_H
#define SPX_MATCH_CENSUS_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/** Brightness 0..255 of an image of 8 or 16 bits, parts of a level kept. *out is owned by the
 * caller: spx_plane_destroy(). */
SPX_NODISCARD spx_status spx_grey_create(spx_plane **out, const spx_image *image, spx_diag *diag);

/** One word for each pixel: [height][stride]. Cleared by spx_census_clear(). */
typedef struct spx_census {
    uint32_t width;
    uint32_t height;
    uint32_t pad;    /* words before and behind each row; copies of its ends */
    size_t stride;   /* words */
    uint64_t *words; /* owned; the first row's pad is first */
} spx_census;

/**
 * Which of the 62 neighbours in a window of 9x7 pixels are darker than the pixel (Zabih and
 * Woodfill 1994): does not change with exposure and contrast. *out must be empty.
 */
SPX_NODISCARD spx_status spx_census_init(spx_census *out, const spx_plane *grey, uint32_t pad,
                                         const spx_task *task, spx_diag *diag);
void spx_census_clear(spx_census *census); /* an empty one is fine */

/** Row y's word of pixel 0; pad words stand before and behind the row. */
static inline const uint64_t *spx_census_row(const spx_census *census, uint32_t y)
{
    return census->words + (size_t)y * census->stride + census->pad;
}

#endif

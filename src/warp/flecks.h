#ifndef SPX_WARP_FLECKS_H
#define SPX_WARP_FLECKS_H

#include "base/task.h"
#include "spx/image.h"

/** What spx_flecks_mend() is told of each pixel of an eye. */
typedef enum spx_fleck_mark {
    SPX_FLECK_PHOTO = 0, /* the photo goes on there: never touched */
    SPX_FLECK_MADE = 1,  /* filled, mixed, or beside a place where the photo does not go on */
} spx_fleck_mark;

/** What is known of an eye. */
typedef struct spx_fleck_source {
    const spx_image *photo; /* of the eye's height and bits; borrowed */
    uint32_t first_column;  /* of the eye: the photo's first one, before anything moved */
    uint32_t reach_px;      /* so far pixels have moved to either side */
    uint8_t *marks;         /* [height][width] of the eye, of spx_fleck_mark; borrowed, used up */
} spx_fleck_source;

/**
 * The check of what was made: pixels that stand out from those around, alone or two or three
 * together, and that the photo has nowhere among such others, are filled again from those around.
 */
SPX_NODISCARD spx_status spx_flecks_mend(spx_image *eye, const spx_fleck_source *source,
                                         const spx_task *task, spx_diag *diag);

#endif

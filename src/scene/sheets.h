#ifndef SPX_SCENE_SHEETS_H
#define SPX_SCENE_SHEETS_H

#include "scene/scene.h"

enum { SPX_SHEETS_MOST_CELL_PX = 4 };

/**
 * A scene as two pictures that lie one behind the other, as programs for 3D scenes want them. All
 * planes are canvases the way the photo is, never mirrored: [height][width], the photo's column 0
 * at column `margin`.
 *
 *     ground   every pixel, opaque: the photo, and what is behind things where an edge is near
 *     fore     things in front of it, in a band along their edges and a little further, with alpha
 *
 * Where there is no fore pixel the ground shows the photo's own surface, near things too.
 */
typedef struct spx_sheets {
    uint32_t width;
    uint32_t height;
    uint32_t margin;
    uint32_t step;     /* more depth between neighbours makes two surfaces */
    uint32_t cell_px;  /* of the nets that are laid over them: 1..SPX_SHEETS_MOST_CELL_PX, some 512
                          along the longer side */
    spx_image *ground; /* 8 bits */
    uint16_t *ground_depth;
    uint8_t *cut;         /* 1 = a side of a step in the ground, which fore pixels cover */
    uint8_t *fore;        /* 4 samples each: colour as if opaque, alpha */
    uint16_t *fore_depth; /* where alpha is above 0 */
} spx_sheets;

/** scene: of 8 bits. Cleared by the caller. */
SPX_NODISCARD spx_status spx_sheets_init(spx_sheets *sheets, const spx_scene *scene,
                                         spx_diag *diag);
void spx_sheets_clear(spx_sheets *sheets); /* an empty one is fine */

#endif

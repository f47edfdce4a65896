#ifndef SPX_SCENE_BACKCLOTH_H
#define SPX_SCENE_BACKCLOTH_H

#include "scene/mesh.h"
#include "scene/sheets.h"

/**
 * A cloth hung behind a scene's sheets and around them: what is seen where a camera looks past
 * their cuts and their rim. It touches the farthest that there is and bends so gently that it
 * covers no part of itself for cameras up to `reach` widths of parallax aside. Its colours are the
 * photo's where it touches, and flow together between there; the rim mirrors the photo.
 *
 *     ____     ____    sheets from above, near is down
 *         |___|
 *     _____\_/_____    (the cloth follows from behind, a rim wider)
 */
typedef struct spx_backcloth {
    uint32_t columns; /* of cells; the sheets' canvas begins at cell (rim, rim) */
    uint32_t rows;
    uint32_t rim;
    uint32_t cell_px;  /* of the canvas */
    uint16_t *depth;   /* [rows][columns], 0..65535, larger = nearer */
    spx_image *colour; /* [rows][columns], 8 bits */
} spx_backcloth;

/** reach: > 0, how far a point at depth 0 and one at depth 1 move apart, in widths of the canvas.
 * rim: of its width, 0..1. Cleared by the caller. */
SPX_NODISCARD spx_status spx_backcloth_init(spx_backcloth *cloth, const spx_sheets *sheets,
                                            double reach, double rim, spx_diag *diag);
void spx_backcloth_clear(spx_backcloth *cloth); /* a zeroed one is fine */

/** The cloth as a net of wide meshes, its rim's pixels counted too: column and row 0 of a vertex
 * are `rim` cells beside the sheets' canvas. It lies behind all that it hides. Cleared by the
 * caller. */
SPX_NODISCARD spx_status spx_backcloth_mesh(spx_mesh *mesh, const spx_backcloth *cloth,
                                            spx_diag *diag);

#endif

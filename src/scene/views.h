#ifndef SPX_SCENE_VIEWS_H
#define SPX_SCENE_VIEWS_H

#include "scene/scene.h"

/**
 * A row of cameras that look at one photo, from left to right, evenly apart, and what shows all of
 * their views at once. photo: 8 bits in all of these.
 */
typedef struct spx_camera_row {
    double strength_pct; /* range of disparity between the outermost two, % of the photo's width */
    double window;       /* depth 0..1 that all views show at one place */
} spx_camera_row;

/** Cuts a scene for a row of cameras; place -1 and 1 are the outermost. */
SPX_NODISCARD spx_status spx_camera_row_cut(spx_scene *scene, spx_image *photo,
                                            const spx_plane *depth, const spx_camera_row *row,
                                            const spx_task *task, spx_diag *diag);

/** Columns on either side of a photo that the outermost views show beside the frame: what is
 * invented there is not shown in loops and tiles. */
uint32_t spx_camera_row_inset(const spx_camera_row *row, uint32_t width);

/** How wide a photo has to be for `width` columns to be left between both insets. */
uint32_t spx_camera_row_padded(const spx_camera_row *row, uint32_t width);

/** Draws the view of a camera of the row; place: -1..1. view: of the photo's size. */
SPX_NODISCARD spx_status spx_camera_row_view(spx_image *view, const spx_scene *scene,
                                             const spx_camera_row *row, double place,
                                             const spx_task *task, spx_diag *diag);

/** Views in a grid, as light field displays read it: the leftmost camera's at the bottom left, then
 * to the right, then up. */
typedef struct spx_quilt {
    uint32_t columns;
    uint32_t rows;
    uint32_t tile_width; /* the middle of each view; 1..the photo's width */
} spx_quilt;

/** Tiles have the photo's height. *out is owned by the caller. */
SPX_NODISCARD spx_status spx_quilt_render(spx_image **out, spx_image *photo, const spx_plane *depth,
                                          const spx_camera_row *row, const spx_quilt *quilt,
                                          const spx_task *task, spx_diag *diag);

/** Views in stripes, to be printed behind a sheet of upright lenses. */
typedef struct spx_lenticular {
    double lenses_per_inch;
    double dots_per_inch;
    uint32_t width; /* of the print, in dots */
    uint32_t height;
} spx_lenticular;

/** How many different views fit behind a lens: 2..64. */
uint32_t spx_lenticular_views(const spx_lenticular *sheet);

/**
 * The photo has the print's shape and any size: views are as fine as it is, and a lens shows one
 * column of them, as wide as itself. A lens shows the left eye what lies on its right: stripes go
 * from the rightmost camera's to the leftmost's. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_lenticular_render(spx_image **out, spx_image *photo,
                                               const spx_plane *depth, const spx_camera_row *row,
                                               const spx_lenticular *sheet, const spx_task *task,
                                               spx_diag *diag);

/**
 * A sheet that tells what a sheet of lenses really measures: bands with their lenses per inch
 * beside them, black and white halves behind each lens. Through the lenses the band that is all
 * black or all white to one eye has the right number. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_pitch_sheet_draw(spx_image **out, const spx_lenticular *sheet,
                                              uint32_t width, uint32_t height, spx_diag *diag);

#endif

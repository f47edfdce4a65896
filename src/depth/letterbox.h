#ifndef SPX_DEPTH_LETTERBOX_H
#define SPX_DEPTH_LETTERBOX_H

#include "image/plane.h"
#include "spx/image.h"

/** What of a photo lies between black bars, in pixels; the whole photo when it has none. */
typedef struct spx_letterbox {
    uint32_t left;
    uint32_t top;
    uint32_t width;
    uint32_t height;
} spx_letterbox;

/** Bars lie on both opposite sides, nearly as thick, evenly black. */
spx_letterbox spx_letterbox_find(const spx_image *photo);
/** Whether the photo has bars. */
int spx_letterbox_is_cut(const spx_letterbox *box, const spx_image *photo);
/** The photo between the bars, as a view of its pixels: borrowed, never unreferenced. */
spx_image spx_letterbox_view(const spx_letterbox *box, const spx_image *photo);
/**
 * A map of what lies between the bars, with the bars: as far as the farthest of it. The map keeps
 * its scale. *map is replaced; on failure it stays.
 */
SPX_NODISCARD spx_status spx_letterbox_frame(const spx_letterbox *box, const spx_image *photo,
                                             spx_plane **map, spx_diag *diag);
/**
 * What a map of the whole photo, of any size, says of what lies between the bars: the other way
 * round. *map is replaced; on failure it stays.
 */
SPX_NODISCARD spx_status spx_letterbox_cut(const spx_letterbox *box, const spx_image *photo,
                                           spx_plane **map, spx_diag *diag);
/** Sets the bars of a normalised map of the photo's size to the farthest. */
void spx_letterbox_flatten(const spx_letterbox *box, const spx_plane *map);

#endif

#ifndef SPX_SCENE_SPLINTERS_H
#define SPX_SCENE_SPLINTERS_H

#include "spx/image.h"
#include "warp/layers.h"

/**
 * Where three surfaces meet, what the nearest hides may be the middle one, and the middle one's
 * pixels beside it have a back layer of their own: the fill cannot copy from them, and takes
 * colours of the farthest. Such pixels of the back layer are brought to what the middle surface
 * shows in its row. back: of the layers' size, filled; changed in place.
 */
SPX_NODISCARD spx_status spx_splinters_mend(spx_image *back, const spx_layers *layers,
                                            const spx_image *photo, const spx_task *task,
                                            spx_diag *diag);

#endif

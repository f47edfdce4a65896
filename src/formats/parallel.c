#include "formats/parallel.h"

#include "image/shift.h"

spx_status spx_parallel_eyes(spx_image *out[2], const spx_master *master, spx_diag *diag)
{
    SPX_TRY(spx_image_shift(&out[0], master->left, master->strip[0], master->shift_px[0], diag));
    return spx_image_shift(&out[1], master->right, master->strip[1], master->shift_px[1], diag);
}

#include "formats/writers.h"
#include "image/pfm.h"

enum { DEPTH_JPEG_QUALITY = 92 };

spx_status spx_write_depth(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    return spx_plane_write_jpeg(out, master->depth, DEPTH_JPEG_QUALITY, task, diag);
}

spx_status spx_write_depth16(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    return spx_plane_write_png16(out, master->depth, NULL, NULL, task, diag);
}

spx_status spx_write_depth_raw(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag)
{
    if (master->raw == NULL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: depth was given, so no network ran that has raw numbers",
                        master->name);
    }
    (void)task;
    return spx_pfm_write(out, master->raw, diag);
}

#include "formats/extras.h"
#include "formats/writers.h"

enum { MOST_QUALITY = 100 };

static spx_status write_eye(spx_bytes *out, const spx_master *master, int right,
                            const spx_task *task, spx_diag *diag)
{
    const int are_parallel = master->own[right] != NULL;
    const spx_image *const eye =
        are_parallel ? master->own[right] : (right ? master->right : master->left);
    spx_sized_extras extras = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_eyes_extras_init(&extras, master, eye->width, eye->height, are_parallel, diag));
    SPX_TRY_OUT(
        spx_image_write(out, eye, SPX_IMAGE_TYPE_PNG, MOST_QUALITY, &extras.extras, task, diag));
out:
    spx_sized_extras_clear(&extras);
    return status;
}

spx_status spx_write_left(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    return write_eye(out, master, 0, task, diag);
}

spx_status spx_write_right(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    return write_eye(out, master, 1, task, diag);
}

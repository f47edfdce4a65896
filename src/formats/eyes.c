#include "formats/writers.h"

enum { MOST_QUALITY = 100 };

static spx_status write_eye(spx_bytes *out, const spx_image *eye, const spx_master *master,
                            const spx_task *task, spx_diag *diag)
{
    const spx_image_extras extras = spx_master_extras(master);
    return spx_image_write(out, eye, SPX_IMAGE_TYPE_PNG, MOST_QUALITY, &extras, task, diag);
}

spx_status spx_write_left(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    return write_eye(out, master->own[0] != NULL ? master->own[0] : master->left, master, task,
                     diag);
}

spx_status spx_write_right(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    return write_eye(out, master->own[1] != NULL ? master->own[1] : master->right, master, task,
                     diag);
}

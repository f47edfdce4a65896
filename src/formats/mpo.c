/*
 * MPO: both eyes as JPEG files one behind the other, as stereo cameras write them
 * (container/mpf.h).
 */
#include "container/exif.h"
#include "container/mpf.h"
#include "formats/extras.h"
#include "formats/writers.h"
#include "image/fit.h"

enum {
    JPEG_QUALITY = 95,
    CONSOLE_WIDTH = 640, /* what the Nintendo 3DS reads: VGA, 4:2:0 */
    CONSOLE_HEIGHT = 480,
    CONSOLE_QUALITY = 90,
};

/* The two eyes, coded; the first eye may be either. */
static spx_status join(spx_bytes *out, spx_bytes files[2], double baseline_mm, spx_diag *diag)
{
    const spx_mpf_picture pictures[2] = {
        { &files[0], SPX_MPF_TYPE_DISPARITY | SPX_MPF_REPRESENTATIVE, 1 },
        { &files[1], SPX_MPF_TYPE_DISPARITY, 1 },
    };
    const spx_mpf mpf = { .pictures = pictures, .count = 2, .baseline_mm = baseline_mm };
    return spx_mpf_join(out, &mpf, diag);
}

static spx_status write_mpo(spx_bytes *out, const spx_master *master,
                            const spx_image *const eyes[2], const spx_write_form *form,
                            const spx_task *task, spx_diag *diag)
{
    spx_sized_extras extras = { 0 };
    spx_bytes files[2] = { { 0 }, { 0 } };
    spx_write_form own = *form;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(
        eyes[0] == master->left
            ? spx_eyes_extras_init(&extras, master, eyes[0]->width, eyes[0]->height, 0, diag)
            : spx_sized_extras_init(&extras, master, eyes[0]->width, eyes[0]->height, diag));
    if (extras.exif.size == 0) { /* players want some */
        spx_exif_put_least(&extras.exif, eyes[0]->width, eyes[0]->height,
                           master->photo->icc.size == 0);
        SPX_TRY_OUT(spx_bytes_check(&extras.exif, "EXIF", diag));
        extras.extras.exif = &extras.exif;
    }
    own.extras = &extras.extras;
    for (size_t eye = 0; eye < 2; eye++) {
        const spx_rows rows = spx_rows_of(eyes[eye]);
        SPX_TRY_OUT(spx_rows_write(&files[eye], &rows, &own, task, diag));
    }
    SPX_TRY_OUT(join(out, files, master->camera.baseline_mm, diag));
out:
    spx_sized_extras_clear(&extras);
    spx_bytes_clear(&files[0]);
    spx_bytes_clear(&files[1]);
    return status;
}

/* 4:2:0, since televisions decode MPO in hardware, which need not know 4:4:4. */
spx_status spx_write_mpo(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    static const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG,
                                         .quality = JPEG_QUALITY,
                                         .chroma = SPX_JPEG_CHROMA_HALF };
    const spx_image *const eyes[2] = { master->left, master->right };
    return write_mpo(out, master, eyes, &form, task, diag);
}

/* The console shows nothing but VGA: both eyes are fitted into it, with black borders. */
spx_status spx_write_mpo_3ds(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    static const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG,
                                         .quality = CONSOLE_QUALITY,
                                         .chroma = SPX_JPEG_CHROMA_HALF };
    const spx_task quiet = spx_task_quiet(task);
    spx_image *eyes[2] = { NULL, NULL };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_fit(&eyes[0], master->left, CONSOLE_WIDTH, CONSOLE_HEIGHT, &quiet, diag));
    SPX_TRY_OUT(
        spx_image_fit(&eyes[1], master->right, CONSOLE_WIDTH, CONSOLE_HEIGHT, &quiet, diag));
    SPX_TRY_OUT(
        write_mpo(out, master, (const spx_image *const[2]){ eyes[0], eyes[1] }, &form, task, diag));
out:
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}

#include "codec/hevc.h"
#include "container/spatial_heif.h"
#include "formats/heic_parts.h"
#include "formats/writers.h"
#include "image/shift.h"

static spx_status write_eyes(spx_bytes *out, const spx_master *master,
                             const spx_image *const eyes[2], const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    const int single_item = master->options->single_item;
    spx_hevc_options hevc = { .quality = master->options->quality };
    spx_hevc_stills coded = { 0 };
    spx_hevc_stills thumbnail = { 0 };
    spx_status status = SPX_OK;
    spx_nclx_from_icc(&hevc.color, &master->photo->icc);
    if (single_item) {
        SPX_TRY_OUT(spx_hevc_encode_whole(&coded, eyes, 2, &hevc, task, diag));
    } else {
        SPX_TRY_OUT(spx_hevc_encode_tiles(&coded, eyes, 2, SPX_HEIF_TILE_PX, &hevc, task, diag));
    }
    SPX_TRY_OUT(spx_heic_thumbnail(&thumbnail, eyes[0], &hevc, &quiet, diag));

    const spx_spatial_heif heif = {
        .width = eyes[0]->width,
        .height = eyes[0]->height,
        .coded = &coded,
        .single_item = single_item,
        .thumbnail = &thumbnail,
        .nclx = hevc.color,
        .icc = &master->photo->icc,
        .exif = &master->photo->exif,
        .xmp = &master->photo->xmp,
        .hfov_deg = master->camera.hfov_deg,
        .baseline_mm = master->camera.baseline_mm,
        .disparity_adjustment = master->camera.disparity_adjustment,
        .fourcc_properties = master->options->fourcc_properties,
    };
    SPX_TRY_OUT(spx_spatial_heif_write(out, &heif, diag));

out:
    spx_hevc_stills_clear(&coded);
    spx_hevc_stills_clear(&thumbnail);
    return status;
}

/* The file's camera data describe parallel cameras; the window goes into the adjustment. */
spx_status spx_write_spatial(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    spx_image *parallel[2] = { NULL, NULL };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(
        spx_image_shift(&parallel[0], master->left, master->strip[0], master->shift_px[0], diag));
    SPX_TRY_OUT(
        spx_image_shift(&parallel[1], master->right, master->strip[1], master->shift_px[1], diag));
    SPX_TRY_OUT(write_eyes(out, master, (const spx_image *const[]){ parallel[0], parallel[1] },
                           task, diag));
out:
    spx_image_unref(parallel[0]);
    spx_image_unref(parallel[1]);
    return status;
}

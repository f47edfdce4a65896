#include "codec/hevc.h"
#include "container/spatial_heif.h"
#include "formats/writers.h"
#include "image/resize.h"

enum { THUMBNAIL_PX = 320 };

static spx_status encode_thumbnail(spx_hevc_stills *out, const spx_master *master,
                                   const spx_hevc_options *hevc, const spx_task *task,
                                   spx_diag *diag)
{
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_shrink(&small, master->left, THUMBNAIL_PX, task, diag));
    SPX_TRY_OUT(
        spx_hevc_encode_whole(out, (const spx_image *const[]){ small }, 1, hevc, task, diag));

out:
    spx_image_unref(small);
    return status;
}

spx_status spx_write_spatial(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    const spx_image *const eyes[] = { master->left, master->right };
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
    SPX_TRY_OUT(encode_thumbnail(&thumbnail, master, &hevc, &quiet, diag));

    const spx_spatial_heif heif = {
        .width = master->left->width,
        .height = master->left->height,
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

#include "pipeline/encode.h"

#include "codec/hevc.h"
#include "codec/image_write.h"
#include "container/spatial_heif.h"
#include "image/pfm.h"
#include "image/resize.h"

#include <math.h>

enum { DEPTH_JPEG_QUALITY = 92, MOST_QUALITY = 100, THUMBNAIL_PX = 320, BLOCK_PX = 64 };

static spx_status encode_thumbnail(spx_hevc_stills *out, const spx_encode_job *job,
                                   const spx_hevc_options *hevc, const spx_task *task,
                                   spx_diag *diag)
{
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_shrink(&small, job->left, THUMBNAIL_PX, task, diag));
    SPX_TRY_OUT(
        spx_hevc_encode_whole(out, (const spx_image *const[]){ small }, 1, hevc, task, diag));

out:
    spx_image_unref(small);
    return status;
}

static spx_status encode_spatial(spx_bytes *out, const spx_encode_job *job,
                                 const spx_hevc_options *hevc, const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    const spx_image *const eyes[] = { job->left, job->right };
    spx_hevc_stills coded = { 0 };
    spx_hevc_stills thumbnail = { 0 };
    spx_status status = SPX_OK;
    if (job->options->single_item) {
        SPX_TRY_OUT(spx_hevc_encode_whole(&coded, eyes, 2, hevc, task, diag));
    } else {
        SPX_TRY_OUT(spx_hevc_encode_tiles(&coded, eyes, 2, SPX_HEIF_TILE_PX, hevc, task, diag));
    }
    SPX_TRY_OUT(encode_thumbnail(&thumbnail, job, hevc, &quiet, diag));

    const spx_spatial_heif heif = {
        .width = job->left->width,
        .height = job->left->height,
        .coded = &coded,
        .single_item = job->options->single_item,
        .thumbnail = &thumbnail,
        .nclx = hevc->color,
        .icc = &job->photo->icc,
        .exif = &job->photo->exif,
        .xmp = &job->photo->xmp,
        .hfov_deg = job->summary->hfov_deg,
        .baseline_mm = job->summary->baseline_mm,
        .disparity_adjustment = job->summary->disparity_adjustment,
        .fourcc_properties = job->options->fourcc_properties,
    };
    SPX_TRY_OUT(spx_spatial_heif_write(out, &heif, diag));

out:
    spx_hevc_stills_clear(&coded);
    spx_hevc_stills_clear(&thumbnail);
    return status;
}

/*
 * The long side that each eye may have so that both fit into one picture; 0 = they fit as they are.
 * The encoder pads sides up to its block size, which must not lead over the limit.
 */
static uint32_t side_by_side_limit(const spx_image *eye)
{
    const double width = 2.0 * eye->width;
    const double height = eye->height;
    const double side = SPX_HEVC_MOST_SIDE_PX - BLOCK_PX;
    const double padded_px = (width + BLOCK_PX) * (height + BLOCK_PX);
    double scale = fmin(1.0, side / fmax(width, height));
    if (padded_px > SPX_HEVC_MOST_PX) { /* the padding shrinks less than the picture: a little more
                                         than the root */
        scale = fmin(scale, sqrt(SPX_HEVC_MOST_PX / padded_px) - BLOCK_PX / fmin(width, height));
    }
    if (scale >= 1.0)
        return 0;
    return (uint32_t)fmax(1.0, floor(fmax(eye->width, height) * scale));
}

static spx_status encode_side_by_side(spx_bytes *out, const spx_encode_job *job,
                                      const spx_hevc_options *hevc, const spx_task *task,
                                      spx_diag *diag)
{
    const uint32_t limit = side_by_side_limit(job->left);
    if (limit == 0)
        return spx_hevc_encode_side_by_side(out, job->left, job->right, hevc, task, diag);

    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_shrink(&left, job->left, limit, &quiet, diag));
    SPX_TRY_OUT(spx_image_shrink(&right, job->right, limit, &quiet, diag));
    SPX_TRY_OUT(spx_hevc_encode_side_by_side(out, left, right, hevc, task, diag));

out:
    spx_image_unref(left);
    spx_image_unref(right);
    return status;
}

static spx_status encode_one(spx_output *file, const spx_encode_job *job,
                             const spx_hevc_options *hevc, const spx_task *task, spx_diag *diag)
{
    const spx_image_extras extras = { .icc = &job->photo->icc,
                                      .exif = &job->photo->exif,
                                      .xmp = &job->photo->xmp };
    spx_bytes *const out = &file->bytes;
    switch (file->format) {
    case SPX_FORMAT_SPATIAL:
        return encode_spatial(out, job, hevc, task, diag);
    case SPX_FORMAT_SBS:
        return encode_side_by_side(out, job, hevc, task, diag);
    case SPX_FORMAT_DEPTH:
        return spx_plane_write_jpeg(out, job->depth->map, DEPTH_JPEG_QUALITY, task, diag);
    case SPX_FORMAT_LEFT:
        return spx_image_write(out, job->left, SPX_IMAGE_TYPE_PNG, MOST_QUALITY, &extras, task,
                               diag);
    case SPX_FORMAT_RIGHT:
        return spx_image_write(out, job->right, SPX_IMAGE_TYPE_PNG, MOST_QUALITY, &extras, task,
                               diag);
    case SPX_FORMAT_DEPTH16:
        return spx_plane_write_png16(out, job->depth->map, NULL, NULL, task, diag);
    case SPX_FORMAT_DEPTH_RAW:
        return spx_pfm_write(out, job->depth->raw, diag);
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: unknown format %d", file->name, (int)file->format);
}

/* One file's share of the whole progress. */
typedef struct share {
    const spx_task *task;
    double done;
    double part;
} share;

static void progress_share(void *user, double fraction)
{
    const share *const self = user;
    spx_task_progress(self->task, self->done + self->part * fraction);
}

spx_status spx_encode_outputs(spx_output_set *set, const spx_encode_job *job, const spx_task *task,
                              spx_diag *diag)
{
    spx_hevc_options hevc = { .quality = job->options->quality };
    spx_nclx_from_icc(&hevc.color, &job->photo->icc);
    share own = { .task = task, .part = 1.0 / (double)(set->count == 0 ? 1 : set->count) };
    const spx_task part = {
        .pool = task->pool, .cancel = task->cancel, .progress = progress_share, .user = &own
    };
    for (size_t i = 0; i < set->count; i++) {
        own.done = own.part * (double)i;
        SPX_TRY(spx_task_check(task, diag));
        SPX_TRY(encode_one(&set->files[i], job, &hevc, &part, diag));
        set->files[i].size = set->files[i].bytes.size;
        spx_task_progress(task, own.done + own.part);
    }
    return SPX_OK;
}

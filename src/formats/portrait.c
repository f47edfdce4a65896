/*
 * The photo with its depth: as a HEIC in which phones can move the focus afterwards, and as a JPEG
 * as Android phones make it.
 */
#include "codec/hevc.h"
#include "codec/jpeg_segments.h"
#include "container/mpf.h"
#include "container/xmp.h"
#include "formats/depth_parts.h"
#include "formats/extras.h"
#include "formats/heic_parts.h"
#include "formats/writers.h"
#include "image/plane_resample.h"

enum {
    JPEG_QUALITY = 95,
    DEPTH_QUALITY = 92,
    DEPTH_LONG_SIDE_PX = 1024,
};

spx_status spx_write_portrait(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    spx_image *photo = spx_image_ref(master->photo->image);
    spx_sized_extras sized = { 0 };
    spx_hevc_options hevc = { .quality = master->options->quality };
    spx_hevc_stills coded = { 0 };
    spx_hevc_stills thumbnail = { 0 };
    spx_depth_aux depth = { 0 };
    spx_status status = SPX_OK;
    spx_nclx_from_icc(&hevc.color, &master->photo->icc);
    SPX_TRY_OUT(spx_heic_fit(&photo, 1, "portrait", task, diag));
    SPX_TRY_OUT(spx_sized_extras_init(&sized, master, photo->width, photo->height, diag));
    SPX_TRY_OUT(spx_hevc_encode_tiles(&coded, (const spx_image *const[]){ photo }, 1,
                                      SPX_HEIF_TILE_PX, &hevc, task, diag));
    SPX_TRY_OUT(spx_heic_thumbnail(&thumbnail, photo, &hevc, &quiet, diag));
    SPX_TRY_OUT(spx_depth_aux_init(&depth, master, master->depth, &quiet, diag));
    const spx_spatial_heif heif = {
        .width = photo->width,
        .height = photo->height,
        .coded = &coded,
        .single_view = 1,
        .thumbnail = &thumbnail,
        .nclx = hevc.color,
        .icc = &master->photo->icc,
        .exif = &sized.exif,
        .xmp = &master->photo->xmp,
        .aux = &depth.aux,
        .aux_count = 1,
    };
    SPX_TRY_OUT(spx_spatial_heif_write(out, &heif, diag));
out:
    spx_hevc_stills_clear(&coded);
    spx_hevc_stills_clear(&thumbnail);
    spx_depth_aux_clear(&depth);
    spx_sized_extras_clear(&sized);
    spx_image_unref(photo);
    return status;
}

/* Black = near: the range runs from the nearest distance to the farthest. */
static spx_status code_depth(spx_bytes *out, const spx_plane *depth, const spx_task *task,
                             spx_diag *diag)
{
    const uint32_t longer = depth->width > depth->height ? depth->width : depth->height;
    const uint32_t side = longer < DEPTH_LONG_SIDE_PX ? longer : DEPTH_LONG_SIDE_PX;
    const uint32_t width = (uint32_t)((uint64_t)depth->width * side / longer);
    const uint32_t height = (uint32_t)((uint64_t)depth->height * side / longer);
    spx_plane *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(
        spx_plane_resample(&small, depth, width == 0 ? 1 : width, height == 0 ? 1 : height, diag));
    for (uint32_t y = 0; y < small->height; y++) {
        float *const row = spx_plane_row(small, y);
        for (uint32_t x = 0; x < small->width; x++)
            row[x] = 1.0f - row[x];
    }
    SPX_TRY_OUT(spx_plane_write_jpeg(out, small, DEPTH_QUALITY, task, diag));
out:
    spx_plane_destroy(small);
    return status;
}

/* The photo's JPEG, which tells of the depth in its XMP. */
static spx_status code_photo(spx_bytes *out, const spx_master *master, const spx_bytes *depth,
                             const spx_task *task, spx_diag *diag)
{
    const spx_depth_scale scale = spx_depth_scale_of(master);
    char guid[SPX_XMP_GUID_SIZE];
    spx_bytes description = { 0 };
    spx_bytes extended = { 0 };
    spx_bytes packet = { 0 };
    spx_image_extras extras = spx_master_extras(master);
    spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG,
                            .quality = JPEG_QUALITY,
                            .chroma = SPX_JPEG_CHROMA_HALF,
                            .extras = &extras };
    const spx_rows rows = spx_rows_of(master->photo->image);
    spx_status status = SPX_OK;
    spx_depth_put_google_extended(&extended, depth);
    SPX_TRY_OUT(spx_bytes_check(&extended, "depth", diag));
    SPX_TRY_OUT(spx_xmp_guid(guid, &extended, diag));
    spx_depth_put_google_xmp(&description, &scale, depth->size, guid);
    SPX_TRY_OUT(spx_bytes_check(&description, "depth", diag));
    spx_xmp_put_with(&packet, &master->photo->xmp, &description, SPX_XMP_MOST_IN_JPEG);
    SPX_TRY_OUT(spx_bytes_check(&packet, "XMP", diag));
    extras.xmp = &packet;
    extras.xmp_extended = &extended;
    SPX_TRY_OUT(spx_rows_write(out, &rows, &form, task, diag));
out:
    spx_bytes_clear(&description);
    spx_bytes_clear(&extended);
    spx_bytes_clear(&packet);
    return status;
}

spx_status spx_write_dynamic_depth(spx_bytes *out, const spx_master *master, const spx_task *task,
                                   spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    spx_bytes photo = { 0 };
    spx_bytes depth = { 0 };
    const spx_mpf_picture pictures[2] = {
        { &photo, SPX_MPF_TYPE_PRIMARY | SPX_MPF_REPRESENTATIVE, 0 },
        { &depth, SPX_MPF_TYPE_UNDEFINED, 0 },
    };
    const spx_mpf mpf = { .pictures = pictures, .count = 2 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(code_depth(&depth, master->depth, &quiet, diag));
    SPX_TRY_OUT(code_photo(&photo, master, &depth, task, diag));
    SPX_TRY_OUT(spx_mpf_join(out, &mpf, diag));
out:
    spx_bytes_clear(&photo);
    spx_bytes_clear(&depth);
    return status;
}

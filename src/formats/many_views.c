/* What shows many views at once: light field displays and lens sheets. */
#include "codec/image_write.h"
#include "formats/show.h"
#include "formats/writers.h"

#include <math.h>

enum { QUILT_QUALITY = 94, MOST_QUALITY = 100 };

/* Displays show a cone of some 35 degrees: a few times what both eyes see. */
static const double quilt_eyes = 3.0;
/* A sheet's lenses have a cone of some 50 degrees, but a stripe beside its place shows as a ghost:
 * less depth is more. */
static const double lens_eyes = 1.6;

spx_status spx_write_quilt(spx_bytes *out, const spx_master *master, const spx_display *to,
                           const spx_task *task, spx_diag *diag)
{
    const spx_image *const photo = master->photo->image;
    const spx_subject subject = spx_subject_find(master->depth);
    const spx_camera_row cameras = spx_show_cameras(master, quilt_eyes);
    const spx_quilt quilt = { .columns = to->columns,
                              .rows = to->rows,
                              .tile_width = to->width / to->columns };
    const uint32_t width = spx_camera_row_padded(&cameras, quilt.tile_width);
    const spx_crop crop = spx_crop_to_aspect(photo->width, photo->height,
                                             to->aspect * width / quilt.tile_width, &subject);
    spx_status status = SPX_OK;
    spx_reduced tile = { 0 };
    spx_image *whole = NULL;
    SPX_TRY_OUT(spx_show_reduce(&tile, master, &crop, width, to->height / to->rows, task, diag));
    SPX_TRY_OUT(spx_quilt_render(&whole, tile.photo, tile.depth, &cameras, &quilt, task, diag));
    const spx_rows rows = spx_rows_of(whole);
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_JPEG,
                                  .quality = QUILT_QUALITY,
                                  .chroma = SPX_JPEG_CHROMA_FULL };
    SPX_TRY_OUT(spx_rows_write(out, &rows, &form, task, diag));
out:
    spx_reduced_clear(&tile);
    spx_image_unref(whole);
    return status;
}

/* ---- lenses ---- */

/* The commonest sheet, printed on the commonest printer, 6 inches on the long side. */
static const spx_lenticular usual_sheet = { .lenses_per_inch = 60.0, .dots_per_inch = 600.0 };
enum {
    PRINT_PX = 3600
}; /* views have half of it: as many dots an inch as one sees upright, and
      five times as many as there are lenses across */

static void print_size(const spx_image *photo, uint32_t *width, uint32_t *height)
{
    const uint32_t longest = photo->width > photo->height ? photo->width : photo->height;
    *width = (uint32_t)fmax(1.0, round((double)PRINT_PX * photo->width / longest));
    *height = (uint32_t)fmax(1.0, round((double)PRINT_PX * photo->height / longest));
}

static spx_status write_print(spx_bytes *out, const spx_image *image, const spx_task *task,
                              spx_diag *diag)
{
    const spx_rows rows = spx_rows_of(image);
    const spx_write_form form = { .type = SPX_IMAGE_TYPE_PNG,
                                  .quality = MOST_QUALITY,
                                  .dots_per_inch = usual_sheet.dots_per_inch };
    return spx_rows_write(out, &rows, &form, task, diag);
}

spx_status spx_write_lenticular(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag)
{
    const spx_camera_row cameras = spx_show_cameras(master, lens_eyes);
    spx_status status = SPX_OK;
    spx_lenticular sheet = usual_sheet;
    spx_reduced seen = { 0 };
    spx_image *print = NULL;
    print_size(master->photo->image, &sheet.width, &sheet.height);
    SPX_TRY_OUT(spx_show_reduce_to(&seen, master, PRINT_PX / 2, 0, task, diag));
    SPX_TRY_OUT(
        spx_lenticular_render(&print, seen.photo, seen.depth, &cameras, &sheet, task, diag));
    SPX_TRY_OUT(write_print(out, print, task, diag));
out:
    spx_reduced_clear(&seen);
    spx_image_unref(print);
    return status;
}

spx_status spx_write_pitch_sheet(spx_bytes *out, const spx_master *master, const spx_task *task,
                                 spx_diag *diag)
{
    spx_image *sheet = NULL;
    uint32_t width = 0;
    uint32_t height = 0;
    print_size(master->photo->image, &width, &height);
    spx_status status = spx_pitch_sheet_draw(&sheet, &usual_sheet, width, height, diag);
    if (status == SPX_OK)
        status = write_print(out, sheet, task, diag);
    spx_image_unref(sheet);
    return status;
}

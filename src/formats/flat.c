/*
 * Pictures that show both eyes at once: side by side, above each other, in rows, through coloured
 * glasses, and the picture beside its depth. All are rows made on demand (image/flat.h), so none
 * needs memory for a picture of its own.
 */
#include "image/flat.h"
#include "codec/srgb.h"
#include "container/exif.h"
#include "container/jps.h"
#include "formats/extras.h"
#include "formats/writers.h"
#include "image/anaglyph.h"

enum { JPEG_QUALITY = 95 };

/* Says what to do before the codec says what cannot be done. */
static spx_status check_sides(const spx_rows *rows, const spx_master *master, const char *word,
                              const char *instead, spx_diag *diag)
{
    if (rows->width <= SPX_JPEG_MOST_SIDE_PX && rows->height <= SPX_JPEG_MOST_SIDE_PX)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "%s: %s would be %ux%u pixels, over the %d a side that a JPEG can have: %s",
                    master->name, word, rows->width, rows->height, SPX_JPEG_MOST_SIDE_PX, instead);
}

// NOLINTNEXTLINE(readability-function-size): as a writer, with the row's two parts
spx_status spx_write_flat(spx_bytes *out, const spx_master *master, const spx_format_info *info,
                          const spx_flat_form *form, const spx_task *task, spx_diag *diag)
{
    const uint32_t over = master->left->width % SPX_PNS_ALIGNMENT;
    const spx_flat flat = {
        .first = form->right_first ? master->right : master->left,
        .second = form->right_first ? master->left : master->right,
        .layout = form->layout,
        .gap_px = form->stereo == SPX_PNG_STEREO_NONE || over == 0 ? 0 : SPX_PNS_ALIGNMENT - over,
    };
    spx_write_form write = { .type = form->type,
                             .quality = JPEG_QUALITY,
                             .chroma = SPX_JPEG_CHROMA_FULL,
                             .stereo = form->stereo };
    spx_sized_extras extras = { 0 };
    spx_rows rows;
    spx_status status = SPX_OK;
    SPX_TRY(spx_flat_rows(&rows, &flat, diag));
    if (form->type == SPX_IMAGE_TYPE_JPEG)
        SPX_TRY(check_sides(&rows, master, info->word, form->instead, diag));
    SPX_TRY_OUT(spx_eyes_extras_init(&extras, master, rows.width, rows.height, 0, diag));
    write.extras = &extras.extras;
    SPX_TRY_OUT(spx_rows_write(out, &rows, &write, task, diag));
    if (form->jps_mark)
        status = spx_jps_mark(out, 0, diag);
out:
    spx_sized_extras_clear(&extras);
    return status;
}

spx_status spx_write_rgbd(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    const spx_color_depth pair = { .color = master->photo->image, .depth = master->depth };
    spx_write_form write = { .type = SPX_IMAGE_TYPE_JPEG,
                             .quality = JPEG_QUALITY,
                             .chroma = SPX_JPEG_CHROMA_FULL };
    spx_sized_extras extras = { 0 };
    spx_rows rows;
    spx_status status = SPX_OK;
    SPX_TRY(spx_color_depth_rows(&rows, &pair, diag));
    SPX_TRY(check_sides(&rows, master, "rgbd", "use a smaller photo", diag));
    SPX_TRY_OUT(spx_sized_extras_init(&extras, master, rows.width, rows.height, diag));
    write.extras = &extras.extras;
    SPX_TRY_OUT(spx_rows_write(out, &rows, &write, task, diag));
out:
    spx_sized_extras_clear(&extras);
    return status;
}

const char *spx_anaglyph_file(const spx_convert_options *options)
{
    static const char *const files[SPX_ANAGLYPH_COUNT] = {
        [SPX_ANAGLYPH_DUBOIS] = "%s_redcyan_dubois.jpg",
        [SPX_ANAGLYPH_DUBOIS_GAMMA] = "%s_redcyan_dubois-gamma.jpg",
        [SPX_ANAGLYPH_HALF_COLOUR] = "%s_redcyan_half-colour.jpg",
        [SPX_ANAGLYPH_OPTIMISED] = "%s_redcyan_optimised.jpg",
        [SPX_ANAGLYPH_GREY] = "%s_redcyan_grey.jpg",
        [SPX_ANAGLYPH_COLOUR] = "%s_redcyan_colour.jpg",
        [SPX_ANAGLYPH_GREEN_MAGENTA] = "%s_greenmagenta_dubois.jpg",
        [SPX_ANAGLYPH_AMBER_BLUE] = "%s_amberblue_dubois.jpg",
    };
    return files[options->anaglyph];
}

/* Both eyes in sRGB, which the matrices are made for; the picture has no profile then. */
spx_status spx_write_anaglyph(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const spx_bytes *const icc = &master->photo->icc;
    spx_write_form write = { .type = SPX_IMAGE_TYPE_JPEG,
                             .quality = JPEG_QUALITY,
                             .chroma = SPX_JPEG_CHROMA_FULL };
    spx_sized_extras extras = { 0 };
    spx_image *eyes[2] = { NULL, NULL };
    spx_anaglyph *anaglyph = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_to_srgb(&eyes[0], master->left, icc, &quiet, diag));
    SPX_TRY_OUT(spx_image_to_srgb(&eyes[1], master->right, icc, &quiet, diag));
    SPX_TRY_OUT(spx_anaglyph_create(&anaglyph, master->options->anaglyph,
                                    eyes[0] == NULL ? master->left : eyes[0],
                                    eyes[1] == NULL ? master->right : eyes[1], diag));
    const spx_rows rows = spx_anaglyph_rows(anaglyph);
    SPX_TRY_OUT(spx_sized_extras_init(&extras, master, rows.width, rows.height, diag));
    spx_exif_set_srgb(extras.exif.data, extras.exif.size);
    extras.extras.icc = NULL;
    write.extras = &extras.extras;
    SPX_TRY_OUT(spx_rows_write(out, &rows, &write, task, diag));
out:
    spx_sized_extras_clear(&extras);
    spx_anaglyph_destroy(anaglyph);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}

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

/* What a picture of both eyes is like. */
typedef struct flat_form {
    int one_eye; /* no picture of both */
    spx_flat_layout layout;
    int right_first;
    spx_image_type type;
    spx_png_stereo stereo;
    const char *word;    /* of the format, for messages */
    const char *instead; /* what a person may ask for where JPEG cannot hold it */
} flat_form;

/* Says what to do before the codec says what cannot be done. */
static spx_status check_sides(const spx_rows *rows, const spx_master *master, const flat_form *form,
                              spx_diag *diag)
{
    if (form->type != SPX_IMAGE_TYPE_JPEG ||
        (rows->width <= SPX_JPEG_MOST_SIDE_PX && rows->height <= SPX_JPEG_MOST_SIDE_PX))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "%s: %s would be %ux%u pixels, over the %d a side that a JPEG can have: %s",
                    master->name, form->word, rows->width, rows->height, SPX_JPEG_MOST_SIDE_PX,
                    form->instead);
}

static spx_status write_rows(spx_bytes *out, const spx_rows *rows, const spx_master *master,
                             const flat_form *form, const spx_task *task, spx_diag *diag)
{
    spx_sized_extras extras = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY(check_sides(rows, master, form, diag));
    SPX_TRY_OUT(form->one_eye
                    ? spx_sized_extras_init(&extras, master, rows->width, rows->height, diag)
                    : spx_eyes_extras_init(&extras, master, rows->width, rows->height, 0, diag));
    const spx_write_form write = { .type = form->type,
                                   .quality = JPEG_QUALITY,
                                   .chroma = SPX_JPEG_CHROMA_FULL,
                                   .stereo = form->stereo,
                                   .extras = &extras.extras };
    SPX_TRY_OUT(spx_rows_write(out, rows, &write, task, diag));
out:
    spx_sized_extras_clear(&extras);
    return status;
}

static spx_status write_flat(spx_bytes *out, const spx_master *master, const flat_form *form,
                             const spx_task *task, spx_diag *diag)
{
    const uint32_t over = master->left->width % SPX_PNS_ALIGNMENT;
    const spx_flat flat = {
        .first = form->right_first ? master->right : master->left,
        .second = form->right_first ? master->left : master->right,
        .layout = form->layout,
        .gap_px = form->stereo == SPX_PNG_STEREO_NONE || over == 0 ? 0 : SPX_PNS_ALIGNMENT - over,
    };
    spx_rows rows;
    SPX_TRY(spx_flat_rows(&rows, &flat, diag));
    return write_rows(out, &rows, master, form, task, diag);
}

spx_status spx_write_sbs_jpg(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "sbs-jpg",
                                    .instead = "use hsbs, or sbs-png" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_sbs_png(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .type = SPX_IMAGE_TYPE_PNG,
                                    .word = "sbs-png" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_hsbs(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_HALF_BESIDE,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "hsbs",
                                    .instead = "use a smaller photo" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_ou(spx_bytes *out, const spx_master *master, const spx_task *task,
                        spx_diag *diag)
{
    static const flat_form form = {
        .layout = SPX_FLAT_ABOVE, .type = SPX_IMAGE_TYPE_JPEG, .word = "ou", .instead = "use hou"
    };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_hou(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_HALF_ABOVE,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "hou",
                                    .instead = "use a smaller photo" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_cross(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .right_first = 1,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "cross",
                                    .instead = "use a smaller photo, or hsbs" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_interlaced(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_ROWS,
                                    .type = SPX_IMAGE_TYPE_PNG,
                                    .word = "rows" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_leia(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "leia",
                                    .instead = "use a smaller photo" };
    return write_flat(out, master, &form, task, diag);
}

/* Right | left, as JPS files without a mark are by custom, and a mark that says so. */
spx_status spx_write_jps(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .right_first = 1,
                                    .type = SPX_IMAGE_TYPE_JPEG,
                                    .word = "jps",
                                    .instead = "use pns" };
    SPX_TRY(write_flat(out, master, &form, task, diag));
    return spx_jps_mark(out, 0, diag);
}

spx_status spx_write_pns(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag)
{
    static const flat_form form = { .layout = SPX_FLAT_BESIDE,
                                    .type = SPX_IMAGE_TYPE_PNG,
                                    .stereo = SPX_PNG_STEREO_PARALLEL,
                                    .word = "pns" };
    return write_flat(out, master, &form, task, diag);
}

spx_status spx_write_rgbd(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag)
{
    static const flat_form form = {
        .one_eye = 1, .type = SPX_IMAGE_TYPE_JPEG, .word = "rgbd", .instead = "use a smaller photo"
    };
    const spx_color_depth pair = { .color = master->photo->image, .depth = master->depth };
    spx_rows rows;
    SPX_TRY(spx_color_depth_rows(&rows, &pair, diag));
    return write_rows(out, &rows, master, &form, task, diag);
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
    const spx_task quiet = { .pool = task->pool, .cancel = task->cancel };
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

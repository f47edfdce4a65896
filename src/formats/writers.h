#ifndef SPX_FORMATS_WRITERS_H
#define SPX_FORMATS_WRITERS_H

/* How formats are made; format_table.c says which way. Functions are as spx_format_writer says. */
#include "codec/image_write.h"
#include "formats/master.h"
#include "image/flat.h"
#include "spx/format.h"

spx_status spx_write_spatial(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);
spx_status spx_write_side_by_side(spx_bytes *out, const spx_master *master, const spx_task *task,
                                  spx_diag *diag);
spx_status spx_write_left(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);
spx_status spx_write_right(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_depth(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_depth16(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);
spx_status spx_write_depth_raw(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag);

/** A picture of both eyes (flat.c). */
typedef struct spx_flat_form {
    spx_flat_layout layout;
    int right_first;
    spx_image_type type;
    spx_png_stereo stereo;
    int jps_mark;        /* says in the file which eye is where */
    const char *instead; /* what a person may ask for where JPEG cannot hold it */
} spx_flat_form;

// NOLINTNEXTLINE(readability-function-size): as a writer, with the row's two parts
spx_status spx_write_flat(spx_bytes *out, const spx_master *master, const spx_format_info *info,
                          const spx_flat_form *form, const spx_task *task, spx_diag *diag);

/* flat.c, mpo.c: more of both eyes, or the photo and its depth, in one picture. */
spx_status spx_write_anaglyph(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag);
spx_status spx_write_rgbd(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);
spx_status spx_write_mpo(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag);
spx_status spx_write_mpo_3ds(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);
/** The anaglyph's file name says for which glasses it is. */
const char *spx_anaglyph_file(const spx_convert_options *options);

/* vr180.c: both eyes on a sphere. */
spx_status spx_write_vr180(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_vr180_sbs(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag);

/* portrait.c: the photo and its depth. */
spx_status spx_write_portrait(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag);
spx_status spx_write_dynamic_depth(spx_bytes *out, const spx_master *master, const spx_task *task,
                                   spx_diag *diag);

typedef enum spx_film_type { SPX_FILM_GIF, SPX_FILM_WEBP, SPX_FILM_MP4 } spx_film_type;

/** The photo moves (loops.c): between both eyes, or slowly around. */
typedef struct spx_film_form {
    spx_film_type type;
    uint32_t long_side;
    uint32_t times;             /* there and back between the eyes, one after the other */
    uint32_t around_per_second; /* pictures; 0 = it goes between the eyes */
    uint32_t swing_per_second;  /* where the motion asked for is from side to side */
} spx_film_form;

spx_status spx_write_film(spx_bytes *out, const spx_master *master, const spx_film_form *form,
                          const spx_task *task, spx_diag *diag);

/** A light field display and the quilt it reads, from its maker's documentation:
 * docs.lookingglassfactory.com, "Quilts". The file's name says the same. */
typedef struct spx_display {
    uint32_t columns;
    uint32_t rows;
    uint32_t width; /* of the quilt */
    uint32_t height;
    double aspect; /* of the display */
} spx_display;

/* Many views at once (many_views.c). */
spx_status spx_write_quilt(spx_bytes *out, const spx_master *master, const spx_display *to,
                           const spx_task *task, spx_diag *diag);
spx_status spx_write_lenticular(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag);
spx_status spx_write_pitch_sheet(spx_bytes *out, const spx_master *master, const spx_task *task,
                                 spx_diag *diag);

/* Scenes to move in (glb.c, splats.c, page.c). */
spx_status spx_write_glb(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag);
spx_status spx_write_splat(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_splat_glb(spx_bytes *out, const spx_master *master, const spx_task *task,
                               spx_diag *diag);
spx_status spx_write_page(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);

/** The photo's profile, EXIF and XMP, to be written beside pixels. Borrowed from the master. */
static inline spx_image_extras spx_master_extras(const spx_master *master)
{
    return (spx_image_extras){ .icc = &master->photo->icc,
                               .exif = &master->photo->exif,
                               .xmp = &master->photo->xmp };
}

#endif

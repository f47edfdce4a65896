#ifndef SPX_FORMATS_WRITERS_H
#define SPX_FORMATS_WRITERS_H

/* One function for each format; format_table.c says which. They are as spx_format_writer says. */
#include "codec/image_write.h"
#include "formats/master.h"

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

/* flat.c, mpo.c: both eyes, or the photo and its depth, in one picture. */
spx_status spx_write_sbs_jpg(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);
spx_status spx_write_sbs_png(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);
spx_status spx_write_hsbs(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);
spx_status spx_write_ou(spx_bytes *out, const spx_master *master, const spx_task *task,
                        spx_diag *diag);
spx_status spx_write_hou(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag);
spx_status spx_write_cross(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_interlaced(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag);
spx_status spx_write_leia(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);
spx_status spx_write_anaglyph(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag);
spx_status spx_write_rgbd(spx_bytes *out, const spx_master *master, const spx_task *task,
                          spx_diag *diag);
spx_status spx_write_jps(spx_bytes *out, const spx_master *master, const spx_task *task,
                         spx_diag *diag);
spx_status spx_write_pns(spx_bytes *out, const spx_master *master, const spx_task *task,
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

/* The photo moves (loops.c). */
spx_status spx_write_wiggle(spx_bytes *out, const spx_master *master, const spx_task *task,
                            spx_diag *diag);
spx_status spx_write_wiggle_webp(spx_bytes *out, const spx_master *master, const spx_task *task,
                                 spx_diag *diag);
spx_status spx_write_wiggle_mp4(spx_bytes *out, const spx_master *master, const spx_task *task,
                                spx_diag *diag);
spx_status spx_write_parallax(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag);
spx_status spx_write_parallax_webp(spx_bytes *out, const spx_master *master, const spx_task *task,
                                   spx_diag *diag);

/* Many views at once (many_views.c). */
spx_status spx_write_quilt(spx_bytes *out, const spx_master *master, const spx_task *task,
                           spx_diag *diag);
spx_status spx_write_quilt_go(spx_bytes *out, const spx_master *master, const spx_task *task,
                              spx_diag *diag);
spx_status spx_write_quilt_landscape(spx_bytes *out, const spx_master *master, const spx_task *task,
                                     spx_diag *diag);
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

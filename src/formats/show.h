#ifndef SPX_FORMATS_SHOW_H
#define SPX_FORMATS_SHOW_H

#include "formats/master.h"
#include "scene/reduce.h"
#include "scene/views.h"

/**
 * A part of the master's photo and depth at the size in which it is shown: 8 bits, sRGB. crop: NULL
 * = the whole photo. Cleared by the caller: spx_reduced_clear().
 */
SPX_NODISCARD spx_status spx_show_reduce(spx_reduced *out, const spx_master *master,
                                         const spx_crop *crop, uint32_t width, uint32_t height,
                                         const spx_task *task, spx_diag *diag);

/** The same of the whole photo, its long side at most that long. */
SPX_NODISCARD spx_status spx_show_reduce_to(spx_reduced *out, const spx_master *master,
                                            uint32_t long_side, int even, const spx_task *task,
                                            spx_diag *diag);

/** Cameras `eyes` times as far apart as the master's eyes, the window at the subject. */
spx_camera_row spx_show_cameras(const spx_master *master, double eyes);

#endif

#ifndef SPX_PIPELINE_GLIMPSE_H
#define SPX_PIPELINE_GLIMPSE_H

#include "base/task.h"
#include "image/photo.h"
#include "image/plane.h"

/*
 * Small pictures that are there long before the files: what a screen needs to show depth. Each
 * appears whole or not at all; the folder is made when missing.
 */

enum {
    SPX_GLIMPSE_DEPTH_PX = 1024, /* the long side of a shown depth map, at most */
    SPX_GLIMPSE_EYE_PX = 1600,   /* … and of an eye */
};

/** Writes DIR/depth_first.jpg: as spx_glimpse_depth(), of a map that a better one follows. */
SPX_NODISCARD spx_status spx_glimpse_first(const char *dir, const spx_plane *depth,
                                           const spx_task *task, spx_diag *diag);

/** Writes DIR/depth_preview.jpg: white = near, the long side at most 1024 pixels. depth: values of
 * 0..1. */
SPX_NODISCARD spx_status spx_glimpse_depth(const char *dir, const spx_plane *depth,
                                           const spx_task *task, spx_diag *diag);

/** Writes DIR/left_preview.jpg and DIR/right_preview.jpg: the long side at most 1600 pixels, no
 * more than 300 kB each. icc: of both eyes, may be empty. */
SPX_NODISCARD spx_status spx_glimpse_eyes(const char *dir, const spx_image *const eyes[2],
                                          const spx_bytes *icc, const spx_task *task,
                                          spx_diag *diag);

#endif

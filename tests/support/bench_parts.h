#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

/* What several benchmarks do alike. */
#include "base/task.h"
#include "image/plane.h"
#include "spx/outpaint.h"

/** A photo from a file, upright, as it is read for a conversion. Owned by the caller. */
SPX_NODISCARD spx_status bench_read_photo(spx_image **out, const char *path, const spx_task *task,
                                          spx_diag *diag);
/** The right eye of a left one with 8 bits; depth: 1 = most_px of disparity; exact: it is the
 * truth. Owned by the caller. */
SPX_NODISCARD spx_status bench_right_eye(spx_image **out, spx_image *left, const spx_plane *depth,
                                         double most_px, int exact, const spx_task *task,
                                         spx_diag *diag);
/** A depth as networks give it: blurred over 9 pixels of a quarter of its size, and 3 pixels off.
 * Owned by the caller. */
SPX_NODISCARD spx_status bench_degraded_depth(spx_plane **out, const spx_plane *depth,
                                              spx_diag *diag);
/** What spx does with such a one before it renders: its quarter, refined. Owned by the caller. */
SPX_NODISCARD spx_status bench_refined_depth(spx_plane **out, const spx_plane *degraded,
                                             const spx_image *photo, spx_diag *diag);
/** The middle of a picture, with 20 % of its sides around it, so that the frame is the picture. */
spx_frame bench_middle(const spx_image *picture);
/** The photo that a frame is around. Owned by the caller. */
SPX_NODISCARD spx_status bench_cut(spx_image **out, const spx_image *picture,
                                   const spx_frame *frame, spx_diag *diag);

/** How near things are, as the local engine is told it: by the embedded network (from
 * SPX_MODEL_DIR, else models/), over 0..1. Owned by the caller. */
SPX_NODISCARD spx_status bench_rough_depth(spx_plane **out, const spx_image *photo,
                                           const spx_task *task, spx_diag *diag);

/** Seconds that processors have worked for this program. */
double bench_processor_s(void);

#endif

#ifndef SPX_FORMATS_HEIC_PARTS_H
#define SPX_FORMATS_HEIC_PARTS_H

#include "codec/hevc.h"

/** libheif opens no side of 32,768 or more (its security limits), nor does what reads through it.
 */
enum { SPX_HEIC_MOST_SIDE_PX = 32767 };

/** The small picture that viewers show in lists. */
SPX_NODISCARD spx_status spx_heic_thumbnail(spx_hevc_stills *out, const spx_image *image,
                                            const spx_hevc_options *options, const spx_task *task,
                                            spx_diag *diag);

/**
 * Replaces pictures of one size whose longer side is over SPX_HEIC_MOST_SIDE_PX by smaller ones,
 * and warns of it. images: [count], owned by the caller throughout. word: of the format.
 */
SPX_NODISCARD spx_status spx_heic_fit(spx_image **images, size_t count, const char *word,
                                      const spx_task *task, spx_diag *diag);

#endif

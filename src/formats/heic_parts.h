#ifndef SPX_FORMATS_HEIC_PARTS_H
#define SPX_FORMATS_HEIC_PARTS_H

#include "codec/hevc.h"

/** The small picture that viewers show in lists. */
SPX_NODISCARD spx_status spx_heic_thumbnail(spx_hevc_stills *out, const spx_image *image,
                                            const spx_hevc_options *options, const spx_task *task,
                                            spx_diag *diag);

#endif

#ifndef SPX_CODEC_VIPS_START_H
#define SPX_CODEC_VIPS_START_H

#include "base/status.h"

/** Brings libvips up, once for the process: quiet, without its operation cache, and with every
 * loader but those of the formats that spx reads switched off. Any thread may call it. */
SPX_NODISCARD spx_status spx_vips_start(spx_diag *diag);

/** Lets libvips write HEIC and AVIF, which a module of its own does; the others are never loaded.
 * SPX_ERR_UNSUPPORTED where it is not installed. */
SPX_NODISCARD spx_status spx_vips_start_heif(spx_diag *diag);

/** Fails with `status` and "NAME: WHAT (what libvips had to say)"; the latter on one line, and gone
 * from libvips' own buffer. */
spx_status spx_vips_fail(spx_diag *diag, spx_status status, const char *name, const char *what);

#endif

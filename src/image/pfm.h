#ifndef SPX_IMAGE_PFM_H
#define SPX_IMAGE_PFM_H

#include "base/bytes.h"
#include "image/plane.h"

/** Whether the bytes begin like a PFM file: "Pf", or "PF" of one in colours, which is not read. */
int spx_pfm_probe(const void *data, size_t size);

/**
 * Reads a grey PFM (Debevec's portable float map: "Pf", width, height, scale; rows from bottom to
 * top; a negative scale means little-endian). Values are taken as they are, NaN included.
 * max_pixels: SPX_ERR_LIMIT above. name: for messages.
 */
SPX_NODISCARD spx_status spx_pfm_read(spx_plane **out, const void *data, size_t size,
                                      uint64_t max_pixels, const char *name, spx_diag *diag);

/** Writes a little-endian grey PFM into *out, which must be empty. */
SPX_NODISCARD spx_status spx_pfm_write(spx_bytes *out, const spx_plane *plane, spx_diag *diag);

#endif

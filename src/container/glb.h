#ifndef SPX_CONTAINER_GLB_H
#define SPX_CONTAINER_GLB_H

#include "base/bytes.h"

/*
 * What glTF 2.0 files in one piece (.glb) are made of: a text in JSON, and bytes that it points
 * into. All numbers are little-endian.
 */

/** 32 bits, the least significant byte first. */
void spx_glb_u32(spx_bytes *bytes, uint32_t value);
void spx_glb_f32(spx_bytes *bytes, float value);

/** Appends zeros until the size is a multiple of four, as every part of the bytes has to begin. */
void spx_glb_align(spx_bytes *bytes);

/** Both parts as one file into *out, which must be empty (glTF 2.0, 4.4). */
SPX_NODISCARD spx_status spx_glb_write(spx_bytes *out, const spx_bytes *json, const spx_bytes *data,
                                       spx_diag *diag);

#endif

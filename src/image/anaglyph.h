#ifndef SPX_IMAGE_ANAGLYPH_H
#define SPX_IMAGE_ANAGLYPH_H

#include "base/status.h"
#include "image/rows.h"
#include "spx/spx.h"

typedef struct spx_anaglyph spx_anaglyph;

/**
 * An 8-bit picture of both eyes, which are sRGB, of one size and of 8 or 16 bits: the matrices are
 * made for the primaries of a screen, so eyes of another profile are converted before. The eyes are
 * borrowed as long as *out lives. Owned by the caller: spx_anaglyph_destroy().
 */
SPX_NODISCARD spx_status spx_anaglyph_create(spx_anaglyph **out, spx_anaglyph_kind kind,
                                             const spx_image *left, const spx_image *right,
                                             spx_diag *diag);
void spx_anaglyph_destroy(spx_anaglyph *anaglyph); /* NULL is fine */
/** Its pixels; *anaglyph is borrowed as long as they are used. */
spx_rows spx_anaglyph_rows(const spx_anaglyph *anaglyph);

#endif

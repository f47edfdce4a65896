#ifndef SPX_IMAGE_ANAGLYPH_H
#define SPX_IMAGE_ANAGLYPH_H

#include "base/status.h"
#include "image/rows.h"

/** How both eyes become one picture for coloured glasses. Red-cyan unless the name says other. */
typedef enum spx_anaglyph_kind {
    SPX_ANAGLYPH_DUBOIS,        /* least squares (Dubois 2001), in linear light */
    SPX_ANAGLYPH_DUBOIS_GAMMA,  /* the same matrix on gamma-coded values, as many programs do it */
    SPX_ANAGLYPH_HALF_COLOUR,   /* left's brightness; green and blue of the right */
    SPX_ANAGLYPH_OPTIMISED,     /* red from left's green and blue: no retinal rivalry, no reds */
    SPX_ANAGLYPH_GREY,          /* brightness of both: no colours, no rivalry */
    SPX_ANAGLYPH_COLOUR,        /* red of the left; green and blue of the right */
    SPX_ANAGLYPH_GREEN_MAGENTA, /* Dubois, in linear light */
    SPX_ANAGLYPH_AMBER_BLUE,    /* Dubois, in linear light */
    SPX_ANAGLYPH_COUNT,
} spx_anaglyph_kind;

/** "dubois", "half-colour", …; NULL for what is no kind. Static storage. */
const char *spx_anaglyph_name(spx_anaglyph_kind kind);
/** What the colours of the glasses are called in file names: "redcyan", "greenmagenta",
 * "amberblue". Static storage. */
const char *spx_anaglyph_glasses(spx_anaglyph_kind kind);
/** 1 when `name` is one; "color" and "gray" count as well. */
int spx_anaglyph_by_name(spx_anaglyph_kind *out, const char *name);

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

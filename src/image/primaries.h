#ifndef SPX_IMAGE_PRIMARIES_H
#define SPX_IMAGE_PRIMARIES_H

/** Chromaticities (CIE 1931 x, y) of red, green, blue and white. */
typedef struct spx_primaries {
    double red[2];
    double green[2];
    double blue[2];
    double white[2];
} spx_primaries;

extern const spx_primaries spx_primaries_bt709;     /* sRGB too */
extern const spx_primaries spx_primaries_p3;        /* Display P3: DCI's colours, D65 */
extern const spx_primaries spx_primaries_bt2020;    /* BT.2100 too */
extern const spx_primaries spx_primaries_adobe_rgb; /* Adobe RGB (1998) */

/** The primaries of an ISO/IEC 23091-2 code point (ColourPrimaries, table 2); NULL = unspecified,
 * reserved or not of RGB. Static storage. */
const spx_primaries *spx_primaries_of_code(unsigned code);

/** Linear RGB to XYZ, row by row, where white is Y = 1. 1 = done; 0 = they span no colours. */
int spx_primaries_to_xyz(const spx_primaries *primaries, double matrix[9]);
/** Linear RGB of one kind to linear RGB of another; white is taken as one white. 1 = done. */
int spx_primaries_convert(const spx_primaries *from, const spx_primaries *to, double matrix[9]);
/** 1 when both differ by less than `most` in each number. */
int spx_primaries_near(const spx_primaries *a, const spx_primaries *b, double most);

#endif

#ifndef SPX_CONTAINER_PNG_COLOR_H
#define SPX_CONTAINER_PNG_COLOR_H

#include <stddef.h>
#include <stdint.h>

/** What a PNG file says in front of its pixels (PNG third edition, 11.3.2): of its colours, apart
 * from its profile, and of its animation. */
typedef struct spx_png_color {
    int has_cicp;
    unsigned primaries; /* ISO/IEC 23091-2 code points */
    unsigned transfer;
    int full_range;
    int has_srgb;     /* chunk 'sRGB' */
    double gamma;     /* chunk 'gAMA': exponent of the encoding, e.g. 0.45455; 0 = none */
    int has_points;   /* chunk 'cHRM' */
    double points[8]; /* x, y of white, red, green, blue */
    uint32_t frames;  /* chunk 'acTL'; 0 = no animation */
} spx_png_color;

/** Looks at the chunks in front of the picture data; zeros for what is not there or damaged. */
void spx_png_color_read(spx_png_color *out, const void *data, size_t size);

#endif

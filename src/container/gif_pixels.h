#ifndef SPX_CONTAINER_GIF_PIXELS_H
#define SPX_CONTAINER_GIF_PIXELS_H

#include <stddef.h>
#include <stdint.h>

/** How much of its first picture a GIF file holds. */
typedef struct spx_gif_pixels {
    uint64_t wanted; /* pixels of the picture; 0 = the file ends before they begin */
    uint64_t got;    /* that its codes tell, at most `wanted` */
    int wrong;       /* a code makes no sense */
    int ends;        /* the picture's data are there up to their end mark */
} spx_gif_pixels;

/** Counts what the codes stand for, without making pixels (GIF89a, appendix F). Never fails. */
void spx_gif_pixels_count(spx_gif_pixels *out, const void *data, size_t size);

#endif

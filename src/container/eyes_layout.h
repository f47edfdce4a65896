#ifndef SPX_CONTAINER_EYES_LAYOUT_H
#define SPX_CONTAINER_EYES_LAYOUT_H

#include <stddef.h>

/** How one picture holds two eyes. */
typedef enum spx_eyes_place {
    SPX_EYES_NONE,   /* it does not, as far as is known */
    SPX_EYES_BESIDE, /* side by side */
    SPX_EYES_ABOVE,  /* one above the other */
} spx_eyes_place;

typedef enum spx_eyes_squeeze {
    SPX_EYES_FULL,    /* pixels are square */
    SPX_EYES_HALF,    /* each eye has half of its pixels across the seam */
    SPX_EYES_UNKNOWN, /* the picture's shape decides */
} spx_eyes_squeeze;

typedef struct spx_eyes_layout {
    spx_eyes_place place;
    spx_eyes_squeeze squeeze;
    int right_first; /* the right eye lies left or above */
} spx_eyes_layout;

/**
 * What a file's name says, by the endings that players and cameras look for, upper or lower case:
 * "_LRF_Full_SBS", "_SBS", "_HSBS", "_LR", "_TB", ".left-right", "-rl", ".jps", ... SPX_EYES_NONE
 * when it says nothing.
 */
spx_eyes_layout spx_eyes_layout_of_name(const char *name);

/** What a PNG's sTER chunk says (PNG extensions 1.3); the second eye begins at a multiple
 * of 8 pixels. SPX_EYES_NONE without one. */
spx_eyes_layout spx_eyes_layout_of_png(const void *png, size_t size);

/** What a JPEG's APP3 segment says (container/jps.h). *mono: it says that there is one picture
 * only. SPX_EYES_NONE without one, or for what spx cannot take apart. */
spx_eyes_layout spx_eyes_layout_of_jps(const void *jpeg, size_t size, int *mono);

#endif

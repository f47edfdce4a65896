#ifndef SPX_DETAIL_H
#define SPX_DETAIL_H

/** At how many resolutions the depth network looks at a photo. */
typedef enum spx_detail {
    SPX_DETAIL_FAST,   /* its own only */
    SPX_DETAIL_NORMAL, /* twice that too, and the finest where the map has edges */
    SPX_DETAIL_FINE,   /* all of them everywhere */
} spx_detail;

#endif

#ifndef SPX_CONTAINER_TIFF_PICTURES_H
#define SPX_CONTAINER_TIFF_PICTURES_H

#include <stddef.h>
#include <stdint.h>

/** Which of a TIFF file's pictures is the photo, and whether it is a camera's raw file. */
typedef struct spx_tiff_pictures {
    unsigned count; /* of pictures that a viewer could show; 0 = none, or the file is unusual */
    unsigned page;  /* the largest: its place among the main pictures */
    int subifd;     /* its place among that page's SubIFDs; -1 = the page itself */
    uint32_t width; /* of the largest */
    uint32_t height;
    unsigned as_large;    /* how many have its width and height, itself among them */
    uint32_t photometric; /* of the largest, as are the next two; 0 = not told */
    uint32_t compression;
    uint32_t sample_format; /* of its first sample */
    uint32_t whole_rows;    /* of the largest: above the first strip or tile that the file lacks */
    int is_raw; /* holds a sensor's data: a colour filter array, linear raw, or the mark of DNG */
} spx_tiff_pictures;

/** Walks all IFDs and their SubIFDs (TIFF 6.0, BigTIFF; TIFF/EP, ISO 12234-2). Never fails: what is
 * damaged is not there. */
void spx_tiff_pictures_find(spx_tiff_pictures *out, const void *data, size_t size);

#endif

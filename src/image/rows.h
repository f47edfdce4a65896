#ifndef SPX_IMAGE_ROWS_H
#define SPX_IMAGE_ROWS_H

#include "spx/image.h"

#include <stdint.h>

/**
 * An RGB picture whose pixels are made when they are asked for: what the writers take. So a file
 * that shows both eyes needs no memory for a picture of its own. A plain value; everything is
 * borrowed as long as it is used.
 */
typedef struct spx_rows {
    uint32_t width;
    uint32_t height;
    unsigned bits; /* of a sample: 8 or 16, in the machine's byte order */
    /* Puts `count` pixels of row y from x on into `out`; called on several threads at once. */
    void (*run)(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out);
    const void *source;
} spx_rows;

/** The pixels of an image as they are. */
spx_rows spx_rows_of(const spx_image *image);

#endif

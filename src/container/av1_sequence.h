#ifndef SPX_CONTAINER_AV1_SEQUENCE_H
#define SPX_CONTAINER_AV1_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

/** What the sequence header of AV1 data says of colours (AV1 specification, 5.5). */
typedef struct spx_av1_color {
    unsigned primaries; /* ISO/IEC 23091-2 code points */
    unsigned transfer;
    unsigned matrix;
    int full_range;
} spx_av1_color;

/** Looks for a sequence header among open bitstream units: an item's data, or what follows the
 * first 4 bytes of 'av1C'. 1 = it has code points. */
int spx_av1_color_read(spx_av1_color *out, const void *data, size_t size);

#endif

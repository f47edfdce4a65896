#ifndef SPX_CONTAINER_XMP_H
#define SPX_CONTAINER_XMP_H

#include <stddef.h>

/** Sets tiff:Orientation to 1 in place in an XMP packet (UTF-8), as attribute or element, whatever
 * prefix the packet gives the TIFF namespace. Returns how many values it found. */
size_t spx_xmp_set_upright(void *packet, size_t size);

#endif

#ifndef SPX_CONTAINER_XMP_H
#define SPX_CONTAINER_XMP_H

#include "base/bytes.h"

#include <stddef.h>

/** Sets tiff:Orientation to 1 in place in an XMP packet (UTF-8), as attribute or element, whatever
 * prefix the packet gives the TIFF namespace. Returns how many values it found. */
size_t spx_xmp_set_upright(void *packet, size_t size);

/** Of a packet: what a JPEG segment holds, with its name. */
enum { SPX_XMP_MOST_IN_JPEG = 65000 };

/**
 * Appends the packet with one more rdf:Description in it. A packet that tells of pictures behind
 * the photo itself (Google's namespaces), that would be larger than `most` bytes then, or that has
 * no place for it is left out: the description gets a packet of its own. packet: may be empty.
 */
void spx_xmp_put_with(spx_bytes *out, const spx_bytes *packet, const spx_bytes *description,
                      size_t most);
/** The same with the description in front of the packet's own: some readers look into the first one
 * only. */
void spx_xmp_put_before(spx_bytes *out, const spx_bytes *packet, const spx_bytes *description,
                        size_t most);

#endif

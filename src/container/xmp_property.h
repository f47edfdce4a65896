#ifndef SPX_CONTAINER_XMP_PROPERTY_H
#define SPX_CONTAINER_XMP_PROPERTY_H

#include "base/bytes.h"

/*
 * Properties in an XMP packet (UTF-8, ISO 16684-1) as writers spell them:
 *
 *     PREFIX:Name="value"    <PREFIX:Name>value</PREFIX:Name>    <PREFIX:Name .../>
 *
 * with whatever prefix the packet gives a namespace. Not an XML parser: entities stay as they are,
 * and comments count as text.
 */
typedef struct spx_xmp_property {
    const char *name; /* local name, within the packet */
    size_t name_size;
    size_t begin; /* of all that belongs to it, in the packet */
    size_t end;
    size_t value_begin; /* text between the quotes or tags */
    size_t value_end;
} spx_xmp_property;

/** The first property of a namespace that begins at `from` or later; name: NULL = any. 1 = found.
 */
int spx_xmp_find(const void *packet, size_t size, const char *namespace_uri, const char *name,
                 size_t from, spx_xmp_property *out);

/** Its value as text without blanks around it, cut to fit. 1 = there is one. */
int spx_xmp_text(const void *packet, size_t size, const char *namespace_uri, const char *name,
                 char *out, size_t out_size);
/** Its value as a finite number; `missing` where there is none. */
double spx_xmp_number(const void *packet, size_t size, const char *namespace_uri, const char *name,
                      double missing);

/** Takes properties out; name: NULL = all of the namespace. Returns how many there were. */
size_t spx_xmp_drop(spx_bytes *packet, const char *namespace_uri, const char *name);

#endif

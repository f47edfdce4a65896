#ifndef SPX_CONTAINER_BOX_WRITER_H
#define SPX_CONTAINER_BOX_WRITER_H

#include "base/bytes.h"

/** Begins a box of a four-character type (ISO/IEC 14496-12, 4.2); returns what
 * spx_box_end() wants. */
size_t spx_box_begin(spx_bytes *bytes, const char *type);
/** The same for a box with version and flags. */
size_t spx_full_box_begin(spx_bytes *bytes, const char *type, unsigned version, uint32_t flags);
void spx_version_flags(spx_bytes *bytes, unsigned version, uint32_t flags);
/** Sets the size of a box. */
void spx_box_end(spx_bytes *bytes, size_t begun);

#endif

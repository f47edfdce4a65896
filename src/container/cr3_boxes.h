#ifndef SPX_CONTAINER_CR3_BOXES_H
#define SPX_CONTAINER_CR3_BOXES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Whether the boxes of a Canon CR3 file (ISO/IEC 14496-12, 4.2) lie within each other, as far as
 * LibRaw follows them. LibRaw 0.20 believes their sizes: one of nothing, or one that leads back
 * over the end of 64 bits, keeps it in one place for ever, and nothing can call it off there. The
 * same holds for the records of a track of the format CTMD, whose sizes have 32 bits. The last box
 * of the file may be cut.
 *
 * SPX_ERR_CORRUPT or SPX_ERR_TRUNCATED, with `name` in the message.
 */
SPX_NODISCARD spx_status spx_cr3_check(const uint8_t *data, size_t size, const char *name,
                                       spx_diag *diag);

#endif

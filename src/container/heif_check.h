#ifndef SPX_CONTAINER_HEIF_CHECK_H
#define SPX_CONTAINER_HEIF_CHECK_H

#include "container/heif_reader.h"

/*
 * The strict side of reading. spx_heif_read() and the decoder take what can be understood; this
 * tells which clauses of the standards a file violates:
 *
 *     ISO/IEC 14496-12:2022   boxes, items, references, groups ("ISOBMFF" in messages)
 *     ISO/IEC 23008-12:2022   image items and their properties ("HEIF")
 *     ISO/IEC 23000-22:2019   what files of the brand 'miaf' keep to as well ("MIAF")
 */

enum { SPX_HEIF_FINDINGS = 24, SPX_HEIF_FINDING_BYTES = 120 };

typedef struct spx_heif_finding {
    const char *clause; /* e.g. "HEIF 6.5.3.1"; static storage */
    char text[SPX_HEIF_FINDING_BYTES];
} spx_heif_finding;

/** One finding for each kind of mistake and item, the first SPX_HEIF_FINDINGS of them. */
typedef struct spx_heif_findings {
    size_t total; /* how many there were */
    size_t count; /* how many are kept */
    spx_heif_finding list[SPX_HEIF_FINDINGS];
} spx_heif_findings;

SPX_NODISCARD spx_status spx_heif_check(spx_heif_findings *out, const spx_heif *heif,
                                        spx_diag *diag);

#endif

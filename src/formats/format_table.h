#ifndef SPX_FORMATS_FORMAT_TABLE_H
#define SPX_FORMATS_FORMAT_TABLE_H

#include "formats/master.h"
#include "formats/writers.h"
#include "spx/format.h"

/** A format: what everybody may know of it, and how its file is made, one of four ways. */
typedef struct spx_format_row {
    spx_format_info info;
    spx_format_writer write;
    const spx_flat_form *flat;
    const spx_film_form *film;
    const spx_display *quilt;
    /** The name of its file by the options, as info.file; NULL = always info.file. Static storage
     */
    const char *(*file_of)(const spx_convert_options *options);
} spx_format_row;

/** The row of one flag; NULL when there is none. Static storage. */
const spx_format_row *spx_format_row_of(spx_format flag);

/** Makes the bytes of a row's file. *out is empty before the call; the caller clears it on failure.
 */
SPX_NODISCARD spx_status spx_format_write(spx_bytes *out, const spx_format_row *row,
                                          const spx_master *master, const spx_task *task,
                                          spx_diag *diag);

/** SPX_NEEDS_... of all these formats together. */
unsigned spx_formats_needs(spx_format formats);

#endif

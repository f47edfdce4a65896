#ifndef SPX_FORMATS_FORMAT_TABLE_H
#define SPX_FORMATS_FORMAT_TABLE_H

#include "formats/master.h"
#include "spx/format.h"

/** A format: what everybody may know of it, and the function that makes its file. */
typedef struct spx_format_row {
    spx_format_info info;
    spx_format_writer write;
} spx_format_row;

/** The row of one flag; NULL when there is none. Static storage. */
const spx_format_row *spx_format_row_of(spx_format flag);

/** The name of a format's file, with "%s" for the photo's name: the row's, but where it depends on
 * the options. Static storage. */
const char *spx_format_file(const spx_format_row *row, const spx_convert_options *options);

/** SPX_NEEDS_... of all these formats together. */
unsigned spx_formats_needs(spx_format formats);

#endif

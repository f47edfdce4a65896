#ifndef SPX_BASE_DOUBTS_H
#define SPX_BASE_DOUBTS_H

#include "spx/warning.h"

#include <stdarg.h>

/** Adds a warning; one that is there already, and one for which there is no room, is dropped. list
 * may be NULL. One thread at a time. */
void spx_warnings_add(spx_warning_list *list, spx_warning_code code, const char *format, ...)
    SPX_PRINTF(3, 4);
void spx_warnings_add_list(spx_warning_list *list, spx_warning_code code, const char *format,
                           va_list args) SPX_PRINTF(3, 0);
/** Adds those of another list. */
void spx_warnings_append(spx_warning_list *list, const spx_warning_list *more);
/** SPX_ERR_DOUBT with the first doubt's words, when there is one. name: of the file. */
SPX_NODISCARD spx_status spx_warnings_refuse(const spx_warning_list *list, const char *name,
                                             spx_diag *diag);

#endif

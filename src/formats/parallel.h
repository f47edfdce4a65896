#ifndef SPX_FORMATS_PARALLEL_H
#define SPX_FORMATS_PARALLEL_H

#include "formats/master.h"

/** Left and right eye as two parallel cameras see them. Both owned by the caller, also on failure;
 * they must be NULL before. */
SPX_NODISCARD spx_status spx_parallel_eyes(spx_image *out[2], const spx_master *master,
                                           spx_diag *diag);

#endif

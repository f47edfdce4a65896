#ifndef SPX_TESTS_MADE_UP_WRITER_H
#define SPX_TESTS_MADE_UP_WRITER_H

#include "formats/master.h"

spx_status spx_write_made_up(spx_bytes *out, const spx_master *master, const spx_task *task,
                             spx_diag *diag);

#endif

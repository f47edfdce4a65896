#ifndef SPX_PIPELINE_ENCODE_H
#define SPX_PIPELINE_ENCODE_H

#include "formats/master.h"
#include "pipeline/output.h"

/** Fills the bytes of every file in the set. Progress goes from 0 to 1 over all of them. */
SPX_NODISCARD spx_status spx_encode_outputs(spx_output_set *set, const spx_master *master,
                                            const spx_task *task, spx_diag *diag);

#endif

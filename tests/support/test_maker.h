#ifndef SPX_TEST_MAKER_H
#define SPX_TEST_MAKER_H

#include "jobs/maker.h"

/** Writes a few bytes in place of a small picture: spx_maker.preview of makers that decode none. */
SPX_NODISCARD spx_status test_maker_preview(void *user, const char *photo_path, uint32_t side_px,
                                            const char *out_path, const spx_cancel *cancel,
                                            spx_diag *diag);

#endif

#ifndef SPX_JOBS_ID_H
#define SPX_JOBS_ID_H

#include "base/status.h"

enum { SPX_ID_LENGTH = 32, SPX_ID_SIZE = SPX_ID_LENGTH + 1 };

/** 128 random bits of the system as 32 lower-case hex digits: nobody guesses one. */
SPX_NODISCARD spx_status spx_id_make(char out[SPX_ID_SIZE], spx_diag *diag);

/** 1 when the text has the form of an id, and so may become a part of a path. */
int spx_id_valid(const char *text);

#endif

#ifndef SPX_CLI_APART_H
#define SPX_CLI_APART_H

/* One photo of `spx convert` in a process of its own: that process reads the same options, makes
 * the files, and writes what is to be printed of it. */
#include "child/gate.h"
#include "cli/ask.h"
#include "cli/photo_list.h"

/** All borrowed for the call. */
typedef struct spx_apart {
    char *const *words; /* options as they were given; NULL at the end */
    const spx_listed_photo *photo;
    const spx_limits *limits;
    int network; /* a remote painter was asked for */
    spx_gate *gate;
    const spx_cancel *cancel;
    spx_ask *ask; /* NULL = there is nobody to ask */
    void (*progress)(void *user, const char *stage, double fraction); /* stage: static storage */
    void *user;
} spx_apart;

/** What is to be printed; each may be NULL. */
typedef struct spx_apart_said {
    char *output;
    char *errors;
} spx_apart_said;

void spx_apart_said_clear(spx_apart_said *said);

/** A failure leaves no folder that was not there. */
SPX_NODISCARD spx_status spx_apart_convert(const spx_apart *what, spx_apart_said *said,
                                           spx_diag *diag);

/** In the child: does what is asked and ends the process. */
_Noreturn void spx_apart_child_main(const json_t *request);

#endif

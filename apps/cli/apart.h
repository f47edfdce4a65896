#ifndef SPX_CLI_APART_H
#define SPX_CLI_APART_H

/* One photo of a verb in a process of its own: that process reads the same options, does the work,
 * and writes what is to be printed of it. apart_child.h is its side. */
#include "child/gate.h"
#include "cli/ask.h"

/** All borrowed for the call. */
typedef struct spx_apart {
    const char *verb;
    char *const *words; /* options as they were given; NULL at the end */
    const char *photo;
    const char *file;   /* where its bytes lie; NULL = at `photo` */
    const char *right;  /* of a pair of photos; NULL = there is none */
    const char *output; /* the one folder that it may write to; NULL = none */
    const char *name;   /* of the file to make there; NULL = the verb knows */
    const spx_limits *limits;
    const spx_child_painter *painter; /* NULL = none is asked for */
    spx_gate *gate;
    const spx_cancel *cancel; /* may be NULL */
    spx_ask *ask;             /* NULL = there is nobody to ask */
    void (*progress)(void *user, const char *stage,
                     double fraction);          /* stage: static storage; may be NULL */
    void (*note)(void *user, const char *text); /* may be NULL */
    void *user;
} spx_apart;

/** What came of it; each may be NULL. */
typedef struct spx_apart_said {
    char *output; /* to be printed */
    char *errors;
    json_t *told; /* more, for the verb */
} spx_apart_said;

void spx_apart_said_clear(spx_apart_said *said);
/** Prints output and errors. */
void spx_apart_said_print(const spx_apart_said *said);

/** A failure leaves no folder that was not there. */
SPX_NODISCARD spx_status spx_apart_run(const spx_apart *what, spx_apart_said *said, spx_diag *diag);

/** For a verb that makes one file: the process writes to a folder of its own beside `path`, and the
 * file gets its place here. no_overwrite: SPX_ERR_EXISTS instead of replacing one. */
SPX_NODISCARD spx_status spx_apart_file(const spx_apart *what, const char *path, int no_overwrite,
                                        spx_apart_said *said, spx_diag *diag);

/** Takes a painter's token out of the options' words (NULL at their end): the process for a photo
 * has no use for it. */
void spx_apart_forget_token(char **words);

#endif

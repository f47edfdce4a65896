#ifndef SPX_CHILD_ATTEMPTS_H
#define SPX_CHILD_ATTEMPTS_H

/*
 * What is done about a failure depends on whose fault it is (spx_status_fault()):
 *
 *     the photo's      nothing: it fails the same way for ever
 *     the machine's    once more after a moment, and then alone, without others beside it
 *     ours (a crash)   once more, alone; then it is given up and a report says what is known
 */
#include "child/child.h"
#include "child/gate.h"

/** All borrowed for the call. */
typedef struct spx_child_rules {
    spx_gate *gate;
    unsigned retries;   /* after a failure of the machine */
    double pause_s;     /* before the first of them; four times as long before each further one */
    const char *report; /* file for the report on a crash; NULL = none is written */
    const char *about;  /* what the report says first: which photo, whose job */
} spx_child_rules;

/** spx_child_run() by these rules; task->admit and ->user's share in it are not used. */
SPX_NODISCARD spx_status spx_child_attempt(const spx_child_task *task, const spx_child_rules *rules,
                                           spx_child_outcome *out, spx_diag *diag);

#endif

#ifndef SPX_CLI_ASK_H
#define SPX_CLI_ASK_H

/*
 * The question that a picture raises which looks like two eyes. It is asked on a terminal only, one
 * at a time, while the progress line stands still; "always" and "never" hold for the whole run.
 */
#include "cli/progress.h"
#include "spx/spx.h"

#include <pthread.h>

typedef struct spx_ask {
    spx_progress *progress;   /* borrowed */
    const spx_cancel *cancel; /* borrowed; a question ends with it */
    pthread_mutex_t lock;     /* guards: */
    int always;               /* was the answer */
    int never;
} spx_ask;

/** 1 when there is somebody to ask: standard input and standard error are terminals. */
int spx_ask_possible(void);
/** cancel: may be NULL. Cleared by spx_ask_clear(). */
void spx_ask_init(spx_ask *ask, spx_progress *progress, const spx_cancel *cancel);
void spx_ask_clear(spx_ask *ask);
/** An spx_ask_stereo; user: an spx_ask. Any thread. */
spx_stereo_input spx_ask_eyes(void *user, const char *name, spx_stereo_input looks_like);

#endif

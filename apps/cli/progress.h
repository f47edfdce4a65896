#ifndef SPX_CLI_PROGRESS_H
#define SPX_CLI_PROGRESS_H

/*
 * The progress line of a batch: "[2/7] boats.jpg  depth 43%  0:12 left", redrawn in place on a
 * terminal and not there at all when stderr goes anywhere else. Several threads may work on photos
 * at once, each with a slot of its own. Whoever prints while the line may stand on the screen does
 * it between spx_progress_pause() and spx_progress_resume().
 */
#include "base/status.h"

#include <stddef.h>
#include <stdio.h>

typedef struct spx_progress spx_progress;

/** What one line says. */
typedef struct spx_progress_view {
    size_t total;      /* photos of the batch; 0 = nobody knows */
    size_t done;       /* of them, also those that failed */
    size_t running;    /* photos being worked on, at least 1 */
    const char *name;  /* of the first of them */
    const char *stage; /* it is in */
    double fraction;   /* of it, or of all running ones when there are several */
    double left_s;     /* until the batch is done; negative = not known yet */
} spx_progress_view;

/** Writes the line, at most `columns` wide. Returns its length in bytes. */
size_t spx_progress_format(char *out, size_t out_size, const spx_progress_view *view,
                           size_t columns);

/**
 * to: borrowed; where the line goes, NULL = it is never drawn. Owned by the caller:
 * spx_progress_destroy().
 */
SPX_NODISCARD spx_status spx_progress_create(spx_progress **out, FILE *to, size_t total,
                                             size_t slots, spx_diag *diag);
void spx_progress_destroy(spx_progress *progress); /* NULL is fine; erases the line */

/** Slot `at` begins a photo; name is borrowed until spx_progress_end(). */
void spx_progress_begin(spx_progress *progress, size_t at, const char *name);
void spx_progress_update(spx_progress *progress, size_t at, const char *stage, double fraction);
void spx_progress_end(spx_progress *progress, size_t at);

/** Erases the line and keeps every other thread from drawing until spx_progress_resume(). */
void spx_progress_pause(spx_progress *progress);
void spx_progress_resume(spx_progress *progress);

/** `to` when it is a terminal that can redraw a line, else NULL. */
FILE *spx_progress_terminal(FILE *to);

#endif

#ifndef SPX_BASE_TASK_H
#define SPX_BASE_TASK_H

#include "base/doubts.h"
#include "base/pool.h"
#include "base/status.h"
#include "spx/cancel.h"

/**
 * What a stage needs from whoever started it: threads, a way to be stopped, somebody to tell how
 * far it is. A plain value, all pointers borrowed for the stage's call and may be NULL; a NULL task
 * is the same as an empty one.
 */
typedef struct spx_task {
    spx_pool *pool;
    const spx_cancel *cancel;
    void (*progress)(
        void *user,
        double fraction); /* fraction 0..1 of this stage; from the calling thread only */
    void *user;
    void (*note)(void *user, const char *text); /* what is waited for, a few words; same thread */
    spx_warning_list *warnings; /* where doubts are kept; from the calling thread only */
} spx_task;

/** SPX_ERR_CANCELLED when the task was asked to stop. Cheap: a stage asks at least every 50 ms of
 * its work. */
SPX_NODISCARD spx_status spx_task_check(const spx_task *task, spx_diag *diag);
int spx_task_cancelled(const spx_task *task);
void spx_task_progress(const spx_task *task, double fraction);
/** The same threads and the same way to be stopped, and nobody to tell anything: for a step that is
 * no stage of its own. task: may be NULL. */
spx_task spx_task_quiet(const spx_task *task);
/**
 * Calls whole(context) on the calling thread and aside(context), once, on another of the task's
 * pool meanwhile; where it has no other, or none has time, behind it on the calling thread. Returns
 * when both have returned. aside may use the pool but tells nobody anything: it gets no task that
 * has a watcher or keeps doubts.
 */
void spx_task_beside(const spx_task *task, void (*whole)(void *context),
                     void (*aside)(void *context), void *context);

/** A task whose progress is a part of another's. Storage for spx_task_part(). */
typedef struct spx_task_span {
    spx_task task;
    const spx_task *whole; /* borrowed, may be NULL */
    double from;           /* where the part begins on the scale of the whole, … */
    double length;         /* … and how much of it it is */
} spx_task_span;

/** Fills *span and returns its task, which lives as long as both. whole: may be NULL. */
const spx_task *spx_task_part(spx_task_span *span, const spx_task *whole, double from,
                              double length);
/** Tells people what the stage waits for, until the next note or the end of the stage. */
void spx_task_note(const spx_task *task, const char *text);
/** Keeps a doubt, or a note, for the caller: a sentence without a full stop and without the file's
 * name. From the calling thread only, never from within spx_task_run(). */
void spx_task_warn(const spx_task *task, spx_warning_code code, const char *format, ...)
    SPX_PRINTF(3, 4);
/** spx_pool_run() on the task's pool; turns that begin after a cancel are skipped and
 * SPX_ERR_CANCELLED comes back. */
SPX_NODISCARD spx_status spx_task_run(const spx_task *task, size_t count, spx_pool_fn fn,
                                      void *context, spx_diag *diag);

#endif

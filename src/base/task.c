#include "base/task.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

typedef struct guarded {
    const spx_task *task;
    spx_pool_fn fn;
    void *context;
} guarded;

int spx_task_cancelled(const spx_task *task)
{
    return task != NULL && task->cancel != NULL && spx_cancel_requested(task->cancel);
}

spx_status spx_task_check(const spx_task *task, spx_diag *diag)
{
    return spx_task_cancelled(task) ? spx_fail(diag, SPX_ERR_CANCELLED, "cancelled") : SPX_OK;
}

void spx_task_progress(const spx_task *task, double fraction)
{
    if (task != NULL && task->progress != NULL)
        task->progress(task->user, fraction);
}

void spx_task_note(const spx_task *task, const char *text)
{
    if (task != NULL && task->note != NULL)
        task->note(task->user, text);
}

void spx_task_warn(const spx_task *task, spx_warning_code code, const char *format, ...)
{
    if (task == NULL)
        return;
    va_list args;
    va_start(args, format);
    spx_warnings_add_list(task->warnings, code, format, args);
    va_end(args);
}

spx_task spx_task_quiet(const spx_task *task)
{
    if (task == NULL)
        return (spx_task){ 0 };
    return (spx_task){ .pool = task->pool, .cancel = task->cancel };
}

static void run_guarded(void *context, size_t index)
{
    const guarded *const self = context;
    if (!spx_task_cancelled(self->task))
        self->fn(self->context, index);
}

spx_status spx_task_run(const spx_task *task, size_t count, spx_pool_fn fn, void *context,
                        spx_diag *diag)
{
    guarded self = { .task = task, .fn = fn, .context = context };
    spx_pool_run(task == NULL ? NULL : task->pool, count, run_guarded, &self);
    return spx_task_check(task, diag);
}

/* Two turns of a loop, whoever takes them: the caller's first one is `whole`. */
typedef struct pair {
    void (*whole)(void *context);
    void (*aside)(void *context);
    void *context;
    pthread_t caller;
    int whole_done; /* the caller's alone */
    atomic_flag aside_taken;
} pair;

static void take_aside(pair *self)
{
    if (!atomic_flag_test_and_set(&self->aside_taken))
        self->aside(self->context);
}

static void take_whole(pair *self)
{
    if (self->whole_done)
        return;
    self->whole_done = 1;
    self->whole(self->context);
}

static void take_turn(void *context, size_t index)
{
    pair *const self = context;
    (void)index;
    if (!pthread_equal(self->caller, pthread_self()) || self->whole_done) {
        take_aside(self);
        return;
    }
    take_whole(self);
}

void spx_task_beside(const spx_task *task, void (*whole)(void *context),
                     void (*aside)(void *context), void *context)
{
    pair self = { .whole = whole,
                  .aside = aside,
                  .context = context,
                  .caller = pthread_self(),
                  .aside_taken = ATOMIC_FLAG_INIT };
    spx_pool_run(task == NULL ? NULL : task->pool, 2, take_turn, &self);
    take_whole(&self); /* where others took both turns */
    take_aside(&self);
}

static void span_progress(void *user, double fraction)
{
    const spx_task_span *const self = user;
    spx_task_progress(self->whole, self->from + fraction * self->length);
}

static void span_note(void *user, const char *text)
{
    const spx_task_span *const self = user;
    spx_task_note(self->whole, text);
}

const spx_task *spx_task_part(spx_task_span *span, const spx_task *whole, double from,
                              double length)
{
    *span = (spx_task_span){ .whole = whole, .from = from, .length = length };
    span->task = (spx_task){ .pool = whole == NULL ? NULL : whole->pool,
                             .cancel = whole == NULL ? NULL : whole->cancel,
                             .warnings = whole == NULL ? NULL : whole->warnings,
                             .progress = span_progress,
                             .note = span_note,
                             .user = span };
    return &span->task;
}

#include "child/attempts.h"

#include "base/clock.h"
#include "base/file.h"
#include "spx/version.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { LOOK_MS = 20, REPORT_BYTES = 4096 };
static const double pause_growth = 4.0;

/* One try: the task's own callbacks behind ours. */
typedef struct attempt {
    const spx_child_task *task;
    spx_gate *gate;
    int alone;
    int inside;
    spx_child_needs needs;
} attempt;

static void pass_answer(void *user, const json_t *line)
{
    const attempt *const self = user;
    if (self->task->answer != NULL)
        self->task->answer(self->task->user, line);
}

static int pass_question(void *user, const json_t *line)
{
    const attempt *const self = user;
    return self->task->question == NULL ? 0 : self->task->question(self->task->user, line);
}

static spx_status enter(void *user, const spx_child_needs *needs, spx_diag *diag)
{
    attempt *const self = user;
    SPX_TRY(spx_gate_enter(self->gate, needs, self->alone, self->task->cancel, diag));
    self->needs = *needs;
    self->inside = 1;
    return SPX_OK;
}

static spx_status try_once(const spx_child_task *task, const spx_child_rules *rules, int alone,
                           spx_child_outcome *out, spx_diag *diag)
{
    attempt self = { .task = task, .gate = rules->gate, .alone = alone };
    spx_child_task own = *task;
    own.answer = pass_answer;
    own.question = pass_question;
    own.admit = enter;
    own.user = &self;
    const spx_status status = spx_child_run(&own, out, diag);
    if (self.inside)
        spx_gate_leave(rules->gate, &self.needs, alone);
    return status;
}

/* A full disk may be emptied; a folder without the right to write stays one. */
static int passes_by(spx_status status, const spx_diag *diag)
{
    return status == SPX_ERR_NO_MEMORY ||
           (status == SPX_ERR_IO && spx_library_status(diag->text, SPX_OK) == SPX_ERR_IO);
}

static void pause_for(double seconds, const spx_cancel *cancel)
{
    const double until_s = spx_clock_s() + seconds;
    while (spx_clock_s() < until_s && (cancel == NULL || !spx_cancel_requested(cancel)))
        (void)poll(NULL, 0, LOOK_MS);
}

static void write_report(const spx_child_rules *rules, const spx_child_outcome *out,
                         const spx_diag *diag)
{
    char text[REPORT_BYTES];
    if (rules->report == NULL)
        return;
    const int size = snprintf(
        text, sizeof(text),
        "spx %s\n%s\n%s\nsignal %d, process %d; it was tried twice, the second time alone, "
        "and will not be tried again by itself.\nLast of what libraries printed:\n%s\n",
        spx_version(), rules->about == NULL ? "" : rules->about, diag->text, out->signal,
        (int)out->process, out->noise);
    if (size > 0) {
        const size_t whole = (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1;
        const spx_status written = spx_file_write(rules->report, text, whole, NULL);
        (void)written; /* the failure itself is told in any case */
    }
}

spx_status spx_child_attempt(const spx_child_task *task, const spx_child_rules *rules,
                             spx_child_outcome *out, spx_diag *diag)
{
    double pause_s = rules->pause_s;
    unsigned retries = 0;
    unsigned crashes = 0;
    for (;;) {
        spx_diag own = { 0 };
        const int again = retries + crashes != 0;
        const spx_status status = try_once(task, rules, again, out, &own);
        const int stopped = task->cancel != NULL && spx_cancel_requested(task->cancel);
        if (status == SPX_ERR_CRASH && crashes == 0 && !stopped) {
            crashes++;
        } else if (passes_by(status, &own) && retries < rules->retries && !stopped) {
            retries++;
            pause_for(pause_s, task->cancel);
            pause_s *= pause_growth;
        } else {
            if (status == SPX_ERR_CRASH)
                write_report(rules, out, &own);
            if (status != SPX_OK)
                (void)spx_fail(diag, status, "%s", own.text);
            return status;
        }
        json_decref(out->result);
        out->result = NULL;
    }
}

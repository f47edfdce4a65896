/*
 * As many workers as photos at once take from one list, or from a source that may wait. A worker
 * starts a process for its photo or converts it itself; what comes of it is told under one lock, so
 * that lines do not mix.
 */
#include "cli/batch.h"

#include "cli/apart.h"
#include "cli/ask.h"
#include "cli/error_line.h"
#include "cli/interrupt.h"
#include "cli/outpaint_options.h"
#include "cli/progress.h"
#include "cli/standard_input.h"

#include "base/clock.h"
#include "spx/outpaint.h"

#include <pthread.h>
#include <stdlib.h>

/* What the workers share. `next` is guarded by taking, `done` and `failed` by the lock. */
typedef struct run {
    const spx_batch *batch;
    spx_engine *engine; /* NULL: each photo has a process of its own, and */
    spx_gate *gate;     /* this lets them in */
    spx_progress *progress;
    spx_ask ask;
    int asks;               /* there is somebody to ask */
    pthread_mutex_t taking; /* a source may wait for its next photo */
    pthread_mutex_t lock;
    size_t next;   /* photo to begin */
    size_t done;   /* photos that were converted */
    size_t failed; /* and that were not */
} run;

/* One thread that converts photo after photo. */
typedef struct worker {
    run *run;
    size_t slot;
    int writes; /* the photo at hand has come to its files */
    pthread_t thread;
} worker;

static void on_progress(void *user, spx_stage stage, double fraction)
{
    worker *const self = user;
    if (stage == SPX_STAGE_WRITE && !self->writes) {
        self->writes = 1;
        spx_interrupt_writing(1);
    }
    spx_progress_update(self->run->progress, self->slot, spx_stage_name(stage), fraction);
}

/* Prints on a screen without the progress line. */
static void tell(const run *self, const spx_listed_photo *photo, spx_status status,
                 const char *text, const spx_result *result, double seconds)
{
    const spx_batch *const batch = self->batch;
    spx_progress_pause(self->progress);
    if (status == SPX_OK)
        spx_report_warnings(stderr, photo->path, spx_result_warnings(result), !batch->quiet);
    if (status == SPX_OK && !batch->quiet)
        spx_report_done(stdout, batch->style, photo, result, seconds);
    if (status != SPX_OK && status != SPX_ERR_CANCELLED) {
        spx_error_line_print(stderr, photo->path, text);
        if (batch->style.json && !batch->quiet)
            spx_report_failed_json(stdout, photo, status, text);
    }
    spx_progress_resume(self->progress);
}

static void tell_apart(const run *self, const spx_listed_photo *photo, spx_status status,
                       const char *text, const spx_apart_said *said)
{
    spx_progress_pause(self->progress);
    spx_apart_said_print(said);
    spx_progress_resume(self->progress);
    if (status != SPX_OK)
        tell(self, photo, status, text, NULL, 0.0);
}

static void tell_failure(const run *self, const spx_listed_photo *photo, spx_status status,
                         const spx_diag *diag)
{
    tell(self, photo, status, diag->text[0] == '\0' ? spx_status_name(status) : diag->text, NULL,
         0.0);
}

/* Of a source: its word after the work, then what is printed. said: may be NULL. */
static spx_status finish(const run *self, spx_listed_photo *photo, spx_status status, json_t *told,
                         const spx_apart_said *said, spx_diag *diag)
{
    const spx_batch *const batch = self->batch;
    const spx_batch_source *const source = batch->source;
    const char *const text = diag->text[0] == '\0' ? spx_status_name(status) : diag->text;
    spx_diag own = { 0 };
    const spx_status finished =
        source->finish(source->user, photo, status, status == SPX_OK ? NULL : text, told, &own);
    spx_progress_pause(self->progress);
    if (said != NULL && said->errors != NULL)
        (void)fputs(said->errors, stderr);
    if (status == SPX_OK && finished == SPX_OK && !batch->quiet)
        spx_report_told(stdout, batch->style, told);
    spx_progress_resume(self->progress);
    if (status == SPX_OK && finished != SPX_OK)
        *diag = own;
    return status == SPX_OK ? finished : status;
}

static void on_apart(void *user, const char *stage, double fraction)
{
    const worker *const self = user;
    spx_progress_update(self->run->progress, self->slot, stage, fraction);
}

static int convert_apart(worker *self, spx_listed_photo *photo)
{
    run *const all = self->run;
    spx_apart_said said = { .output = NULL };
    spx_diag diag = { 0 };
    spx_child_painter painter;
    const spx_apart what = { .verb = "convert",
                             .words = all->batch->words,
                             .photo = photo->path,
                             .file = photo->file,
                             .right = photo->right,
                             .output = photo->output,
                             .limits = &all->batch->engine->limits,
                             .painter =
                                 spx_outpaint_painter(all->batch->convert->outpaint, &painter),
                             .gate = all->gate,
                             .cancel = all->batch->cancel,
                             .ask = all->asks ? &all->ask : NULL,
                             .progress = on_apart,
                             .user = self };
    spx_progress_begin(all->progress, self->slot, photo->path);
    spx_status status = spx_apart_run(&what, &said, &diag);
    spx_progress_end(all->progress, self->slot);
    if (all->batch->source == NULL) {
        tell_apart(all, photo, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text,
                   &said);
    } else {
        if (status == SPX_OK && json_object_size(said.told) == 0)
            status = spx_fail_memory(&diag, photo->path);
        status = finish(all, photo, status, said.told, &said, &diag);
        if (status != SPX_OK)
            tell_failure(all, photo, status, &diag);
    }
    spx_apart_said_clear(&said);
    return status == SPX_OK;
}

static int convert_here(worker *self, spx_listed_photo *photo)
{
    run *const all = self->run;
    spx_convert_options options = *all->batch->convert;
    options.output_dir = photo->output;
    options.ask_stereo = all->asks ? spx_ask_eyes : NULL;
    options.ask_user = &all->ask;
    spx_input input;
    spx_bytes bytes = { 0 };
    const spx_watch watch = { .progress = on_progress, .user = self, .cancel = all->batch->cancel };
    spx_result *result = NULL;
    spx_diag diag = { 0 };

    spx_progress_begin(all->progress, self->slot, photo->path);
    const double begin_s = spx_clock_s();
    const char *const file = photo->file == NULL ? photo->path : photo->file;
    spx_status status = spx_input_of(&input, file, &all->batch->engine->limits, &bytes, &diag);
    if (photo->file != NULL)
        input.name = photo->path;
    input.right_path = photo->right;
    if (status == SPX_OK)
        status = spx_convert(all->engine, &input, &options, &watch, &result, &diag);
    const double seconds = spx_clock_s() - begin_s;
    if (self->writes)
        spx_interrupt_writing(0);
    self->writes = 0;
    spx_progress_end(all->progress, self->slot);

    if (all->batch->source != NULL) {
        json_t *const told = status == SPX_OK ? spx_report_json(photo, result, seconds) : NULL;
        if (status == SPX_OK) {
            spx_report_warnings(stderr, photo->path, spx_result_warnings(result),
                                !all->batch->quiet);
        }
        if (status == SPX_OK && told == NULL)
            status = spx_fail_memory(&diag, photo->path);
        status = finish(all, photo, status, told, NULL, &diag);
        json_decref(told);
    }
    if (all->batch->source == NULL || status != SPX_OK) {
        tell(all, photo, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text, result,
             seconds);
    }
    spx_result_destroy(result);
    spx_bytes_clear(&bytes);
    return status == SPX_OK;
}

/* The next photo to begin; NULL when none is left or the batch was cancelled. */
static spx_listed_photo *take(run *self)
{
    const spx_batch *const batch = self->batch;
    (void)pthread_mutex_lock(&self->taking);
    spx_listed_photo *photo = NULL;
    if (!spx_cancel_requested(batch->cancel)) {
        if (batch->source != NULL) {
            photo = batch->source->next(batch->source->user);
        } else if (self->next < batch->photos->count) {
            photo = &batch->photos->items[self->next++];
        }
    }
    (void)pthread_mutex_unlock(&self->taking);
    return photo;
}

/* Returns whether it was converted. */
static int convert(worker *self, spx_listed_photo *photo)
{
    const run *const all = self->run;
    const spx_batch_source *const source = all->batch->source;
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    if (source != NULL)
        status = source->prepare(source->user, photo, &diag);
    if (status == SPX_OK)
        return all->engine == NULL ? convert_apart(self, photo) : convert_here(self, photo);
    status = finish(all, photo, status, NULL, NULL, &diag);
    tell_failure(all, photo, status, &diag);
    return 0;
}

static void *work(void *context)
{
    worker *const self = context;
    for (spx_listed_photo *photo = take(self->run); photo != NULL; photo = take(self->run)) {
        const spx_batch_source *const source = self->run->batch->source;
        const int converted = convert(self, photo);
        if (source != NULL)
            source->release(source->user, photo);
        (void)pthread_mutex_lock(&self->run->lock);
        self->run->done += converted ? 1 : 0;
        self->run->failed += converted ? 0 : 1;
        (void)pthread_mutex_unlock(&self->run->lock);
    }
    return NULL;
}

/* The calling thread is worker 0; those that cannot be started are done without. */
static void work_together(run *self, worker *workers, size_t count)
{
    size_t started = 1;
    for (; started < count; started++) {
        workers[started] = (worker){ .run = self, .slot = started };
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
    }
    workers[0] = (worker){ .run = self };
    (void)work(&workers[0]);
    for (size_t i = 1; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
}

size_t spx_batch_run(const spx_batch *batch)
{
    const int is_list = batch->source == NULL;
    const size_t count = is_list ? batch->photos->count : 0;
    const size_t workers = is_list && count < batch->jobs ? count : batch->jobs;
    run self = { .batch = batch,
                 .taking = PTHREAD_MUTEX_INITIALIZER,
                 .lock = PTHREAD_MUTEX_INITIALIZER };
    worker *const threads = calloc(workers == 0 ? 1 : workers, sizeof(*threads));
    FILE *const line = batch->quiet ? NULL : spx_progress_terminal(stderr);
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    if (threads == NULL) {
        status = spx_fail_memory(&diag, "workers");
        goto out;
    }
    if (batch->words == NULL) {
        SPX_TRY_OUT(spx_engine_create(&self.engine, batch->engine, &diag));
    } else {
        SPX_TRY_OUT(spx_gate_create(&self.gate, batch->memory_bytes, &diag));
    }
    SPX_TRY_OUT(spx_progress_create(&self.progress, line, count, workers, &diag));
    spx_ask_init(&self.ask, self.progress, batch->cancel);
    self.asks = !batch->quiet && spx_ask_possible();
    if (workers != 0)
        work_together(&self, threads, workers);
    spx_ask_clear(&self.ask);

out:
    if (status != SPX_OK) {
        spx_error_line_say(NULL, diag.text);
        self.failed++;
    }
    spx_progress_destroy(self.progress);
    spx_engine_destroy(self.engine);
    spx_gate_destroy(self.gate);
    free(threads);
    return is_list ? count - self.done : self.failed;
}

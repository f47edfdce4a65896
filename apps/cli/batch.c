#include "cli/batch.h"

#include "cli/apart.h"
#include "cli/ask.h"
#include "cli/interrupt.h"
#include "cli/outpaint_options.h"
#include "cli/progress.h"
#include "cli/standard_input.h"

#include "base/clock.h"
#include "spx/outpaint.h"

#include <pthread.h>
#include <stdlib.h>

/* What the workers share. `next` and `done` are guarded by the lock. */
typedef struct run {
    const spx_batch *batch;
    spx_engine *engine; /* NULL: each photo has a process of its own, and */
    spx_gate *gate;     /* this lets them in */
    spx_progress *progress;
    spx_ask ask;
    int asks; /* there is somebody to ask */
    pthread_mutex_t lock;
    size_t next; /* photo to begin */
    size_t done; /* photos that were converted */
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
        spx_report_error(stderr, photo->path, text);
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

static void on_apart(void *user, const char *stage, double fraction)
{
    const worker *const self = user;
    spx_progress_update(self->run->progress, self->slot, stage, fraction);
}

static int convert_apart(worker *self, const spx_listed_photo *photo)
{
    run *const all = self->run;
    spx_apart_said said = { .output = NULL };
    spx_diag diag = { 0 };
    spx_child_painter painter;
    const spx_apart what = { .verb = "convert",
                             .words = all->batch->words,
                             .photo = photo->path,
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
    const spx_status status = spx_apart_run(&what, &said, &diag);
    spx_progress_end(all->progress, self->slot);
    tell_apart(all, photo, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text,
               &said);
    spx_apart_said_clear(&said);
    return status == SPX_OK;
}

static int convert_here(worker *self, const spx_listed_photo *photo)
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
    spx_status status =
        spx_input_of(&input, photo->path, &all->batch->engine->limits, &bytes, &diag);
    input.right_path = photo->right;
    if (status == SPX_OK)
        status = spx_convert(all->engine, &input, &options, &watch, &result, &diag);
    const double seconds = spx_clock_s() - begin_s;
    if (self->writes)
        spx_interrupt_writing(0);
    self->writes = 0;
    spx_progress_end(all->progress, self->slot);

    tell(all, photo, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text, result,
         seconds);
    spx_result_destroy(result);
    spx_bytes_clear(&bytes);
    return status == SPX_OK;
}

/* The next photo to begin; NULL when none is left or the batch was cancelled. */
static const spx_listed_photo *take(run *self)
{
    const spx_photo_list *const photos = self->batch->photos;
    (void)pthread_mutex_lock(&self->lock);
    const spx_listed_photo *photo = NULL;
    if (self->next < photos->count && !spx_cancel_requested(self->batch->cancel))
        photo = &photos->items[self->next++];
    (void)pthread_mutex_unlock(&self->lock);
    return photo;
}

static void *work(void *context)
{
    worker *const self = context;
    for (const spx_listed_photo *photo = take(self->run); photo != NULL; photo = take(self->run)) {
        const int converted =
            self->run->engine == NULL ? convert_apart(self, photo) : convert_here(self, photo);
        (void)pthread_mutex_lock(&self->run->lock);
        self->run->done += converted ? 1 : 0;
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
    const size_t count = batch->photos->count;
    const size_t workers = batch->jobs < count ? batch->jobs : count;
    run self = { .batch = batch, .lock = PTHREAD_MUTEX_INITIALIZER };
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
    if (count != 0)
        work_together(&self, threads, workers);
    spx_ask_clear(&self.ask);

out:
    if (status != SPX_OK)
        (void)fprintf(stderr, "spx: %s\n", diag.text);
    spx_progress_destroy(self.progress);
    spx_engine_destroy(self.engine);
    spx_gate_destroy(self.gate);
    free(threads);
    return count - self.done;
}

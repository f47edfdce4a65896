/*
 * The threads behind the queue. A worker takes a job and fills its slot in one step under the lock,
 * so that a client's cancel always meets the job either in the database or in a slot. The attendant
 * makes previews (so that a long queue has pictures at once) and lets old jobs go.
 */
#include "base/clock.h"
#include "base/file.h"
#include "jobs/doubts_json.h"
#include "jobs/folders.h"
#include "jobs/jobs_internal.h"
#include "jobs/reserve.h"
#include "jobs/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RETRY_MS = 1000,
    IDLE_MS = 30000,
    NODE_IDLE_MS = 5000, /* news may have been lost with who told them */
    LOCKED_MS = 10,      /* a row that somebody changes at the moment was passed over */
    CHORES_MS = 60000,
    PREVIEW_PX = 1600,
    THUMBNAIL_PX = 320,
    MOST_PREVIEW_ATTEMPTS = 3,
    MOST_MORE_ATTEMPTS = 3,
    MOST_STARVED = 3,
};
static const double tell_every_s = 0.1;
static const double measure_every_s = 10.0;
static const double room_wait_s = 60.0;
static const char no_space[] = "No space left on device"; /* strerror(ENOSPC), in messages */
static const double fading = 0.9;                         /* of a measure with each newer one */

/* The next job, or the next that is done and wants more files. What a newer spx is to make is put
 * back for a worker that knows how: each of these is met once. */
static spx_status claim(spx_worker *worker, int more, spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    spx_job *const job = &worker->job;
    for (;;) {
        spx_diag line = { 0 };
        SPX_TRY(more ? spx_store_claim_wanted(jobs->store, job, diag)
                     : spx_store_claim(jobs->store, spx_jobs_now_ms(), job, diag));
        if (job->newer[0] == '\0' || !spx_jobs_is_node(jobs))
            return SPX_OK;
        SPX_TRY(spx_store_refuse(jobs->store, job, spx_jobs_now_ms(), diag));
        (void)snprintf(line.text, sizeof(line.text),
                       "job %s waits for a worker of a newer spx than this one: %s", job->id,
                       job->newer);
        spx_jobs_log(jobs, "version", &line);
    }
}

/* The first to look makes more files of a job that is done; the others begin jobs, which people see
 * nothing of yet. Where none waits, a node's others help the first: the store marks what each has,
 * as that of one process does not. */
static spx_status take_from_store(spx_worker *worker, int is_first, int *more, spx_diag *diag)
{
    *more = is_first && claim(worker, 1, NULL) == SPX_OK;
    if (*more)
        return SPX_OK;
    const spx_status status = claim(worker, 0, diag);
    if (status != SPX_ERR_NOT_FOUND || is_first || !spx_jobs_is_node(worker->jobs))
        return status;
    *more = 1;
    return claim(worker, 1, diag);
}

/* Takes a job and fills the slot; the lock is held, but by a node. */
static spx_status take(spx_worker *worker, spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    spx_cancel *cancel = NULL;
    int more = 0;
    SPX_TRY(spx_cancel_create(&cancel));
    const int is_first = jobs->making_more == 0;
    jobs->making_more++; /* nobody else is the first meanwhile */
    spx_jobs_let_go(jobs);
    const spx_status status = take_from_store(worker, is_first, &more, diag);
    spx_jobs_take_back(jobs);
    if (status != SPX_OK || !more)
        jobs->making_more--;
    if (status != SPX_OK) {
        spx_cancel_destroy(cancel);
        return status;
    }
    worker->slot = (spx_slot){ .cancel = cancel,
                               .more = more,
                               .cost = worker->job.cost,
                               .run = worker->job.run,
                               .beat_s = spx_clock_s() };
    memcpy(worker->slot.id, worker->job.id, sizeof(worker->slot.id));
    memcpy(worker->slot.owner, worker->job.owner, sizeof(worker->slot.owner));
    if (jobs->stopping)
        spx_cancel_request(cancel); /* the stop did not see it */
    return SPX_OK;
}

/* Writes progress down in the slot. Returns whether viewers are to hear of it; *is_new: at once.
 * The lock is held. */
static int move_on(spx_worker *worker, const char *stage, double fraction, int *is_new)
{
    spx_slot *const slot = &worker->slot;
    const double now_s = spx_clock_s();
    const double percent = fraction < 1.0 ? fraction * 100.0 : 100.0;
    *is_new = strcmp(slot->stage, stage) != 0 || slot->views != worker->job.views ||
              slot->views_revision != worker->job.views_revision;
    if (percent > slot->percent) {
        slot->percent = percent;
        slot->has_moved = 1;
    }
    slot->views = worker->job.views;
    slot->views_revision = worker->job.views_revision;
    (void)snprintf(slot->stage, sizeof(slot->stage), "%s", stage);
    slot->is_new |= *is_new;
    if (!*is_new && now_s - slot->told_s < tell_every_s)
        return 0;
    slot->told_s = now_s;
    return 1;
}

static void note_progress(void *user, const char *stage, double fraction)
{
    spx_worker *const worker = user;
    spx_jobs *const jobs = worker->jobs;
    int is_new = 0;
    spx_jobs_find_views(jobs, &worker->job);
    (void)pthread_mutex_lock(&jobs->lock);
    const int due = move_on(worker, stage, fraction, &is_new);
    (void)pthread_mutex_unlock(&jobs->lock);
    if (due && spx_jobs_is_node(jobs)) {
        is_new |= spx_shared_keep_views(worker);
        if (is_new)
            spx_store_wake(jobs->store); /* else others hear of it within a second */
    } else if (due) {
        spx_jobs_tell(jobs, &worker->job, 0);
    }
}

/* Messages name the photo as its owner does, and no path of this machine. */
static void replace_all(char *text, size_t size, const char *what, const char *by)
{
    char *at = text;
    while ((at = strstr(at, what)) != NULL) {
        char *const rest = strdup(at + strlen(what));
        if (rest == NULL)
            return;
        (void)snprintf(at, size - (size_t)(at - text), "%s%s", by, rest);
        free(rest);
        at += strlen(by) < strlen(at) ? strlen(by) : strlen(at);
    }
}

/* What is no photo's fault is for the operator too. */
static void log_failure(const spx_jobs *jobs, const char *id, spx_status status,
                        const spx_diag *diag)
{
    char what[SPX_ID_SIZE + 8];
    if (status != SPX_ERR_IO && status != SPX_ERR_NO_MEMORY && status != SPX_ERR_INTERNAL)
        return;
    (void)snprintf(what, sizeof(what), "job %s", id);
    spx_jobs_log(jobs, what, diag);
}

/* The file that a message begins with, as its owner knows it. */
static void replace_first(char error[SPX_JOB_ERROR_SIZE], const char *file, const char *by)
{
    char text[SPX_JOB_ERROR_SIZE];
    if (strncmp(error, file, strlen(file)) != 0)
        return;
    (void)snprintf(text, sizeof(text), "%s%s", by, error + strlen(file) - 1);
    memcpy(error, text, sizeof(text));
}

static void note_failure(const spx_jobs *jobs, spx_job *job, const spx_make *what,
                         const spx_diag *diag)
{
    const char *const folders[] = { what->output_dir, what->outpaint_dir, what->cache_dir };
    (void)snprintf(job->error, sizeof(job->error), "%s",
                   diag->text[0] == '\0' ? spx_status_name(job->failure) : diag->text);
    replace_all(job->error, sizeof(job->error), what->photo_path, job->name);
    if (what->second_path != NULL)
        replace_all(job->error, sizeof(job->error), what->second_path, job->second);
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        char folder[sizeof(job->error)];
        (void)snprintf(folder, sizeof(folder), "%s/", folders[i]);
        replace_all(job->error, sizeof(job->error), folder, "");
    }
    replace_first(job->error, "photo:", job->name);
    replace_first(job->error, SPX_OWN_DEPTH ":", "your depth map");
    replace_all(job->error, sizeof(job->error), jobs->data_dir, "");
    spx_utf8_mend(job->error);
}

/* What the maker named stands below the run's folder, but for the outpainted picture. */
static void place_files(spx_job *job)
{
    char folder[32];
    spx_jobs_output_name(folder, job->run);
    for (size_t i = 0; i < job->file_count; i++) {
        spx_job_file *const file = &job->files[i];
        char name[sizeof(file->disk)];
        if (strcmp(file->role, "outpainted") == 0)
            continue;
        memcpy(name, file->disk, sizeof(name));
        (void)snprintf(file->disk, sizeof(file->disk), "%s/%.*s", folder,
                       (int)(sizeof(name) - sizeof(folder) - 1), name);
    }
}

/* The files of earlier runs go, and the larger photos that none of this one's files is. */
static void remove_older_output(const spx_jobs *jobs, const spx_job *job)
{
    char folder[32];
    const spx_job_file *const picture = spx_job_find_role(job, "outpainted");
    if (picture != NULL)
        spx_folders_keep_picture(jobs->data_dir, job->id, picture->disk);
    for (uint32_t run = job->run; run-- > 1;) {
        spx_jobs_output_name(folder, run);
        char *const path = spx_folders_path(jobs->data_dir, "uploads", job->id, folder);
        if (path != NULL)
            spx_folder_remove(path);
        free(path);
    }
}

/* A node brings the photo first, and keeps what was made where all nodes reach it. */
static spx_status make_here(spx_worker *worker, const spx_make *what, spx_job *made, spx_diag *diag)
{
    const spx_maker *const maker = &worker->jobs->options.maker;
    if (worker->job.state == SPX_JOB_FAILED) /* before it began: its entry could not be read */
        return spx_fail(diag, worker->job.failure, "%s", worker->job.error);
    if (worker->job.newer[0] != '\0') {
        return spx_fail(diag, SPX_ERR_REMOTE, "%s; a newer spx took the job", worker->job.newer);
    }
    SPX_TRY(spx_shared_bring_all(worker, diag));
    SPX_TRY(maker->make(maker->user, what, made, diag));
    return spx_shared_keep_made(worker, diag);
}

static spx_status make(spx_worker *worker, spx_job *made, spx_diag *diag)
{
    const spx_jobs *const jobs = worker->jobs;
    const spx_job *const job = &worker->job;
    spx_status status = SPX_OK;
    char folder[32];
    spx_jobs_output_name(folder, job->run);
    char *const photo = spx_folders_path(jobs->data_dir, "uploads", job->id, "photo");
    char *const second = spx_folders_path(jobs->data_dir, "uploads", job->id, "second");
    char *const cache = spx_folders_path(jobs->data_dir, "uploads", job->id, NULL);
    char *const output = spx_folders_path(jobs->data_dir, "uploads", job->id, folder);
    char *const outpaint = spx_folders_path(jobs->data_dir, "outpainted", job->id, NULL);
    if (photo == NULL || second == NULL || cache == NULL || output == NULL || outpaint == NULL) {
        status = spx_fail_memory(diag, "job");
        goto out;
    }
    const spx_make what = {
        .job = job,
        .photo_path = photo,
        .second_path = job->second[0] == '\0' ? NULL : second,
        .cache_dir = cache,
        .output_dir = output,
        .outpaint_dir = outpaint,
        .views_only = !worker->slot.more && spx_job_files_follow(job),
        .cancel = worker->slot.cancel,
        .progress = note_progress,
        .user = worker,
    };
    status = make_here(worker, &what, made, diag);
    if (status == SPX_OK) {
        place_files(made);
    } else {
        if (!worker->slot.more)
            spx_folder_remove(output);
        made->failure = status;
        note_failure(jobs, made, &what, diag);
        log_failure(jobs, job->id, status, diag);
    }

out:
    free(outpaint);
    free(output);
    free(cache);
    free(second);
    free(photo);
    return status;
}

/* Whether the end of this run, or of its wishes, is in the store already: the answer to an earlier
 * call was lost. */
static spx_status is_noted(const spx_worker *worker, int *noted, spx_diag *diag)
{
    const spx_job *const job = &worker->job;
    spx_job *const known = malloc(sizeof(*known));
    *noted = 0;
    if (known == NULL)
        return spx_fail_memory(diag, "job");
    const spx_status status = spx_store_get(worker->jobs->store, job->id, known, diag);
    *noted = status == SPX_OK && known->state == job->state &&
             (worker->slot.more ? known->run == job->run && (known->wanted & job->wanted) == 0
              : job->state == SPX_JOB_DONE ? known->seen_run == job->run /* more may be made now */
                                           : known->run == job->run);
    free(known);
    return status == SPX_ERR_NOT_FOUND ? SPX_OK : status;
}

static spx_status note_end(spx_worker *worker, int *lost, spx_diag *diag)
{
    int done = 0;
    SPX_TRY(spx_store_finish(worker->jobs->store, &worker->job, &done, diag));
    /* In a process of its own, a job without a row was removed meanwhile. */
    if (done || !spx_jobs_is_node(worker->jobs))
        return SPX_OK;
    SPX_TRY(is_noted(worker, &done, diag));
    *lost = !done;
    return SPX_OK;
}

/* Writes the end of a job down; the lock is held, but by a node. Says what it wrote in
 * worker->job. */
static spx_status record(spx_worker *worker, spx_status outcome, const spx_job *made, int *lost,
                         spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    spx_job *const job = &worker->job;
    /* Whoever has it writes down what becomes of it. Of a run that went to its end only the store
     * can say: a sign of life that crosses with the end is answered as if the job were lost. */
    *lost = outcome == SPX_ERR_CANCELLED && worker->slot.lost;
    if (*lost)
        return SPX_OK;
    if (outcome == SPX_ERR_CANCELLED && !worker->slot.cancelled) {
        job->state = SPX_JOB_QUEUED;
        return spx_store_requeue(jobs->store, job, diag);
    }
    const int64_t now_ms = spx_jobs_now_ms();
    job->finished_ms = now_ms > job->started_ms ? now_ms : job->started_ms;
    if (outcome == SPX_OK) {
        job->state = SPX_JOB_DONE;
        memcpy(job->files, made->files, sizeof(job->files));
        job->file_count = made->file_count;
        memcpy(job->summary, made->summary, sizeof(job->summary));
        job->seen_run = job->run;
        job->seen_views = spx_jobs_views_here(jobs, job, job->run);
        if (spx_job_files_follow(job))
            job->wanted = job->options.convert.formats & ~spx_job_made(job);
    } else if (worker->slot.cancelled) {
        job->state = SPX_JOB_CANCELLED;
    } else {
        job->state = SPX_JOB_FAILED;
        job->failure = outcome;
        memcpy(job->error, made->error, sizeof(job->error));
    }
    return note_end(worker, lost, diag);
}

static void count_outcome(spx_jobs *jobs, const spx_job *job)
{
    jobs->totals.done += job->state == SPX_JOB_DONE;
    jobs->totals.failed += job->state == SPX_JOB_FAILED;
    jobs->totals.cancelled += job->state == SPX_JOB_CANCELLED;
    if (job->state != SPX_JOB_DONE)
        return;
    const double worked_s = (double)(job->finished_ms - job->started_ms) / 1000.0;
    jobs->totals.work_s += worked_s;
    if (job->cost > 0.0 && job->wanted == 0) { /* the files that follow are its cost too */
        jobs->spent_s = jobs->spent_s * fading + worked_s;
        jobs->spent_cost = jobs->spent_cost * fading + job->cost;
    }
}

/* A number that is lost is measured again: it is not worth two changes of the database for each
 * job. */
static void keep_measure(spx_jobs *jobs)
{
    const double spent_s = jobs->spent_s;
    const double spent_cost = jobs->spent_cost;
    const double now_s = spx_clock_s();
    if (jobs->measured_s != 0.0 && now_s - jobs->measured_s < measure_every_s)
        return;
    jobs->measured_s = now_s;
    spx_jobs_let_go(jobs);
    (void)!spx_store_set_fact(jobs->store, SPX_FACT_SPENT_S, spent_s, NULL);
    (void)!spx_store_set_fact(jobs->store, SPX_FACT_SPENT_COST, spent_cost, NULL);
    spx_jobs_take_back(jobs);
}

/* The lock is held. */
static void leave_slot(spx_worker *worker)
{
    spx_jobs *const jobs = worker->jobs;
    if (worker->slot.more)
        jobs->making_more--;
    spx_cancel_destroy(worker->slot.cancel);
    worker->slot = (spx_slot){ 0 };
    (void)pthread_cond_broadcast(&jobs->ended);
    jobs->arrivals++;
    (void)pthread_cond_broadcast(&jobs->wake); /* for those who waited for one to run alone */
}

static int is_no_space(spx_status status, const char *text)
{
    return status == SPX_ERR_IO && strstr(text, no_space) != NULL;
}

/* 1 for a job whose files the disk had no room for: it waits until there is more room than there
 * was, or a while, and is tried again; a few times, because some job may never fit. The lock is
 * held. */
static int finds_no_room(spx_worker *worker, spx_status outcome, const spx_job *made)
{
    spx_jobs *const jobs = worker->jobs;
    spx_diag line = { 0 };
    if (worker->slot.cancelled || !is_no_space(outcome, made->error))
        return 0;
    if (strcmp(jobs->starved, worker->job.id) != 0)
        jobs->starved_times = 0;
    memcpy(jobs->starved, worker->job.id, sizeof(jobs->starved));
    if (++jobs->starved_times > MOST_STARVED)
        return 0;
    jobs->room_bytes = spx_reserve_free(jobs->data_dir) + 1;
    jobs->room_until_s = spx_clock_s() + room_wait_s;
    (void)snprintf(line.text, sizeof(line.text), "job %s found no room and waits for some",
                   worker->job.id);
    spx_jobs_log(jobs, "disk", &line);
    return 1;
}

static void remove_older(spx_jobs *jobs, const spx_job *job)
{
    if (spx_jobs_is_node(jobs)) {
        spx_shared_drop_older(jobs, job);
    } else {
        remove_older_output(jobs, job);
    }
}

/* Records until it is recorded: a full disk must not lose what was done. A stop leaves the row
 * running, and the next start queues it again. */
static void finish(spx_worker *worker, spx_status outcome, const spx_job *made)
{
    spx_jobs *const jobs = worker->jobs;
    int lost = 0;
    (void)pthread_mutex_lock(&jobs->lock);
    spx_status status = SPX_OK;
    if (finds_no_room(worker, outcome, made))
        outcome = SPX_ERR_CANCELLED; /* by nobody: it is queued again */
    do {
        spx_diag diag = { 0 };
        spx_jobs_let_go(jobs);
        status = record(worker, outcome, made, &lost, &diag);
        spx_jobs_take_back(jobs);
        if (status == SPX_OK)
            break;
        spx_jobs_log(jobs, "job", &diag);
        if (!jobs->stopping)
            spx_jobs_wait(jobs, &jobs->ended, RETRY_MS);
    } while (!jobs->stopping);
    if (status == SPX_OK && !lost) {
        count_outcome(jobs, &worker->job);
        if (worker->job.state == SPX_JOB_DONE)
            keep_measure(jobs);
    }
    leave_slot(worker);
    (void)pthread_mutex_unlock(&jobs->lock);
    if (worker->job.state != SPX_JOB_DONE || lost)
        spx_shared_drop_run(worker);
    if (status != SPX_OK || lost)
        return;
    if (worker->job.state == SPX_JOB_DONE)
        remove_older(jobs, &worker->job);
    spx_jobs_keep_record(jobs, worker->job.id);
    spx_jobs_tell(jobs, &worker->job, 0);
}

/* What was made more goes behind what there was; warnings too. */
static void add_made(spx_job *job, const spx_job *made)
{
    if (spx_job_files_follow(job) && job->file_count == 0)
        spx_summary_measure(job->summary, made->summary);
    for (size_t i = 0; i < made->file_count && job->file_count < SPX_JOB_FILE_MAX; i++) {
        if (spx_job_find_role(job, made->files[i].role) == NULL)
            job->files[job->file_count++] = made->files[i];
    }
    spx_summary_add(job->summary, made->summary);
}

/* Of files of a job that was done before: the photo and its options do not allow them. */
static int is_impossible(spx_status outcome)
{
    return outcome == SPX_ERR_UNSUPPORTED || outcome == SPX_ERR_LIMIT ||
           outcome == SPX_ERR_ARGUMENT;
}

/* The same of a job that was made more files of; *done = 0: it is gone, or another one's now. */
static spx_status note_more(spx_worker *worker, int *done, spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    const spx_job *const job = &worker->job;
    spx_jobs_let_go(jobs);
    spx_status status = spx_store_finish_wanted(jobs->store, job, job->wanted, done, diag);
    if (status == SPX_OK && !*done && spx_jobs_is_node(jobs))
        status = is_noted(worker, done, diag);
    spx_jobs_take_back(jobs);
    return status;
}

/* 1 = the job has these files now, or the reason why not; a stop leaves the wish for the next
 * start. */
static int finish_more(spx_worker *worker, spx_status outcome, const spx_job *made)
{
    spx_jobs *const jobs = worker->jobs;
    spx_job *const job = &worker->job;
    spx_diag diag = { 0 };
    int done = 0;
    (void)pthread_mutex_lock(&jobs->lock);
    const int stopped = outcome == SPX_ERR_CANCELLED && !worker->slot.cancelled;
    job->error[0] = '\0';
    if (outcome == SPX_OK) {
        add_made(job, made);
    } else if (!worker->slot.cancelled) {
        memcpy(job->error, made->error, sizeof(job->error));
        if (is_impossible(outcome))
            spx_summary_leave_out(job->summary, job->wanted);
    }
    spx_status status = stopped ? SPX_OK : note_more(worker, &done, &diag);
    while (status != SPX_OK) {
        spx_jobs_log(jobs, "job", &diag);
        spx_jobs_wait(jobs, &jobs->ended, RETRY_MS);
        if (jobs->stopping || !spx_jobs_is_node(jobs))
            break;
        status = note_more(worker, &done, &diag);
    }
    leave_slot(worker);
    (void)pthread_mutex_unlock(&jobs->lock);
    if (status == SPX_OK && (!done || outcome != SPX_OK))
        spx_shared_drop_run(worker);
    return done;
}

/* Makes more files of a job that is done. */
static void work_more(spx_worker *worker, spx_job *made)
{
    spx_jobs *const jobs = worker->jobs;
    spx_job *const job = &worker->job;
    spx_diag diag = { 0 };
    spx_status outcome = SPX_ERR_INTERNAL;
    if (job->attempts > MOST_MORE_ATTEMPTS) {
        (void)snprintf(made->error, sizeof(made->error),
                       "the server stopped each time that it made this file");
    } else {
        const int is_one = (job->wanted & (job->wanted - 1)) == 0;
        if (spx_job_files_follow(job))
            spx_summary_fix(job->summary, &job->options.convert);
        job->options.convert.formats = job->wanted;
        /* What cannot be made keeps nobody from the rest; alone it is a failure. */
        job->options.convert.optional_formats = is_one ? 0 : job->wanted;
        outcome = make(worker, made, &diag);
    }
    if (finish_more(worker, outcome, made)) {
        if (outcome == SPX_OK && job->attempts > 1 && spx_jobs_is_node(jobs))
            spx_shared_drop_older(jobs, job); /* what those left who died at it */
        spx_jobs_keep_record(jobs, job->id);
        spx_jobs_tell(jobs, job, 0);
    } else if (spx_store_get(jobs->store, job->id, made, NULL) == SPX_ERR_NOT_FOUND) {
        spx_jobs_remove_files(jobs, job->id); /* it went while we wrote */
    }
}

static void work(spx_worker *worker)
{
    spx_diag diag = { 0 };
    spx_job *const made = calloc(1, sizeof(*made));
    spx_jobs_tell(worker->jobs, &worker->job, 0);
    if (made == NULL) {
        static const spx_job nothing = { .error = "out of memory" };
        if (worker->slot.more) {
            (void)finish_more(worker, SPX_ERR_NO_MEMORY, &nothing);
        } else {
            finish(worker, SPX_ERR_NO_MEMORY, &nothing);
        }
        return;
    }
    memcpy(made->name, worker->job.name, sizeof(made->name));
    memcpy(made->second, worker->job.second, sizeof(made->second));
    made->revision = worker->job.revision;
    made->run = worker->job.run;
    if (worker->slot.more) {
        work_more(worker, made);
    } else {
        finish(worker, make(worker, made, &diag), made);
    }
    if (spx_jobs_is_node(worker->jobs)) /* what others need is in the blobs */
        spx_folders_remove(worker->jobs->data_dir, worker->job.id);
    free(made);
}

/* How long to wait for news after so many looks that found nothing. */
static uint32_t idle_ms(const spx_jobs *jobs, unsigned looks)
{
    if (!spx_jobs_is_node(jobs))
        return IDLE_MS;
    return looks <= 1 ? LOCKED_MS : NODE_IDLE_MS;
}

void *spx_worker_main(void *worker_given)
{
    spx_worker *const worker = worker_given;
    spx_jobs *const jobs = worker->jobs;
    unsigned looks = 0; /* since there was news */
    unsigned seen = 0;  /* arrivals */
    (void)pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping) {
        spx_diag diag = { 0 };
        if (spx_jobs_look_at_disk(jobs)) {
            spx_jobs_wait(jobs, &jobs->wake, RETRY_MS);
            continue;
        }
        looks = seen == jobs->arrivals ? looks + 1 : 1;
        seen = jobs->arrivals;
        const spx_status status = take(worker, &diag);
        if (status == SPX_OK) {
            (void)pthread_mutex_unlock(&jobs->lock);
            work(worker);
            (void)pthread_mutex_lock(&jobs->lock);
        } else if (status == SPX_ERR_NOT_FOUND) {
            if (seen == jobs->arrivals) /* nothing came while a node looked */
                spx_jobs_wait(jobs, &jobs->wake, idle_ms(jobs, looks));
        } else {
            spx_jobs_log(jobs, "queue", &diag);
            spx_jobs_wait(jobs, &jobs->wake, RETRY_MS);
        }
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

spx_status spx_jobs_make_previews(const spx_jobs *jobs, const char *photo, const char *preview,
                                  const char *thumbnail, spx_diag *diag)
{
    const spx_maker *const maker = &jobs->options.maker;
    const spx_cancel *const cancel = jobs->attendant_cancel;
    SPX_TRY(maker->preview(maker->user, photo, PREVIEW_PX, preview, cancel, diag));
    return maker->preview(maker->user, preview, THUMBNAIL_PX, thumbnail, cancel, diag);
}

static spx_status make_previews(spx_jobs *jobs, const spx_job *job, spx_diag *diag)
{
    spx_status status = SPX_OK;
    if (spx_jobs_is_node(jobs))
        return spx_shared_preview(jobs, job, diag);
    char *const photo = spx_folders_path(jobs->data_dir, "uploads", job->id, "photo");
    char *const preview = spx_folders_path(jobs->data_dir, "uploads", job->id, "preview.jpg");
    char *const thumbnail = spx_folders_path(jobs->data_dir, "uploads", job->id, "thumbnail.jpg");
    if (photo == NULL || preview == NULL || thumbnail == NULL) {
        status = spx_fail_memory(diag, "preview");
        goto out;
    }
    status = spx_jobs_make_previews(jobs, photo, preview, thumbnail, diag);

out:
    free(thumbnail);
    free(preview);
    free(photo);
    return status;
}

/* Makes one pair of previews; 0 when none is wanted, the database refuses or the disk is full. A
 * stop leaves the wish for the next start, a full disk for when there is room. */
static int do_preview(spx_jobs *jobs, spx_job *job)
{
    spx_diag diag = { 0 };
    if (jobs->options.workers == 0)
        return 0; /* nodes that work do */
    if (spx_jobs_is_disk_full(jobs))
        return 0;
    if (spx_store_claim_preview(jobs->store, MOST_PREVIEW_ATTEMPTS, job, NULL) != SPX_OK)
        return 0;
    const spx_status status = make_previews(jobs, job, &diag);
    if (spx_jobs_is_node(jobs) && (status == SPX_ERR_NETWORK || status == SPX_ERR_REMOTE))
        return 0; /* the blobs do not answer: somebody tries again in a while */
    const int starved = is_no_space(status, diag.text);
    job->preview = status == SPX_OK                         ? SPX_PREVIEW_MADE
                   : status == SPX_ERR_CANCELLED || starved ? SPX_PREVIEW_WANTED
                                                            : SPX_PREVIEW_IMPOSSIBLE;
    const spx_status stored = spx_store_set_preview(jobs->store, job->id, job->preview, &diag);
    if (stored == SPX_ERR_NOT_FOUND) {
        spx_jobs_remove_files(jobs, job->id); /* it went while we wrote */
    } else if (stored == SPX_OK) {
        spx_jobs_tell(jobs, job, 0);
    }
    return !starved && (stored == SPX_OK || stored == SPX_ERR_NOT_FOUND);
}

void *spx_attendant_main(void *jobs_given)
{
    spx_jobs *const jobs = jobs_given;
    spx_job *const job = malloc(sizeof(*job));
    double swept_s = 0.0;
    (void)pthread_mutex_lock(&jobs->lock);
    while (job != NULL && !jobs->stopping) {
        const unsigned arrivals = jobs->arrivals;
        (void)pthread_mutex_unlock(&jobs->lock);
        const double now_s = spx_clock_s();
        if (swept_s == 0.0 || now_s - swept_s >= CHORES_MS / 1000.0) {
            spx_jobs_expire(jobs, spx_jobs_up_ms(jobs));
            spx_jobs_do_chores(jobs);
            swept_s = now_s;
        }
        const int more = do_preview(jobs, job);
        (void)pthread_mutex_lock(&jobs->lock);
        if (!more && !jobs->stopping && arrivals == jobs->arrivals)
            spx_jobs_wait(jobs, &jobs->chores, CHORES_MS);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    free(job);
    return NULL;
}

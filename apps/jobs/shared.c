/*
 * A node of many. Jobs are rows of a database that all nodes share, files are blobs that all nodes
 * reach; a node's own folder holds what it works with at the moment, laid out as ever.
 *
 *     blobs/ID/photo, second, depth.own     as they were taken in
 *     blobs/ID/preview.jpg, thumbnail.jpg
 *     blobs/ID/NAME.cache                   what later runs go on with
 *     blobs/ID/output-RUN/                  what one run made
 *     blobs/ID/outpainted/
 *
 * A run has a number that no other run of the job has, and a folder of that number: who lost a job
 * writes over nothing of who has it now, and takes its own away. Blobs come before the row that
 * names them and go after it, so that a job always has its blobs; what a crash leaves between is
 * swept when it is old.
 *
 * One thread, the herald, speaks for the node: signs of life for its jobs, news to others and from
 * them. It waits for nobody else.
 */
#include "base/clock.h"
#include "base/file.h"
#include "jobs/folders.h"
#include "jobs/jobs_internal.h"
#include "jobs/news.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    NEWS_MOST = 10000, /* lines that wait while the database does not answer */
    TICK_MS = 1000,    /* a stage is told others once a second at most */
    RETRY_MS = 500,
    NAME_BYTES = 160,
    MS_PER_S = 1000,
};
static const double beats = 3.0;           /* within a lease */
static const double hangs_after_s = 120.0; /* a turn is six calls of 10 s at most, or a connect */
static const double idle_after_s = 3600.0; /* files that nobody asked a node for go */

static double now_since_1970_s(void)
{
    return (double)spx_jobs_now_ms() / MS_PER_S;
}

/* ---- opening ---- */

spx_status spx_shared_open(spx_jobs *jobs, spx_diag *diag)
{
    const spx_jobs_options *const options = &jobs->options;
    const uint32_t lease_ms = (uint32_t)(options->lease_s * MS_PER_S);
    SPX_TRY(spx_cancel_create(&jobs->stop));
    SPX_TRY(spx_blobs_open(&jobs->blobs, options->blobs, jobs->stop, diag));
    SPX_TRY(spx_store_open_shared(&jobs->store, options->store, lease_ms, diag));
    SPX_TRY(spx_store_keep_node(jobs->store, options->workers, diag));
    return spx_store_workers(jobs->store, &jobs->all_workers, diag);
}

void spx_shared_close(spx_jobs *jobs)
{
    spx_blobs_close(jobs->blobs);
    spx_cancel_destroy(jobs->stop);
    for (size_t i = 0; i < jobs->news_count; i++)
        free(jobs->news[i]);
    free(jobs->news);
}

/* ---- news ---- */

/* Keeps a line for the herald's next turn. Without memory, or with far too many, others hear when
 * they look themselves. */
static void keep_line(spx_jobs *jobs, const spx_news *what)
{
    char line[SPX_NEWS_LINE];
    spx_news_write(what, line);
    char *const copy = strdup(line);
    (void)pthread_mutex_lock(&jobs->lock);
    void *const grown = copy == NULL || jobs->news_count >= NEWS_MOST
                            ? NULL
                            : realloc(jobs->news, (jobs->news_count + 1) * sizeof(*jobs->news));
    if (grown != NULL) {
        jobs->news = grown;
        jobs->news[jobs->news_count++] = copy;
    } else {
        free(copy);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}

/* The same for other threads, which the herald does not wait for. */
static void tell(spx_jobs *jobs, const spx_news *what)
{
    keep_line(jobs, what);
    spx_store_wake(jobs->store);
}

void spx_shared_tell(spx_jobs *jobs, const spx_job *job, int removed)
{
    if (!spx_jobs_is_node(jobs))
        return;
    spx_news what = spx_news_of(job);
    what.removed = removed;
    tell(jobs, &what);
}

spx_status spx_shared_cancel(spx_jobs *jobs, const spx_job *job, int *done, spx_diag *diag)
{
    *done = 0;
    if (!spx_jobs_is_node(jobs))
        return SPX_OK;
    SPX_TRY(spx_store_ask_cancel(jobs->store, job->id, done, diag));
    if (*done) {
        spx_news what = spx_news_of(job);
        what.cancel = 1;
        tell(jobs, &what);
    }
    return SPX_OK;
}

static void wake_all(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->arrivals++;
    (void)pthread_cond_broadcast(&jobs->wake);
    (void)pthread_cond_signal(&jobs->chores);
    (void)pthread_mutex_unlock(&jobs->lock);
}

/* Tells this process what another node said. */
static void pass_on(spx_jobs *jobs, const spx_news *what)
{
    spx_job *const job = calloc(1, sizeof(*job));
    if (job == NULL || jobs->options.changed == NULL) {
        free(job);
        return;
    }
    memcpy(job->id, what->id, sizeof(job->id));
    memcpy(job->owner, what->owner, sizeof(job->owner));
    job->state = what->state;
    job->arrival = what->arrival;
    job->hook[0] = what->hook ? '+' : '\0';
    jobs->options.changed(jobs->options.user, job, what->removed);
    free(job);
}

static void hear(void *user, const char *line)
{
    spx_jobs *const jobs = user;
    spx_news what;
    if (strcmp(line, "*") == 0) {
        wake_all(jobs);
        if (jobs->options.missed != NULL)
            jobs->options.missed(jobs->options.user);
        return;
    }
    if (!spx_news_read(line, &what))
        return;
    if (what.cancel) {
        (void)spx_jobs_stop_running(jobs, what.id, 0);
        return;
    }
    if (what.removed)
        spx_folders_remove(jobs->data_dir, what.id);
    if (what.state == SPX_JOB_QUEUED || what.wanted)
        spx_jobs_wake_one(jobs); /* one job is work for one: many lines wake many */
    pass_on(jobs, &what);
}

/* ---- signs of life ---- */

/* The lock is held. */
static int is_due(const spx_jobs *jobs, const spx_slot *slot)
{
    const double quiet_s = spx_clock_s() - slot->beat_s;
    return slot->id[0] != '\0' &&
           (slot->is_new || (slot->has_moved && quiet_s >= (double)TICK_MS / MS_PER_S) ||
            quiet_s >= jobs->options.lease_s / beats);
}

/* The slot's next beat, if one is due, and what others are to hear of it. */
static int next_beat(spx_jobs *jobs, spx_slot *slot, spx_beat *out, spx_news *what)
{
    (void)pthread_mutex_lock(&jobs->lock);
    const int due = is_due(jobs, slot);
    if (due) {
        *out = (spx_beat){ .run = slot->run, .percent = slot->percent, .views = slot->kept };
        memcpy(out->id, slot->id, sizeof(out->id));
        memcpy(out->stage, slot->stage, sizeof(out->stage));
        *what = (spx_news){ .state = slot->more ? SPX_JOB_DONE : SPX_JOB_RUNNING };
        memcpy(what->id, slot->id, sizeof(what->id));
        memcpy(what->owner, slot->owner, sizeof(what->owner));
        slot->is_new = 0;
        slot->has_moved = 0;
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return due;
}

/* What came of it; the slot may have another job by now. */
static void take_answer(spx_jobs *jobs, spx_slot *slot, const spx_beat *beat)
{
    (void)pthread_mutex_lock(&jobs->lock);
    if (strcmp(slot->id, beat->id) == 0 && slot->run == beat->run) {
        slot->beat_s = spx_clock_s();
        slot->lost |= !beat->is_ours;
        slot->cancelled |= beat->is_ours && beat->is_cancelled;
        if (slot->lost || slot->cancelled)
            spx_cancel_request(slot->cancel);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
}

static spx_status beat_all(spx_jobs *jobs, spx_diag *diag)
{
    for (unsigned i = 0; i < jobs->options.workers; i++) {
        spx_slot *const slot = &jobs->workers[i].slot;
        spx_beat beat;
        spx_news what;
        if (!next_beat(jobs, slot, &beat, &what))
            continue;
        SPX_TRY(spx_store_beat(jobs->store, &beat, diag));
        take_answer(jobs, slot, &beat);
        if (beat.is_ours)
            keep_line(jobs, &what); /* this turn's exchange tells it */
    }
    return SPX_OK;
}

/* A job that another node lost waits again. */
static void tell_recovered(void *user, const spx_job *job)
{
    spx_jobs *const jobs = user;
    spx_jobs_tell(jobs, job, 0);
    spx_jobs_wake_one(jobs);
}

/* What is due a few times within a lease. */
static spx_status look_around(spx_jobs *jobs, spx_diag *diag)
{
    unsigned workers = 0;
    SPX_TRY(spx_store_keep_node(jobs->store, jobs->options.workers, diag));
    SPX_TRY(spx_store_workers(jobs->store, &workers, diag));
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->all_workers = workers;
    (void)pthread_mutex_unlock(&jobs->lock);
    return spx_store_recover(jobs->store, SPX_JOBS_MOST_ATTEMPTS, spx_jobs_now_ms(), tell_recovered,
                             jobs, diag);
}

/* ---- the herald ---- */

static spx_status exchange(spx_jobs *jobs, uint32_t wait_ms, spx_diag *diag)
{
    (void)pthread_mutex_lock(&jobs->lock);
    char **const lines = jobs->news;
    const size_t count = jobs->news_count;
    jobs->news = NULL;
    jobs->news_count = 0;
    (void)pthread_mutex_unlock(&jobs->lock);
    const spx_status status =
        spx_store_exchange(jobs->store, (const char *const *)lines, count, wait_ms, diag);
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
    return status;
}

static spx_status do_turn(spx_jobs *jobs, double *looked_s, spx_diag *diag)
{
    SPX_TRY(beat_all(jobs, diag));
    const double now_s = spx_clock_s();
    if (*looked_s == 0.0 || now_s - *looked_s >= jobs->options.lease_s / beats) {
        SPX_TRY(look_around(jobs, diag));
        *looked_s = now_s;
    }
    const double wait_s = jobs->options.lease_s / beats;
    const uint32_t wait_ms = (uint32_t)(wait_s * MS_PER_S);
    return exchange(jobs, wait_ms < TICK_MS ? wait_ms : TICK_MS, diag);
}

static void *herald_main(void *user)
{
    spx_jobs *const jobs = user;
    double looked_s = 0.0;
    spx_status before = SPX_OK;
    (void)pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping || jobs->herald_started != 0) {
        spx_diag diag = { 0 };
        (void)pthread_mutex_unlock(&jobs->lock);
        const spx_status status = do_turn(jobs, &looked_s, &diag);
        if (status != SPX_OK && before == SPX_OK) {
            spx_jobs_log(jobs, "store", &diag);
        } else if (status == SPX_OK && before != SPX_OK) {
            (void)snprintf(diag.text, sizeof(diag.text), "it answers again");
            spx_jobs_log(jobs, "store", &diag);
        }
        before = status;
        (void)pthread_mutex_lock(&jobs->lock);
        jobs->turned_s = spx_clock_s();
        jobs->is_answered = status == SPX_OK;
        if (status != SPX_OK)
            spx_jobs_wait(jobs, &jobs->ended, RETRY_MS);
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

spx_status spx_shared_start(spx_jobs *jobs, spx_diag *diag)
{
    if (!spx_jobs_is_node(jobs))
        return SPX_OK;
    spx_store_set_news(jobs->store, hear, jobs);
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->turned_s = spx_clock_s();
    jobs->is_answered = 1; /* a moment ago, at the opening */
    jobs->herald_started = pthread_create(&jobs->herald, NULL, herald_main, jobs) == 0;
    (void)pthread_mutex_unlock(&jobs->lock);
    return jobs->herald_started ? SPX_OK
                                : spx_fail(diag, SPX_ERR_NO_MEMORY, "cannot start a thread");
}

int spx_jobs_is_alive(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    const int alive = spx_clock_s() - jobs->turned_s < hangs_after_s;
    (void)pthread_mutex_unlock(&jobs->lock);
    return alive;
}

const char *spx_jobs_trouble(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    const char *const trouble = jobs->stopping                ? "stopping"
                                : !jobs->is_answered          ? "database"
                                : spx_jobs_look_at_disk(jobs) ? "disk_full"
                                                              : NULL;
    (void)pthread_mutex_unlock(&jobs->lock);
    return trouble;
}

/* After the workers: what they did last is told too. */
void spx_shared_stop(spx_jobs *jobs)
{
    if (!spx_jobs_is_node(jobs) || !jobs->herald_started)
        return;
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->herald_started = 0;
    (void)pthread_mutex_unlock(&jobs->lock);
    spx_store_wake(jobs->store);
    (void)pthread_join(jobs->herald, NULL);
    (void)!exchange(jobs, 0, NULL);
    (void)!spx_store_keep_node(jobs->store, 0, NULL);
    spx_cancel_request(jobs->stop);
}

/* ---- blobs ---- */

spx_status spx_shared_make_room(const spx_jobs *jobs, const char *id, spx_diag *diag)
{
    if (!spx_jobs_is_node(jobs))
        return SPX_OK;
    char *const folder = spx_folders_path(jobs->data_dir, "uploads", id, NULL);
    const spx_status status =
        folder == NULL ? spx_fail_memory(diag, "job") : spx_folder_make(folder, diag);
    free(folder);
    return status;
}

spx_status spx_shared_keep(spx_jobs *jobs, const char *id, const char *name, spx_diag *diag)
{
    if (!spx_jobs_is_node(jobs))
        return SPX_OK;
    char *const path = spx_folders_blob_path(jobs->data_dir, id, name);
    const spx_status status = path == NULL ? spx_fail_memory(diag, name)
                                           : spx_blobs_put(jobs->blobs, id, name, path, diag);
    free(path);
    return status;
}

spx_status spx_shared_bring(spx_jobs *jobs, const char *id, const char *name, spx_diag *diag)
{
    struct stat about;
    if (!spx_jobs_is_node(jobs))
        return SPX_OK;
    char *const path = spx_folders_blob_path(jobs->data_dir, id, name);
    if (path == NULL)
        return spx_fail_memory(diag, name);
    const spx_status status =
        lstat(path, &about) == 0 ? SPX_OK : spx_blobs_get(jobs->blobs, id, name, path, diag);
    free(path);
    return status;
}

spx_status spx_shared_forget(spx_jobs *jobs, const char *id, const char *name, spx_diag *diag)
{
    return spx_jobs_is_node(jobs) ? spx_blobs_remove(jobs->blobs, id, name, diag) : SPX_OK;
}

void spx_shared_remove(spx_jobs *jobs, const char *id)
{
    spx_diag diag = { 0 };
    if (spx_jobs_is_node(jobs) && spx_blobs_remove(jobs->blobs, id, "", &diag) != SPX_OK)
        spx_jobs_log(jobs, "blobs", &diag);
}

/* Runs something until the blobs answer: a bucket's failure is no photo's fault, and its owner may
 * mend it. Ends with a cancel, which a lost lease is too. */
static spx_status insist(spx_worker *worker, spx_status (*run)(spx_worker *worker, spx_diag *diag),
                         spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    for (int told = 0;; told = 1) {
        spx_diag failure = { 0 };
        const spx_status status = run(worker, &failure);
        if (status == SPX_OK)
            return SPX_OK;
        if (status != SPX_ERR_NETWORK && status != SPX_ERR_REMOTE)
            return spx_fail(diag, status, "%s", failure.text);
        if (!told)
            spx_jobs_log(jobs, "blobs", &failure);
        (void)pthread_mutex_lock(&jobs->lock);
        if (!spx_cancel_requested(worker->slot.cancel))
            spx_jobs_wait(jobs, &jobs->ended, RETRY_MS);
        const int over = spx_cancel_requested(worker->slot.cancel);
        (void)pthread_mutex_unlock(&jobs->lock);
        if (over)
            return spx_fail(diag, SPX_ERR_CANCELLED, "stopped while the blobs did not answer");
    }
}

/* What is brought for a run: all but what runs made and what is for screens. */
typedef struct bringing {
    spx_jobs *jobs;
    spx_diag *diag;
} bringing;

static int is_for_runs(const char *name)
{
    return spx_jobs_output_run(name) == 0 && strcmp(name, "preview.jpg") != 0 &&
           strcmp(name, "thumbnail.jpg") != 0;
}

static spx_status bring_one(void *user, const char *id, const char *name, int64_t modified_s)
{
    const bringing *const self = user;
    (void)modified_s;
    return is_for_runs(name) ? spx_shared_bring(self->jobs, id, name, self->diag) : SPX_OK;
}

static spx_status bring_all(spx_worker *worker, spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    const spx_job *const job = &worker->job;
    bringing self = { jobs, diag };
    SPX_TRY(spx_blobs_list(jobs->blobs, job->id, bring_one, &self, diag));
    SPX_TRY(spx_shared_bring(jobs, job->id, "photo", diag));
    return job->second[0] == '\0' ? SPX_OK : spx_shared_bring(jobs, job->id, "second", diag);
}

spx_status spx_shared_bring_all(spx_worker *worker, spx_diag *diag)
{
    if (!spx_jobs_is_node(worker->jobs))
        return SPX_OK;
    worker->begun_s = now_since_1970_s();
    /* What is here already may be older than what is there. */
    spx_folders_remove(worker->jobs->data_dir, worker->job.id);
    return insist(worker, bring_all, diag);
}

/* Uploads are where they came from. */
static int is_upload(const char *name)
{
    return strcmp(name, "photo") == 0 || strcmp(name, "second") == 0 ||
           strcmp(name, SPX_OWN_DEPTH) == 0;
}

static int is_view(const char *name)
{
    for (size_t i = 0; i < SPX_KNOWN_VIEWS; i++) {
        for (size_t n = 0; n < 2 && spx_known_views[i].names[n] != NULL; n++) {
            if (strcmp(name, spx_known_views[i].names[n]) == 0)
                return 1;
        }
    }
    return 0;
}

/* Keeps the files of a folder of this node that were written in this run. The small pictures of a
 * job that is done are those of the run that was seen. */
static spx_status keep_folder(const spx_worker *self, const char *path, const char *prefix,
                              spx_diag *diag)
{
    spx_status status = SPX_OK;
    const struct dirent *entry = NULL;
    DIR *const folder = opendir(path);
    while (folder != NULL && status == SPX_OK &&
           (entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe): own stream */
        struct stat about;
        char name[NAME_BYTES];
        char *const file = spx_path_join(path, entry->d_name);
        (void)snprintf(name, sizeof(name), "%s%.100s", prefix, entry->d_name);
        const double written_s =
            file != NULL && entry->d_name[0] != '.' && lstat(file, &about) == 0 &&
                    S_ISREG(about.st_mode) && !is_upload(name) &&
                    !(self->slot.more && is_view(entry->d_name))
                ? (double)about.st_mtim.tv_sec + (double)about.st_mtim.tv_nsec * 1e-9
                : 0.0;
        if (written_s + 1.0 >= self->begun_s) /* clocks of files are coarse */
            status = spx_blobs_put(self->jobs->blobs, self->job.id, name, file, diag);
        free(file);
    }
    if (folder != NULL)
        (void)closedir(folder);
    return status;
}

static spx_status keep_made(spx_worker *worker, spx_diag *diag)
{
    spx_jobs *const jobs = worker->jobs;
    const spx_job *const job = &worker->job;
    char folder[32];
    char prefix[40];
    spx_jobs_output_name(folder, job->run);
    (void)snprintf(prefix, sizeof(prefix), "%s/", folder);
    char *const output = spx_folders_path(jobs->data_dir, "uploads", job->id, folder);
    char *const cache = spx_folders_path(jobs->data_dir, "uploads", job->id, NULL);
    char *const painted = spx_folders_path(jobs->data_dir, "outpainted", job->id, NULL);
    spx_status status = SPX_OK;
    if (output == NULL || cache == NULL || painted == NULL) {
        status = spx_fail_memory(diag, "job");
        goto out;
    }
    SPX_TRY_OUT(keep_folder(worker, output, prefix, diag));
    SPX_TRY_OUT(keep_folder(worker, painted, "outpainted/", diag));
    SPX_TRY_OUT(keep_folder(worker, cache, "", diag));

out:
    free(painted);
    free(cache);
    free(output);
    return status;
}

spx_status spx_shared_keep_made(spx_worker *worker, spx_diag *diag)
{
    return spx_jobs_is_node(worker->jobs) ? insist(worker, keep_made, diag) : SPX_OK;
}

int spx_shared_keep_views(spx_worker *worker)
{
    spx_jobs *const jobs = worker->jobs;
    int is_new = 0;
    char folder[32];
    if (worker->slot.more)
        return 0; /* they were seen when it was done */
    spx_jobs_output_name(folder, worker->job.run);
    for (size_t i = 0; i < SPX_KNOWN_VIEWS; i++) {
        const spx_known_view *const known = &spx_known_views[i];
        int kept = (worker->slot.kept & known->view) == 0;
        for (size_t n = 0; n < 2 && kept && known->names[n] != NULL; n++) {
            char name[NAME_BYTES];
            (void)snprintf(name, sizeof(name), "%s/%s", folder, known->names[n]);
            char *const path = spx_folders_blob_path(jobs->data_dir, worker->job.id, name);
            kept = path != NULL && access(path, R_OK) == 0 &&
                   spx_blobs_put(jobs->blobs, worker->job.id, name, path, NULL) == SPX_OK;
            free(path);
        }
        if (!kept)
            continue;
        (void)pthread_mutex_lock(&jobs->lock);
        worker->slot.kept |= known->view;
        worker->slot.is_new = 1;
        (void)pthread_mutex_unlock(&jobs->lock);
        is_new = 1;
    }
    return is_new;
}

/* Whether a job's files or what is shown of it are of that run. */
static int refers_to(const spx_job *job, uint32_t run)
{
    if (job->seen_run == run)
        return 1;
    for (size_t i = 0; i < job->file_count; i++) {
        if (spx_jobs_output_run(job->files[i].disk) == run)
            return 1;
    }
    return 0;
}

/* Only what the store says for sure lets files go: whom it does not answer leaves them to the next
 * run's end. */
void spx_shared_drop_run(spx_worker *worker)
{
    char prefix[40];
    char folder[32];
    spx_diag diag = { 0 };
    spx_jobs *const jobs = worker->jobs;
    const spx_job *const job = &worker->job;
    spx_job *const known = spx_jobs_is_node(jobs) ? malloc(sizeof(*known)) : NULL;
    if (known == NULL)
        return;
    const spx_status status = spx_store_get(jobs->store, job->id, known, NULL);
    spx_jobs_output_name(folder, job->run);
    (void)snprintf(prefix, sizeof(prefix), "%s/", folder);
    if (status == SPX_ERR_NOT_FOUND) {
        spx_shared_remove(jobs, job->id); /* it went while we wrote */
    } else if (status == SPX_OK && !refers_to(known, job->run) &&
               spx_blobs_remove(jobs->blobs, job->id, prefix, &diag) != SPX_OK) {
        spx_jobs_log(jobs, "blobs", &diag);
    }
    free(known);
}

/* What a done job does not refer to any more. */
typedef struct older {
    spx_jobs *jobs;
    const spx_job *job;
    const spx_job_file *picture; /* NULL = it has none */
    char (*names)[NAME_BYTES];
    size_t count;
} older;

static int is_referred_to(const older *self, const char *name)
{
    static const char outpainted[] = "outpainted/";
    const uint32_t run = spx_jobs_output_run(name);
    if (strncmp(name, outpainted, sizeof(outpainted) - 1) == 0) {
        return self->picture == NULL || strncmp(name + sizeof(outpainted) - 1, self->picture->disk,
                                                strlen(self->picture->disk)) == 0;
    }
    if (run == 0 || run >= self->job->run)
        return 1; /* later ones are another run's */
    return refers_to(self->job, run);
}

static spx_status look_at_older(void *user, const char *id, const char *name, int64_t modified_s)
{
    older *const self = user;
    (void)id;
    (void)modified_s;
    if (is_referred_to(self, name) || strlen(name) >= NAME_BYTES)
        return SPX_OK;
    void *const grown = realloc(self->names, (self->count + 1) * NAME_BYTES);
    if (grown == NULL)
        return SPX_ERR_NO_MEMORY;
    self->names = grown;
    (void)snprintf(self->names[self->count++], NAME_BYTES, "%s", name);
    return SPX_OK;
}

/* A job's first run has nothing older. */
void spx_shared_drop_older(spx_jobs *jobs, const spx_job *job)
{
    spx_diag diag = { 0 };
    older self = { .jobs = jobs, .job = job, .picture = spx_job_find_role(job, "outpainted") };
    if (job->run <= 1)
        return;
    spx_status status = spx_blobs_list(jobs->blobs, job->id, look_at_older, &self, &diag);
    for (size_t i = 0; i < self.count && status == SPX_OK; i++)
        status = spx_blobs_remove(jobs->blobs, job->id, self.names[i], &diag);
    if (status != SPX_OK)
        spx_jobs_log(jobs, "blobs", &diag);
    free(self.names);
}

/* In a folder of its own: a worker of this node may have the job at the same time. */
spx_status spx_shared_preview(spx_jobs *jobs, const spx_job *job, spx_diag *diag)
{
    char id[SPX_ID_SIZE];
    SPX_TRY(spx_id_make(id, diag));
    char *const folder = spx_folders_path(jobs->data_dir, "incoming", id, NULL);
    char *const photo = spx_folders_path(jobs->data_dir, "incoming", id, "photo");
    char *const preview = spx_folders_path(jobs->data_dir, "incoming", id, "preview.jpg");
    char *const thumbnail = spx_folders_path(jobs->data_dir, "incoming", id, "thumbnail.jpg");
    spx_status status = SPX_OK;
    if (folder == NULL || photo == NULL || preview == NULL || thumbnail == NULL) {
        status = spx_fail_memory(diag, "preview");
        goto out;
    }
    SPX_TRY_OUT(spx_blobs_get(jobs->blobs, job->id, "photo", photo, diag));
    SPX_TRY_OUT(spx_jobs_make_previews(jobs, photo, preview, thumbnail, diag));
    SPX_TRY_OUT(spx_blobs_put(jobs->blobs, job->id, "preview.jpg", preview, diag));
    SPX_TRY_OUT(spx_blobs_put(jobs->blobs, job->id, "thumbnail.jpg", thumbnail, diag));

out:
    if (folder != NULL)
        spx_folder_remove(folder);
    free(thumbnail);
    free(preview);
    free(photo);
    free(folder);
    return status;
}

/* ---- now and then ---- */

/* Blobs whose job is not known, one id at a time. */
typedef struct sweeping {
    spx_jobs *jobs;
    char id[SPX_ID_SIZE];
    int64_t newest_s;
    char (*orphans)[SPX_ID_SIZE];
    size_t count;
} sweeping;

/* All of an id's blobs were seen. Only a clear "no such job" lets them go. */
static void look_at_id(sweeping *self)
{
    const int old =
        (double)self->newest_s + self->jobs->options.sweep_after_s <= now_since_1970_s();
    if (self->id[0] != '\0' && old && !spx_jobs_knows(self->jobs, self->id)) {
        void *const grown = realloc(self->orphans, (self->count + 1) * SPX_ID_SIZE);
        if (grown != NULL) {
            self->orphans = grown;
            memcpy(self->orphans[self->count++], self->id, SPX_ID_SIZE);
        }
    }
}

static spx_status look_at_blob(void *user, const char *id, const char *name, int64_t modified_s)
{
    sweeping *const self = user;
    (void)name;
    if (!spx_id_valid(id))
        return SPX_OK;
    if (strcmp(id, self->id) != 0) {
        look_at_id(self);
        memcpy(self->id, id, SPX_ID_SIZE);
        self->newest_s = 0;
    }
    self->newest_s = modified_s > self->newest_s ? modified_s : self->newest_s;
    return SPX_OK;
}

static void sweep_blobs(spx_jobs *jobs)
{
    spx_diag diag = { 0 };
    sweeping self = { .jobs = jobs };
    if (spx_blobs_list(jobs->blobs, NULL, look_at_blob, &self, &diag) == SPX_OK) {
        look_at_id(&self);
    } else {
        spx_jobs_log(jobs, "blobs", &diag);
    }
    for (size_t i = 0; i < self.count; i++)
        spx_shared_remove(jobs, self.orphans[i]);
    free(self.orphans);
}

/* One node does it, whichever looks first after the time is over. */
static void sweep_in_turn(spx_jobs *jobs)
{
    double swept_s = 0.0;
    const double now_s = (double)spx_store_up_ms(jobs->store) / MS_PER_S;
    if (spx_store_get_fact(jobs->store, "swept_s", &swept_s, NULL) != SPX_OK ||
        now_s - swept_s < jobs->options.sweep_after_s ||
        spx_store_set_fact(jobs->store, "swept_s", now_s, NULL) != SPX_OK)
        return;
    sweep_blobs(jobs);
    spx_jobs_sweep_store(jobs);
}

static int is_busy(void *user, const char *id)
{
    spx_jobs *const jobs = user;
    int busy = 0;
    (void)pthread_mutex_lock(&jobs->lock);
    for (unsigned i = 0; i < jobs->options.workers; i++)
        busy |= strcmp(jobs->workers[i].slot.id, id) == 0;
    (void)pthread_mutex_unlock(&jobs->lock);
    return busy;
}

/* What no worker knows how to make. */
static void give_up(spx_jobs *jobs)
{
    spx_diag diag = { 0 };
    if (spx_store_give_up(jobs->store, spx_jobs_now_ms(), tell_recovered, jobs, &diag) != SPX_OK)
        spx_jobs_log(jobs, "store", &diag);
}

void spx_shared_do_chores(spx_jobs *jobs)
{
    double spent_s = 0.0;
    double spent_cost = 0.0;
    give_up(jobs);
    sweep_in_turn(jobs);
    spx_folders_sweep_idle(jobs->data_dir, idle_after_s, is_busy, jobs);
    if (spx_store_get_fact(jobs->store, SPX_FACT_SPENT_S, &spent_s, NULL) != SPX_OK ||
        spx_store_get_fact(jobs->store, SPX_FACT_SPENT_COST, &spent_cost, NULL) != SPX_OK)
        return;
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->spent_s = spent_s;
    jobs->spent_cost = spent_cost;
    (void)pthread_mutex_unlock(&jobs->lock);
}

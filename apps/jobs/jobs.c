/*
 * The database (store.c, with a lock of its own) knows every job; memory knows those that run, and
 * the queue's lock guards what jobs_internal.h says. An upload is written under a name of its own
 * and moved into place when it is whole.
 */
#include "jobs/jobs.h"

#include "base/clock.h"
#include "base/file.h"
#include "jobs/folders.h"
#include "jobs/jobs_internal.h"
#include "jobs/rebuild.h"
#include "jobs/reserve.h"
#include "jobs/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000 };

int64_t spx_jobs_now_ms(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

void spx_jobs_tell(spx_jobs *jobs, const spx_job *job, int removed)
{
    spx_shared_tell(jobs, job, removed);
    if (jobs->options.changed != NULL)
        jobs->options.changed(jobs->options.user, job, removed);
}

void spx_jobs_log(const spx_jobs *jobs, const char *what, const spx_diag *diag)
{
    char line[sizeof(diag->text) + 64];
    if (jobs->options.log == NULL)
        return;
    (void)snprintf(line, sizeof(line), "%.48s: %s", what, diag->text);
    jobs->options.log(jobs->options.user, line);
}

void spx_jobs_wait(spx_jobs *jobs, pthread_cond_t *condition, uint32_t timeout_ms)
{
    spx_clock_wait(condition, &jobs->lock, timeout_ms);
}

static spx_status look_up(const spx_jobs *jobs, const char *id)
{
    spx_job *const job = malloc(sizeof(*job));
    const spx_status status =
        job == NULL ? SPX_ERR_NO_MEMORY : spx_store_get(jobs->store, id, job, NULL);
    free(job);
    return status;
}

int spx_jobs_knows(const spx_jobs *jobs, const char *id)
{
    return look_up(jobs, id) != SPX_ERR_NOT_FOUND;
}

static int is_known(void *user, const char *id)
{
    return spx_jobs_knows(user, id);
}

static double wall_s(void)
{
    return (double)spx_jobs_now_ms() / MS_PER_S;
}

static void init_locks(spx_jobs *jobs)
{
    (void)pthread_mutex_init(&jobs->lock, NULL);
    (void)pthread_mutex_init(&jobs->records, NULL);
    spx_clock_condition_init(&jobs->wake);
    spx_clock_condition_init(&jobs->chores);
    spx_clock_condition_init(&jobs->ended);
}

static int relieve(void *user)
{
    const spx_jobs *const jobs = user;
    return spx_reserve_release(jobs->data_dir);
}

/* A new database in place of a damaged one, with what the records of the jobs say. */
static spx_status rebuild(spx_jobs *jobs, const char *path, spx_diag *diag)
{
    char aside[256];
    unsigned found = 0;
    unsigned lost = 0;
    spx_diag line = { 0 };
    SPX_TRY(spx_rebuild_set_aside(jobs->data_dir, path, aside, diag));
    SPX_TRY(spx_store_open(&jobs->store, path, diag));
    spx_rebuild(jobs->data_dir, jobs->store, &found, &lost);
    SPX_TRY(spx_store_catch_up(jobs->store, diag));
    (void)snprintf(line.text, sizeof(line.text),
                   "it was damaged and is now %s; %u jobs were found again, %u were not", aside,
                   found, lost);
    spx_jobs_log(jobs, "job database", &line);
    return SPX_OK;
}

static spx_status open_store(spx_jobs *jobs, spx_diag *diag)
{
    spx_diag first = { 0 };
    char *const path = spx_path_join(jobs->data_dir, "jobs.sqlite");
    if (path == NULL)
        return spx_fail_memory(diag, "jobs");
    spx_status status = spx_store_open(&jobs->store, path, &first);
    if (status == SPX_ERR_IO && spx_reserve_is_needed(jobs->data_dir) &&
        spx_reserve_release(jobs->data_dir)) {
        first = (spx_diag){ 0 };
        status = spx_store_open(&jobs->store, path, &first);
    }
    if (status == SPX_ERR_CORRUPT) {
        status = rebuild(jobs, path, diag);
    } else if (status != SPX_OK) {
        status = spx_fail(diag, status, "%s", first.text);
    }
    free(path);
    return status;
}

/* What the store remembers of earlier lives. */
static spx_status read_facts(spx_jobs *jobs, spx_diag *diag)
{
    static const double most_back_s = 60.0;
    double last_s = 0.0;
    SPX_TRY(spx_store_get_fact(jobs->store, SPX_FACT_SPENT_S, &jobs->spent_s, diag));
    SPX_TRY(spx_store_get_fact(jobs->store, SPX_FACT_SPENT_COST, &jobs->spent_cost, diag));
    SPX_TRY(spx_store_get_fact(jobs->store, SPX_FACT_WALL_S, &last_s, diag));
    SPX_TRY(spx_store_oldest(jobs->store, &jobs->first_oldest_ms, diag));
    jobs->first_up_ms = spx_store_up_ms(jobs->store);
    jobs->clock_ahead_s = wall_s() - spx_clock_s();
    if (last_s - wall_s() > most_back_s) {
        spx_diag line = { 0 };
        (void)snprintf(line.text, sizeof(line.text),
                       "it is %.0f s behind the end of the last run; nothing is deleted by it",
                       last_s - wall_s());
        spx_jobs_log(jobs, "clock", &line);
    }
    return SPX_OK;
}

/* A node's folder holds what it works with: what an earlier life left is worth nothing. */
static spx_status open_node(spx_jobs *jobs, spx_diag *diag)
{
    SPX_TRY(spx_shared_open(jobs, diag));
    SPX_TRY(read_facts(jobs, diag));
    spx_folders_sweep(jobs->data_dir, NULL, NULL);
    return SPX_OK;
}

static spx_status open_folder(spx_jobs *jobs, spx_diag *diag)
{
    SPX_TRY(spx_folder_make(jobs->data_dir, diag));
    SPX_TRY(spx_folders_lock(jobs->data_dir, &jobs->lock_fd, diag));
    SPX_TRY(spx_folders_prepare(jobs->data_dir, diag));
    if (jobs->options.store != NULL)
        return open_node(jobs, diag);
    spx_reserve_make(jobs->data_dir);
    SPX_TRY(open_store(jobs, diag));
    spx_store_set_relief(jobs->store, relieve, jobs);
    SPX_TRY(spx_store_recover(jobs->store, SPX_JOBS_MOST_ATTEMPTS, spx_jobs_now_ms(), NULL, NULL,
                              diag));
    SPX_TRY(read_facts(jobs, diag));
    spx_folders_sweep(jobs->data_dir, is_known, jobs);
    return SPX_OK;
}

spx_status spx_jobs_open(spx_jobs **out, const spx_jobs_options *options, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_jobs *jobs = calloc(1, sizeof(*jobs));
    if (jobs == NULL)
        return spx_fail_memory(diag, "jobs");
    init_locks(jobs);
    jobs->options = *options;
    jobs->lock_fd = -1;
    jobs->data_dir = strdup(options->data_dir);
    jobs->workers = calloc(options->workers + 1, sizeof(*jobs->workers)); /* a node may have none */
    if (jobs->data_dir == NULL || jobs->workers == NULL) {
        status = spx_fail_memory(diag, "jobs");
        goto out;
    }
    status = spx_cancel_create(&jobs->attendant_cancel);
    if (status != SPX_OK) {
        (void)spx_fail_memory(diag, "jobs");
        goto out;
    }
    SPX_TRY_OUT(open_folder(jobs, diag));
    *out = jobs;
    jobs = NULL;

out:
    spx_jobs_close(jobs);
    return status;
}

spx_status spx_jobs_start(spx_jobs *jobs, spx_diag *diag)
{
    SPX_TRY(spx_shared_start(jobs, diag));
    if (pthread_create(&jobs->attendant, NULL, spx_attendant_main, jobs) != 0)
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "cannot start a thread");
    jobs->attendant_started = 1;
    for (unsigned i = 0; i < jobs->options.workers; i++) {
        spx_worker *const worker = &jobs->workers[i];
        worker->jobs = jobs;
        if (pthread_create(&worker->thread, NULL, spx_worker_main, worker) != 0)
            return spx_fail(diag, SPX_ERR_NO_MEMORY, "cannot start worker thread %u", i + 1);
        worker->started = 1;
    }
    return SPX_OK;
}

/* The lock is held. */
static unsigned running_now(const spx_jobs *jobs)
{
    unsigned running = 0;
    for (unsigned i = 0; i < jobs->options.workers; i++)
        running += jobs->workers[i].slot.id[0] != '\0';
    return running;
}

void spx_jobs_stop(spx_jobs *jobs, uint32_t grace_ms)
{
    const double begin_s = spx_clock_s();
    const double grace_s = (double)grace_ms / MS_PER_S;
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->stopping = 1;
    spx_cancel_request(jobs->attendant_cancel); /* nobody waits for a preview */
    (void)pthread_cond_broadcast(&jobs->wake);
    (void)pthread_cond_broadcast(&jobs->chores);
    for (double left_s = grace_s; running_now(jobs) != 0 && left_s > 0.0;
         left_s = begin_s + grace_s - spx_clock_s())
        spx_jobs_wait(jobs, &jobs->ended, (uint32_t)(left_s * MS_PER_S) + 1);
    for (unsigned i = 0; i < jobs->options.workers; i++) {
        if (jobs->workers[i].slot.cancel != NULL)
            spx_cancel_request(jobs->workers[i].slot.cancel);
    }
    (void)pthread_mutex_unlock(&jobs->lock);

    for (unsigned i = 0; i < jobs->options.workers; i++) {
        if (jobs->workers[i].started)
            (void)pthread_join(jobs->workers[i].thread, NULL);
        jobs->workers[i].started = 0;
    }
    if (jobs->attendant_started)
        (void)pthread_join(jobs->attendant, NULL);
    jobs->attendant_started = 0;
    spx_shared_stop(jobs);
}

/* What is lost is a minute of the uptime. */
static void keep_clocks(const spx_jobs *jobs)
{
    if (spx_jobs_is_node(jobs))
        return; /* the database has a clock of its own */
    (void)!spx_store_keep_up(jobs->store, NULL);
    (void)!spx_store_set_fact(jobs->store, SPX_FACT_WALL_S, wall_s(), NULL);
}

void spx_jobs_sweep_store(const spx_jobs *jobs)
{
    spx_diag diag = { 0 };
    if (spx_store_sweep(jobs->store, spx_jobs_now_ms(), &diag) != SPX_OK)
        spx_jobs_log(jobs, "store", &diag);
}

void spx_jobs_do_chores(spx_jobs *jobs)
{
    static const double jump_s = 60.0;
    const double ahead_s = wall_s() - spx_clock_s();
    const double jumped_s = ahead_s - jobs->clock_ahead_s;
    if (fabs(jumped_s) > jump_s) {
        spx_diag line = { 0 };
        (void)snprintf(line.text, sizeof(line.text), "it was set %.0f s %s", fabs(jumped_s),
                       jumped_s > 0.0 ? "forward" : "back");
        spx_jobs_log(jobs, "clock", &line);
        jobs->clock_ahead_s = ahead_s;
    }
    if (spx_jobs_is_node(jobs)) {
        spx_shared_do_chores(jobs);
        return;
    }
    spx_reserve_make(jobs->data_dir);
    keep_clocks(jobs);
    spx_jobs_sweep_store(jobs);
}

void spx_jobs_keep_record(spx_jobs *jobs, const char *id)
{
    if (spx_jobs_is_node(jobs))
        return;                               /* a database with a server has backups of its own */
    (void)pthread_mutex_lock(&jobs->records); /* the last one to write says the latest */
    spx_record_keep(jobs->data_dir, jobs->store, id);
    (void)pthread_mutex_unlock(&jobs->records);
}

int spx_jobs_look_at_disk(spx_jobs *jobs)
{
    int full = spx_reserve_is_needed(jobs->data_dir);
    if (spx_clock_s() >= jobs->room_until_s)
        jobs->room_bytes = 0;
    full |= jobs->room_bytes != 0 && spx_reserve_free(jobs->data_dir) < jobs->room_bytes;
    if (full != jobs->disk_full) {
        spx_diag line = { 0 };
        (void)snprintf(line.text, sizeof(line.text), "%s",
                       full ? "it is full: jobs wait until there is room" : "there is room again");
        spx_jobs_log(jobs, "disk", &line);
        jobs->arrivals++; /* previews that wait for room are looked at now */
        (void)pthread_cond_broadcast(&jobs->chores);
    }
    jobs->disk_full = full;
    return full;
}

int spx_jobs_is_disk_full(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    const int full = spx_jobs_look_at_disk(jobs);
    (void)pthread_mutex_unlock(&jobs->lock);
    return full;
}

int64_t spx_jobs_up_ms(const spx_jobs *jobs)
{
    return spx_store_up_ms(jobs->store);
}

void spx_jobs_close(spx_jobs *jobs)
{
    if (jobs == NULL)
        return;
    if (jobs->attendant_cancel != NULL)
        spx_jobs_stop(jobs, 0);
    if (jobs->store != NULL)
        keep_clocks(jobs);
    spx_store_close(jobs->store);
    spx_shared_close(jobs);
    if (jobs->lock_fd >= 0)
        (void)close(jobs->lock_fd);
    (void)pthread_cond_destroy(&jobs->ended);
    (void)pthread_cond_destroy(&jobs->chores);
    (void)pthread_cond_destroy(&jobs->wake);
    (void)pthread_mutex_destroy(&jobs->records);
    (void)pthread_mutex_destroy(&jobs->lock);
    spx_cancel_destroy(jobs->attendant_cancel);
    free(jobs->workers);
    free(jobs->data_dir);
    free(jobs);
}

static spx_status made_path(char *path, char **out, spx_diag *diag)
{
    *out = path;
    return path == NULL ? spx_fail_memory(diag, "path") : SPX_OK;
}

spx_status spx_jobs_incoming_path(const spx_jobs *jobs, const char *id, char **out, spx_diag *diag)
{
    return made_path(spx_folders_path(jobs->data_dir, "incoming", id, NULL), out, diag);
}

static const char output[] = "output-"; /* before a run's number */

void spx_jobs_output_name(char out[32], uint32_t run)
{
    (void)snprintf(out, 32, "%s%u", output, run);
}

uint32_t spx_jobs_output_run(const char *name)
{
    return strncmp(name, output, sizeof(output) - 1) == 0
               ? (uint32_t)strtoul(name + sizeof(output) - 1, NULL, 10)
               : 0;
}

/* Of a blob, which is brought. */
static spx_status brought_path(spx_jobs *jobs, const spx_job *job, const char *name, char **out,
                               spx_diag *diag)
{
    SPX_TRY(spx_shared_bring(jobs, job->id, name, diag));
    return made_path(spx_folders_blob_path(jobs->data_dir, job->id, name), out, diag);
}

spx_status spx_jobs_part_path(spx_jobs *jobs, const spx_job *job, const char *part, char **out,
                              spx_diag *diag)
{
    return brought_path(jobs, job, part, out, diag);
}

spx_status spx_jobs_file_path(spx_jobs *jobs, const spx_job *job, const spx_job_file *file,
                              char **out, spx_diag *diag)
{
    char name[sizeof(file->disk) + 16];
    if (strcmp(file->role, "outpainted") != 0)
        return brought_path(jobs, job, file->disk, out, diag);
    (void)snprintf(name, sizeof(name), "outpainted/%s", file->disk);
    return brought_path(jobs, job, name, out, diag);
}

spx_status spx_jobs_view_path(spx_jobs *jobs, const spx_job *job, const char *name, char **out,
                              spx_diag *diag)
{
    char folder[32];
    char part[80];
    spx_jobs_output_name(folder, job->views_revision);
    (void)snprintf(part, sizeof(part), "%s/%.32s", folder, name);
    return brought_path(jobs, job, part, out, diag);
}

/* The server's limits, with what this client may have. */
static spx_store_limits limits_for(const spx_jobs *jobs, const spx_allowance *allowed)
{
    spx_store_limits limits = jobs->options.limits;
    if (allowed->active != 0)
        limits.client = allowed->active;
    limits.daily = allowed->daily;
    return limits;
}

spx_status spx_jobs_room_for(spx_jobs *jobs, const char *client, const spx_allowance *allowed,
                             spx_store_room *out, spx_diag *diag)
{
    const spx_store_limits limits = limits_for(jobs, allowed);
    return spx_store_room_for(jobs->store, client, &limits, spx_jobs_now_ms(), out, diag);
}

/* Moves one upload from incoming/ID to its name in the job's folder, or back. */
static spx_status move_one(const spx_jobs *jobs, const spx_job *job, const char *id,
                           const char *name, int back)
{
    char *const kept = spx_folders_path(jobs->data_dir, "uploads", job->id, name);
    char *const incoming = spx_folders_path(jobs->data_dir, "incoming", id, NULL);
    spx_status status = kept == NULL || incoming == NULL ? SPX_ERR_NO_MEMORY : SPX_OK;
    if (status == SPX_OK && rename(back ? kept : incoming, back ? incoming : kept) != 0)
        status = SPX_ERR_IO;
    free(incoming);
    free(kept);
    return status;
}

/* Moves the upload, or both of a pair, into the job's own folder, or back. */
static spx_status move_upload(const spx_jobs *jobs, const spx_job *job, int back, spx_diag *diag)
{
    const int pair = job->second[0] != '\0';
    spx_status status = SPX_OK;
    char *const folder = spx_folders_path(jobs->data_dir, "uploads", job->id, NULL);
    if (folder == NULL)
        return spx_fail_memory(diag, "upload");
    if (!back)
        SPX_TRY_OUT(spx_folder_make(folder, diag));
    status = move_one(jobs, job, job->id, "photo", back);
    if (status == SPX_OK && pair)
        status = move_one(jobs, job, job->second_id, "second", back);
    if (status != SPX_OK)
        status = spx_fail(diag, status, "%s: cannot be kept", job->name);
    if (back)
        (void)rmdir(folder);

out:
    free(folder);
    return status;
}

void spx_jobs_wake_one(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    jobs->arrivals++;
    (void)pthread_cond_signal(&jobs->wake);
    (void)pthread_cond_signal(&jobs->chores);
    (void)pthread_mutex_unlock(&jobs->lock);
}

/* A job has everything that it needs. */
static void begin_new(spx_jobs *jobs, const spx_job *job)
{
    spx_jobs_wake_one(jobs);
    spx_jobs_keep_record(jobs, job->id);
    spx_jobs_tell(jobs, job, 0);
}

/* The photos of a job where other nodes reach them. */
static spx_status share_upload(spx_jobs *jobs, const spx_job *job, spx_diag *diag)
{
    SPX_TRY(spx_shared_keep(jobs, job->id, "photo", diag));
    return job->second[0] == '\0' ? SPX_OK : spx_shared_keep(jobs, job->id, "second", diag);
}

static spx_status add_to_store(spx_jobs *jobs, spx_job *job, spx_store_room *room, spx_diag *diag)
{
    spx_diag first = { 0 };
    const spx_store_limits limits = limits_for(jobs, &job->allowed);
    const spx_status status = spx_store_add(jobs->store, job, &limits, room, &first);
    if (status != SPX_OK && spx_jobs_is_node(jobs)) {
        /* An answer that was lost may have been a yes. */
        const spx_status found = look_up(jobs, job->id);
        if (found == SPX_OK)
            return SPX_OK;
        if (found != SPX_ERR_NOT_FOUND)
            return spx_fail(diag, status, "%s", first.text);
    }
    if (status != SPX_OK || *room != SPX_ROOM_FREE)
        spx_shared_remove(jobs, job->id);
    return status == SPX_OK ? SPX_OK : spx_fail(diag, status, "%s", first.text);
}

spx_status spx_jobs_add(spx_jobs *jobs, spx_job *job, spx_store_room *room, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *room = SPX_ROOM_FREE;
    job->state = SPX_JOB_QUEUED;
    job->revision = 1;
    job->created_ms = spx_jobs_now_ms();
    job->arrival = job->source[0] == '\0' ? SPX_ARRIVED : SPX_AWAITED;
    if (job->arrival == SPX_ARRIVED) {
        SPX_TRY(move_upload(jobs, job, 0, diag));
        status = share_upload(jobs, job, diag);
        if (status != SPX_OK)
            spx_shared_remove(jobs, job->id);
    }
    if (status == SPX_OK)
        status = add_to_store(jobs, job, room, diag);
    if (job->arrival == SPX_ARRIVED && (status != SPX_OK || *room != SPX_ROOM_FREE)) {
        const spx_status moved = move_upload(jobs, job, 1, NULL);
        (void)moved; /* what stays is swept at the next start */
    }
    if (status == SPX_OK && *room == SPX_ROOM_FREE)
        begin_new(jobs, job);
    return status;
}

const spx_known_view spx_known_views[SPX_KNOWN_VIEWS] = {
    { { "depth_first.jpg", NULL }, SPX_VIEW_FIRST },
    { { "depth_preview.jpg", NULL }, SPX_VIEW_DEPTH },
    { { "left_preview.jpg", "right_preview.jpg" }, SPX_VIEW_EYES },
    { { "photo_preview.jpg", NULL }, SPX_VIEW_PHOTO },
};

static int is_here(const spx_jobs *jobs, const spx_job *job, uint32_t run, const char *name)
{
    struct stat about;
    char folder[32];
    char part[80];
    spx_jobs_output_name(folder, run);
    (void)snprintf(part, sizeof(part), "%s/%s", folder, name);
    char *const path = spx_folders_blob_path(jobs->data_dir, job->id, part);
    const int here = path != NULL && stat(path, &about) == 0 && S_ISREG(about.st_mode);
    free(path);
    return here;
}

unsigned spx_jobs_views_here(const spx_jobs *jobs, const spx_job *job, uint32_t run)
{
    unsigned views = 0;
    for (size_t i = 0; i < SPX_KNOWN_VIEWS; i++) {
        const spx_known_view *const known = &spx_known_views[i];
        int here = 1;
        for (size_t n = 0; n < 2 && here && known->names[n] != NULL; n++)
            here = is_here(jobs, job, run, known->names[n]);
        views |= here ? known->view : 0;
    }
    return views;
}

/* What can be shown of a job of this kind. */
static unsigned views_of_kind(spx_job_kind kind)
{
    static const unsigned of_a_photo = SPX_VIEW_FIRST | SPX_VIEW_DEPTH | SPX_VIEW_EYES;
    return kind == SPX_JOB_OUTPAINT ? 0
           : kind == SPX_JOB_BOTH   ? of_a_photo | SPX_VIEW_PHOTO
                                    : of_a_photo;
}

/* The run whose files there are: until a render is done, the one before it. */
static uint32_t find_run(const spx_job *job)
{
    for (size_t i = 0; i < job->file_count; i++) {
        const uint32_t run = spx_jobs_output_run(job->files[i].disk);
        if (run != 0)
            return run;
    }
    return job->seen_run != 0 ? job->seen_run : job->run;
}

/* What is saved again is seen as soon as it is all there. A node is told by the store which views
 * there are; a process of its own looks. */
void spx_jobs_find_views(spx_jobs *jobs, spx_job *job)
{
    const int is_node = spx_jobs_is_node(jobs);
    const unsigned shown = views_of_kind(job->kind);
    job->files_revision = find_run(job);
    job->views_revision = job->seen_run != 0 ? job->seen_run : job->files_revision;
    const unsigned kept =
        shown & (is_node ? job->seen_views : spx_jobs_views_here(jobs, job, job->views_revision));
    job->views = kept;
    if (job->state != SPX_JOB_RUNNING)
        return;
    const unsigned now =
        shown & (is_node ? job->run_views : spx_jobs_views_here(jobs, job, job->run));
    const int shows_as_much =
        (now & SPX_VIEW_EYES) != 0 && (kept & ~now & ~(unsigned)SPX_VIEW_FIRST) == 0;
    if (job->seen_run == 0 || shows_as_much) {
        job->views = now;
        job->views_revision = job->run;
    }
}

/* What is left of a running job's cost. */
static double cost_left(const spx_slot *slot)
{
    return slot->id[0] == '\0' || slot->more ? 0.0 : slot->cost * (1.0 - slot->percent / 100.0);
}

/* The lock is held. */
static unsigned workers_of(const spx_jobs *jobs)
{
    return spx_jobs_is_node(jobs) ? jobs->all_workers : jobs->options.workers;
}

unsigned spx_jobs_workers(spx_jobs *jobs)
{
    (void)pthread_mutex_lock(&jobs->lock);
    const unsigned workers = workers_of(jobs);
    (void)pthread_mutex_unlock(&jobs->lock);
    return workers;
}

/* Workers share what is before a job; the job itself has one. The lock is held. */
static double estimate_s(const spx_jobs *jobs, const spx_job *job)
{
    double before = job->ahead;
    double own = job->cost;
    const unsigned workers = workers_of(jobs);
    if (jobs->spent_cost <= 0.0 || job->cost <= 0.0 || !spx_job_active(job->state) || workers == 0)
        return -1.0;
    if (job->state == SPX_JOB_RUNNING) {
        before = 0.0;
        own *= 1.0 - job->percent / 100.0;
    }
    for (unsigned w = 0; w < jobs->options.workers && job->state == SPX_JOB_QUEUED; w++)
        before += cost_left(&jobs->workers[w].slot);
    return (before / workers + own) * jobs->spent_s / jobs->spent_cost;
}

double spx_jobs_queue_s(spx_jobs *jobs)
{
    double cost = 0.0;
    if (spx_store_queued_cost(jobs->store, &cost, NULL) != SPX_OK)
        return -1.0;
    (void)pthread_mutex_lock(&jobs->lock);
    for (unsigned w = 0; w < jobs->options.workers; w++)
        cost += cost_left(&jobs->workers[w].slot);
    const unsigned workers = workers_of(jobs);
    const double seconds = jobs->spent_cost <= 0.0 || workers == 0
                               ? -1.0
                               : cost / workers * jobs->spent_s / jobs->spent_cost;
    (void)pthread_mutex_unlock(&jobs->lock);
    return seconds;
}

static void add_live(spx_jobs *jobs, spx_job *list, size_t count)
{
    (void)pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < count; i++) {
        spx_job *const job = &list[i];
        for (unsigned w = 0; job->state == SPX_JOB_RUNNING && w < jobs->options.workers; w++) {
            const spx_slot *const slot = &jobs->workers[w].slot;
            if (strcmp(slot->id, job->id) != 0)
                continue;
            memcpy(job->stage, slot->stage, sizeof(job->stage));
            job->percent = slot->percent;
        }
        job->eta_s = estimate_s(jobs, job);
        job->waits_for_disk = job->state == SPX_JOB_QUEUED && jobs->disk_full;
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    for (size_t i = 0; i < count; i++) {
        if (list[i].state == SPX_JOB_DONE)
            list[i].percent = 100.0;
        spx_jobs_find_views(jobs, &list[i]);
    }
}

spx_status spx_jobs_claim_awaited(spx_jobs *jobs, spx_job *out, spx_diag *diag)
{
    return spx_store_claim_awaited(jobs->store, out, diag);
}

spx_status spx_jobs_arrived(spx_jobs *jobs, const spx_job *job, const char *incoming_id,
                            spx_diag *diag)
{
    int done = 0;
    spx_status status = SPX_OK;
    char *const folder = spx_folders_path(jobs->data_dir, "uploads", job->id, NULL);
    if (folder == NULL)
        return spx_fail_memory(diag, "photo");
    SPX_TRY_OUT(spx_folder_make(folder, diag));
    status = move_one(jobs, job, incoming_id, "photo", 0);
    if (status != SPX_OK) {
        status = spx_fail(diag, status, "%s: cannot be kept", job->name);
        goto out;
    }
    SPX_TRY_OUT(spx_shared_keep(jobs, job->id, "photo", diag));
    SPX_TRY_OUT(spx_store_arrived(jobs->store, job, &done, diag));
    if (done) {
        begin_new(jobs, job);
    } else if (!spx_jobs_knows(jobs, job->id)) {
        spx_jobs_remove_files(jobs, job->id); /* it went while we wrote */
    }

out:
    free(folder);
    return status;
}

spx_status spx_jobs_lost(spx_jobs *jobs, spx_job *job, spx_status failure, const char *error,
                         spx_diag *diag)
{
    int done = 0;
    job->state = SPX_JOB_FAILED;
    job->failure = failure;
    job->finished_ms = spx_jobs_now_ms();
    (void)snprintf(job->error, sizeof(job->error), "%s", error);
    spx_utf8_mend(job->error);
    SPX_TRY(spx_store_lost(jobs->store, job, &done, diag));
    if (done) {
        spx_jobs_keep_record(jobs, job->id);
        spx_jobs_tell(jobs, job, 0);
    }
    return SPX_OK;
}

int spx_jobs_is_awaited(spx_jobs *jobs, const char *id)
{
    int awaited = 0;
    return spx_store_is_awaited(jobs->store, id, &awaited, NULL) != SPX_OK || awaited;
}

spx_status spx_jobs_next_hook(spx_jobs *jobs, spx_job *out, spx_diag *diag)
{
    SPX_TRY(spx_store_next_hook(jobs->store, spx_jobs_now_ms(), out, diag));
    add_live(jobs, out, 1);
    return SPX_OK;
}

spx_status spx_jobs_set_hook(spx_jobs *jobs, const spx_job *job, spx_diag *diag)
{
    return spx_store_set_hook(jobs->store, job, diag);
}

spx_status spx_jobs_get(spx_jobs *jobs, const char *id, spx_job *out, spx_diag *diag)
{
    SPX_TRY(spx_store_get(jobs->store, id, out, diag));
    add_live(jobs, out, 1);
    return SPX_OK;
}

spx_status spx_jobs_list(spx_jobs *jobs, const spx_job_page *page, spx_job *out, size_t *count,
                         spx_diag *diag)
{
    *count = 0;
    if (page->owner[0] == '\0')
        return SPX_OK;
    SPX_TRY(spx_store_list(jobs->store, page, out, count, diag));
    add_live(jobs, out, *count);
    return SPX_OK;
}

int spx_jobs_stop_running(spx_jobs *jobs, const char *id, int more)
{
    int found = 0;
    (void)pthread_mutex_lock(&jobs->lock);
    for (unsigned i = 0; i < jobs->options.workers; i++) {
        spx_slot *const slot = &jobs->workers[i].slot;
        if (strcmp(slot->id, id) != 0 || slot->more != more)
            continue;
        slot->cancelled = 1;
        spx_cancel_request(slot->cancel);
        found = 1;
    }
    (void)pthread_mutex_unlock(&jobs->lock);
    return found;
}

void spx_jobs_remove_files(spx_jobs *jobs, const char *id)
{
    spx_shared_remove(jobs, id);
    spx_folders_remove(jobs->data_dir, id);
}

void spx_jobs_let_go(spx_jobs *jobs)
{
    if (spx_jobs_is_node(jobs))
        (void)pthread_mutex_unlock(&jobs->lock);
}

void spx_jobs_take_back(spx_jobs *jobs)
{
    if (spx_jobs_is_node(jobs))
        (void)pthread_mutex_lock(&jobs->lock);
}

static spx_status remove_finished(spx_jobs *jobs, const spx_job *job, int *done, spx_diag *diag)
{
    spx_diag first = { 0 };
    spx_status status = spx_store_remove(jobs->store, job->id, done, &first);
    if (status == SPX_ERR_IO && !spx_jobs_is_node(jobs) && spx_reserve_is_needed(jobs->data_dir)) {
        /* Not even the reserve is left: what the job itself holds makes room. */
        spx_folders_remove(jobs->data_dir, job->id);
        status = spx_store_remove(jobs->store, job->id, done, &first);
    }
    if (status != SPX_OK)
        return spx_fail(diag, status, "%s", first.text);
    if (*done) {
        spx_jobs_remove_files(jobs, job->id);
        if (spx_reserve_is_needed(jobs->data_dir))
            (void)!spx_store_shrink(jobs->store, NULL);
        spx_jobs_tell(jobs, job, 1);
    }
    return SPX_OK;
}

spx_status spx_jobs_remove(spx_jobs *jobs, const char *id, spx_jobs_removal *out, spx_diag *diag)
{
    spx_status status = SPX_OK;
    int done = 0;
    *out = SPX_REMOVAL_REMOVED;
    spx_job *const job = malloc(sizeof(*job));
    if (job == NULL)
        return spx_fail_memory(diag, "job");
    SPX_TRY_OUT(spx_store_get(jobs->store, id, job, diag));
    SPX_TRY_OUT(spx_store_cancel_queued(jobs->store, id, spx_jobs_now_ms(), &done, diag));
    if (done) {
        *out = SPX_REMOVAL_CANCELLED;
        job->state = SPX_JOB_CANCELLED;
        spx_jobs_keep_record(jobs, id);
        spx_jobs_tell(jobs, job, 0);
    } else if (job->state == SPX_JOB_QUEUED || spx_jobs_stop_running(jobs, id, 0)) {
        /* Waiting a moment ago: a worker has it now, or had it. */
        if (job->state == SPX_JOB_QUEUED && !spx_jobs_stop_running(jobs, id, 0))
            SPX_TRY_OUT(spx_shared_cancel(jobs, job, &done, diag));
        *out = SPX_REMOVAL_CANCELLING;
    } else {
        SPX_TRY_OUT(spx_shared_cancel(jobs, job, &done, diag));
        if (done) {
            *out = SPX_REMOVAL_CANCELLING;
            goto out;
        }
        (void)spx_jobs_stop_running(jobs, id, 1);
        SPX_TRY_OUT(remove_finished(jobs, job, &done, diag));
    }

out:
    free(job);
    return status;
}

/* What this spx does not know of a job would be lost with a change. */
static spx_status check_known(const spx_job *job, spx_diag *diag)
{
    return job->newer[0] == '\0'
               ? SPX_OK
               : spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s; a newer spx took the job", job->newer);
}

spx_status spx_jobs_render(spx_jobs *jobs, const spx_job *job, int *done, spx_diag *diag)
{
    *done = 0;
    SPX_TRY(check_known(job, diag));
    SPX_TRY(spx_store_render(jobs->store, job, done, diag));
    if (!*done)
        return SPX_OK;
    (void)spx_jobs_stop_running(jobs, job->id, 1);
    spx_jobs_wake_one(jobs);
    spx_jobs_keep_record(jobs, job->id);
    spx_job *const queued = malloc(sizeof(*queued));
    if (queued != NULL && spx_store_get(jobs->store, job->id, queued, NULL) == SPX_OK)
        spx_jobs_tell(jobs, queued, 0);
    free(queued);
    return SPX_OK;
}

spx_status spx_jobs_set_depth(spx_jobs *jobs, const spx_job *job, const char *incoming_id,
                              int *done, spx_diag *diag)
{
    char *incoming = NULL;
    spx_status status = SPX_OK;
    *done = 0;
    SPX_TRY(check_known(job, diag));
    if (spx_job_active(job->state))
        return SPX_OK;
    char *const own = spx_folders_path(jobs->data_dir, "uploads", job->id, SPX_OWN_DEPTH);
    if (own == NULL)
        return spx_fail_memory(diag, "depth map");
    if (incoming_id != NULL)
        SPX_TRY_OUT(spx_jobs_incoming_path(jobs, incoming_id, &incoming, diag));
    SPX_TRY_OUT(spx_shared_make_room(jobs, job->id, diag));
    if (incoming_id == NULL ? unlink(own) != 0 && errno != ENOENT : rename(incoming, own) != 0) {
        status = spx_fail(diag, SPX_ERR_IO, "the depth map cannot be kept");
        goto out;
    }
    SPX_TRY_OUT(incoming_id == NULL ? spx_shared_forget(jobs, job->id, SPX_OWN_DEPTH, diag)
                                    : spx_shared_keep(jobs, job->id, SPX_OWN_DEPTH, diag));
    status = spx_jobs_render(jobs, job, done, diag);

out:
    free(incoming);
    free(own);
    return status;
}

spx_status spx_jobs_want(spx_jobs *jobs, const spx_job *job, spx_format formats, int *done,
                         spx_diag *diag)
{
    const spx_format missing = formats & ~spx_job_made(job) & ~job->wanted;
    *done = job->state == SPX_JOB_DONE;
    if (missing == 0 || !*done)
        return SPX_OK;
    SPX_TRY(spx_store_want(jobs->store, job->id, missing, done, diag));
    if (*done) {
        spx_job *const wanting = malloc(sizeof(*wanting));
        spx_jobs_wake_one(jobs);
        if (wanting != NULL) {
            *wanting = *job;
            wanting->wanted |= missing;
            spx_jobs_tell(jobs, wanting, 0);
        }
        free(wanting);
    }
    return SPX_OK;
}

spx_status spx_jobs_share(spx_jobs *jobs, spx_job *job, int on, spx_diag *diag)
{
    char share[SPX_ID_SIZE] = "";
    int done = 0;
    if (on && job->share[0] != '\0')
        return SPX_OK;
    if (on)
        SPX_TRY(spx_id_make(share, diag));
    SPX_TRY(spx_store_share(jobs->store, job->id, share, &done, diag));
    memcpy(job->share, share, sizeof(share));
    spx_jobs_keep_record(jobs, job->id);
    return done ? SPX_OK : spx_fail(diag, SPX_ERR_NOT_FOUND, "no such job");
}

spx_status spx_jobs_get_shared(spx_jobs *jobs, const char *share, spx_job *out, spx_diag *diag)
{
    SPX_TRY(spx_store_get_shared(jobs->store, share, out, diag));
    add_live(jobs, out, 1);
    return SPX_OK;
}

spx_status spx_jobs_get_keyed(spx_jobs *jobs, const spx_job *like, spx_job *out, spx_diag *diag)
{
    SPX_TRY(spx_store_get_keyed(jobs->store, like, out, diag));
    add_live(jobs, out, 1);
    return SPX_OK;
}

spx_status spx_jobs_counts(spx_jobs *jobs, uint32_t counts[SPX_JOB_STATES], spx_diag *diag)
{
    return spx_store_counts(jobs->store, counts, diag);
}

/* By the retention time, and not faster than a day's worth an hour: a mistake in the options can be
 * seen before all is gone. */
static int64_t expiry_ms(const spx_jobs *jobs, int64_t up_ms)
{
    enum { HOUR_MS = 3600000, DAY_MS = 86400000 };
    const int64_t hours = (up_ms - jobs->first_up_ms) / HOUR_MS;
    const int64_t most_ms = jobs->first_oldest_ms + (1 + hours) * DAY_MS;
    const int64_t before_ms = up_ms - (int64_t)jobs->options.retention_s * MS_PER_S;
    return before_ms < most_ms ? before_ms : most_ms;
}

void spx_jobs_expire(spx_jobs *jobs, int64_t up_ms)
{
    char id[SPX_ID_SIZE];
    int done = 1;
    spx_diag diag = { 0 };
    spx_job *const job = malloc(sizeof(*job));
    const int64_t before_ms = expiry_ms(jobs, up_ms);
    while (job != NULL && jobs->options.retention_s != 0 && done &&
           spx_store_expired(jobs->store, before_ms, id, &diag) == SPX_OK &&
           spx_store_get(jobs->store, id, job, &diag) == SPX_OK) {
        if (remove_finished(jobs, job, &done, &diag) != SPX_OK)
            break;
    }
    free(job);
    if (diag.text[0] != '\0')
        spx_jobs_log(jobs, "retention", &diag);
}

void spx_jobs_read_totals(spx_jobs *jobs, spx_jobs_totals *out)
{
    (void)pthread_mutex_lock(&jobs->lock);
    *out = jobs->totals;
    (void)pthread_mutex_unlock(&jobs->lock);
}

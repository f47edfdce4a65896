#ifndef SPX_JOBS_JOBS_H
#define SPX_JOBS_JOBS_H

#include "jobs/job.h"
#include "jobs/maker.h"
#include "jobs/store.h"

#include <stdint.h>

/**
 * The queue: a data folder, its database and the threads that work on its jobs. Any thread may
 * call; a killed process finds its jobs again when it opens the folder. With a store and blobs that
 * are shared, this process is one node of many: any node may take jobs in, any may work on them,
 * and its folder holds only what it works with.
 */
typedef struct spx_jobs spx_jobs;

typedef struct spx_jobs_options {
    const char *data_dir; /* made when missing; borrowed for the call */
    unsigned workers;     /* jobs at once, >= 1; a node may have 0 */
    const char *store;    /* postgres://... that nodes share; NULL = a file in data_dir */
    const char *blobs;    /* s3://... or a folder that nodes share; wanted with store */
    double lease_s;       /* a node that is silent for so long has lost its jobs */
    double sweep_after_s; /* blobs without a job go when they are that old */
    spx_store_limits limits;
    uint64_t retention_s; /* finished jobs go after this time; 0 = never */
    spx_maker maker;
    /** A job has changed or is gone. From any thread, no lock held; may be NULL. */
    void (*changed)(void *user, const spx_job *job, int removed);
    /** Other nodes may have changed any job: nobody knows which. May be NULL. */
    void (*missed)(void *user);
    /** A failure that is nobody's request: one line. May be NULL. */
    void (*log)(void *user, const char *line);
    void *user; /* for changed, missed and log */
} spx_jobs_options;

/** Opens the folder, recovers what was running. Nothing is worked on before spx_jobs_start().
 * Owned by the caller: spx_jobs_close(). */
SPX_NODISCARD spx_status spx_jobs_open(spx_jobs **out, const spx_jobs_options *options,
                                       spx_diag *diag);
SPX_NODISCARD spx_status spx_jobs_start(spx_jobs *jobs, spx_diag *diag);
/** Takes no further job; running ones have `grace_ms` to finish, then they go back to the queue.
 * Returns when all threads have ended. */
void spx_jobs_stop(spx_jobs *jobs, uint32_t grace_ms);
void spx_jobs_close(spx_jobs *jobs); /* NULL is fine; stops first */

/** A path for an upload that arrives: malloc'ed, owned by the caller. id: of the job to be. */
SPX_NODISCARD spx_status spx_jobs_incoming_path(const spx_jobs *jobs, const char *id, char **out,
                                                spx_diag *diag);
/** Whether one more job of this client fits now. */
SPX_NODISCARD spx_status spx_jobs_room_for(spx_jobs *jobs, const char *client,
                                           const spx_allowance *allowed, spx_store_room *out,
                                           spx_diag *diag);
/**
 * Takes the upload at spx_jobs_incoming_path(job->id), which is moved, and queues the job; with a
 * source the photo comes later. See
 * spx_store_add() for the fields that count. Without room (*room) the upload stays where it is.
 */
SPX_NODISCARD spx_status spx_jobs_add(spx_jobs *jobs, spx_job *job, spx_store_room *room,
                                      spx_diag *diag);

/** A job whose photo is to be fetched from job->source: the caller does so now, into
 * spx_jobs_incoming_path() of an id of its own. SPX_ERR_NOT_FOUND when there is none. */
SPX_NODISCARD spx_status spx_jobs_claim_awaited(spx_jobs *jobs, spx_job *out, spx_diag *diag);
/** It is there, under that id: moved. job: type, size, cost. A job that was cancelled meanwhile
 * stays so. */
SPX_NODISCARD spx_status spx_jobs_arrived(spx_jobs *jobs, const spx_job *job,
                                          const char *incoming_id, spx_diag *diag);
/** 0 when nobody waits for it any more: the job was cancelled or deleted. */
int spx_jobs_is_awaited(spx_jobs *jobs, const char *id);
/** It cannot be had: the job fails, for people with these words. */
SPX_NODISCARD spx_status spx_jobs_lost(spx_jobs *jobs, spx_job *job, spx_status failure,
                                       const char *error, spx_diag *diag);
/** A finished job whose end is to be told to job->hook; SPX_ERR_NOT_FOUND when none is due. */
SPX_NODISCARD spx_status spx_jobs_next_hook(spx_jobs *jobs, spx_job *out, spx_diag *diag);
/** What came of it: hooked, hook_attempts, hook_due_ms, hook_answer. */
SPX_NODISCARD spx_status spx_jobs_set_hook(spx_jobs *jobs, const spx_job *job, spx_diag *diag);

/** With the live stage and percent of running jobs. SPX_ERR_NOT_FOUND when there is no such job. */
SPX_NODISCARD spx_status spx_jobs_get(spx_jobs *jobs, const char *id, spx_job *out, spx_diag *diag);
/** See spx_store_list(). */
SPX_NODISCARD spx_status spx_jobs_list(spx_jobs *jobs, const spx_job_page *page, spx_job *out,
                                       size_t *count, spx_diag *diag);

typedef enum spx_jobs_removal {
    SPX_REMOVAL_CANCELLED,  /* it waited and is cancelled now */
    SPX_REMOVAL_CANCELLING, /* it runs and has been told to stop */
    SPX_REMOVAL_REMOVED,    /* it was finished; row and files are gone */
} spx_jobs_removal;

/** Cancels an active job, removes a finished one. */
SPX_NODISCARD spx_status spx_jobs_remove(spx_jobs *jobs, const char *id, spx_jobs_removal *out,
                                         spx_diag *diag);
/** Queues a finished job again, with this one's kind, options and cost: *done = 1; an active one
 * stays: *done = 0. */
SPX_NODISCARD spx_status spx_jobs_render(spx_jobs *jobs, const spx_job *job, int *done,
                                         spx_diag *diag);
/** Seconds until all that waits or runs now is done, by the times of jobs that were; < 0 = nothing
 * was measured yet. */
double spx_jobs_queue_s(spx_jobs *jobs);
/** Gives a finished job a depth map of its owner's, the incoming file of that id, and queues it
 * again; NULL takes the map away. *done = 0: it waits or runs, and nothing was changed. */
SPX_NODISCARD spx_status spx_jobs_set_depth(spx_jobs *jobs, const spx_job *job,
                                            const char *incoming_id, int *done, spx_diag *diag);
/** Asks for more files of a done job, which stays done: *done = 1; one in another state: 0. What is
 * there already is not made again. */
SPX_NODISCARD spx_status spx_jobs_want(spx_jobs *jobs, const spx_job *job, spx_format formats,
                                       int *done, spx_diag *diag);
/** Gives the job an id under which others may look at it (job->share), or takes it away. */
SPX_NODISCARD spx_status spx_jobs_share(spx_jobs *jobs, spx_job *job, int on, spx_diag *diag);
SPX_NODISCARD spx_status spx_jobs_get_shared(spx_jobs *jobs, const char *share, spx_job *out,
                                             spx_diag *diag);
/** See spx_store_get_keyed(). */
SPX_NODISCARD spx_status spx_jobs_get_keyed(spx_jobs *jobs, const spx_job *like, spx_job *out,
                                            spx_diag *diag);
SPX_NODISCARD spx_status spx_jobs_counts(spx_jobs *jobs, uint32_t counts[SPX_JOB_STATES],
                                         spx_diag *diag);
/** Removes finished jobs that are older than the retention time, by the server's uptime; after a
 * start, and each hour from then on, at most a day's worth of them. Workers do this by themselves
 * every minute. */
void spx_jobs_expire(spx_jobs *jobs, int64_t up_ms);
/** The server's uptime in all its lives, which spx_jobs_expire() goes by. */
int64_t spx_jobs_up_ms(const spx_jobs *jobs);
/** How many jobs may run at once, on all nodes. */
unsigned spx_jobs_workers(spx_jobs *jobs);
/** 1 while the disk is full: jobs wait. */
int spx_jobs_is_disk_full(spx_jobs *jobs);

/** 0 when the thread that speaks for a node of many has not come round for far longer than a
 * database or a bucket may keep it waiting: only a new start helps. */
int spx_jobs_is_alive(spx_jobs *jobs);
/** Why a node of many takes no job now: "stopping", "database", "disk_full"; NULL = it does. Static
 * storage. */
const char *spx_jobs_trouble(spx_jobs *jobs);

/** The path of a finished file, of the upload ("photo"), or of "preview.jpg" and "thumbnail.jpg":
 * malloc'ed, owned by the caller. Small pictures (enum spx_job_view) lie at spx_jobs_view_path(). A
 * node brings the file from the shared blobs first: SPX_ERR_NETWORK, SPX_ERR_REMOTE.
 */
SPX_NODISCARD spx_status spx_jobs_file_path(spx_jobs *jobs, const spx_job *job,
                                            const spx_job_file *file, char **out, spx_diag *diag);
SPX_NODISCARD spx_status spx_jobs_part_path(spx_jobs *jobs, const spx_job *job, const char *part,
                                            char **out, spx_diag *diag);

SPX_NODISCARD spx_status spx_jobs_view_path(spx_jobs *jobs, const spx_job *job, const char *name,
                                            char **out, spx_diag *diag);

/** Totals since the start, for metrics. */
typedef struct spx_jobs_totals {
    uint64_t done;
    uint64_t failed;
    uint64_t cancelled;
    double work_s; /* of the jobs that are done */
} spx_jobs_totals;
void spx_jobs_read_totals(spx_jobs *jobs, spx_jobs_totals *out);

/** Milliseconds since 1970. */
int64_t spx_jobs_now_ms(void);

#endif

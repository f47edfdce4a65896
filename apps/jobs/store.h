#ifndef SPX_JOBS_STORE_H
#define SPX_JOBS_STORE_H

#include "jobs/job.h"

/**
 * The jobs in a database: what survives a crash. Any thread may call. Who uses a store does not see
 * which database it is (apps/database).
 */
typedef struct spx_store spx_store;

/** Opens or makes a database in a file, for this process alone. Owned by the caller:
 * spx_store_close(). */
SPX_NODISCARD spx_status spx_store_open(spx_store **out, const char *path, spx_diag *diag);
/** Connects to a database that many processes share (postgres://...), each a node with a name of
 * its own. A job that is claimed is the node's for lease_ms, and longer with each
 * spx_store_beat(). */
SPX_NODISCARD spx_status spx_store_open_shared(spx_store **out, const char *url, uint32_t lease_ms,
                                               spx_diag *diag);
void spx_store_close(spx_store *store); /* NULL is fine */

/* ---- for stores that are shared ---- */

/** A sign of life for a claimed job. */
typedef struct spx_beat {
    char id[SPX_ID_SIZE];
    uint32_t run;
    char stage[16]; /* what others see of it */
    double percent;
    unsigned views;
    int is_ours; /* from here on: the answer. 0 = somebody else has it now, or it is gone */
    int is_cancelled;
} spx_beat;

SPX_NODISCARD spx_status spx_store_beat(spx_store *store, spx_beat *beat, spx_diag *diag);
/** Wants a running job to stop, whoever has it: *done = 1; one that does not run: 0. */
SPX_NODISCARD spx_status spx_store_ask_cancel(spx_store *store, const char *id, int *done,
                                              spx_diag *diag);
/** Says that this node is there, with so many workers. */
SPX_NODISCARD spx_status spx_store_keep_node(spx_store *store, unsigned workers, spx_diag *diag);
/** How many workers all nodes have. */
SPX_NODISCARD spx_status spx_store_workers(spx_store *store, unsigned *out, spx_diag *diag);
/** Who hears what other nodes tell: a line each; "*" = nobody knows what was missed. */
void spx_store_set_news(spx_store *store, void (*heard)(void *user, const char *line), void *user);
/** Tells other nodes these lines and hears theirs, for at most that long or until
 * spx_store_wake(). From one thread. */
SPX_NODISCARD spx_status spx_store_exchange(spx_store *store, const char *const *lines,
                                            size_t count, uint32_t wait_ms, spx_diag *diag);
void spx_store_wake(spx_store *store);

/** Called when the disk is full and a statement must get through: 1 = there is room now. */
typedef int (*spx_store_relief)(void *user);
void spx_store_set_relief(spx_store *store, spx_store_relief relief, void *user);

/** Milliseconds that the server has been up, all its lives together: a clock that nobody sets. */
int64_t spx_store_up_ms(const spx_store *store);
/** Writes that down: what a killed server forgets is the time since the last call. */
SPX_NODISCARD spx_status spx_store_keep_up(spx_store *store, spx_diag *diag);
/** Brings the log of changes into the database's file and makes it short. */
SPX_NODISCARD spx_status spx_store_shrink(spx_store *store, spx_diag *diag);
/** All that is known of a job, as JSON text that spx_store_restore() reads. Owned by the caller:
 * free(). */
SPX_NODISCARD spx_status spx_store_record(spx_store *store, const char *id, char **out,
                                          spx_diag *diag);
/** Puts such a job into a database that lost it. SPX_ERR_CORRUPT: that is no record of this job. */
SPX_NODISCARD spx_status spx_store_restore(spx_store *store, const char *id, const char *text,
                                           spx_diag *diag);

typedef struct spx_store_limits {
    uint32_t queued; /* jobs that wait */
    uint32_t client; /* jobs of one client that wait or run */
    uint32_t daily;  /* new jobs of one client in a day; 0 = any number */
} spx_store_limits;

typedef enum spx_store_room {
    SPX_ROOM_FREE,
    SPX_ROOM_QUEUE_FULL,
    SPX_ROOM_CLIENT_FULL,
    SPX_ROOM_DAY_FULL,
    SPX_ROOM_KEY_TAKEN, /* its key has a job: spx_store_get_keyed() */
} spx_store_room;

/** Whether one more job of this client fits now. */
SPX_NODISCARD spx_status spx_store_room_for(spx_store *store, const char *client,
                                            const spx_store_limits *limits, int64_t now_ms,
                                            spx_store_room *out, spx_diag *diag);
/** Adds a queued job if it fits and no job was made with its key: looks and adds in one step. Uses
 * id, owner, client, name, type, size, kind, options, created_ms, second, tag, key, hook, source,
 * arrival, cost. */
SPX_NODISCARD spx_status spx_store_add(spx_store *store, const spx_job *job,
                                       const spx_store_limits *limits, spx_store_room *out,
                                       spx_diag *diag);
/** SPX_ERR_NOT_FOUND when there is no such job. */
SPX_NODISCARD spx_status spx_store_get(spx_store *store, const char *id, spx_job *out,
                                       spx_diag *diag);
/** A page of a list. Borrowed for the call. */
typedef struct spx_job_page {
    const char *owner;
    const char *before; /* id: only older jobs; NULL = from the newest */
    size_t limit;
    unsigned states; /* only jobs in these: 1 << spx_job_state; 0 = all */
    const char *tag; /* only jobs with it; NULL = all */
} spx_job_page;

/** Newest first, at most page->limit into out[]; *count: how many. */
SPX_NODISCARD spx_status spx_store_list(spx_store *store, const spx_job_page *page, spx_job *out,
                                        size_t *count, spx_diag *diag);

/**
 * Takes the next waiting job and marks it running; SPX_ERR_NOT_FOUND when none waits, or none may
 * begin yet. Clients take turns: the one with the fewest running jobs comes first, then the one
 * whose last job began longest ago, so a hundred photos of one do not hold up the one photo of
 * another. A job that was begun before and did not end runs alone: if it is what ends the process,
 * it takes no other with it. One whose entry is damaged comes as failed, with the words for it in
 * `error`.
 */
SPX_NODISCARD spx_status spx_store_claim(spx_store *store, int64_t now_ms, spx_job *out,
                                         spx_diag *diag);
/** Puts a claimed job back; it does not count as begun. */
SPX_NODISCARD spx_status spx_store_requeue(spx_store *store, const spx_job *job, spx_diag *diag);
/** Of a shared store: puts a job back that was claimed, or whose files were, since this spx does
 * not know an option of it (job->newer): only a worker that knows more gets it from now on. It does
 * not count as begun. */
SPX_NODISCARD spx_status spx_store_refuse(spx_store *store, const spx_job *job, int64_t now_ms,
                                          spx_diag *diag);
/** While workers are brought up to date. */
enum { SPX_STORE_VERSION_WAIT_MS = 3600000 };
/** Of a shared store: gives up what was put back so longer ago than that, and that nobody took who
 * knows more. A waiting job fails; a done one has no more files to wait for, and the reason in
 * `error`. told() hears of them. */
SPX_NODISCARD spx_status spx_store_give_up(spx_store *store, int64_t now_ms,
                                           void (*told)(void *user, const spx_job *job), void *user,
                                           spx_diag *diag);
/** Ends a claimed job: state, finished_ms, what is wanted next, and, by state, files, summary and
 * seen_views or failure and error. A run that is done is the one that is seen from now on.
 * *done = 0: somebody else has it now, or it is gone, and nothing was changed. */
SPX_NODISCARD spx_status spx_store_finish(spx_store *store, const spx_job *job, int *done,
                                          spx_diag *diag);
/** Cancels a job if it waits: *done = 1. A running one stays: *done = 0. */
SPX_NODISCARD spx_status spx_store_cancel_queued(spx_store *store, const char *id, int64_t now_ms,
                                                 int *done, spx_diag *diag);
/** Queues a finished job again with these options and its next revision: *done = 1; an active one
 * stays: *done = 0. */
SPX_NODISCARD spx_status spx_store_render(spx_store *store, const spx_job *job, int *done,
                                          spx_diag *diag);
/** The costs of all jobs that wait. */
SPX_NODISCARD spx_status spx_store_queued_cost(spx_store *store, double *out, spx_diag *diag);
/** A number that outlives the process; 0 until it is set. */
SPX_NODISCARD spx_status spx_store_get_fact(spx_store *store, const char *name, double *out,
                                            spx_diag *diag);
SPX_NODISCARD spx_status spx_store_set_fact(spx_store *store, const char *name, double value,
                                            spx_diag *diag);
/** Removes the row of a finished job: *done = 1; an active one stays: *done = 0. */
SPX_NODISCARD spx_status spx_store_remove(spx_store *store, const char *id, int *done,
                                          spx_diag *diag);

/** Asks for more files of a done job: *done = 1; a job in another state stays as it is: 0. */
SPX_NODISCARD spx_status spx_store_want(spx_store *store, const char *id, spx_format formats,
                                        int *done, spx_diag *diag);
/** A done job of which more files are asked for, with attempts one higher; SPX_ERR_NOT_FOUND when
 * there is none. Not to be called again before the job's spx_store_finish_wanted(). */
SPX_NODISCARD spx_status spx_store_claim_wanted(spx_store *store, spx_job *out, spx_diag *diag);
/** Writes down files, summary and error of a job that was claimed so; these formats are no longer
 * asked for. *done = 0: the job was removed or rendered again meanwhile. */
SPX_NODISCARD spx_status spx_store_finish_wanted(spx_store *store, const spx_job *job,
                                                 spx_format formats, int *done, spx_diag *diag);
/** Gives a job the id under which others may look at it, or takes it away (""). */
SPX_NODISCARD spx_status spx_store_share(spx_store *store, const char *id, const char *share,
                                         int *done, spx_diag *diag);
/** SPX_ERR_NOT_FOUND when nothing is shared under that id. */
SPX_NODISCARD spx_status spx_store_get_shared(spx_store *store, const char *share, spx_job *out,
                                              spx_diag *diag);
/** The job that the same owner, or the same client, made with the same key. SPX_ERR_NOT_FOUND when
 * there is none. like: key, owner, client. */
SPX_NODISCARD spx_status spx_store_get_keyed(spx_store *store, const spx_job *like, spx_job *out,
                                             spx_diag *diag);

/** A job whose photo is to be fetched, which is begun now; SPX_ERR_NOT_FOUND when there is none.
 * Clients take turns. */
SPX_NODISCARD spx_status spx_store_claim_awaited(spx_store *store, spx_job *out, spx_diag *diag);
/** Whether the photo of a job is still to be fetched: *out = 0 when it was cancelled or removed
 * meanwhile. */
SPX_NODISCARD spx_status spx_store_is_awaited(spx_store *store, const char *id, int *out,
                                              spx_diag *diag);
/** The photo of a job that was claimed so is there: type, size, cost. *done = 0: the job was
 * cancelled or removed meanwhile. */
SPX_NODISCARD spx_status spx_store_arrived(spx_store *store, const spx_job *job, int *done,
                                           spx_diag *diag);
/** It cannot be had: finished_ms, failure, error. A render asks for it again. */
SPX_NODISCARD spx_status spx_store_lost(spx_store *store, const spx_job *job, int *done,
                                        spx_diag *diag);
/** A finished job whose end is still to be told to its hook; SPX_ERR_NOT_FOUND when none is due. */
SPX_NODISCARD spx_status spx_store_next_hook(spx_store *store, int64_t now_ms, spx_job *out,
                                             spx_diag *diag);
/** Writes down hooked, hook_attempts, hook_due_ms, hook_answer of this revision. */
SPX_NODISCARD spx_status spx_store_set_hook(spx_store *store, const spx_job *job, spx_diag *diag);

/** What a killed process left running waits again; what was begun `most_attempts` times fails. In
 * a shared store: jobs whose lease is over, of which told() hears; it may be NULL. */
SPX_NODISCARD spx_status spx_store_recover(spx_store *store, uint32_t most_attempts, int64_t now_ms,
                                           void (*told)(void *user, const spx_job *job), void *user,
                                           spx_diag *diag);
/** A database that was made anew does not know how long the server was up: not less than when its
 * last job ended. */
SPX_NODISCARD spx_status spx_store_catch_up(spx_store *store, spx_diag *diag);
/** When the first of the finished jobs ended, in spx_store_up_ms(); now, when there is none. */
SPX_NODISCARD spx_status spx_store_oldest(spx_store *store, int64_t *out_up_ms, spx_diag *diag);
/** The oldest finished job if its end lies before that (spx_store_up_ms()); SPX_ERR_NOT_FOUND when
 * there is none. */
SPX_NODISCARD spx_status spx_store_expired(spx_store *store, int64_t before_up_ms,
                                           char id[SPX_ID_SIZE], spx_diag *diag);

/**
 * The oldest job without preview, of which one is begun now; SPX_ERR_NOT_FOUND when there is none.
 * One that was begun `most_attempts` times and not ended is left alone: it may be what ends the
 * process each time.
 */
SPX_NODISCARD spx_status spx_store_claim_preview(spx_store *store, uint32_t most_attempts,
                                                 spx_job *out, spx_diag *diag);
/** SPX_ERR_NOT_FOUND when the job was removed meanwhile. */
SPX_NODISCARD spx_status spx_store_set_preview(spx_store *store, const char *id,
                                               spx_preview_state preview, spx_diag *diag);

/** Forgets what was counted on days that are over, and in a shared store who had a turn a day ago
 * or earlier, and nodes that were not seen for an hour. */
SPX_NODISCARD spx_status spx_store_sweep(spx_store *store, int64_t now_ms, spx_diag *diag);

/** How many jobs are in each state. */
SPX_NODISCARD spx_status spx_store_counts(spx_store *store, uint32_t counts[SPX_JOB_STATES],
                                          spx_diag *diag);

#endif

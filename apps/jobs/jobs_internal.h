#ifndef SPX_JOBS_JOBS_INTERNAL_H
#define SPX_JOBS_JOBS_INTERNAL_H

/* What jobs.c and workers.c share. */
#include "blobs/blobs.h"
#include "jobs/jobs.h"

#include <pthread.h>

/** Numbers that outlive the process. */
#define SPX_FACT_WALL_S "wall_s"
#define SPX_FACT_SPENT_S "spent_on_cost_s"
#define SPX_FACT_SPENT_COST "spent_share_cost"

/** What one worker is doing. Guarded by the lock of spx_jobs. */
typedef struct spx_slot {
    char id[SPX_ID_SIZE]; /* empty = nothing */
    char stage[16];
    double percent;
    double told_s;           /* clock of the last call of changed() … */
    unsigned views;          /* … and what could be shown then, SPX_VIEW_... */
    uint32_t views_revision; /* … of which revision */
    spx_cancel *cancel;
    int cancelled; /* by a client, not by a stop */
    int more;      /* it makes more files of a done job */
    double cost;   /* of the job */
    uint32_t run;  /* of the job */
    unsigned kept; /* views that other nodes reach */
    int lost;      /* another node has the job now, or nobody */
    char owner[SPX_ID_SIZE];
    int is_new;    /* other nodes have not heard of this stage, or of these views … */
    int has_moved; /* … or of this percentage */
    double beat_s; /* clock of its last sign of life */
} spx_slot;

typedef struct spx_worker {
    spx_jobs *jobs;
    spx_slot slot;
    spx_job job;    /* its own thread's, as is: */
    double begun_s; /* since 1970: older files are not of this run */
    pthread_t thread;
    int started;
} spx_worker;

struct spx_jobs {
    /* Never changed after the opening. */
    spx_jobs_options options;
    char *data_dir;
    int lock_fd;
    spx_store *store; /* has its own lock */
    spx_worker *workers;
    spx_cancel *attendant_cancel; /* requested by a stop */

    pthread_mutex_t records; /* one at a time is written */
    pthread_mutex_t lock;    /* guards all below and the slots */
    pthread_cond_t wake;     /* a job was queued, or stopping */
    pthread_cond_t chores;   /* a preview is wanted, or stopping */
    pthread_cond_t ended;    /* a slot became empty */
    int stopping;
    int disk_full;             /* nothing is begun */
    uint64_t room_bytes;       /* that must be free too: more than when a job found no room … */
    double room_until_s;       /* … before this clock */
    char starved[SPX_ID_SIZE]; /* the last job that found no room … */
    unsigned starved_times;    /* … and how often */
    int64_t first_up_ms;       /* spx_store_up_ms() at the opening */
    int64_t first_oldest_ms; /* and when the first of the finished jobs had ended, on that clock */
    double clock_ahead_s;    /* of people's clock, before the one that only goes forward */
    unsigned making_more;    /* workers that make more files of done jobs */
    unsigned arrivals;       /* jobs added since the start */
    spx_jobs_totals totals;
    double spent_s;    /* of workers, for jobs of the cost below; later ones count more */
    double spent_cost; /* 0 = nothing was measured yet */
    double measured_s; /* clock when both were written down last */
    pthread_t attendant;
    int attendant_started;

    /* Of a node alone (jobs/shared.c). */
    spx_blobs *blobs; /* NULL = all files are in data_dir */
    spx_cancel *stop; /* ends calls of the blobs */
    char **news;      /* lines that other nodes are to hear, owned */
    size_t news_count;
    unsigned all_workers;
    pthread_t herald;
    int herald_started;
    double turned_s; /* clock when the herald came round last … */
    int is_answered; /* … and whether the database had answered */
};

enum { SPX_JOBS_MOST_ATTEMPTS = 5 };

void spx_jobs_tell(spx_jobs *jobs, const spx_job *job, int removed);
void spx_jobs_log(const spx_jobs *jobs, const char *what, const spx_diag *diag);
/** Waits on a condition of `jobs`, whose lock is held, at most that long. */
void spx_jobs_wait(spx_jobs *jobs, pthread_cond_t *condition, uint32_t timeout_ms);

/** The files of a view in a run's folder: it is there when all are. */
typedef struct spx_known_view {
    const char *names[2]; /* the second may be NULL */
    unsigned view;        /* SPX_VIEW_... */
} spx_known_view;
enum { SPX_KNOWN_VIEWS = 4 };
extern const spx_known_view spx_known_views[SPX_KNOWN_VIEWS];

/** The views of a run that lie in this process's folder. */
unsigned spx_jobs_views_here(const spx_jobs *jobs, const spx_job *job, uint32_t run);
/** Sets what of a job can be shown, and of which run. */
void spx_jobs_find_views(spx_jobs *jobs, spx_job *job);

/** Writes down what the database knows of a job now, beside it. */
void spx_jobs_keep_record(spx_jobs *jobs, const char *id);
/** Looks whether the disk is full, and tells once when that changed; the lock is held. */
int spx_jobs_look_at_disk(spx_jobs *jobs);
/** What is due now and then: uptime is kept, the reserve made, a clock that was set is told. */
void spx_jobs_do_chores(spx_jobs *jobs);
/** Lets rows go that nobody asks for any more. */
void spx_jobs_sweep_store(const spx_jobs *jobs);

/** 1 for a node of many. */
static inline int spx_jobs_is_node(const spx_jobs *jobs)
{
    return jobs->blobs != NULL;
}
/** 0 when it is sure that there is no such job: only that lets its files go. */
int spx_jobs_knows(const spx_jobs *jobs, const char *id);
/** The lock around calls of the store: a node lets it go, since a database far away may be silent;
 * other nodes do as they like meanwhile in any case. */
void spx_jobs_let_go(spx_jobs *jobs);
void spx_jobs_take_back(spx_jobs *jobs);
/** Stops a job that a worker of this process has: 1 when there was one. more: only one that makes
 * more files of what is done already. */
int spx_jobs_stop_running(spx_jobs *jobs, const char *id, int more);
/** Removes all files of a job, here and in the blobs. */
void spx_jobs_remove_files(spx_jobs *jobs, const char *id);
/** Where a run's files lie, below the job's folder. */
void spx_jobs_output_name(char out[32], uint32_t run);
/** The run in whose folder a file is; 0 = it is in none. */
uint32_t spx_jobs_output_run(const char *name);
/** There is work for one worker, or for the attendant. */
void spx_jobs_wake_one(spx_jobs *jobs);

/* ---- jobs/shared.c: for nodes; all but the first two do nothing in a process of its own ---- */

SPX_NODISCARD spx_status spx_shared_open(spx_jobs *jobs, spx_diag *diag);
void spx_shared_close(spx_jobs *jobs);
SPX_NODISCARD spx_status spx_shared_start(spx_jobs *jobs, spx_diag *diag);
void spx_shared_stop(spx_jobs *jobs);
/** Other nodes will hear of a change. */
void spx_shared_tell(spx_jobs *jobs, const spx_job *job, int removed);
/** Stops a job that another node has: *done. */
SPX_NODISCARD spx_status spx_shared_cancel(spx_jobs *jobs, const spx_job *job, int *done,
                                           spx_diag *diag);
/** Keeps a file of a job's folder in the blobs. */
SPX_NODISCARD spx_status spx_shared_keep(spx_jobs *jobs, const char *id, const char *name,
                                         spx_diag *diag);
/** Brings it, unless it is here. */
SPX_NODISCARD spx_status spx_shared_bring(spx_jobs *jobs, const char *id, const char *name,
                                          spx_diag *diag);
/** Begins a run: brings the photos of its job, and what earlier runs left for later ones; waits
 * while the blobs do not answer. */
SPX_NODISCARD spx_status spx_shared_bring_all(spx_worker *worker, spx_diag *diag);
/** Keeps what a run has made; waits while the blobs do not
 * answer. */
SPX_NODISCARD spx_status spx_shared_keep_made(spx_worker *worker, spx_diag *diag);
/** Keeps small pictures as soon as they are there. Returns whether there are new ones. */
int spx_shared_keep_views(spx_worker *worker);
/** Lets the files of a run go that ended without result. */
void spx_shared_drop_run(spx_worker *worker);
/** Of a job that is done, lets go what no file of its refers to. */
void spx_shared_drop_older(spx_jobs *jobs, const spx_job *job);
/** Removes all blobs of a job; what cannot go now is swept later. */
void spx_shared_remove(spx_jobs *jobs, const char *id);
/** Removes one. */
SPX_NODISCARD spx_status spx_shared_forget(spx_jobs *jobs, const char *id, const char *name,
                                           spx_diag *diag);
/** Makes the job's folder on this node. */
SPX_NODISCARD spx_status spx_shared_make_room(const spx_jobs *jobs, const char *id, spx_diag *diag);
/** Makes both small pictures of a photo. */
SPX_NODISCARD spx_status spx_shared_preview(spx_jobs *jobs, const spx_job *job, spx_diag *diag);
/** What is due now and then. */
void spx_shared_do_chores(spx_jobs *jobs);

SPX_NODISCARD spx_status spx_jobs_make_previews(const spx_jobs *jobs, const char *photo,
                                                const char *preview, const char *thumbnail,
                                                spx_diag *diag);
void *spx_worker_main(void *worker);
/** Makes previews and lets old jobs go. */
void *spx_attendant_main(void *jobs);

#endif

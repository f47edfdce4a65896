#ifndef SPX_JOBS_JOBS_INTERNAL_H
#define SPX_JOBS_JOBS_INTERNAL_H

/* What jobs.c and workers.c share. */
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
    double told_s;  /* clock of the last call of changed() … */
    unsigned views; /* … and what could be shown then, SPX_VIEW_... */
    spx_cancel *cancel;
    int cancelled; /* by a client, not by a stop */
    int more;      /* it makes more files of a done job */
    double cost;   /* of the job */
} spx_slot;

typedef struct spx_worker {
    spx_jobs *jobs;
    spx_slot slot;
    spx_job job; /* its own thread's */
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
    int making_more;         /* one worker makes more files of a done job */
    unsigned arrivals;       /* jobs added since the start */
    spx_jobs_totals totals;
    double spent_s;    /* of workers, for jobs of the cost below; later ones count more */
    double spent_cost; /* 0 = nothing was measured yet */
    pthread_t attendant;
    int attendant_started;
};

void spx_jobs_tell(const spx_jobs *jobs, const spx_job *job, int removed);
void spx_jobs_log(const spx_jobs *jobs, const char *what, const spx_diag *diag);
/** Waits on a condition of `jobs`, whose lock is held, at most that long. */
void spx_jobs_wait(spx_jobs *jobs, pthread_cond_t *condition, uint32_t timeout_ms);

/** Sets what of a job can be shown, from the disk. */
void spx_jobs_find_views(const spx_jobs *jobs, spx_job *job);

/** Writes down what the database knows of a job now, beside it. */
void spx_jobs_keep_record(spx_jobs *jobs, const char *id);
/** Looks whether the disk is full, and tells once when that changed; the lock is held. */
int spx_jobs_look_at_disk(spx_jobs *jobs);
/** What is due now and then: uptime is kept, the reserve made, a clock that was set is told. */
void spx_jobs_do_chores(spx_jobs *jobs);

void *spx_worker_main(void *worker);
/** Makes previews and lets old jobs go. */
void *spx_attendant_main(void *jobs);

#endif

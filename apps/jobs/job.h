#ifndef SPX_JOBS_JOB_H
#define SPX_JOBS_JOB_H

#include "base/status.h"
#include "jobs/id.h"
#include "jobs/job_options.h"

#include <stddef.h>
#include <stdint.h>

/** Where a job is in its life. The numbers stand in the database. */
typedef enum spx_job_state {
    SPX_JOB_QUEUED,
    SPX_JOB_RUNNING,
    SPX_JOB_DONE,
    SPX_JOB_FAILED,
    SPX_JOB_CANCELLED,
    SPX_JOB_STATES,
} spx_job_state;

/** "queued", "running", "done", "failed", "cancelled". Static storage. */
const char *spx_job_state_name(spx_job_state state);
/** 1 for queued and running. */
int spx_job_active(spx_job_state state);

enum {
    SPX_JOB_NAME_SIZE = 208,      /* of an upload's name */
    SPX_JOB_FILE_NAME_SIZE = 232, /* a stem and what spx appends to it */
    SPX_JOB_FILE_MAX = 66,        /* one for each format, and the larger picture */
    SPX_JOB_CLIENT_SIZE = 64,     /* an address in words */
    SPX_JOB_ERROR_SIZE = 512,
    SPX_JOB_SUMMARY_SIZE = 8192,
    SPX_JOB_TAG_SIZE = 64,
    SPX_JOB_KEY_SIZE = 129, /* of an idempotency key */
    SPX_JOB_URL_SIZE = 2048,
    SPX_JOB_ANSWER_SIZE = 128,
};

/** One finished file of a job. */
typedef struct spx_job_file {
    char name[SPX_JOB_FILE_NAME_SIZE]; /* as clients see it */
    char role[24];                     /* word of a format, or "outpainted" */
    char type[48];                     /* media type */
    char disk[64]; /* path below the data folder's part for this job, chosen by spx */
    uint64_t size;
} spx_job_file;

/** Whether the photo is there. The numbers stand in the database. */
typedef enum spx_arrival {
    SPX_ARRIVED,
    SPX_AWAITED,  /* it is to be fetched */
    SPX_FETCHING, /* somebody does */
} spx_arrival;

typedef enum spx_preview_state {
    SPX_PREVIEW_WANTED,
    SPX_PREVIEW_MADE,
    SPX_PREVIEW_IMPOSSIBLE,
} spx_preview_state;

/** Small pictures for screens, which are there before the files. */
enum spx_job_view {
    SPX_VIEW_DEPTH = 1 << 0, /* depth_preview.jpg: white = near */
    SPX_VIEW_EYES = 1 << 1,  /* left_preview.jpg, right_preview.jpg */
    SPX_VIEW_FIRST = 1 << 3, /* depth_first.jpg: until that depth is there */
    SPX_VIEW_PHOTO = 1 << 2, /* photo_preview.jpg: the larger photo that depth and eyes are of */
};

/** What one client may have; 0 = as everybody. */
typedef struct spx_allowance {
    uint32_t active; /* jobs that wait or run */
    uint32_t daily;  /* new jobs within a day, in UTC */
} spx_allowance;

/** One photo and what is to be made of it. A plain value. Times: milliseconds since 1970, 0 = not
 * yet. */
typedef struct spx_job {
    char id[SPX_ID_SIZE];
    char owner[SPX_ID_SIZE];          /* whose list shows it; empty = nobody's */
    char client[SPX_JOB_CLIENT_SIZE]; /* who counts against the limit for one client */
    char name[SPX_JOB_NAME_SIZE];     /* of the upload: cleaned UTF-8, never a path */
    char type[48];                    /* media type of the upload, from its content */
    spx_job_kind kind;
    uint64_t size; /* of the upload */
    spx_job_options options;
    spx_job_state state;
    uint32_t revision;   /* 1, and one more with each render */
    uint32_t attempts;   /* times it was begun in this revision */
    uint32_t run;        /* of the worker who has it, or had it last: its files' folder */
    uint32_t seen_run;   /* the last one that was done, whose small pictures stay; 0 = none was */
    unsigned seen_views; /* SPX_VIEW_... that it left */
    spx_preview_state preview;
    spx_status failure; /* when failed */
    int64_t created_ms;
    int64_t started_ms;
    int64_t finished_ms;
    char error[SPX_JOB_ERROR_SIZE];
    char summary[SPX_JOB_SUMMARY_SIZE]; /* JSON object; empty = none. Its "warnings" belong to the
                                           job: all else is a conversion's */
    spx_job_file files[SPX_JOB_FILE_MAX];
    size_t file_count;
    char second[SPX_JOB_NAME_SIZE]; /* name of a second upload, the right eye; empty = one file */
    spx_format wanted;              /* formats asked for since it was done, and not made yet */
    char share[SPX_ID_SIZE];        /* who knows it may look; empty = nobody else may */
    char tag[SPX_JOB_TAG_SIZE];     /* a client's own word for it */
    char key[SPX_JOB_KEY_SIZE];     /* what makes a client's second attempt the same job */
    char source[SPX_JOB_URL_SIZE];  /* where the photo is fetched from; empty = it was uploaded */
    spx_arrival arrival;
    double cost;                 /* what it will take, in units of spx_job_cost() */
    char hook[SPX_JOB_URL_SIZE]; /* URL that hears of the job's end; empty = none */
    uint32_t hooked;             /* the last revision that it heard of, or was given up for */
    uint32_t hook_attempts;      /* of this revision */
    int64_t hook_due_ms;         /* when to try again */
    char hook_answer[SPX_JOB_ANSWER_SIZE]; /* what came of the last attempt */

    /* Not in the database. */
    spx_allowance allowed;       /* its client's; while it is added */
    char second_id[SPX_ID_SIZE]; /* of the second upload while it is incoming */
    char newer[128];             /* what of its options this spx does not know; empty = nothing */
    int waits_for_version;       /* while queued: workers were there that do not know its options */
    unsigned run_views;          /* SPX_VIEW_... of a run that goes on, as its node told others */
    unsigned views;              /* SPX_VIEW_... that there are */
    uint32_t files_revision;     /* the run of files: the last one that is done, else the first */
    uint32_t views_revision; /* the run of views: the same, or a running one that shows as much */
    char stage[16];          /* while running */
    double percent;          /* 0..100 */
    uint32_t position;       /* while queued: 1 = next */
    int waits_for_disk;      /* while queued: there is no room on the disk */
    double ahead;            /* while queued: costs of those before it */
    double eta_s;            /* seconds until it is finished; < 0 = nobody knows */
} spx_job;

/**
 * Makes a name for people of what a client called its file: the part after the last slash or
 * backslash, valid UTF-8, no control characters, none of / \ : * ? " < > |, no leading dot, at most
 * SPX_JOB_NAME_SIZE - 1 bytes; "photo" when nothing is left.
 */
void spx_job_set_name(spx_job *job, const char *client_name);
/** The name without its extension. */
void spx_job_stem(const spx_job *job, char out[SPX_JOB_NAME_SIZE]);
/** The stem without a trailing "_outpainted": what names of made files begin with. */
void spx_job_base(const spx_job *job, char out[SPX_JOB_NAME_SIZE]);
/** The file name of a format for this job and its options, as clients see it. */
void spx_job_file_name(const spx_job *job, const spx_format_info *format,
                       char out[SPX_JOB_FILE_NAME_SIZE]);
/** The format whose file of this job has that name, or whose word it is; 0 when there is none, or
 * the job makes no such files. */
spx_format spx_job_format_named(const spx_job *job, const char *name);
/** Whether the job is done before its files, which are then made as if somebody had asked for
 * them. */
int spx_job_files_follow(const spx_job *job);
/** The formats that this job has files of. */
spx_format spx_job_made(const spx_job *job);
/** The finished file of that name, borrowed from the job; NULL when there is none. */
const spx_job_file *spx_job_find_file(const spx_job *job, const char *name);
/** The finished file of that role, borrowed from the job; NULL when there is none. */
const spx_job_file *spx_job_find_role(const spx_job *job, const char *role);

#endif

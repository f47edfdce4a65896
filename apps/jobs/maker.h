#ifndef SPX_JOBS_MAKER_H
#define SPX_JOBS_MAKER_H

#include "jobs/job.h"
#include "spx/cancel.h"

/** In a job's cache_dir: a depth map of its owner's, which goes before every network. */
#define SPX_OWN_DEPTH "depth.own"

/** One job to be made. All borrowed for the call. */
typedef struct spx_make {
    const spx_job *job;
    const char *photo_path;
    const char *second_path; /* the right eye of a pair in two files; NULL = one file */
    const void *photo;       /* bytes of photo_path where they are at hand; may be NULL */
    size_t photo_size;
    const void *second; /* the same of second_path */
    size_t second_size;
    const char *cache_dir;    /* of this job; stays from revision to revision */
    const char *output_dir;   /* of this revision; to be made. Small pictures (enum spx_job_view) go
                                 there as soon as they can be made, before the next progress() */
    const char *outpaint_dir; /* of this job; to be made when wanted */
    int views_only;           /* no files: only the small pictures */
    const spx_cancel *cancel;
    void (*progress)(void *user, const char *stage, double fraction); /* fraction of the job */
    void *user;
} spx_make;

/** Who makes the files of a job: libspx in the server, something quicker in tests. */
typedef struct spx_maker {
    /** Fills files, file_count and summary of *made (zeroed before). Called by several threads. */
    spx_status (*make)(void *user, const spx_make *what, spx_job *made, spx_diag *diag);
    /** Writes an upright sRGB JPEG no larger than side_px to out_path. */
    spx_status (*preview)(void *user, const char *photo_path, uint32_t side_px,
                          const char *out_path, const spx_cancel *cancel, spx_diag *diag);
    void *user;
} spx_maker;

#endif

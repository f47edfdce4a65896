#ifndef SPX_JOBS_JOB_ROWS_H
#define SPX_JOBS_JOB_ROWS_H

/* Options that a job has beside those of a conversion and a border. */
#include "spx/option.h"

/** What is to be made of a photo. */
typedef enum spx_job_kind {
    SPX_JOB_CONVERT,
    SPX_JOB_OUTPAINT,
    SPX_JOB_BOTH, /* outpaint, then convert the larger photo */
} spx_job_kind;

/** "convert", "outpaint", "both". Static storage. */
const char *spx_job_kind_name(spx_job_kind kind);
SPX_NODISCARD spx_status spx_job_kind_from_name(spx_job_kind *out, const char *name,
                                                spx_diag *diag);

/** The rows that only a job has: kind, painter and done, with the values of spx_job_kind,
 * spx_job_painter and spx_job_done. They fill a spx_job_order. */
extern const spx_option spx_job_rows[];
enum { SPX_JOB_ROW_KIND, SPX_JOB_ROW_PAINTER, SPX_JOB_ROW_DONE };

typedef enum spx_job_painter {
    SPX_JOB_PAINTER_LOCAL,  /* this server */
    SPX_JOB_PAINTER_REMOTE, /* the server's remote engine */
} spx_job_painter;

/** "local", "remote". Static storage. */
const char *spx_job_painter_name(spx_job_painter painter);

typedef enum spx_job_done {
    SPX_JOB_DONE_FILES, /* with its files */
    SPX_JOB_DONE_VIEWS, /* when both eyes can be shown; its files follow */
} spx_job_done;

/** "files", "views". Static storage. */
const char *spx_job_done_name(spx_job_done done);

typedef struct spx_job_order {
    int kind;
    int painter;
    int done;
} spx_job_order;

/* Of the text that tells a remote engine what to paint, with its end. */
enum { SPX_JOB_PROMPT_SIZE = 512 };

#endif

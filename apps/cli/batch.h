#ifndef SPX_CLI_BATCH_H
#define SPX_CLI_BATCH_H

/*
 * Converts a list of photos, several at once, and tells about each: results on stdout, failures on
 * stderr, progress on the terminal. Photos are begun in the list's order; with one at a time their
 * lines come in that order too.
 */
#include "cli/photo_list.h"
#include "cli/report.h"

#include "spx/spx.h"

/** Photos that come one after the other, in place of a list. */
typedef struct spx_batch_source {
    /** The next photo, which stays the source's; waits for it. NULL: none is left. One thread at a
     * time. */
    spx_listed_photo *(*next)(void *user);
    /** Before it is worked on: brings its bytes near. Any thread, as finish(). */
    spx_status (*prepare)(void *user, spx_listed_photo *photo, spx_diag *diag);
    /** After the work. told: what --json prints of a success, and
     * may be changed; else NULL, and `status` and `text` say why. Its own failure is the photo's.
     */
    spx_status (*finish)(void *user, spx_listed_photo *photo, spx_status status, const char *text,
                         json_t *told, spx_diag *diag);
    void (*release)(void *user, spx_listed_photo *photo); /* it is not used any more */
    void *user;
} spx_batch_source;

typedef struct spx_batch {
    const spx_photo_list *photos;       /* placed; NULL where there is a source */
    const spx_batch_source *source;     /* else NULL */
    const spx_engine_options *engine;   /* borrowed, as everything here */
    const spx_convert_options *convert; /* output_dir is set for each photo */
    const spx_cancel *cancel;
    unsigned jobs; /* photos at once, >= 1 */
    int quiet;     /* print failures only, no progress */
    spx_report_style style;
    char *const *words;    /* options as they were given, for a process for each photo; NULL at the
                              end. NULL: all photos are worked on in this process */
    uint64_t memory_bytes; /* for all of those processes; 0 = the standard */
} spx_batch;

/** Returns how many photos were not converted: they failed, or, of a list, cancel came first. */
size_t spx_batch_run(const spx_batch *batch);

#endif

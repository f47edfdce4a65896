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

typedef struct spx_batch {
    const spx_photo_list *photos;       /* placed */
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

/** Returns how many photos were not converted: they failed, or cancel came first. */
size_t spx_batch_run(const spx_batch *batch);

#endif

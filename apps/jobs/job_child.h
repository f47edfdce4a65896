#ifndef SPX_JOBS_JOB_CHILD_H
#define SPX_JOBS_JOB_CHILD_H

/* Jobs in processes of their own: the parent's maker, and what the child does. */
#include "child/gate.h"
#include "jobs/libspx_maker.h"

/** A maker that has a process for each photo (child/child.h) and holds them to a budget. */
typedef struct spx_child_maker spx_child_maker;

/** options: borrowed until the maker is destroyed; memory_bytes: for all photos together, 0 = the
 * standard; data_dir: where reports on crashes go, below it in reports/; borrowed as well. Owned by
 * the caller: spx_child_maker_destroy(), when no queue uses it. */
SPX_NODISCARD spx_status spx_child_maker_create(spx_child_maker **out,
                                                const spx_libspx_options *options,
                                                uint64_t memory_bytes, const char *data_dir,
                                                spx_diag *diag);
void spx_child_maker_destroy(spx_child_maker *maker); /* NULL is fine */
/** The functions that a queue wants, borrowing `maker`. */
spx_maker spx_child_maker_functions(spx_child_maker *maker);

/** In the child: does what is asked and ends the process. */
_Noreturn void spx_job_child_main(json_t *request);

#endif

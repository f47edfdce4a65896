#ifndef SPX_JOBS_REBUILD_H
#define SPX_JOBS_REBUILD_H

/*
 * Jobs outside of the database: DATA/records/ID holds what the database knew of a job at its last
 * change. It does not lie in the job's own folder, which the process that looks at the photo may
 * write to: what is rebuilt must not be that process's word.
 */
#include "jobs/store.h"

/** Writes a job's record down; what cannot be written is missing after the next damage. */
void spx_record_keep(const char *data_dir, spx_store *store, const char *id);
/** Moves a damaged database out of the way: `aside` (256 bytes) says what it is called now. */
SPX_NODISCARD spx_status spx_rebuild_set_aside(const char *data_dir, const char *path, char *aside,
                                               spx_diag *diag);
/** Puts the jobs of all records into an empty database; says how many, and how many had none that
 * can be read. */
void spx_rebuild(const char *data_dir, spx_store *store, unsigned *found, unsigned *lost);

#endif

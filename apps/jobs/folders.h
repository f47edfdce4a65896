#ifndef SPX_JOBS_FOLDERS_H
#define SPX_JOBS_FOLDERS_H

#include "base/status.h"
#include "jobs/id.h"

/*
 * Where things lie in the data folder. No name of a client ever becomes a part of a path: ids and
 * names in this table are all there is.
 *
 *     lock                        held by the server that uses the folder
 *     jobs.sqlite                 the job database
 *     incoming/ID                 uploads that are still arriving
 *     uploads/ID/photo            the upload
 *     uploads/ID/second           of a pair in two files the right eye
 *     uploads/ID/preview.jpg, thumbnail.jpg
 *     uploads/ID/depth.cache      depth, for renders
 *     uploads/ID/depth.own        a depth map of the owner's, which goes before it
 *     uploads/ID/output-N/        files of revision N, and ..._preview.jpg for screens
 *     outpainted/ID/picture-….png the larger photo; with .depth: its depth
 */

/** FOLDER/PART/ID[/NAME] in malloc'ed memory, owned by the caller; NULL without memory. id must be
 * valid; name may be NULL. */
char *spx_folders_path(const char *data_dir, const char *part, const char *id, const char *name);

/** Where a blob of a job lies here, by its name: the same as above, or "outpainted/NAME". */
char *spx_folders_blob_path(const char *data_dir, const char *id, const char *name);

/** Makes the folders above. */
SPX_NODISCARD spx_status spx_folders_prepare(const char *data_dir, spx_diag *diag);
/** Takes the lock file; *out is closed to let go. SPX_ERR_EXISTS when another process has it. */
SPX_NODISCARD spx_status spx_folders_lock(const char *data_dir, int *out, spx_diag *diag);
/** Removes all files of a job; what is not there is fine. */
void spx_folders_remove(const char *data_dir, const char *id);
/** Calls known() for each job folder and removes those it does not know, and what has not arrived:
 * left by a crash. What is not named by an id stays. */
void spx_folders_sweep(const char *data_dir, int (*known)(void *user, const char *id), void *user);
/** Removes folders of jobs in which nothing was written for so long, but for those that are busy().
 */
void spx_folders_sweep_idle(const char *data_dir, double after_s,
                            int (*busy)(void *user, const char *id), void *user);
/** Removes the larger photos of a job whose names do not begin with `prefix`. */
void spx_folders_keep_picture(const char *data_dir, const char *id, const char *prefix);

#endif

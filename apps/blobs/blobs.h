#ifndef SPX_BLOBS_BLOBS_H
#define SPX_BLOBS_BLOBS_H

/*
 * Files of jobs where every node reaches them: a bucket, or a folder that all have. A blob has the
 * id of its job and a name of some parts ("output-3/x.heic"); names are chosen by spx, and what is
 * written under a name once is not changed but for the few that jobs/shared.c says.
 *
 * Any thread may call. What may pass (503, broken connections) is tried again for some seconds;
 * SPX_ERR_NETWORK: the store does not answer; SPX_ERR_REMOTE: it refuses, and says why.
 */
#include "base/status.h"
#include "spx/cancel.h"

#include <stdint.h>

typedef struct spx_blobs spx_blobs;

/** url: s3://BUCKET[/PREFIX] or a folder; one that does not exist, or denies, is found now. stop:
 * ends calls, borrowed until close; may be NULL. Owned by the caller: spx_blobs_close(). */
SPX_NODISCARD spx_status spx_blobs_open(spx_blobs **out, const char *url, const spx_cancel *stop,
                                        spx_diag *diag);
void spx_blobs_close(spx_blobs *blobs); /* NULL is fine */

/** Keeps a file: whole, or not at all. */
SPX_NODISCARD spx_status spx_blobs_put(spx_blobs *blobs, const char *id, const char *name,
                                       const char *path, spx_diag *diag);
/** Brings a blob to a path, whole or not at all; the file's time is the blob's. Folders are made.
 * SPX_ERR_NOT_FOUND: there is no such blob. */
SPX_NODISCARD spx_status spx_blobs_get(spx_blobs *blobs, const char *id, const char *name,
                                       const char *path, spx_diag *diag);
/** Calls take() for each blob of a job, or of all jobs (id: NULL). Its failure ends the list. */
SPX_NODISCARD spx_status spx_blobs_list(spx_blobs *blobs, const char *id,
                                        spx_status (*take)(void *user, const char *id,
                                                           const char *name, int64_t modified_s),
                                        void *user, spx_diag *diag);
/** Removes the blobs of a job whose names begin with that; "": all. */
SPX_NODISCARD spx_status spx_blobs_remove(spx_blobs *blobs, const char *id, const char *prefix,
                                          spx_diag *diag);

#endif

#ifndef SPX_SERVER_UPLOAD_H
#define SPX_SERVER_UPLOAD_H

#include "jobs/jobs.h"
#include "server/late_microhttpd.h"

/** A photo that arrives with its options, or the two eyes of one, written to the data folder piece
 * by piece: in a multipart form, or as the body itself with options in the query. */
typedef struct spx_upload spx_upload;

/** Why an upload cannot become a job; status 0 = it can so far. */
typedef struct spx_upload_refusal {
    int status; /* of HTTP */
    const char *code;
    char text[256];
} spx_upload_refusal;

/** raw: the body is the photo. SPX_ERR_ARGUMENT when the request is no multipart form otherwise.
 * Owned by the caller: spx_upload_destroy(). */
SPX_NODISCARD spx_status spx_upload_create(spx_upload **out, struct MHD_Connection *connection,
                                           spx_jobs *jobs, uint64_t most_bytes, int raw,
                                           spx_diag *diag);
/** The file is a depth map: a PFM is taken too. Before the first piece. */
void spx_upload_take_map(spx_upload *upload);
/** Removes the file unless it was given to a job. */
void spx_upload_destroy(spx_upload *upload); /* NULL is fine */
/** Takes a piece of the body. After a refusal pieces are ignored. */
void spx_upload_feed(spx_upload *upload, const char *data, size_t size);
/** The body is over: checks what is missing. Then job(), with kind, options, name, type, size and
 * id, is what spx_jobs_add() wants. */
void spx_upload_finish(spx_upload *upload);
const spx_upload_refusal *spx_upload_refused(const spx_upload *upload);
/** 1 when the client said who paints. */
int spx_upload_chose_painter(const spx_upload *upload);
spx_job *spx_upload_job(spx_upload *upload); /* borrowed from the upload */

#endif

#ifndef SPX_BLOBS_BLOBS_INTERNAL_H
#define SPX_BLOBS_BLOBS_INTERNAL_H

/* What kinds of blob stores are. */
#include "blobs/blobs.h"

/** How one kind does it. key: "ID/NAME". */
typedef struct spx_blobs_functions {
    void (*close)(spx_blobs *blobs);
    spx_status (*put)(spx_blobs *blobs, const char *key, const char *path, spx_diag *diag);
    /** To a new file, open for writing. */
    spx_status (*get)(spx_blobs *blobs, const char *key, int fd, const char *path,
                      int64_t *modified_s, spx_diag *diag);
    /** Keys that begin with the prefix. */
    spx_status (*list)(spx_blobs *blobs, const char *prefix,
                       spx_status (*take)(void *user, const char *key, int64_t modified_s),
                       void *user, spx_diag *diag);
    spx_status (*remove)(spx_blobs *blobs, const char *key, spx_diag *diag);
} spx_blobs_functions;

/** What every kind begins with. */
struct spx_blobs {
    const spx_blobs_functions *functions;
};

spx_status spx_folder_blobs_open(spx_blobs **out, const char *path, spx_diag *diag);
spx_status spx_s3_blobs_open(spx_blobs **out, const char *url, const spx_cancel *stop,
                             spx_diag *diag);

#endif

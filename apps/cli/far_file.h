#ifndef SPX_CLI_FAR_FILE_H
#define SPX_CLI_FAR_FILE_H

/* Photos that lie elsewhere (https://, http://, s3://) brought to a file, and files taken to s3://.
 */
#include "net/s3.h"
#include "spx/cancel.h"

/** How; borrowed. */
typedef struct spx_far {
    const char *endpoint; /* of S3; NULL = see net/s3.h */
    int style;            /* spx_s3_style */
    uint64_t most_bytes;  /* of a photo */
    const spx_cancel *cancel;
} spx_far;

/** Whether a place is an address, not a path. */
int spx_far_is(const char *place);
/** SPX_ERR_ARGUMENT for an address that cannot be read from, or, is_output, written below. */
SPX_NODISCARD spx_status spx_far_check(const char *place, int is_output, spx_diag *diag);
/** Writes the bytes at an address to a file, which must not exist. */
SPX_NODISCARD spx_status spx_far_get(const spx_far *far, const char *address, const char *path,
                                     spx_diag *diag);
/** Writes a file to FOLDER/NAME, s3:// alone. */
SPX_NODISCARD spx_status spx_far_put(const spx_far *far, const char *folder, const char *name,
                                     const char *content_type, const char *path, spx_diag *diag);

#endif

#ifndef SPX_SERVER_UPLOAD_INTERNAL_H
#define SPX_SERVER_UPLOAD_INTERNAL_H

/* What libmicrohttpd hands over of a form, for upload.c and the fuzzer. */
#include "server/upload.h"

/** A piece of a part. All borrowed. */
typedef struct spx_upload_piece {
    const char *key;       /* the part's field; NULL = it has none */
    const char *file_name; /* NULL = an option */
    const char *data;
    uint64_t offset; /* in the part */
    size_t size;
} spx_upload_piece;

/** Without a connection: pieces come by spx_upload_take_piece(). paths: of the files that arrive;
 * malloc'ed, moved on success. Owned by the caller: spx_upload_destroy(). */
SPX_NODISCARD spx_status spx_upload_create_at(spx_upload **out, char *const paths[2],
                                              uint64_t most_bytes, spx_diag *diag);
/** Returns 0 after a refusal: no more is wanted. */
int spx_upload_take_piece(spx_upload *upload, const spx_upload_piece *piece);

#endif

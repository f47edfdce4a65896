#ifndef SPX_NET_S3_LIST_H
#define SPX_NET_S3_LIST_H

/* What S3 answers to ListObjectsV2: a page of XML, which somebody else's computer has made. */
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SPX_S3_KEY = 1025 }; /* bytes of a key, and a zero */

/** Where a list is. Zero-initialise. */
typedef struct spx_s3_place {
    char last[SPX_S3_KEY]; /* the key that was told last */
    int more;              /* there is another page */
} spx_s3_place;

/** Tells the objects of a page; its failure ends the page and is handed on. key: borrowed;
 * modified_s: since 1970, INT64_MAX = not said. SPX_ERR_REMOTE: the page breaks off, has what is no
 * key, or says that there is more and does not go on. */
SPX_NODISCARD spx_status spx_s3_list_read(spx_s3_place *place, const char *page, size_t size,
                                          spx_status (*tell)(void *user, const char *key,
                                                             int64_t modified_s),
                                          void *user, spx_diag *diag);

#endif

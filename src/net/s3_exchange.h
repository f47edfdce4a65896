#ifndef SPX_NET_S3_EXCHANGE_H
#define SPX_NET_S3_EXCHANGE_H

/*
 * A request to S3 and its answer, for the files that make them (s3.c, s3_upload.c). What may pass
 * (503, broken connections) is tried again, five times in all, each time with a signature of its
 * own.
 */
#include "base/bytes.h"
#include "net/http.h"

struct spx_s3;
struct spx_s3_reader;

enum {
    SPX_S3_TOKEN = 4096,
    SPX_S3_LINE = SPX_S3_TOKEN + 64,
    SPX_S3_WORD = 64,
    SPX_S3_ETAG = 256,
};

/** SHA-256 of no bytes: what requests without a body say of it. */
#define SPX_S3_SUM_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/** Zero-initialise. Texts are borrowed. */
typedef struct spx_s3_exchange {
    struct spx_s3 *s3;
    const char *url;                    /* as people know it */
    const char *query;                  /* escaped, names in their order; NULL = none */
    int of_bucket;                      /* the bucket is asked, whatever the key */
    const struct spx_s3_reader *reader; /* gets what comes; NULL = nobody */
    const char *wanted;     /* stands in the body of a success; NULL = a success's code is enough */
    spx_bytes *page;        /* gets the body of a success, owned by the caller; may be NULL */
    spx_status failed;      /* of the reader */
    char word[SPX_S3_WORD]; /* S3's for its last refusal; empty = none */
    char etag[SPX_S3_ETAG]; /* of the answer, quotes included; empty = none */
} spx_s3_exchange;

/** Header lines of a request; texts behind NULL are left out. Zero-initialise. */
typedef struct spx_s3_headers {
    char lines[4][SPX_S3_LINE];
    const char *list[5];
} spx_s3_headers;

/** At most three: the session's token may come to them. */
void spx_s3_header_add(spx_s3_headers *headers, const char *name, const char *value);
/** Fills in the rest of the request, and wipes the headers at the end. A request with `farewell` is
 * sent after a cancel too, and tried three times. */
SPX_NODISCARD spx_status spx_s3_exchange_run(spx_s3_exchange *self, spx_http_request *request,
                                             spx_s3_headers *headers, spx_diag *diag);
/** What stands between <NAME> and </NAME> of a page that ends with a zero; empty = nothing. */
void spx_s3_element(const spx_bytes *page, const char *name, char *out, size_t size);

#endif

#ifndef SPX_NET_AWS_SIGN_H
#define SPX_NET_AWS_SIGN_H

/*
 * Signs requests to S3 (AWS Signature Version 4, "Authenticating requests: using the Authorization
 * header"). libcurl signs too, but its versions disagree about what is escaped in a query: 8.14
 * signs "%2B" as a blank. What is signed here is what is sent, byte for byte.
 */
#include "base/bytes.h"

#include <stdint.h>

/** Who signs. All borrowed. */
typedef struct spx_aws_identity {
    const char *region;
    const char *key;
    const char *secret;
} spx_aws_identity;

/** What is signed. All borrowed. */
typedef struct spx_aws_request {
    const char *method;
    const char *url;            /* escaped; the query's names in their order, each with its "=" */
    const char *const *headers; /* "Name: value"; NULL behind the last; one of them, in lower case,
                                   is x-amz-content-sha256 */
    int64_t when_s;             /* since 1970 */
} spx_aws_request;

/** Header lines that the request must have besides, each ends with a zero. Zero-initialise. */
typedef struct spx_aws_lines {
    spx_bytes host;
    spx_bytes date;
    spx_bytes authorization;
} spx_aws_lines;

/** SPX_ERR_ARGUMENT for a URL without a host, or headers that are not as they must be. */
SPX_NODISCARD spx_status spx_aws_sign(const spx_aws_identity *who, const spx_aws_request *request,
                                      spx_aws_lines *out, spx_diag *diag);
void spx_aws_lines_clear(spx_aws_lines *lines); /* empty ones are fine */

#endif

#ifndef SPX_NET_S3_H
#define SPX_NET_S3_H

/*
 * Objects in a bucket of Amazon S3 or of anything that speaks like it, by libcurl's Signature
 * Version 4. Who asks is told as other programs are told: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_SESSION_TOKEN, or the profile AWS_PROFILE of ~/.aws/credentials and ~/.aws/config
 * (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE); where, by AWS_REGION or AWS_DEFAULT_REGION and
 * AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL. Without an identity requests go unsigned, as for public
 * buckets. No message has a secret in it.
 */
#include "base/task.h"

#include <stddef.h>
#include <stdint.h>

typedef struct spx_s3 spx_s3;

typedef enum spx_s3_style {
    SPX_S3_STYLE_AUTO, /* host at Amazon, path elsewhere and where a bucket's name has dots */
    SPX_S3_STYLE_PATH, /* https://HOST/BUCKET/KEY */
    SPX_S3_STYLE_HOST, /* https://BUCKET.HOST/KEY */
} spx_s3_style;

/** endpoint: NULL = the environment's, else Amazon's. task: cancel, borrowed until close; may be
 * NULL. Several threads need one each. */
SPX_NODISCARD spx_status spx_s3_open(spx_s3 **out, const char *endpoint, spx_s3_style style,
                                     const spx_task *task, spx_diag *diag);
void spx_s3_close(spx_s3 *s3); /* NULL is fine */

/** Whether a text begins with "s3://". */
int spx_s3_is_url(const char *url);
/** SPX_ERR_ARGUMENT unless it is s3://BUCKET/KEY with a bucket that may be; is_folder: the key may
 * be missing. */
SPX_NODISCARD spx_status spx_s3_check(const char *url, int is_folder, spx_diag *diag);

/**
 * Reads an object. begin() is called before the first piece of each try, and must forget what came
 * before. What may pass (503, broken connections) is tried again, five times in all.
 */
typedef struct spx_s3_reader {
    spx_status (*begin)(void *user);
    spx_status (*receive)(void *user, const void *bytes, size_t size);
    void *user;
    int64_t *modified_s; /* gets when the object was written, since 1970; may be NULL */
} spx_s3_reader;

SPX_NODISCARD spx_status spx_s3_get(spx_s3 *s3, const char *url, const spx_s3_reader *reader,
                                    spx_diag *diag);

/** What is to be written; borrowed. */
typedef struct spx_s3_object {
    const void *data; /* a mapped file takes no memory of its own */
    size_t size;
    const char *content_type;
    size_t part_bytes; /* of a request, at most; 0 = 64 MiB. S3 wants 5 MiB or more */
} spx_s3_object;

/**
 * Writes an object whole or not at all. One that fits into a request is one PUT; a larger one goes
 * in parts (Amazon S3, "Multipart upload") and appears when all are there. The server checks each
 * request's SHA-256. After a failure or a cancel the parts are taken away again; where that fails
 * too, the message says so.
 */
SPX_NODISCARD spx_status spx_s3_put(spx_s3 *s3, const char *url, const spx_s3_object *object,
                                    spx_diag *diag);
/** How many bytes a part has: `wanted`, or more where that were over 10,000 parts. */
size_t spx_s3_part_bytes(size_t size, size_t wanted);
/** Removes an object; one that is not there is fine. */
SPX_NODISCARD spx_status spx_s3_delete(spx_s3 *s3, const char *url, spx_diag *diag);
/** Calls take() for each object whose URL begins with `url` (s3://BUCKET/PREFIX, or the bucket
 * alone), in the order of their keys; its failure ends the list and is handed on. key: without the
 * bucket, borrowed; modified_s: since 1970, INT64_MAX = not said. */
SPX_NODISCARD spx_status spx_s3_list(spx_s3 *s3, const char *url,
                                     spx_status (*take)(void *user, const char *key,
                                                        int64_t modified_s),
                                     void *user, spx_diag *diag);

#endif

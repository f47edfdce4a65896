/*
 * Objects go into a bucket in one request, or in parts (Amazon S3 API: CreateMultipartUpload,
 * UploadPart, CompleteMultipartUpload, AbortMultipartUpload). Parts go one after another, straight
 * from the caller's bytes; nobody sees them before the upload is completed.
 *
 * An answer may be lost behind a request that was done. A part that comes twice replaces itself. A
 * completion that comes twice may find the upload gone: the object is then written once more from
 * the start, with the same bytes. Of a creation that comes twice one upload stays open, as after a
 * kill: a rule of the bucket takes these.
 */
#include "base/base64.h"
#include "base/bytes.h"
#include "base/sha256.h"
#include "net/http.h"
#include "net/s3.h"
#include "net/s3_exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    USUAL_PART_BYTES = 64 << 20, /* 10,000 of them are 640 GB; some seconds of a usual line */
    PARTS_MOST = 10000,          /* Amazon S3, "Multipart upload limits" */
    STARTS = 2,
    UPLOAD_ID = 1024, /* Amazon's have some 130 characters */
    QUERY = 3 * UPLOAD_ID + 64,
};

static const double farewell_s = 5.0; /* for one try to take an upload back */

typedef struct upload {
    spx_s3 *s3;
    const char *url;
    const spx_s3_object *object;
    char id[3 * UPLOAD_ID]; /* as queries have it */
    spx_bytes parts;        /* the XML of those that are there */
    int is_gone;            /* the server knows the upload no more */
} upload;

/* A body and what says that it came whole. */
typedef struct checked_body {
    spx_http_put put;
    char hex[SPX_SHA256_HEX];
    spx_bytes sum; /* the same in base64, ends with a zero */
} checked_body;

static spx_status make_body(checked_body *out, const void *data, size_t size, spx_diag *diag)
{
    uint8_t raw[SPX_SHA256_BYTES];
    spx_sha256 hash;
    *out = (checked_body){ .put = { .data = data, .size = size } };
    spx_sha256_init(&hash);
    if (size != 0)
        spx_sha256_update(&hash, data, size);
    spx_sha256_finish(&hash, out->hex);
    for (size_t i = 0; i < sizeof(raw); i++) {
        const char pair[] = { out->hex[2 * i], out->hex[2 * i + 1], '\0' };
        raw[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    spx_base64_append(&out->sum, raw, sizeof(raw));
    spx_bytes_u8(&out->sum, 0);
    return spx_bytes_check(&out->sum, "s3", diag);
}

static spx_status put_whole(spx_s3 *s3, const char *url, const spx_s3_object *object,
                            spx_diag *diag)
{
    spx_s3_headers headers = { .list = { NULL } };
    spx_s3_exchange exchange = { .s3 = s3, .url = url };
    checked_body body;
    spx_status status = make_body(&body, object->data, object->size, diag);
    if (status == SPX_OK) {
        spx_http_request request = { .put = &body.put };
        spx_s3_header_add(&headers, "x-amz-content-sha256", body.hex);
        spx_s3_header_add(&headers, "x-amz-checksum-sha256", (const char *)body.sum.data);
        spx_s3_header_add(&headers, "content-type", object->content_type);
        status = spx_s3_exchange_run(&exchange, &request, &headers, diag);
    }
    spx_bytes_clear(&body.sum);
    return status;
}

/* ---- parts ---- */

/* A request of an upload: its query, and a body of its own. type: NULL = the body has none. */
static spx_status ask(upload *self, spx_s3_exchange *exchange, const spx_bytes *text,
                      const char *type, spx_diag *diag)
{
    spx_s3_headers headers = { .list = { NULL } };
    checked_body body;
    spx_status status = make_body(&body, text->data, text->size, diag);
    if (status == SPX_OK) {
        spx_http_request request = { .method = "POST", .put = &body.put };
        exchange->s3 = self->s3;
        exchange->url = self->url;
        spx_s3_header_add(&headers, "x-amz-content-sha256", body.hex);
        spx_s3_header_add(&headers, "content-type", type);
        if (text->size == 0)
            spx_s3_header_add(&headers, "x-amz-checksum-algorithm", "SHA256");
        status = spx_s3_exchange_run(exchange, &request, &headers, diag);
    }
    spx_bytes_clear(&body.sum);
    return status;
}

static spx_status create(upload *self, spx_diag *diag)
{
    static const spx_bytes nothing = { 0 };
    spx_bytes page = { 0 };
    spx_bytes escaped = { 0 };
    char id[UPLOAD_ID];
    spx_status status = SPX_OK;
    spx_s3_exchange exchange = { .query = "uploads=", .wanted = "<UploadId>", .page = &page };
    SPX_TRY_OUT(ask(self, &exchange, &nothing, self->object->content_type, diag));
    spx_s3_element(&page, "UploadId", id, sizeof(id));
    if (id[0] == '\0' || strlen(id) + 1 == sizeof(id)) {
        status = spx_fail(diag, SPX_ERR_REMOTE,
                          "%s: the server gave the upload no name that can be used", self->url);
        goto out;
    }
    spx_http_escape(&escaped, id, strlen(id), "");
    spx_bytes_u8(&escaped, 0);
    SPX_TRY_OUT(spx_bytes_check(&escaped, "s3", diag));
    (void)snprintf(self->id, sizeof(self->id), "%s", (const char *)escaped.data);
out:
    spx_bytes_clear(&escaped);
    spx_bytes_clear(&page);
    return status;
}

static void add_text(spx_bytes *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&') {
            spx_bytes_text(out, "&amp;");
        } else if (*text == '<') {
            spx_bytes_text(out, "&lt;");
        } else {
            spx_bytes_u8(out, (unsigned char)*text);
        }
    }
}

static void add_part(spx_bytes *out, unsigned number, const char *etag, const char *sum)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%u", number);
    spx_bytes_text(out, "<Part><ChecksumSHA256>");
    spx_bytes_text(out, sum);
    spx_bytes_text(out, "</ChecksumSHA256><ETag>");
    add_text(out, etag);
    spx_bytes_text(out, "</ETag><PartNumber>");
    spx_bytes_text(out, text);
    spx_bytes_text(out, "</PartNumber></Part>");
}

static int is_gone(const spx_s3_exchange *exchange)
{
    return strcmp(exchange->word, "NoSuchUpload") == 0;
}

/* number: from 1. */
static spx_status put_part(upload *self, unsigned number, const void *data, size_t size,
                           spx_diag *diag)
{
    char query[QUERY];
    spx_s3_headers headers = { .list = { NULL } };
    spx_s3_exchange exchange = { .s3 = self->s3, .url = self->url, .query = query };
    checked_body body;
    spx_status status = SPX_OK;
    (void)snprintf(query, sizeof(query), "partNumber=%u&uploadId=%s", number, self->id);
    SPX_TRY_OUT(make_body(&body, data, size, diag));
    spx_http_request request = { .put = &body.put };
    spx_s3_header_add(&headers, "x-amz-content-sha256", body.hex);
    spx_s3_header_add(&headers, "x-amz-checksum-sha256", (const char *)body.sum.data);
    SPX_TRY_OUT(spx_s3_exchange_run(&exchange, &request, &headers, diag));
    if (exchange.etag[0] == '\0') {
        status = spx_fail(diag, SPX_ERR_REMOTE, "%s: the server gave part %u no ETag", self->url,
                          number);
        goto out;
    }
    add_part(&self->parts, number, exchange.etag, (const char *)body.sum.data);
    status = spx_bytes_check(&self->parts, "s3", diag);
out:
    self->is_gone = is_gone(&exchange);
    spx_bytes_clear(&body.sum);
    return status;
}

static spx_status put_all_parts(upload *self, spx_diag *diag)
{
    const spx_s3_object *const object = self->object;
    const size_t most = spx_s3_part_bytes(object->size, object->part_bytes);
    unsigned number = 1;
    for (size_t at = 0; at < object->size; number++) {
        const size_t left = object->size - at;
        const size_t size = left < most ? left : most;
        SPX_TRY(put_part(self, number, (const uint8_t *)object->data + at, size, diag));
        at += size;
    }
    return SPX_OK;
}

static spx_status complete(upload *self, spx_diag *diag)
{
    char query[QUERY];
    spx_bytes text = { 0 };
    spx_s3_exchange exchange = { .query = query, .wanted = "CompleteMultipartUploadResult" };
    (void)snprintf(query, sizeof(query), "uploadId=%s", self->id);
    spx_bytes_text(&text,
                   "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    spx_bytes_append(&text, self->parts.data, self->parts.size);
    spx_bytes_text(&text, "</CompleteMultipartUpload>");
    spx_status status = spx_bytes_check(&text, "s3", diag);
    if (status == SPX_OK)
        status = ask(self, &exchange, &text, "application/xml", diag);
    self->is_gone = is_gone(&exchange);
    spx_bytes_clear(&text);
    return status;
}

/* Takes the parts away. Whoever was cancelled waits for this some seconds at most. */
static spx_status take_back(const upload *self, spx_diag *diag)
{
    char query[QUERY];
    spx_s3_headers headers = { .list = { NULL } };
    spx_s3_exchange exchange = { .s3 = self->s3, .url = self->url, .query = query };
    spx_http_request request = { .method = "DELETE", .farewell = 1, .within_s = farewell_s };
    (void)snprintf(query, sizeof(query), "uploadId=%s", self->id);
    spx_s3_header_add(&headers, "x-amz-content-sha256", SPX_S3_SUM_OF_NOTHING);
    const spx_status status = spx_s3_exchange_run(&exchange, &request, &headers, diag);
    return is_gone(&exchange) ? SPX_OK : status;
}

/* One upload from its creation to its end. */
static spx_status put_parts(upload *self, spx_diag *diag)
{
    spx_diag failure = { 0 };
    spx_diag left = { 0 };
    SPX_TRY(create(self, diag));
    spx_status status = put_all_parts(self, &failure);
    if (status == SPX_OK)
        status = complete(self, &failure);
    if (status == SPX_OK)
        return SPX_OK;
    if (self->is_gone || take_back(self, &left) == SPX_OK)
        return spx_fail(diag, status, "%s", failure.text);
    return spx_fail(diag, status, "%s; parts of it stay in the bucket: %s", failure.text,
                    left.text);
}

size_t spx_s3_part_bytes(size_t size, size_t wanted)
{
    const size_t least = size / PARTS_MOST + (size % PARTS_MOST != 0);
    const size_t usual = wanted != 0 ? wanted : USUAL_PART_BYTES;
    return usual > least ? usual : least;
}

spx_status spx_s3_put(spx_s3 *s3, const char *url, const spx_s3_object *object, spx_diag *diag)
{
    if (object->size <= spx_s3_part_bytes(object->size, object->part_bytes))
        return put_whole(s3, url, object, diag);
    spx_status status = SPX_OK;
    for (int starts = 0; starts < STARTS; starts++) {
        upload self = { .s3 = s3, .url = url, .object = object };
        spx_diag failure = { 0 };
        status = put_parts(&self, &failure);
        spx_bytes_clear(&self.parts);
        if (status == SPX_OK)
            return SPX_OK;
        if (!self.is_gone || starts + 1 == STARTS)
            return spx_fail(diag, status, "%s", failure.text);
    }
    return status;
}

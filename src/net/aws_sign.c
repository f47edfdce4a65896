#include "net/aws_sign.h"

#include "base/sha256.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    HEADERS = 12, /* of a request, with the host and the date */
    NAME = 64,
    DAY = 8,   /* "20260131" */
    TIME = 17, /* "20260131T123456Z" and its zero */
};

static const char algorithm[] = "AWS4-HMAC-SHA256";
static const char sum_name[] = "x-amz-content-sha256";

/* A header as it is signed: its name in lower case, its value without blanks around it. */
typedef struct header {
    char name[NAME];
    const char *value; /* does not end with a zero */
    size_t size;
} header;

/* In the order of their names. */
typedef struct header_list {
    header rows[HEADERS];
    size_t count;
} header_list;

/* The parts of a URL that the signature wants, borrowed from it. */
typedef struct url_parts {
    const char *host; /* with the port, unless it is the scheme's own */
    size_t host_size;
    const char *path;
    size_t path_size;  /* 0 = "/" */
    const char *query; /* to the end */
} url_parts;

static int read_url(url_parts *out, const char *url)
{
    const char *const colon = strstr(url, "://");
    if (colon == NULL)
        return 0;
    const char *const usual = strncmp(url, "https", 5) == 0 ? ":443" : ":80";
    out->host = colon + 3;
    out->path = out->host + strcspn(out->host, "/?#");
    out->host_size = (size_t)(out->path - out->host);
    const char *const user = memchr(out->host, '@', out->host_size);
    if (user != NULL) {
        out->host_size -= (size_t)(user + 1 - out->host);
        out->host = user + 1;
    }
    const size_t tail = strlen(usual);
    if (out->host_size > tail && memcmp(out->path - tail, usual, tail) == 0)
        out->host_size -= tail;
    out->path_size = strcspn(out->path, "?#");
    out->query = out->path + out->path_size;
    if (out->query[0] == '?')
        out->query++;
    return out->host_size != 0;
}

/* Puts a header where its name belongs. Returns 0 where there is no room for it. */
static int add_header(header_list *list, const char *name, size_t name_size, const char *value,
                      size_t size)
{
    header row = { .value = value, .size = size };
    if (list->count == HEADERS || name_size == 0 || name_size >= NAME)
        return 0;
    for (size_t i = 0; i < name_size; i++)
        row.name[i] = (char)tolower((unsigned char)name[i]);
    size_t at = list->count++;
    for (; at > 0 && strcmp(list->rows[at - 1].name, row.name) > 0; at--)
        list->rows[at] = list->rows[at - 1];
    list->rows[at] = row;
    return 1;
}

static int add_line(header_list *list, const char *line)
{
    const char *const colon = strchr(line, ':');
    if (colon == NULL)
        return 0;
    const char *value = colon + 1;
    value += strspn(value, " \t");
    size_t size = strlen(value);
    while (size != 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        size--;
    return add_header(list, line, (size_t)(colon - line), value, size);
}

/* Runs of blanks count as one. */
static void put_value(spx_bytes *out, const header *row)
{
    for (size_t i = 0; i < row->size; i++) {
        if (row->value[i] != ' ' || row->value[i - 1] != ' ')
            spx_bytes_u8(out, (unsigned char)row->value[i]);
    }
}

static void put_names(spx_bytes *out, const header_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (i != 0)
            spx_bytes_u8(out, ';');
        spx_bytes_text(out, list->rows[i].name);
    }
}

/* "Create a canonical request" */
static spx_status put_request(spx_bytes *out, const spx_aws_request *request, const url_parts *url,
                              const header_list *list, spx_diag *diag)
{
    const header *sum = NULL;
    spx_bytes_text(out, request->method);
    spx_bytes_u8(out, '\n');
    if (url->path_size == 0)
        spx_bytes_u8(out, '/');
    spx_bytes_append(out, url->path, url->path_size);
    spx_bytes_u8(out, '\n');
    spx_bytes_append(out, url->query, strcspn(url->query, "#"));
    spx_bytes_u8(out, '\n');
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->rows[i].name, sum_name) == 0)
            sum = &list->rows[i];
        spx_bytes_text(out, list->rows[i].name);
        spx_bytes_u8(out, ':');
        put_value(out, &list->rows[i]);
        spx_bytes_u8(out, '\n');
    }
    if (sum == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "s3: a request without %s cannot be signed",
                        sum_name);
    }
    spx_bytes_u8(out, '\n');
    put_names(out, list);
    spx_bytes_u8(out, '\n');
    put_value(out, sum);
    return spx_bytes_check(out, "s3", diag);
}

/* "DAY/REGION/s3/aws4_request", which ends with a zero */
static spx_status put_scope(spx_bytes *out, const char *when, const char *region, spx_diag *diag)
{
    spx_bytes_append(out, when, DAY);
    spx_bytes_u8(out, '/');
    spx_bytes_text(out, region);
    spx_bytes_text(out, "/s3/aws4_request");
    spx_bytes_u8(out, 0);
    return spx_bytes_check(out, "s3", diag);
}

/* "Create a string to sign" */
static spx_status put_text(spx_bytes *out, const char *when, const char *scope,
                           const spx_bytes *request, spx_diag *diag)
{
    char hex[SPX_SHA256_HEX];
    spx_sha256 hash;
    spx_sha256_init(&hash);
    spx_sha256_update(&hash, request->data, request->size);
    spx_sha256_finish(&hash, hex);
    const char *const lines[] = { algorithm, "\n", when, "\n", scope, "\n", hex };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        spx_bytes_text(out, lines[i]);
    return spx_bytes_check(out, "s3", diag);
}

/* "Calculate the signature": a key made of the secret, the day, the region and the service. */
static spx_status calculate(const spx_aws_identity *who, const char *day, const spx_bytes *text,
                            char hex[SPX_SHA256_HEX], spx_diag *diag)
{
    const char *const scope[] = { day, who->region, "s3", "aws4_request" };
    uint8_t key[SPX_SHA256_BYTES];
    spx_bytes first = { 0 };
    spx_bytes_text(&first, "AWS4");
    spx_bytes_text(&first, who->secret);
    const spx_status status = spx_bytes_check(&first, "s3", diag);
    if (status == SPX_OK) {
        spx_hmac_sha256_raw(first.data, first.size, scope[0], strlen(scope[0]), key);
        for (size_t i = 1; i < sizeof(scope) / sizeof(scope[0]); i++)
            spx_hmac_sha256_raw(key, sizeof(key), scope[i], strlen(scope[i]), key);
        spx_hmac_sha256(key, sizeof(key), text->data, text->size, hex);
        explicit_bzero(first.data, first.size);
        explicit_bzero(key, sizeof(key));
    }
    spx_bytes_clear(&first);
    return status;
}

/* The lines that are signed like all others. */
static spx_status put_own_lines(spx_aws_lines *out, const url_parts *url, const char *when,
                                spx_diag *diag)
{
    spx_bytes_text(&out->host, "Host: ");
    spx_bytes_append(&out->host, url->host, url->host_size);
    spx_bytes_u8(&out->host, 0);
    spx_bytes_text(&out->date, "X-Amz-Date: ");
    spx_bytes_text(&out->date, when);
    spx_bytes_u8(&out->date, 0);
    SPX_TRY(spx_bytes_check(&out->host, "s3", diag));
    return spx_bytes_check(&out->date, "s3", diag);
}

static spx_status collect(header_list *list, const spx_aws_request *request,
                          const spx_aws_lines *own, spx_diag *diag)
{
    int fits = add_line(list, (const char *)own->host.data) &&
               add_line(list, (const char *)own->date.data);
    for (const char *const *line = request->headers; fits && *line != NULL; line++)
        fits = add_line(list, *line);
    return fits ? SPX_OK
                : spx_fail(diag, SPX_ERR_ARGUMENT, "s3: the headers of a request cannot be signed");
}

static spx_status put_authorization(spx_aws_lines *out, const spx_aws_identity *who,
                                    const char *scope, const header_list *list, const char *hex,
                                    spx_diag *diag)
{
    spx_bytes *const line = &out->authorization;
    const char *const begin[] = {
        "Authorization: ", algorithm, " Credential=", who->key, "/", scope, ", SignedHeaders="
    };
    for (size_t i = 0; i < sizeof(begin) / sizeof(begin[0]); i++)
        spx_bytes_text(line, begin[i]);
    put_names(line, list);
    spx_bytes_text(line, ", Signature=");
    spx_bytes_text(line, hex);
    spx_bytes_u8(line, 0);
    return spx_bytes_check(line, "s3", diag);
}

spx_status spx_aws_sign(const spx_aws_identity *who, const spx_aws_request *request,
                        spx_aws_lines *out, spx_diag *diag)
{
    const time_t when_s = (time_t)request->when_s;
    struct tm broken = { 0 };
    char when[TIME] = "";
    char hex[SPX_SHA256_HEX];
    url_parts url = { 0 };
    header_list list = { .count = 0 };
    spx_bytes canonical = { 0 };
    spx_bytes scope = { 0 };
    spx_bytes text = { 0 };
    spx_status status = SPX_OK;
    if (!read_url(&url, request->url) || gmtime_r(&when_s, &broken) == NULL ||
        strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &broken) == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "s3: a request to nowhere cannot be signed");
    SPX_TRY(put_own_lines(out, &url, when, diag));
    SPX_TRY(collect(&list, request, out, diag));
    SPX_TRY_OUT(put_scope(&scope, when, who->region, diag));
    SPX_TRY_OUT(put_request(&canonical, request, &url, &list, diag));
    SPX_TRY_OUT(put_text(&text, when, (const char *)scope.data, &canonical, diag));
    when[DAY] = '\0';
    SPX_TRY_OUT(calculate(who, when, &text, hex, diag));
    SPX_TRY_OUT(put_authorization(out, who, (const char *)scope.data, &list, hex, diag));
out:
    spx_bytes_clear(&canonical);
    spx_bytes_clear(&scope);
    spx_bytes_clear(&text);
    return status;
}

void spx_aws_lines_clear(spx_aws_lines *lines)
{
    spx_bytes_clear(&lines->host);
    spx_bytes_clear(&lines->date);
    spx_bytes_clear(&lines->authorization);
}

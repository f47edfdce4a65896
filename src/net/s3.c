/*
 * A request's URL is the endpoint, the bucket and the key, escaped as the signature wants it: all
 * but letters, digits, "-._~" and the slashes of the key (AWS Signature Version 4, "Create a
 * canonical request"). net/aws_sign.h signs it.
 */
#include "net/s3.h"

#include "base/bytes.h"
#include "net/aws_sign.h"
#include "net/http.h"
#include "net/s3_exchange.h"
#include "net/s3_list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    SETTING = 512, /* an identity, a region, an endpoint */
    TOKEN = SPX_S3_TOKEN,
    BUCKET = 64,
    URL = 4096,
    PAGE_BYTES = 1 << 16, /* of an error that is kept */
    LIST_BYTES = 8 << 20, /* of a thousand keys, 1 KB each at most, and what is around them */
    QUIET_S = 30,
    TRIES = 5,
    FAREWELL_TRIES = 3, /* somebody waits for the program to end */
    FIRST_SUCCESS = 200,
    FIRST_REDIRECT = 300,
    TOO_MANY = 429,
    FIRST_SERVER_ERROR = 500,
};

static const char scheme[] = "s3://";
static const char usual_region[] = "us-east-1";

struct spx_s3 {
    spx_http *http;
    const spx_task *task;
    spx_s3_style style;
    char endpoint[SETTING]; /* empty = Amazon's */
    char region[SETTING];
    char key[SETTING]; /* empty = nobody's requests */
    char secret[SETTING];
    char token[TOKEN];
};

/* ---- settings ---- */

static void take(char *out, size_t size, const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    if (out[0] == '\0' && value != NULL)
        (void)snprintf(out, size, "%s", value);
}

/* The name before "=" and the value behind it, without blanks; 0 where a line has none. */
static int split(char *line, const char **name, const char **value)
{
    char *const equals = strchr(line, '=');
    if (equals == NULL)
        return 0;
    char *end = equals;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    *name = line + strspn(line, " \t");
    char *from = equals + 1;
    from += strspn(from, " \t");
    end = from + strlen(from);
    while (end > from && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    *value = from;
    return 1;
}

static void set(char *out, size_t size, const char *value)
{
    if (out[0] == '\0')
        (void)snprintf(out, size, "%s", value);
}

static void take_line(spx_s3 *s3, char *line)
{
    const char *name = NULL;
    const char *value = NULL;
    if (line[0] == '#' || !split(line, &name, &value))
        return;
    if (strcmp(name, "aws_access_key_id") == 0) {
        set(s3->key, sizeof(s3->key), value);
    } else if (strcmp(name, "aws_secret_access_key") == 0) {
        set(s3->secret, sizeof(s3->secret), value);
    } else if (strcmp(name, "aws_session_token") == 0) {
        set(s3->token, sizeof(s3->token), value);
    } else if (strcmp(name, "region") == 0) {
        set(s3->region, sizeof(s3->region), value);
    } else if (strcmp(name, "endpoint_url") == 0) {
        set(s3->endpoint, sizeof(s3->endpoint), value);
    }
}

/* The profile's lines: below "[NAME]" or "[profile NAME]". */
static void take_file(spx_s3 *s3, const char *path, const char *profile)
{
    FILE *const from = fopen(path, "re");
    char line[SPX_S3_LINE];
    int ours = 0;
    while (from != NULL && fgets(line, sizeof(line), from) != NULL) {
        if (line[0] != '[') {
            if (ours)
                take_line(s3, line);
            continue;
        }
        const char *name = line + 1;
        if (strncmp(name, "profile ", 8) == 0)
            name += 8;
        const size_t size = strcspn(name, "]");
        ours = size == strlen(profile) && strncmp(name, profile, size) == 0;
    }
    if (from != NULL)
        (void)fclose(from);
    explicit_bzero(line, sizeof(line));
}

static void take_files(spx_s3 *s3)
{
    static const struct {
        const char *variable;
        const char *usual; /* below the home */
    } files[] = { { "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials" },
                  { "AWS_CONFIG_FILE", "/.aws/config" } };
    char profile[SETTING] = "";
    char home[SETTING] = "";
    take(profile, sizeof(profile), "AWS_PROFILE");
    set(profile, sizeof(profile), "default");
    take(home, sizeof(home), "HOME");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[2 * SETTING] = "";
        take(path, sizeof(path), files[i].variable);
        if (path[0] == '\0' && home[0] != '\0')
            (void)snprintf(path, sizeof(path), "%s%s", home, files[i].usual);
        if (path[0] != '\0')
            take_file(s3, path, profile);
    }
}

static spx_status read_settings(spx_s3 *s3, const char *endpoint, spx_diag *diag)
{
    if (endpoint != NULL)
        (void)snprintf(s3->endpoint, sizeof(s3->endpoint), "%s", endpoint);
    take(s3->endpoint, sizeof(s3->endpoint), "AWS_ENDPOINT_URL_S3");
    take(s3->endpoint, sizeof(s3->endpoint), "AWS_ENDPOINT_URL");
    take(s3->region, sizeof(s3->region), "AWS_REGION");
    take(s3->region, sizeof(s3->region), "AWS_DEFAULT_REGION");
    take(s3->key, sizeof(s3->key), "AWS_ACCESS_KEY_ID");
    if (s3->key[0] != '\0') { /* the three belong together */
        take(s3->secret, sizeof(s3->secret), "AWS_SECRET_ACCESS_KEY");
        take(s3->token, sizeof(s3->token), "AWS_SESSION_TOKEN");
    }
    if (s3->key[0] == '\0' || s3->region[0] == '\0')
        take_files(s3);
    set(s3->region, sizeof(s3->region), usual_region);
    for (size_t size = strlen(s3->endpoint); size != 0 && s3->endpoint[size - 1] == '/'; size--)
        s3->endpoint[size - 1] = '\0';
    if (s3->key[0] != '\0' && s3->secret[0] == '\0') {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "s3: there is an access key without its secret: AWS_SECRET_ACCESS_KEY");
    }
    if (s3->endpoint[0] != '\0' && strncmp(s3->endpoint, "https://", 8) != 0 &&
        strncmp(s3->endpoint, "http://", 7) != 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "s3: the endpoint is no URL: %.200s", s3->endpoint);
    return SPX_OK;
}

spx_status spx_s3_open(spx_s3 **out, const char *endpoint, spx_s3_style style, const spx_task *task,
                       spx_diag *diag)
{
    *out = NULL;
    spx_s3 *const s3 = calloc(1, sizeof(*s3));
    if (s3 == NULL)
        return spx_fail_memory(diag, "s3");
    s3->style = style;
    s3->task = task;
    const spx_http_options options = { .task = task, .most_bytes = PAGE_BYTES, .says_all = 1 };
    spx_status status = read_settings(s3, endpoint, diag);
    if (status == SPX_OK)
        status = spx_http_open(&s3->http, &options, diag);
    if (status == SPX_OK) {
        *out = s3;
    } else {
        spx_s3_close(s3);
    }
    return status;
}

void spx_s3_close(spx_s3 *s3)
{
    if (s3 == NULL)
        return;
    spx_http_close(s3->http);
    explicit_bzero(s3, sizeof(*s3));
    free(s3);
}

/* ---- addresses ---- */

int spx_s3_is_url(const char *url)
{
    return strncasecmp(url, scheme, sizeof(scheme) - 1) == 0;
}

/* Letters, digits, dots and hyphens: nothing that could leave the host's name. */
static int is_bucket(const char *name, size_t size)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyz0123456789.-_ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return size >= 3 && size < BUCKET && strspn(name, allowed) >= size && name[0] != '.' &&
           name[0] != '-';
}

spx_status spx_s3_check(const char *url, int is_folder, spx_diag *diag)
{
    const char *const bucket = url + sizeof(scheme) - 1;
    const size_t size = spx_s3_is_url(url) ? strcspn(bucket, "/") : 0;
    if (!is_bucket(bucket, size))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%.300s: this is not s3://BUCKET/KEY", url);
    const char *const key = bucket + size;
    if (!is_folder && (key[0] == '\0' || key[1] == '\0' || key[strlen(key) - 1] == '/'))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%.300s: names no object", url);
    return strlen(url) < URL / 4 ? SPX_OK
                                 : spx_fail(diag, SPX_ERR_LIMIT, "%.100s...: is too long", url);
}

/* The request's URL, ending with a zero. */
static spx_status address(const spx_s3_exchange *self, spx_bytes *out, spx_diag *diag)
{
    const spx_s3 *const s3 = self->s3;
    char bucket[BUCKET] = "";
    char host[2 * SETTING] = "";
    SPX_TRY(spx_s3_check(self->url, self->of_bucket, diag));
    const char *const from = self->url + sizeof(scheme) - 1;
    const size_t size = strcspn(from, "/");
    memcpy(bucket, from, size);
    const int is_amazon = s3->endpoint[0] == '\0';
    if (is_amazon) {
        (void)snprintf(host, sizeof(host), "https://s3.%.100s.amazonaws.com", s3->region);
    } else {
        (void)snprintf(host, sizeof(host), "%s", s3->endpoint);
    }
    const int in_host =
        s3->style == SPX_S3_STYLE_HOST ||
        (s3->style == SPX_S3_STYLE_AUTO && is_amazon && strchr(bucket, '.') == NULL);
    const char *const name = strstr(host, "://") + 3;
    spx_bytes_append(out, host, (size_t)(name - host));
    if (in_host) {
        spx_bytes_text(out, bucket);
        spx_bytes_u8(out, '.');
    }
    spx_bytes_text(out, name);
    if (!in_host) {
        spx_bytes_u8(out, '/');
        spx_bytes_text(out, bucket);
    }
    if (!self->of_bucket) {
        spx_http_escape(out, from + size, strlen(from + size), "/");
    } else if (in_host) {
        spx_bytes_u8(out, '/');
    }
    if (self->query != NULL) {
        spx_bytes_u8(out, '?');
        spx_bytes_text(out, self->query);
    }
    spx_bytes_u8(out, 0);
    return spx_bytes_check(out, "s3", diag);
}

/* ---- requests ---- */

static spx_status on_begin(void *user, long code, uint64_t size)
{
    spx_s3_exchange *const self = user;
    (void)code;
    (void)size;
    self->failed = self->reader->begin(self->reader->user);
    return self->failed;
}

static spx_status on_receive(void *user, const void *bytes, size_t size)
{
    spx_s3_exchange *const self = user;
    self->failed = self->reader->receive(self->reader->user, bytes, size);
    return self->failed;
}

/* "Sat, 31 Jan 2026 12:34:56 GMT"; 0 = it is no time. */
static int64_t time_of(const char *text)
{
    struct tm broken = { 0 };
    return strptime(text, "%a, %d %b %Y %H:%M:%S", &broken) == NULL ? 0 : (int64_t)timegm(&broken);
}

/* Whether a header line is of that name ("etag:"); its value without blanks goes to `out`. */
static int take_header(const char *line, size_t size, const char *name, char *out, size_t most)
{
    const size_t skipped = strlen(name);
    if (size < skipped || strncasecmp(line, name, skipped) != 0)
        return 0;
    size_t from = skipped;
    while (from < size && isspace((unsigned char)line[from]))
        from++;
    while (size > from && isspace((unsigned char)line[size - 1]))
        size--;
    (void)snprintf(out, most, "%.*s", (int)(size - from), line + from);
    return 1;
}

/* "Last-Modified: Sat, 31 Jan 2026 12:34:56 GMT" */
static void on_header(void *user, const char *line, size_t size)
{
    spx_s3_exchange *const self = user;
    char value[64];
    (void)take_header(line, size, "etag:", self->etag, sizeof(self->etag));
    if (self->reader != NULL && self->reader->modified_s != NULL &&
        take_header(line, size, "last-modified:", value, sizeof(value)))
        *self->reader->modified_s = time_of(value);
}

void spx_s3_element(const spx_bytes *page, const char *name, char *out, size_t size)
{
    char open[32];
    (void)snprintf(open, sizeof(open), "<%s>", name);
    const char *const at = page->data == NULL ? NULL : strstr((const char *)page->data, open);
    const char *const text = at == NULL ? "" : at + strlen(open);
    (void)snprintf(out, size, "%.*s", (int)strcspn(text, "<\n\r"), text);
}

/* What a person can do about it. */
static const char *advice(const char *code)
{
    static const struct {
        const char *code;
        const char *text;
    } known[] = {
        { "NoSuchBucket", "there is no such bucket" },
        { "NoSuchKey", "there is no such object" },
        { "NoSuchUpload", "the upload has been taken away there" },
        { "EntityTooLarge", "objects that large are not taken there" },
        { "AccessDenied", "these credentials may not do that (or there are none)" },
        { "InvalidAccessKeyId", "the access key is not known there" },
        { "SignatureDoesNotMatch", "the secret key or the region is wrong" },
        { "ExpiredToken", "the credentials have expired" },
        { "RequestTimeTooSkewed", "this computer's clock is wrong" },
        { "PermanentRedirect", "the bucket is in another region: AWS_REGION" },
        { "AuthorizationHeaderMalformed", "the bucket is in another region: AWS_REGION" },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(code, known[i].code) == 0)
            return known[i].text;
    }
    return "the server refused";
}

static int is_success(long code)
{
    return code >= FIRST_SUCCESS && code < FIRST_REDIRECT;
}

static spx_status refused(spx_s3_exchange *self, const spx_http_answer *answer, spx_diag *diag)
{
    char message[200];
    const char *const word = self->word;
    spx_s3_element(&answer->body, "Code", self->word, sizeof(self->word));
    spx_s3_element(&answer->body, "Message", message, sizeof(message));
    const int is_missing = answer->code == 404;
    const int passes = is_success(answer->code) || answer->code >= FIRST_SERVER_ERROR;
    const spx_status status = is_missing ? SPX_ERR_NOT_FOUND
                              : passes   ? SPX_ERR_NETWORK
                                         : SPX_ERR_REMOTE;
    const char *said = advice(word);
    if (word[0] == '\0' && is_missing) {
        said = "is not there";
    } else if (word[0] == '\0' && is_success(answer->code)) {
        said = "the answer is not what was asked for";
    }
    return spx_fail(diag, status, "%s: %s (%ld%s%s%s%s)", self->url, said, answer->code,
                    word[0] == '\0' ? "" : " ", word, message[0] == '\0' ? "" : ": ", message);
}

/* Of a failure. A success's code: the failure stood in its body. */
static int may_pass(const spx_s3_exchange *self, spx_status status, long code)
{
    return code >= FIRST_SERVER_ERROR || code == TOO_MANY || is_success(code) ||
           (status == SPX_ERR_NETWORK && code == 0) || strcmp(self->word, "RequestTimeout") == 0;
}

/* S3 begins some answers with 200 before it knows how they end: only the body tells. */
static int is_done(const spx_s3_exchange *self, const spx_http_answer *answer)
{
    if (!is_success(answer->code) || self->wanted == NULL)
        return is_success(answer->code);
    const char *const body = (const char *)answer->body.data;
    return body != NULL && strstr(body, self->wanted) != NULL;
}

/* The request with the headers that every one has. */
static spx_status send(spx_s3_exchange *self, spx_http_request *request, spx_http_answer *answer,
                       spx_diag *diag)
{
    spx_s3 *const s3 = self->s3;
    const spx_aws_identity who = { .region = s3->region, .key = s3->key, .secret = s3->secret };
    request->signer = s3->key[0] == '\0' ? NULL : &who;
    const spx_status status = spx_http_send(s3->http, request, answer, diag);
    request->signer = NULL;
    return status;
}

/* One try; *again: whether another one may do better. */
static spx_status try_once(spx_s3_exchange *self, spx_http_request *request, int *again,
                           spx_diag *diag)
{
    spx_http_answer answer = { 0 };
    self->word[0] = '\0';
    self->etag[0] = '\0';
    spx_status status = send(self, request, &answer, diag);
    if (status == SPX_OK && !is_done(self, &answer))
        status = refused(self, &answer, diag);
    *again = status != SPX_OK && self->failed == SPX_OK && may_pass(self, status, answer.code);
    if (status == SPX_OK && self->page != NULL) {
        spx_bytes_clear(self->page);
        *self->page = answer.body; /* moved */
        answer.body = (spx_bytes){ 0 };
    }
    spx_http_answer_clear(&answer);
    return self->failed != SPX_OK ? self->failed : status;
}

static spx_status try_often(spx_s3_exchange *self, spx_http_request *request, spx_diag *diag)
{
    const unsigned most = request->farewell ? FAREWELL_TRIES : TRIES;
    for (unsigned tries = 0;; tries++) {
        spx_diag failure = { 0 };
        int again = 0;
        const spx_status status = try_once(self, request, &again, &failure);
        if (status == SPX_OK)
            return SPX_OK;
        if (!again || tries + 1 >= most)
            return spx_fail(diag, status, "%s", failure.text);
        SPX_TRY(spx_http_pause(request->farewell ? NULL : self->s3->task, tries, diag));
    }
}

void spx_s3_header_add(spx_s3_headers *headers, const char *name, const char *value)
{
    size_t at = 0;
    while (headers->list[at] != NULL)
        at++;
    (void)snprintf(headers->lines[at], sizeof(headers->lines[at]), "%s: %s", name, value);
    headers->list[at] = headers->lines[at];
}

spx_status spx_s3_exchange_run(spx_s3_exchange *self, spx_http_request *request,
                               spx_s3_headers *headers, spx_diag *diag)
{
    spx_bytes url = { 0 };
    spx_status status = SPX_OK;
    if (self->s3->token[0] != '\0')
        spx_s3_header_add(headers, "x-amz-security-token", self->s3->token);
    request->headers = headers->list;
    request->quiet_s = QUIET_S;
    request->header = on_header;
    request->user = self;
    SPX_TRY_OUT(address(self, &url, diag));
    request->url = (const char *)url.data;
    SPX_TRY_OUT(try_often(self, request, diag));
out:
    spx_bytes_clear(&url);
    explicit_bzero(headers, sizeof(*headers));
    return status;
}

spx_status spx_s3_get(spx_s3 *s3, const char *url, const spx_s3_reader *reader, spx_diag *diag)
{
    spx_s3_headers headers = { .list = { NULL } };
    spx_s3_exchange self = { .s3 = s3, .url = url, .reader = reader };
    spx_s3_header_add(&headers, "x-amz-content-sha256", SPX_S3_SUM_OF_NOTHING);
    spx_http_request request = { .begin = on_begin, .receive = on_receive };
    return spx_s3_exchange_run(&self, &request, &headers, diag);
}

spx_status spx_s3_delete(spx_s3 *s3, const char *url, spx_diag *diag)
{
    spx_s3_headers headers = { .list = { NULL } };
    spx_diag failure = { 0 };
    spx_s3_exchange self = { .s3 = s3, .url = url };
    spx_s3_header_add(&headers, "x-amz-content-sha256", SPX_S3_SUM_OF_NOTHING);
    spx_http_request request = { .method = "DELETE" };
    const spx_status status = spx_s3_exchange_run(&self, &request, &headers, &failure);
    if (status == SPX_OK ||
        (status == SPX_ERR_NOT_FOUND && strstr(failure.text, "NoSuchBucket") == NULL))
        return SPX_OK;
    return spx_fail(diag, status, "%s", failure.text);
}

/* ---- lists ---- */

static spx_status forget_page(void *user)
{
    spx_bytes *const page = user;
    page->size = 0;
    return SPX_OK;
}

static spx_status keep_page(void *user, const void *bytes, size_t size)
{
    spx_bytes *const page = user;
    if (page->size + size > LIST_BYTES)
        return SPX_ERR_LIMIT;
    spx_bytes_append(page, bytes, size);
    return page->failed ? SPX_ERR_NO_MEMORY : SPX_OK;
}

/* The query for the next page: names in their order, as the signature wants them. */
static spx_status list_query(const char *prefix, const char *last, spx_bytes *out, spx_diag *diag)
{
    out->size = 0;
    spx_bytes_text(out, "list-type=2&prefix=");
    spx_http_escape(out, prefix, strlen(prefix), "");
    if (last[0] != '\0') {
        spx_bytes_text(out, "&start-after=");
        spx_http_escape(out, last, strlen(last), "");
    }
    spx_bytes_u8(out, 0);
    return spx_bytes_check(out, "s3", diag);
}

static spx_status read_page(spx_s3 *s3, const char *url, const char *query, spx_bytes *page,
                            spx_diag *diag)
{
    const spx_s3_reader reader = { .begin = forget_page, .receive = keep_page, .user = page };
    spx_s3_headers headers = { .list = { NULL } };
    spx_s3_exchange self = {
        .s3 = s3, .url = url, .query = query, .of_bucket = 1, .reader = &reader
    };
    spx_http_request request = { .begin = on_begin, .receive = on_receive };
    spx_s3_header_add(&headers, "x-amz-content-sha256", SPX_S3_SUM_OF_NOTHING);
    page->size = 0;
    SPX_TRY(spx_s3_exchange_run(&self, &request, &headers, diag));
    return spx_bytes_check(page, "s3", diag);
}

spx_status spx_s3_list(spx_s3 *s3, const char *url,
                       spx_status (*tell)(void *user, const char *key, int64_t modified_s),
                       void *user, spx_diag *diag)
{
    spx_bytes query = { 0 };
    spx_bytes page = { 0 };
    spx_s3_place place = { .more = 1 };
    spx_status status = SPX_OK;
    SPX_TRY(spx_s3_check(url, 1, diag));
    const char *const bucket = url + sizeof(scheme) - 1;
    const size_t size = strcspn(bucket, "/");
    const char *const prefix = bucket[size] == '/' ? bucket + size + 1 : "";
    while (place.more) {
        SPX_TRY_OUT(list_query(prefix, place.last, &query, diag));
        SPX_TRY_OUT(read_page(s3, url, (const char *)query.data, &page, diag));
        SPX_TRY_OUT(spx_s3_list_read(&place, (const char *)page.data, page.size, tell, user, diag));
    }

out:
    spx_bytes_clear(&page);
    spx_bytes_clear(&query);
    return status;
}

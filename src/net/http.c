/*
 * One curl handle, driven by curl_multi_poll() from the caller's thread, so that a cancel flag, a
 * deadline and tick() are looked at while bytes come. The token is added only to requests whose
 * origin is in its scope. A redirect is read from the answer and judged before anything is sent
 * again.
 */
#include "net/http.h"

#include "base/clock.h"
#include "net/aws_sign.h"
#include "net/http_address.h"
#include "net/late_curl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_REDIRECTS = 5,
    POLL_MS = 50,
    PAUSE_US = 20000, /* between looks at the cancel flag */
    CONNECT_TIMEOUT_S = 20,
    FIRST_ERROR = 400,
    FIRST_REDIRECT = 300,
    FIRST_SUCCESS = 200,
    REDIRECT_AGAIN = 307, /* and 308: the same request again, body and all */
};

static const double tick_s = 1.0;

struct spx_http {
    CURLM *multi;
    CURLSH *cookies; /* shared by all transfers, also those within another one */
    int busy;        /* a transfer is under way on `multi` */
    spx_http_options options;
};

static const spx_http_carrier *carrier; /* NULL: this process speaks itself; filled once */

static int has_token(const spx_http *http)
{
    return http->options.token != NULL && http->options.token[0] != '\0';
}

/** A token goes into a header line: it must not be able to end it. */
static spx_status check_token(const char *token, spx_diag *diag)
{
    if (token == NULL)
        return SPX_OK;
    if (strlen(token) > SPX_HTTP_TOKEN_MAX) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the token is longer than %d characters",
                        SPX_HTTP_TOKEN_MAX);
    }
    const int basic = strchr(token, ':') != NULL; /* passwords may hold blanks */
    for (const char *at = token; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f || (*at == ' ' && !basic))
            return spx_fail(diag, SPX_ERR_ARGUMENT, "the token holds blanks or control characters");
    }
    return SPX_OK;
}

spx_status spx_http_open(spx_http **out, const spx_http_options *options, spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(check_token(options->token, diag));
    spx_http *const http = calloc(1, sizeof(*http));
    if (http == NULL)
        return spx_fail_memory(diag, "network");
    http->options = *options;
    if (carrier != NULL) {
        *out = http;
        return SPX_OK;
    }
    const spx_status status = spx_curl_start(diag);
    if (status != SPX_OK) {
        free(http);
        return status;
    }
    http->multi = curl_multi_init();
    http->cookies = curl_share_init();
    if (http->multi == NULL || http->cookies == NULL ||
        curl_share_setopt(http->cookies, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK) {
        spx_http_close(http);
        return spx_fail_memory(diag, "network");
    }
    *out = http;
    return SPX_OK;
}

void spx_http_close(spx_http *http)
{
    if (http == NULL)
        return;
    if (http->multi != NULL)
        (void)curl_multi_cleanup(http->multi);
    if (http->cookies != NULL)
        (void)curl_share_cleanup(http->cookies);
    free(http);
}

void spx_http_use_carrier(const spx_http_carrier *chosen)
{
    carrier = chosen;
}

int spx_http_has_login(const spx_http *http)
{
    if (carrier != NULL)
        return carrier->has_login;
    return http->options.token != NULL && strchr(http->options.token, ':') != NULL;
}

void spx_http_answer_clear(spx_http_answer *answer)
{
    spx_bytes_clear(&answer->body);
    *answer = (spx_http_answer){ 0 };
}

/* ---- one transfer ---- */

typedef struct transfer {
    spx_http *http;
    CURL *easy;
    CURLM *multi;
    const spx_http_request *request;
    spx_http_answer *answer;
    const char *shown; /* the URL as it may be told */
    double deadline_s; /* 0 = none */
    int has_begun;     /* the stream's first piece came */
    size_t given;      /* bytes of a PUT's body that have gone */
    spx_status status; /* of what the receiver or a limit said */
    spx_diag *diag;
    char error[CURL_ERROR_SIZE]; /* libcurl's words; empty = none */
} transfer;

static size_t take_header(char *line, size_t one, size_t count, void *user)
{
    transfer *const self = user;
    self->answer->is_reached = 1;
    if (self->request->header != NULL)
        self->request->header(self->request->user, line, one * count);
    return one * count;
}

static spx_status take_piece(transfer *self, long code, const void *bytes, size_t size)
{
    const spx_http_request *const request = self->request;
    if (!self->has_begun && request->begin != NULL) {
        curl_off_t length = 0;
        (void)curl_easy_getinfo(self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        SPX_TRY(request->begin(request->user, code, length > 0 ? (uint64_t)length : 0));
    }
    self->has_begun = 1;
    return request->receive(request->user, bytes, size);
}

static size_t take_bytes(char *bytes, size_t one, size_t count, void *user)
{
    transfer *const self = user;
    const size_t size = one * count;
    long code = 0;
    (void)curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &code);
    if (self->request->receive != NULL && code >= FIRST_SUCCESS && code < FIRST_REDIRECT) {
        self->status = take_piece(self, code, bytes, size);
        return self->status == SPX_OK ? size : 0;
    }
    const size_t own = self->request->most_bytes;
    const size_t all = self->http->options.most_bytes;
    const size_t most = own != 0 && own < all ? own : all;
    if (size > most - self->answer->body.size) {
        self->status = spx_fail(self->diag, SPX_ERR_LIMIT, "%s: the answer is over %zu bytes",
                                self->shown, most);
        return 0;
    }
    spx_bytes_append(&self->answer->body, bytes, size);
    self->status = spx_bytes_check(&self->answer->body, "answer", self->diag);
    return self->status == SPX_OK ? size : 0;
}

/** Appends "NAME: Bearer TOKEN"; the list stays whole without memory, the server then says 401. */
static struct curl_slist *add_token(struct curl_slist *headers, const char *name, const char *token)
{
    spx_bytes line = { 0 };
    spx_bytes_text(&line, name);
    spx_bytes_text(&line, ": Bearer ");
    spx_bytes_text(&line, token);
    spx_bytes_u8(&line, 0);
    struct curl_slist *const longer =
        line.failed ? NULL : curl_slist_append(headers, (const char *)line.data);
    spx_bytes_clear(&line);
    return longer == NULL ? headers : longer;
}

static struct curl_slist *headers_for(const transfer *self, const char *url)
{
    const char *const token = self->http->options.token;
    struct curl_slist *headers = NULL;
    if (self->request->signer == NULL) /* S3 may refuse before a large body is sent */
        headers = curl_slist_append(headers, "Expect:");
    if (self->request->json != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (self->request->is_event_stream)
        headers = curl_slist_append(headers, "Accept: text/event-stream");
    for (const char *const *line = self->request->headers; line != NULL && *line != NULL; line++)
        headers = curl_slist_append(headers, *line);
    if (!has_token(self->http) || !spx_http_scope_holds(&self->http->options.scope, url))
        return headers;
    if (strchr(token, ':') != NULL) {
        (void)curl_easy_setopt(self->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        (void)curl_easy_setopt(self->easy, CURLOPT_USERPWD, token);
        return headers;
    }
    headers = add_token(headers, "Authorization", token);
    /* Spaces before 2025 read the first, newer ones the second. */
    return self->http->options.scope.hugging_face ? add_token(headers, "X-HF-Authorization", token)
                                                  : headers;
}

static const char *method_of(const spx_http_request *request)
{
    if (request->method != NULL)
        return request->method;
    if (request->put != NULL)
        return "PUT";
    return request->json != NULL || request->login || request->part != NULL ? "POST" : "GET";
}

/** Adds what a signed request has besides its own headers: host, time and signature. */
static spx_status sign(const transfer *self, const char *url, struct curl_slist **headers)
{
    const spx_http_request *const request = self->request;
    spx_aws_lines lines = { 0 };
    const spx_aws_request signed_one = { .method = method_of(request),
                                         .url = url,
                                         .headers = request->headers,
                                         .when_s = (int64_t)time(NULL) };
    spx_status status = spx_aws_sign(request->signer, &signed_one, &lines, self->diag);
    if (status == SPX_OK) {
        const spx_bytes *const each[] = { &lines.host, &lines.date, &lines.authorization };
        for (size_t i = 0; status == SPX_OK && i < sizeof(each) / sizeof(each[0]); i++) {
            struct curl_slist *const longer =
                curl_slist_append(*headers, (const char *)each[i]->data);
            if (longer == NULL) {
                status = spx_fail_memory(self->diag, "network");
            } else {
                *headers = longer;
            }
        }
    }
    spx_aws_lines_clear(&lines);
    return status;
}

static curl_mime *body_of_parts(CURL *easy, const spx_http_part *part)
{
    if (part == NULL)
        return NULL;
    curl_mime *const mime = curl_mime_init(easy);
    curl_mimepart *const added = mime == NULL ? NULL : curl_mime_addpart(mime);
    if (added == NULL)
        return mime;
    (void)curl_mime_name(added, part->field);
    (void)curl_mime_filename(added, part->file_name);
    (void)curl_mime_type(added, part->content_type);
    (void)curl_mime_data(added, part->data, part->size);
    (void)curl_easy_setopt(easy, CURLOPT_MIMEPOST, mime);
    return mime;
}

/** "USER:PASSWORD" as a form; without memory none, and the server says 401. */
static void set_login(CURL *easy, const char *token)
{
    const char *const colon = strchr(token, ':');
    spx_bytes form = { 0 };
    if (colon == NULL)
        return;
    spx_http_form_add(&form, "username", token, (size_t)(colon - token));
    spx_http_form_add(&form, "password", colon + 1, strlen(colon + 1));
    spx_bytes_u8(&form, 0);
    if (!form.failed)
        (void)curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, (const char *)form.data);
    spx_bytes_clear(&form);
}

static size_t give_body(char *to, size_t one, size_t count, void *user)
{
    transfer *const self = user;
    const spx_http_put *const put = self->request->put;
    const size_t left = put->size - self->given;
    const size_t size = left < one * count ? left : one * count;
    if (size != 0)
        memcpy(to, (const char *)put->data + self->given, size);
    self->given += size;
    return size;
}

static void set_up_put(transfer *self)
{
    CURL *const easy = self->easy;
    self->given = 0;
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, self);
    (void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)self->request->put->size);
}

static void set_up(transfer *self, const char *url, struct curl_slist *headers)
{
    CURL *const easy = self->easy;
    const spx_http_request *const request = self->request;
    (void)curl_easy_setopt(easy, CURLOPT_SHARE, self->http->cookies);
    (void)curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, self);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, self->error);
    if (request->quiet_s != 0) {
        (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)request->quiet_s);
    }
    if (request->receive == NULL)
        (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    if (request->resume_at != 0) {
        char range[32];
        (void)snprintf(range, sizeof(range), "%" PRIu64 "-", request->resume_at);
        (void)curl_easy_setopt(easy, CURLOPT_RANGE, range);
    }
    if (request->signer != NULL) /* what was signed is asked for, also "a/../b" */
        (void)curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    if (request->put != NULL)
        set_up_put(self);
    if (request->method != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->json == NULL && request->login && has_token(self->http) &&
        spx_http_scope_holds(&self->http->options.scope, url))
        set_login(easy, self->http->options.token);
}

/** Drives the transfer, looking at the cancel flag and the deadline many times a second. */
static spx_status drive(const transfer *self, CURLcode *result)
{
    const spx_http_request *const request = self->request;
    double next_tick_s = spx_clock_s() + tick_s;
    int running = 1;
    *result = CURLE_OK;
    while (running != 0) {
        const double now_s = spx_clock_s();
        if (!request->farewell)
            SPX_TRY(spx_task_check(self->http->options.task, self->diag));
        if (self->deadline_s > 0.0 && now_s > self->deadline_s)
            return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: no answer in time", self->shown);
        if (request->tick != NULL && now_s > next_tick_s) {
            next_tick_s = now_s + tick_s;
            request->tick(request->user);
        }
        if (curl_multi_perform(self->multi, &running) != CURLM_OK ||
            (running != 0 && curl_multi_poll(self->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK))
            return spx_fail(self->diag, SPX_ERR_INTERNAL, "%s: libcurl failed", self->shown);
    }
    int left = 0;
    for (const CURLMsg *message = curl_multi_info_read(self->multi, &left); message != NULL;
         message = curl_multi_info_read(self->multi, &left)) {
        if (message->msg == CURLMSG_DONE)
            *result = message->data.result;
    }
    return SPX_OK;
}

/** What became of the transfer; ends the body with its zero. */
static spx_status conclude(const transfer *self, spx_status status, CURLcode result)
{
    if (status != SPX_OK)
        return status;
    if (self->status != SPX_OK)
        return self->status;
    if (result != CURLE_OK) {
        const int has_words = self->http->options.says_all && self->error[0] != '\0';
        return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: %s", self->shown,
                        has_words ? self->error : curl_easy_strerror(result));
    }
    spx_bytes_u8(&self->answer->body, 0);
    SPX_TRY(spx_bytes_check(&self->answer->body, "answer", self->diag));
    self->answer->body.size--;
    return SPX_OK;
}

/** Where a redirect leads, owned by the caller; NULL when the answer is none. */
static char *redirect_of(CURL *easy, long code)
{
    const char *target = NULL;
    if (code < FIRST_REDIRECT || code >= FIRST_ERROR)
        return NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &target);
    return target == NULL ? NULL : strdup(target);
}

/** *next: where the answer redirects to, NULL = nowhere; owned by the caller. */
static spx_status send_once(transfer *self, const char *url, char **next)
{
    CURLcode result = CURLE_OK;
    *next = NULL;
    self->easy = spx_curl_request(url, self->request->json);
    self->multi = self->http->busy ? curl_multi_init() : self->http->multi;
    if (self->easy == NULL || self->multi == NULL) {
        curl_easy_cleanup(self->easy);
        return spx_fail_memory(self->diag, "network");
    }
    const int was_busy = self->http->busy;
    self->http->busy = 1;
    self->answer->body.size = 0;
    self->error[0] = '\0';
    struct curl_slist *headers = headers_for(self, url);
    spx_status driven = self->request->signer == NULL ? SPX_OK : sign(self, url, &headers);
    set_up(self, url, headers);
    curl_mime *const mime = body_of_parts(self->easy, self->request->part);
    (void)curl_multi_add_handle(self->multi, self->easy);
    if (driven == SPX_OK)
        driven = drive(self, &result);
    (void)curl_multi_remove_handle(self->multi, self->easy);
    (void)curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &self->answer->code);
    const spx_status status = conclude(self, driven, result);
    if (status == SPX_OK)
        *next = redirect_of(self->easy, self->answer->code);
    curl_easy_cleanup(self->easy);
    curl_slist_free_all(headers);
    curl_mime_free(mime);
    if (was_busy)
        (void)curl_multi_cleanup(self->multi);
    self->http->busy = was_busy;
    return status;
}

static int has_body(const spx_http_request *request)
{
    return request->json != NULL || request->login || request->part != NULL ||
           request->put != NULL || request->method != NULL;
}

/** Whether a redirect may be followed. */
static spx_status check_redirect(const transfer *self, const char *from, const char *to)
{
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_show(shown, to);
    if (has_body(self->request) && self->answer->code < REDIRECT_AGAIN) {
        return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: moved to %s; use that address",
                        self->shown, shown);
    }
    if (has_token(self->http) && !spx_http_same_origin(from, to) &&
        !spx_http_scope_holds(&self->http->options.scope, to)) {
        return spx_fail(self->diag, SPX_ERR_NETWORK,
                        "%s: redirects to %s; not followed, because of the token", self->shown,
                        shown);
    }
    if (self->request->signer != NULL && !spx_http_same_origin(from, to)) {
        return spx_fail(self->diag, SPX_ERR_NETWORK,
                        "%s: redirects to %s; not followed, because of the signature", self->shown,
                        shown);
    }
    if (strncasecmp(from, "https:", 6) == 0 && strncasecmp(to, "https:", 6) != 0) {
        return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: redirects to %s, which is not encrypted",
                        self->shown, shown);
    }
    return SPX_OK;
}

static double earlier(double one, double other)
{
    return one <= 0.0 || (other > 0.0 && other < one) ? other : one;
}

static spx_status send_by_carrier(const spx_http *http, const spx_http_request *request,
                                  spx_http_answer *answer, spx_diag *diag)
{
    const double deadline_s = http->options.deadline_s;
    const double left_s = deadline_s > 0.0 ? deadline_s - spx_clock_s() : 0.0;
    if (deadline_s > 0.0 && left_s <= 0.0 && !request->farewell) {
        char shown[SPX_HTTP_SHOWN_SIZE];
        spx_http_show(shown, request->url);
        return spx_fail(diag, SPX_ERR_NETWORK, "%s: no answer in time", shown);
    }
    const spx_http_terms terms = { .most_bytes = http->options.most_bytes, .left_s = left_s };
    const spx_status status = carrier->send(carrier->user, request, &terms, answer, diag);
    if (status != SPX_OK)
        spx_http_answer_clear(answer);
    return status;
}

spx_status spx_http_send(spx_http *http, const spx_http_request *request, spx_http_answer *answer,
                         spx_diag *diag)
{
    if (carrier != NULL)
        return send_by_carrier(http, request, answer, diag);
    char shown[SPX_HTTP_SHOWN_SIZE];
    const double within_s = request->within_s > 0.0 ? spx_clock_s() + request->within_s : 0.0;
    transfer self = { .http = http,
                      .request = request,
                      .answer = answer,
                      .shown = shown,
                      .deadline_s = request->farewell ? within_s
                                                      : earlier(http->options.deadline_s, within_s),
                      .diag = diag };
    char *url = strdup(request->url);
    spx_status status = url == NULL ? spx_fail_memory(diag, "network") : SPX_OK;
    spx_http_show(shown, request->url);
    for (int hop = 0; status == SPX_OK; hop++) {
        char *next = NULL;
        status = send_once(&self, url, &next);
        if (next == NULL)
            break;
        status = hop < MOST_REDIRECTS
                     ? check_redirect(&self, url, next)
                     : spx_fail(diag, SPX_ERR_NETWORK, "%s: redirected too often", shown);
        free(url);
        url = next;
    }
    free(url);
    const int is_reached = answer->is_reached;
    if (status != SPX_OK)
        spx_http_answer_clear(answer);
    answer->is_reached = is_reached;
    return status;
}

spx_status spx_http_pause(const spx_task *task, unsigned tries, spx_diag *diag)
{
    static const double first_s = 0.2;
    const double until = spx_clock_s() + first_s * (double)(1U << tries);
    while (spx_clock_s() < until) {
        if (task != NULL)
            SPX_TRY(spx_task_check(task, diag));
        (void)usleep(PAUSE_US);
    }
    return SPX_OK;
}

void spx_http_escape(spx_bytes *out, const char *text, size_t size, const char *kept)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (size_t i = 0; i < size; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte != 0 && (strchr(plain, byte) != NULL || strchr(kept, byte) != NULL)) {
            spx_bytes_u8(out, byte);
        } else {
            const char escaped[] = { '%', digits[byte >> 4], digits[byte & 15] };
            spx_bytes_append(out, escaped, sizeof(escaped));
        }
    }
}

void spx_http_form_add(spx_bytes *form, const char *name, const char *value, size_t size)
{
    if (form->size != 0)
        spx_bytes_u8(form, '&');
    spx_bytes_text(form, name);
    spx_bytes_u8(form, '=');
    spx_http_escape(form, value, size, "");
}

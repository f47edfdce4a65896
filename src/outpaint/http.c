#include "outpaint/http.h"

#include "base/clock.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MOST_REDIRECTS = 5,
    POLL_MS = 100,
    CONNECT_TIMEOUT_S = 20,
    QUIET_TIMEOUT_S = 60, /* heartbeats of an event stream come every 15 s */
    HOST_SIZE = 256,
    HEADER_SIZE = 1024,
    FIRST_ERROR = 400,
    FIRST_REDIRECT = 300,
    FIRST_SUCCESS = 200,
};

struct spx_http {
    CURLM *multi;
    CURL *easy;
    spx_http_options options;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

spx_status spx_http_open(spx_http **out, const spx_http_options *options, spx_diag *diag)
{
    *out = NULL;
    (void)pthread_once(&curl_once, init_curl);
    spx_http *const http = calloc(1, sizeof(*http));
    if (http == NULL)
        return spx_fail_memory(diag, "network");
    http->options = *options;
    http->multi = curl_multi_init();
    http->easy = curl_easy_init();
    if (http->multi == NULL || http->easy == NULL) {
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
    if (http->easy != NULL)
        curl_easy_cleanup(http->easy);
    if (http->multi != NULL)
        (void)curl_multi_cleanup(http->multi);
    free(http);
}

void spx_http_answer_clear(spx_http_answer *answer)
{
    spx_bytes_clear(&answer->body);
    *answer = (spx_http_answer){ 0 };
}

/* The host of a URL in `host`, empty when the URL has none. */
static void host_of(const char *url, char host[HOST_SIZE])
{
    CURLU *const parsed = curl_url();
    char *part = NULL;
    host[0] = '\0';
    if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &part, 0) == CURLUE_OK)
        (void)snprintf(host, HOST_SIZE, "%s", part);
    curl_free(part);
    curl_url_cleanup(parsed);
}

/* Whether `host` is `domain` or lies below it. */
static int host_within(const char *host, const char *domain)
{
    const size_t size = strlen(host);
    const size_t tail = strlen(domain);
    if (size < tail || strcasecmp(host + size - tail, domain) != 0)
        return 0;
    return size == tail || host[size - tail - 1] == '.';
}

static int sends_token(const spx_http *http, const char *url)
{
    char host[HOST_SIZE];
    if (http->options.token == NULL || http->options.token[0] == '\0')
        return 0;
    host_of(url, host);
    return http->options.token_host == NULL || host_within(host, http->options.token_host) ||
           host_within(host, "huggingface.co");
}

/* One transfer: where its bytes go. */
typedef struct transfer {
    spx_http *http;
    const spx_http_request *request;
    spx_http_answer *answer;
    spx_status status; /* of what the receiver or a limit said */
    spx_diag *diag;
} transfer;

static size_t take_bytes(char *bytes, size_t one, size_t count, void *user)
{
    transfer *const self = user;
    const size_t size = one * count;
    long code = 0;
    (void)curl_easy_getinfo(self->http->easy, CURLINFO_RESPONSE_CODE, &code);
    if (self->request->receive != NULL && code >= FIRST_SUCCESS && code < FIRST_REDIRECT) {
        self->status = self->request->receive(self->request->user, bytes, size);
        return self->status == SPX_OK ? size : 0;
    }
    if (size > self->http->options.most_bytes - self->answer->body.size) {
        self->status = spx_fail(self->diag, SPX_ERR_LIMIT, "%s: the answer is over %zu bytes",
                                self->request->url, self->http->options.most_bytes);
        return 0;
    }
    spx_bytes_append(&self->answer->body, bytes, size);
    self->status = spx_bytes_check(&self->answer->body, self->request->url, self->diag);
    return self->status == SPX_OK ? size : 0;
}

static struct curl_slist *headers_for(const spx_http *http, const spx_http_request *request,
                                      const char *url)
{
    char line[HEADER_SIZE];
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (request->json != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (request->is_event_stream)
        headers = curl_slist_append(headers, "Accept: text/event-stream");
    if (sends_token(http, url)) {
        /* Servers before 2025 read the first, newer ones the second. */
        (void)snprintf(line, sizeof(line), "Authorization: Bearer %s", http->options.token);
        headers = curl_slist_append(headers, line);
        (void)snprintf(line, sizeof(line), "X-HF-Authorization: Bearer %s", http->options.token);
        headers = curl_slist_append(headers, line);
    }
    return headers;
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

static void set_up(transfer *self, const char *url, struct curl_slist *headers)
{
    CURL *const easy = self->http->easy;
    const spx_http_request *const request = self->request;
    const char *const body = request->json != NULL ? request->json : request->form;
    curl_easy_reset(easy); /* keeps connections and cookies */
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "spx");
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
    if (request->is_event_stream) {
        (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)QUIET_TIMEOUT_S);
    } else {
        (void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    }
    if (body != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    }
}

/* Drives the transfer, looking at the cancel flag and the deadline ten times a second. */
static spx_status drive(const transfer *self, CURLcode *result)
{
    const spx_http_options *const options = &self->http->options;
    int running = 1;
    *result = CURLE_OK;
    while (running != 0) {
        SPX_TRY(spx_task_check(options->task, self->diag));
        if (options->deadline_s > 0.0 && spx_clock_s() > options->deadline_s)
            return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: no answer in time",
                            self->request->url);
        if (curl_multi_perform(self->http->multi, &running) != CURLM_OK ||
            (running != 0 &&
             curl_multi_poll(self->http->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK))
            return spx_fail(self->diag, SPX_ERR_INTERNAL, "%s: libcurl failed", self->request->url);
    }
    int left = 0;
    for (const CURLMsg *message = curl_multi_info_read(self->http->multi, &left); message != NULL;
         message = curl_multi_info_read(self->http->multi, &left)) {
        if (message->msg == CURLMSG_DONE)
            *result = message->data.result;
    }
    return SPX_OK;
}

static spx_status send_once(transfer *self, const char *url)
{
    CURL *const easy = self->http->easy;
    CURLcode result = CURLE_OK;
    struct curl_slist *const headers = headers_for(self->http, self->request, url);
    self->answer->body.size = 0;
    set_up(self, url, headers);
    curl_mime *const mime = body_of_parts(easy, self->request->part);
    (void)curl_multi_add_handle(self->http->multi, easy);
    const spx_status status = drive(self, &result);
    (void)curl_multi_remove_handle(self->http->multi, easy);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &self->answer->code);
    curl_slist_free_all(headers);
    curl_mime_free(mime);
    if (status != SPX_OK)
        return status;
    if (self->status != SPX_OK)
        return self->status;
    if (result != CURLE_OK)
        return spx_fail(self->diag, SPX_ERR_NETWORK, "%s: %s", url, curl_easy_strerror(result));
    /* Text for those who parse it. */
    spx_bytes_u8(&self->answer->body, 0);
    SPX_TRY(spx_bytes_check(&self->answer->body, url, self->diag));
    self->answer->body.size--;
    return SPX_OK;
}

/* Where a redirect leads, owned by the caller; NULL when the answer is none. */
static char *redirect_of(const spx_http *http, const spx_http_answer *answer)
{
    const char *target = NULL;
    if (answer->code < FIRST_REDIRECT || answer->code >= FIRST_ERROR)
        return NULL;
    (void)curl_easy_getinfo(http->easy, CURLINFO_REDIRECT_URL, &target);
    return target == NULL ? NULL : strdup(target);
}

spx_status spx_http_send(spx_http *http, const spx_http_request *request, spx_http_answer *answer,
                         spx_diag *diag)
{
    transfer self = { .http = http, .request = request, .answer = answer, .diag = diag };
    char first_host[HOST_SIZE];
    char *url = strdup(request->url);
    spx_status status = url == NULL ? spx_fail_memory(diag, "network") : SPX_OK;
    host_of(request->url, first_host);
    for (int hop = 0; status == SPX_OK; hop++) {
        status = send_once(&self, url);
        char *const next = status == SPX_OK ? redirect_of(http, answer) : NULL;
        if (next == NULL)
            break;
        char host[HOST_SIZE];
        host_of(next, host);
        if (hop == MOST_REDIRECTS)
            status = spx_fail(diag, SPX_ERR_NETWORK, "%s: redirected too often", request->url);
        else if (http->options.token != NULL && strcasecmp(host, first_host) != 0)
            status = spx_fail(diag, SPX_ERR_NETWORK,
                              "%s: redirects to %s; not followed, because of the token",
                              request->url, host);
        free(url);
        url = next;
    }
    free(url);
    if (status != SPX_OK)
        spx_http_answer_clear(answer);
    return status;
}

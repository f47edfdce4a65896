#include "net/fetch.h"

#include "net/address.h"
#include "net/late_curl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    CONNECT_S = 10,
    STALLED_BYTES = 1000, /* a second, */
    STALLED_S = 30,       /* for so long */
    MS_PER_S = 1000,
    HTTP_PORT = 80,
    HTTPS_PORT = 443,
    FIRST_FREE_PORT = 1024,
    FIRST_SUCCESS = 200,
    FIRST_REDIRECT = 300,
};

typedef struct transfer {
    const spx_fetch *what;
    CURL *curl;
    uint64_t received;
    int refused;       /* an address was not public */
    spx_status status; /* of the receiver, or of a limit */
    spx_diag *diag;
} transfer;

/* A part of the URL that is there. */
static int has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    const int has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static long port_of(CURLU *url)
{
    char *text = NULL;
    const int has = curl_url_get(url, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) == CURLUE_OK;
    const long port = has ? strtol(text, NULL, 10) : 0;
    curl_free(text);
    return port;
}

/* Those below are other services', which a stranger might have us talk to. */
static int is_web_port(long port)
{
    return port == HTTP_PORT || port == HTTPS_PORT || port >= FIRST_FREE_PORT;
}

static const char *fault_of(CURLU *parsed, const char *url)
{
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) != CURLUE_OK ||
        !has_part(parsed, CURLUPART_HOST))
        return "this is no URL";
    if (has_part(parsed, CURLUPART_USER) || has_part(parsed, CURLUPART_PASSWORD))
        return "a URL with a user or password is not taken";
    if (!is_web_port(port_of(parsed)))
        return "this port is not one of web servers";
    return NULL;
}

spx_status spx_fetch_check(const char *url, spx_diag *diag)
{
    if (strlen(url) >= SPX_FETCH_URL_SIZE) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the URL is longer than %d bytes",
                        SPX_FETCH_URL_SIZE - 1);
    }
    if (strncasecmp(url, "http://", strlen("http://")) != 0 &&
        strncasecmp(url, "https://", strlen("https://")) != 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "only http and https URLs are taken");
    for (const char *at = url; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "this is no URL");
    }
    SPX_TRY(spx_curl_start(diag));
    CURLU *const parsed = curl_url();
    if (parsed == NULL)
        return spx_fail_memory(diag, "URL");
    const char *const fault = fault_of(parsed, url);
    curl_url_cleanup(parsed);
    return fault == NULL ? SPX_OK : spx_fail(diag, SPX_ERR_ARGUMENT, "%s", fault);
}

spx_status spx_fetch_start(spx_diag *diag)
{
    return spx_curl_start(diag);
}

/* The signature is libcurl's: what it will connect to, now. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    transfer *const self = user;
    (void)purpose;
    const int public = spx_address_is_public(&address->addr);
    if (!is_web_port(spx_address_port(&address->addr)) ||
        (self->what->reach != SPX_FETCH_ANYWHERE && !public)) {
        self->refused = 1;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *data, size_t one, size_t count, void *user)
{
    transfer *const self = user;
    const size_t size = one * count;
    long code = 0;
    if (size > self->what->most_bytes - self->received) {
        self->status =
            spx_fail(self->diag, SPX_ERR_LIMIT, "what is there is larger than %llu bytes",
                     (unsigned long long)self->what->most_bytes);
        return 0;
    }
    self->received += size;
    (void)curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &code);
    if (self->what->receive == NULL || code < FIRST_SUCCESS || code >= FIRST_REDIRECT)
        return size;
    self->status = self->what->receive(self->what->user, data, size, self->diag);
    return self->status == SPX_OK ? size : 0;
}

static int look_for_stop(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total,
                         curl_off_t up_now)
{
    const transfer *const self = user;
    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    if (self->what->unwanted != NULL && self->what->unwanted(self->what->user))
        return 1;
    return self->what->stop != NULL && atomic_load(self->what->stop) != 0;
}

static void set_limits(transfer *self)
{
    CURL *const curl = self->curl;
    const spx_fetch *const what = self->what;
    const int secure = strncasecmp(what->url, "https:", strlen("https:")) == 0;
    (void)curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, what->redirects != 0 ? 1L : 0L);
    (void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)what->redirects);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(what->within_s * MS_PER_S));
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALLED_BYTES);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
    (void)curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)what->most_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, self);
    /* A proxy would look up names by itself, and reach what it likes. */
    if (what->reach != SPX_FETCH_ANYWHERE)
        (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static void set_up(transfer *self, struct curl_slist *headers)
{
    CURL *const curl = self->curl;
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, self);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, self);
    set_limits(self);
}

/* libcurl's own words may hold addresses; these do not. */
static spx_status conclude(const transfer *self, CURLcode result)
{
    if (self->status != SPX_OK)
        return self->status;
    switch (result) {
    case CURLE_OK:
        return SPX_OK;
    case CURLE_ABORTED_BY_CALLBACK:
        return spx_fail(self->diag, SPX_ERR_CANCELLED, "stopped");
    case CURLE_FILESIZE_EXCEEDED:
        return spx_fail(self->diag, SPX_ERR_LIMIT, "what is there is larger than %llu bytes",
                        (unsigned long long)self->what->most_bytes);
    case CURLE_OPERATION_TIMEDOUT:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "no whole answer in time");
    case CURLE_TOO_MANY_REDIRECTS:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "redirected too often");
    case CURLE_UNSUPPORTED_PROTOCOL:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "redirected to something that is not taken");
    case CURLE_COULDNT_RESOLVE_HOST:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "no such host");
    case CURLE_COULDNT_CONNECT:
        return spx_fail(self->diag, SPX_ERR_NETWORK,
                        self->refused ? "its address or port is not one that is asked"
                                      : "it cannot be reached");
    case CURLE_PEER_FAILED_VERIFICATION:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "its certificate is not good");
    default:
        return spx_fail(self->diag, SPX_ERR_NETWORK, "the transfer broke");
    }
}

spx_status spx_fetch_run(const spx_fetch *what, long *code, spx_diag *diag)
{
    transfer self = { .what = what, .diag = diag };
    struct curl_slist *headers = NULL;
    *code = 0;
    SPX_TRY(spx_fetch_check(what->url, diag));
    self.curl = spx_curl_request(what->url, what->body);
    if (self.curl == NULL)
        return spx_fail_memory(diag, "network");
    for (size_t i = 0; what->headers != NULL && what->headers[i] != NULL; i++) {
        struct curl_slist *const longer = curl_slist_append(headers, what->headers[i]);
        headers = longer == NULL ? headers : longer;
    }
    set_up(&self, headers);
    const CURLcode result = curl_easy_perform(self.curl);
    (void)curl_easy_getinfo(self.curl, CURLINFO_RESPONSE_CODE, code);
    curl_easy_cleanup(self.curl);
    curl_slist_free_all(headers);
    return conclude(&self, result);
}

#include "net/http_address.h"

#include "net/late_curl.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HOST_SIZE = 256, SCHEME_SIZE = 16, PORT_SIZE = 8 };

typedef struct address {
    char scheme[SCHEME_SIZE];
    char host[HOST_SIZE];
    char port[PORT_SIZE];
} address;

static int take(CURLU *url, CURLUPart part, unsigned flags, char *out, size_t size)
{
    char *text = NULL;
    const int got = curl_url_get(url, part, &text, flags) == CURLUE_OK && strlen(text) < size;
    if (got)
        (void)snprintf(out, size, "%s", text);
    curl_free(text);
    return got;
}

static int read_address(address *out, const char *url)
{
    if (spx_late_curl_open(NULL) != SPX_OK)
        return 0;
    CURLU *const parsed = curl_url();
    const int good = parsed != NULL && url != NULL &&
                     curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                     take(parsed, CURLUPART_SCHEME, 0, out->scheme, SCHEME_SIZE) &&
                     take(parsed, CURLUPART_HOST, 0, out->host, HOST_SIZE) &&
                     take(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, out->port, PORT_SIZE);
    curl_url_cleanup(parsed);
    return good;
}

int spx_http_same_origin(const char *url, const char *other)
{
    address one;
    address two;
    return read_address(&one, url) && read_address(&two, other) &&
           strcasecmp(one.scheme, two.scheme) == 0 && strcasecmp(one.host, two.host) == 0 &&
           strcmp(one.port, two.port) == 0;
}

/** Whether `host` is `domain` or lies below it. */
static int host_within(const char *host, const char *domain)
{
    const size_t size = strlen(host);
    const size_t tail = strlen(domain);
    if (size < tail || strcasecmp(host + size - tail, domain) != 0)
        return 0;
    return size == tail || host[size - tail - 1] == '.';
}

int spx_http_at_hugging_face(const char *url)
{
    address at;
    return read_address(&at, url) && strcasecmp(at.scheme, "https") == 0 &&
           (host_within(at.host, "hf.space") || host_within(at.host, "huggingface.co"));
}

int spx_http_scope_holds(const spx_http_scope *scope, const char *url)
{
    for (size_t i = 0; i < SPX_HTTP_ORIGINS; i++) {
        if (scope->origins[i] != NULL && spx_http_same_origin(scope->origins[i], url))
            return 1;
    }
    return scope->hugging_face && spx_http_at_hugging_face(url);
}

void spx_http_show(char out[SPX_HTTP_SHOWN_SIZE], const char *url)
{
    const char *const scheme = strstr(url, "://");
    const char *const start = scheme == NULL ? url : scheme + strlen("://");
    const size_t host_size = strcspn(start, "/?#");
    const char *host = start;
    for (const char *at = start; at < start + host_size; at++) {
        if (*at == '@')
            host = at + 1;
    }
    const int path_size = (int)strcspn(host, "?#");
    (void)snprintf(out, SPX_HTTP_SHOWN_SIZE, "%.*s%.*s", (int)(start - url), url, path_size, host);
    for (char *at = out; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
}

#include "net/late_curl.h"

#include "spx/spx.h"

#include <string.h>

SPX_LATE_DEFINE(curl, SPX_LATE_CURL, "network", SPX_SONAME_CURL);
SPX_LATE_NOTE(curl, SPX_SONAME_CURL, "fetches models, asks remote engines", "recommended");

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

spx_status spx_curl_start(spx_diag *diag)
{
    SPX_TRY(spx_late_curl_open(diag));
    (void)pthread_once(&started, start);
    return SPX_OK;
}

CURL *spx_curl_request(const char *url, const char *body)
{
    CURL *const curl = curl_easy_init();
    if (curl == NULL)
        return NULL;
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "spx/" SPX_VERSION_TEXT);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    if (body != NULL) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    return curl;
}

#include "net/late_curl.h"

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

#include "outpaint/late_curl.h"

SPX_LATE_DEFINE(curl, SPX_LATE_CURL, "network", SPX_SONAME_CURL);
SPX_LATE_NOTE(curl, SPX_SONAME_CURL, "fetches models, asks remote engines", "recommended");

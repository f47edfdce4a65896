#ifndef SPX_NET_HTTP_ADDRESS_H
#define SPX_NET_HTTP_ADDRESS_H

#include "net/http.h"

/** Whether a server may see the token. A URL that cannot be read is never within. */
int spx_http_scope_holds(const spx_http_scope *scope, const char *url);

#endif

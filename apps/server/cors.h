#ifndef SPX_SERVER_CORS_H
#define SPX_SERVER_CORS_H

#include "server/exchange.h"

/** 1 when a text is an origin, "https://example.com" or "http://localhost:3000", or "*". */
int spx_cors_is_origin(const char *text);
/** Sets exchange->origin when another site's page asks that may, and exchange->preflight when its
 * browser asks first. */
void spx_cors_look(spx_exchange *exchange, const char *method);
/** Tells the browser that its page may read the answer. */
void spx_cors_add_headers(const spx_exchange *exchange, struct MHD_Response *response);
/** The answer to a preflight: 204 and what may be asked. */
spx_answer spx_cors_reply_preflight(spx_exchange *exchange);

#endif

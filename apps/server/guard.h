#ifndef SPX_SERVER_GUARD_H
#define SPX_SERVER_GUARD_H

#include "server/exchange.h"

/** Sessions that gave the token. In memory: a restarted server asks for the token again. */
SPX_NODISCARD spx_status spx_logins_create(spx_logins **out, spx_diag *diag);
void spx_logins_destroy(spx_logins *logins); /* NULL is fine */
/** Makes a new session; out is its cookie. name: whose key it was, "" = the token's. The oldest of
 * many is forgotten. */
SPX_NODISCARD spx_status spx_logins_add(spx_logins *logins, const char *name, char out[SPX_ID_SIZE],
                                        spx_diag *diag);
void spx_logins_remove(spx_logins *logins, const char *id);
int spx_logins_has(spx_logins *logins, const char *id, char name[SPX_KEY_NAME_SIZE]);

/** Whether a token or key is wanted. */
int spx_guard_is_closed(const spx_context *context);
/** Whether a text is the token, or a key: then *key says whose. */
int spx_guard_knows(const spx_context *context, const char *given, spx_key *key);

/** Who asks: sets client, owner, authorized, https, and set_cookie where the route wants it. */
void spx_guard_identify(spx_exchange *exchange);
/** Refuses what must not go on: wrong host, another site, no token, no room, too large. */
void spx_guard_check(spx_exchange *exchange, const char *method);
/** The session cookie when it has the form of one; NULL without. */
const char *spx_guard_cookie(const spx_exchange *exchange);

#endif

/*
 * Before a handler sees a request: who asks (token, cookie, address behind a proxy), whether a
 * page of another site sent it, whether its body is allowed to be as long as it says, and whether
 * the server has room. Each refusal is one answer with its reason.
 */
#include "server/guard.h"

#include "base/clock.h"
#include "server/http_text.h"
#include "server/route.h"
#include "server/submit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOGINS_MAX = 4096, FORM_EXTRA_BYTES = 65536 };

/* All holders of the token share their jobs. */
static const char token_owner[] = "token";

struct spx_logins {
    pthread_mutex_t lock; /* guards the rest */
    size_t next;
    char ids[LOGINS_MAX][SPX_ID_SIZE];
    char names[LOGINS_MAX][SPX_KEY_NAME_SIZE]; /* whose key it was; empty = the token */
};

spx_status spx_logins_create(spx_logins **out, spx_diag *diag)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return spx_fail_memory(diag, "sessions");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    return SPX_OK;
}

void spx_logins_destroy(spx_logins *logins)
{
    if (logins == NULL)
        return;
    (void)pthread_mutex_destroy(&logins->lock);
    free(logins);
}

spx_status spx_logins_add(spx_logins *logins, const char *name, char out[SPX_ID_SIZE],
                          spx_diag *diag)
{
    SPX_TRY(spx_id_make(out, diag));
    (void)pthread_mutex_lock(&logins->lock);
    memcpy(logins->ids[logins->next], out, SPX_ID_SIZE);
    (void)snprintf(logins->names[logins->next], SPX_KEY_NAME_SIZE, "%s", name);
    logins->next = (logins->next + 1) % LOGINS_MAX;
    (void)pthread_mutex_unlock(&logins->lock);
    return SPX_OK;
}

static size_t find_login(const spx_logins *logins, const char *id)
{
    size_t at = 0;
    while (at < LOGINS_MAX && strcmp(logins->ids[at], id) != 0)
        at++;
    return at;
}

void spx_logins_remove(spx_logins *logins, const char *id)
{
    (void)pthread_mutex_lock(&logins->lock);
    const size_t at = find_login(logins, id);
    if (at < LOGINS_MAX)
        logins->ids[at][0] = '\0';
    (void)pthread_mutex_unlock(&logins->lock);
}

int spx_logins_has(spx_logins *logins, const char *id, char name[SPX_KEY_NAME_SIZE])
{
    (void)pthread_mutex_lock(&logins->lock);
    const size_t at = id[0] == '\0' ? LOGINS_MAX : find_login(logins, id);
    if (at < LOGINS_MAX)
        memcpy(name, logins->names[at], SPX_KEY_NAME_SIZE);
    (void)pthread_mutex_unlock(&logins->lock);
    return at < LOGINS_MAX;
}

const char *spx_guard_cookie(const spx_exchange *exchange)
{
    if (exchange->origin != NULL) /* another site's page: not its cookie */
        return NULL;
    const char *const cookie =
        MHD_lookup_connection_value(exchange->connection, MHD_COOKIE_KIND, "spx_session");
    return cookie != NULL && spx_id_valid(cookie) ? cookie : NULL;
}

static void read_forwarded(spx_exchange *exchange)
{
    const char *const list = spx_exchange_header(exchange, "X-Forwarded-For");
    const char *const protocol = spx_exchange_header(exchange, "X-Forwarded-Proto");
    exchange->https = protocol != NULL && strcasecmp(protocol, "https") == 0;
    if (list != NULL)
        spx_client_of_list(exchange->client, sizeof(exchange->client), list);
}

static void read_client(spx_exchange *exchange)
{
    const union MHD_ConnectionInfo *const info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL)
        return;
    if (info->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, info->client_addr, sizeof(ipv6));
        spx_client_of_ipv6(exchange->client, sizeof(exchange->client), &ipv6.sin6_addr);
    } else {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, info->client_addr, sizeof(ipv4));
        (void)inet_ntop(AF_INET, &ipv4.sin_addr, exchange->client, sizeof(exchange->client));
    }
}

int spx_guard_knows(const spx_context *context, const char *given, spx_key *key)
{
    *key = (spx_key){ .name = "" };
    return (context->token != NULL && spx_secret_equal(context->token, given)) ||
           (context->keys != NULL && spx_keys_find(context->keys, given, key));
}

int spx_guard_is_closed(const spx_context *context)
{
    return context->token != NULL || context->keys != NULL;
}

static int has_token(spx_exchange *exchange)
{
    static const char scheme[] = "Bearer ";
    const spx_context *const context = exchange->context;
    const char *const header = spx_exchange_header(exchange, MHD_HTTP_HEADER_AUTHORIZATION);
    if (header != NULL && strncasecmp(header, scheme, sizeof(scheme) - 1) == 0)
        return spx_guard_knows(context, header + sizeof(scheme) - 1, &exchange->key);
    char name[SPX_KEY_NAME_SIZE] = "";
    const char *const cookie = spx_guard_cookie(exchange);
    if (cookie == NULL || !spx_logins_has(context->logins, cookie, name))
        return 0;
    return name[0] == '\0' ||
           (context->keys != NULL && spx_keys_named(context->keys, name, &exchange->key));
}

/* All holders of a key count as one client, wherever they are. */
static void take_key(spx_exchange *exchange)
{
    const spx_key *const key = &exchange->key;
    if (key->name[0] == '\0') {
        memcpy(exchange->owner, token_owner, sizeof(token_owner));
        return;
    }
    (void)snprintf(exchange->owner, sizeof(exchange->owner), "key:%s", key->name);
    (void)snprintf(exchange->client, sizeof(exchange->client), "key:%s", key->name);
    if (exchange->route != NULL && (exchange->route->flags & SPX_ROUTE_PUBLIC) == 0)
        spx_keys_spend(exchange->context->keys, key->name, spx_clock_s(), &exchange->rate);
}

void spx_guard_identify(spx_exchange *exchange)
{
    const spx_context *const context = exchange->context;
    read_client(exchange);
    if (context->options.trust_proxy)
        read_forwarded(exchange);
    if (spx_guard_is_closed(context)) {
        exchange->authorized = has_token(exchange);
        if (exchange->authorized)
            take_key(exchange);
        return;
    }
    exchange->authorized = 1;
    const char *const cookie = spx_guard_cookie(exchange);
    if (cookie != NULL) {
        memcpy(exchange->owner, cookie, SPX_ID_SIZE);
    } else if (exchange->origin == NULL && exchange->route != NULL &&
               (exchange->route->flags & SPX_ROUTE_SESSION) != 0) {
        exchange->set_cookie = spx_id_make(exchange->owner, NULL) == SPX_OK;
    }
}

/* Browsers say which site a request comes from; programs say nothing. */
static int from_another_site(const spx_exchange *exchange)
{
    const char *const origin = spx_exchange_header(exchange, "Origin");
    const char *const forwarded = exchange->context->options.trust_proxy
                                      ? spx_exchange_header(exchange, "X-Forwarded-Host")
                                      : NULL;
    const char *const host =
        forwarded != NULL ? forwarded : spx_exchange_header(exchange, MHD_HTTP_HEADER_HOST);
    const char *const site = spx_exchange_header(exchange, "Sec-Fetch-Site");
    if (site != NULL && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0)
        return 1;
    return origin != NULL && (host == NULL || !spx_origin_is_host(origin, host));
}

static uint64_t declared_bytes(const spx_exchange *exchange)
{
    const char *const header = spx_exchange_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return header == NULL ? 0 : strtoull(header, NULL, 10);
}

static void check_room(spx_exchange *exchange)
{
    spx_store_room room = SPX_ROOM_FREE;
    spx_diag diag = { 0 };
    const spx_allowance allowed = spx_submit_allowance(exchange);
    if (spx_jobs_room_for(exchange->context->jobs, exchange->client, &allowed, &room, &diag) !=
        SPX_OK) {
        spx_exchange_refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
                            "the job database does not answer");
    } else if (room != SPX_ROOM_FREE) {
        spx_submit_refuse_room(exchange, room);
    }
}

/* A body that is the photo itself; the reference knows forms alone. */
static int is_photo_type(const spx_exchange *exchange, const char *type)
{
    return type != NULL && (exchange->route->flags & SPX_ROUTE_REFERENCE) == 0 &&
           (strncasecmp(type, "image/", strlen("image/")) == 0 ||
            strncasecmp(type, "application/octet-stream", strlen("application/octet-stream")) == 0);
}

/* A form without a file, for a photo that is fetched. */
static int is_plain_form(const spx_exchange *exchange, const char *type)
{
    static const char plain[] = "application/x-www-form-urlencoded";
    return exchange->route->body == SPX_BODY_PHOTO && exchange->context->fetcher != NULL &&
           (exchange->route->flags & SPX_ROUTE_REFERENCE) == 0 &&
           strncasecmp(type, plain, sizeof(plain) - 1) == 0;
}

static void check_body(spx_exchange *exchange)
{
    const spx_body_kind kind = exchange->route->body;
    const uint64_t most = kind == SPX_BODY_PHOTO
                              ? exchange->context->options.upload_bytes + FORM_EXTRA_BYTES
                              : SPX_BODY_MAX;
    const char *const type = spx_exchange_header(exchange, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *const wanted = kind == SPX_BODY_PHOTO ? "multipart/form-data" : "application/json";
    if (declared_bytes(exchange) > most) {
        spx_exchange_refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too_large",
                            "the request is larger than this server takes");
    }
    if (kind == SPX_BODY_NONE)
        return;
    exchange->raw = kind == SPX_BODY_PHOTO && is_photo_type(exchange, type);
    if (exchange->raw) {
        check_room(exchange);
        return;
    }
    if (type == NULL ||
        (strncasecmp(type, wanted, strlen(wanted)) != 0 && !is_plain_form(exchange, type))) {
        char text[96];
        const int reference = (exchange->route->flags & SPX_ROUTE_REFERENCE) != 0;
        (void)snprintf(text, sizeof(text), "the request's Content-Type must be %s", wanted);
        spx_exchange_refuse(
            exchange, reference ? MHD_HTTP_UNPROCESSABLE_CONTENT : MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
            "unsupported_type", text);
    }
    if (kind == SPX_BODY_PHOTO)
        check_room(exchange);
}

/* How often a request has the headers that say where it ends and whom it is for. */
typedef struct framing {
    int lengths;
    int codings;
    int hosts;
    int odd_names;
} framing;

/* The signature is libmicrohttpd's. */
static enum MHD_Result count_header(void *user, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    framing *const self = user;
    (void)kind;
    (void)value;
    self->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    self->codings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
    self->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    self->odd_names += strpbrk(name, " \t") != NULL;
    return MHD_YES;
}

/* What a proxy and libmicrohttpd could read as requests of different length lets one client speak
 * for another (RFC 9112, 6.3 and 11.2). */
static int is_ambiguous(const spx_exchange *exchange)
{
    framing seen = { 0 };
    (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, count_header, &seen);
    return seen.lengths + seen.codings > 1 || seen.hosts > 1 || seen.odd_names != 0;
}

void spx_guard_check(spx_exchange *exchange, const char *method)
{
    const spx_context *const context = exchange->context;
    if (is_ambiguous(exchange)) {
        exchange->hang_up = 1;
        spx_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                            "the request's headers contradict each other");
    }
    const char *const host = spx_exchange_header(exchange, MHD_HTTP_HEADER_HOST);
    const int reads =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    /* A stranger's name for 127.0.0.1 would let his pages into this server (DNS rebinding). */
    if (context->local && !context->options.trust_proxy &&
        (host == NULL ? !reads : !spx_host_is_local(host))) {
        spx_exchange_refuse(exchange, MHD_HTTP_MISDIRECTED_REQUEST, "wrong_host",
                            "this server only answers to names of its own computer");
    }
    if (!reads && exchange->origin == NULL && from_another_site(exchange)) {
        spx_exchange_refuse(exchange, MHD_HTTP_FORBIDDEN, "cross_site",
                            "this request comes from another site");
    }
    if (exchange->route == NULL || exchange->preflight)
        return;
    if (strcmp(method, MHD_HTTP_METHOD_POST) == 0 && !(exchange->route->flags & SPX_ROUTE_PUBLIC) &&
        atomic_load(&context->stopping)) {
        spx_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping",
                            "the server stops; send the request again when it is back");
    }
    if (!exchange->authorized && (exchange->route->flags & SPX_ROUTE_PUBLIC) == 0) {
        spx_exchange_refuse(exchange, MHD_HTTP_UNAUTHORIZED, "unauthorized",
                            "this server wants a token");
    }
    if (exchange->rate.wait_s != 0) {
        exchange->retry_after_s = (int)exchange->rate.wait_s;
        spx_exchange_refuse(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                            "this key's requests of a minute are used up");
    }
    if (exchange->refused == 0)
        check_body(exchange);
}

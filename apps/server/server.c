/*
 * libmicrohttpd's threads call in for each piece of a request. An exchange lives from the first
 * header to the end of the answer; the route is chosen and the guard asked before a byte of the
 * body is taken, and an upload goes to its file as it comes. One more thread, the keeper, sends
 * heartbeats to event streams and cuts connections that crawl.
 */
#include "server/server.h"

#include "base/clock.h"
#include "server/access_log.h"
#include "server/cors.h"
#include "server/courier.h"
#include "server/exchange.h"
#include "server/fetcher.h"
#include "server/guard.h"
#include "server/http_text.h"
#include "server/links.h"
#include "server/listen.h"
#include "server/route.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTION_BYTES = 65536, /* headers and buffers of one connection */
    BEAT_S = 15,
    TICK_MS = 1000,
    DRAIN_BYTES = 8 << 20, /* of a refused body, read so that a browser sees the answer */
    SHARE = 4,             /* one address has at most this part of the connections */
    LAST_WORDS_MS = 2000,  /* who waits at a stop is told so, if it takes no longer */
    LAST_WORDS_STEP_MS = 5,
};

struct spx_server {
    spx_context context;
    struct MHD_Daemon *daemon;
    int socket;
    uint16_t port;
    pthread_mutex_t lock; /* guards stopping */
    pthread_cond_t stop;
    int stopping;
    pthread_t keeper;
    int keeper_started;
};

void spx_server_options_init(spx_server_options *options)
{
    *options = (spx_server_options){
        .host = "127.0.0.1",
        .port = 8002,
        .data_dir = ".",
        .workers = 1,
        .threads = 2,
        .connections = 1000,
        .streams = 64,
        .upload_bytes = 100000000,
        .limits = { .queued = 200, .client = 100 },
        .retention_s = 604800,
    };
    spx_limits_init(&options->photo);
}

static void destroy_exchange(spx_exchange *exchange)
{
    if (exchange == NULL)
        return;
    spx_hub_leave(exchange->context->hub, &exchange->listener);
    spx_upload_destroy(exchange->upload);
    spx_bytes_clear(&exchange->body);
    spx_bytes_clear(&exchange->outgoing);
    free(exchange->path);
    free(exchange);
}

static spx_link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void choose_route(spx_exchange *exchange, const char *method)
{
    const char *allow = "";
    exchange->route = spx_route_find(exchange, method, &allow);
    if (exchange->route != NULL)
        return;
    exchange->allow = allow;
    if (*allow == '\0') {
        spx_exchange_refuse(exchange, MHD_HTTP_NOT_FOUND, "not_found", "there is nothing here");
    } else {
        spx_exchange_refuse(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "method_not_allowed",
                            "this address does not know that method");
    }
}

static void begin_upload(spx_exchange *exchange)
{
    spx_diag diag = { 0 };
    if (exchange->refused != 0 || exchange->route == NULL || exchange->preflight ||
        exchange->route->body != SPX_BODY_PHOTO)
        return;
    const spx_status status =
        spx_upload_create(&exchange->upload, exchange->connection, exchange->context->jobs,
                          exchange->context->options.upload_bytes, exchange->raw, &diag);
    if (status == SPX_ERR_ARGUMENT) {
        spx_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, "bad_request", diag.text);
    } else if (status != SPX_OK) {
        spx_exchange_refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal", diag.text);
    } else if (exchange->route->handle == spx_api_set_depth) {
        spx_upload_take_map(exchange->upload);
    }
}

/* 1 when the body of a refused request is not worth reading: it is long, or its client waits for
 * our word before it sends it. */
static int ends_early(const spx_exchange *exchange)
{
    const char *const length = spx_exchange_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return spx_exchange_header(exchange, MHD_HTTP_HEADER_EXPECT) != NULL ||
           (length != NULL && strtoull(length, NULL, 10) > DRAIN_BYTES);
}

/* The headers are here. */
static spx_answer begin(spx_exchange *exchange, const char *method)
{
    const char *const agent = spx_exchange_header(exchange, MHD_HTTP_HEADER_USER_AGENT);
    exchange->head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    exchange->method = method;
    exchange->begun_s = spx_clock_s();
    if (agent != NULL)
        (void)snprintf(exchange->agent, sizeof(exchange->agent), "%s", agent);
    spx_cors_look(exchange, method);
    choose_route(exchange, exchange->preflight
                               ? spx_exchange_header(exchange, "Access-Control-Request-Method")
                               : method);
    spx_guard_identify(exchange);
    spx_guard_check(exchange, method);
    begin_upload(exchange);
    spx_link_enter(exchange->link, SPX_LINK_BODY, spx_clock_s());
    return exchange->refused != 0 && ends_early(exchange) ? spx_reply_refused(exchange) : MHD_YES;
}

/* A piece of the body. MHD_NO ends the connection. */
static spx_answer feed(spx_exchange *exchange, const char *data, size_t size)
{
    spx_context *const context = exchange->context;
    exchange->received += size;
    spx_link_received(exchange->link, size);
    const uint64_t most = exchange->upload != NULL ? context->options.upload_bytes : SPX_BODY_MAX;
    if (exchange->received > most + DRAIN_BYTES)
        return MHD_NO;
    if (exchange->refused != 0)
        return MHD_YES;
    if (exchange->upload != NULL) {
        (void)atomic_fetch_add(&context->metrics.uploaded_bytes, size);
        spx_upload_feed(exchange->upload, data, size);
        const spx_upload_refusal *const refusal = spx_upload_refused(exchange->upload);
        if (refusal->status != 0)
            spx_exchange_refuse(exchange, refusal->status, refusal->code, refusal->text);
    } else if (exchange->route->body == SPX_BODY_JSON) {
        if (exchange->body.size + size > SPX_BODY_MAX) {
            spx_exchange_refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too_large",
                                "the request is larger than this server takes");
        } else {
            spx_bytes_append(&exchange->body, data, size);
        }
    }
    return MHD_YES;
}

/* The request is whole, or its connection was woken. */
static spx_answer finish(spx_exchange *exchange)
{
    spx_link_enter(exchange->link, SPX_LINK_REPLY, spx_clock_s());
    if (exchange->upload != NULL && !exchange->submitted && exchange->refused == 0) {
        spx_upload_finish(exchange->upload);
        const spx_upload_refusal *const refusal = spx_upload_refused(exchange->upload);
        if (refusal->status != 0)
            spx_exchange_refuse(exchange, refusal->status, refusal->code, refusal->text);
    }
    if (exchange->refused != 0)
        return spx_reply_refused(exchange);
    if (exchange->preflight)
        return spx_cors_reply_preflight(exchange);
    return exchange->route->handle(exchange);
}

static spx_exchange *create_exchange(spx_context *context, struct MHD_Connection *connection,
                                     const char *path)
{
    spx_exchange *const exchange = calloc(1, sizeof(*exchange));
    if (exchange == NULL)
        return NULL;
    exchange->context = context;
    exchange->connection = connection;
    exchange->link = link_of(connection);
    exchange->path = strdup(path);
    if (exchange->path != NULL)
        return exchange;
    destroy_exchange(exchange);
    return NULL;
}

/* The signature is libmicrohttpd's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **memory)
{
    spx_exchange *exchange = *memory;
    (void)version;
    if (exchange == NULL) {
        exchange = create_exchange(user, connection, url);
        *memory = exchange;
        return exchange == NULL ? MHD_NO : begin(exchange, method);
    }
    if (*data_size != 0) {
        const size_t size = *data_size;
        *data_size = 0;
        return feed(exchange, data, size);
    }
    return finish(exchange);
}

static void on_completed(void *user, struct MHD_Connection *connection, void **memory,
                         enum MHD_RequestTerminationCode how)
{
    const spx_context *const context = user;
    spx_access_log_write(context->access, *memory, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    spx_link_enter(link_of(connection), SPX_LINK_IDLE, spx_clock_s());
    destroy_exchange(*memory);
    *memory = NULL;
}

static void on_connection(void *user, struct MHD_Connection *connection, void **memory,
                          enum MHD_ConnectionNotificationCode what)
{
    const spx_context *const context = user;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *const info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *memory = info == NULL ? NULL : spx_links_add(context->links, info->connect_fd);
    } else {
        spx_links_remove(context->links, *memory);
        *memory = NULL;
    }
}

/* Signs of life for those who wait, an end for those who crawl. */
static void *keeper_main(void *user)
{
    spx_server *const server = user;
    spx_context *const context = &server->context;
    double beat_s = spx_clock_s();
    (void)pthread_mutex_lock(&server->lock);
    while (!server->stopping) {
        spx_clock_wait(&server->stop, &server->lock, TICK_MS);
        const double now_s = spx_clock_s();
        (void)atomic_fetch_add(&context->metrics.slow_clients,
                               spx_links_cut(context->links, now_s));
        spx_hub_wake_late(context->hub, now_s);
        if (now_s - beat_s >= BEAT_S) {
            if (context->options.store != NULL)
                spx_hub_miss(context->hub); /* a node that died may have told nobody */
            spx_hub_beat(context->hub);
            beat_s = now_s;
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void on_changed(void *user, const spx_job *job, int removed)
{
    const spx_context *const context = user;
    spx_hub_tell(context->hub, job, removed);
    if (job->arrival == SPX_AWAITED && job->state == SPX_JOB_QUEUED)
        spx_crew_wake(context->fetcher);
    if (job->hook[0] != '\0' && !removed && !spx_job_active(job->state))
        spx_crew_wake(context->courier);
}

/* Other nodes did something, and nobody knows what. */
static void on_missed(void *user)
{
    const spx_context *const context = user;
    spx_hub_miss(context->hub);
    if (context->fetcher != NULL)
        spx_crew_wake(context->fetcher);
    if (context->courier != NULL)
        spx_crew_wake(context->courier);
}

static void on_log(void *user, const char *line)
{
    const spx_context *const context = user;
    if (context->options.log != NULL)
        context->options.log(context->options.user, line);
}

/* libmicrohttpd's own takes "50%%20off" in versions before 1.0 alone. */
static size_t on_unescape(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    spx_unescape(text);
    return strlen(text);
}

static spx_status open_socket(spx_server *server, spx_diag *diag)
{
    spx_context *const context = &server->context;
    spx_listening found;
    SPX_TRY(spx_listen(&found, context->options.host, context->options.port, diag));
    server->socket = found.socket;
    server->port = found.port;
    context->local = found.is_local;
    return SPX_OK;
}

static spx_status start_http(spx_server *server, spx_diag *diag)
{
    spx_context *const context = &server->context;
    const spx_server_options *const options = &context->options;
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    /* A proxy, or this computer, speaks for many. */
    const int many = options->trust_proxy || context->local;
    const struct MHD_OptionItem items[] = {
        { MHD_OPTION_LISTEN_SOCKET, server->socket, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)options->connections, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)on_unescape, NULL },
        { MHD_OPTION_PER_IP_CONNECTION_LIMIT, many ? 0 : (intptr_t)(options->connections / SHARE),
          NULL },
        { options->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
          (intptr_t)options->threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    server->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, context, MHD_OPTION_NOTIFY_COMPLETED,
                         on_completed, context, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
                         context, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (server->daemon == NULL)
        return spx_fail(diag, SPX_ERR_NETWORK, "the HTTP server does not start");
    server->socket = -1; /* the daemon's now */
    return SPX_OK;
}

/* What stands by itself. */
static spx_status open_tables(spx_context *context, spx_diag *diag)
{
    SPX_TRY(spx_hub_create(&context->hub, context->options.streams, diag));
    SPX_TRY(spx_logins_create(&context->logins, diag));
    SPX_TRY(spx_links_create(&context->links, diag));
    if (context->options.keys_path != NULL)
        SPX_TRY(spx_keys_create(&context->keys, context->options.keys_path, diag));
    if (context->options.access_path != NULL)
        SPX_TRY(spx_access_log_open(&context->access, context->options.access_path, diag));
    return spx_packed_assets_create(&context->packed, diag);
}

static spx_status open_parts(spx_server *server, spx_diag *diag)
{
    spx_context *const context = &server->context;
    const spx_server_options *const options = &context->options;
    SPX_TRY(spx_late_microhttpd_open(diag));
    SPX_TRY(open_tables(context, diag));
    const spx_jobs_options queue = {
        .data_dir = options->data_dir,
        .workers = options->workers,
        .store = options->store,
        .blobs = options->blobs,
        .lease_s = options->lease_s,
        .sweep_after_s = options->sweep_after_s,
        .limits = options->limits,
        .retention_s = options->retention_s,
        .maker = options->maker,
        .changed = on_changed,
        .missed = on_missed,
        .log = on_log,
        .user = context,
    };
    SPX_TRY(spx_jobs_open(&context->jobs, &queue, diag));
    if (options->photo_urls != SPX_FETCH_NOTHING)
        SPX_TRY(spx_fetcher_create(&context->fetcher, context, diag));
    if (options->hook_urls != SPX_FETCH_NOTHING)
        SPX_TRY(spx_courier_create(&context->courier, context, diag));
    SPX_TRY(open_socket(server, diag));
    SPX_TRY(spx_jobs_start(context->jobs, diag));
    SPX_TRY(start_http(server, diag));
    if (pthread_create(&server->keeper, NULL, keeper_main, server) != 0)
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "cannot start a thread");
    server->keeper_started = 1;
    return SPX_OK;
}

/* secret may be NULL. */
static spx_status copy_secret(char **out, const char *secret, spx_diag *diag)
{
    *out = secret == NULL ? NULL : strdup(secret);
    return secret != NULL && *out == NULL ? spx_fail_memory(diag, "server") : SPX_OK;
}

spx_status spx_server_create(spx_server **out, const spx_server_options *options, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return spx_fail_memory(diag, "server");
    (void)pthread_mutex_init(&server->lock, NULL);
    spx_clock_condition_init(&server->stop);
    server->socket = -1;
    server->context.options = *options;
    SPX_TRY_OUT(copy_secret(&server->context.token, options->token, diag));
    SPX_TRY_OUT(copy_secret(&server->context.hook_secret, options->hook_secret, diag));
    SPX_TRY_OUT(open_parts(server, diag));
    *out = server;
    server = NULL;

out:
    spx_server_destroy(server, 0);
    return status;
}

void spx_server_reload(spx_server *server)
{
    spx_context *const context = &server->context;
    spx_diag diag = { 0 };
    if (context->keys != NULL && spx_keys_reload(context->keys, &diag) != SPX_OK)
        on_log(context, diag.text);
    diag = (spx_diag){ 0 };
    if (context->access != NULL && spx_access_log_reopen(context->access, &diag) != SPX_OK)
        on_log(context, diag.text);
}

uint16_t spx_server_port(const spx_server *server)
{
    return server->port;
}

int spx_server_is_local(const spx_server *server)
{
    return server->context.local;
}

static void stop_keeper(spx_server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->stopping = 1;
    (void)pthread_cond_broadcast(&server->stop);
    (void)pthread_mutex_unlock(&server->lock);
    if (server->keeper_started)
        (void)pthread_join(server->keeper, NULL);
}

/* Streams end and requests that wait are answered. libmicrohttpd would close the connections of
 * those that are awake again and not written yet. */
static void say_last_words(spx_hub *hub)
{
    const struct timespec step = { .tv_nsec = LAST_WORDS_STEP_MS * 1000000L };
    spx_hub_stop(hub);
    for (int ms = 0; ms < LAST_WORDS_MS && spx_hub_listeners(hub) != 0; ms += LAST_WORDS_STEP_MS)
        (void)nanosleep(&step, NULL);
}

void spx_server_destroy(spx_server *server, uint32_t grace_ms)
{
    if (server == NULL)
        return;
    spx_context *const context = &server->context;
    /* No new job; who waits for one still gets it, if it is done within the grace. Connections are
     * still taken: MHD_quiesce_daemon() of libmicrohttpd 0.9.75 aborts the process when one of its
     * threads looks at the listening socket in the same moment. */
    atomic_store(&context->stopping, 1);
    if (context->jobs != NULL)
        spx_jobs_stop(context->jobs, grace_ms);
    spx_crew_destroy(context->fetcher);
    spx_crew_destroy(context->courier);
    stop_keeper(server);
    if (context->hub != NULL)
        say_last_words(context->hub);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    if (server->socket >= 0)
        (void)close(server->socket);
    spx_jobs_close(context->jobs);
    spx_hub_destroy(context->hub);
    spx_links_destroy(context->links);
    spx_packed_assets_destroy(context->packed);
    spx_logins_destroy(context->logins);
    spx_keys_destroy(context->keys);
    spx_access_log_close(context->access);
    free(context->token);
    free(context->hook_secret);
    (void)pthread_cond_destroy(&server->stop);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

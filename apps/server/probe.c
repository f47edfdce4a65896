#include "server/probe.h"

#include "server/late_microhttpd.h"
#include "server/listen.h"
#include "server/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECTIONS = 16, CONNECTION_BYTES = 8192, SILENCE_S = 5 };

struct spx_probe {
    spx_jobs *jobs;
    spx_listening listening;
    struct MHD_Daemon *daemon;
};

typedef enum MHD_Result answer;

/* size bytes of text, malloc'ed: moved. */
static answer reply(struct MHD_Connection *connection, unsigned status, const char *type,
                    spx_bytes *text)
{
    struct MHD_Response *const response =
        text->failed
            ? NULL
            : MHD_create_response_from_buffer(text->size, text->data, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        spx_bytes_clear(text);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    const answer sent = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return sent;
}

/* why: NULL = all is well. */
static answer reply_health(struct MHD_Connection *connection, const char *why)
{
    spx_bytes text = { 0 };
    spx_bytes_text(&text, why == NULL ? "{\"status\":\"ok\"}" : "{\"error\":{\"code\":\"");
    if (why != NULL) {
        spx_bytes_text(&text, why);
        spx_bytes_text(&text, "\"}}");
    }
    return reply(connection, why == NULL ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                 "application/json", &text);
}

static answer reply_metrics(const spx_probe *probe, struct MHD_Connection *connection)
{
    spx_bytes text = { 0 };
    spx_metrics_jobs(&text, probe->jobs);
    return reply(connection, MHD_HTTP_OK, SPX_METRICS_TYPE, &text);
}

// NOLINTNEXTLINE(readability-function-size): eight, as libmicrohttpd has it
static answer on_request(void *user, struct MHD_Connection *connection, const char *url,
                         const char *method, const char *version, const char *data, size_t *size,
                         void **state)
{
    const spx_probe *const probe = user;
    spx_bytes nothing = { 0 };
    (void)version;
    (void)data;
    (void)state;
    if (*size != 0) { /* of a body, which nobody reads */
        *size = 0;
        return MHD_YES;
    }
    if (strcmp(method, "GET") == 0 && strcmp(url, "/livez") == 0)
        return reply_health(connection, spx_jobs_is_alive(probe->jobs) ? NULL : "hangs");
    if (strcmp(method, "GET") == 0 && strcmp(url, "/healthz") == 0)
        return reply_health(connection, spx_jobs_trouble(probe->jobs));
    if (strcmp(method, "GET") == 0 && strcmp(url, "/metrics") == 0)
        return reply_metrics(probe, connection);
    spx_bytes_text(&nothing, "{\"error\":{\"code\":\"not_found\"}}");
    return reply(connection, MHD_HTTP_NOT_FOUND, "application/json", &nothing);
}

spx_status spx_probe_open(spx_probe **out, spx_jobs *jobs, const char *host, uint16_t port,
                          spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_late_microhttpd_open(diag));
    spx_probe *const probe = calloc(1, sizeof(*probe));
    if (probe == NULL)
        return spx_fail_memory(diag, "probe");
    probe->jobs = jobs;
    const spx_status status = spx_listen(&probe->listening, host, port, diag);
    if (status != SPX_OK) {
        free(probe);
        return status;
    }
    probe->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, probe, MHD_OPTION_LISTEN_SOCKET,
        probe->listening.socket, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)SILENCE_S, MHD_OPTION_END);
    if (probe->daemon == NULL) {
        (void)close(probe->listening.socket);
        free(probe);
        return spx_fail(diag, SPX_ERR_NETWORK, "the probe does not start");
    }
    *out = probe;
    return SPX_OK;
}

uint16_t spx_probe_port(const spx_probe *probe)
{
    return probe->listening.port;
}

void spx_probe_close(spx_probe *probe)
{
    if (probe == NULL)
        return;
    MHD_stop_daemon(probe->daemon);
    free(probe);
}

/*
 * Options to the server's own struct, signals blocked before the first thread starts, and then one
 * wait for SIGTERM or SIGINT: the server runs in threads of its own.
 */
#include "cli/serve.h"

#include "child/sandbox.h"
#include "cli/advice.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/node_rows.h"
#include "cli/options.h"
#include "cli/serve_sandbox.h"
#include "jobs/job_child.h"
#include "server/cors.h"
#include "server/server.h"
#include "spx/outpaint.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_SECRET = 16, MS_PER_S = 1000 };

/* What the command line says; the server's own options are made of it. */
typedef struct wishes {
    const char *host;
    unsigned port;
    const char *data;
    unsigned workers; /* 0 = by processors */
    unsigned http_threads;
    const char *token;
    uint64_t max_upload;
    unsigned max_queue;
    unsigned max_client;
    unsigned max_connections;
    double most_cost;
    double most_margin_pct;
    double retention_s;
    double grace_s;
    int photo_urls; /* spx_fetch_reach */
    int hook_urls;  /* spx_fetch_reach */
    const char *hook_secret;
    spx_option_texts origins;
    const char *keys;
    const char *access_log;
    int trust_proxy;
    int engine; /* spx_outpaint_engine */
    const char *engine_url;
    uint64_t memory; /* 0 = by the machine */
    int in_process;
    spx_node_wishes node;
} wishes;

#define AT(field) .who = SPX_BY_CLI, .offset = offsetof(wishes, field)

static const spx_option_old old_engine[] = { { "painter", NULL }, { NULL, NULL } };
static const spx_option_old old_engine_url[] = { { "painter-url", NULL }, { NULL, NULL } };

static const spx_option_word reach_words[] = {
    { "none", SPX_FETCH_NOTHING },
    { "public", SPX_FETCH_PUBLIC },
    { "any", SPX_FETCH_ANYWHERE },
    { NULL, 0 },
};

static const spx_option serve_options[] = {
    { .name = "host",
      .type = SPX_OPTION_TEXT,
      AT(host),
      .standard_text = "127.0.0.1",
      .value = "ADDRESS",
      .help = "address or name to listen on; 127.0.0.1 is this computer alone" },
    { .name = "port",
      .letter = 'p',
      .type = SPX_OPTION_UNSIGNED,
      AT(port),
      .min = 0,
      .max = 65535,
      .standard = 8002,
      .value = "N",
      .help = "port to listen on; 0: any free one, printed" },
    { .name = "data",
      .letter = 'd',
      .type = SPX_OPTION_TEXT,
      AT(data),
      .standard_text = "spx-data",
      .value = "DIR",
      .help = "folder for uploads, results and the job database" },
    SPX_ROW_WORKERS(.offset = offsetof(wishes, workers), ", or with --store none"),
    { .name = "token",
      .type = SPX_OPTION_TEXT,
      AT(token),
      .value = "T",
      .help = "only who knows it may use the server; better given as $SPX_TOKEN" },
    { .name = "max-upload",
      .type = SPX_OPTION_SIZE,
      AT(max_upload),
      .min = 1,
      .max = 1e12,
      .standard = 100000000,
      .value = "BYTES",
      .help = "largest photo file that is taken" },
    { .name = "max-queue",
      .type = SPX_OPTION_UNSIGNED,
      AT(max_queue),
      .min = 1,
      .max = 100000,
      .standard = 200,
      .value = "N",
      .help = "photos that may wait" },
    { .name = "max-client",
      .type = SPX_OPTION_UNSIGNED,
      AT(max_client),
      .min = 1,
      .max = 100000,
      .standard = 100,
      .value = "N",
      .help = "photos of one address that may wait or run" },
    { .name = "max-connections",
      .type = SPX_OPTION_UNSIGNED,
      AT(max_connections),
      .min = 16,
      .max = 100000,
      .standard = 1000,
      .value = "N",
      .help = "open connections" },
    { .name = "max-cost",
      .type = SPX_OPTION_NUMBER,
      AT(most_cost),
      .min = 0,
      .max = 1e9,
      .value = "N",
      .help = "largest job that is taken: megapixels of the picture with its border, times what "
              "is made of it; a spatial photo costs 1 a megapixel; 0: any" },
    { .name = "max-margin",
      .type = SPX_OPTION_NUMBER,
      AT(most_margin_pct),
      .min = 0,
      .max = 10000,
      .value = "N",
      .help = "widest border that is taken on a side, in per cent of the photo's side; 0: any" },
    SPX_ROW_RETENTION(.offset = offsetof(wishes, retention_s), " of the server's being up"),
    SPX_ROW_GRACE(.offset = offsetof(wishes, grace_s)),
    { .name = "http-threads",
      .type = SPX_OPTION_UNSIGNED,
      AT(http_threads),
      .min = 1,
      .max = 64,
      .standard = 2,
      .value = "N",
      .help = "threads that speak HTTP" },
    SPX_ROW_MEMORY(.offset = offsetof(wishes, memory)),
    { .name = "in-process",
      .type = SPX_OPTION_SET,
      .set = 1,
      AT(in_process),
      .help = "no process of its own for each photo: quicker by a moment, and a crash takes the "
              "server with it" },
    { .name = "allow-url",
      .type = SPX_OPTION_CHOICE,
      AT(photo_urls),
      .words = reach_words,
      .value = "none|public|any",
      .help = "fetch photos that clients name by their URL (source_url): from public addresses "
              "alone, or from any that this computer reaches" },
    { .name = "allow-webhook",
      .type = SPX_OPTION_CHOICE,
      AT(hook_urls),
      .words = reach_words,
      .value = "none|public|any",
      .help =
          "tell a URL that a client names (webhook_url) when its job has ended; wants a secret" },
    { .name = "webhook-secret",
      .type = SPX_OPTION_TEXT,
      AT(hook_secret),
      .value = "S",
      .help = "signs what webhooks are told; better given as $SPX_WEBHOOK_SECRET" },
    { .name = "keys",
      .type = SPX_OPTION_TEXT,
      AT(keys),
      .value = "FILE",
      .help = "clients with a key each, one a line: NAME SHA256 jobs-a-day=N at-once=N rate=N; "
              "SIGHUP reads it again" },
    { .name = "cors",
      .type = SPX_OPTION_TEXTS,
      AT(origins),
      .value = "ORIGIN",
      .help = "pages of this site (https://example.com, or * for all) may use the API, without "
              "cookies; may be given many times" },
    { .name = "access-log",
      .type = SPX_OPTION_TEXT,
      AT(access_log),
      .value = "FILE",
      .help = "a line of JSON for each request, without secrets; SIGHUP opens it anew" },
    { .name = "trust-proxy",
      .type = SPX_OPTION_SET,
      .set = 1,
      AT(trust_proxy),
      .help = "a reverse proxy is in front: believe its X-Forwarded-For and -Proto" },
    SPX_ROW_ENGINE(.offset = offsetof(wishes, engine), old_engine,
                   "offer remote outpainting by this engine"),
    SPX_ROW_ENGINE_URL(.offset = offsetof(wishes, engine_url), old_engine_url),
    { .name = NULL },
};

static const char about[] =
    "Serves the web page, the HTTP API and the endpoints of the reference application. Jobs are\n"
    "kept in the data folder: a server that was killed finishes them when it is back. Stops on\n"
    "SIGTERM and SIGINT.\n";

static void print_log(void *user, const char *line)
{
    (void)user;
    spx_error_line_say("serve", line);
}

static void fill_options(spx_server_options *out, const wishes *wanted, const spx_limits *photo)
{
    spx_server_options_init(out);
    out->host = wanted->host;
    out->port = (uint16_t)wanted->port;
    out->data_dir = wanted->data;
    out->token = wanted->token;
    out->workers = wanted->workers;
    out->store = wanted->node.store;
    out->blobs = wanted->node.blobs;
    out->lease_s = wanted->node.lease_s;
    out->sweep_after_s = wanted->node.sweep_after_s;
    out->threads = wanted->http_threads;
    out->connections = wanted->max_connections;
    out->upload_bytes = wanted->max_upload;
    out->photo = *photo;
    out->limits = (spx_store_limits){ .queued = wanted->max_queue, .client = wanted->max_client };
    out->retention_s = (uint64_t)wanted->retention_s;
    out->photo_urls = (spx_fetch_reach)wanted->photo_urls;
    out->hook_urls = (spx_fetch_reach)wanted->hook_urls;
    out->hook_secret = wanted->hook_secret;
    out->origins = wanted->origins.count == 0 ? NULL : &wanted->origins;
    out->keys_path = wanted->keys;
    out->access_path = wanted->access_log;
    out->most_cost = wanted->most_cost;
    out->most_margin_pct = wanted->most_margin_pct;
    out->trust_proxy = wanted->trust_proxy;
    out->remote_painter = wanted->engine != SPX_OUTPAINT_LOCAL;
    out->log = print_log;
}

static void tell_missing(void)
{
    char missing[64];
    char line[160];
    if (spx_sandbox_missing(missing, sizeof(missing))[0] == '\0')
        return;
    (void)snprintf(line, sizeof(line), "this kernel has no %s: photos are shut in less tightly",
                   missing);
    print_log(NULL, line);
}

/* Runs until a signal comes; the signals are blocked in every thread and waited for here. */
static int run(const wishes *wanted, const spx_limits *photo, const spx_maker *maker,
               const sigset_t *stops)
{
    spx_server *server = NULL;
    spx_server_options options;
    spx_diag diag = { 0 };
    char advice[160];
    int number = 0;
    fill_options(&options, wanted, photo);
    options.maker = *maker;
    if (spx_server_create(&server, &options, &diag) != SPX_OK) {
        print_log(NULL, diag.text);
        return SPX_EXIT_FAILED;
    }
    spx_node_print_address("spx serve:", wanted->host, spx_server_port(server));
    (void)fflush(stdout);
    if (wanted->token == NULL && wanted->keys == NULL && !spx_server_is_local(server))
        print_log(NULL, "everybody who reaches this address may use it; --token makes it private");
    if (!wanted->in_process)
        tell_missing();
    if (spx_advice_model(NULL, advice, sizeof(advice)))
        print_log(NULL, advice);
    /* Where there is something to read again, a hang-up asks for that. */
    const int reloads = wanted->keys != NULL || wanted->access_log != NULL;
    while (sigwait(stops, &number) == 0 && number == SIGHUP && reloads)
        spx_server_reload(server);
    (void)fputs("spx serve: stopping\n", stderr);
    spx_server_destroy(server, (uint32_t)(wanted->grace_s * MS_PER_S));
    return SPX_EXIT_OK;
}

static int serve(const wishes *wanted, const spx_libspx_options *library)
{
    sigset_t stops;
    spx_node_maker owned = { NULL, NULL };
    spx_diag diag = { 0 };
    spx_node_begin(&stops);
    spx_status status = spx_serve_shut_in(&(spx_serve_paths){ .data = wanted->data,
                                                              .models = library->engine.model_dir,
                                                              .blobs = wanted->node.blobs,
                                                              .keys = wanted->keys,
                                                              .access_log = wanted->access_log },
                                          &diag);
    if (status == SPX_OK) {
        status = spx_node_maker_open(&owned, library, wanted->in_process, wanted->memory,
                                     wanted->data, &diag);
    }
    if (status != SPX_OK) {
        print_log(NULL, diag.text);
        return SPX_EXIT_FAILED;
    }
    const spx_maker maker = spx_node_maker_functions(&owned);
    const int exit_code = run(wanted, &library->engine.limits, &maker, &stops);
    spx_node_maker_close(&owned);
    return exit_code;
}

int spx_cli_serve(int argc, char **argv)
{
    wishes wanted = {
        .token = getenv("SPX_TOKEN"), /* NOLINT(concurrency-mt-unsafe): before any thread */
        .hook_secret = getenv("SPX_WEBHOOK_SECRET"), /* NOLINT(concurrency-mt-unsafe) */
    };
    spx_options_standard(serve_options, &wanted);
    spx_node_wishes_init(&wanted.node);
    spx_libspx_options library = { 0 };
    spx_engine_options_init(&library.engine);
    const spx_option_group groups[] = {
        { "Server", serve_options, &wanted },
        { "Nodes", spx_node_options, &wanted.node },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &library.engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "serve", "", about, groups, NULL };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc > 1)
        return spx_usage_error(&usage, "no arguments are wanted: %s", argv[1]);
    exit_code = spx_node_check(&usage, &wanted.node);
    if (exit_code != SPX_EXIT_OK)
        return exit_code;
    for (size_t i = 0; i < wanted.origins.count; i++) {
        if (!spx_cors_is_origin(wanted.origins.items[i])) {
            return spx_usage_error(&usage, "--cors: '%s' is not like https://example.com",
                                   wanted.origins.items[i]);
        }
    }
    if (wanted.hook_urls != SPX_FETCH_NOTHING &&
        (wanted.hook_secret == NULL || strlen(wanted.hook_secret) < LEAST_SECRET)) {
        return spx_usage_error(
            &usage, "--allow-webhook wants a --webhook-secret of %d bytes or more", LEAST_SECRET);
    }
    if (wanted.node.store == NULL || wanted.workers != 0) /* else spx work does it */
        spx_node_share_processors(&wanted.workers, &library);
    if (wanted.token != NULL && wanted.token[0] == '\0')
        wanted.token = NULL;
    spx_node_set_painter(&library, wanted.engine, wanted.engine_url);

    return serve(&wanted, &library);
}

/* A node that takes no jobs in, but works on those of all. */
#include "cli/work.h"

#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/node_rows.h"
#include "cli/serve_sandbox.h"
#include "jobs/jobs.h"
#include "server/probe.h"

#include <stddef.h>
#include <stdio.h>

enum { MS_PER_S = 1000 };

/* What the command line says. */
typedef struct wishes {
    const char *data;
    unsigned workers; /* 0 = by processors */
    double retention_s;
    double grace_s;
    const char *health_host; /* NULL = nobody is told */
    unsigned health_port;
    uint64_t memory; /* 0 = by the machine */
    int in_process;
    int engine; /* spx_outpaint_engine */
    const char *engine_url;
    spx_node_wishes node;
} wishes;

#define AT(field) .who = SPX_BY_CLI, .offset = offsetof(wishes, field)

static const spx_option work_options[] = {
    { .name = "data",
      .letter = 'd',
      .type = SPX_OPTION_TEXT,
      AT(data),
      .standard_text = "spx-work",
      .value = "DIR",
      .help = "folder of this node's own for what it works with; nothing in it is missed" },
    SPX_ROW_WORKERS(.offset = offsetof(wishes, workers), ""),
    SPX_ROW_MEMORY(.offset = offsetof(wishes, memory)),
    SPX_ROW_RETENTION(.offset = offsetof(wishes, retention_s), ", as with spx serve"),
    SPX_ROW_GRACE(.offset = offsetof(wishes, grace_s)),
    { .name = "health-port",
      .type = SPX_OPTION_UNSIGNED,
      AT(health_port),
      .min = 0,
      .max = 65535,
      .standard = 8003,
      .value = "N",
      .help = "port of /livez, /healthz and /metrics, where --health-host is given; 0: any free "
              "one, printed" },
    { .name = "health-host",
      .type = SPX_OPTION_TEXT,
      AT(health_host),
      .value = "ADDRESS",
      .help = "says over HTTP how this node is, on this address; there is nothing secret in it" },
    { .name = "in-process",
      .type = SPX_OPTION_SET,
      .set = 1,
      AT(in_process),
      .help = "no process of its own for each photo: quicker by a moment, and a crash takes the "
              "worker with it" },
    SPX_ROW_ENGINE(.offset = offsetof(wishes, engine), NULL,
                   "the remote outpainting engine of the nodes that serve"),
    SPX_ROW_ENGINE_URL(.offset = offsetof(wishes, engine_url), NULL),
    { .name = NULL },
};

static const char about[] =
    "Works on the jobs of all nodes of spx serve that have the same --store and --blobs. Stops on\n"
    "SIGTERM and SIGINT; a worker that was killed loses nothing: others begin its jobs again.\n";

static void print_log(void *user, const char *line)
{
    (void)user;
    spx_error_line_say("work", line);
}

/* Runs until a signal comes. */
static spx_status run(const wishes *wanted, const spx_maker *maker, const sigset_t *stops,
                      spx_diag *diag)
{
    spx_jobs *jobs = NULL;
    int number = SIGHUP;
    const spx_jobs_options options = { .data_dir = wanted->data,
                                       .workers = wanted->workers,
                                       .store = wanted->node.store,
                                       .blobs = wanted->node.blobs,
                                       .lease_s = wanted->node.lease_s,
                                       .sweep_after_s = wanted->node.sweep_after_s,
                                       .retention_s = (uint64_t)wanted->retention_s,
                                       .maker = *maker,
                                       .log = print_log };
    spx_probe *probe = NULL;
    SPX_TRY(spx_jobs_open(&jobs, &options, diag));
    spx_status status = spx_jobs_start(jobs, diag);
    if (status == SPX_OK && wanted->health_host != NULL) {
        status =
            spx_probe_open(&probe, jobs, wanted->health_host, (uint16_t)wanted->health_port, diag);
    }
    if (status == SPX_OK) {
        if (probe != NULL) {
            spx_node_print_address("spx work: health at", wanted->health_host,
                                   spx_probe_port(probe));
        }
        (void)printf("spx work: ready\n");
        (void)fflush(stdout);
        while (number == SIGHUP && sigwait(stops, &number) == 0) {
        }
        (void)fputs("spx work: stopping\n", stderr);
        spx_jobs_stop(jobs, (uint32_t)(wanted->grace_s * MS_PER_S));
    }
    spx_probe_close(probe);
    spx_jobs_close(jobs);
    return status;
}

static spx_status work(const wishes *wanted, const spx_libspx_options *library,
                       const sigset_t *stops, spx_diag *diag)
{
    spx_node_maker maker = { NULL, NULL };
    SPX_TRY(spx_serve_shut_in(&(spx_serve_paths){ .data = wanted->data,
                                                  .models = library->engine.model_dir,
                                                  .blobs = wanted->node.blobs },
                              diag));
    spx_status status = spx_node_maker_open(&maker, library, wanted->in_process, wanted->memory,
                                            wanted->data, diag);
    if (status == SPX_OK) {
        const spx_maker functions = spx_node_maker_functions(&maker);
        status = run(wanted, &functions, stops, diag);
    }
    spx_node_maker_close(&maker);
    return status;
}

int spx_cli_work(int argc, char **argv)
{
    wishes wanted = { .data = NULL };
    sigset_t stops;
    spx_diag diag = { 0 };
    spx_libspx_options library = { 0 };
    spx_options_standard(work_options, &wanted);
    spx_node_wishes_init(&wanted.node);
    spx_engine_options_init(&library.engine);
    const spx_option_group groups[] = {
        { "Work", work_options, &wanted },
        { "Nodes", spx_node_options, &wanted.node },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &library.engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "work", "", about, groups, NULL };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc > 1)
        return spx_usage_error(&usage, "no arguments are wanted: %s", argv[1]);
    exit_code = spx_node_check(&usage, &wanted.node);
    if (exit_code != SPX_EXIT_OK)
        return exit_code;
    if (wanted.node.store == NULL)
        return spx_usage_error(&usage, "--store and --blobs are wanted: where are the jobs?");
    spx_node_set_painter(&library, wanted.engine, wanted.engine_url);
    spx_node_share_processors(&wanted.workers, &library);
    spx_node_begin(&stops);
    if (work(&wanted, &library, &stops, &diag) == SPX_OK)
        return SPX_EXIT_OK;
    print_log(NULL, diag.text);
    return SPX_EXIT_FAILED;
}

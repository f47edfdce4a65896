#include "cli/node.h"

#include "base/cpu.h"
#include "cli/exit_code.h"
#include "postgres/postgres.h"
#include "spx/outpaint.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { PROCESSORS_PER_WORKER = 4, PRIVATE_UMASK = 077 };

const spx_option_word spx_node_engine_words[] = {
    { "none", SPX_OUTPAINT_LOCAL },
    { "gradio", SPX_OUTPAINT_GRADIO },
    { "sdapi", SPX_OUTPAINT_SDAPI },
    { NULL, 0 },
};

#define AT(field) .who = SPX_BY_CLI, .offset = offsetof(spx_node_wishes, field)

const spx_option spx_node_options[] = {
    { .name = "store",
      .type = SPX_OPTION_TEXT,
      AT(store),
      .value = "URL",
      .help = "job database that many nodes share: postgres://USER@HOST/DATABASE; better given as "
              "$SPX_STORE, and its password as $PGPASSWORD or in ~/.pgpass" },
    { .name = "blobs",
      .type = SPX_OPTION_TEXT,
      AT(blobs),
      .value = "URL",
      .help = "where nodes keep files: s3://BUCKET/PREFIX (AWS_... or ~/.aws say who asks), or a "
              "folder that all have; $SPX_BLOBS" },
    { .name = "lease",
      .type = SPX_OPTION_SECONDS,
      AT(lease_s),
      .min = 1,
      .max = 3600,
      .standard = 30,
      .value = "TIME",
      .help = "a node that is silent for so long has lost its jobs: others begin them again" },
    { .name = "sweep-after",
      .type = SPX_OPTION_SECONDS,
      AT(sweep_after_s),
      .min = 1,
      .max = 1e8,
      .standard = 3600,
      .value = "TIME",
      .help = "files of jobs that no database row names go when they are that old" },
    { .name = NULL },
};

void spx_node_wishes_init(spx_node_wishes *wishes)
{
    *wishes = (spx_node_wishes){
        .store = getenv("SPX_STORE"), /* NOLINT(concurrency-mt-unsafe): before any thread */
        .blobs = getenv("SPX_BLOBS"), /* NOLINT(concurrency-mt-unsafe) */
    };
    spx_options_standard(spx_node_options, wishes);
}

int spx_node_check(const spx_usage *usage, const spx_node_wishes *wishes)
{
    if ((wishes->store == NULL) != (wishes->blobs == NULL))
        return spx_usage_error(usage, "--store and --blobs go together: nodes share both");
    if (wishes->store != NULL && !spx_postgres_is_url(wishes->store))
        return spx_usage_error(usage, "--store: it is not like postgres://USER@HOST/DATABASE");
    return SPX_EXIT_OK;
}

void spx_node_set_painter(spx_libspx_options *library, int engine, const char *url)
{
    if (engine != SPX_OUTPAINT_LOCAL)
        library->painter = spx_outpaint_engine_name((spx_outpaint_engine)engine);
    library->painter_url = url;
    library->painter_token = getenv("SPX_PAINTER_TOKEN"); /* NOLINT(concurrency-mt-unsafe) */
}

// NOLINTNEXTLINE(readability-function-size): six
spx_status spx_node_maker_open(spx_node_maker *out, const spx_libspx_options *library,
                               int in_process, uint64_t memory, const char *data, spx_diag *diag)
{
    *out = (spx_node_maker){ NULL, NULL };
    return in_process ? spx_libspx_maker_create(&out->here, library, diag)
                      : spx_child_maker_create(&out->apart, library, memory, data, diag);
}

spx_maker spx_node_maker_functions(const spx_node_maker *maker)
{
    return maker->here != NULL ? spx_libspx_maker_functions(maker->here)
                               : spx_child_maker_functions(maker->apart);
}

void spx_node_maker_close(spx_node_maker *maker)
{
    spx_libspx_maker_destroy(maker->here);
    spx_child_maker_destroy(maker->apart);
}

/* Connections and files want descriptors: as many as the system lets us have. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

void spx_node_begin(sigset_t *stops)
{
    (void)umask(PRIVATE_UMASK);
    raise_descriptors();
    (void)sigemptyset(stops);
    (void)sigaddset(stops, SIGTERM);
    (void)sigaddset(stops, SIGINT);
    (void)sigaddset(stops, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, stops, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

void spx_node_share_processors(unsigned *workers, spx_libspx_options *library)
{
    const unsigned processors = spx_cpu_count();
    if (*workers == 0)
        *workers = 1 + (processors - 1) / PROCESSORS_PER_WORKER;
    if (library->engine.threads == 0)
        library->engine.threads = (processors + *workers - 1) / *workers;
}

void spx_node_print_address(const char *what, const char *host, unsigned port)
{
    const int is_ipv6 = strchr(host, ':') != NULL;
    (void)printf("%s http://%s%s%s:%u\n", what, is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port);
}

#ifndef SPX_CLI_NODE_H
#define SPX_CLI_NODE_H

/* What spx serve and spx work have in common: photos' processes, and what nodes share. */
#include "cli/options.h"
#include "jobs/job_child.h"

#include <signal.h>

/** What the command line says of other nodes. */
typedef struct spx_node_wishes {
    const char *store; /* NULL = this process is alone */
    const char *blobs;
    double lease_s;
    double sweep_after_s;
} spx_node_wishes;

extern const spx_option spx_node_options[];

/** Standards, and what the environment says. */
void spx_node_wishes_init(spx_node_wishes *wishes);
/** SPX_EXIT_OK, or what spx_usage_error() says. */
int spx_node_check(const spx_usage *usage, const spx_node_wishes *wishes);

/** Who makes the files of photos: here, or in a process for each. */
typedef struct spx_node_maker {
    spx_libspx_maker *here;
    spx_child_maker *apart;
} spx_node_maker;

/** The words of --engine; the local one is always there. */
extern const spx_option_word spx_node_engine_words[];
/** Says which painter paints elsewhere, if any does. url: borrowed, may be NULL; the token is the
 * environment's. */
void spx_node_set_painter(spx_libspx_options *library, int engine, const char *url);

SPX_NODISCARD spx_status spx_node_maker_open(spx_node_maker *out, const spx_libspx_options *library,
                                             int in_process, uint64_t memory, const char *data,
                                             spx_diag *diag);
spx_maker spx_node_maker_functions(const spx_node_maker *maker);
void spx_node_maker_close(spx_node_maker *maker);

/** Blocks the signals that end a server, or make it read files again, in all threads to be; allows
 * as many descriptors as the system lets us have; and new files are private. */
void spx_node_begin(sigset_t *stops);
/** "WHAT http://HOST:PORT" on standard output, as browsers take it: IPv6 in brackets. */
void spx_node_print_address(const char *what, const char *host, unsigned port);
/** Jobs at once, by the processors, and threads for each, where the command line does not say. */
void spx_node_share_processors(unsigned *workers, spx_libspx_options *library);

#endif

#ifndef SPX_CLI_NODE_ROWS_H
#define SPX_CLI_NODE_ROWS_H

/* Rows that spx serve and spx work have both. `at`: .offset = …; what a text says of one of the two
 * alone is `tells`. */
#include "cli/apart_rows.h"
#include "cli/node.h"

#define SPX_ROW_WORKERS(at, tells)                                                                 \
    {                                                                                              \
        .name = "workers", .letter = 'w', .type = SPX_OPTION_UNSIGNED, .who = SPX_BY_CLI, at,      \
        .min = 0, .max = 64, .value = "N",                                                         \
        .help = "photos at once; 0: one for each four processors" tells                            \
    }

#define SPX_ROW_RETENTION(at, tells)                                                               \
    {                                                                                              \
        .name = "retention", .type = SPX_OPTION_SECONDS, .who = SPX_BY_CLI, at, .min = 0,          \
        .max = 1e9, .standard = 604800, .value = "TIME",                                           \
        .help = "finished jobs and their files go after this time" tells "; 0: never"              \
    }

#define SPX_ROW_GRACE(at)                                                                          \
    {                                                                                              \
        .name = "grace", .type = SPX_OPTION_SECONDS, .who = SPX_BY_CLI, at, .min = 0, .max = 3600, \
        .standard = 10, .value = "TIME",                                                           \
        .help = "at a stop, time for running jobs before they are queued again"                    \
    }

#define SPX_ROW_ENGINE(at, old_words, tells)                                                       \
    {                                                                                              \
        .name = "engine", .type = SPX_OPTION_CHOICE, .who = SPX_BY_CLI, at,                        \
        .words = spx_node_engine_words, .value = "none|gradio|sdapi", .old = (old_words),          \
        .help = (tells)                                                                            \
    }

#define SPX_ROW_ENGINE_URL(at, old_words)                                                          \
    {                                                                                              \
        .name = "engine-url", .type = SPX_OPTION_TEXT, .who = SPX_BY_CLI, at, .value = "URL",      \
        .old = (old_words),                                                                        \
        .help = "server of the remote engine; its token is read from $SPX_PAINTER_TOKEN"           \
    }

#endif

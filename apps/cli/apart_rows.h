#ifndef SPX_CLI_APART_ROWS_H
#define SPX_CLI_APART_ROWS_H

/* Rows of every verb that works on photos in processes of their own. `at`: .offset = … */
#include "cli/options.h"

#define SPX_ROW_IN_PROCESS(at)                                                                     \
    {                                                                                              \
        .name = "in-process", .type = SPX_OPTION_SET, .who = SPX_BY_CLI, .set = 1, at,             \
        .help =                                                                                    \
            "no process of its own for each photo: quicker by a moment, and one that crashes a "   \
            "decoder ends all"                                                                     \
    }

#define SPX_ROW_MEMORY(at)                                                                         \
    {                                                                                              \
        .name = "memory", .type = SPX_OPTION_SIZE, .who = SPX_BY_CLI, at, .min = 300e6,            \
        .max = 1e15, .value = "BYTES",                                                             \
        .help = "for all photos at once (half of what this computer or its control group has); a " \
                "photo that needs more waits, or is refused"                                       \
    }

#endif

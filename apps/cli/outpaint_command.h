#ifndef SPX_CLI_OUTPAINT_COMMAND_H
#define SPX_CLI_OUTPAINT_COMMAND_H

/* What `spx outpaint` is told: read once by the program, and again by each process that it starts
 * for a photo, from the same words. */
#include "cli/batch_options.h"
#include "cli/outpaint_options.h"

#include "spx/spx.h"

typedef struct spx_outpaint_command {
    struct {
        spx_batch_wishes batch;
        const char *output;
        int in_process;
        uint64_t memory; /* for a photo; 0 = the standard */
    } wanted;
    spx_engine_options engine;
    spx_outpaint_options options;
    spx_outpaint_wishes growth;
    const char *to_file; /* the file that --output names; NULL = each photo's own place */
} spx_outpaint_command;

/**
 * Fills *command, which must stay where it is: parts of it point at others. Afterwards argv[1] to
 * argv[*argc - 1] are the photos, and argv[*argc] to the NULL at its end are the options' words.
 * Returns 1 to go on; else 0, with the exit code in *exit_code.
 */
int spx_outpaint_command_read(spx_outpaint_command *command, int *argc, char **argv,
                              int *exit_code);

#endif

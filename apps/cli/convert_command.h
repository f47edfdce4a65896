#ifndef SPX_CLI_CONVERT_COMMAND_H
#define SPX_CLI_CONVERT_COMMAND_H

/* What `spx convert` is told: read once by the program, and again by each process that it starts
 * for a photo, from the same words. */
#include "cli/batch_options.h"
#include "cli/outpaint_options.h"

#include "spx/spx.h"

typedef struct spx_convert_command {
    struct {
        spx_batch_wishes batch;
        const char *output;
        unsigned jobs;
        int verbose;
        int json;
        int outpaint;
        int in_process;
        uint64_t memory; /* for all photos at once; 0 = the standard */
        struct {
            const char *manifest; /* NULL = none, as the others */
            const char *results;
            const char *shard;
            int resume;
            const char *s3_endpoint;
            int s3_style; /* spx_s3_style */
            const char *watch;
        } many;
    } wanted;
    spx_engine_options engine;
    spx_convert_options options;
    spx_outpaint_wishes growth;
    spx_outpaint_options outpaint;
} spx_convert_command;

/**
 * Fills *command, which must stay where it is: parts of it point at others. Afterwards argv[1] to
 * argv[*argc - 1] are the photos, and argv[*argc] to the NULL at its end are the options' words.
 * Returns 1 to go on; else 0, with the exit code in *exit_code.
 */
int spx_convert_command_read(spx_convert_command *command, int *argc, char **argv, int *exit_code);

#endif

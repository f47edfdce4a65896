#ifndef SPX_CLI_OPTIONS_H
#define SPX_CLI_OPTIONS_H

/*
 * Options of a verb as tables: one row says the option's name, the type of its value, where the
 * value goes and its line of help. Parsing and --help come from the same rows, and a group of rows
 * that fills one struct may be shared by several verbs:
 *
 *     static const spx_option rows[] = {
 *         { .name = "jobs", .letter = 'j', .type = SPX_OPTION_UNSIGNED, .min = 1, .max = 64,
 *           .offset = offsetof(wishes, jobs), .value = "N", .help = "photos at once" },
 *         { .name = NULL },
 *     };
 *     wishes w = { .jobs = 1 };
 *     const spx_option_group groups[] = { { "Output", rows, &w }, { NULL, NULL, NULL } };
 *     const spx_usage usage = { "convert", "PHOTO...", "Makes …", groups, NULL };
 *     int exit_code = SPX_EXIT_OK;
 *     if (!spx_options_start(&usage, &argc, argv, &exit_code))
 *         return exit_code;
 *     … argv[1] to argv[argc - 1] are the arguments that are not options.
 *
 * Understood: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, letters joined (-qr), "--" as the end
 * of the options, options after arguments. Of an option given twice the last one counts.
 */
#include "cli/usage.h"

#include "spx/status.h"

typedef enum spx_options_result {
    SPX_OPTIONS_READ,   /* the values are stored */
    SPX_OPTIONS_HELP,   /* --help or -h was among them */
    SPX_OPTIONS_TABLE,  /* --help=table was */
    SPX_OPTIONS_WRONG,  /* the message is in the diag */
    SPX_OPTIONS_FAILED, /* they may be right: there was no memory to read them */
} spx_options_result;

/**
 * Reads the options in argv[1] to argv[*argc - 1] into the groups' structs. Afterwards argv[1] to
 * argv[*argc - 1] are the arguments in their order, and behind them, up to the end, the words of
 * the options, without "--" and what made words arguments. What is left over at the end is NULL.
 */
spx_options_result spx_options_read(const spx_usage *usage, int *argc, char **argv, spx_diag *diag);

/**
 * The same for a verb's start: prints --help or --help=table on stdout or the error on stderr.
 * Returns 1 to go on; else 0, with the verb's exit code in *exit_code.
 */
int spx_options_start(const spx_usage *usage, int *argc, char **argv, int *exit_code);

/** "spx VERB: MESSAGE" and a pointer to --help on stderr; returns SPX_EXIT_USAGE. */
int spx_usage_error(const spx_usage *usage, const char *format, ...) SPX_PRINTF(2, 3);

#endif

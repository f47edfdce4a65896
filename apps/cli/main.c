#include "base/suggest.h"
#include "cli/child.h"
#include "cli/convert.h"
#include "cli/exit_code.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "jobs/table_json.h"

#include "spx/version.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int usage(FILE *to)
{
    (void)fprintf(to, "usage: spx VERB [options] [arguments]\n"
                      "       spx --photo PHOTO [options]    the same as spx convert PHOTO\n\n");
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++)
        (void)fprintf(to, "  %-10s %s\n", verb->name, verb->summary);
    (void)fprintf(to, "\nspx VERB --help says more about a verb.\n");
    return to == stdout ? SPX_EXIT_OK : SPX_EXIT_USAGE;
}

static const spx_verb *find_verb(const char *name)
{
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++) {
        if (strcmp(name, verb->name) == 0)
            return verb;
    }
    return NULL;
}

static int fail_verb(const char *name)
{
    spx_suggestion suggestion = { 0 };
    spx_suggestion_offer(&suggestion, name, "help");
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++)
        spx_suggestion_offer(&suggestion, name, verb->name);
    (void)fputs("spx: no such verb: ", stderr);
    spx_text_print(stderr, name);
    if (suggestion.best != NULL) {
        (void)fprintf(stderr, " (did you mean spx %s?)\n", suggestion.best);
    } else if (access(name, F_OK) == 0) {
        (void)fputs(" (to convert this photo: spx convert PHOTO)\n", stderr);
    } else {
        (void)fputs(" (see spx --help)\n", stderr);
    }
    return SPX_EXIT_USAGE;
}

/* The tables of options and formats as JSON, for programs: completions, pages, tests. */
static int print_tables(void)
{
    json_t *const verbs = json_array();
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++)
        (void)json_array_append_new(verbs, json_string(verb->name));
    json_t *const tables = json_pack(
        "{ss, so, so, so, so, so}", "version", spx_version(), "verbs", verbs, "options",
        spx_table_options(SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE), "formats", spx_table_formats(),
        "groups", spx_table_groups(), "shelves", spx_table_shelves());
    const int failed = tables == NULL || json_dumpf(tables, stdout, JSON_INDENT(1)) != 0;
    json_decref(tables);
    (void)fputc('\n', stdout);
    return failed ? SPX_EXIT_FAILED : SPX_EXIT_OK;
}

/* spx help [VERB [--table]], spx help --table */
static int help(int argc, char **argv)
{
    if (argc < 2)
        return usage(stdout);
    if (strcmp(argv[1], "--table") == 0)
        return print_tables();
    const spx_verb *const verb = find_verb(argv[1]);
    if (verb == NULL)
        return fail_verb(argv[1]);
    const int as_table = argc > 2 && strcmp(argv[2], "--table") == 0;
    char option[] = "--help=table";
    if (!as_table)
        option[strlen("--help")] = '\0';
    char *arguments[] = { argv[1], option, NULL };
    return verb->run(2, arguments);
}

static int run(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], SPX_CHILD_WORD) == 0)
        spx_cli_child();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("spx %s\n", spx_version());
        return SPX_EXIT_OK;
    }
    if (strcmp(argv[1], "help") == 0)
        return help(argc - 1, argv + 1);
    if (argv[1][0] == '-')
        return spx_cli_convert(argc, argv);
    const spx_verb *const verb = find_verb(argv[1]);
    return verb == NULL ? fail_verb(argv[1]) : verb->run(argc - 1, argv + 1);
}

/* Results that did not arrive, for example on a full disk, are a failure. */
int main(int argc, char **argv)
{
    const int exit_code = run(argc, argv);
    if ((fflush(stdout) == 0 && !ferror(stdout)) || exit_code != SPX_EXIT_OK)
        return exit_code;
    (void)fputs("spx: the standard output cannot be written\n", stderr);
    return SPX_EXIT_FAILED;
}

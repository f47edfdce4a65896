#include "cli/verbs.h"

#include "spx/version.h"

#include <stdio.h>
#include <string.h>

static int usage(FILE *to)
{
    (void)fprintf(to, "usage: spx VERB [ARGUMENTS]\n\n");
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++)
        (void)fprintf(to, "  %-10s %s\n", verb->name, verb->summary);
    return to == stdout ? SPX_EXIT_OK : SPX_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], "--help") == 0)
        return usage(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("spx %s\n", spx_version());
        return SPX_EXIT_OK;
    }
    for (const spx_verb *verb = spx_verbs; verb->name != NULL; verb++) {
        if (strcmp(argv[1], verb->name) == 0)
            return verb->run(argc - 1, argv + 1);
    }
    (void)fprintf(stderr, "spx: no such verb: %s (see spx --help)\n", argv[1]);
    return SPX_EXIT_USAGE;
}

#ifndef SPX_CLI_USAGE_H
#define SPX_CLI_USAGE_H

/* How a verb is used: what options.c reads arguments by and help.c prints. */
#include "spx/option.h"

/** Options that fill one struct. */
typedef struct spx_option_group {
    const char *title; /* above them in --help */
    const spx_option *options;
    void *values; /* the struct, set to its defaults beforehand */
} spx_option_group;

/** Everything --help says about a verb. */
typedef struct spx_usage {
    const char *verb;
    const char *arguments;          /* e.g. "PHOTO..."; "" for none */
    const char *about;              /* what the verb does; lines end with \n */
    const spx_option_group *groups; /* the last one's title is NULL */
    const char *notes;              /* below the options, may be NULL */
} spx_usage;

#endif

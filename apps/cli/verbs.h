#ifndef SPX_CLI_VERBS_H
#define SPX_CLI_VERBS_H

/** One word after `spx`; run gets the verb itself as argv[0]. */
typedef struct spx_verb {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} spx_verb;

/** Every verb; the last entry's name is NULL. */
extern const spx_verb spx_verbs[];

#endif

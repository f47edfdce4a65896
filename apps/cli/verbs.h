#ifndef SPX_CLI_VERBS_H
#define SPX_CLI_VERBS_H

/** Exit codes of every verb. */
enum spx_exit {
    SPX_EXIT_OK = 0,     /* everything was done */
    SPX_EXIT_FAILED = 1, /* something failed; each failure was one line on stderr */
    SPX_EXIT_USAGE = 2,  /* the arguments make no sense */
};

/** One word after `spx`; run gets the verb itself as argv[0]. */
typedef struct spx_verb {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} spx_verb;

/** Every verb; the last entry's name is NULL. */
extern const spx_verb spx_verbs[];

#endif

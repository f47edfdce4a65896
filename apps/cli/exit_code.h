#ifndef SPX_CLI_EXIT_CODE_H
#define SPX_CLI_EXIT_CODE_H

/** Exit codes of every verb. */
enum spx_exit {
    SPX_EXIT_OK = 0,     /* everything was done */
    SPX_EXIT_FAILED = 1, /* something failed; each failure was one line on stderr */
    SPX_EXIT_USAGE = 2,  /* the arguments make no sense */
};

#endif

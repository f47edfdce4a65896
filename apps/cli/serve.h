#ifndef SPX_CLI_SERVE_H
#define SPX_CLI_SERVE_H

/** spx serve: see doc/api.md. */
int spx_cli_serve(int argc, char **argv);

#endif

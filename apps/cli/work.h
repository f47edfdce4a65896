#ifndef SPX_CLI_WORK_H
#define SPX_CLI_WORK_H

/** spx work: see doc/scale.md. */
int spx_cli_work(int argc, char **argv);

#endif

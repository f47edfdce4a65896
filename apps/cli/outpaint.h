#ifndef SPX_CLI_OUTPAINT_H
#define SPX_CLI_OUTPAINT_H

/** The verb `spx outpaint`: makes photos larger. */
int spx_cli_outpaint(int argc, char **argv);

#endif

#ifndef SPX_CLI_INFO_H
#define SPX_CLI_INFO_H

/** `spx info FILE... [--json]`: what a file is and whether it is a spatial photo. */
int spx_cli_info(int argc, char **argv);

#endif

#ifndef SPX_CLI_CONVERT_H
#define SPX_CLI_CONVERT_H

/** `spx convert PHOTO... [options]`; argv[0] is the verb. Returns the exit code. */
int spx_cli_convert(int argc, char **argv);

#endif

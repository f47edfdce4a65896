#ifndef SPX_CLI_COMPARE_H
#define SPX_CLI_COMPARE_H

/** `spx compare PHOTO [options]`: a contact sheet of strengths and convergences. */
int spx_cli_compare(int argc, char **argv);

#endif

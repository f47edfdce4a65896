#ifndef SPX_CLI_MODEL_H
#define SPX_CLI_MODEL_H

/** `spx model list|fetch|add|verify|remove`: the depth networks on this computer. */
int spx_cli_model(int argc, char **argv);

#endif

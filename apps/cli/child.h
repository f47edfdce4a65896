#ifndef SPX_CLI_CHILD_H
#define SPX_CLI_CHILD_H

#include "child/child.h"

/** What `spx` does when it has started itself for one photo. */
_Noreturn void spx_cli_child(void);

#endif

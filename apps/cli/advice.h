#ifndef SPX_CLI_ADVICE_H
#define SPX_CLI_ADVICE_H

#include <stddef.h>

/** One line about a better depth network that can be fetched, with the command and the size. 0 when
 * there is none. */
int spx_advice_model(const char *model_dir, char *out, size_t size);
/** Says it on stderr, once for each user: when stderr is a terminal and it was not said before. */
void spx_advice_tell(const char *model_dir);

#endif

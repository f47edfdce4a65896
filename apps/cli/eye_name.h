#ifndef SPX_CLI_EYE_NAME_H
#define SPX_CLI_EYE_NAME_H

#include <stddef.h>

/** Which eye a file of a pair shows, by its name: "_L", "_R", "left", "right" and the like. 'L',
 * 'R', or 0. *stem: how many bytes of the name's last part belong to the pair; may be NULL. */
char spx_eye_of_name(const char *name, size_t *stem);

#endif

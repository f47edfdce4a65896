#ifndef SPX_CLI_WATCH_H
#define SPX_CLI_WATCH_H

/*
 * Photos that come into a folder, one after the other, until somebody stops the program: those that
 * lie there and have no output yet, then each that is closed after writing or moved in. A photo
 * whose size still changes is waited for. Hidden files, what spx makes, and files that are no
 * photos are passed over, as of a folder that is named (cli/photo_list.h).
 */
#include "cli/batch.h"

typedef struct spx_watched spx_watched;

/** output: -o, may be NULL; as everything here borrowed until the end. recursive: the folders below
 * it too. */
SPX_NODISCARD spx_status spx_watched_open(spx_watched **out, const char *folder, const char *output,
                                          int recursive, const spx_cancel *cancel, spx_diag *diag);
spx_batch_source spx_watched_source(spx_watched *watched);
void spx_watched_close(spx_watched *watched); /* NULL is fine */

#endif

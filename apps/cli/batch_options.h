#ifndef SPX_CLI_BATCH_OPTIONS_H
#define SPX_CLI_BATCH_OPTIONS_H

/* What `spx convert` and `spx outpaint` are told alike: which photos, and what of files that are
 * there already. */
#include "cli/options.h"

typedef enum spx_existing {
    SPX_EXISTING_OVERWRITE,
    SPX_EXISTING_SKIP,
    SPX_EXISTING_KEEP,
} spx_existing;

/** What the rows below fill in; all zero is the default. */
typedef struct spx_batch_wishes {
    int recursive;
    int existing; /* spx_existing */
    int quiet;
} spx_batch_wishes;

extern const spx_option spx_batch_rows[];

#endif

#ifndef SPX_CLI_OUTPAINT_OPTIONS_H
#define SPX_CLI_OUTPAINT_OPTIONS_H

/* How a photo grows, as `spx outpaint` and `spx convert` are told alike. */
#include "child/child.h"
#include "cli/options.h"
#include "cli/settings.h"

#include "spx/outpaint.h"

/** What the rows of SPX_OPTIONS_BORDER and SPX_OPTIONS_PAINTER fill in. */
typedef struct spx_outpaint_wishes {
    spx_border border;
    spx_painter painter;
    spx_settings settings; /* read when a remote engine is asked for */
} spx_outpaint_wishes;

/** Nothing asked for, but what the environment says of server, token and prompt. */
void spx_outpaint_wishes_init(spx_outpaint_wishes *wishes);

/** Whether any of the rows was given. */
int spx_outpaint_wishes_given(const spx_outpaint_wishes *wishes);

/** Fills the options, which were initialised before; the strings stay borrowed from the wishes.
 * What neither the command line nor the environment says of a remote engine, the settings file may.
 * Returns 1, or 0 when the wishes contradict each other and usage was told so. */
int spx_outpaint_wishes_read(spx_outpaint_wishes *wishes, const spx_usage *usage,
                             spx_outpaint_options *options);

/** For a process that has no use for the token: takes it out of both. */
void spx_outpaint_wishes_forget_token(spx_outpaint_wishes *wishes, spx_outpaint_options *options);
/** The remote painter of the options, borrowed from them; NULL = none is asked for. options: may be
 * NULL; storage: for the answer. */
const spx_child_painter *spx_outpaint_painter(const spx_outpaint_options *options,
                                              spx_child_painter *storage);

#endif

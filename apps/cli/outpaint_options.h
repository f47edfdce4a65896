#ifndef SPX_CLI_OUTPAINT_OPTIONS_H
#define SPX_CLI_OUTPAINT_OPTIONS_H

/* The options that say how a photo grows, as rows that `spx outpaint` and `spx convert` share. */
#include "cli/options.h"
#include "cli/settings.h"

#include "spx/outpaint.h"

/** What the rows below fill in. */
typedef struct spx_outpaint_wishes {
    spx_border border;
    int engine;
    const char *url;
    const char *token;
    const char *prompt;
    spx_option_texts parameters;
    double timeout_s;
    int fallback_local;
    spx_settings settings; /* read when a remote engine is asked for */
} spx_outpaint_wishes;

extern const spx_option spx_painter_rows[]; /* who paints; how much: SPX_OPTIONS_BORDER */

/** Nothing asked for, but what the environment says of server, token and prompt. */
void spx_outpaint_wishes_init(spx_outpaint_wishes *wishes);

/** Whether any of the rows was given. */
int spx_outpaint_wishes_given(const spx_outpaint_wishes *wishes);

/** Fills the options; the strings stay borrowed from the wishes. What neither the command line nor
 * the environment says of a remote engine, the settings file may. Returns 1, or 0 when the wishes
 * contradict each other and usage was told so. */
int spx_outpaint_wishes_read(spx_outpaint_wishes *wishes, const spx_usage *usage,
                             spx_outpaint_options *options);

#endif

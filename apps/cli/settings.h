#ifndef SPX_CLI_SETTINGS_H
#define SPX_CLI_SETTINGS_H

#include "base/status.h"

enum { SPX_SETTING_SIZE = 4100 };

/**
 * What $XDG_CONFIG_HOME/spx/config (or ~/.config/spx/config) says, a line "NAME = VALUE" each;
 * empty lines and lines that begin with # do not count. Missing values are "".
 */
typedef struct spx_settings {
    char url[SPX_SETTING_SIZE];    /* outpaint-url */
    char token[SPX_SETTING_SIZE];  /* outpaint-token */
    char prompt[SPX_SETTING_SIZE]; /* outpaint-prompt */
} spx_settings;

/** A missing file is an empty one. SPX_ERR_ARGUMENT names the file and the line that makes no
 * sense, never a value. */
SPX_NODISCARD spx_status spx_settings_read(spx_settings *out, spx_diag *diag);
/** The same for a file's text. path: for messages. */
SPX_NODISCARD spx_status spx_settings_parse(spx_settings *out, const char *text, const char *path,
                                            spx_diag *diag);

#endif

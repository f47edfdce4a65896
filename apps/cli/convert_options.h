#ifndef SPX_CLI_CONVERT_OPTIONS_H
#define SPX_CLI_CONVERT_OPTIONS_H

/*
 * The options that choose how photos are converted, as groups that verbs share. Each ends with the
 * empty option and fills the struct named beside it.
 */
#include "cli/options.h"

extern const spx_option spx_stereo_options[];  /* spx_convert_options: strength, eyes, camera */
extern const spx_option spx_depth_options[];   /* spx_convert_options: network or own map */
extern const spx_option spx_picture_options[]; /* spx_convert_options: files and their coding */
extern const spx_option spx_engine_rows[];     /* spx_engine_options: threads and limits */

#endif

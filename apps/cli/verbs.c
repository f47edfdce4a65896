#include "cli/verbs.h"

#include "cli/comfort.h"
#include "cli/compare.h"
#include "cli/convert.h"
#include "cli/info.h"
#include "cli/model.h"
#include "cli/outpaint.h"
#include "cli/serve.h"
#include "cli/work.h"

#include <stddef.h>

const spx_verb spx_verbs[] = {
    { "convert", "turns photos into spatial photos", spx_cli_convert },
    { "outpaint", "makes photos larger by painting a border", spx_cli_outpaint },
    { "compare", "shows strengths and convergences side by side", spx_cli_compare },
    { "comfort", "tells how comfortable stereo files are to look at", spx_cli_comfort },
    { "info", "tells whether a file is a spatial photo, and why not", spx_cli_info },
    { "serve", "web page and HTTP API", spx_cli_serve },
    { "work", "works on the jobs of many servers", spx_cli_work },
    { "model", "fetches, lists and checks depth networks", spx_cli_model },
    { NULL, NULL, NULL },
};

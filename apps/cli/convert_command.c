#include "cli/convert_command.h"

#include "cli/apart_rows.h"
#include "cli/options.h"
#include "cli/verbs.h"

#include <stdlib.h>
#include <string.h>

enum { JOBS_MAX = 64 };

#define AT(field) .offset = offsetof(spx_convert_command, wanted.field)

static const spx_option output_options[] = {
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(output),
      .value = "DIR",
      .help = "make NAME_output in DIR instead of beside the photo" },
    { .name = "jobs",
      .letter = 'j',
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      AT(jobs),
      .min = 1,
      .max = JOBS_MAX,
      .standard = 1,
      .value = "N",
      .help = "photos at once; each one more takes memory for one more photo" },
    { .name = "verbose",
      .letter = 'v',
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      AT(verbose),
      .help = "print the seconds of each stage and every file" },
    { .name = "json",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      AT(json),
      .help = "print one line of JSON for each photo" },
    { .name = "outpaint",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      AT(outpaint),
      .help = "make the photo larger first; the options under Border say how" },
    SPX_ROW_IN_PROCESS(AT(in_process)),
    SPX_ROW_MEMORY(AT(memory)),
    { .name = NULL },
};

static const char about[] =
    "Turns photos into stereo photos. For each it makes NAME_output/ with NAME_spatial.heic,\n"
    "NAME_sbs.hevc, depth_image.jpg, stereo_left.png and stereo_right.png. PHOTO may be a\n"
    "folder: its photos are converted, but nothing that spx made; or - for standard input.\n"
    "Files that hold two eyes (MPO, JPS, PNS, spatial HEIC, side by side) keep both.\n";

static const char notes[] =
    "Exit code: 0 all photos were converted, 1 some failed (one line each on stderr), 2 the\n"
    "arguments make no sense, 128 + N a signal N (Ctrl-C: 130) came first.\n";

int spx_convert_command_read(spx_convert_command *command, int *argc, char **argv, int *exit_code)
{
    *command = (spx_convert_command){ .wanted = { .output = NULL } };
    spx_options_standard(output_options, command);
    spx_outpaint_wishes_init(&command->growth);
    spx_engine_options_init(&command->engine);
    spx_convert_options_init(&command->options);
    spx_outpaint_options_init(&command->outpaint);
    const spx_option_group groups[] = {
        { "Photos and folders", spx_batch_rows, &command->wanted.batch },
        { "Output", output_options, command },
        { "Stereo", spx_options_of(SPX_OPTIONS_STEREO), &command->options },
        { "Depth", spx_options_of(SPX_OPTIONS_DEPTH), &command->options },
        { "Files", spx_options_of(SPX_OPTIONS_FILES), &command->options },
        { "Border", spx_options_of(SPX_OPTIONS_BORDER), &command->growth.border },
        { "Painter of the border", spx_options_of(SPX_OPTIONS_PAINTER), &command->growth.painter },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &command->engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "convert", "PHOTO...", about, groups, notes };
    if (!spx_options_start(&usage, argc, argv, exit_code))
        return 0;
    *exit_code = SPX_EXIT_USAGE;
    if (*argc < 2) {
        (void)spx_usage_error(&usage, "which photo?");
        return 0;
    }
    if (command->options.depth_map_invert && command->options.depth_map == NULL) {
        (void)spx_usage_error(&usage, "--invert belongs to --depth-map");
        return 0;
    }
    if (!command->wanted.outpaint && spx_outpaint_wishes_given(&command->growth)) {
        (void)spx_usage_error(&usage, "the options under Border and Painter belong to --outpaint");
        return 0;
    }
    if (command->wanted.outpaint) {
        if (!spx_outpaint_wishes_read(&command->growth, &usage, &command->outpaint))
            return 0;
        command->options.outpaint = &command->outpaint;
    }
    command->options.skip_existing = command->wanted.batch.existing == SPX_EXISTING_SKIP;
    command->options.no_overwrite = command->wanted.batch.existing == SPX_EXISTING_KEEP;
    *exit_code = SPX_EXIT_OK;
    return 1;
}

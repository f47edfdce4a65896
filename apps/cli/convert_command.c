#include "cli/convert_command.h"

#include "cli/apart_rows.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "net/s3.h"

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

static const spx_option_word s3_styles[] = {
    { "auto", SPX_S3_STYLE_AUTO },
    { "path", SPX_S3_STYLE_PATH },
    { "host", SPX_S3_STYLE_HOST },
    { NULL, 0 },
};

static const spx_option many_options[] = {
    { .name = "manifest",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(many.manifest),
      .value = "FILE",
      .help =
          "the photos that FILE lists, one a line, paths or https:// or s3:// addresses; behind a "
          "tab the folder for its files, a path or an s3:// address; - for standard input" },
    { .name = "shard",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(many.shard),
      .value = "I/N",
      .help = "of the manifest the Ith of N parts: every Nth line" },
    { .name = "resume",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      AT(many.resume),
      .help = "pass over what the results say is done, and photos that cannot be read" },
    { .name = "results",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(many.results),
      .value = "FILE",
      .help = "a line of JSON for each photo is appended here (MANIFEST.results.jsonl)" },
    { .name = "s3-endpoint",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(many.s3_endpoint),
      .value = "URL",
      .help =
          "the server of s3:// addresses (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's); "
          "credentials come from AWS_... or ~/.aws" },
    { .name = "s3-style",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI,
      AT(many.s3_style),
      .words = s3_styles,
      .value = "STYLE",
      .help = "where a bucket stands: https://BUCKET.HOST or https://HOST/BUCKET" },
    { .name = "watch",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(many.watch),
      .value = "DIR",
      .help = "convert each photo that comes into DIR, until the program is stopped; with -r also "
              "below it" },
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

/* What is wrong about where photos come from; NULL = nothing. */
static const char *check_many(const spx_convert_command *command, int photos)
{
    const int lists = command->wanted.many.manifest != NULL;
    const int watches = command->wanted.many.watch != NULL;
    const int depends = command->wanted.many.shard != NULL || command->wanted.many.resume ||
                        command->wanted.many.results != NULL;
    if (lists && watches)
        return "--manifest and --watch are two ways to name photos: one of them";
    if (depends && !lists)
        return "--shard, --resume and --results belong to --manifest";
    if ((lists || watches) && command->options.stereo == SPX_STEREO_INPUT_PAIR)
        return "--stereo pair takes photos that are named";
    /* A child's command line has one photo, whatever else it says. */
    return photos == 0 && !lists && !watches ? "which photo?" : NULL;
}

int spx_convert_command_read(spx_convert_command *command, int *argc, char **argv, int *exit_code)
{
    *command = (spx_convert_command){ .wanted = { .output = NULL } };
    spx_options_standard(output_options, command);
    spx_options_standard(many_options, command);
    spx_outpaint_wishes_init(&command->growth);
    spx_engine_options_init(&command->engine);
    spx_convert_options_init(&command->options);
    spx_outpaint_options_init(&command->outpaint);
    const spx_option_group groups[] = {
        { "Photos and folders", spx_batch_rows, &command->wanted.batch },
        { "Output", output_options, command },
        { "Many photos", many_options, command },
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
    const char *const wrong = check_many(command, *argc - 1);
    if (wrong != NULL) {
        (void)spx_usage_error(&usage, "%s", wrong);
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

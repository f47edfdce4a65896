#include "cli/convert.h"

#include "cli/advice.h"
#include "cli/batch.h"
#include "cli/batch_options.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/outpaint_options.h"
#include "cli/photo_pairs.h"
#include "cli/verbs.h"

#include "spx/spx.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { JOBS_MAX = 64 };

typedef struct wishes {
    spx_batch_wishes batch;
    const char *output;
    unsigned jobs;
    int verbose;
    int json;
    int outpaint;
} wishes;

static const spx_option output_options[] = {
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, output),
      .value = "DIR",
      .help = "make NAME_output in DIR instead of beside the photo" },
    { .name = "jobs",
      .letter = 'j',
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, jobs),
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
      .offset = offsetof(wishes, verbose),
      .help = "print the seconds of each stage and every file" },
    { .name = "json",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(wishes, json),
      .help = "print one line of JSON for each photo" },
    { .name = "outpaint",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(wishes, outpaint),
      .help = "make the photo larger first; the options under Border say how" },
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

static int convert_all(const wishes *wanted, const spx_engine_options *engine,
                       spx_convert_options *options, int argc, char **argv)
{
    spx_photo_list photos = { .recursive = wanted->batch.recursive };
    spx_cancel *cancel = NULL;
    spx_diag diag = { 0 };
    size_t failed = spx_photo_list_add_all(&photos, (size_t)argc - 1, argv + 1);
    spx_status status = spx_cancel_create(&cancel);
    if (status == SPX_OK && options->stereo == SPX_STEREO_INPUT_PAIR)
        status = spx_photo_list_pair(&photos, &diag);
    if (status == SPX_OK)
        status = spx_photo_list_place(&photos, SPX_PLACE_FOLDER, wanted->output, &diag);
    if (status != SPX_OK) {
        (void)fprintf(stderr, "spx: %s\n", spx_status_name(status));
        failed++;
        goto out;
    }
    options->skip_existing = wanted->batch.existing == SPX_EXISTING_SKIP;
    options->no_overwrite = wanted->batch.existing == SPX_EXISTING_KEEP;
    const spx_batch batch = {
        .photos = &photos,
        .engine = engine,
        .convert = options,
        .cancel = cancel,
        .jobs = wanted->jobs,
        .quiet = wanted->batch.quiet,
        .style = { .json = wanted->json, .verbose = wanted->verbose },
    };
    spx_interrupt_catch(cancel);
    spx_interrupt_hurry();
    if (photos.count != 0)
        failed += spx_batch_run(&batch);
    spx_interrupt_release();

out:
    spx_cancel_destroy(cancel);
    spx_photo_list_clear(&photos);
    return failed == 0 ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

int spx_cli_convert(int argc, char **argv)
{
    wishes wanted = { .output = NULL };
    spx_engine_options engine;
    spx_convert_options options;
    spx_outpaint_wishes growth;
    spx_outpaint_options outpaint;
    spx_options_standard(output_options, &wanted);
    spx_outpaint_wishes_init(&growth);
    spx_engine_options_init(&engine);
    spx_convert_options_init(&options);
    spx_outpaint_options_init(&outpaint);
    const spx_option_group groups[] = {
        { "Photos and folders", spx_batch_rows, &wanted.batch },
        { "Output", output_options, &wanted },
        { "Stereo", spx_options_of(SPX_OPTIONS_STEREO), &options },
        { "Depth", spx_options_of(SPX_OPTIONS_DEPTH), &options },
        { "Files", spx_options_of(SPX_OPTIONS_FILES), &options },
        { "Border", spx_options_of(SPX_OPTIONS_BORDER), &growth.border },
        { "Painter of the border", spx_options_of(SPX_OPTIONS_PAINTER), &growth.painter },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "convert", "PHOTO...", about, groups, notes };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc < 2)
        return spx_usage_error(&usage, "which photo?");
    if (options.depth_map_invert && options.depth_map == NULL)
        return spx_usage_error(&usage, "--invert belongs to --depth-map");
    if (!wanted.outpaint && spx_outpaint_wishes_given(&growth))
        return spx_usage_error(&usage, "the options under Border and Painter belong to --outpaint");
    if (wanted.outpaint) {
        if (!spx_outpaint_wishes_read(&growth, &usage, &outpaint))
            return SPX_EXIT_USAGE;
        options.outpaint = &outpaint;
    }

    spx_interrupt_keep_writing();
    exit_code = convert_all(&wanted, &engine, &options, argc, argv);
    const int network =
        options.depth_map == NULL && (options.model == NULL || strcmp(options.model, "auto") == 0);
    if (network && !wanted.batch.quiet && !wanted.json && exit_code == SPX_EXIT_OK)
        spx_advice_tell(engine.model_dir);
    return spx_interrupt_exit(exit_code);
}

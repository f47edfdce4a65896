#include "cli/convert.h"

#include "cli/advice.h"
#include "cli/apart.h"
#include "cli/batch.h"
#include "cli/convert_command.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/manifest.h"
#include "cli/options_text.h"
#include "cli/photo_pairs.h"
#include "cli/watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs a batch while signals stop it. */
static size_t run(const spx_convert_command *command, spx_batch *batch)
{
    batch->engine = &command->engine;
    batch->convert = &command->options;
    batch->jobs = command->wanted.jobs;
    batch->quiet = command->wanted.batch.quiet;
    batch->style =
        (spx_report_style){ .json = command->wanted.json, .verbose = command->wanted.verbose };
    batch->memory_bytes = command->wanted.memory;
    if (command->wanted.in_process)
        batch->words = NULL;
    if (command->wanted.in_process)
        spx_interrupt_hurry();
    return spx_batch_run(batch);
}

static int failed_to_begin(spx_status status, const spx_diag *diag)
{
    spx_error_line_say(NULL, diag->text[0] == '\0' ? spx_status_name(status) : diag->text);
    return SPX_EXIT_FAILED;
}

static int convert_named(const spx_convert_command *command, int argc, char **argv,
                         const spx_cancel *cancel)
{
    spx_photo_list photos = { .recursive = command->wanted.batch.recursive };
    spx_diag diag = { 0 };
    size_t failed = spx_photo_list_add_all(&photos, (size_t)argc - 1, argv + 1);
    spx_status status = SPX_OK;
    if (command->options.stereo == SPX_STEREO_INPUT_PAIR)
        status = spx_photo_list_pair(&photos, &diag);
    if (status == SPX_OK)
        status = spx_photo_list_place(&photos, SPX_PLACE_FOLDER, command->wanted.output, &diag);
    if (status != SPX_OK) {
        failed += (size_t)failed_to_begin(status, &diag);
    } else if (photos.count != 0) {
        spx_batch batch = { .photos = &photos, .cancel = cancel, .words = argv + argc };
        failed += run(command, &batch);
    }
    spx_photo_list_clear(&photos);
    return failed == 0 ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

/* ---- many photos ---- */

static size_t run_source(const spx_convert_command *command, const spx_batch_source *source,
                         char *const *words, const spx_cancel *cancel)
{
    spx_batch batch = { .source = source, .cancel = cancel, .words = words };
    return run(command, &batch);
}

/* All that decides over the pictures of a photo. */
static spx_status print_options(const spx_convert_command *command, spx_bytes *out, spx_diag *diag)
{
    static const struct {
        spx_option_section section;
        int is_growth;
    } sections[] = { { SPX_OPTIONS_STEREO, 0 },
                     { SPX_OPTIONS_DEPTH, 0 },
                     { SPX_OPTIONS_FILES, 0 },
                     { SPX_OPTIONS_BORDER, 1 },
                     { SPX_OPTIONS_PAINTER, 2 } };
    const void *const values[] = { &command->options, &command->growth.border,
                                   &command->growth.painter };
    spx_bytes_text(out, command->wanted.outpaint ? "outpaint\n" : "\n");
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        spx_options_print(out, spx_options_of(sections[i].section), values[sections[i].is_growth]);
    }
    spx_bytes_u8(out, 0);
    return spx_bytes_check(out, "options", diag);
}

static void tell_end(const spx_convert_command *command, size_t done_before)
{
    if (done_before != 0 && !command->wanted.batch.quiet) {
        (void)fprintf(stderr, "spx: %zu photo%s of the list done before\n", done_before,
                      done_before == 1 ? "" : "s");
    }
}

static int convert_listed(const spx_convert_command *command, char *const *words,
                          const spx_cancel *cancel)
{
    spx_manifest_options options = { .path = command->wanted.many.manifest,
                                     .results = command->wanted.many.results,
                                     .output = command->wanted.output,
                                     .resume = command->wanted.many.resume,
                                     .shard = 1,
                                     .shards = 1,
                                     .far = { .endpoint = command->wanted.many.s3_endpoint,
                                              .style = command->wanted.many.s3_style,
                                              .most_bytes = command->engine.limits.file_bytes,
                                              .cancel = cancel } };
    spx_manifest *manifest = NULL;
    spx_bytes salt = { 0 };
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    size_t failed = 0;
    size_t done_before = 0;
    const char *const shard = command->wanted.many.shard;
    if (shard != NULL && !spx_manifest_read_shard(shard, &options.shard, &options.shards)) {
        (void)spx_fail(&diag, SPX_ERR_ARGUMENT, "--shard: \"%s\" is not I/N, such as 2/8", shard);
        spx_error_line_say(NULL, diag.text);
        return SPX_EXIT_USAGE;
    }
    SPX_TRY_OUT(print_options(command, &salt, &diag));
    options.salt = (const char *)salt.data;
    SPX_TRY_OUT(spx_manifest_open(&manifest, &options, &diag));
    const spx_batch_source source = spx_manifest_source(manifest);
    failed = run_source(command, &source, words, cancel);
    status = spx_manifest_end(manifest, &done_before, &diag);
    tell_end(command, done_before);

out:
    if (status != SPX_OK)
        failed += (size_t)failed_to_begin(status, &diag);
    spx_manifest_close(manifest);
    spx_bytes_clear(&salt);
    return failed == 0 ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

static int convert_watched(const spx_convert_command *command, char *const *words,
                           const spx_cancel *cancel)
{
    spx_watched *watched = NULL;
    spx_diag diag = { 0 };
    const spx_status status =
        spx_watched_open(&watched, command->wanted.many.watch, command->wanted.output,
                         command->wanted.batch.recursive, cancel, &diag);
    if (status != SPX_OK)
        return failed_to_begin(status, &diag);
    const spx_batch_source source = spx_watched_source(watched);
    const size_t failed = run_source(command, &source, words, cancel);
    spx_watched_close(watched);
    /* What has no end of its own was stopped, also when it was not busy just then. */
    return failed == 0 && !spx_cancel_requested(cancel) ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

static int convert_all(const spx_convert_command *command, int argc, char **argv)
{
    spx_cancel *cancel = NULL;
    int exit_code = SPX_EXIT_OK;
    const int many = command->wanted.many.manifest != NULL || command->wanted.many.watch != NULL;
    if (spx_cancel_create(&cancel) != SPX_OK) {
        (void)fputs("spx: out of memory\n", stderr);
        return SPX_EXIT_FAILED;
    }
    spx_interrupt_catch(cancel);
    if (many && argc > 1) {
        (void)fputs("spx: photos are named and listed: one or the other\n", stderr);
        exit_code = SPX_EXIT_USAGE;
    } else if (command->wanted.many.manifest != NULL) {
        exit_code = convert_listed(command, argv + argc, cancel);
    } else if (command->wanted.many.watch != NULL) {
        exit_code = convert_watched(command, argv + argc, cancel);
    } else {
        exit_code = convert_named(command, argc, argv, cancel);
    }
    spx_interrupt_release();
    spx_cancel_destroy(cancel);
    return exit_code;
}

int spx_cli_convert(int argc, char **argv)
{
    static spx_convert_command command;
    int exit_code = SPX_EXIT_OK;
    if (!spx_convert_command_read(&command, &argc, argv, &exit_code))
        return exit_code;
    spx_apart_forget_token(argv + argc);
    spx_interrupt_keep_writing();
    exit_code = convert_all(&command, argc, argv);
    const spx_convert_options *const options = &command.options;
    const int network = options->depth_map == NULL &&
                        (options->model == NULL || strcmp(options->model, "auto") == 0);
    if (network && !command.wanted.batch.quiet && !command.wanted.json && exit_code == SPX_EXIT_OK)
        spx_advice_tell(command.engine.model_dir);
    return spx_interrupt_exit(exit_code);
}

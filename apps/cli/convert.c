#include "cli/convert.h"

#include "cli/advice.h"
#include "cli/apart.h"
#include "cli/batch.h"
#include "cli/convert_command.h"
#include "cli/interrupt.h"
#include "cli/photo_pairs.h"
#include "cli/verbs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int convert_all(const spx_convert_command *command, int argc, char **argv,
                       char *const *words)
{
    spx_photo_list photos = { .recursive = command->wanted.batch.recursive };
    spx_cancel *cancel = NULL;
    spx_diag diag = { 0 };
    size_t failed = spx_photo_list_add_all(&photos, (size_t)argc - 1, argv + 1);
    spx_status status = spx_cancel_create(&cancel);
    if (status == SPX_OK && command->options.stereo == SPX_STEREO_INPUT_PAIR)
        status = spx_photo_list_pair(&photos, &diag);
    if (status == SPX_OK)
        status = spx_photo_list_place(&photos, SPX_PLACE_FOLDER, command->wanted.output, &diag);
    if (status != SPX_OK) {
        (void)fprintf(stderr, "spx: %s\n", spx_status_name(status));
        failed++;
        goto out;
    }
    const spx_batch batch = {
        .photos = &photos,
        .engine = &command->engine,
        .convert = &command->options,
        .cancel = cancel,
        .jobs = command->wanted.jobs,
        .quiet = command->wanted.batch.quiet,
        .style = { .json = command->wanted.json, .verbose = command->wanted.verbose },
        .words = command->wanted.in_process ? NULL : words,
        .memory_bytes = command->wanted.memory,
    };
    spx_interrupt_catch(cancel);
    if (command->wanted.in_process)
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
    static spx_convert_command command;
    int exit_code = SPX_EXIT_OK;
    if (!spx_convert_command_read(&command, &argc, argv, &exit_code))
        return exit_code;
    spx_apart_forget_token(argv + argc);
    spx_interrupt_keep_writing();
    exit_code = convert_all(&command, argc, argv, argv + argc);
    const spx_convert_options *const options = &command.options;
    const int network = options->depth_map == NULL &&
                        (options->model == NULL || strcmp(options->model, "auto") == 0);
    if (network && !command.wanted.batch.quiet && !command.wanted.json && exit_code == SPX_EXIT_OK)
        spx_advice_tell(command.engine.model_dir);
    return spx_interrupt_exit(exit_code);
}

#include "cli/outpaint_command.h"

#include "base/file.h"
#include "cli/apart_rows.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/standard_input.h"

#include <string.h>
#include <sys/stat.h>

#define AT(field) .offset = offsetof(spx_outpaint_command, wanted.field)

static const spx_option output_options[] = {
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      AT(output),
      .value = "FILE|DIR",
      .help = "file to write (png, jpg, webp, tif, heic or avif by its extension), or the folder "
              "for NAME_outpainted.png; otherwise beside the photo" },
    SPX_ROW_IN_PROCESS(AT(in_process)),
    SPX_ROW_MEMORY(AT(memory)),
    { .name = NULL },
};

static const char about[] =
    "Makes photos larger: the border grows, every pixel of the photo stays as it is. Without\n"
    "a remote engine it continues texture and background; it invents no new things. PHOTO may\n"
    "be a folder, or - for standard input.\n";

static const char notes[] =
    "Exit code: 0 all photos were made larger, 1 some failed (one line each on stderr), 2 the\n"
    "arguments make no sense, 128 + N a signal N (Ctrl-C: 130) came first.\n";

static int is_folder(const char *path)
{
    struct stat about_path;
    const size_t length = strlen(path);
    return (length != 0 && path[length - 1] == '/') ||
           (stat(path, &about_path) == 0 && S_ISDIR(about_path.st_mode));
}

/* Whether the photos can go where --output says. */
static int place(spx_outpaint_command *command, const spx_usage *usage, int argc, char **argv)
{
    const char *const output = command->wanted.output;
    const int several = argc > 2 || (!spx_is_standard_input(argv[1]) && is_folder(argv[1]));
    if (output != NULL && !is_folder(output) &&
        !(several && strchr(spx_path_name(output), '.') == NULL))
        command->to_file = output;
    if (command->to_file != NULL && several) {
        (void)spx_usage_error(usage, "several photos need a folder as --output");
        return 0;
    }
    return 1;
}

int spx_outpaint_command_read(spx_outpaint_command *command, int *argc, char **argv, int *exit_code)
{
    *command = (spx_outpaint_command){ .to_file = NULL };
    spx_options_standard(output_options, command);
    spx_outpaint_wishes_init(&command->growth);
    spx_engine_options_init(&command->engine);
    spx_outpaint_options_init(&command->options);
    const spx_option_group groups[] = {
        { "Photos and folders", spx_batch_rows, &command->wanted.batch },
        { "Output", output_options, command },
        { "Picture", spx_options_of(SPX_OPTIONS_PICTURE), &command->options },
        { "Border", spx_options_of(SPX_OPTIONS_BORDER), &command->growth.border },
        { "Painter of the border", spx_options_of(SPX_OPTIONS_PAINTER), &command->growth.painter },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &command->engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "outpaint", "PHOTO...", about, groups, notes };
    if (!spx_options_start(&usage, argc, argv, exit_code))
        return 0;
    *exit_code = SPX_EXIT_USAGE;
    if (*argc < 2) {
        (void)spx_usage_error(&usage, "which photo?");
        return 0;
    }
    if (!spx_outpaint_wishes_read(&command->growth, &usage, &command->options) ||
        !place(command, &usage, *argc, argv))
        return 0;
    command->options.no_overwrite = command->wanted.batch.existing == SPX_EXISTING_KEEP;
    *exit_code = SPX_EXIT_OK;
    return 1;
}

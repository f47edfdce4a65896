/*
 * Photos are listed first, so that a wrong name fails before any work, and then done one after the
 * other; one that fails does not stop the rest, and decides the exit code.
 */
#include "cli/outpaint.h"

#include "cli/batch_options.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/outpaint_options.h"
#include "cli/photo_list.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/standard_input.h"
#include "cli/text.h"
#include "cli/verbs.h"

#include "base/clock.h"
#include "base/file.h"
#include "spx/outpaint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_SIZE = 64 };

typedef struct wishes {
    spx_batch_wishes batch;
    const char *output;
} wishes;

static const spx_option output_options[] = {
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, output),
      .value = "FILE|DIR",
      .help = "file to write (png, jpg, webp, tif, heic or avif by its extension), or the folder "
              "for NAME_outpainted.png; otherwise beside the photo" },
    { .name = NULL },
};

static const char about[] =
    "Makes photos larger: the border grows, every pixel of the photo stays as it is. Without\n"
    "a remote engine it continues texture and background; it invents no new things. PHOTO may\n"
    "be a folder, or - for standard input.\n";

static const char notes[] =
    "Exit code: 0 all photos were made larger, 1 some failed (one line each on stderr), 2 the\n"
    "arguments make no sense, 128 + N a signal N (Ctrl-C: 130) came first.\n";

/** What all photos of one command share. */
typedef struct run {
    spx_engine *engine;
    const spx_outpaint_options *options;
    const wishes *wanted;
    spx_progress *progress;
    spx_watch watch;
    const char *to_file;  /* the file that -o names; NULL = each photo's own place */
    char note[NOTE_SIZE]; /* what the remote engine waits for */
    double fraction;
} run;

static void on_progress(void *user, spx_stage stage, double fraction)
{
    run *const self = user;
    self->fraction = fraction;
    spx_progress_update(self->progress, 0,
                        self->note[0] == '\0' ? spx_stage_name(stage) : self->note, fraction);
}

static void on_note(void *user, const char *text)
{
    run *const self = user;
    spx_progress_pause(self->progress); /* the line reads the note */
    (void)snprintf(self->note, sizeof(self->note), "%s", text);
    spx_progress_resume(self->progress);
    on_progress(user, SPX_STAGE_OUTPAINT, self->fraction);
}

static int is_folder(const char *path)
{
    struct stat about_path;
    const size_t length = strlen(path);
    return path[length - 1] == '/' || (stat(path, &about_path) == 0 && S_ISDIR(about_path.st_mode));
}

/** status and text as from the library; result counts only on success. */
static void tell(const run *self, const char *path, spx_status status, const char *text,
                 const spx_outpaint_result *result, double seconds)
{
    spx_progress_pause(self->progress);
    if (status == SPX_OK) {
        spx_report_warnings(stderr, path, &result->warnings, !self->wanted->batch.quiet);
        if (!self->wanted->batch.quiet) {
            spx_text_print(stdout, path);
            (void)fputs(": ", stdout);
            spx_text_print(stdout, result->path);
            (void)printf(", %u x %u from %u x %u, %.1f s\n", result->frame.width,
                         result->frame.height, result->frame.photo_width,
                         result->frame.photo_height, seconds);
            (void)fflush(stdout);
        }
    } else if (status != SPX_ERR_CANCELLED) {
        spx_report_error(stderr, path, text);
    }
    spx_progress_resume(self->progress);
}

static void tell_skipped(const run *self, const char *path, const char *output)
{
    if (self->wanted->batch.quiet)
        return;
    spx_progress_pause(self->progress);
    spx_text_print(stdout, path);
    (void)fputs(": skipped, there is ", stdout);
    spx_text_print(stdout, output);
    (void)fputs("\n", stdout);
    (void)fflush(stdout);
    spx_progress_resume(self->progress);
}

/* Makes the folder of a file to be written. */
static spx_status make_folder_of(const char *path, spx_diag *diag)
{
    const char *const slash = strrchr(path, '/');
    if (slash == NULL || slash == path)
        return SPX_OK;
    char *const folder = strndup(path, (size_t)(slash - path));
    if (folder == NULL)
        return spx_fail_memory(diag, path);
    const spx_status status = spx_folder_make(folder, diag);
    free(folder);
    return status;
}

static spx_status outpaint_one(const run *self, const spx_limits *limits,
                               const spx_listed_photo *photo)
{
    spx_outpaint_options options = *self->options;
    spx_outpaint_result result = { 0 };
    spx_diag diag = { 0 };
    spx_input input;
    spx_bytes bytes = { 0 };
    spx_status status = SPX_OK;
    options.output_path = self->to_file != NULL ? self->to_file : photo->output;
    if (self->wanted->batch.existing == SPX_EXISTING_SKIP &&
        access(options.output_path, F_OK) == 0) {
        tell_skipped(self, photo->path, options.output_path);
        return SPX_OK;
    }

    const double begin_s = spx_clock_s();
    spx_progress_begin(self->progress, 0, photo->path);
    SPX_TRY_OUT(spx_input_of(&input, photo->path, limits, &bytes, &diag));
    if (self->to_file == NULL)
        SPX_TRY_OUT(make_folder_of(photo->output, &diag));
    SPX_TRY_OUT(spx_outpaint(self->engine, &input, &options, &self->watch, &result, &diag));

out:
    spx_progress_end(self->progress, 0);
    tell(self, photo->path, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text,
         &result, spx_clock_s() - begin_s);
    spx_outpaint_result_clear(&result);
    spx_bytes_clear(&bytes);
    return status;
}

/** Returns how many of the photos were not made larger. */
static size_t outpaint_all(run *self, const spx_engine_options *engine,
                           const spx_photo_list *photos)
{
    FILE *const line = self->wanted->batch.quiet ? NULL : spx_progress_terminal(stderr);
    spx_cancel *cancel = NULL;
    spx_diag diag = { 0 };
    size_t done = 0;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_engine_create(&self->engine, engine, &diag));
    SPX_TRY_OUT(spx_cancel_create(&cancel));
    SPX_TRY_OUT(spx_progress_create(&self->progress, line, photos->count, 1, &diag));
    self->watch =
        (spx_watch){ .progress = on_progress, .user = self, .cancel = cancel, .note = on_note };
    spx_interrupt_catch(cancel);
    for (size_t i = 0; i < photos->count && !spx_cancel_requested(cancel); i++)
        done += outpaint_one(self, &engine->limits, &photos->items[i]) == SPX_OK ? 1 : 0;
    spx_interrupt_release();
out:
    if (status != SPX_OK) {
        (void)fprintf(stderr, "spx: %s\n",
                      diag.text[0] == '\0' ? spx_status_name(status) : diag.text);
    }
    spx_progress_destroy(self->progress);
    spx_cancel_destroy(cancel);
    spx_engine_destroy(self->engine);
    return photos->count - done;
}

/* Finds the photos and where their pictures go; returns how many photos and folders failed. */
static size_t list_and_outpaint(run *self, const spx_engine_options *engine, int count,
                                char **paths)
{
    const char *const output = self->to_file == NULL ? self->wanted->output : NULL;
    spx_photo_list photos = { .recursive = self->wanted->batch.recursive, .skip_outpainted = 1 };
    spx_diag diag = { 0 };
    size_t failed = spx_photo_list_add_all(&photos, (size_t)count, paths);
    if (spx_photo_list_place(&photos, SPX_PLACE_FILE, output, &diag) != SPX_OK) {
        (void)fprintf(stderr, "spx: %s\n", diag.text);
        failed++;
    } else if (photos.count != 0) {
        failed += outpaint_all(self, engine, &photos);
    }
    spx_photo_list_clear(&photos);
    return failed;
}

int spx_cli_outpaint(int argc, char **argv)
{
    wishes wanted = { .output = NULL };
    spx_outpaint_wishes growth;
    spx_engine_options engine;
    spx_outpaint_options options;
    spx_outpaint_wishes_init(&growth);
    spx_engine_options_init(&engine);
    spx_outpaint_options_init(&options);
    const spx_option_group groups[] = {
        { "Photos and folders", spx_batch_rows, &wanted.batch },
        { "Output", output_options, &wanted },
        { "Picture", spx_options_of(SPX_OPTIONS_PICTURE), &options },
        { "Border", spx_options_of(SPX_OPTIONS_BORDER), &growth.border },
        { "Painter of the border", spx_options_of(SPX_OPTIONS_PAINTER), &growth.painter },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "outpaint", "PHOTO...", about, groups, notes };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc < 2)
        return spx_usage_error(&usage, "which photo?");
    if (!spx_outpaint_wishes_read(&growth, &usage, &options))
        return SPX_EXIT_USAGE;
    run self = { .options = &options, .wanted = &wanted };
    const int several = argc > 2 || is_folder(argv[1]);
    if (wanted.output != NULL && !is_folder(wanted.output) &&
        !(several && strchr(spx_path_name(wanted.output), '.') == NULL))
        self.to_file = wanted.output;
    if (self.to_file != NULL && several)
        return spx_usage_error(&usage, "several photos need a folder as --output");
    options.no_overwrite = wanted.batch.existing == SPX_EXISTING_KEEP;

    spx_interrupt_keep_writing();
    exit_code =
        list_and_outpaint(&self, &engine, argc - 1, argv + 1) == 0 ? SPX_EXIT_OK : SPX_EXIT_FAILED;
    return spx_interrupt_exit(exit_code);
}

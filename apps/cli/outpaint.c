/*
 * Photos are listed first, so that a wrong name fails before any work, and then done one after the
 * other; one that fails does not stop the rest, and decides the exit code.
 */
#include "cli/outpaint.h"

#include "cli/apart.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/outpaint_command.h"
#include "cli/photo_list.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/standard_input.h"
#include "cli/text.h"

#include "base/clock.h"
#include "base/file.h"
#include "spx/outpaint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOTE_SIZE = 64 };

/** What all photos of one command share. */
typedef struct run {
    const spx_outpaint_command *command;
    char *const *words; /* options as they were given; NULL: all in this process */
    spx_engine *engine; /* then */
    spx_gate *gate;     /* else */
    spx_cancel *cancel;
    spx_progress *progress;
    spx_watch watch;
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

/** status and text as from the library; result counts only on success, said may be NULL. */
// NOLINTNEXTLINE(readability-function-size): seven parameters
static void tell(const run *self, const char *path, spx_status status, const char *text,
                 const spx_outpaint_result *result, const spx_apart_said *said, double seconds)
{
    const int quiet = self->command->wanted.batch.quiet;
    spx_progress_pause(self->progress);
    if (status == SPX_OK) {
        if (said != NULL)
            spx_apart_said_print(said);
        spx_report_warnings(stderr, path, &result->warnings, !quiet);
        if (!quiet) {
            spx_text_print(stdout, path);
            (void)fputs(": ", stdout);
            spx_text_print(stdout, result->path);
            (void)printf(", %u x %u from %u x %u, %.1f s\n", result->frame.width,
                         result->frame.height, result->frame.photo_width,
                         result->frame.photo_height, seconds);
            (void)fflush(stdout);
        }
    } else if (status != SPX_ERR_CANCELLED) {
        spx_error_line_print(stderr, path, text);
    }
    spx_progress_resume(self->progress);
}

static void tell_skipped(const run *self, const char *path, const char *output)
{
    if (self->command->wanted.batch.quiet)
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

static void on_stage(void *user, const char *stage, double fraction)
{
    run *const self = user;
    self->fraction = fraction;
    spx_progress_update(self->progress, 0, self->note[0] == '\0' ? stage : self->note, fraction);
}

static uint32_t number_of(const json_t *told, const char *key)
{
    return (uint32_t)json_integer_value(json_object_get(told, key));
}

/* result: of it frame and path are filled in. */
static spx_status outpaint_apart(run *self, const spx_listed_photo *photo, const char *path,
                                 spx_outpaint_result *result, spx_apart_said *said, spx_diag *diag)
{
    const spx_outpaint_command *const command = self->command;
    spx_child_painter painter;
    const spx_apart what = { .verb = "outpaint",
                             .words = self->words,
                             .photo = photo->path,
                             .limits = &command->engine.limits,
                             .painter = spx_outpaint_painter(&command->options, &painter),
                             .gate = self->gate,
                             .cancel = self->cancel,
                             .progress = on_stage,
                             .note = on_note,
                             .user = self };
    SPX_TRY(spx_apart_file(&what, path, command->options.no_overwrite, said, diag));
    result->frame = (spx_frame){ .width = number_of(said->told, "width"),
                                 .height = number_of(said->told, "height"),
                                 .photo_width = number_of(said->told, "photo_width"),
                                 .photo_height = number_of(said->told, "photo_height") };
    result->path = strdup(path);
    return result->path == NULL ? spx_fail_memory(diag, path) : SPX_OK;
}

static spx_status outpaint_here(const run *self, const spx_listed_photo *photo, const char *path,
                                spx_outpaint_result *result, spx_diag *diag)
{
    spx_outpaint_options options = self->command->options;
    spx_input input;
    spx_bytes bytes = { 0 };
    options.output_path = path;
    spx_status status =
        spx_input_of(&input, photo->path, &self->command->engine.limits, &bytes, diag);
    if (status == SPX_OK)
        status = spx_outpaint(self->engine, &input, &options, &self->watch, result, diag);
    spx_bytes_clear(&bytes);
    return status;
}

static spx_status outpaint_one(run *self, const spx_listed_photo *photo)
{
    const spx_outpaint_command *const command = self->command;
    const char *const path = command->to_file != NULL ? command->to_file : photo->output;
    spx_outpaint_result result = { 0 };
    spx_apart_said said = { .output = NULL };
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    if (command->wanted.batch.existing == SPX_EXISTING_SKIP && access(path, F_OK) == 0) {
        tell_skipped(self, photo->path, path);
        return SPX_OK;
    }

    const double begin_s = spx_clock_s();
    spx_progress_begin(self->progress, 0, photo->path);
    if (command->to_file == NULL)
        SPX_TRY_OUT(make_folder_of(photo->output, &diag));
    status = self->words != NULL ? outpaint_apart(self, photo, path, &result, &said, &diag)
                                 : outpaint_here(self, photo, path, &result, &diag);

out:
    spx_progress_end(self->progress, 0);
    tell(self, photo->path, status, diag.text[0] == '\0' ? spx_status_name(status) : diag.text,
         &result, &said, spx_clock_s() - begin_s);
    spx_outpaint_result_clear(&result);
    spx_apart_said_clear(&said);
    return status;
}

/** Returns how many of the photos were not made larger. */
static size_t outpaint_all(run *self, const spx_photo_list *photos)
{
    FILE *const line = self->command->wanted.batch.quiet ? NULL : spx_progress_terminal(stderr);
    spx_diag diag = { 0 };
    size_t done = 0;
    spx_status status = SPX_OK;
    if (self->words == NULL) {
        SPX_TRY_OUT(spx_engine_create(&self->engine, &self->command->engine, &diag));
    } else {
        SPX_TRY_OUT(spx_gate_create(&self->gate, self->command->wanted.memory, &diag));
    }
    SPX_TRY_OUT(spx_cancel_create(&self->cancel));
    SPX_TRY_OUT(spx_progress_create(&self->progress, line, photos->count, 1, &diag));
    self->watch = (spx_watch){
        .progress = on_progress, .user = self, .cancel = self->cancel, .note = on_note
    };
    spx_interrupt_catch(self->cancel);
    for (size_t i = 0; i < photos->count && !spx_cancel_requested(self->cancel); i++)
        done += outpaint_one(self, &photos->items[i]) == SPX_OK ? 1 : 0;
    spx_interrupt_release();
out:
    if (status != SPX_OK)
        spx_error_line_say(NULL, diag.text[0] == '\0' ? spx_status_name(status) : diag.text);
    spx_progress_destroy(self->progress);
    spx_cancel_destroy(self->cancel);
    spx_engine_destroy(self->engine);
    spx_gate_destroy(self->gate);
    return photos->count - done;
}

/* Finds the photos and where their pictures go; returns how many photos and folders failed. */
static size_t list_and_outpaint(run *self, int count, char **paths)
{
    const spx_outpaint_command *const command = self->command;
    const char *const output = command->to_file == NULL ? command->wanted.output : NULL;
    spx_photo_list photos = { .recursive = command->wanted.batch.recursive, .skip_outpainted = 1 };
    spx_diag diag = { 0 };
    size_t failed = spx_photo_list_add_all(&photos, (size_t)count, paths);
    if (spx_photo_list_place(&photos, SPX_PLACE_FILE, output, &diag) != SPX_OK) {
        spx_error_line_say(NULL, diag.text);
        failed++;
    } else if (photos.count != 0) {
        failed += outpaint_all(self, &photos);
    }
    spx_photo_list_clear(&photos);
    return failed;
}

int spx_cli_outpaint(int argc, char **argv)
{
    static spx_outpaint_command command;
    int exit_code = SPX_EXIT_OK;
    if (!spx_outpaint_command_read(&command, &argc, argv, &exit_code))
        return exit_code;
    char **const words = argv + argc;
    spx_apart_forget_token(words);
    run self = { .command = &command, .words = command.wanted.in_process ? NULL : words };
    spx_interrupt_keep_writing();
    exit_code = list_and_outpaint(&self, argc - 1, argv + 1) == 0 ? SPX_EXIT_OK : SPX_EXIT_FAILED;
    return spx_interrupt_exit(exit_code);
}

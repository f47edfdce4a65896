/* The child's side: the same command line, one photo. */
#include "cli/apart.h"

#include "base/clock.h"
#include "base/file.h"
#include "child/needs.h"
#include "child/sandbox.h"
#include "cli/convert_command.h"
#include "cli/report.h"
#include "cli/standard_input.h"
#include "spx/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double growth = 2.0; /* of a larger photo, in pixels: what is usual */

/* Everything lives as long as the process. */
typedef struct apart {
    spx_convert_command command;
    spx_listed_photo photo;
    spx_sandbox sandbox;
    spx_input input;
    char *weights;
    char *weights_folder;
    double last; /* progress that was told */
    int last_stage;
} apart;

static void say_progress(void *user, spx_stage stage, double fraction)
{
    static const double step = 0.004; /* a progress line shows whole per cent */
    apart *const self = user;
    if ((int)stage == self->last_stage && fraction - self->last < step)
        return;
    self->last = fraction;
    self->last_stage = (int)stage;
    spx_child_say(json_pack("{s:[s, f]}", "at", spx_stage_name(stage), fraction));
}

static spx_stereo_input ask_parent(void *user, const char *name, spx_stereo_input looks_like)
{
    (void)user;
    (void)name;
    return (spx_stereo_input)spx_child_question(json_pack("{s:i}", "asks", (int)looks_like));
}

/* The options were right in the parent; here they are read again. */
static spx_status read_words(apart *self, const json_t *words, spx_diag *diag)
{
    char verb[] = "convert";
    char photo[] = "-";
    int exit_code = 0;
    const size_t count = json_array_size(words);
    char **const argv = calloc(count + 3, sizeof(*argv));
    if (argv == NULL)
        return spx_fail_memory(diag, "options");
    argv[0] = verb;
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = spx_child_bytes(json_array_get(words, i));
    argv[count + 1] = photo; /* one has to be there */
    int argc = (int)count + 2;
    if (!spx_convert_command_read(&self->command, &argc, argv, &exit_code))
        return spx_fail(diag, SPX_ERR_INTERNAL, "the options were not understood again");
    return SPX_OK;
}

/* What it may read: the weights, and a depth map. Looked for now: later nothing else is there. */
static void allow_reading(apart *self)
{
    spx_convert_options *const options = &self->command.options;
    size_t count = 0;
    if (spx_model_resolve(options->model, self->command.engine.model_dir, &self->weights, NULL) ==
        SPX_OK) {
        self->sandbox.read[count++] = self->weights;
        self->weights_folder = strdup(self->weights);
        char *const slash =
            self->weights_folder == NULL ? NULL : strrchr(self->weights_folder, '/');
        if (slash != NULL) {
            *slash = '\0';
            self->sandbox.read[count++] = self->weights_folder;
            self->command.engine.model_dir = self->weights_folder;
        }
    }
    if (options->depth_map != NULL)
        self->sandbox.read[count] = options->depth_map;
}

static spx_status open_photos(apart *self, spx_diag *diag)
{
    const spx_limits *const limits = &self->command.engine.limits;
    const int from_pipe = spx_is_standard_input(self->photo.path);
    SPX_TRY(spx_child_map(&self->input, SPX_CHILD_FIRST_FILE,
                          from_pipe ? SPX_STANDARD_INPUT_NAME : self->photo.path, limits, diag));
    if (from_pipe)
        self->input.name = SPX_STANDARD_INPUT_NAME;
    if (self->photo.right == NULL)
        return SPX_OK;
    spx_input right;
    SPX_TRY(spx_child_map(&right, SPX_CHILD_FIRST_FILE + 1, self->photo.right, limits, diag));
    self->input.right_path = self->photo.right;
    self->input.right_data = right.data;
    self->input.right_size = right.size;
    return SPX_OK;
}

static void ask_for_needs(const apart *self)
{
    const spx_convert_options *const options = &self->command.options;
    const spx_child_work work = {
        .formats = options->formats,
        .detail = options->detail,
        .most_pixels = self->command.engine.limits.pixels,
        .grow = options->outpaint == NULL ? 1.0 : growth,
        .own_network = self->weights != NULL && strstr(self->weights, "spx-lite") == NULL,
        .threads = self->command.engine.threads != 0 ? self->command.engine.threads
                                                     : (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
    };
    spx_child_needs needs;
    spx_child_needs_of(&needs, &self->input, &work);
    spx_child_ask(&needs);
}

/* What the parent prints, as it would be printed here. */
static json_t *printed(const apart *self, const spx_result *result, double seconds)
{
    char *texts[2] = { NULL, NULL };
    size_t sizes[2];
    FILE *const output = open_memstream(&texts[0], &sizes[0]);
    FILE *const errors = open_memstream(&texts[1], &sizes[1]);
    const int quiet = self->command.wanted.batch.quiet;
    const spx_report_style style = { .json = self->command.wanted.json,
                                     .verbose = self->command.wanted.verbose };
    if (output != NULL && errors != NULL) {
        spx_report_warnings(errors, self->photo.path, spx_result_warnings(result), !quiet);
        if (!quiet)
            spx_report_done(output, style, &self->photo, result, seconds);
    }
    if (output != NULL)
        (void)fclose(output);
    if (errors != NULL)
        (void)fclose(errors);
    json_t *const made = json_pack("{s:o*, s:o*}", "output", spx_child_text(texts[0]), "errors",
                                   spx_child_text(texts[1]));
    free(texts[0]);
    free(texts[1]);
    return made;
}

static spx_status convert(apart *self, const json_t *request, json_t **told, spx_diag *diag)
{
    spx_convert_options *const options = &self->command.options;
    const double begin_s = spx_clock_s();
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    self->photo = (spx_listed_photo){
        .path = spx_child_bytes(json_object_get(request, "photo")),
        .right = spx_child_bytes(json_object_get(request, "right")),
        .output = spx_child_bytes(json_object_get(request, "output")),
    };
    if (self->photo.path == NULL || self->photo.output == NULL)
        return spx_fail_memory(diag, "photo");
    SPX_TRY(read_words(self, json_object_get(request, "words"), diag));
    SPX_TRY(spx_folder_make(self->photo.output, diag));
    allow_reading(self);
    self->sandbox.write[0] = self->photo.output;
    self->sandbox.network =
        options->outpaint != NULL && options->outpaint->engine != SPX_OUTPAINT_LOCAL;
    SPX_TRY(spx_sandbox_enter(&self->sandbox, diag));

    SPX_TRY(open_photos(self, diag));
    ask_for_needs(self);
    options->output_dir = self->photo.output;
    options->ask_stereo = json_is_true(json_object_get(request, "asks")) ? ask_parent : NULL;
    SPX_TRY(spx_engine_create(&engine, &self->command.engine, diag));
    const spx_watch watch = { .progress = say_progress, .user = self };
    SPX_TRY(spx_convert(engine, &self->input, options, &watch, &result, diag));
    *told = printed(self, result, spx_clock_s() - begin_s);
    return *told == NULL ? spx_fail_memory(diag, self->photo.path) : SPX_OK;
}

_Noreturn void spx_apart_child_main(const json_t *request)
{
    static apart self = { .last_stage = -1 };
    spx_diag diag = { 0 };
    json_t *told = NULL;
    const spx_status status = convert(&self, request, &told, &diag);
    spx_child_finish(status, &diag, told);
}

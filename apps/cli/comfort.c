/*
 * A file is looked at here, or in a process of its own whose report comes back as JSON: both ends
 * fill the same spx_file_comfort, and one function prints it.
 */
#include "cli/comfort.h"

#include "cli/alone.h"
#include "cli/apart_child.h"
#include "cli/apart_rows.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/text.h"
#include "jobs/utf8.h"
#include "spx/spx.h"

#include <stdio.h>
#include <stdlib.h>

static const double percent = 100;

typedef struct wishes {
    int json;
    int in_process;
    uint64_t memory;
    spx_comfort_file_options file;
} wishes;

static const spx_option_word layouts[] = {
    { "auto", SPX_STEREO_AUTO },
    { "spatial", SPX_STEREO_SPATIAL },
    { "sbs", SPX_STEREO_SBS },
    { "ou", SPX_STEREO_OU },
    { "rl", SPX_STEREO_RL },
    { "pair", SPX_STEREO_TWO_FILES },
    { NULL, 0 },
};

static const spx_option rows[] = {
    { .name = "json",
      .type = SPX_OPTION_SET,
      .set = 1,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, json),
      .help = "one JSON object, or an array of objects for several files" },
    { .name = "fov",
      .type = SPX_OPTION_NUMBER,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, file.hfov_deg),
      .min = 1,
      .max = 170,
      .value = "DEG",
      .help = "horizontal field of view (what the file says, else 60)" },
    { .name = "layout",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, file.layout),
      .words = layouts,
      .value = "HOW",
      .help = "how the file holds its eyes: spatial; sbs (left|right), rl or ou halves; pair (two "
              "files, left and right); auto: by content, name and camera" },
    SPX_ROW_IN_PROCESS(.offset = offsetof(wishes, in_process)),
    SPX_ROW_MEMORY(.offset = offsetof(wishes, memory)),
    { .name = NULL },
};

void spx_comfort_print(FILE *out, const spx_file_comfort *found)
{
    const spx_comfort *const comfort = &found->comfort;
    (void)fprintf(out, "  comfort: %.0f of 100: %s\n", comfort->score, comfort->advice);
    (void)fprintf(out, "    before the window: %.2f %% of the width, %.2f degrees\n",
                  comfort->crossed_pct, comfort->crossed_deg);
    (void)fprintf(out, "    behind the window: %.2f %% of the width, %.2f degrees\n",
                  comfort->uncrossed_pct, comfort->uncrossed_deg);
    (void)fprintf(out, "    broken frame:      left %.0f %%, right %.0f %%\n",
                  percent * comfort->window_left, percent * comfort->window_right);
    (void)fprintf(out, "    steepest change:   %.2f degrees over 1 degree\n", comfort->gradient);
    (void)fprintf(out, "    apart in height:   %.2f %% of the height, %.2f degrees\n",
                  found->vertical_pct, comfort->vertical_deg);
    (void)fprintf(out,
                  "    measured:          at a view of %.1f degrees, adjustment %+.2f %% of the "
                  "width, on %.0f %% of the picture\n",
                  found->hfov_deg, percent * found->disparity_adjustment,
                  percent * found->matched_share);
}

static const char *layout_word(spx_stereo_layout layout)
{
    for (const spx_option_word *word = layouts; word->text != NULL; word++) {
        if (word->value == (int)layout)
            return word->text;
    }
    return layout == SPX_STEREO_MPO ? "mpo" : "vr180"; /* found only */
}

json_t *spx_comfort_json(const spx_file_comfort *found)
{
    const spx_comfort *const comfort = &found->comfort;
    return json_pack("{s:f, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s, s:f, s:f, s:f}",
                     "score", comfort->score, "advice", comfort->advice, "crossed_pct",
                     comfort->crossed_pct, "uncrossed_pct", comfort->uncrossed_pct, "crossed_deg",
                     comfort->crossed_deg, "uncrossed_deg", comfort->uncrossed_deg, "window_left",
                     comfort->window_left, "window_right", comfort->window_right, "gradient",
                     comfort->gradient, "vertical_deg", comfort->vertical_deg, "vertical_pct",
                     found->vertical_pct, "layout", layout_word(found->layout), "hfov_deg",
                     found->hfov_deg, "disparity_adjustment", found->disparity_adjustment,
                     "matched_share", found->matched_share);
}

/* Of one file, here or in its process: an object into `object` (JSON), or words on `out`. */
static void tell(const wishes *asked, const char *path, const spx_file_comfort *found, FILE *out,
                 json_t *object)
{
    if (asked->json) {
        (void)json_object_update_new(object, spx_comfort_json(found));
    } else {
        spx_text_print(out, path);
        (void)fputs(":\n", out);
        spx_comfort_print(out, found);
    }
}

/* How the files are looked at: in this process, or each in one of its own. */
typedef struct run {
    const wishes *asked;
    char *const *words;
    spx_engine *engine; /* NULL: apart */
    spx_alone alone;
} run;

static spx_status look_here(const run *self, const char *path, const char *right, json_t *object,
                            spx_diag *diag)
{
    spx_file_comfort found;
    const spx_input input = { .path = path, .right_path = right };
    SPX_TRY(spx_comfort_of_file(self->engine, &input, &self->asked->file, &found, diag));
    tell(self->asked, path, &found, stdout, object);
    return SPX_OK;
}

static spx_status look_apart(const run *self, const char *path, const char *right, json_t *object,
                             spx_diag *diag)
{
    spx_apart_said said;
    spx_apart what = spx_alone_apart(&self->alone, "comfort", self->words, path);
    what.right = right;
    const spx_status status = spx_apart_run(&what, &said, diag);
    if (status == SPX_OK) {
        spx_apart_said_print(&said);
        if (object != NULL && said.told != NULL)
            (void)json_object_update(object, said.told);
    }
    spx_apart_said_clear(&said);
    return status;
}

/* right: of a pair; else NULL. */
static int look_at(const run *self, const char *path, const char *right, json_t *results)
{
    spx_diag diag = { 0 };
    json_t *const object =
        self->asked->json ? json_pack("{so}", "file", spx_utf8_json(path)) : NULL;
    const spx_status status = self->engine != NULL ? look_here(self, path, right, object, &diag)
                                                   : look_apart(self, path, right, object, &diag);
    const char *const why = diag.text[0] != '\0' ? diag.text : spx_status_name(status);
    if (status != SPX_OK && status != SPX_ERR_CANCELLED)
        spx_error_line_print(stderr, path, why);
    if (status != SPX_OK && object != NULL)
        (void)json_object_set_new(object, "error", spx_utf8_json(why));
    if (object != NULL)
        (void)json_array_append_new(results, object);
    return status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

static int look_at_all(run *self, int pair, char **paths, int count)
{
    spx_diag diag = { 0 };
    const spx_status status = self->asked->in_process
                                  ? spx_engine_create(&self->engine, NULL, &diag)
                                  : spx_alone_begin(&self->alone, self->asked->memory, &diag);
    json_t *const results = json_array();
    int code = status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED;
    if (status != SPX_OK)
        spx_error_line_say("comfort", diag.text);
    const int step = pair ? 2 : 1;
    for (int i = 0; status == SPX_OK && i + step <= count && spx_interrupt_signal() == 0;
         i += step) {
        const char *const right = pair ? paths[i + 1] : NULL;
        if (look_at(self, paths[i], right, results) != SPX_EXIT_OK)
            code = SPX_EXIT_FAILED;
    }
    if (self->asked->json && status == SPX_OK) {
        const json_t *const shown = count == step ? json_array_get(results, 0) : results;
        (void)json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        (void)printf("\n");
    }
    json_decref(results);
    spx_engine_destroy(self->engine);
    if (!self->asked->in_process)
        spx_alone_end(&self->alone);
    return spx_interrupt_exit(code);
}

/* *pair: two files each. */
static int read_options(wishes *asked, int *pair, int *argc, char **argv, int *exit_code)
{
    *asked = (wishes){ 0 };
    spx_comfort_file_options_init(&asked->file);
    const spx_option_group groups[] = { { "Options", rows, asked }, { NULL, NULL, NULL } };
    const spx_usage usage = {
        "comfort", "FILE...",
        "Tells how comfortable stereo files are to look at: spatial HEIC,\n"
        "MPO, JPS, PNS, VR180, pictures of two eyes by their name (_sbs,\n"
        "_LR, _TB, ...), pairs of files with --layout pair. Other pictures of\n"
        "two eyes need --layout sbs, rl or ou.\n",
        groups, NULL
    };
    if (!spx_options_start(&usage, argc, argv, exit_code))
        return 0;
    *pair = asked->file.layout == SPX_STEREO_TWO_FILES;
    if (*argc < 2) {
        *exit_code = spx_usage_error(&usage, "no file named");
    } else if (*pair && *argc % 2 == 0) {
        *exit_code = spx_usage_error(&usage, "a pair is two files, the left eye and the right one");
    } else {
        asked->file.layout = *pair ? SPX_STEREO_AUTO : asked->file.layout;
        return 1;
    }
    return 0;
}

int spx_cli_comfort(int argc, char **argv)
{
    wishes asked;
    int exit_code = SPX_EXIT_OK;
    int pair = 0;
    if (!read_options(&asked, &pair, &argc, argv, &exit_code))
        return exit_code;
    run self = { .asked = &asked, .words = argv + argc };
    return look_at_all(&self, pair, argv + 1, argc - 1);
}

/* ---- in the process for a file ---- */

static wishes read_again;

static int read_plan(spx_apart_plan *plan, int *argc, char **argv)
{
    int exit_code = 0;
    int pair = 0;
    plan->work = (spx_child_work){ .formats = SPX_FORMATS_DEFAULT, .detail = SPX_DETAIL_FAST };
    return read_options(&read_again, &pair, argc, argv, &exit_code);
}

static spx_status work(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag)
{
    spx_file_comfort found;
    SPX_TRY(spx_comfort_of_file(engine, scene->input, &read_again.file, &found, diag));
    tell(&read_again, scene->photo, &found, scene->out, scene->told);
    return SPX_OK;
}

const spx_apart_verb spx_apart_comfort = { "comfort", read_plan, work };

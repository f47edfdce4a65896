#include "cli/comfort.h"

#include "cli/options.h"
#include "cli/report.h"
#include "cli/verbs.h"
#include "spx/spx.h"

#include <stdio.h>
#include <stdlib.h>

static const double percent = 100;

typedef struct wishes {
    int json;
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
    { .name = NULL },
};

void spx_comfort_print(const spx_file_comfort *found)
{
    const spx_comfort *const comfort = &found->comfort;
    (void)printf("  comfort: %.0f of 100: %s\n", comfort->score, comfort->advice);
    (void)printf("    before the window: %.2f %% of the width, %.2f degrees\n",
                 comfort->crossed_pct, comfort->crossed_deg);
    (void)printf("    behind the window: %.2f %% of the width, %.2f degrees\n",
                 comfort->uncrossed_pct, comfort->uncrossed_deg);
    (void)printf("    broken frame:      left %.0f %%, right %.0f %%\n",
                 percent * comfort->window_left, percent * comfort->window_right);
    (void)printf("    steepest change:   %.2f degrees over 1 degree\n", comfort->gradient);
    (void)printf("    apart in height:   %.2f %% of the height, %.2f degrees\n",
                 found->vertical_pct, comfort->vertical_deg);
    (void)printf("    measured:          at a view of %.1f degrees, adjustment %+.2f %% of the "
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

/* A path for JSON, which is UTF-8. */
static json_t *object_of(const char *path)
{
    json_t *const object = json_object();
    if (json_object_set_new(object, "file", json_string(path)) != 0)
        (void)json_object_set_new(object, "file", json_string("?"));
    return object;
}

/* right: of a pair; else NULL. */
static int look_at(spx_engine *engine, const char *path, const char *right, const wishes *asked,
                   json_t *results)
{
    spx_diag diag = { 0 };
    spx_file_comfort found;
    const spx_input input = { .path = path, .right_path = right };
    const spx_status status = spx_comfort_of_file(engine, &input, &asked->file, &found, &diag);
    const char *const why = diag.text[0] != '\0' ? diag.text : spx_status_name(status);
    if (status != SPX_OK)
        spx_report_error(stderr, path, why);
    if (asked->json) {
        json_t *const object = object_of(path);
        if (status == SPX_OK) {
            (void)json_object_update_new(object, spx_comfort_json(&found));
        } else {
            (void)json_object_set_new(object, "error", json_string(why));
        }
        (void)json_array_append_new(results, object);
    } else if (status == SPX_OK) {
        (void)printf("%s:\n", path);
        spx_comfort_print(&found);
    }
    return status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

static int look_at_all(wishes *asked, char **paths, int count)
{
    const int pair = asked->file.layout == SPX_STEREO_TWO_FILES;
    spx_engine *engine = NULL;
    spx_diag diag = { 0 };
    asked->file.layout = pair ? SPX_STEREO_AUTO : asked->file.layout;
    if (spx_engine_create(&engine, NULL, &diag) != SPX_OK) {
        (void)fprintf(stderr, "spx comfort: %s\n", diag.text);
        return SPX_EXIT_FAILED;
    }
    json_t *const results = json_array();
    int code = SPX_EXIT_OK;
    const int step = pair ? 2 : 1;
    for (int i = 0; i + step <= count; i += step) {
        const char *const right = pair ? paths[i + 1] : NULL;
        if (look_at(engine, paths[i], right, asked, results) != SPX_EXIT_OK)
            code = SPX_EXIT_FAILED;
    }
    if (asked->json) {
        const json_t *const shown = count == step ? json_array_get(results, 0) : results;
        (void)json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        (void)printf("\n");
    }
    json_decref(results);
    spx_engine_destroy(engine);
    return code;
}

int spx_cli_comfort(int argc, char **argv)
{
    wishes asked = { 0 };
    spx_comfort_file_options_init(&asked.file);
    const spx_option_group groups[] = { { "Options", rows, &asked }, { NULL, NULL, NULL } };
    const spx_usage usage = {
        "comfort", "FILE...",
        "Tells how comfortable stereo files are to look at: spatial HEIC,\n"
        "MPO, JPS, PNS, VR180, pictures of two eyes by their name (_sbs,\n"
        "_LR, _TB, ...), pairs of files with --layout pair. Other pictures of\n"
        "two eyes need --layout sbs, rl or ou.\n",
        groups, NULL
    };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc < 2)
        return spx_usage_error(&usage, "no file named");
    if (asked.file.layout == SPX_STEREO_TWO_FILES && argc % 2 == 0)
        return spx_usage_error(&usage, "a pair is two files, the left eye and the right one");
    return look_at_all(&asked, argv + 1, argc - 1);
}

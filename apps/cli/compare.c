#include "cli/compare.h"

#include "cli/options.h"
#include "cli/verbs.h"
#include "spx/compare.h"

#include <stdio.h>
#include <stdlib.h>

#define STRENGTH_MAX 10
#define PLACES_MAX 8
#define CROP_MIN 32
#define CROP_MAX 1024

typedef struct wishes {
    spx_option_numbers strengths;
    spx_option_numbers convergences;
    uint32_t places;
    uint32_t crop_px;
    const char *output;
    const char *model;
    const char *model_dir;
} wishes;

static const spx_option rows[] = {
    { .name = "strength",
      .letter = 's',
      .type = SPX_OPTION_NUMBERS,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, strengths),
      .max = STRENGTH_MAX,
      .standard_text = "1,2,3",
      .value = "N,N...",
      .help = "ranges of left-right disparity to try, % of the width" },
    { .name = "convergence",
      .letter = 'c',
      .type = SPX_OPTION_NUMBERS,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, convergences),
      .max = 1,
      .standard_text = "0,0.5",
      .value = "N,N...",
      .help = "depths at the window to try, 0 = farthest .. 1 = nearest" },
    { .name = "output",
      .letter = 'o',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, output),
      .standard_text = "compare.png",
      .value = "FILE",
      .help = "the sheet, a PNG" },
    { .name = "places",
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, places),
      .min = 1,
      .max = PLACES_MAX,
      .standard = 3,
      .value = "N",
      .help = "how many of the largest depth steps to show" },
    { .name = "crop",
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, crop_px),
      .min = CROP_MIN,
      .max = CROP_MAX,
      .standard = 256,
      .value = "PIXELS",
      .help = "side of a crop" },
    { .name = "model",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, model),
      .value = "NAME|FILE|auto",
      .help = "depth network; auto: the best one installed" },
    { .name = "model-dir",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(wishes, model_dir),
      .value = "FOLDER",
      .help = "look for depth networks here first" },
    { .name = NULL },
};

static void print_rows(const char *output, const spx_compare_row *made, size_t count)
{
    (void)printf("%s: from top to bottom\n", output);
    for (size_t i = 0; i < count; i++) {
        (void)printf("  row %zu: --strength %g --convergence %g   comfort %.0f of 100: %s\n", i + 1,
                     made[i].strength_pct, made[i].convergence, made[i].comfort.score,
                     made[i].comfort.advice);
    }
}

static int compare(const wishes *asked, const char *photo)
{
    spx_diag diag = { 0 };
    spx_engine *engine = NULL;
    spx_engine_options engine_options;
    spx_engine_options_init(&engine_options);
    engine_options.model_dir = asked->model_dir;
    spx_compare_options options;
    spx_compare_options_init(&options);
    options.strengths_pct = asked->strengths.items;
    options.strength_count = asked->strengths.count;
    options.convergences = asked->convergences.items;
    options.convergence_count = asked->convergences.count;
    options.places = asked->places;
    options.crop_px = asked->crop_px;
    options.model = asked->model;
    options.path = asked->output;
    const size_t count = spx_compare_row_count(&options);
    spx_compare_row *const made = calloc(count + 1, sizeof(*made));
    spx_status status = SPX_ERR_NO_MEMORY;
    if (made != NULL)
        status = spx_engine_create(&engine, &engine_options, &diag);
    if (status == SPX_OK) {
        status = spx_compare(engine, &(spx_input){ .path = photo }, &options, NULL, made, &diag);
    }
    if (status == SPX_OK) {
        print_rows(asked->output, made, count);
    } else {
        (void)fprintf(stderr, "spx: %s: %s\n", photo,
                      diag.text[0] != '\0' ? diag.text : spx_status_name(status));
    }
    free(made);
    spx_engine_destroy(engine);
    return status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

int spx_cli_compare(int argc, char **argv)
{
    wishes asked = { .model = NULL };
    spx_options_standard(rows, &asked);
    const spx_option_group groups[] = { { "Options", rows, &asked }, { NULL, NULL, NULL } };
    const spx_usage usage = {
        "compare", "PHOTO",
        "Makes a contact sheet for choosing strength and convergence by eye:\n"
        "a row for each pair of numbers, in it the left and the right eye at\n"
        "the places where depth changes most.\n",
        groups, NULL
    };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc != 2)
        return spx_usage_error(&usage, "one photo, please");
    return compare(&asked, argv[1]);
}

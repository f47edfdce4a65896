#include "cli/compare.h"

#include "base/file.h"
#include "cli/alone.h"
#include "cli/apart_child.h"
#include "cli/apart_rows.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/text.h"
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
    int in_process;
    uint64_t memory;
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
    SPX_ROW_IN_PROCESS(.offset = offsetof(wishes, in_process)),
    SPX_ROW_MEMORY(.offset = offsetof(wishes, memory)),
    { .name = NULL },
};

static void print_rows(FILE *out, const char *sheet, const spx_compare_row *made, size_t count)
{
    spx_text_print(out, sheet);
    (void)fputs(": from top to bottom\n", out);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "  row %zu: --strength %g --convergence %g   comfort %.0f of 100: %s\n",
                      i + 1, made[i].strength_pct, made[i].convergence, made[i].comfort.score,
                      made[i].comfort.advice);
    }
}

/* path: of the sheet; asked->output is what people hear of it. */
static spx_status compare(spx_engine *engine, const wishes *asked, const spx_input *input,
                          const char *path, FILE *out, spx_diag *diag)
{
    spx_compare_options options;
    spx_compare_options_init(&options);
    options.strengths_pct = asked->strengths.items;
    options.strength_count = asked->strengths.count;
    options.convergences = asked->convergences.items;
    options.convergence_count = asked->convergences.count;
    options.places = asked->places;
    options.crop_px = asked->crop_px;
    options.model = asked->model;
    options.path = path;
    const size_t count = spx_compare_row_count(&options);
    spx_compare_row *const made = calloc(count + 1, sizeof(*made));
    if (made == NULL)
        return spx_fail_memory(diag, path);
    const spx_status status = spx_compare(engine, input, &options, NULL, made, diag);
    if (status == SPX_OK)
        print_rows(out, asked->output, made, count);
    free(made);
    return status;
}

static spx_status compare_here(const wishes *asked, const char *photo, spx_diag *diag)
{
    spx_engine *engine = NULL;
    spx_engine_options options;
    spx_engine_options_init(&options);
    options.model_dir = asked->model_dir;
    spx_status status = spx_engine_create(&engine, &options, diag);
    if (status == SPX_OK) {
        status = compare(engine, asked, &(spx_input){ .path = photo }, asked->output, stdout, diag);
    }
    spx_engine_destroy(engine);
    return status;
}

static spx_status compare_apart(const wishes *asked, char *const *words, const char *photo,
                                spx_diag *diag)
{
    spx_alone alone;
    spx_apart_said said = { .output = NULL };
    spx_status status = spx_alone_begin(&alone, asked->memory, diag);
    if (status == SPX_OK) {
        const spx_apart what = spx_alone_apart(&alone, "compare", words, photo);
        status = spx_apart_file(&what, asked->output, 0, &said, diag);
    }
    spx_alone_end(&alone);
    if (status == SPX_OK)
        spx_apart_said_print(&said);
    spx_apart_said_clear(&said);
    return status;
}

static int read_options(wishes *asked, int *argc, char **argv, int *exit_code)
{
    *asked = (wishes){ .model = NULL };
    spx_options_standard(rows, asked);
    const spx_option_group groups[] = { { "Options", rows, asked }, { NULL, NULL, NULL } };
    const spx_usage usage = {
        "compare", "PHOTO",
        "Makes a contact sheet for choosing strength and convergence by eye:\n"
        "a row for each pair of numbers, in it the left and the right eye at\n"
        "the places where depth changes most.\n",
        groups, NULL
    };
    if (!spx_options_start(&usage, argc, argv, exit_code))
        return 0;
    if (*argc != 2) {
        *exit_code = spx_usage_error(&usage, "one photo, please");
        return 0;
    }
    return 1;
}

int spx_cli_compare(int argc, char **argv)
{
    static wishes asked;
    spx_diag diag = { 0 };
    int exit_code = SPX_EXIT_OK;
    if (!read_options(&asked, &argc, argv, &exit_code))
        return exit_code;
    const spx_status status = asked.in_process ? compare_here(&asked, argv[1], &diag)
                                               : compare_apart(&asked, argv + argc, argv[1], &diag);
    if (status != SPX_OK && status != SPX_ERR_CANCELLED) {
        spx_error_line_print(stderr, argv[1],
                             diag.text[0] != '\0' ? diag.text : spx_status_name(status));
    }
    return spx_interrupt_exit(status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED);
}

/* ---- in the process for the photo ---- */

static wishes read_again;

static int read_plan(spx_apart_plan *plan, int *argc, char **argv)
{
    int exit_code = 0;
    if (!read_options(&read_again, argc, argv, &exit_code))
        return 0;
    plan->engine.model_dir = read_again.model_dir;
    plan->has_network = 1;
    plan->model = read_again.model;
    plan->work = (spx_child_work){ .formats = SPX_FORMATS_DEFAULT, .detail = SPX_DETAIL_FINE };
    return 1;
}

static spx_status work(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag)
{
    char *const path = spx_path_join(scene->output, scene->name);
    if (path == NULL)
        return spx_fail_memory(diag, scene->photo);
    const spx_status status = compare(engine, &read_again, scene->input, path, scene->out, diag);
    free(path);
    return status;
}

const spx_apart_verb spx_apart_compare = { "compare", read_plan, work };

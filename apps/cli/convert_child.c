/* `spx convert` in a process for one photo. */
#include "cli/apart_child.h"

#include "base/clock.h"
#include "cli/convert_command.h"
#include "cli/report.h"

static spx_convert_command command;

static int read_options(spx_apart_plan *plan, int *argc, char **argv)
{
    int exit_code = 0;
    if (!spx_convert_command_read(&command, argc, argv, &exit_code))
        return 0;
    spx_outpaint_wishes_forget_token(&command.growth, &command.outpaint);
    const spx_convert_options *const options = &command.options;
    plan->engine = command.engine;
    plan->has_network = 1;
    plan->model = options->model;
    plan->reads = options->depth_map;
    plan->work = (spx_child_work){ .formats = options->formats,
                                   .detail = options->detail,
                                   .outpaint = options->outpaint };
    return 1;
}

static spx_status work(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag)
{
    const double begin_s = spx_clock_s();
    const int quiet = command.wanted.batch.quiet;
    const spx_report_style style = { .json = command.wanted.json,
                                     .verbose = command.wanted.verbose };
    const spx_listed_photo photo = { .path = scene->photo, .output = scene->output };
    spx_result *result = NULL;
    command.options.output_dir = scene->output;
    command.options.ask_stereo = scene->asks ? spx_apart_ask : NULL;
    SPX_TRY(spx_convert(engine, scene->input, &command.options, scene->watch, &result, diag));
    spx_report_warnings(scene->errors, scene->photo, spx_result_warnings(result), !quiet);
    const double seconds = spx_clock_s() - begin_s;
    if (!quiet)
        spx_report_done(scene->out, style, &photo, result, seconds);
    (void)json_object_update_new(scene->told, spx_report_json(&photo, result, seconds));
    return SPX_OK;
}

const spx_apart_verb spx_apart_convert = { "convert", read_options, work };

/* `spx outpaint` in a process for one photo. */
#include "cli/apart_child.h"

#include "base/file.h"
#include "cli/outpaint_command.h"
#include "cli/report.h"

#include <stdlib.h>

static spx_outpaint_command command;

static int read_options(spx_apart_plan *plan, int *argc, char **argv)
{
    int exit_code = 0;
    if (!spx_outpaint_command_read(&command, argc, argv, &exit_code))
        return 0;
    spx_outpaint_wishes_forget_token(&command.growth, &command.options);
    plan->engine = command.engine;
    plan->has_network = 1;
    plan->work.outpaint = &command.options;
    return 1;
}

static spx_status work(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag)
{
    spx_outpaint_result result = { 0 };
    char *const path = spx_path_join(scene->output, scene->name);
    command.options.output_path = path;
    if (path == NULL)
        return spx_fail_memory(diag, scene->photo);
    const spx_status status =
        spx_outpaint(engine, scene->input, &command.options, scene->watch, &result, diag);
    if (status == SPX_OK) {
        spx_report_warnings(scene->errors, scene->photo, &result.warnings,
                            !command.wanted.batch.quiet);
        (void)json_object_set_new(scene->told, "width", json_integer(result.frame.width));
        (void)json_object_set_new(scene->told, "height", json_integer(result.frame.height));
        (void)json_object_set_new(scene->told, "photo_width",
                                  json_integer(result.frame.photo_width));
        (void)json_object_set_new(scene->told, "photo_height",
                                  json_integer(result.frame.photo_height));
    }
    spx_outpaint_result_clear(&result);
    free(path);
    return status;
}

const spx_apart_verb spx_apart_outpaint = { "outpaint", read_options, work };

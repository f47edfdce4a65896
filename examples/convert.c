/* Photo to spatial photo, with progress: convert PHOTO FOLDER */
#include <spx/spx.h>
#include <stdio.h>

static void show(void *user, spx_stage stage, double fraction)
{
    (void)user;
    fprintf(stderr, "\r%3.0f %% %-8s", 100 * fraction, spx_stage_name(stage));
}

int main(int argc, char **argv)
{
    spx_engine *engine = NULL;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options);
    if (argc != 3)
        return fprintf(stderr, "usage: convert PHOTO FOLDER\n"), 2;
    options.formats = SPX_FORMAT_SPATIAL | SPX_FORMAT_DEPTH;
    options.output_dir = argv[2];

    const spx_input photo = { .path = argv[1] };
    const spx_watch watch = { .progress = show };
    spx_status status = spx_engine_create(&engine, NULL, &diag);
    if (status == SPX_OK)
        status = spx_convert(engine, &photo, &options, &watch, &result, &diag);
    if (status != SPX_OK) {
        fprintf(stderr, "\n%s\n", diag.text);
    } else {
        for (size_t i = 0; i < spx_result_file_count(result); i++)
            printf("%s\n", spx_result_file(result, i)->path);
        printf("convergence %.2f at the window\n", spx_result_summary(result)->convergence);
    }
    spx_result_destroy(result);
    spx_engine_destroy(engine);
    return status != SPX_OK;
}

/* Grows a photo by 20 % to the left and right: wider PHOTO FOLDER */
#include <spx/outpaint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    spx_engine *engine = NULL;
    spx_outpaint_result result = { 0 };
    spx_diag diag = { 0 };
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    if (argc != 3)
        return fprintf(stderr, "usage: wider PHOTO FOLDER\n"), 2;
    options.top.amount = 0;
    options.bottom.amount = 0;
    options.output_dir = argv[2];

    const spx_input photo = { .path = argv[1] };
    spx_status status = spx_engine_create(&engine, NULL, &diag);
    if (status == SPX_OK)
        status = spx_outpaint(engine, &photo, &options, NULL, &result, &diag);
    if (status == SPX_OK)
        printf("%s: %u x %u\n", result.path, result.frame.width, result.frame.height);
    else
        fprintf(stderr, "%s\n", diag.text);
    spx_outpaint_result_clear(&result);
    spx_engine_destroy(engine);
    return status != SPX_OK;
}

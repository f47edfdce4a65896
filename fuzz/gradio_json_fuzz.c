/* What a Gradio server says of itself: {"config": ..., "info": ..., "outputs": ...} of any kind. */
#include "remote/gradio.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *const said = spx_gradio_parse(data, size);
    const json_t *const config = json_object_get(said, "config");
    const json_t *const functions = json_object_get(config, "dependencies");
    const json_t *const function = json_array_get(functions, 0);
    static const spx_frame frame = { 120, 100, 10, 10, 100, 80 };
    spx_outpaint_options options;
    spx_gradio_inputs inputs;
    spx_outpaint_options_init(&options);
    const spx_outpaint_request request = { .frame = frame, .options = &options };
    if (spx_gradio_list_inputs(&inputs, config, function, json_object_get(said, "info"), NULL) ==
        SPX_OK) {
        spx_remote_range width;
        spx_remote_range height;
        spx_remote_space_plan plan;
        json_t *filled = NULL;
        json_t *const file = json_object();
        if (inputs.count > SPX_GRADIO_INPUTS_MAX)
            abort();
        spx_gradio_ranges(&inputs, &width, &height);
        if (spx_remote_plan_space(&plan, &frame, &width, &height, NULL) == SPX_OK &&
            spx_gradio_fill_inputs(&inputs, &request, &plan, file, &filled, NULL) == SPX_OK &&
            json_array_size(filled) > SPX_GRADIO_INPUTS_MAX)
            abort();
        json_decref(filled);
        json_decref(file);
    }
    (void)spx_gradio_locate(json_object_get(said, "outputs"), NULL);
    (void)spx_gradio_locate(json_object_get(said, "outputs"), "0/1");
    (void)spx_gradio_component(config, spx_gradio_number(json_object_get(said, "id")));
    json_decref(said);
    return 0;
}

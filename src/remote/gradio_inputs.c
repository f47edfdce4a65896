/* The function's inputs by name: what we choose, what the user adds, what the server has anyway. */
#include "remote/gradio.h"

#include "remote/text.h"

#include <stdio.h>
#include <string.h>

/* The reference Space, for when it hides what it takes. */
static const char *const reference_inputs[] = {
    "image",
    "width",
    "height",
    "overlap_percentage",
    "num_inference_steps",
    "resize_option",
    "custom_resize_percentage",
    "prompt_input",
    "alignment",
    "overlap_left",
    "overlap_right",
    "overlap_top",
    "overlap_bottom",
};

enum {
    REFERENCE_COUNT = sizeof(reference_inputs) / sizeof(reference_inputs[0]),
    STEPS = 10, /* as the reference application asks */
    /* The part of the photo that is painted anew on each side. The photo is laid over it: the less,
     * the better the border continues what is seen. */
    OVERLAP_PERCENT = 2,
};

static const char default_prompt[] = "blend seamlessly";
static const spx_remote_range default_range = { .least = 720, .most = 1536, .step = 8 };

/** These say where the photo lies: paste-back counts on them. */
static const char *const ours[] = { "width", "height", "resize_option", "custom_resize_percentage",
                                    "alignment" };

enum { OURS_COUNT = sizeof(ours) / sizeof(ours[0]) };

static const char *text_or(const json_t *json, const char *otherwise)
{
    const char *const text = json_string_value(json);
    return text == NULL ? otherwise : text;
}

/* ---- what there is ---- */

static const json_t *described(const json_t *function, const json_t *info)
{
    char key[SPX_GRADIO_NAME_SIZE + 1];
    const char *const name = text_or(json_object_get(function, "api_name"), "");
    (void)snprintf(key, sizeof(key), "%s%s", name[0] == '/' ? "" : "/", name);
    const json_t *const endpoint = json_object_get(json_object_get(info, "named_endpoints"), key);
    const json_t *const parameters = json_object_get(endpoint, "parameters");
    return json_is_array(parameters) ? parameters : NULL;
}

static void describe(spx_gradio_input *input, const json_t *parameter)
{
    input->name = text_or(json_object_get(parameter, "parameter_name"), "");
    input->schema = json_object_get(parameter, "type");
    input->standard = json_is_true(json_object_get(parameter, "parameter_has_default"))
                          ? json_object_get(parameter, "parameter_default")
                          : NULL;
    if (input->component[0] == '\0')
        input->component = text_or(json_object_get(parameter, "component"), "");
}

static int is_state(const spx_gradio_input *input)
{
    return strcmp(input->component, "state") == 0;
}

/** Names and defaults for the inputs whose components are known. Returns how many are no state. */
static size_t describe_all(spx_gradio_inputs *inputs, const json_t *parameters)
{
    size_t visible = 0;
    for (size_t i = 0; i < inputs->count; i++)
        visible += is_state(&inputs->items[i]) ? 0 : 1;
    size_t next = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        spx_gradio_input *const input = &inputs->items[i];
        if (is_state(input))
            continue;
        if (json_array_size(parameters) == visible) {
            describe(input, json_array_get(parameters, next));
        } else if (parameters == NULL && visible == REFERENCE_COUNT) {
            input->name = reference_inputs[next];
        }
        next++;
    }
    return visible;
}

spx_status spx_gradio_list_inputs(spx_gradio_inputs *out, const json_t *config,
                                  const json_t *function, const json_t *info, spx_diag *diag)
{
    const json_t *const ids = json_object_get(function, "inputs");
    const json_t *const parameters = described(function, info);
    size_t index = 0;
    const json_t *id = NULL;
    *out = (spx_gradio_inputs){ 0 };
    if (json_array_size(ids) > SPX_GRADIO_INPUTS_MAX) {
        return spx_fail(diag, SPX_ERR_REMOTE, "the server's function has %zu inputs",
                        json_array_size(ids));
    }
    json_array_foreach(ids, index, id)
    {
        const json_t *const component = spx_gradio_component(config, spx_gradio_number(id));
        out->items[out->count++] = (spx_gradio_input){
            .name = "",
            .component = text_or(json_object_get(component, "type"), ""),
            .props = json_object_get(component, "props"),
        };
    }
    const size_t visible = describe_all(out, parameters);
    if (parameters != NULL && json_array_size(parameters) != visible) {
        return spx_fail(diag, SPX_ERR_REMOTE,
                        "the server tells of %zu inputs, its function has %zu",
                        json_array_size(parameters), visible);
    }
    if (parameters == NULL && visible != REFERENCE_COUNT) {
        return spx_fail(diag, SPX_ERR_REMOTE,
                        "the server does not tell what its function takes, and it has %zu inputs, "
                        "not the %d that are known",
                        visible, REFERENCE_COUNT);
    }
    return SPX_OK;
}

static const spx_gradio_input *find_input(const spx_gradio_inputs *inputs, const char *name)
{
    for (size_t i = 0; i < inputs->count; i++) {
        if (strcmp(inputs->items[i].name, name) == 0)
            return &inputs->items[i];
    }
    return NULL;
}

static spx_remote_range range_of(const spx_gradio_inputs *inputs, const char *name)
{
    const spx_gradio_input *const input = find_input(inputs, name);
    spx_remote_range range = default_range;
    if (input == NULL)
        return range;
    const double least = json_number_value(json_object_get(input->props, "minimum"));
    const double most = json_number_value(json_object_get(input->props, "maximum"));
    if (least >= default_range.step && most >= least && most <= UINT16_MAX) {
        range.least = ((uint32_t)least + range.step - 1) / range.step * range.step;
        range.most = most < default_range.most ? (uint32_t)most : default_range.most;
        if (range.most < range.least)
            range.most = range.least;
    }
    return range;
}

void spx_gradio_ranges(const spx_gradio_inputs *inputs, spx_remote_range *width,
                       spx_remote_range *height)
{
    *width = range_of(inputs, "width");
    *height = range_of(inputs, "height");
}

/* ---- what it gets ---- */

static const char *schema_type(const spx_gradio_input *input)
{
    return text_or(json_object_get(input->schema, "type"), "");
}

/** The user's text as the input's type wants it; owned by the caller. */
static json_t *parse_value(const spx_gradio_input *input, const char *text)
{
    const int wants_text =
        strcmp(schema_type(input), "string") == 0 || strcmp(input->component, "textbox") == 0 ||
        strcmp(input->component, "dropdown") == 0 || strcmp(input->component, "radio") == 0;
    json_t *const json = wants_text ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
    return json == NULL ? json_string(text) : json;
}

/** What spx itself puts into an input of that name; owned by the caller, NULL = nothing. */
static json_t *own_value(const char *name, const spx_outpaint_request *request,
                         const spx_remote_space_plan *plan)
{
    const spx_frame *const frame = &request->frame;
    const char *const prompt = request->options->prompt;
    const struct {
        const char *name;
        json_int_t value;
    } numbers[] = {
        { "width", plan->place.width },
        { "height", plan->place.height },
        { "custom_resize_percentage", plan->percent },
        { "overlap_percentage", OVERLAP_PERCENT },
        { "num_inference_steps", STEPS },
    };
    const struct {
        const char *name;
        uint32_t margin;
    } overlaps[] = {
        { "overlap_left", spx_frame_left(frame) },
        { "overlap_right", spx_frame_right(frame) },
        { "overlap_top", spx_frame_top(frame) },
        { "overlap_bottom", spx_frame_bottom(frame) },
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(name, numbers[i].name) == 0)
            return json_integer(numbers[i].value);
    }
    for (size_t i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
        if (strcmp(name, overlaps[i].name) == 0)
            return json_boolean(overlaps[i].margin > 0);
    }
    if (strcmp(name, "resize_option") == 0)
        return json_string("Custom");
    if (strcmp(name, "alignment") == 0)
        return json_string(plan->alignment);
    if (strcmp(name, "prompt_input") == 0 || strcmp(name, "prompt") == 0)
        return json_string(prompt == NULL ? default_prompt : prompt);
    return NULL;
}

static int is_image(const spx_gradio_input *input)
{
    static const char *const types[] = { "image", "Image", "imageeditor", "ImageEditor" };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(input->component, types[i]) == 0)
            return 1;
    }
    return 0;
}

static json_t *image_value(const spx_gradio_input *input, json_t *file)
{
    if (strstr(input->component, "ditor") == NULL)
        return json_incref(file);
    return json_pack("{s:O,s:[],s:O}", "background", file, "layers", "composite", file);
}

static spx_status fill_one(const spx_gradio_input *input, const spx_outpaint_request *request,
                           const spx_remote_space_plan *plan, json_t **out, spx_diag *diag)
{
    const char *const given = input->name[0] == '\0'
                                  ? NULL
                                  : spx_remote_parameter(request->options->parameters, input->name);
    *out = is_state(input) ? json_null()
           : given != NULL ? parse_value(input, given)
                           : own_value(input->name, request, plan);
    if (*out == NULL && input->standard != NULL)
        *out = json_deep_copy(input->standard);
    const json_t *const shown = json_object_get(input->props, "value");
    if (*out == NULL && shown != NULL && !json_is_null(shown))
        *out = json_deep_copy(shown);
    if (*out == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "the remote function wants a value for its input \"%.60s\"", input->name);
    }
    return SPX_OK;
}

/** The user may name inputs that exist, and none that say where the photo lies. */
static spx_status check_parameters(const spx_gradio_inputs *inputs, const char *const *parameters,
                                   spx_diag *diag)
{
    for (; parameters != NULL && *parameters != NULL; parameters++) {
        char name[SPX_GRADIO_NAME_SIZE];
        const size_t length = strcspn(*parameters, "=");
        if ((*parameters)[length] != '=' || length == 0 || length >= sizeof(name)) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "parameter \"%.60s\" is not NAME=VALUE",
                            *parameters);
        }
        (void)snprintf(name, sizeof(name), "%.*s", (int)length, *parameters);
        if (strcmp(name, "api_name") == 0 || strcmp(name, "result") == 0)
            continue;
        for (size_t i = 0; i < OURS_COUNT; i++) {
            if (strcmp(name, ours[i]) == 0) {
                return spx_fail(diag, SPX_ERR_ARGUMENT,
                                "%s follows from the frame and cannot be given", name);
            }
        }
        if (find_input(inputs, name) == NULL) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "the remote function has no input \"%s\"",
                            name);
        }
    }
    return SPX_OK;
}

spx_status spx_gradio_fill_inputs(const spx_gradio_inputs *inputs,
                                  const spx_outpaint_request *request,
                                  const spx_remote_space_plan *plan, json_t *file, json_t **out,
                                  spx_diag *diag)
{
    int images = 0;
    *out = NULL;
    SPX_TRY(check_parameters(inputs, request->options->parameters, diag));
    for (size_t i = 0; i < OURS_COUNT; i++) {
        if (find_input(inputs, ours[i]) == NULL) {
            return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                            "the remote function has no input \"%s\": it is not made as that of "
                            "the Space fffiloni/diffusers-image-outpaint",
                            ours[i]);
        }
    }
    json_t *const values = json_array();
    for (size_t i = 0; i < inputs->count; i++) {
        const spx_gradio_input *const input = &inputs->items[i];
        json_t *value = NULL;
        spx_status status = SPX_OK;
        if (is_image(input) && images++ == 0) {
            value = image_value(input, file);
        } else {
            status = fill_one(input, request, plan, &value, diag);
        }
        if (status == SPX_OK && json_array_append_new(values, value) != 0)
            status = spx_fail_memory(diag, "network");
        if (status != SPX_OK) {
            json_decref(values);
            return status;
        }
    }
    *out = values;
    return SPX_OK;
}

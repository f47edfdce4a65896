/* From what people ask of a border and its painter to the options of outpainting. */
#include "base/status.h"
#include "spx/option.h"
#include "spx/outpaint.h"

void spx_border_init(spx_border *border)
{
    const spx_option_length none = { .value = -1.0 };
    *border =
        (spx_border){ .expand = none, .left = none, .top = none, .right = none, .bottom = none };
}

int spx_border_has_margins(const spx_border *border)
{
    return border->expand.value >= 0.0 || border->left.value >= 0.0 || border->top.value >= 0.0 ||
           border->right.value >= 0.0 || border->bottom.value >= 0.0;
}

/* One margin: asked for alone, else for all sides, else none. */
static spx_margin margin_of(const spx_option_length *own, const spx_option_length *all)
{
    const spx_option_length *const chosen = own->value >= 0.0 ? own : all;
    return (spx_margin){ .amount = chosen->value >= 0.0 ? chosen->value : 0.0,
                         .percent = chosen->percent };
}

spx_status spx_border_apply(const spx_border *border, spx_outpaint_options *options, spx_diag *diag)
{
    const int margins = spx_border_has_margins(border);
    const int aspect = border->aspect > 0.0;
    const int size = border->size.width > 0;
    if (margins + aspect + size > 1)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "margins, aspect and size exclude each other");
    if (margins) {
        options->left = margin_of(&border->left, &border->expand);
        options->top = margin_of(&border->top, &border->expand);
        options->right = margin_of(&border->right, &border->expand);
        options->bottom = margin_of(&border->bottom, &border->expand);
    }
    options->rule = aspect ? SPX_FRAME_ASPECT : size ? SPX_FRAME_SIZE : SPX_FRAME_MARGINS;
    options->aspect = border->aspect;
    options->width = border->size.width;
    options->height = border->size.height;
    options->seed = border->seed;
    return SPX_OK;
}

void spx_painter_init(spx_painter *painter)
{
    *painter = (spx_painter){ .engine = SPX_OUTPAINT_LOCAL };
    spx_options_standard(spx_options_of(SPX_OPTIONS_PAINTER), painter);
}

void spx_painter_apply(const spx_painter *painter, spx_outpaint_options *options)
{
    options->engine = (spx_outpaint_engine)painter->engine;
    options->url = painter->url;
    options->token = painter->token;
    options->prompt = painter->prompt;
    options->parameters = painter->parameters.items;
    options->timeout_s = painter->timeout_s;
    options->fallback_local = painter->fallback_local;
}

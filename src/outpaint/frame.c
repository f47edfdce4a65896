#include "outpaint/frame.h"

#include "base/sized.h"
#include "base/status.h"

#include <math.h>
#include <string.h>

static const char *const engine_names[] = {
    [SPX_OUTPAINT_LOCAL] = "local",
    [SPX_OUTPAINT_GRADIO] = "gradio",
    [SPX_OUTPAINT_SDAPI] = "sdapi",
};

enum { ENGINE_COUNT = sizeof(engine_names) / sizeof(engine_names[0]) };

const char *spx_outpaint_engine_name(spx_outpaint_engine engine)
{
    return (unsigned)engine < ENGINE_COUNT ? engine_names[engine] : "unknown";
}

spx_status spx_outpaint_engine_from_name(spx_outpaint_engine *out, const char *name, spx_diag *diag)
{
    *out = SPX_OUTPAINT_LOCAL;
    for (unsigned i = 0; i < ENGINE_COUNT; i++) {
        if (strcmp(name, engine_names[i]) == 0) {
            *out = (spx_outpaint_engine)i;
            return SPX_OK;
        }
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "no outpainting engine \"%s\": there are local, gradio and sdapi", name);
}

static void set_defaults(spx_outpaint_options *options)
{
    const spx_margin fifth = { .amount = 20.0, .percent = 1 };
    *options = (spx_outpaint_options){
        .rule = SPX_FRAME_MARGINS,
        .left = fifth,
        .top = fifth,
        .right = fifth,
        .bottom = fifth,
        .engine = SPX_OUTPAINT_LOCAL,
        .timeout_s = 600.0,
        .quality = 92,
    };
    options->size = sizeof(*options);
}

spx_status spx_outpaint_options_take(spx_outpaint_options *out, const spx_outpaint_options *given,
                                     spx_diag *diag)
{
    set_defaults(out);
    return spx_sized_take(out, given, offsetof(spx_outpaint_options, no_overwrite),
                          "the options of outpainting", diag);
}

void spx_outpaint_options_init_sized(spx_outpaint_options *options, size_t size)
{
    spx_outpaint_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

/** Pixels of one margin, rounded to the nearest; side: the photo's size in that direction. */
static spx_status resolve_margin(uint64_t *out, const spx_margin *margin, uint32_t side,
                                 const char *name, spx_diag *diag)
{
    *out = 0;
    const double most_px = side * (SPX_MARGIN_MAX_PCT / 100.0);
    const double wanted_px = margin->percent ? side * margin->amount / 100.0 : margin->amount;
    if (!(margin->amount >= 0.0) || !(wanted_px <= most_px)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "%s margin %g%s: must be 0 to %g%% of the photo's %u px", name,
                        margin->amount, margin->percent ? "%" : " px", SPX_MARGIN_MAX_PCT, side);
    }
    *out = (uint64_t)llround(wanted_px);
    return SPX_OK;
}

/** A photo of one pixel does not grow by a fifth; margins of nothing are what was asked for. */
static spx_status check_growth(const spx_outpaint_options *options, uint32_t width, uint32_t height,
                               spx_diag *diag)
{
    if (options->left.amount + options->right.amount + options->top.amount +
            options->bottom.amount ==
        0.0)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "a photo of %ux%u px would not grow: its margins are less than half a pixel",
                    width, height);
}

/** Canvas size and place of the photo in 64 bits, before the limits are known to hold. */
typedef struct extent {
    uint64_t width;
    uint64_t height;
    uint64_t photo_x;
    uint64_t photo_y;
} extent;

static spx_status extent_from_margins(extent *out, const spx_outpaint_options *options,
                                      uint32_t photo_width, uint32_t photo_height, spx_diag *diag)
{
    uint64_t right = 0;
    uint64_t bottom = 0;
    SPX_TRY(resolve_margin(&out->photo_x, &options->left, photo_width, "left", diag));
    SPX_TRY(resolve_margin(&out->photo_y, &options->top, photo_height, "top", diag));
    SPX_TRY(resolve_margin(&right, &options->right, photo_width, "right", diag));
    SPX_TRY(resolve_margin(&bottom, &options->bottom, photo_height, "bottom", diag));
    out->width = out->photo_x + photo_width + right;
    out->height = out->photo_y + photo_height + bottom;
    if (out->width == photo_width && out->height == photo_height)
        return check_growth(options, photo_width, photo_height, diag);
    return SPX_OK;
}

static spx_status extent_from_aspect(extent *out, double aspect, uint32_t photo_width,
                                     uint32_t photo_height, spx_diag *diag)
{
    if (!(aspect >= SPX_ASPECT_MIN) || !(aspect <= SPX_ASPECT_MAX)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "aspect %g: must be %g to %g", aspect,
                        SPX_ASPECT_MIN, SPX_ASPECT_MAX);
    }
    const uint64_t width = (uint64_t)llround(photo_height * aspect);
    const uint64_t height = (uint64_t)llround(photo_width / aspect);
    out->width = width > photo_width ? width : photo_width;
    out->height = width > photo_width || height < photo_height ? photo_height : height;
    out->photo_x = (out->width - photo_width) / 2;
    out->photo_y = (out->height - photo_height) / 2;
    return SPX_OK;
}

static spx_status extent_from_size(extent *out, const spx_outpaint_options *options,
                                   uint32_t photo_width, uint32_t photo_height, spx_diag *diag)
{
    if (options->width < photo_width || options->height < photo_height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "size %ux%u: smaller than the photo, %ux%u, which is never cut",
                        options->width, options->height, photo_width, photo_height);
    }
    out->width = options->width;
    out->height = options->height;
    out->photo_x = (out->width - photo_width) / 2;
    out->photo_y = (out->height - photo_height) / 2;
    return SPX_OK;
}

spx_status spx_outpaint_frame(spx_frame *out, const spx_outpaint_options *options,
                              uint32_t photo_width, uint32_t photo_height, const spx_limits *limits,
                              spx_diag *diag)
{
    spx_outpaint_options wanted;
    *out = (spx_frame){ 0 };
    SPX_TRY(spx_outpaint_options_take(&wanted, options, diag));
    options = &wanted;
    if (photo_width == 0 || photo_height == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "photo of %ux%u px", photo_width, photo_height);
    extent found = { 0 };
    if (options->rule == SPX_FRAME_ASPECT) {
        SPX_TRY(extent_from_aspect(&found, options->aspect, photo_width, photo_height, diag));
    } else if (options->rule == SPX_FRAME_SIZE) {
        SPX_TRY(extent_from_size(&found, options, photo_width, photo_height, diag));
    } else {
        SPX_TRY(extent_from_margins(&found, options, photo_width, photo_height, diag));
    }

    spx_limits defaults;
    spx_limits_init(&defaults);
    const spx_limits *const bounds = limits == NULL ? &defaults : limits;
    if (found.width > bounds->side_px || found.height > bounds->side_px ||
        found.width * found.height > bounds->pixels) {
        return spx_fail(diag, SPX_ERR_LIMIT,
                        "larger photo of %llux%llu px: over the limit of %llu pixels",
                        (unsigned long long)found.width, (unsigned long long)found.height,
                        (unsigned long long)bounds->pixels);
    }
    *out = (spx_frame){
        .width = (uint32_t)found.width,
        .height = (uint32_t)found.height,
        .photo_x = (uint32_t)found.photo_x,
        .photo_y = (uint32_t)found.photo_y,
        .photo_width = photo_width,
        .photo_height = photo_height,
    };
    return SPX_OK;
}

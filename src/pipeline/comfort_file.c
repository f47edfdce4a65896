#include "base/file.h"
#include "base/sized.h"
#include "image/image.h"
#include "image/resize.h"
#include "match/align.h"
#include "match/match.h"
#include "pipeline/comfort.h"
#include "pipeline/engine.h"
#include "pipeline/photo_input.h"
#include "pipeline/stereo_load.h"

#include <math.h>
#include <string.h>

enum { MATCH_WIDTH = 768, TALLEST = 4 /* of a reduced eye, times its width */ };

static const double least_sure = 0.02;     /* of the pixels: below that nothing is known */
static const double default_hfov_deg = 60; /* where the file does not say */

static void set_defaults(spx_comfort_file_options *options)
{
    *options = (spx_comfort_file_options){ .layout = SPX_STEREO_AUTO };
    options->size = sizeof(*options);
}

void spx_comfort_file_options_init_sized(spx_comfort_file_options *options, size_t size)
{
    spx_comfort_file_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

/* Takes out of a row what is not sure. What lies within its own disparity of the frame is outside
 * the other eye's picture: it takes the nearest sure value. */
static void keep_sure(float *row, const float *confidence, uint32_t width)
{
    enum { SLACK_PX = 12 }; /* windows of matching, and a little */
    for (uint32_t x = 0; x < width; x++)
        row[x] = confidence[x] >= SPX_MATCH_SURE ? row[x] : NAN;
    uint32_t first = 0;
    while (first < width && isnan(row[first]))
        first++;
    if (first == width)
        return;
    uint32_t last = width - 1;
    while (isnan(row[last]))
        last--;
    for (uint32_t x = 0; x < first && (float)first <= row[first] + SLACK_PX; x++)
        row[x] = row[first];
    for (uint32_t x = last + 1; x < width && (float)(width - 1 - last) <= SLACK_PX - row[last]; x++)
        row[x] = row[last];
}

static spx_status measure_match(spx_file_comfort *out, const spx_match *match, const char *name,
                                spx_diag *diag)
{
    const spx_plane *const disparity = match->disparity;
    out->matched_share = match->known_share;
    if (match->sure_share < least_sure) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: only %.1f %% of the left eye is found in the right eye for sure: not "
                        "a stereo pair, or too plain",
                        name, 100.0 * match->sure_share);
    }
    for (uint32_t y = 0; y < disparity->height; y++) {
        keep_sure(spx_plane_row(disparity, y), spx_plane_row(match->confidence, y),
                  disparity->width);
    }
    const double width = disparity->width;
    const spx_comfort_view view = { .strength_pct = 100.0 / width,
                                    .convergence = out->disparity_adjustment * width,
                                    .hfov_deg = out->hfov_deg,
                                    .vertical_pct = out->vertical_pct,
                                    .height_by_width = disparity->height / width };
    spx_comfort_measure(disparity, &view, &out->comfort);
    return SPX_OK;
}

/* Eyes that do not lie level are measured as they lie, and matched once they do. */
static spx_status measure(spx_file_comfort *out, spx_image *eyes[2], const char *name,
                          const spx_task *task, spx_diag *diag)
{
    spx_alignment alignment;
    spx_match match = { 0 };
    SPX_TRY(spx_align_eyes(&alignment, eyes, task, diag));
    out->vertical_pct = alignment.vertical_pct;
    SPX_TRY(spx_match_eyes(&match, eyes[0], eyes[1], NULL, task, diag));
    const spx_status status = measure_match(out, &match, name, diag);
    spx_match_clear(&match);
    return status;
}

static spx_status check_options(const spx_comfort_file_options *options, spx_diag *diag)
{
    static const double least_deg = 1.0;
    static const double most_deg = 170.0;
    if (options->hfov_deg != 0.0 &&
        !(options->hfov_deg >= least_deg && options->hfov_deg <= most_deg)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "field of view %g is not within 1..170",
                        options->hfov_deg);
    }
    return SPX_OK;
}

/* In place; the picture is not needed in its own size. */
static spx_status reduce(spx_image **eye, const spx_task *task, spx_diag *diag)
{
    uint64_t longest = MATCH_WIDTH;
    spx_image *small = NULL;
    if ((*eye)->height > (*eye)->width) {
        longest = longest * (*eye)->height / (*eye)->width;
        longest = longest > (uint64_t)MATCH_WIDTH * TALLEST ? MATCH_WIDTH * TALLEST : longest;
    }
    SPX_TRY(spx_image_shrink(&small, *eye, (uint32_t)longest, task, diag));
    spx_image_unref(*eye);
    *eye = small;
    return SPX_OK;
}

/* ---- files ---- */

static spx_stereo_input told_of(spx_stereo_layout layout)
{
    switch (layout) {
    case SPX_STEREO_SBS:
        return SPX_STEREO_INPUT_SBS;
    case SPX_STEREO_OU:
        return SPX_STEREO_INPUT_OU;
    case SPX_STEREO_RL:
        return SPX_STEREO_INPUT_RL;
    default:
        return SPX_STEREO_INPUT_AUTO;
    }
}

static spx_stereo_layout layout_of(const spx_stereo_found *found)
{
    if (found->kind == SPX_STEREO_KIND_HEIF)
        return SPX_STEREO_SPATIAL;
    if (found->kind == SPX_STEREO_KIND_MPO)
        return SPX_STEREO_MPO;
    if (found->kind == SPX_STEREO_KIND_VR180)
        return SPX_STEREO_VR180;
    if (found->kind == SPX_STEREO_KIND_PAIR)
        return SPX_STEREO_TWO_FILES;
    if (found->layout.place == SPX_EYES_ABOVE)
        return SPX_STEREO_OU;
    return found->layout.right_first ? SPX_STEREO_RL : SPX_STEREO_SBS;
}

static int is_hevc_stream(const spx_input *input)
{
    static const unsigned char start[] = { 0, 0, 0, 1 };
    return input->data != NULL && input->size > sizeof(start) &&
           memcmp(input->data, start, sizeof(start)) == 0;
}

static spx_status load(spx_loaded *out, const spx_input *input,
                       const spx_comfort_file_options *options, const spx_limits *limits,
                       const spx_task *task, spx_diag *diag)
{
    const char *const name = spx_input_name(input);
    spx_convert_options wanted;
    if (input->data != NULL && input->size == 0)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: the file is empty", name);
    if (is_hevc_stream(input)) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: an HEVC stream; wanted a spatial HEIC or another stereo picture",
                        name);
    }
    spx_convert_options_init(&wanted);
    wanted.stereo = told_of(options->layout);
    wanted.hfov_deg = options->hfov_deg;
    SPX_TRY(spx_input_load(out, input, &wanted, limits, task, diag));
    if (options->layout == SPX_STEREO_SPATIAL && out->found.kind != SPX_STEREO_KIND_HEIF) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: no HEIC with a stereo pair group", name);
    }
    return SPX_OK;
}

static double choose_hfov(const spx_comfort_file_options *options, const spx_stereo_found *found)
{
    static const double most_deg = 170.0;
    if (options->hfov_deg != 0.0 && !found->is_sphere)
        return options->hfov_deg;
    return found->hfov_deg > 0.0 ? fmin(fmax(found->hfov_deg, 1.0), most_deg) : default_hfov_deg;
}

static spx_status measure_loaded(spx_file_comfort *out, spx_loaded *loaded, const char *name,
                                 const spx_task *task, spx_diag *diag)
{
    const spx_stereo_found *const found = &loaded->found;
    spx_image *eyes[2] = { loaded->stereo.photo.image, loaded->stereo.right };
    if (eyes[0] == NULL || eyes[1] == NULL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: not a stereo file: neither what it holds nor its name tells of two "
                        "eyes (--layout sbs takes it as left|right halves)",
                        name);
    }
    out->layout = layout_of(found);
    out->disparity_adjustment = found->has_adjustment ? found->adjustment : 0.0;
    spx_status status = reduce(&eyes[0], task, diag);
    if (status == SPX_OK)
        status = reduce(&eyes[1], task, diag);
    if (status == SPX_OK)
        status = measure(out, eyes, name, task, diag);
    loaded->stereo.photo.image = eyes[0];
    loaded->stereo.right = eyes[1];
    return status;
}

spx_status spx_comfort_of_file(spx_engine *engine, const spx_input *input,
                               const spx_comfort_file_options *options, spx_file_comfort *out,
                               spx_diag *diag)
{
    spx_comfort_file_options wanted;
    set_defaults(&wanted);
    if (options != NULL) {
        SPX_TRY(spx_sized_take(&wanted, options, offsetof(spx_comfort_file_options, hfov_deg),
                               "the options of comfort", diag));
    }
    SPX_TRY(check_options(&wanted, diag));
    if (input->data == NULL && input->path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", "stereo file");
    const spx_task task = { .pool = spx_engine_pool(engine) };
    const spx_limits *const limits = spx_engine_limits(engine);
    const char *const name = spx_input_name(input);
    spx_input file = *input;
    spx_bytes bytes = { 0 };
    spx_loaded loaded = { .found = { .kind = SPX_STEREO_KIND_NONE } };
    spx_file_comfort found = { 0 };
    spx_status status = SPX_OK;
    file.name = name;
    if (input->data == NULL) {
        SPX_TRY(spx_file_read(input->path, limits->file_bytes, &bytes, diag));
        file.data = bytes.data == NULL ? (const void *)"" : bytes.data;
        file.size = bytes.size;
    }
    SPX_TRY_OUT(load(&loaded, &file, &wanted, limits, &task, diag));
    found.hfov_deg = choose_hfov(&wanted, &loaded.found);
    SPX_TRY_OUT(measure_loaded(&found, &loaded, name, &task, diag));
    *out = found;
out:
    spx_loaded_clear(&loaded);
    spx_bytes_clear(&bytes);
    return status;
}

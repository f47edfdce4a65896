#include "base/file.h"
#include "base/sized.h"
#include "codec/stereo_read.h"
#include "match/align.h"
#include "match/match.h"
#include "pipeline/comfort.h"
#include "pipeline/engine.h"
#include "pipeline/photo_input.h"

#include <math.h>

enum { MATCH_WIDTH = 768 };

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
static spx_status measure(spx_file_comfort *out, spx_stereo_pair *pair, const char *name,
                          const spx_task *task, spx_diag *diag)
{
    spx_alignment alignment;
    spx_match match = { 0 };
    spx_image *eyes[2] = { pair->left, pair->right };
    const spx_status aligned = spx_align_eyes(&alignment, eyes, task, diag);
    pair->left = eyes[0];
    pair->right = eyes[1];
    SPX_TRY(aligned);
    out->vertical_pct = alignment.vertical_pct;
    SPX_TRY(spx_match_eyes(&match, pair->left, pair->right, NULL, task, diag));
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

static double choose_hfov(const spx_comfort_file_options *options, const spx_stereo_pair *pair)
{
    if (options->hfov_deg != 0.0)
        return options->hfov_deg;
    return pair->hfov_deg > 0.0 ? fmin(fmax(pair->hfov_deg, 1.0), 170.0) : default_hfov_deg;
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
    spx_stereo_source source = { .data = input->data,
                                 .size = input->size,
                                 .name = spx_input_name(input),
                                 .layout = wanted.layout,
                                 .width = MATCH_WIDTH };
    spx_bytes file = { 0 };
    spx_stereo_pair pair = { 0 };
    spx_file_comfort found = { 0 };
    spx_status status = SPX_OK;
    if (input->data == NULL) {
        SPX_TRY(spx_file_read(input->path, limits->file_bytes, &file, diag));
        source.data = file.data;
        source.size = file.size;
    }
    SPX_TRY_OUT(spx_stereo_read(&pair, &source, limits, &task, diag));
    found.layout = pair.layout;
    found.hfov_deg = choose_hfov(&wanted, &pair);
    found.disparity_adjustment = pair.disparity_adjustment;
    SPX_TRY_OUT(measure(&found, &pair, source.name, &task, diag));
    *out = found;
out:
    spx_stereo_pair_clear(&pair);
    spx_bytes_clear(&file);
    return status;
}

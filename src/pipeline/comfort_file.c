#include "base/file.h"
#include "codec/stereo_read.h"
#include "pipeline/comfort.h"
#include "pipeline/engine.h"
#include "pipeline/photo_input.h"
#include "warp/block_match.h"

#include <math.h>

enum { MATCH_WIDTH = 512 };

static const double search_share = 0.08;   /* of the width, to both sides */
static const double least_matched = 0.03;  /* of the pixels: below that nothing is known */
static const double default_hfov_deg = 60; /* where the file does not say */

void spx_comfort_file_options_init(spx_comfort_file_options *options)
{
    *options = (spx_comfort_file_options){ .layout = SPX_STEREO_AUTO };
}

static double share_matched(const spx_plane *disparity)
{
    uint64_t known = 0;
    for (uint32_t y = 0; y < disparity->height; y++) {
        const float *const row = spx_plane_row(disparity, y);
        for (uint32_t x = 0; x < disparity->width; x++)
            known += isnan(row[x]) ? 0 : 1;
    }
    return (double)known / ((double)disparity->width * disparity->height);
}

static spx_status measure(spx_file_comfort *out, const spx_stereo_pair *pair, const char *name,
                          const spx_task *task, spx_diag *diag)
{
    const double width = pair->left->width;
    spx_plane *disparity = NULL;
    SPX_TRY(spx_block_match(&disparity, pair->left, pair->right,
                            (uint32_t)ceil(search_share * width), task, diag));
    out->matched_share = share_matched(disparity);
    spx_status status = SPX_OK;
    if (out->matched_share < least_matched) {
        status = spx_fail(diag, SPX_ERR_UNSUPPORTED,
                          "%s: only %.1f %% of the left eye is found in the right eye: not a "
                          "stereo pair, or too plain",
                          name, 100.0 * out->matched_share);
        goto out;
    }
    const spx_comfort_view view = { .strength_pct = 100.0 / width,
                                    .convergence = out->disparity_adjustment * width,
                                    .hfov_deg = out->hfov_deg };
    spx_comfort_measure(disparity, &view, &out->comfort);
out:
    spx_plane_destroy(disparity);
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
    spx_comfort_file_options_init(&wanted);
    wanted = options == NULL ? wanted : *options;
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

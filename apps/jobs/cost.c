#include "jobs/cost.h"

#include <string.h>

/* Processor time as shares of a conversion to a spatial photo: `bench/convert formats` at 12
 * megapixels. */
static const double eyes_share = 0.55;   /* reading, depth, both eyes: whatever is made of them */
static const double border_share = 0.85; /* of the larger picture: local painting */
static const double usual_share = 0.02;  /* of a file that stands not below */

typedef struct weight {
    const char *word;
    double share;
} weight;

static const weight weights[] = {
    { "spatial", 0.45 },       { "sbs", 0.45 },
    { "left", 0.05 },          { "right", 0.05 },
    { "depth16", 0.03 },       { "sbs-png", 0.09 },
    { "hsbs", 0.04 },          { "rows", 0.04 },
    { "pns", 0.11 },           { "portrait", 0.30 },
    { "vr180", 0.20 },         { "vr180-sbs", 0.14 },
    { "wiggle", 0.12 },        { "wiggle-webp", 0.06 },
    { "wiggle-mp4", 0.06 },    { "parallax", 0.40 },
    { "parallax-webp", 0.29 }, { "quilt", 0.04 },
    { "quilt-go", 0.04 },      { "quilt-landscape", 0.04 },
    { "lenticular", 0.17 },    { "pitch-sheet", 0.17 },
    { "glb", 0.10 },           { "splat", 0.04 },
    { "splat-glb", 0.04 },     { "html", 0.14 },
};
static const double megapixel = 1e6;

spx_frame spx_job_frame(const spx_job_options *options, uint32_t width, uint32_t height)
{
    spx_outpaint_options outpaint;
    spx_frame frame;
    spx_limits most = { .file_bytes = UINT64_MAX, .pixels = UINT64_MAX, .side_px = UINT32_MAX };
    spx_outpaint_options_init(&outpaint);
    if (spx_border_apply(&options->border, &outpaint, NULL) != SPX_OK ||
        spx_outpaint_frame(&frame, &outpaint, width, height, &most, NULL) != SPX_OK) {
        return (spx_frame){
            .width = width, .height = height, .photo_width = width, .photo_height = height
        };
    }
    return frame;
}

static double grown_pixels(const spx_job_options *options, uint32_t width, uint32_t height)
{
    const spx_frame frame = spx_job_frame(options, width, height);
    return (double)frame.width * frame.height;
}

static double share_of(const char *word)
{
    for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
        if (strcmp(weights[i].word, word) == 0)
            return weights[i].share;
    }
    return usual_share;
}

double spx_job_cost(const spx_job_options *options, spx_job_kind kind, spx_format files,
                    uint32_t width, uint32_t height)
{
    double sum = kind == SPX_JOB_OUTPAINT ? 0.0 : eyes_share;
    const double pixels =
        kind == SPX_JOB_CONVERT ? (double)width * height : grown_pixels(options, width, height);
    for (size_t i = 0; i < spx_format_count() && kind != SPX_JOB_OUTPAINT; i++) {
        const spx_format_info *const format = spx_format_at(i);
        sum += (files & format->flag) != 0 ? share_of(format->word) : 0.0;
    }
    sum += kind == SPX_JOB_CONVERT ? 0.0 : border_share;
    return pixels / megapixel * sum;
}

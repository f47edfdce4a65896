#include "jobs/cost.h"

#include "spx/outpaint.h"

enum { ALWAYS = 2 }; /* reading and depth, as files */
static const double megapixel = 1e6;

/* Pixels of the larger photo; those of the photo where no border fits, which fails later. */
static double grown_pixels(const spx_job_options *options, uint32_t width, uint32_t height)
{
    spx_outpaint_options outpaint;
    spx_frame frame;
    spx_limits most = { .file_bytes = UINT64_MAX, .pixels = UINT64_MAX, .side_px = UINT32_MAX };
    spx_outpaint_options_init(&outpaint);
    if (spx_border_apply(&options->border, &outpaint, NULL) != SPX_OK ||
        spx_outpaint_frame(&frame, &outpaint, width, height, &most, NULL) != SPX_OK)
        return (double)width * height;
    return (double)frame.width * frame.height;
}

double spx_job_cost(const spx_job_options *options, spx_job_kind kind, spx_format files,
                    uint32_t width, uint32_t height)
{
    double count = ALWAYS;
    const double pixels =
        kind == SPX_JOB_CONVERT ? (double)width * height : grown_pixels(options, width, height);
    for (size_t i = 0; i < spx_format_count() && kind != SPX_JOB_OUTPAINT; i++)
        count += (files & spx_format_at(i)->flag) != 0;
    count += kind != SPX_JOB_CONVERT; /* the larger photo is a file too */
    return pixels / megapixel * count;
}

#ifndef SPX_REMOTE_SDAPI_H
#define SPX_REMOTE_SDAPI_H

#include "outpaint/request.h"

/**
 * The engine SPX_OUTPAINT_SDAPI: servers that speak /sdapi/v1/img2img (A1111, Forge, SD.Next,
 * stable-diffusion.cpp). The border is painted by the local engine first, at the model's size, and
 * the server repaints it: that gives it colours and layout to begin with.
 *
 * The options' parameters are fields of the request (steps=30, sampler_name=Euler a); two are read
 * here: "size", the longer side of what the server paints (default 1024), and "denoising_strength".
 */
spx_status spx_outpaint_sdapi(const spx_outpaint_request *request, const spx_task *task,
                              spx_image **out, spx_diag *diag);
/** The server that is meant where none is named. */
extern const char spx_sdapi_default_url[];

#endif

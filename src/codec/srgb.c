#include "codec/srgb.h"

#include "codec/hevc.h"
#include "image/image.h"

#include <lcms2.h>

enum { BAND_ROWS = 32 };

typedef struct conversion {
    cmsHTRANSFORM transform; /* without a cache: threads share it */
    const spx_image *in;
    spx_image *out;
} conversion;

static void convert_band(void *context, size_t index)
{
    const conversion *const self = context;
    const uint32_t begin = (uint32_t)index * BAND_ROWS;
    const uint32_t left = self->in->height - begin;
    const uint32_t end = begin + (left < BAND_ROWS ? left : BAND_ROWS);
    for (uint32_t y = begin; y < end; y++) {
        cmsDoTransform(self->transform, spx_image_row8(self->in, y), spx_image_row8(self->out, y),
                       self->in->width);
    }
}

static int is_srgb(const spx_bytes *icc)
{
    static const unsigned srgb_primaries = 1;
    spx_nclx color;
    if (icc == NULL || icc->size == 0)
        return 1;
    spx_nclx_from_icc(&color, icc);
    return color.primaries == srgb_primaries;
}

static cmsHPROFILE open_profile(cmsContext context, const spx_bytes *icc)
{
    if (icc == NULL || icc->size == 0)
        return cmsCreate_sRGBProfileTHR(context);
    return cmsOpenProfileFromMemTHR(context, icc->data, (cmsUInt32Number)icc->size);
}

/* NULL where a profile is none for RGB. */
static cmsHTRANSFORM open_transform(const spx_bytes *from_icc, const spx_bytes *to_icc,
                                    unsigned bits)
{
    const cmsUInt32Number type = bits == 8 ? TYPE_RGB_8 : TYPE_RGB_16;
    cmsContext context = cmsCreateContext(NULL, NULL); /* no log, no state that is shared */
    cmsHPROFILE from = open_profile(context, from_icc);
    cmsHPROFILE to = open_profile(context, to_icc);
    cmsHTRANSFORM out = NULL;
    if (from != NULL && to != NULL && cmsGetColorSpace(from) == cmsSigRgbData &&
        cmsGetColorSpace(to) == cmsSigRgbData) {
        out = cmsCreateTransformTHR(context, from, type, to, type, INTENT_RELATIVE_COLORIMETRIC,
                                    cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE);
    }
    if (from != NULL)
        cmsCloseProfile(from);
    if (to != NULL)
        cmsCloseProfile(to);
    if (out == NULL)
        cmsDeleteContext(context);
    return out;
}

static void close_transform(cmsHTRANSFORM transform)
{
    cmsContext context = cmsGetTransformContextID(transform);
    cmsDeleteTransform(transform);
    cmsDeleteContext(context);
}

static spx_status convert(spx_image **out, const spx_image *image, cmsHTRANSFORM transform,
                          const spx_task *task, spx_diag *diag)
{
    conversion self = { .in = image, .transform = transform };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_create(&self.out, image->width, image->height, image->bits, diag));
    SPX_TRY_OUT(spx_task_run(task, (image->height - 1) / BAND_ROWS + 1, convert_band, &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    return status;
}

spx_status spx_image_to_srgb(spx_image **out, const spx_image *image, const spx_bytes *icc,
                             const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    if (is_srgb(icc))
        return SPX_OK;
    cmsHTRANSFORM transform = open_transform(icc, NULL, image->bits);
    if (transform == NULL)
        return SPX_OK;
    const spx_status status = convert(out, image, transform, task, diag);
    close_transform(transform);
    return status;
}

spx_status spx_image_to_profile(spx_image **out, const spx_image *image, const spx_bytes *from,
                                const spx_bytes *to, const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    cmsHTRANSFORM transform = open_transform(from, to, image->bits);
    if (transform == NULL)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "a colour profile that cannot be read");
    const spx_status status = convert(out, image, transform, task, diag);
    close_transform(transform);
    return status;
}

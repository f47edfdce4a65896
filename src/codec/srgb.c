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

/* NULL where the profile is none for RGB. */
static cmsHTRANSFORM open_transform(const spx_bytes *icc, unsigned bits)
{
    const cmsUInt32Number type = bits == 8 ? TYPE_RGB_8 : TYPE_RGB_16;
    cmsContext context = cmsCreateContext(NULL, NULL); /* no log, no state that is shared */
    cmsHPROFILE from = cmsOpenProfileFromMemTHR(context, icc->data, (cmsUInt32Number)icc->size);
    cmsHPROFILE to = cmsCreate_sRGBProfileTHR(context);
    cmsHTRANSFORM out = NULL;
    if (from != NULL && to != NULL && cmsGetColorSpace(from) == cmsSigRgbData) {
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

spx_status spx_image_to_srgb(spx_image **out, const spx_image *image, const spx_bytes *icc,
                             const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    conversion self = { .in = image };
    if (!is_srgb(icc))
        self.transform = open_transform(icc, image->bits);
    if (self.transform == NULL)
        return SPX_OK;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_create(&self.out, image->width, image->height, image->bits, diag));
    SPX_TRY_OUT(spx_task_run(task, (image->height - 1) / BAND_ROWS + 1, convert_band, &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    close_transform(self.transform);
    return status;
}

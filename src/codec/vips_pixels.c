#include "codec/vips_pixels.h"

/* libvips wants pointers to what it does not change without const. */
static void *unconst(const void *pointer)
{
    union {
        const void *in;
        void *out;
    } const both = { .in = pointer };
    return both.out;
}

// NOLINTNEXTLINE(readability-non-const-parameter): libvips gives the type
static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    (void)sequence;
    (void)b;
    (void)stop;
    const spx_vips_pixels *const self = a;
    const VipsRect *const area = &out->valid;
    const ptrdiff_t stride = (ptrdiff_t)VIPS_REGION_LSKIP(out);
    if (spx_task_cancelled(self->task))
        return -1;
    for (int y = 0; y < area->height; y++) {
        self->run(self->source, (uint32_t)area->left, (uint32_t)(area->top + y),
                  (uint32_t)area->width, VIPS_REGION_ADDR_TOPLEFT(out) + y * stride);
    }
    return 0;
}

static VipsInterpretation interpretation_of(const spx_vips_pixels *pixels)
{
    if (pixels->bands == 1)
        return pixels->deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    return pixels->deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

VipsImage *spx_vips_pixels_open(const spx_vips_pixels *pixels)
{
    VipsImage *const image = vips_image_new();
    if (image == NULL)
        return NULL;
    vips_image_init_fields(image, (int)pixels->width, (int)pixels->height, pixels->bands,
                           pixels->deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                           interpretation_of(pixels), 1.0, 1.0);
    const int threads = (int)spx_pool_threads(pixels->task == NULL ? NULL : pixels->task->pool);
    vips_image_set_int(image, VIPS_META_CONCURRENCY, threads);
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) != 0 ||
        vips_image_generate(image, NULL, generate, NULL, unconst(pixels), NULL) != 0) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}

#include "codec/sample_watch.h"

#include <stddef.h>

typedef struct samples {
    const uint8_t *row;
    int count; /* of pixels */
    int bands;
} samples;

static float float_at(const samples *from, int index)
{
    return ((const float *)(const void *)from->row)[index];
}

/* 1 when a pixel of the row is not opaque. */
static int finds_clear(const samples *from, VipsBandFormat format)
{
    for (int i = from->bands - 1; i < from->count * from->bands; i += from->bands) {
        const int opaque = format == VIPS_FORMAT_UCHAR ? from->row[i] == UINT8_MAX
                           : format == VIPS_FORMAT_USHORT
                               ? ((const uint16_t *)(const void *)from->row)[i] == UINT16_MAX
                               : float_at(from, i) >= 1.0F;
        if (!opaque)
            return 1;
    }
    return 0;
}

static void count_bright(spx_sample_watch *self, const samples *from)
{
    const int colors = from->bands - (self->has_alpha != 0);
    uint64_t bright = 0;
    float most = 0.0F;
    for (int x = 0; x < from->count; x++) {
        float largest = 0.0F;
        for (int c = 0; c < colors; c++) {
            const float value = float_at(from, x * from->bands + c);
            largest = value > largest ? value : largest; /* what is no number is not larger */
        }
        bright += largest > 1.0F ? 1 : 0;
        most = largest > most ? largest : most;
    }
    atomic_fetch_add(&self->bright, bright);
    atomic_fetch_add(&self->pixels, (uint64_t)from->count);
    float before = atomic_load(&self->most);
    while (most > before && !atomic_compare_exchange_weak(&self->most, &before, most)) {
    }
}

// NOLINTNEXTLINE(readability-non-const-parameter): libvips gives the type
static int look(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    (void)a;
    (void)stop;
    VipsRegion *const in = sequence;
    spx_sample_watch *const self = b;
    const VipsRect *const area = &out->valid;
    if (vips_region_prepare(in, area) != 0 ||
        vips_region_region(out, in, area, area->left, area->top) != 0)
        return -1;
    const VipsBandFormat format = vips_image_get_format(in->im);
    samples from = { .count = area->width, .bands = vips_image_get_bands(in->im) };
    for (int y = 0; y < area->height; y++) {
        from.row = VIPS_REGION_ADDR_TOPLEFT(out) + y * (ptrdiff_t)VIPS_REGION_LSKIP(out);
        if (self->has_alpha && !atomic_load(&self->clear) && finds_clear(&from, format))
            atomic_store(&self->clear, 1);
        if (format == VIPS_FORMAT_FLOAT)
            count_bright(self, &from);
    }
    return 0;
}

VipsImage *spx_sample_watch_add(spx_sample_watch *self, VipsImage *image)
{
    const VipsBandFormat format = vips_image_get_format(image);
    if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT && format != VIPS_FORMAT_FLOAT)
        return image;
    self->has_alpha = vips_image_hasalpha(image);
    VipsImage *const made = vips_image_new();
    if (made != NULL && vips_image_pipelinev(made, VIPS_DEMAND_STYLE_THINSTRIP, image, NULL) == 0 &&
        vips_image_generate(made, vips_start_one, look, vips_stop_one, image, self) == 0) {
        /* `made` holds `image` from now on */
        g_signal_connect_data(made, "close", G_CALLBACK(g_object_unref), image, NULL,
                              G_CONNECT_SWAPPED);
        return made;
    }
    if (made != NULL)
        g_object_unref(made);
    g_object_unref(image);
    return NULL;
}

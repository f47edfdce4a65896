#include "image/image.h"

#include "base/size.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The public fields stand first, so that both pointers are the same. */
typedef struct counted_image {
    spx_image image;
    atomic_uint owners;
    spx_image *whole; /* of a window: whose pixels it shows, one owner of them; else NULL */
} counted_image;

spx_status spx_image_create(spx_image **out, uint32_t width, uint32_t height, uint32_t bits,
                            spx_diag *diag)
{
    *out = NULL;
    if (width == 0 || height == 0 || (bits != 8 && bits != 16)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "image: no pixels of %u bits in %ux%u", bits, width,
                        height);
    }
    size_t row = 0;
    size_t size = 0;
    SPX_TRY(spx_mul_size(&row, width, (size_t)SPX_IMAGE_CHANNELS * bits / 8, "image", diag));
    SPX_TRY(spx_add_size(&row, row, SPX_IMAGE_ALIGNMENT - 1, "image", diag));
    row -= row % SPX_IMAGE_ALIGNMENT;
    SPX_TRY(spx_mul_size(&size, row, height, "image", diag));

    counted_image *const self = calloc(1, sizeof(*self));
    uint8_t *const pixels = aligned_alloc(SPX_IMAGE_ALIGNMENT, size);
    if (self == NULL || pixels == NULL) {
        free(self);
        free(pixels);
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "image of %ux%u: no memory for %zu bytes", width,
                        height, size);
    }
    self->image = (spx_image){
        .width = width, .height = height, .bits = bits, .stride_bytes = row, .pixels = pixels
    };
    atomic_init(&self->owners, 1);
    *out = &self->image;
    return SPX_OK;
}

spx_image *spx_image_ref(spx_image *image)
{
    counted_image *const self = (counted_image *)(void *)image;
    (void)atomic_fetch_add_explicit(&self->owners, 1, memory_order_relaxed);
    return image;
}

void spx_image_unref(spx_image *image)
{
    if (image == NULL)
        return;
    counted_image *const self = (counted_image *)(void *)image;
    const unsigned owners = atomic_fetch_sub_explicit(&self->owners, 1, memory_order_acq_rel);
    assert(owners != 0);
    if (owners != 1)
        return;
    if (self->whole != NULL) {
        spx_image_unref(self->whole);
    } else {
        free(image->pixels);
    }
    free(self);
}

spx_status spx_image_window(spx_image **out, spx_image *image, uint32_t x, uint32_t width,
                            spx_diag *diag)
{
    *out = NULL;
    assert(x < image->width && width <= image->width - x && width != 0);
    counted_image *const self = calloc(1, sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, "part of an image");
    self->image = spx_image_part(image, x, 0, width, image->height);
    self->whole = spx_image_ref(image);
    atomic_init(&self->owners, 1);
    *out = &self->image;
    return SPX_OK;
}

spx_image *spx_image_window_whole(const spx_image *image)
{
    return ((const counted_image *)(const void *)image)->whole;
}

void spx_image_put(const spx_image *to, uint32_t x, uint32_t y, const spx_image *image)
{
    const size_t pixel = spx_image_pixel_bytes(image);
    for (uint32_t i = 0; i < image->height; i++) {
        memcpy(spx_image_row8(to, y + i) + x * pixel, spx_image_row8(image, i),
               image->width * pixel);
    }
}

spx_status spx_image_copy(spx_image **out, const spx_image *image, spx_diag *diag)
{
    SPX_TRY(spx_image_create(out, image->width, image->height, image->bits, diag));
    assert(*out != NULL);
    spx_image_put(*out, 0, 0, image);
    return SPX_OK;
}

#include "image/rows.h"

#include "image/image.h"

#include <string.h>

static void run_image(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_image *const image = source;
    const size_t pixel = spx_image_pixel_bytes(image);
    memcpy(out, spx_image_row8(image, y) + x * pixel, count * pixel);
}

spx_rows spx_rows_of(const spx_image *image)
{
    return (spx_rows){ .width = image->width,
                       .height = image->height,
                       .bits = image->bits,
                       .run = run_image,
                       .source = image };
}

#include "image/plane.h"

#include "base/size.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT_BYTES = 64, ALIGNMENT_FLOATS = ALIGNMENT_BYTES / sizeof(float) };

spx_status spx_plane_create(spx_plane **out, uint32_t width, uint32_t height, spx_diag *diag)
{
    *out = NULL;
    if (width == 0 || height == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "plane: %ux%u holds nothing", width, height);
    size_t stride = 0;
    size_t size = 0;
    SPX_TRY(spx_add_size(&stride, width, ALIGNMENT_FLOATS - 1, "plane", diag));
    stride -= stride % ALIGNMENT_FLOATS;
    SPX_TRY(spx_mul_size(&size, stride, sizeof(float), "plane", diag));
    SPX_TRY(spx_mul_size(&size, size, height, "plane", diag));

    spx_plane *const self = calloc(1, sizeof(*self));
    float *const values = aligned_alloc(ALIGNMENT_BYTES, size);
    if (self == NULL || values == NULL) {
        free(self);
        free(values);
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "plane of %ux%u: no memory for %zu bytes", width,
                        height, size);
    }
    *self = (spx_plane){ .width = width, .height = height, .stride = stride, .values = values };
    *out = self;
    return SPX_OK;
}

spx_status spx_plane_copy(spx_plane **out, const spx_plane *plane, spx_diag *diag)
{
    SPX_TRY(spx_plane_create(out, plane->width, plane->height, diag));
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is one after SPX_OK */
    memcpy((*out)->values, plane->values, plane->stride * plane->height * sizeof(float));
    return SPX_OK;
}

void spx_plane_destroy(spx_plane *plane)
{
    if (plane == NULL)
        return;
    free(plane->values);
    free(plane);
}

spx_status spx_mask_create(spx_mask **out, uint32_t width, uint32_t height, spx_diag *diag)
{
    *out = NULL;
    if (width == 0 || height == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "mask: %ux%u holds nothing", width, height);
    spx_mask *const self = calloc(1, sizeof(*self));
    uint8_t *const values = calloc(height, width);
    if (self == NULL || values == NULL) {
        free(self);
        free(values);
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "mask of %ux%u: no memory", width, height);
    }
    *self = (spx_mask){ .width = width, .height = height, .values = values };
    *out = self;
    return SPX_OK;
}

void spx_mask_destroy(spx_mask *mask)
{
    if (mask == NULL)
        return;
    free(mask->values);
    free(mask);
}

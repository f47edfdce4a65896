#ifndef SPX_NN_MAP_H
#define SPX_NN_MAP_H

#include "nn/linear.h"
#include "nn/scratch.h"

/** Channels at each pixel: [height][width][stride], of which `channels` mean something and the rest
 * are 0. */
typedef struct spx_map {
    size_t height;
    size_t width;
    size_t channels;
    size_t stride;        /* floats from pixel to pixel: channels, padded */
    float *data;          /* 64-byte aligned */
    spx_reserve *reserve; /* that the data is from; NULL = none */
} spx_map;

/** From the run's reserve. Padding is zero, values are not initialised. map: zero-initialised or
 * cleared; released by spx_map_clear(). */
SPX_NODISCARD spx_status spx_map_init(spx_map *map, size_t height, size_t width, size_t channels,
                                      const spx_nn_run *run);
void spx_map_clear(spx_map *map);

static inline float *spx_map_row(const spx_map *map, size_t y)
{
    return map->data + y * map->width * map->stride;
}

/** Which points of two maps of different sizes lie on each other. */
typedef enum spx_map_grid {
    SPX_MAP_CORNERS, /* the centres of the pixels in the corners */
    SPX_MAP_CENTRES, /* the outer edges: pixel centres at half numbers */
} spx_map_grid;

/** A map as a layer reads it: enlarged to height x width (bilinear), negative values as 0. */
typedef struct spx_map_view {
    const spx_map *map;
    size_t height;
    size_t width;
    int relu;
    spx_map_grid grid;
} spx_map_view;

/** Row y of the view, first `channels` of each pixel, side by side. work: [map->width * channels].
 */
void spx_map_view_row(const spx_map_view *view, const spx_nn_kernels *kernels, size_t y,
                      size_t channels, float *work, float *out);

/** A linear layer at every pixel (a 1x1 convolution). out: same size, linear->out channels. */
SPX_NODISCARD spx_status spx_map_linear(const spx_linear *linear, const spx_map *in, spx_map *out,
                                        const spx_nn_run *run);
/** Convolution with stride = kernel = `times`, transposed; linear: outputs [times][times][channels
 * of out]. */
SPX_NODISCARD spx_status spx_map_spread(const spx_linear *linear, const spx_map *in, size_t times,
                                        spx_map *out, const spx_nn_run *run);
/** 3x3 convolution with stride 2, one pixel of zeros around; linear: inputs [3][3][channels of in].
 */
SPX_NODISCARD spx_status spx_map_halve(const spx_linear *linear, const spx_map *in, spx_map *out,
                                       const spx_nn_run *run);
/** Enlarges to the size of `out`; scratch: one row of `in`. */
SPX_NODISCARD spx_status spx_map_resize(const spx_map *in, spx_map *out, const spx_nn_run *run);
/** Every row of the view, of out's size; scratch: one row of the view's map. */
SPX_NODISCARD spx_status spx_map_draw(const spx_map_view *view, spx_map *out,
                                      const spx_nn_run *run);

/** Scratch bytes of the functions above. */
size_t spx_map_linear_scratch(const spx_linear *linear);

#endif

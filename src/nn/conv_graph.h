#ifndef SPX_NN_CONV_GRAPH_H
#define SPX_NN_CONV_GRAPH_H

#include "base/task.h"
#include "nn/conv_block.h"
#include "nn/conv_weights.h"

/**
 * A convolutional network for one input size, as a list of operations in the order they were added.
 * Values are maps (nn/map.h); they share one arena, planned by spx_graph_finish(), which every run
 * allocates for itself: after it, several threads may run the graph at once.
 */
typedef struct spx_graph spx_graph;

/** A value's number in its graph. */
typedef uint32_t spx_value;

#define SPX_NO_VALUE UINT32_MAX

typedef struct spx_graph_conv_options {
    spx_conv_weights *weights; /* borrowed until the graph is destroyed */
    int relu;                  /* negative numbers of the input count as 0 */
    spx_value add_to; /* this value becomes itself plus the result; SPX_NO_VALUE = a new value */
} spx_graph_conv_options;

typedef struct spx_graph_block_options {
    spx_conv_weights *expand; /* all borrowed until the graph is destroyed; may be NULL */
    spx_conv_weights *depthwise;
    spx_conv_weights *project;
    int skip;
} spx_graph_block_options;

typedef struct spx_size3 {
    uint32_t channels;
    uint32_t height;
    uint32_t width;
} spx_size3;

/** Called with the value an operation has just made, in plain [channels][height][width]. */
typedef void (*spx_graph_probe)(void *user, const char *name, const spx_size3 *size,
                                const float *values);

/** kernels: of all graphs that share weights. The first value, 0, is the input. Owned by the
 * caller. */
SPX_NODISCARD spx_status spx_graph_create(spx_graph **out, const spx_nn_kernels *kernels,
                                          const spx_size3 *input, spx_diag *diag);
void spx_graph_destroy(spx_graph *graph); /* NULL is fine */

spx_size3 spx_graph_size(const spx_graph *graph, spx_value value);

/**
 * A convolution of every channel with every other. Of the input, value 0: "SAME" padding
 * (nn/conv_block.h), any kernel and stride. Of other values: stride 1, 1x1 or 3x3, kernel / 2 zeros
 * on all sides. Only 3x3 adds to a value; plain layers have no activation.
 */
SPX_NODISCARD spx_status spx_graph_conv(spx_graph *graph, spx_value in,
                                        const spx_graph_conv_options *options, spx_value *out,
                                        spx_diag *diag);
SPX_NODISCARD spx_status spx_graph_block(spx_graph *graph, spx_value in,
                                         const spx_graph_block_options *options, spx_value *out,
                                         spx_diag *diag);
/** to += from, of the same size. */
SPX_NODISCARD spx_status spx_graph_add(spx_graph *graph, spx_value to, spx_value from,
                                       spx_diag *diag);
/** Bilinear, pixel centres at half numbers, edges repeated. */
SPX_NODISCARD spx_status spx_graph_resize(spx_graph *graph, spx_value in, uint32_t height,
                                          uint32_t width, spx_value *out, spx_diag *diag);
/** Gives the operation added last a name for probes. Copied. */
void spx_graph_name(spx_graph *graph, const char *name);
/** The graph's output, of a plain layer; nothing can be added afterwards. */
SPX_NODISCARD spx_status spx_graph_finish(spx_graph *graph, spx_value out, spx_diag *diag);

/** What a run reads and writes: plain floats of the input's and the output's size; all borrowed for
 * the run. */
typedef struct spx_graph_io {
    const float *input;
    float *output;
    spx_reserve *reserve;  /* of the run's memory; may be NULL */
    spx_graph_probe probe; /* may be NULL */
    void *user;            /* for probe */
} spx_graph_io;

/** On the task's pool. Progress goes from 0 to 1 and a cancel is seen between any two operations,
 * and within long ones. */
SPX_NODISCARD spx_status spx_graph_run(const spx_graph *graph, const spx_graph_io *io,
                                       const spx_task *task, spx_diag *diag);

#endif

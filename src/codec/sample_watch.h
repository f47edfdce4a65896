#ifndef SPX_CODEC_SAMPLE_WATCH_H
#define SPX_CODEC_SAMPLE_WATCH_H

#include "codec/late_vips.h"

#include <stdatomic.h>
#include <stdint.h>

/**
 * What was seen of samples on their way through a pipeline of libvips. Zero-initialised; lives as
 * long as the pipeline. Several threads may tell it.
 */
typedef struct spx_sample_watch {
    int has_alpha;    /* the last band is one */
    atomic_int clear; /* 1: some pixel is not opaque */
    atomic_uint_least64_t
        bright; /* pixels with a colour over 1 where samples are floats, and 1 is white */
    atomic_uint_least64_t pixels;
    _Atomic float most; /* the largest sample of these */
} spx_sample_watch;

/**
 * Adds a step that looks and changes nothing. Samples of 8 and 16 bits and floats are looked at,
 * others pass unseen. Takes `image` over and gives the new one; NULL on failure, which libvips'
 * error buffer tells.
 */
VipsImage *spx_sample_watch_add(spx_sample_watch *self, VipsImage *image);

#endif

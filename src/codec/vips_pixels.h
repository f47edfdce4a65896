#ifndef SPX_CODEC_VIPS_PIXELS_H
#define SPX_CODEC_VIPS_PIXELS_H

#include "base/task.h"
#include "codec/late_vips.h"

#include <stdint.h>

/** Pixels for libvips' writers, made when they are asked for. Everything is borrowed as long as
 * the VipsImage lives. */
typedef struct spx_vips_pixels {
    uint32_t width;
    uint32_t height;
    int bands; /* 1 grey, 3 RGB, 4 RGB and alpha */
    int deep;  /* 16 bits a sample */
    /* Puts `count` pixels of row y from x on into `out`; called on several threads at once. */
    void (*run)(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out);
    const void *source;
    const spx_task *task; /* its threads and its cancel flag count */
} spx_vips_pixels;

/** NULL on failure; released with g_object_unref(). */
VipsImage *spx_vips_pixels_open(const spx_vips_pixels *pixels);

#endif

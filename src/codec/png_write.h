#ifndef SPX_CODEC_PNG_WRITE_H
#define SPX_CODEC_PNG_WRITE_H

#include "base/task.h"
#include "codec/image_extras.h"

/** A picture as the PNG writer asks for it. Everything is borrowed for the call. */
typedef struct spx_png {
    uint32_t width;
    uint32_t height;
    unsigned bits;     /* of a sample: 8 or 16 */
    unsigned channels; /* 1 grey, 3 RGB, 4 RGB and alpha */
    /* Puts row y into `out` as PNG wants it: 16-bit samples big-endian. Called on several threads
     * at once. */
    void (*row)(const void *source, uint32_t y, uint8_t *out);
    const void *source;
    int is_color;                   /* 1: says sRGB when there is no profile */
    const spx_image_extras *extras; /* may be NULL */
    spx_png_stereo stereo;
    double dots_per_inch; /* 0 = nothing is said */
    const char *text_key; /* Latin-1, 1..79 characters; may be NULL */
    const char *text_value;
} spx_png;

/** Appends the file to *out, which must be empty; on failure it is cleared. */
SPX_NODISCARD spx_status spx_png_write(spx_bytes *out, const spx_png *png, const spx_task *task,
                                       spx_diag *diag);

#endif

#ifndef SPX_CODEC_HEVC_FRAMES_H
#define SPX_CODEC_HEVC_FRAMES_H

#include "codec/ycc.h"
#include "image/plane.h"
#include "spx/image.h"

/** How a set of images is cut into the encoder's frames. Images are borrowed. */
typedef struct spx_hevc_frames {
    const spx_image *const *images; /* all of one size */
    const spx_plane *grey;          /* instead of images: one frame of values 0..1, no chroma */
    size_t count;                   /* of frames */
    uint32_t tile_px;               /* width of tiles; 0 = whole images */
    uint32_t tile_height;
    uint32_t columns; /* of tiles in an image */
    uint32_t rows;
    int side_by_side;       /* images[0] | images[1] in one frame */
    uint32_t visible_width; /* even; what a decoder shows */
    uint32_t visible_height;
    uint32_t width; /* what is coded: border pixels repeat beyond the images */
    uint32_t height;
} spx_hevc_frames;

/** One frame of YCbCr 4:2:0, planes one behind the other in one allocation, rows without gaps, and
 * two rows of RGB to work with. */
typedef struct spx_yuv_frame {
    uint8_t *planes[3];
    uint8_t *rgb[2];
} spx_yuv_frame;

SPX_NODISCARD spx_status spx_yuv_frame_init(spx_yuv_frame *frame, const spx_hevc_frames *frames,
                                            spx_diag *diag);
void spx_yuv_frame_clear(spx_yuv_frame *frame); /* an empty one is fine */

/** Converts frame `index`. */
void spx_hevc_frames_convert(const spx_hevc_frames *frames, size_t index, const spx_ycc *ycc,
                             spx_yuv_frame *out);

#endif

#include "codec/hevc_frames.h"

#include "base/size.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

spx_status spx_yuv_frame_init(spx_yuv_frame *frame, const spx_hevc_frames *frames, spx_diag *diag)
{
    *frame = (spx_yuv_frame){ 0 };
    const size_t row = (size_t)SPX_IMAGE_CHANNELS * frames->width;
    size_t luma = 0;
    size_t size = 0;
    SPX_TRY(spx_mul_size(&luma, frames->width, frames->height, "HEVC frame", diag));
    SPX_TRY(spx_add_size(&size, luma, luma / 2, "HEVC frame", diag)); /* both chroma planes */
    SPX_TRY(spx_add_size(&size, size, 2 * row, "HEVC frame", diag));
    uint8_t *const memory = malloc(size);
    if (memory == NULL)
        return spx_fail_memory(diag, "HEVC frame");
    frame->planes[0] = memory;
    frame->planes[1] = memory + luma;
    frame->planes[2] = frame->planes[1] + luma / 4;
    frame->rgb[0] = frame->planes[2] + luma / 4;
    frame->rgb[1] = frame->rgb[0] + row;
    return SPX_OK;
}

void spx_yuv_frame_clear(spx_yuv_frame *frame)
{
    free(frame->planes[0]);
    *frame = (spx_yuv_frame){ 0 };
}

/* `count` 8-bit pixels of row y from column x on; beyond the border its last pixel repeats. */
static void copy_pixels(uint8_t *out, const spx_image *image, uint32_t x, uint32_t y,
                        uint32_t count)
{
    const uint32_t row = y < image->height ? y : image->height - 1;
    const uint32_t there = count < image->width - x ? count : image->width - x;
    const size_t samples = (size_t)there * SPX_IMAGE_CHANNELS;
    if (image->bits == 8) {
        memcpy(out, spx_image_row8(image, row) + (size_t)x * SPX_IMAGE_CHANNELS, samples);
    } else {
        const uint16_t *const in = spx_image_row16(image, row) + (size_t)x * SPX_IMAGE_CHANNELS;
        for (size_t i = 0; i < samples; i++)
            out[i] = spx_sample_8_of_16(in[i]);
    }
    for (uint32_t i = there; i < count; i++) {
        memcpy(out + (size_t)i * SPX_IMAGE_CHANNELS, out + samples - SPX_IMAGE_CHANNELS,
               SPX_IMAGE_CHANNELS);
    }
}

static void fill_row(const spx_hevc_frames *frames, size_t index, uint32_t y, uint8_t *out)
{
    if (frames->side_by_side) {
        const uint32_t width = frames->images[0]->width;
        copy_pixels(out, frames->images[0], 0, y, width);
        copy_pixels(out + (size_t)width * SPX_IMAGE_CHANNELS, frames->images[1], 0, y,
                    frames->width - width);
        return;
    }
    const size_t tiles = (size_t)frames->columns * frames->rows;
    const uint32_t tile = (uint32_t)(index % tiles);
    const uint32_t x0 = tile % frames->columns * frames->tile_px;
    const uint32_t y0 = tile / frames->columns * frames->tile_height;
    copy_pixels(out, frames->images[index / tiles], x0, y0 + y, frames->width);
}

/* NaN counts as 0. */
static uint8_t level_of(float value)
{
    if (!(value > 0.0f))
        return 0;
    return value < 1.0f ? (uint8_t)lrintf(value * (float)UINT8_MAX) : UINT8_MAX;
}

static void convert_grey(const spx_plane *grey, spx_yuv_frame *out)
{
    for (uint32_t y = 0; y < grey->height; y++) {
        const float *const in = spx_plane_row(grey, y);
        uint8_t *const luma = out->planes[0] + (size_t)y * grey->width;
        for (uint32_t x = 0; x < grey->width; x++)
            luma[x] = level_of(in[x]);
    }
}

void spx_hevc_frames_convert(const spx_hevc_frames *frames, size_t index, const spx_ycc *ycc,
                             spx_yuv_frame *out)
{
    const spx_ycc_fn convert = spx_ycc_convert();
    const size_t width = frames->width;
    if (frames->grey != NULL) {
        convert_grey(frames->grey, out);
        return;
    }
    for (uint32_t y = 0; y < frames->height; y += 2) {
        fill_row(frames, index, y, out->rgb[0]);
        fill_row(frames, index, y + 1, out->rgb[1]);
        const spx_ycc_rows rows = {
            .rgb = { out->rgb[0], out->rgb[1] },
            .luma = { out->planes[0] + y * width, out->planes[0] + (y + 1) * width },
            .cb = out->planes[1] + y / 2 * (width / 2),
            .cr = out->planes[2] + y / 2 * (width / 2),
        };
        convert(ycc, &rows, width);
    }
}

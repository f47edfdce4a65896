#include "outpaint/pyramid.h"

#include "image/image.h"

#include <string.h>

enum {
    SMALLEST_SIDE_PX = 48, /* of a photo that patches can be taken from */
    COARSEST_SIDE_PX = 40, /* the photo's short side on the coarsest level is this to twice this */
    DISCARD_PER_PX = 1000,
    DISCARD_MIN_PX = 2,
    DISCARD_MAX_PX = 4,
    STRIP_ROWS = 32,
    CHANNELS = 3,
    PLAIN_LEVELS = 3, /* a frame's grain */
};

int spx_pyramid_too_small(const spx_frame *frame)
{
    return frame->photo_width < SMALLEST_SIDE_PX || frame->photo_height < SMALLEST_SIDE_PX;
}

static int32_t round_up(uint32_t value, int32_t bits)
{
    const int32_t unit = 1 << bits;
    return ((int32_t)value + unit - 1) / unit * unit;
}

/** Whether a row or column of the photo is one colour. */
static int is_plain(const spx_image *photo, uint32_t x, uint32_t y, int sideways)
{
    const uint32_t length = sideways ? photo->height : photo->width;
    int32_t low[CHANNELS] = { 0 };
    int32_t high[CHANNELS] = { 0 };
    for (uint32_t i = 0; i < length; i++) {
        for (int c = 0; c < CHANNELS; c++) {
            const int32_t value =
                (int32_t)spx_image_level(photo, sideways ? x : i, sideways ? i : y, c);
            low[c] = i == 0 || value < low[c] ? value : low[c];
            high[c] = i == 0 || value > high[c] ? value : high[c];
            if (high[c] - low[c] > PLAIN_LEVELS)
                return 0;
        }
    }
    return 1;
}

/** Width of the plain frame along a side, of which 0 .. 3 are left, top, right, bottom; 0 when it
 * is wider than what may be cut: then it is a part of the picture. */
static int32_t frame_width(const spx_image *photo, int side)
{
    const int sideways = side % 2 == 0;
    int32_t width = 0;
    while (width <= DISCARD_MAX_PX) {
        const uint32_t inside = (uint32_t)width;
        const uint32_t x = side == 0 ? inside : photo->width - 1 - inside;
        const uint32_t y = side == 1 ? inside : photo->height - 1 - inside;
        if (!is_plain(photo, x, y, sideways))
            return width;
        width++;
    }
    return 0;
}

/** What is cut from each growing side: damage of resizing, by the photo's size, or a thin frame. */
static int32_t discard_width(const spx_image *photo, const spx_frame *frame)
{
    const uint32_t short_side =
        frame->photo_width < frame->photo_height ? frame->photo_width : frame->photo_height;
    const uint32_t margins[] = { spx_frame_left(frame), spx_frame_top(frame),
                                 spx_frame_right(frame), spx_frame_bottom(frame) };
    int32_t discard = spx_patch_clamp((int32_t)(short_side + DISCARD_PER_PX / 2) / DISCARD_PER_PX,
                                      DISCARD_MIN_PX, DISCARD_MAX_PX);
    for (int side = 0; side < (int)(sizeof(margins) / sizeof(margins[0])); side++) {
        const int32_t plain = margins[side] > 0 ? frame_width(photo, side) : 0;
        discard = plain > discard ? plain : discard;
    }
    return discard;
}

static void place(spx_pyramid *pyramid, const spx_frame *frame, int32_t discard)
{
    const uint32_t short_side =
        frame->photo_width < frame->photo_height ? frame->photo_width : frame->photo_height;
    int32_t top = 1;
    while (short_side >> (top + 1) >= COARSEST_SIDE_PX && top + 1 < SPX_PYRAMID_LEVELS_MAX)
        top++;
    const int32_t cut_left = spx_frame_left(frame) > 0 ? discard : 0;
    const int32_t cut_top = spx_frame_top(frame) > 0 ? discard : 0;
    const int32_t cut_right = spx_frame_right(frame) > 0 ? discard : 0;
    const int32_t cut_bottom = spx_frame_bottom(frame) > 0 ? discard : 0;
    const int32_t left = round_up(spx_frame_left(frame) + (uint32_t)cut_left, top);
    const int32_t above = round_up(spx_frame_top(frame) + (uint32_t)cut_top, top);
    pyramid->top = top;
    pyramid->discard_px = discard;
    pyramid->photo = (spx_patch_rect){
        .x0 = left,
        .y0 = above,
        .x1 = left + (int32_t)frame->photo_width - cut_left - cut_right,
        .y1 = above + (int32_t)frame->photo_height - cut_top - cut_bottom,
    };
    const int32_t frame_x = left - cut_left - (int32_t)frame->photo_x;
    const int32_t frame_y = above - cut_top - (int32_t)frame->photo_y;
    pyramid->frame = (spx_patch_rect){
        .x0 = frame_x,
        .y0 = frame_y,
        .x1 = frame_x + (int32_t)frame->width,
        .y1 = frame_y + (int32_t)frame->height,
    };
    pyramid->canvas = (spx_patch_rect){
        .x1 = round_up((uint32_t)pyramid->frame.x1, top),
        .y1 = round_up((uint32_t)pyramid->frame.y1, top),
    };
}

typedef struct copy {
    const spx_image *photo;
    const spx_patch_level *from; /* NULL: from the photo */
    const spx_patch_level *into;
    uint32_t skip_x; /* of the photo */
    uint32_t skip_y;
} copy;

static void copy_row(const copy *self, int32_t y)
{
    uint8_t *const out = spx_patch_level_at(self->into, 0, y);
    const size_t samples = 3 * (size_t)self->into->width;
    const size_t skip = 3 * (size_t)self->skip_x;
    const uint32_t row = (uint32_t)y + self->skip_y;
    if (self->photo->bits == 8) {
        memcpy(out, spx_image_row8(self->photo, row) + skip, samples);
        return;
    }
    const uint16_t *const in = spx_image_row16(self->photo, row) + skip;
    for (size_t i = 0; i < samples; i++)
        out[i] = spx_sample_8_of_16(in[i]);
}

static void halve_row(const copy *self, int32_t y)
{
    const spx_patch_level *const from = self->from;
    const spx_patch_level *const into = self->into;
    const uint8_t *const upper = spx_patch_level_at(from, from->photo.x0, from->photo.y0 + 2 * y);
    const uint8_t *const lower = upper + from->stride;
    uint8_t *const out = spx_patch_level_at(into, into->photo.x0, into->photo.y0 + y);
    const int32_t width = spx_patch_rect_width(&into->photo);
    for (int32_t x = 0; x < width; x++) {
        for (int32_t c = 0; c < 3; c++) {
            const int32_t at = 6 * x + c;
            out[3 * x + c] =
                (uint8_t)((upper[at] + upper[at + 3] + lower[at] + lower[at + 3] + 2) / 4);
        }
    }
}

static void copy_strip(void *context, size_t index)
{
    const copy *const self = context;
    const int32_t rows = spx_patch_rect_height(&self->into->photo);
    const int32_t first = (int32_t)index * STRIP_ROWS;
    for (int32_t y = first; y < rows && y < first + STRIP_ROWS; y++) {
        if (self->from == NULL) {
            copy_row(self, y);
        } else {
            halve_row(self, y);
        }
    }
}

static spx_status run_copy(copy *self, const spx_task *task, spx_diag *diag)
{
    const size_t rows = (size_t)spx_patch_rect_height(&self->into->photo);
    return spx_task_run(task, (rows + STRIP_ROWS - 1) / STRIP_ROWS, copy_strip, self, diag);
}

static spx_patch_rect shrink(const spx_patch_rect *rect, int32_t bits)
{
    return (spx_patch_rect){ rect->x0 >> bits, rect->y0 >> bits, rect->x1 >> bits,
                             rect->y1 >> bits };
}

static spx_status fill_levels(spx_pyramid *out, const spx_image *photo, const spx_frame *frame,
                              const spx_task *task, spx_diag *diag)
{
    const int32_t width = spx_patch_rect_width(&out->photo);
    const int32_t height = spx_patch_rect_height(&out->photo);
    spx_patch_level_init(&out->levels[0], width, height,
                         &(spx_patch_rect){ .x1 = width, .y1 = height });
    SPX_TRY(spx_patch_level_allocate_pixels(&out->levels[0], diag));
    copy first = {
        .photo = photo,
        .into = &out->levels[0],
        .skip_x = spx_frame_left(frame) > 0 ? (uint32_t)out->discard_px : 0,
        .skip_y = spx_frame_top(frame) > 0 ? (uint32_t)out->discard_px : 0,
    };
    SPX_TRY(run_copy(&first, task, diag));
    for (int32_t k = 1; k <= out->top; k++) {
        const spx_patch_rect canvas = shrink(&out->canvas, k);
        const spx_patch_rect at = shrink(&out->photo, k);
        spx_patch_level_init(&out->levels[k], canvas.x1, canvas.y1, &at);
        SPX_TRY(spx_patch_level_allocate(&out->levels[k], diag));
        copy halved = { .from = &out->levels[k - 1], .into = &out->levels[k] };
        SPX_TRY(run_copy(&halved, task, diag));
    }
    return SPX_OK;
}

spx_status spx_pyramid_build(spx_pyramid *out, const spx_image *photo, const spx_frame *frame,
                             const spx_task *task, spx_diag *diag)
{
    *out = (spx_pyramid){ 0 };
    place(out, frame, discard_width(photo, frame));
    const spx_status status = fill_levels(out, photo, frame, task, diag);
    if (status != SPX_OK)
        spx_pyramid_clear(out);
    return status;
}

void spx_pyramid_clear(spx_pyramid *pyramid)
{
    for (int32_t k = 0; k < SPX_PYRAMID_LEVELS_MAX; k++)
        spx_patch_level_clear(&pyramid->levels[k]);
    *pyramid = (spx_pyramid){ 0 };
}

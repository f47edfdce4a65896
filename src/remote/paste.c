/*
 * The seam is mended at the painted picture's own scale, where a pixel of the photo and a pixel of
 * the paint mean the same; then only what lies around the photo is enlarged.
 */
#include "remote/paste.h"

#include "base/intops.h"
#include "image/image.h"
#include "outpaint/grain.h"
#include "outpaint/seam.h"
#include "remote/paste_floats.h"
#include "remote/paste_match.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SEAM_RING_PX = 3, STRIP_ROWS = 16, GRAIN_PIECE_PX = 34, GRAIN_STEP_PX = 96 };

static const float grain_most = 6.0F; /* more is texture, not grain */

typedef struct paste {
    const spx_image *photo;
    const spx_frame *frame;
    spx_paste_floats painted;
    spx_patch_rect rect;  /* of the photo in `painted` */
    spx_patch_rect still; /* of the frame: where the photo stays bit for bit */
    spx_paste_axis across;
    spx_paste_axis down;
    float grain;
    spx_image *out;
    atomic_int failed;
} paste;

/* ---- at the painted picture's scale ---- */

static void add_ring(spx_seam *seam, const paste *self, const spx_image *small)
{
    const spx_patch_rect *const rect = &self->rect;
    const spx_patch_rect inner = { rect->x0 + SEAM_RING_PX, rect->y0 + SEAM_RING_PX,
                                   rect->x1 - SEAM_RING_PX, rect->y1 - SEAM_RING_PX };
    for (int32_t y = rect->y0; y < rect->y1; y++) {
        const uint8_t *const row = spx_image_row8(small, (uint32_t)(y - rect->y0));
        for (int32_t x = rect->x0; x < rect->x1; x++) {
            if (x == inner.x0 && inner.x1 > inner.x0 && y >= inner.y0 && y < inner.y1)
                x = inner.x1;
            const float *const paint =
                self->painted.values + 3 * ((size_t)y * self->painted.width + (size_t)x);
            float error[3];
            for (size_t c = 0; c < 3; c++)
                error[c] = (float)row[3 * (size_t)(x - rect->x0) + c] - paint[c];
            spx_seam_add(seam, x, y, error);
        }
    }
}

static void correct(const paste *self, const spx_seam *seam)
{
    float *colour = self->painted.values;
    for (int32_t y = 0; y < (int32_t)self->painted.height; y++) {
        for (int32_t x = 0; x < (int32_t)self->painted.width; x++, colour += 3) {
            float change[3];
            spx_seam_at(seam, x, y, change);
            for (size_t c = 0; c < 3; c++)
                colour[c] += change[c];
        }
    }
}

static spx_status mend_seam(const paste *self, const spx_image *small, const spx_task *task,
                            spx_diag *diag)
{
    const spx_patch_rect canvas = { 0, 0, (int32_t)self->painted.width,
                                    (int32_t)self->painted.height };
    spx_seam seam = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_seam_create(&seam, &canvas, &self->rect, diag));
    add_ring(&seam, self, small);
    SPX_TRY_OUT(spx_seam_solve(&seam, task, diag));
    correct(self, &seam);
out:
    spx_seam_clear(&seam);
    return status;
}

/** The photo's rect in the painted picture, which may not have the size that was asked for. */
static spx_patch_rect scaled_place(const spx_paste_floats *painted, const spx_remote_place *place)
{
    const double x = (double)painted->width / place->width;
    const double y = (double)painted->height / place->height;
    spx_patch_rect rect = {
        .x0 = (int32_t)lround(x * place->x),
        .y0 = (int32_t)lround(y * place->y),
        .x1 = (int32_t)lround(x * ((double)place->x + place->photo_width)),
        .y1 = (int32_t)lround(y * ((double)place->y + place->photo_height)),
    };
    rect.x0 = spx_patch_clamp(rect.x0, 0, (int32_t)painted->width - 1);
    rect.y0 = spx_patch_clamp(rect.y0, 0, (int32_t)painted->height - 1);
    rect.x1 = spx_patch_clamp(rect.x1, rect.x0 + 1, (int32_t)painted->width);
    rect.y1 = spx_patch_clamp(rect.y1, rect.y0 + 1, (int32_t)painted->height);
    return rect;
}

static spx_status prepare(paste *self, const spx_image *painted, const spx_remote_place *place,
                          const spx_task *task, spx_diag *diag)
{
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_paste_floats_of(&self->painted, painted, diag));
    self->rect = scaled_place(&self->painted, place);
    SPX_TRY_OUT(spx_paste_resize(&small, self->photo, (uint32_t)spx_patch_rect_width(&self->rect),
                                 (uint32_t)spx_patch_rect_height(&self->rect), task, diag));
    SPX_TRY_OUT(spx_task_check(task, diag));
    SPX_TRY_OUT(spx_paste_match(&self->rect, &self->painted, small, diag));
    SPX_TRY_OUT(mend_seam(self, small, task, diag));
out:
    spx_image_unref(small);
    return status;
}

/* ---- at the photo's scale ---- */

static spx_status set_scale(paste *self, spx_diag *diag)
{
    const spx_frame *const frame = self->frame;
    const double step_x = (double)spx_patch_rect_width(&self->rect) / frame->photo_width;
    const double step_y = (double)spx_patch_rect_height(&self->rect) / frame->photo_height;
    SPX_TRY(spx_paste_axis_create(&self->across, frame->width, self->painted.width,
                                  self->rect.x0 - step_x * frame->photo_x, step_x, diag));
    return spx_paste_axis_create(&self->down, frame->height, self->painted.height,
                                 self->rect.y0 - step_y * frame->photo_y, step_y, diag);
}

/** Half of a short photo at most is feathered. */
static int32_t feather_of(uint32_t margin, uint32_t length)
{
    const int32_t most = (int32_t)(length - 1) / 2;
    return margin == 0 ? 0 : most < SPX_PASTE_FEATHER_PX ? most : SPX_PASTE_FEATHER_PX;
}

static void set_still(paste *self)
{
    const spx_frame *const frame = self->frame;
    const uint32_t width = frame->photo_width;
    const uint32_t height = frame->photo_height;
    self->still = (spx_patch_rect){
        .x0 = (int32_t)frame->photo_x + feather_of(spx_frame_left(frame), width),
        .y0 = (int32_t)frame->photo_y + feather_of(spx_frame_top(frame), height),
        .x1 = (int32_t)(frame->photo_x + width) - feather_of(spx_frame_right(frame), width),
        .y1 = (int32_t)(frame->photo_y + height) - feather_of(spx_frame_bottom(frame), height),
    };
}

static void photo_at(const paste *self, int32_t x, int32_t y, float out[3])
{
    for (int c = 0; c < 3; c++) {
        out[c] = spx_image_level(self->photo, (uint32_t)x - self->frame->photo_x,
                                 (uint32_t)y - self->frame->photo_y, c);
    }
}

/** Share of the photo: 0 outside, up to 1 at the still part. */
static float share_at(const paste *self, int32_t x, int32_t y)
{
    const spx_frame *const frame = self->frame;
    const int32_t left = x - (int32_t)frame->photo_x;
    const int32_t top = y - (int32_t)frame->photo_y;
    const int32_t right = (int32_t)frame->photo_width - 1 - left;
    const int32_t bottom = (int32_t)frame->photo_height - 1 - top;
    if (left < 0 || top < 0 || right < 0 || bottom < 0)
        return 0.0F;
    const int32_t depths[] = {
        spx_frame_left(frame) > 0 ? left : SPX_PASTE_FEATHER_PX,
        spx_frame_top(frame) > 0 ? top : SPX_PASTE_FEATHER_PX,
        spx_frame_right(frame) > 0 ? right : SPX_PASTE_FEATHER_PX,
        spx_frame_bottom(frame) > 0 ? bottom : SPX_PASTE_FEATHER_PX,
    };
    int32_t depth = SPX_PASTE_FEATHER_PX;
    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++)
        depth = depths[i] < depth ? depths[i] : depth;
    return (float)(depth + 1) / (SPX_PASTE_FEATHER_PX + 1);
}

static void write_at(const paste *self, int32_t x, int32_t y, const float colour[3])
{
    for (int c = 0; c < 3; c++)
        spx_image_set_level(self->out, (uint32_t)x, (uint32_t)y, c, colour[c]);
}

static void finish_pixel(const paste *self, int32_t x, int32_t y, const float *line)
{
    const float share = share_at(self, x, y);
    float colour[3];
    spx_paste_mix_pixel(line, &self->across, (uint32_t)x, colour);
    if (self->grain > 0.0F) {
        const float grain = self->grain * spx_grain_at(x, y, 0);
        for (size_t c = 0; c < 3; c++)
            colour[c] += grain;
    }
    if (share > 0.0F) {
        float real[3];
        photo_at(self, x, y, real);
        for (size_t c = 0; c < 3; c++)
            colour[c] += share * (real[c] - colour[c]);
    }
    write_at(self, x, y, colour);
}

static void copy_still(const paste *self, int32_t y)
{
    const spx_patch_rect *const still = &self->still;
    const size_t pixel = spx_image_pixel_bytes(self->photo);
    memcpy(spx_image_row8(self->out, (uint32_t)y) + pixel * (size_t)still->x0,
           spx_image_row8(self->photo, (uint32_t)y - self->frame->photo_y) +
               pixel * ((size_t)still->x0 - self->frame->photo_x),
           pixel * (size_t)spx_patch_rect_width(still));
}

static void finish_strip(void *context, size_t index)
{
    paste *const self = context;
    const spx_patch_rect whole = { 0, 0, (int32_t)self->frame->width,
                                   (int32_t)self->frame->height };
    const int32_t first = (int32_t)index * STRIP_ROWS;
    float *const line = malloc((size_t)self->painted.width * 3 * sizeof(*line));
    if (line == NULL) {
        atomic_store(&self->failed, 1);
        return;
    }
    for (int32_t y = first; y < whole.y1 && y < first + STRIP_ROWS; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&whole, &self->still, y);
        spx_paste_mix_rows(&self->painted, &self->down, (uint32_t)y, line);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++)
                finish_pixel(self, x, y, line);
        }
        if (y >= self->still.y0 && y < self->still.y1)
            copy_still(self, y);
    }
    free(line);
}

static spx_status finish(paste *self, const spx_task *task, spx_diag *diag)
{
    const size_t strips = spx_divide_up(self->frame->height, STRIP_ROWS);
    SPX_TRY(spx_image_create(&self->out, self->frame->width, self->frame->height, self->photo->bits,
                             diag));
    SPX_TRY(spx_task_run(task, strips, finish_strip, self, diag));
    return atomic_load(&self->failed) ? spx_fail_memory(diag, "remote picture") : SPX_OK;
}

/* ---- grain ---- */

/** The photo's grain; what was enlarged has next to none. Of a photo shown smaller than it was
 * painted there is nothing to add. */
static void measure_grain(paste *self)
{
    enum { PIXELS = GRAIN_PIECE_PX * GRAIN_PIECE_PX };
    const spx_frame *const frame = self->frame;
    spx_grain_meter meter = { 0 };
    float luma[PIXELS];
    if (spx_patch_rect_width(&self->rect) >= (int32_t)frame->photo_width)
        return;
    for (uint32_t y = 0; y + GRAIN_PIECE_PX <= frame->photo_height; y += GRAIN_STEP_PX) {
        for (uint32_t x = 0; x + GRAIN_PIECE_PX <= frame->photo_width; x += GRAIN_STEP_PX) {
            for (uint32_t i = 0; i < PIXELS; i++) {
                float colour[3];
                photo_at(self, (int32_t)(frame->photo_x + x + i % GRAIN_PIECE_PX),
                         (int32_t)(frame->photo_y + y + i / GRAIN_PIECE_PX), colour);
                luma[i] = 0.299F * colour[0] + 0.587F * colour[1] + 0.114F * colour[2];
            }
            spx_grain_meter_add(&meter, luma, GRAIN_PIECE_PX, GRAIN_PIECE_PX);
        }
    }
    self->grain = fminf(spx_grain_sigma(&meter), grain_most);
}

spx_status spx_paste(const spx_paste_job *job, const spx_task *task, spx_image **out,
                     spx_diag *diag)
{
    paste self = { .photo = job->photo, .frame = job->frame };
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(prepare(&self, job->painted, job->place, task, diag));
    SPX_TRY_OUT(set_scale(&self, diag));
    set_still(&self);
    measure_grain(&self);
    SPX_TRY_OUT(finish(&self, task, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    spx_paste_floats_clear(&self.painted);
    spx_paste_axis_clear(&self.across);
    spx_paste_axis_clear(&self.down);
    return status;
}

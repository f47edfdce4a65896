/*
 * The layout says which pixel of the photo each pixel of the border continues, at half size. A
 * tile takes those pixels at full size, several where patches overlap, mixes them, adds the
 * correction of the seam (seam.h) and the photo's own grain where mixing took it, and feathers
 * into the photo.
 */
#include "outpaint/render.h"

#include "image/image.h"
#include "outpaint/grain.h"
#include "outpaint/seam.h"
#include "outpaint/tile.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    TILE_PX = 128,
    TILE_GROUPS = 32,
    BORDER_PIECE_PX = 256,
    GRAIN_PIECES = 64,
    GRAIN_PIECE_PX = 34, /* four blocks of the meter and the pixels around them */
    GRAIN_PLACE_STEP = 0x706c,
};

typedef struct render {
    const spx_pyramid *pyramid;
    const spx_image *photo;
    spx_image *out;
    spx_tile_maker maker;
    spx_seam seam;
    float grain; /* the most that is missing; 0 = none is added */
    spx_grain_map sources;
    uint64_t seed;
    const spx_task *task;
    spx_diag *diag;
    int32_t tiles_across;
    size_t first_tile; /* of the group being made */
    atomic_int failed;
} render;

/** A pixel of the photo at canvas coordinates, 0..255. */
static void photo_at(const render *self, int32_t x, int32_t y, float out[3])
{
    const uint32_t row = (uint32_t)(y - self->pyramid->photo.y0 + self->maker.skip_y);
    const uint32_t column = (uint32_t)(x - self->pyramid->photo.x0 + self->maker.skip_x);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        out[c] = spx_image_level(self->photo, column, row, c);
}

static void write_at(const render *self, int32_t x, int32_t y, const float colour[3])
{
    const uint32_t row = (uint32_t)(y - self->pyramid->frame.y0);
    const uint32_t column = (uint32_t)(x - self->pyramid->frame.x0);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        spx_image_set_level(self->out, column, row, c, colour[c]);
}

/* ---- seam ---- */

/** Pieces of the border bands inside the photo, `along` one side. */
static spx_status measure_band(render *self, const spx_patch_rect *band)
{
    static const size_t most = (size_t)3 * BORDER_PIECE_PX * SPX_PATCH_RADIUS;
    const int wide = spx_patch_rect_width(band) > spx_patch_rect_height(band);
    float *const colours = malloc(most * sizeof(*colours));
    if (colours == NULL)
        return spx_fail_memory(self->diag, "outpainting seam");
    spx_status status = SPX_OK;
    spx_patch_rect piece = *band;
    while (status == SPX_OK && piece.x0 < band->x1 && piece.y0 < band->y1) {
        piece.x1 = wide ? spx_patch_clamp(piece.x0 + BORDER_PIECE_PX, 0, band->x1) : band->x1;
        piece.y1 = wide ? band->y1 : spx_patch_clamp(piece.y0 + BORDER_PIECE_PX, 0, band->y1);
        SPX_TRY_OUT(spx_task_check(self->task, self->diag));
        SPX_TRY_OUT(spx_tile_vote(&self->maker, &piece, colours, self->diag));
        const float *colour = colours;
        for (int32_t y = piece.y0; y < piece.y1; y++) {
            for (int32_t x = piece.x0; x < piece.x1; x++, colour += 3) {
                float error[3];
                photo_at(self, x, y, error);
                for (size_t c = 0; c < 3; c++)
                    error[c] -= colour[c];
                spx_seam_add(&self->seam, x, y, error);
            }
        }
        if (wide) {
            piece.x0 = piece.x1;
        } else {
            piece.y0 = piece.y1;
        }
    }
out:
    free(colours);
    return status;
}

static spx_status measure_seam(render *self)
{
    const spx_patch_rect *const photo = &self->pyramid->photo;
    const spx_patch_rect *const still = &self->maker.still;
    const spx_patch_rect bands[] = {
        { photo->x0, photo->y0, still->x0, photo->y1 },
        { still->x1, photo->y0, photo->x1, photo->y1 },
        { still->x0, photo->y0, still->x1, still->y0 },
        { still->x0, still->y1, still->x1, photo->y1 },
    };
    SPX_TRY(spx_seam_create(&self->seam, &self->pyramid->canvas, photo, self->diag));
    for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
        if (bands[i].x0 < bands[i].x1 && bands[i].y0 < bands[i].y1)
            SPX_TRY(measure_band(self, &bands[i]));
    }
    return spx_seam_solve(&self->seam, self->task, self->diag);
}

/* ---- grain ---- */

/** Mirrored into the photo: the fill's sources lie about there. */
static int32_t mirror(int32_t at, int32_t low, int32_t high)
{
    const int32_t back = at < low ? 2 * low - at : at > high ? 2 * high - at : at;
    return spx_patch_clamp(back, low, high);
}

/** Compares one piece of the fill with the photo opposite. */
static spx_status measure_grain_at(const render *self, int32_t x, int32_t y,
                                   spx_grain_meter *of_fill, spx_grain_meter *of_photo)
{
    enum { PIXELS = GRAIN_PIECE_PX * GRAIN_PIECE_PX };
    const spx_patch_rect *const photo = &self->pyramid->photo;
    const spx_patch_rect piece = { x, y, x + GRAIN_PIECE_PX, y + GRAIN_PIECE_PX };
    const int32_t from_x = mirror(x, photo->x0, photo->x1 - GRAIN_PIECE_PX);
    const int32_t from_y = mirror(y, photo->y0, photo->y1 - GRAIN_PIECE_PX);
    float luma[PIXELS];
    float colours[3 * PIXELS];
    SPX_TRY(spx_tile_vote(&self->maker, &piece, colours, self->diag));
    for (int32_t i = 0; i < PIXELS; i++)
        luma[i] = spx_grain_luma(colours + 3 * (size_t)i);
    spx_grain_meter_add(of_fill, luma, GRAIN_PIECE_PX, GRAIN_PIECE_PX);
    for (int32_t i = 0; i < PIXELS; i++) {
        float colour[3];
        photo_at(self, from_x + i % GRAIN_PIECE_PX, from_y + i / GRAIN_PIECE_PX, colour);
        luma[i] = spx_grain_luma(colour);
    }
    spx_grain_meter_add(of_photo, luma, GRAIN_PIECE_PX, GRAIN_PIECE_PX);
    return SPX_OK;
}

static spx_status measure_grain(render *self)
{
    const spx_patch_rect *const frame = &self->pyramid->frame;
    const spx_patch_rect *const photo = &self->pyramid->photo;
    const int32_t across = spx_patch_rect_width(frame) - GRAIN_PIECE_PX;
    const int32_t down = spx_patch_rect_height(frame) - GRAIN_PIECE_PX;
    spx_grain_meter of_fill = { 0 };
    spx_grain_meter of_photo = { 0 };
    uint32_t state = spx_patch_hash(0, 0, GRAIN_PLACE_STEP, self->seed) | 1U;
    for (int32_t i = 0; i < GRAIN_PIECES; i++) {
        const int32_t x = frame->x0 + (int32_t)(spx_patch_random(&state) % (uint32_t)across);
        const int32_t y = frame->y0 + (int32_t)(spx_patch_random(&state) % (uint32_t)down);
        /* Only pieces that do not touch the photo. */
        if (x < photo->x1 && x + GRAIN_PIECE_PX > photo->x0 && y < photo->y1 &&
            y + GRAIN_PIECE_PX > photo->y0)
            continue;
        SPX_TRY(spx_task_check(self->task, self->diag));
        SPX_TRY(measure_grain_at(self, x, y, &of_fill, &of_photo));
    }
    const float wanted = spx_grain_sigma(&of_photo);
    const float there = spx_grain_sigma(&of_fill);
    const float missing = sqrtf(fmaxf(wanted * wanted - there * there, 0.0F));
    self->grain = missing < tuned.grain_ignored ? 0.0F : fminf(missing, tuned.grain_most);
    return SPX_OK;
}

/* ---- picture ---- */

/** Share of the photo in a pixel of its border band, by its depth inside. */
static float feather(const spx_patch_rect *photo, const spx_patch_rect *still, int32_t x, int32_t y)
{
    int32_t depth = SPX_PATCH_RADIUS;
    if (still->x0 > photo->x0 && x - photo->x0 < depth)
        depth = x - photo->x0;
    if (still->y0 > photo->y0 && y - photo->y0 < depth)
        depth = y - photo->y0;
    if (still->x1 < photo->x1 && photo->x1 - 1 - x < depth)
        depth = photo->x1 - 1 - x;
    if (still->y1 < photo->y1 && photo->y1 - 1 - y < depth)
        depth = photo->y1 - 1 - y;
    return (float)(depth + 1) / (SPX_PATCH_RADIUS + 1);
}

/** What is added to a pixel: no more than what it is copied from has. */
static float grain_at(const render *self, int32_t x, int32_t y)
{
    if (self->grain <= 0.0F)
        return 0.0F;
    const spx_patch_level *const half = &self->pyramid->levels[1];
    const spx_patch_source from =
        half->sources[(size_t)(y / 2) * (size_t)half->width + (size_t)(x / 2)];
    const float there = spx_grain_map_at(&self->sources, 2 * from.x + self->maker.skip_x,
                                         2 * from.y + self->maker.skip_y);
    return fminf(self->grain, there) * spx_grain_at(x, y, self->seed);
}

static void finish_pixel(const render *self, int32_t x, int32_t y, const float vote[3])
{
    const spx_patch_rect *const photo = &self->pyramid->photo;
    float colour[3];
    spx_seam_at(&self->seam, x, y, colour);
    const float grain = grain_at(self, x, y);
    for (size_t c = 0; c < 3; c++)
        colour[c] += vote[c] + grain;
    if (spx_patch_distance(photo, x, y) == 0) {
        const float share = feather(photo, &self->maker.still, x, y);
        float real[3];
        photo_at(self, x, y, real);
        for (size_t c = 0; c < 3; c++)
            colour[c] += share * (real[c] - colour[c]);
    }
    write_at(self, x, y, colour);
}

/** The photo's own pixels of one row of a tile, bit for bit. */
static void copy_still(const render *self, const spx_patch_rect *area, int32_t y)
{
    const spx_patch_rect *const still = &self->maker.still;
    const spx_patch_rect *const photo = &self->pyramid->photo;
    const int32_t from = spx_patch_clamp(still->x0, area->x0, area->x1);
    const int32_t to = spx_patch_clamp(still->x1, area->x0, area->x1);
    if (y < still->y0 || y >= still->y1 || from >= to)
        return;
    const size_t pixel = spx_image_pixel_bytes(self->photo);
    memcpy(spx_image_row8(self->out, (uint32_t)(y - self->pyramid->frame.y0)) +
               pixel * (size_t)(from - self->pyramid->frame.x0),
           spx_image_row8(self->photo, (uint32_t)(y - photo->y0 + self->maker.skip_y)) +
               pixel * (size_t)(from - photo->x0 + self->maker.skip_x),
           pixel * (size_t)(to - from));
}

static void finish_tile(const render *self, const spx_patch_rect *area, const float *colours)
{
    const size_t width = (size_t)spx_patch_rect_width(area);
    for (int32_t y = area->y0; y < area->y1; y++) {
        const float *const row = colours + 3 * (size_t)(y - area->y0) * width;
        const spx_patch_spans spans = spx_patch_spans_between(area, &self->maker.still, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++)
                finish_pixel(self, x, y, row + 3 * (size_t)(x - area->x0));
        }
        copy_still(self, area, y);
    }
}

static void make_tile(void *context, size_t index)
{
    render *const self = context;
    const spx_patch_rect *const frame = &self->pyramid->frame;
    const spx_patch_rect *const still = &self->maker.still;
    const int32_t tile = (int32_t)(self->first_tile + index);
    const int32_t left = frame->x0 + tile % self->tiles_across * TILE_PX;
    const int32_t top = frame->y0 + tile / self->tiles_across * TILE_PX;
    const spx_patch_rect area = {
        .x0 = left,
        .y0 = top,
        .x1 = left + TILE_PX < frame->x1 ? left + TILE_PX : frame->x1,
        .y1 = top + TILE_PX < frame->y1 ? top + TILE_PX : frame->y1,
    };
    if (area.x0 >= still->x0 && area.y0 >= still->y0 && area.x1 <= still->x1 &&
        area.y1 <= still->y1) {
        for (int32_t y = area.y0; y < area.y1; y++)
            copy_still(self, &area, y);
        return;
    }
    float *const colours = malloc((size_t)3 * TILE_PX * TILE_PX * sizeof(*colours));
    if (colours == NULL || spx_tile_vote(&self->maker, &area, colours, NULL) != SPX_OK) {
        atomic_store(&self->failed, 1);
    } else {
        finish_tile(self, &area, colours);
    }
    free(colours);
}

/** Groups of tiles one after the other, so that progress can be told. */
static spx_status make_tiles(render *self)
{
    const spx_patch_rect *const frame = &self->pyramid->frame;
    self->tiles_across = (spx_patch_rect_width(frame) + TILE_PX - 1) / TILE_PX;
    const int32_t down = (spx_patch_rect_height(frame) + TILE_PX - 1) / TILE_PX;
    const size_t count = (size_t)self->tiles_across * (size_t)down;
    const size_t group = count / TILE_GROUPS + 1;
    for (self->first_tile = 0; self->first_tile < count; self->first_tile += group) {
        const size_t left = count - self->first_tile;
        spx_task_progress(self->task, (double)self->first_tile / (double)count);
        SPX_TRY(spx_task_run(self->task, left < group ? left : group, make_tile, self, self->diag));
        if (atomic_load(&self->failed))
            return spx_fail_memory(self->diag, "outpainting tile");
    }
    return SPX_OK;
}

spx_status spx_render(const spx_pyramid *pyramid, const spx_local_job *job, const spx_task *task,
                      spx_image **out, spx_diag *diag)
{
    const spx_frame *const frame = job->frame;
    render self = {
        .pyramid = pyramid, .photo = job->photo, .seed = job->seed, .task = task, .diag = diag
    };
    spx_status status = SPX_OK;
    *out = NULL;
    spx_tile_maker_init(&self.maker, pyramid, job->photo, frame, job->seed);
    SPX_TRY_OUT(measure_seam(&self));
    SPX_TRY_OUT(measure_grain(&self));
    if (self.grain > 0.0F)
        SPX_TRY_OUT(spx_grain_map_create(&self.sources, self.photo, task, diag));
    SPX_TRY_OUT(spx_image_create(&self.out, frame->width, frame->height, job->photo->bits, diag));
    SPX_TRY_OUT(make_tiles(&self));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    spx_image_unref(self.out);
    spx_grain_map_clear(&self.sources);
    spx_seam_clear(&self.seam);
    return status;
}

#include "scene/splinters.h"

#include "base/intops.h"
#include "base/scan.h"
#include "image/image.h"

enum {
    ROWS_PER_TURN = 16,
    CHANNELS = SPX_IMAGE_CHANNELS,
    REACH_PX = 8, /* so far a surface's own colours are looked at … */
    LEAST_PX = 3, /* … but for fewer, which are an edge */
    MEND_PX = 6,  /* from where the surface comes out */
    ASIDE_PX = 3, /* an outline goes so far to the side from one row to the next */
    SLACK = 8,    /* 8-bit levels */
};

typedef struct mending {
    const spx_layers *layers;
    const spx_image *photo;
    spx_image *back;
} mending;

typedef struct colour_span {
    uint32_t low[CHANNELS];
    uint32_t high[CHANNELS];
    uint32_t count;
} colour_span;

/* A row of the layers. */
typedef struct row {
    uint32_t y;
    const uint16_t *front;
    const uint16_t *back;
    const uint8_t *kind;
    const uint8_t *alpha;
} row;

/* other: of at least one pixel. */
static void include_span(colour_span *span, const colour_span *other)
{
    for (int c = 0; c < CHANNELS; c++) {
        const int first = span->count == 0;
        span->low[c] = first || other->low[c] < span->low[c] ? other->low[c] : span->low[c];
        span->high[c] = first || other->high[c] > span->high[c] ? other->high[c] : span->high[c];
    }
    span->count += other->count;
}

static void include_photo(const mending *self, uint32_t x, uint32_t y, colour_span *span)
{
    const uint32_t column = spx_layers_photo_column(self->layers, x);
    colour_span pixel = { .count = 1 };
    for (int c = 0; c < CHANNELS; c++)
        pixel.low[c] = pixel.high[c] = spx_image_sample(self->photo, column, y, c);
    include_span(span, &pixel);
}

/* Whether the rows above and below show the surface near this column too: where it is there in one
 * row alone, its depth is a stray one, and a streak would come of it. */
static int goes_on_across(const spx_layers *layers, uint32_t x, uint32_t y, uint16_t wanted)
{
    const uint32_t step = spx_layers_step(layers);
    const uint32_t first = x > layers->margin + ASIDE_PX ? x - ASIDE_PX : layers->margin;
    const uint32_t end = layers->width - layers->margin;
    for (uint32_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < layers->height; v++) {
        const size_t at = spx_layers_at(layers, v);
        int found = 0;
        for (uint32_t u = first; u <= x + ASIDE_PX && u < end && !found; u++) {
            found = layers->alpha[at + u] >= SPX_LAYERS_MOSTLY_OPAQUE &&
                    spx_layers_is_one_surface(wanted, layers->front[at + u], step);
        }
        if (!found)
            return 0;
    }
    return 1;
}

/* The colours that the surface of depth `wanted` shows from column x on. Returns whether it does so
 * in pixels that have a back layer of their own, which the fill took nothing from. */
static int look(const mending *self, const row *at, int64_t x, int direction, uint16_t wanted,
                colour_span *span)
{
    const spx_layers *const layers = self->layers;
    const uint32_t step = spx_layers_step(layers);
    const int64_t end = (int64_t)layers->width - layers->margin;
    if (x < layers->margin || x >= end || at->alpha[x] < SPX_LAYERS_MOSTLY_OPAQUE ||
        !spx_layers_is_one_surface(wanted, at->front[x], step))
        return 0;
    const int covered =
        at->kind[x] == SPX_LAYER_HIDDEN && goes_on_across(layers, (uint32_t)x, at->y, wanted);
    colour_span own = { .count = 0 };
    uint16_t before = at->front[x];
    for (int k = 0; k < REACH_PX && x >= layers->margin && x < end; k++, x += direction) {
        if (!spx_layers_is_one_surface(before, at->front[x], step))
            break;
        before = at->front[x];
        if (at->alpha[x] == UINT8_MAX)
            include_photo(self, (uint32_t)x, at->y, &own);
    }
    if (own.count < LEAST_PX)
        return 0;
    include_span(span, &own);
    return covered;
}

/* Columns x..end-1 are hidden and of one surface. */
static void mend_run(const mending *self, const row *at, uint32_t x, uint32_t end)
{
    colour_span span = { .count = 0 };
    const int left = look(self, at, (int64_t)x - 1, -1, at->back[x], &span);
    const int right = look(self, at, end, 1, at->back[end - 1], &span);
    if (!left && !right)
        return;
    const uint32_t most = self->back->bits == 8 ? UINT8_MAX : UINT16_MAX;
    const uint32_t slack = SLACK * (most / UINT8_MAX);
    for (uint32_t first = x; x < end; x++) {
        if (!(left && x < first + MEND_PX) && !(right && x + MEND_PX >= end))
            continue;
        for (int c = 0; c < CHANNELS; c++) {
            const uint32_t low = span.low[c] > slack ? span.low[c] - slack : 0;
            const uint32_t high = span.high[c] + slack < most ? span.high[c] + slack : most;
            const uint32_t one = spx_image_sample(self->back, x, at->y, c);
            if (one < low || one > high)
                spx_image_set_sample(self->back, x, at->y, c, one < low ? low : high);
        }
    }
}

static void mend_rows(void *context, size_t turn)
{
    const mending *const self = context;
    const spx_layers *const layers = self->layers;
    const uint32_t step = spx_layers_step(layers);
    const uint32_t last = layers->width - layers->margin;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < layers->height; y++) {
        const size_t from = spx_layers_at(layers, y);
        const row at = { .y = y,
                         .front = layers->front + from,
                         .back = layers->back + from,
                         .kind = layers->kind + from,
                         .alpha = layers->alpha + from };
        for (uint32_t x = spx_first_other(at.kind, layers->margin, last, SPX_LAYER_PLAIN);
             x < last;) {
            uint32_t end = x + 1;
            while (end < last && at.kind[end] == SPX_LAYER_HIDDEN &&
                   spx_layers_is_one_surface(at.back[end - 1], at.back[end], step))
                end++;
            mend_run(self, &at, x, end);
            x = spx_first_other(at.kind, end, last, SPX_LAYER_PLAIN);
        }
    }
}

spx_status spx_splinters_mend(spx_image *back, const spx_layers *layers, const spx_image *photo,
                              const spx_task *task, spx_diag *diag)
{
    mending self = { .layers = layers, .photo = photo, .back = back };
    const size_t turns = spx_divide_up(layers->height, ROWS_PER_TURN);
    return spx_task_run(task, turns, mend_rows, &self, diag);
}

#include "scene/sheets.h"

#include "base/size.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum {
    RGBA = 4,
    CELLS = 512,
    BLEED_PX = 6, /* colours go on where alpha is 0, for those who sample between pixels */
};

typedef struct sheeting {
    const spx_scene *scene;
    spx_sheets *sheets;
    uint8_t
        *reach; /* [height][width]: how far a fore pixel may still be carried on, 0 = it is none */
    uint16_t *origin; /* the depth of the pixel that it was carried on from */
} sheeting;

static spx_status allocate(sheeting *self, spx_diag *diag)
{
    spx_sheets *const to = self->sheets;
    size_t pixels = 0;
    SPX_TRY(spx_mul_size(&pixels, to->width, to->height, "sheets", diag));
    SPX_TRY(spx_image_create(&to->ground, to->width, to->height, 8, diag));
    to->ground_depth = malloc(pixels * sizeof(*to->ground_depth));
    to->fore_depth = calloc(pixels, sizeof(*to->fore_depth));
    to->cut = calloc(pixels, 1);
    to->fore = calloc(pixels, RGBA);
    self->reach = calloc(pixels, 1);
    self->origin = malloc(pixels * sizeof(*self->origin));
    if (to->ground_depth == NULL || to->fore_depth == NULL || to->cut == NULL || to->fore == NULL ||
        self->reach == NULL || self->origin == NULL)
        return spx_fail_memory(diag, "sheets");
    return SPX_OK;
}

/* What the near surface shows of a pixel that shows both. */
static void set_fore(uint8_t *fore, const uint8_t *mixed, const uint8_t *far, uint8_t alpha)
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        const int rest = UINT8_MAX - alpha;
        const int near =
            alpha == 0 ? mixed[c] : (mixed[c] * UINT8_MAX - far[c] * rest + alpha / 2) / alpha;
        fore[c] = (uint8_t)(near < 0 ? 0 : (near > UINT8_MAX ? UINT8_MAX : near));
    }
    fore[SPX_IMAGE_CHANNELS] = alpha;
}

static void take_pixel(const sheeting *self, uint32_t x, uint32_t y)
{
    const spx_layers *const layers = &self->scene->layers;
    const spx_sheets *const to = self->sheets;
    const uint32_t from_x = layers->mirrored ? to->width - 1 - x : x;
    const size_t from = spx_layers_at(layers, y) + from_x;
    const size_t at = (size_t)y * to->width + x;
    const uint8_t *const back =
        spx_image_row8(self->scene->back, y) + (size_t)SPX_IMAGE_CHANNELS * from_x;
    memcpy(spx_image_row8(to->ground, y) + (size_t)SPX_IMAGE_CHANNELS * x, back,
           SPX_IMAGE_CHANNELS);
    to->ground_depth[at] = layers->front[from];
    if (layers->kind[from] != SPX_LAYER_HIDDEN)
        return;
    const uint8_t *const photo =
        spx_image_row8(self->scene->photo, y) + (size_t)SPX_IMAGE_CHANNELS * (x - to->margin);
    to->ground_depth[at] = layers->back[from];
    to->fore_depth[at] = layers->front[from];
    set_fore(to->fore + RGBA * at, photo, back, layers->alpha[from]);
}

static int is_cut(const spx_sheets *sheets, size_t a, size_t b)
{
    const int fore_a = sheets->fore[RGBA * a + SPX_IMAGE_CHANNELS] != 0;
    const int fore_b = sheets->fore[RGBA * b + SPX_IMAGE_CHANNELS] != 0;
    if (fore_a == fore_b)
        return 0;
    const uint32_t plain = sheets->ground_depth[fore_a ? b : a];
    const uint32_t behind = sheets->ground_depth[fore_a ? a : b];
    const uint32_t before = sheets->fore_depth[fore_a ? a : b];
    /* The thing itself going on, not the ground beside it, a little nearer than behind it. */
    return plain > behind + sheets->step && 2 * plain > behind + before;
}

/* Where the ground has a near thing beside what the fore hides. */
static void mark_cuts(const spx_sheets *sheets)
{
    for (uint32_t y = 0; y < sheets->height; y++) {
        for (uint32_t x = 0; x < sheets->width; x++) {
            const size_t at = (size_t)y * sheets->width + x;
            if (x + 1 < sheets->width && is_cut(sheets, at, at + 1))
                sheets->cut[at] = sheets->cut[at + 1] = 1;
            if (y + 1 < sheets->height && is_cut(sheets, at, at + sheets->width))
                sheets->cut[at] = sheets->cut[at + sheets->width] = 1;
        }
    }
}

/* Carries the fore on from `from` to `at`, which lies beside it on the same thing: a map's blurred
 * edge is a slope too, but down to what lies behind. */
static void carry_on(const sheeting *self, size_t from, size_t at)
{
    enum { MOST_STEPS = 4 };
    const spx_sheets *const to = self->sheets;
    if (self->reach[from] <= 1 || self->reach[at] != 0 ||
        !spx_layers_is_one_surface(to->ground_depth[at], to->fore_depth[from], 2 * to->step) ||
        !spx_layers_is_one_surface(to->ground_depth[at], self->origin[from], MOST_STEPS * to->step))
        return;
    const uint32_t y = (uint32_t)(at / to->width);
    const size_t x = at % to->width;
    memcpy(to->fore + RGBA * at, spx_image_row8(to->ground, y) + SPX_IMAGE_CHANNELS * x,
           SPX_IMAGE_CHANNELS);
    to->fore[RGBA * at + SPX_IMAGE_CHANNELS] = UINT8_MAX;
    to->fore_depth[at] = to->ground_depth[at];
    self->origin[at] = self->origin[from];
    self->reach[at] = (uint8_t)(self->reach[from] - 1);
}

static void carry_colour(const sheeting *self, size_t from, size_t at)
{
    const spx_sheets *const to = self->sheets;
    if (self->reach[from] <= 1 || self->reach[at] != 0)
        return;
    memcpy(to->fore + RGBA * at, to->fore + RGBA * from, SPX_IMAGE_CHANNELS);
    self->reach[at] = (uint8_t)(self->reach[from] - 1);
}

/* Over all pixels from the top left and from the bottom right, from each to its neighbours. */
static void sweep(const sheeting *self, void (*carry)(const sheeting *, size_t, size_t))
{
    const size_t width = self->sheets->width;
    const size_t pixels = width * self->sheets->height;
    for (size_t i = 0; i < pixels; i++) {
        if (i % width != 0)
            carry(self, i - 1, i);
        if (i >= width)
            carry(self, i - width, i);
    }
    for (size_t i = pixels; i-- > 0;) {
        if (i % width != width - 1)
            carry(self, i + 1, i);
        if (i + width < pixels)
            carry(self, i + width, i);
    }
}

static void carry_reach(const sheeting *self, size_t from, size_t at)
{
    if (self->reach[from] > self->reach[at] + 1)
        self->reach[at] = (uint8_t)(self->reach[from] - 1);
}

/* What is hidden beside a cut takes the colour of what hides it, since a net's cell shows both
 * sides there. */
static void colour_cuts(const sheeting *self)
{
    const spx_sheets *const to = self->sheets;
    const size_t pixels = (size_t)to->width * to->height;
    for (size_t i = 0; i < pixels; i++)
        self->reach[i] = (uint8_t)(to->cut[i] ? to->cell_px + 1 : 0);
    sweep(self, carry_reach);
    for (size_t i = 0; i < pixels; i++) {
        if (self->reach[i] != 0 && to->fore[RGBA * i + SPX_IMAGE_CHANNELS] == UINT8_MAX) {
            memcpy(spx_image_row8(to->ground, (uint32_t)(i / to->width)) +
                       SPX_IMAGE_CHANNELS * (i % to->width),
                   to->fore + RGBA * i, SPX_IMAGE_CHANNELS);
        }
    }
}

/* The fore goes on over what is of one surface with it, two cells and a pixel more on either side.
 */
static void overlap(const sheeting *self)
{
    const uint32_t overlap_px = 2 * self->sheets->cell_px + 2;
    const size_t pixels = (size_t)self->sheets->width * self->sheets->height;
    for (size_t i = 0; i < pixels; i++) {
        const int is_fore = self->sheets->fore[RGBA * i + SPX_IMAGE_CHANNELS] != 0;
        self->reach[i] = (uint8_t)(is_fore ? overlap_px + 1 : 0);
        self->origin[i] = self->sheets->fore_depth[i];
    }
    sweep(self, carry_on);
}

static void bleed(const sheeting *self)
{
    const size_t pixels = (size_t)self->sheets->width * self->sheets->height;
    for (size_t i = 0; i < pixels; i++)
        self->reach[i] = self->reach[i] != 0 ? BLEED_PX + 1 : 0;
    sweep(self, carry_colour);
}

spx_status spx_sheets_init(spx_sheets *sheets, const spx_scene *scene, spx_diag *diag)
{
    spx_status status = SPX_OK;
    sheeting self = { .scene = scene, .sheets = sheets };
    *sheets = (spx_sheets){ .width = scene->layers.width,
                            .height = scene->layers.height,
                            .margin = scene->layers.margin,
                            .step = spx_layers_step(&scene->layers) };
    const uint32_t longest = sheets->width > sheets->height ? sheets->width : sheets->height;
    const uint32_t cell_px = (longest - 1) / CELLS + 1;
    sheets->cell_px = cell_px < SPX_SHEETS_MOST_CELL_PX ? cell_px : SPX_SHEETS_MOST_CELL_PX;
    SPX_TRY_OUT(allocate(&self, diag));
    for (uint32_t y = 0; y < sheets->height; y++) {
        for (uint32_t x = 0; x < sheets->width; x++)
            take_pixel(&self, x, y);
    }
    mark_cuts(sheets);
    colour_cuts(&self);
    overlap(&self);
    bleed(&self);
out:
    free(self.reach);
    free(self.origin);
    if (status != SPX_OK)
        spx_sheets_clear(sheets);
    return status;
}

void spx_sheets_clear(spx_sheets *sheets)
{
    spx_image_unref(sheets->ground);
    free(sheets->ground_depth);
    free(sheets->cut);
    free(sheets->fore);
    free(sheets->fore_depth);
    *sheets = (spx_sheets){ 0 };
}

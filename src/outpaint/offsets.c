/*
 * Repeating textures (bricks, tiles, fences) show as a few offsets at which much of the photo is
 * like itself. At a small size each patch looks for its best match far enough away; a histogram of
 * the offsets is blurred, and its peaks are what the layout tries first.
 */
#include "outpaint/offsets.h"

#include "base/intops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRIP_ROWS = 16,
    PASSES = 5,
    NEAR_SHARE = 15, /* of the long side: what lies nearer is the patch itself, moved a little */
    DRAWS = 32,
    BLUR_PX = 4,
    CHANNELS = 3,
    FIELD_STEP = 0x6f66, /* keeps the random numbers apart from the layout's */
};

static const double blur_sigma_px = 1.4142135623730951;
static const double pi = 3.141592653589793;
static const float structure_least = 3.0F * SPX_PATCH_AREA * 25.0F; /* a deviation of 5 */
static const float like_most = 0.5F;                                /* of a patch's own contrast */
static const float share_least = 0.001F;

/** Where each patch of the photo finds its like. */
typedef struct field {
    const spx_patch_level *level;
    int32_t width; /* of the photo */
    int32_t height;
    int32_t least_px;          /* of an offset */
    spx_patch_source *sources; /* [height][width]; meaningful where a whole patch lies around */
    uint32_t *costs;           /* [height][width] */
    spx_patch_source *seams;   /* [strips][width]: the row before each strip, as it was */
    uint64_t seed;
    uint32_t pass;
    int direction;
} field;

static uint32_t cost_of(const field *self, int32_t x, int32_t y, int32_t from_x, int32_t from_y,
                        uint32_t most)
{
    const spx_patch_level *const level = self->level;
    return level->kernels->ssd(
        spx_patch_level_source(level, x - SPX_PATCH_RADIUS, y - SPX_PATCH_RADIUS),
        level->photo_stride,
        spx_patch_level_source(level, from_x - SPX_PATCH_RADIUS, from_y - SPX_PATCH_RADIUS),
        level->photo_stride, most);
}

static int allowed(const field *self, int32_t x, int32_t y, int32_t from_x, int32_t from_y)
{
    const int32_t dx = from_x - x;
    const int32_t dy = from_y - y;
    return from_x >= SPX_PATCH_RADIUS && from_y >= SPX_PATCH_RADIUS &&
           from_x < self->width - SPX_PATCH_RADIUS && from_y < self->height - SPX_PATCH_RADIUS &&
           dx * dx + dy * dy >= self->least_px * self->least_px;
}

static void try_source(const field *self, int32_t x, int32_t y, int32_t from_x, int32_t from_y)
{
    if (!allowed(self, x, y, from_x, from_y))
        return;
    const size_t index = (size_t)y * (size_t)self->width + (size_t)x;
    const uint32_t cost = cost_of(self, x, y, from_x, from_y, self->costs[index]);
    if (cost < self->costs[index]) {
        self->costs[index] = cost;
        self->sources[index] = (spx_patch_source){ .x = (uint16_t)from_x, .y = (uint16_t)from_y };
    }
}

/** Any source that is far enough away. */
static void start_pixel(const field *self, int32_t x, int32_t y)
{
    const uint32_t across = (uint32_t)(self->width - 2 * SPX_PATCH_RADIUS);
    const uint32_t down = (uint32_t)(self->height - 2 * SPX_PATCH_RADIUS);
    uint32_t state = spx_patch_hash((uint32_t)x, (uint32_t)y, FIELD_STEP, self->seed) | 1U;
    for (int i = 0; i < DRAWS; i++) {
        const int32_t from_x = SPX_PATCH_RADIUS + (int32_t)(spx_patch_random(&state) % across);
        const int32_t from_y = SPX_PATCH_RADIUS + (int32_t)(spx_patch_random(&state) % down);
        try_source(self, x, y, from_x, from_y);
        if (self->costs[(size_t)y * (size_t)self->width + (size_t)x] < UINT32_MAX)
            return;
    }
}

static void improve_pixel(const field *self, int32_t x, int32_t y, const spx_patch_source *before)
{
    const size_t index = (size_t)y * (size_t)self->width + (size_t)x;
    const int direction = self->direction;
    const int32_t beside = x - direction;
    const int32_t line_before = y - direction;
    if (self->pass == 0)
        start_pixel(self, x, y);
    if (beside >= SPX_PATCH_RADIUS && beside < self->width - SPX_PATCH_RADIUS) {
        const spx_patch_source found = self->sources[index - (size_t)(ptrdiff_t)direction];
        try_source(self, x, y, found.x + direction, found.y);
    }
    if (line_before >= SPX_PATCH_RADIUS && line_before < self->height - SPX_PATCH_RADIUS)
        try_source(self, x, y, before[x].x, before[x].y + direction);
    uint32_t state =
        spx_patch_hash((uint32_t)x, (uint32_t)y, FIELD_STEP + 1 + self->pass, self->seed) | 1U;
    for (int32_t radius = spx_max_i32(self->width, self->height) / 2; radius >= 1; radius /= 2) {
        const uint32_t span = 2 * (uint32_t)radius + 1;
        const int32_t dx = (int32_t)(spx_patch_random(&state) % span) - radius;
        const int32_t dy = (int32_t)(spx_patch_random(&state) % span) - radius;
        try_source(self, x, y, self->sources[index].x + dx, self->sources[index].y + dy);
    }
}

static void improve_strip(void *context, size_t index)
{
    const field *const self = context;
    const int32_t top = SPX_PATCH_RADIUS + (int32_t)index * STRIP_ROWS;
    const int32_t bottom = spx_patch_clamp(top + STRIP_ROWS, top, self->height - SPX_PATCH_RADIUS);
    const spx_patch_source *before = self->seams + index * (size_t)self->width;
    for (int32_t i = 0; i < bottom - top; i++) {
        const int32_t y = self->direction > 0 ? top + i : bottom - 1 - i;
        for (int32_t j = SPX_PATCH_RADIUS; j < self->width - SPX_PATCH_RADIUS; j++)
            improve_pixel(self, self->direction > 0 ? j : self->width - 1 - j, y, before);
        before = self->sources + (size_t)y * (size_t)self->width;
    }
}

/** Searches on strips of rows that see each other's state before the pass. */
static spx_status search(field *self, const spx_task *task, spx_diag *diag)
{
    const size_t width = (size_t)self->width;
    const int32_t rows = self->height - 2 * SPX_PATCH_RADIUS;
    const size_t strips = ((size_t)rows + STRIP_ROWS - 1) / STRIP_ROWS;
    self->seams = calloc(strips * width, sizeof(*self->seams));
    if (self->seams == NULL)
        return spx_fail_memory(diag, "outpainting offsets");
    memset(self->costs, UINT8_MAX, width * (size_t)self->height * sizeof(*self->costs));
    for (self->pass = 0; self->pass < PASSES; self->pass++) {
        self->direction = self->pass % 2 == 0 ? 1 : -1;
        for (size_t i = 0; i < strips; i++) {
            const int32_t top = SPX_PATCH_RADIUS + (int32_t)i * STRIP_ROWS;
            const int32_t row = self->direction > 0 ? top - 1 : top + STRIP_ROWS;
            if (row < self->height) {
                memcpy(self->seams + i * width, self->sources + (size_t)row * width,
                       width * sizeof(*self->seams));
            }
        }
        SPX_TRY(spx_task_run(task, strips, improve_strip, self, diag));
    }
    return SPX_OK;
}

/* ---- histogram ---- */

/** Weights of offsets -reach .. reach each way. */
typedef struct histogram {
    int32_t reach_x;
    int32_t reach_y;
    size_t width;
    size_t height;
    float *weights; /* [height][width] */
    float total;    /* of the structured patches */
} histogram;

/** Squared differences of a patch's samples from their mean. */
static float contrast_of(const field *self, int32_t x, int32_t y)
{
    uint32_t sums[CHANNELS] = { 0 };
    uint32_t squares = 0;
    for (int32_t dy = -SPX_PATCH_RADIUS; dy <= SPX_PATCH_RADIUS; dy++) {
        const uint8_t *const row =
            spx_patch_level_source(self->level, x - SPX_PATCH_RADIUS, y + dy);
        for (int i = 0; i < SPX_PATCH_ROW_SAMPLES; i++) {
            sums[i % CHANNELS] += row[i];
            squares += (uint32_t)row[i] * row[i];
        }
    }
    float contrast = (float)squares;
    for (int c = 0; c < CHANNELS; c++)
        contrast -= (float)sums[c] * (float)sums[c] / SPX_PATCH_AREA;
    return contrast;
}

static void count(histogram *out, const field *from)
{
    for (int32_t y = SPX_PATCH_RADIUS; y < from->height - SPX_PATCH_RADIUS; y++) {
        for (int32_t x = SPX_PATCH_RADIUS; x < from->width - SPX_PATCH_RADIUS; x++) {
            const size_t index = (size_t)y * (size_t)from->width + (size_t)x;
            const float contrast = contrast_of(from, x, y);
            if (contrast < structure_least || from->costs[index] == UINT32_MAX)
                continue;
            out->total += 1.0F;
            const float weight = 1.0F - (float)from->costs[index] / (like_most * contrast);
            if (weight <= 0.0F)
                continue;
            const int32_t dx = from->sources[index].x - x;
            const int32_t dy = from->sources[index].y - y;
            out->weights[(size_t)(dy + out->reach_y) * out->width + (size_t)(dx + out->reach_x)] +=
                weight;
            out->weights[(size_t)(out->reach_y - dy) * out->width + (size_t)(out->reach_x - dx)] +=
                weight;
        }
    }
}

/** One direction: `step` floats between neighbours, `lines` of `length` that are `line` apart. */
static void blur_lines(float *values, size_t length, size_t step, size_t lines, size_t line,
                       float *spare)
{
    float kernel[BLUR_PX + 1];
    for (int i = 0; i <= BLUR_PX; i++) {
        kernel[i] = (float)(exp(-i * i / (2.0 * blur_sigma_px * blur_sigma_px)) /
                            (blur_sigma_px * sqrt(2.0 * pi)));
    }
    for (size_t n = 0; n < lines; n++) {
        float *const at = values + n * line;
        for (size_t i = 0; i < length; i++)
            spare[i] = at[i * step];
        for (size_t i = 0; i < length; i++) {
            float sum = kernel[0] * spare[i];
            for (size_t k = 1; k <= BLUR_PX; k++) {
                sum += kernel[k] * (i >= k ? spare[i - k] : 0.0F);
                sum += kernel[k] * (i + k < length ? spare[i + k] : 0.0F);
            }
            at[i * step] = sum;
        }
    }
}

static int is_peak(const histogram *from, size_t x, size_t y)
{
    const float *const at = from->weights + y * from->width + x;
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            const float other = at[dy * (ptrdiff_t)from->width + dx];
            const int earlier = dy < 0 || (dy == 0 && dx < 0);
            if (other > *at || (earlier && other >= *at && (dx != 0 || dy != 0)))
                return 0;
        }
    }
    return 1;
}

static void keep(spx_patch_offset_list *out, spx_patch_offset found)
{
    size_t at = out->count < SPX_PATCH_OFFSETS_MAX ? out->count++ : SPX_PATCH_OFFSETS_MAX;
    while (at > 0 && out->list[at - 1].share < found.share) {
        if (at < SPX_PATCH_OFFSETS_MAX)
            out->list[at] = out->list[at - 1];
        at--;
    }
    if (at < SPX_PATCH_OFFSETS_MAX)
        out->list[at] = found;
}

static void find_peaks(spx_patch_offsets *out, const histogram *from)
{
    /* A peak's mass, were all of it at one offset before the blur. */
    const float mass = (float)(2.0 * pi * blur_sigma_px * blur_sigma_px);
    for (size_t y = 1; y + 1 < from->height; y++) {
        for (size_t x = 1; x + 1 < from->width; x++) {
            const float share = from->weights[y * from->width + x] * mass / from->total;
            const spx_patch_offset found = { .x = (int32_t)x - from->reach_x,
                                             .y = (int32_t)y - from->reach_y,
                                             .share = share };
            if (share < share_least || !is_peak(from, x, y))
                continue;
            if (found.x >= SPX_PATCH_OFFSET_SLANT * abs(found.y))
                keep(&out->sideways, found);
            if (found.y >= SPX_PATCH_OFFSET_SLANT * abs(found.x))
                keep(&out->upwards, found);
        }
    }
}

static spx_status find_in_field(spx_patch_offsets *out, const field *from, spx_diag *diag)
{
    histogram counts = { .reach_x = from->width, .reach_y = from->height };
    counts.width = 2 * (size_t)counts.reach_x + 1;
    counts.height = 2 * (size_t)counts.reach_y + 1;
    counts.weights = calloc(counts.width * counts.height, sizeof(*counts.weights));
    float *const spare =
        calloc(counts.width > counts.height ? counts.width : counts.height, sizeof(*spare));
    spx_status status = SPX_OK;
    if (counts.weights == NULL || spare == NULL) {
        status = spx_fail_memory(diag, "outpainting offsets");
        goto out;
    }
    count(&counts, from);
    if (counts.total > 0.0F) {
        blur_lines(counts.weights, counts.width, 1, counts.height, counts.width, spare);
        blur_lines(counts.weights, counts.height, counts.width, counts.width, 1, spare);
        find_peaks(out, &counts);
    }
out:
    free(counts.weights);
    free(spare);
    return status;
}

/** Finds the like of each patch. */
static spx_status search_like(field *self, const spx_task *task, spx_diag *diag)
{
    const size_t pixels = (size_t)self->width * (size_t)self->height;
    self->least_px =
        spx_max_i32(spx_max_i32(self->width, self->height) / NEAR_SHARE, SPX_PATCH_SIDE);
    self->sources = calloc(pixels, sizeof(*self->sources));
    self->costs = calloc(pixels, sizeof(*self->costs));
    if (self->sources == NULL || self->costs == NULL)
        return spx_fail_memory(diag, "outpainting offsets");
    return search(self, task, diag);
}

static field field_of(const spx_patch_level *level, uint64_t seed)
{
    return (field){ .level = level,
                    .width = spx_patch_rect_width(&level->photo),
                    .height = spx_patch_rect_height(&level->photo),
                    .seed = seed };
}

static void field_clear(field *self)
{
    free(self->sources);
    free(self->costs);
    free(self->seams);
}

spx_status spx_patch_find_unlike(spx_plane **out, const spx_patch_level *level, uint64_t seed,
                                 const spx_task *task, spx_diag *diag)
{
    field self = field_of(level, seed);
    const int32_t right = self.width - SPX_PATCH_RADIUS - 1;
    const int32_t bottom = self.height - SPX_PATCH_RADIUS - 1;
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(search_like(&self, task, diag));
    SPX_TRY_OUT(spx_plane_create(out, (uint32_t)self.width, (uint32_t)self.height, diag));
    for (int32_t y = 0; y < self.height; y++) {
        const size_t line = (size_t)spx_patch_clamp(y, SPX_PATCH_RADIUS, bottom);
        for (int32_t x = 0; x < self.width; x++) {
            const size_t column = (size_t)spx_patch_clamp(x, SPX_PATCH_RADIUS, right);
            const uint32_t cost = self.costs[line * (size_t)self.width + column];
            /* In a tiny photo nothing is far enough away. */
            spx_plane_row(*out, (uint32_t)y)[x] =
                cost == UINT32_MAX ? 0.0F : sqrtf((float)cost / (CHANNELS * SPX_PATCH_AREA));
        }
    }
out:
    field_clear(&self);
    return status;
}

spx_status spx_patch_offsets_find(spx_patch_offsets *out, const spx_patch_level *level,
                                  uint64_t seed, const spx_task *task, spx_diag *diag)
{
    field self = field_of(level, seed);
    spx_status status = SPX_OK;
    *out = (spx_patch_offsets){ 0 };
    SPX_TRY_OUT(search_like(&self, task, diag));
    SPX_TRY_OUT(find_in_field(out, &self, diag));
out:
    field_clear(&self);
    return status;
}

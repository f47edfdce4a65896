/*
 * A level is the picture, what is wanted of it and what may be copied, all at one size. The wanted
 * pixels are kept as a list, since they are few, with an index by rows to find a pixel's place in
 * it. Half a level is made by taking four pixels together: known where all are, by the known ones
 * where some are.
 */
#include "fill/level.h"

#include "base/intops.h"
#include "base/size.h"
#include "image/image.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = SPX_IMAGE_CHANNELS, CHILDREN = 4, WORD_BITS = 64 };

static int is_wanted(uint8_t flag)
{
    return flag != SPX_LEVEL_KNOWN && flag != SPX_LEVEL_BLOCKED;
}

/* The wanted pixels of all rows are listed at once: first a bit for each, then, once it is known
 * how many come before a row, their places. */
typedef struct listing {
    spx_level *level;
    atomic_uint known_count;
} listing;

/* Bit k: flags[k] is wanted. Most words are known as a whole. */
static uint64_t wanted_of(const uint8_t *flags, uint32_t count, uint32_t *known)
{
    static const uint8_t all_known[WORD_BITS] = { SPX_LEVEL_KNOWN };
    uint64_t bits = 0;
    if (count == WORD_BITS && memcmp(flags, all_known, WORD_BITS) == 0) {
        *known += count;
        return 0;
    }
    for (uint32_t k = 0; k < count; k++) {
        bits |= (uint64_t)is_wanted(flags[k]) << k;
        *known += flags[k] == SPX_LEVEL_KNOWN;
    }
    return bits;
}

static void mark_row(void *context, size_t y)
{
    listing *const self = context;
    const spx_level *const level = self->level;
    const uint8_t *const flags = level->flags + y * level->width;
    size_t word = y * level->row_words;
    uint32_t known = 0;
    for (uint32_t x = 0; x < level->width; x += WORD_BITS, word++) {
        const uint32_t left = level->width - x;
        level->wanted_bits[word] =
            wanted_of(flags + x, left < WORD_BITS ? left : WORD_BITS, &known);
    }
    (void)atomic_fetch_add_explicit(&self->known_count, known, memory_order_relaxed);
}

static void list_row(void *context, size_t y)
{
    const listing *const self = context;
    const spx_level *const level = self->level;
    uint32_t at = spx_level_first_of_row(level, y);
    for (uint32_t k = 0; k < level->row_words; k++) {
        uint64_t bits = level->wanted_bits[y * level->row_words + k];
        for (; bits != 0; bits &= bits - 1) {
            const uint32_t x = k * WORD_BITS + (uint32_t)__builtin_ctzll(bits);
            level->offsets[at] = (spx_offset){ .x = SPX_OFFSET_NONE };
            level->wanted[at++] = (uint32_t)y * level->width + x;
        }
    }
}

static spx_status list_wanted(spx_level *self, const spx_task *task, spx_diag *diag)
{
    listing all = { .level = self };
    self->row_words = spx_divide_up_u32(self->width, WORD_BITS);
    const size_t words = (size_t)self->row_words * self->height;
    self->wanted_bits = malloc(words * sizeof(*self->wanted_bits));
    self->first_of_word = malloc((words + 1) * sizeof(*self->first_of_word));
    if (self->wanted_bits == NULL || self->first_of_word == NULL)
        return spx_fail_memory(diag, "fill");
    SPX_TRY(spx_task_run(task, self->height, mark_row, &all, diag));
    self->known_count = atomic_load(&all.known_count);
    for (size_t word = 0; word < words; word++) {
        self->first_of_word[word] = self->wanted_count;
        self->wanted_count += (uint32_t)__builtin_popcountll(self->wanted_bits[word]);
    }
    self->first_of_word[words] = self->wanted_count;
    self->wanted = malloc(((size_t)self->wanted_count + 1) * sizeof(*self->wanted));
    self->offsets = malloc(((size_t)self->wanted_count + 1) * sizeof(*self->offsets));
    if (self->wanted == NULL || self->offsets == NULL)
        return spx_fail_memory(diag, "fill");
    return spx_task_run(task, self->height, list_row, &all, diag);
}

spx_status spx_level_init_full(spx_level *level, const spx_backdrop *backdrop, spx_image *image8,
                               const spx_task *task, spx_diag *diag)
{
    *level = (spx_level){ .width = image8->width,
                          .height = image8->height,
                          .step = backdrop->step,
                          .image = spx_image_ref(image8),
                          .flags = backdrop->known,
                          .depth = backdrop->depth,
                          .wanted_depth = backdrop->wanted_depth };
    return list_wanted(level, task, diag);
}

/* The up to four pixels under a small one. */
typedef struct children {
    size_t at[CHILDREN];
    const uint8_t *colour[CHILDREN];
    uint32_t count;
} children;

static children find_children(const spx_level *large, uint32_t x, uint32_t y)
{
    children found = { .count = 0 };
    for (uint32_t v = 2 * y; v < 2 * y + 2 && v < large->height; v++) {
        const uint8_t *const row = spx_image_row8(large->image, v);
        for (uint32_t u = 2 * x; u < 2 * x + 2 && u < large->width; u++) {
            found.colour[found.count] = row + (size_t)CHANNELS * u;
            found.at[found.count++] = (size_t)v * large->width + u;
        }
    }
    return found;
}

static void shrink_pixel(spx_level *self, const spx_level *large, uint32_t x, uint32_t y)
{
    const children of = find_children(large, x, y);
    uint32_t wanted = 0;
    uint32_t blocked = 0;
    for (uint32_t i = 0; i < of.count; i++) {
        wanted += is_wanted(large->flags[of.at[i]]) != 0;
        blocked += large->flags[of.at[i]] == SPX_LEVEL_BLOCKED;
    }
    const int takes_wanted = wanted * 2 >= of.count;
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    uint32_t depth = 0;
    uint32_t sum[CHANNELS] = { 0 };
    uint32_t count = 0;
    for (uint32_t i = 0; i < of.count; i++) {
        if (takes_wanted != is_wanted(large->flags[of.at[i]]))
            continue;
        const uint32_t one = takes_wanted ? large->wanted_depth[of.at[i]] : large->depth[of.at[i]];
        for (int c = 0; c < CHANNELS; c++)
            sum[c] += of.colour[i][c];
        least = one < least ? one : least;
        most = one > most ? one : most;
        depth += one;
        count++;
    }
    const size_t at = (size_t)y * self->width + x;
    uint8_t *const to = spx_image_row8(self->image, y) + (size_t)CHANNELS * x;
    count = count == 0 ? 1 : count; /* never: one of the kinds has children */
    for (int c = 0; c < CHANNELS; c++)
        to[c] = (uint8_t)((sum[c] + count / 2) / count);
    self->own_depth[at] = (uint16_t)(depth / count);
    const int mixed = wanted != 0 || blocked != 0 || most - least > large->step;
    self->own_flags[at] =
        takes_wanted ? SPX_LEVEL_WANTED : (mixed ? SPX_LEVEL_BLOCKED : SPX_LEVEL_KNOWN);
}

/* A row and the two that it is made of: looked up once, not for each pixel. */
typedef struct shrunk_row {
    const uint8_t *flags[2];
    const uint16_t *depth[2];
    const uint8_t *colours[2];
    uint8_t *to_flags;
    uint16_t *to_depth;
    uint8_t *to_colours;
    uint32_t step;
} shrunk_row;

/* Four known pixels of one surface, by far the most frequent case. */
static inline int shrink_plain(const shrunk_row *row, uint32_t x)
{
    const uint8_t *const f0 = row->flags[0] + 2 * (size_t)x;
    const uint8_t *const f1 = row->flags[1] + 2 * (size_t)x;
    if ((f0[0] | f0[1] | f1[0] | f1[1]) != SPX_LEVEL_KNOWN)
        return 0;
    const uint16_t *const d0 = row->depth[0] + 2 * (size_t)x;
    const uint16_t *const d1 = row->depth[1] + 2 * (size_t)x;
    const uint32_t least = spx_min_u32(spx_min_u32(d0[0], d0[1]), spx_min_u32(d1[0], d1[1]));
    const uint32_t most = spx_max_u32(spx_max_u32(d0[0], d0[1]), spx_max_u32(d1[0], d1[1]));
    row->to_depth[x] = (uint16_t)((d0[0] + d0[1] + d1[0] + d1[1]) / CHILDREN);
    const uint8_t *const row0 = row->colours[0] + (size_t)2 * CHANNELS * x;
    const uint8_t *const row1 = row->colours[1] + (size_t)2 * CHANNELS * x;
    uint8_t *const to = row->to_colours + (size_t)CHANNELS * x;
    for (int c = 0; c < CHANNELS; c++) {
        to[c] =
            (uint8_t)((row0[c] + row0[c + CHANNELS] + row1[c] + row1[c + CHANNELS] + 2) / CHILDREN);
    }
    row->to_flags[x] = most - least > row->step ? SPX_LEVEL_BLOCKED : SPX_LEVEL_KNOWN;
    return 1;
}

typedef struct shrinking {
    spx_level *to;
    const spx_level *from;
} shrinking;

static void shrink_row(void *context, size_t row)
{
    const shrinking *const self = context;
    const spx_level *const from = self->from;
    const uint32_t y = (uint32_t)row;
    const uint32_t below = spx_min_u32(2 * y + 1, from->height - 1);
    const size_t above_at = (size_t)2 * y * from->width;
    const size_t below_at = (size_t)below * from->width;
    const size_t at = (size_t)y * self->to->width;
    const shrunk_row own = {
        .flags = { from->flags + above_at, from->flags + below_at },
        .depth = { from->depth + above_at, from->depth + below_at },
        .colours = { spx_image_row8(from->image, 2 * y), spx_image_row8(from->image, below) },
        .to_flags = self->to->own_flags + at,
        .to_depth = self->to->own_depth + at,
        .to_colours = spx_image_row8(self->to->image, y),
        .step = from->step,
    };
    const uint32_t squares = below == 2 * y ? 0 : from->width / 2; /* the others lack a side */
    for (uint32_t x = 0; x < self->to->width; x++) {
        if (x >= squares || !shrink_plain(&own, x))
            shrink_pixel(self->to, from, x, y);
    }
}

spx_status spx_level_init_half(spx_level *level, const spx_level *large, const spx_task *task,
                               spx_diag *diag)
{
    *level = (spx_level){ .width = (large->width + 1) / 2,
                          .height = (large->height + 1) / 2,
                          .step = large->step };
    const size_t pixels = (size_t)level->width * level->height;
    level->own_flags = malloc(pixels);
    level->own_depth = malloc(pixels * sizeof(*level->own_depth));
    if (level->own_flags == NULL || level->own_depth == NULL)
        return spx_fail_memory(diag, "fill");
    /* One row more: patches are compared 32 bytes at a time. */
    SPX_TRY(spx_image_create(&level->image, level->width, level->height + 1, 8, diag));
    memset(spx_image_row8(level->image, level->height), 0, level->image->stride_bytes);
    level->flags = level->own_flags;
    level->depth = level->own_depth;
    level->wanted_depth = level->own_depth;
    shrinking job = { .to = level, .from = large };
    SPX_TRY(spx_task_run(task, level->height, shrink_row, &job, diag));
    return list_wanted(level, task, diag);
}

void spx_level_clear(spx_level *level)
{
    spx_image_unref(level->image);
    free(level->wanted);
    free(level->offsets);
    free(level->wanted_bits);
    free(level->first_of_word);
    free(level->own_flags);
    free(level->own_depth);
    *level = (spx_level){ 0 };
}

uint32_t spx_level_widest_run(const spx_level *level)
{
    uint32_t widest = 0;
    uint32_t run = 0;
    for (uint32_t i = 0; i < level->wanted_count; i++) {
        const uint32_t pixel = level->wanted[i];
        const int starts_row = pixel % level->width == 0;
        const int follows = i > 0 && !starts_row && pixel == level->wanted[i - 1] + 1;
        run = follows ? run + 1 : 1;
        widest = run > widest ? run : widest;
    }
    return widest;
}

uint32_t spx_level_find(const spx_level *level, int64_t x, int64_t y)
{
    if (x < 0 || y < 0 || x >= level->width || y >= level->height)
        return UINT32_MAX;
    const size_t word = (size_t)y * level->row_words + (size_t)x / WORD_BITS;
    const uint64_t bits = level->wanted_bits[word];
    const uint64_t own = UINT64_C(1) << ((uint64_t)x % WORD_BITS);
    if (!(bits & own))
        return UINT32_MAX;
    return level->first_of_word[word] + (uint32_t)__builtin_popcountll(bits & (own - 1));
}

uint32_t spx_level_find_beside(const spx_level *level, uint32_t index, uint32_t x, int32_t dx)
{
    const int64_t wished = (int64_t)index + dx;
    const int64_t beside = (int64_t)x + dx;
    if (wished < 0 || wished >= level->wanted_count || beside < 0 || beside >= level->width)
        return UINT32_MAX;
    if ((int64_t)level->wanted[wished] == (int64_t)level->wanted[index] + dx)
        return (uint32_t)wished; /* all between are wanted too */
    return UINT32_MAX;
}

/* A known pixel that shows a surface of at most this depth. */
static int is_known(const spx_level *level, size_t at, uint32_t most_depth)
{
    return level->flags[at] == SPX_LEVEL_KNOWN && level->depth[at] <= most_depth;
}

int spx_level_is_source(const spx_level *level, int64_t x, int64_t y, uint32_t depth)
{
    if (x < 0 || y < 0 || x >= level->width || y >= level->height)
        return 0;
    return is_known(level, (size_t)y * level->width + (size_t)x, depth + level->step);
}

int spx_level_has_patch(const spx_level *level, int64_t x, int64_t y)
{
    enum { H = SPX_PATCH_RADIUS };
    /* Comparing reads 32 bytes of a row: 11 pixels from the patch's left side. */
    return x >= H && y >= H && x + 8 <= level->width && y + H < level->height;
}

int spx_level_is_source_patch(const spx_level *level, int64_t x, int64_t y, uint32_t depth)
{
    enum { H = SPX_PATCH_RADIUS };
    const uint32_t most_depth = depth + level->step;
    for (int64_t v = y - H; v <= y + H; v += H) {
        const size_t at = (size_t)v * level->width + (size_t)x;
        if (!is_known(level, at - H, most_depth) || !is_known(level, at, most_depth) ||
            !is_known(level, at + H, most_depth))
            return 0;
    }
    return 1;
}

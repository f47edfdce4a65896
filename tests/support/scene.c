#include "scene.h"

#include "test_support.h"

#include "image/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LAYERS = 8, MAX_STROKES = 40, SUB_X = 4, SUB_Y = 2, NAME_SIZE = 48 };

typedef enum texture_kind {
    TEXTURE_GRADIENT,
    TEXTURE_STRIPES,
    TEXTURE_BRICKS,
    TEXTURE_NOISE,
    TEXTURE_CLOTH,
} texture_kind;

typedef enum shape_kind {
    SHAPE_ALL,
    SHAPE_BOX,
    SHAPE_DISC,
    SHAPE_BLURRED_DISC, /* out of focus */
    SHAPE_POSTS,
    SHAPE_RAILING,
    SHAPE_HAIR,
    SHAPE_LACE,
} shape_kind;

typedef struct texture {
    texture_kind kind;
    uint32_t seed;
    double colour[2][3];
    double period;
    double angle;
} texture;

typedef struct stroke {
    double x, y, lean, bend, length, half_width;
} stroke;

typedef struct layer {
    shape_kind shape;
    texture texture;
    double disparity[3];                  /* at (0, 0), per pixel right, per pixel down */
    double x, y, half_width, half_height; /* of the shape */
    double thickness;                     /* of posts; softness of edges */
    stroke strokes[MAX_STROKES];
    int stroke_count;
    uint32_t seed;
} layer;

struct scene {
    uint32_t width, height;
    char name[NAME_SIZE];
    scene_background background;
    layer layers[MAX_LAYERS]; /* nearest first */
    int count;
    uint32_t random;
};

/* ---- numbers ---- */

static double next(scene *self)
{
    self->random = self->random * 1664525U + 1013904223U;
    return (double)(self->random >> 8) / (1 << 24);
}

static double between(scene *self, double low, double high)
{
    return low + (high - low) * next(self);
}

static double hash(int32_t x, int32_t y, uint32_t seed)
{
    uint32_t h = (uint32_t)x * 374761393U + (uint32_t)y * 668265263U + seed * 2246822519U;
    h = (h ^ (h >> 13)) * 1274126177U;
    h ^= h >> 16;
    return (double)(h & 0xffff) / 65535.0;
}

static double smooth_noise(double x, double y, uint32_t seed)
{
    const double fx = floor(x);
    const double fy = floor(y);
    const int32_t ix = (int32_t)fx;
    const int32_t iy = (int32_t)fy;
    double u = x - fx;
    double v = y - fy;
    u = u * u * (3.0 - 2.0 * u);
    v = v * v * (3.0 - 2.0 * v);
    const double top = hash(ix, iy, seed) * (1.0 - u) + hash(ix + 1, iy, seed) * u;
    const double bottom = hash(ix, iy + 1, seed) * (1.0 - u) + hash(ix + 1, iy + 1, seed) * u;
    return top * (1.0 - v) + bottom * v;
}

static double clamp01(double value)
{
    return value < 0.0 ? 0.0 : (value > 1.0 ? 1.0 : value);
}

/* ---- textures ---- */

/* 0 at one colour, 1 at the other. */
static double texture_mix(const texture *self, double x, double y)
{
    const double along = x * cos(self->angle) + y * sin(self->angle);
    const double across = y * cos(self->angle) - x * sin(self->angle);
    switch (self->kind) {
    case TEXTURE_GRADIENT:
        return clamp01(0.5 + along / self->period);
    case TEXTURE_STRIPES:
        return clamp01(0.5 + 2.0 * sin(2.0 * 3.14159265358979 * along / self->period));
    case TEXTURE_BRICKS: {
        const double row = floor(across / self->period);
        const double shifted = along + (fmod(fabs(row), 2.0) == 0.0 ? 0.0 : self->period);
        const double u = shifted - floor(shifted / (2.0 * self->period)) * 2.0 * self->period;
        const double v = across - row * self->period;
        const double joint = self->period * 0.12;
        if (u < joint || v < joint)
            return 1.0;
        return 0.35 *
               hash((int32_t)floor(shifted / (2.0 * self->period)), (int32_t)row, self->seed);
    }
    case TEXTURE_NOISE: {
        double sum = 0.0;
        double scale = 1.0 / self->period;
        for (int octave = 0; octave < 3; octave++, scale *= 2.0)
            sum += smooth_noise(x * scale, y * scale, self->seed + (uint32_t)octave);
        return clamp01((sum / 3.0 - 0.5) * 2.0 + 0.5);
    }
    case TEXTURE_CLOTH:
    default:
        return 0.5 + 0.25 * sin(2.0 * 3.14159265358979 * x / self->period) +
               0.25 * smooth_noise(x / 9.0, y / 9.0, self->seed);
    }
}

static void texture_colour(const texture *self, double x, double y, double rgb[3])
{
    const double mix = texture_mix(self, x, y);
    /* Grain of one source pixel, as any camera has. */
    const double grain = 4.0 * (hash((int32_t)floor(x), (int32_t)floor(y), self->seed + 77) - 0.5);
    for (int c = 0; c < 3; c++)
        rgb[c] = self->colour[0][c] + (self->colour[1][c] - self->colour[0][c]) * mix + grain;
}

/* ---- shapes ---- */

static double edge(double inside, double softness)
{
    return clamp01(0.5 + inside / softness);
}

static double stroke_alpha(const stroke *one, double x, double y)
{
    const double down = one->y - y;
    if (down < 0.0 || down > one->length)
        return 0.0;
    const double along = down / one->length;
    const double centre = one->x + one->lean * down + one->bend * along * along;
    const double width = one->half_width * (1.0 - 0.6 * along);
    const double away = fabs(x - centre) / width;
    return away > 3.0 ? 0.0 : exp(-away * away);
}

static double strokes_alpha(const layer *self, double x, double y)
{
    double clear = 1.0;
    for (int i = 0; i < self->stroke_count; i++)
        clear *= 1.0 - stroke_alpha(&self->strokes[i], x, y);
    return 1.0 - clear;
}

static int on_post(const layer *self, double x, double pitch)
{
    const double from = x - floor(self->x);
    const double at = from - floor(from / pitch) * pitch;
    return at < self->thickness;
}

static double shape_alpha(const layer *self, double x, double y)
{
    const double dx = x - self->x;
    const double dy = y - self->y;
    const int in_box = fabs(dx) < self->half_width && fabs(dy) < self->half_height;
    switch (self->shape) {
    case SHAPE_ALL:
        return 1.0;
    case SHAPE_BOX:
        return in_box ? 1.0 : 0.0;
    case SHAPE_DISC:
        return hypot(dx, dy) < self->half_width ? 1.0 : 0.0;
    case SHAPE_BLURRED_DISC:
        return edge(self->half_width - hypot(dx, dy), self->thickness);
    case SHAPE_POSTS:
        return fabs(dy) < self->half_height && on_post(self, x, self->half_width) ? 1.0 : 0.0;
    case SHAPE_RAILING:
        return fabs(dy) < self->half_height &&
                       (on_post(self, x, self->half_width) ||
                        fabs(dy + self->half_height) < self->thickness + 1.0 ||
                        fabs(dy - self->half_height) < self->thickness + 1.0)
                   ? 1.0
                   : 0.0;
    case SHAPE_HAIR: {
        const double body = hypot(dx, dy) < self->half_width ? 1.0 : 0.0;
        return fmax(body, strokes_alpha(self, x, y));
    }
    case SHAPE_LACE:
    default: {
        if (!in_box)
            return 0.0;
        const double hole = smooth_noise(x / self->thickness, y / self->thickness, self->seed);
        return edge((0.62 - hole) * self->thickness * 2.0, 1.0);
    }
    }
}

/* ---- geometry ---- */

static double layer_disparity(const layer *self, double x, double y)
{
    return self->disparity[0] + self->disparity[1] * x + self->disparity[2] * y;
}

/* The layer's own column that a camera sees at screen column x. */
static double layer_column(const layer *self, double place, double x, double y)
{
    return (x - place * (self->disparity[0] + self->disparity[2] * y)) /
           (1.0 + place * self->disparity[1]);
}

static const layer *first_layer(const scene *self, double place, double x, double y, double *column)
{
    for (int i = 0; i < self->count; i++) {
        *column = layer_column(&self->layers[i], place, x, y);
        if (shape_alpha(&self->layers[i], *column, y) >= 0.5)
            return &self->layers[i];
    }
    return &self->layers[self->count - 1];
}

static void see(const scene *self, double place, double x, double y, double sum[3])
{
    double clear = 1.0;
    for (int i = 0; i < self->count && clear > 0.002; i++) {
        const layer *const one = &self->layers[i];
        const double column = layer_column(one, place, x, y);
        const double alpha = shape_alpha(one, column, y);
        if (alpha <= 0.0)
            continue;
        double rgb[3];
        texture_colour(&one->texture, column, y, rgb);
        for (int c = 0; c < 3; c++)
            sum[c] += clear * alpha * rgb[c];
        clear *= 1.0 - alpha;
    }
}

static void render_pixel(const scene *self, double place, uint32_t x, uint32_t y, uint8_t *rgb)
{
    double sum[3] = { 0 };
    for (int v = 0; v < SUB_Y; v++) {
        for (int u = 0; u < SUB_X; u++)
            see(self, place, x + (u + 0.5) / SUB_X, y + (v + 0.5) / SUB_Y, sum);
    }
    for (int c = 0; c < 3; c++) {
        const double value = sum[c] / (SUB_X * SUB_Y);
        rgb[c] = (uint8_t)(value < 0.0 ? 0.0 : (value > 255.0 ? 255.0 : value + 0.5));
    }
}

static int is_hidden(const scene *self, const layer *seen, double column, double y)
{
    if (column < 0.0 || column >= self->width)
        return 1;
    double other = 0.0;
    return first_layer(self, 0.0, column, y, &other) != seen;
}

void scene_render(const scene *self, double place, spx_image **image, spx_plane **disparity,
                  spx_mask **hidden)
{
    assert_int_equal(spx_image_create(image, self->width, self->height, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(disparity, self->width, self->height, NULL), SPX_OK);
    if (hidden != NULL)
        assert_int_equal(spx_mask_create(hidden, self->width, self->height, NULL), SPX_OK);
    for (uint32_t y = 0; y < self->height; y++) {
        for (uint32_t x = 0; x < self->width; x++) {
            render_pixel(self, place, x, y, spx_image_row8(*image, y) + (size_t)3 * x);
            double column = 0.0;
            const layer *const seen = first_layer(self, place, x + 0.5, y + 0.5, &column);
            spx_plane_row(*disparity, y)[x] = (float)layer_disparity(seen, column, y + 0.5);
            if (hidden != NULL)
                spx_mask_row(*hidden, y)[x] = (uint8_t)is_hidden(self, seen, column, y + 0.5);
        }
    }
}

/* ---- the scenes ---- */

static texture make_texture(scene *self, texture_kind kind, double light)
{
    texture made = { .kind = kind, .seed = self->random };
    for (int c = 0; c < 3; c++) {
        made.colour[0][c] = light * between(self, 0.4, 1.0);
        made.colour[1][c] = fmin(250.0, made.colour[0][c] + between(self, 40.0, 90.0));
    }
    made.angle = between(self, -0.9, 0.9);
    made.period =
        kind == TEXTURE_GRADIENT ? self->width * between(self, 0.8, 2.0) : between(self, 8.0, 22.0);
    return made;
}

static layer *add_layer(scene *self, shape_kind shape, texture made, double disparity)
{
    layer *const one = &self->layers[self->count++];
    *one = (layer){ .shape = shape, .texture = made, .seed = self->random };
    one->disparity[0] = disparity;
    one->x = self->width * between(self, 0.3, 0.7);
    one->y = self->height * between(self, 0.4, 0.6);
    one->half_width = self->width * between(self, 0.08, 0.16);
    one->half_height = self->height * between(self, 0.2, 0.35);
    one->thickness = 2.0;
    return one;
}

static void add_hair(scene *self, layer *one)
{
    one->stroke_count = MAX_STROKES;
    for (int i = 0; i < MAX_STROKES; i++) {
        const double at = between(self, -1.0, 1.0);
        one->strokes[i] = (stroke){ .x = one->x + at * one->half_width * 0.9,
                                    .y = one->y - one->half_width * 0.3,
                                    .lean = 0.4 * at + between(self, -0.2, 0.2),
                                    .bend = between(self, -25.0, 25.0),
                                    .length = one->half_width * between(self, 0.7, 1.6),
                                    .half_width = between(self, 0.5, 1.4) };
    }
}

static double near_disparity(const scene *self)
{
    return self->width * 0.025;
}

static const char *add_foreground(scene *self, uint32_t recipe)
{
    static const texture_kind kinds[] = { TEXTURE_CLOTH, TEXTURE_NOISE, TEXTURE_GRADIENT };
    const double near = near_disparity(self);
    const texture dark = make_texture(self, kinds[self->random / 7 % 3], 60.0);
    layer *one = NULL;
    switch (recipe) {
    case 0:
        one = add_layer(self, SHAPE_BOX, dark, near * 0.5);
        one->disparity[1] = 0.06; /* slanted */
        one->disparity[0] -= 0.06 * one->x;
        return "slanted box";
    case 1:
        one = add_layer(self, SHAPE_POSTS, dark, near * 0.8);
        one->thickness = 1.0 + self->random / 11 % 2 * 1.0;
        one->half_width = between(self, 40.0, 70.0);
        one->x = floor(one->x);
        return one->thickness < 1.5 ? "posts of 1 px" : "posts of 2 px";
    case 2:
        one = add_layer(self, SHAPE_RAILING, dark, near);
        one->thickness = 4.0;
        one->half_width = 30.0;
        return "railing";
    case 3:
        one = add_layer(self, SHAPE_HAIR, dark, near * 0.9);
        add_hair(self, one);
        return "hair";
    case 4:
        one = add_layer(self, SHAPE_LACE, dark, near * 0.7);
        one->thickness = between(self, 5.0, 12.0);
        return "foliage";
    case 5:
        one = add_layer(self, SHAPE_BLURRED_DISC, dark, near);
        one->thickness = between(self, 5.0, 9.0);
        return "blurred disc";
    case 6:
        one = add_layer(self, SHAPE_BOX, dark, near);
        one->x = self->random / 5 % 2 ? 0.0 : self->width;
        (void)add_layer(self, SHAPE_DISC, make_texture(self, TEXTURE_CLOTH, 120.0), near * 0.6);
        return "cut by the frame";
    default:
        (void)add_layer(self, SHAPE_DISC, dark, near);
        one = add_layer(self, SHAPE_DISC, make_texture(self, TEXTURE_NOISE, 150.0), near * 0.5);
        one->half_width *= 1.5;
        return "two discs";
    }
}

/* Leaves over other leaves: what is behind the near ones is not one surface. */
static void add_leaves(scene *self, double share)
{
    const double near = near_disparity(self);
    layer *const front = add_layer(self, SHAPE_LACE, make_texture(self, TEXTURE_NOISE, 60.0), near);
    layer *const behind =
        add_layer(self, SHAPE_LACE, make_texture(self, TEXTURE_NOISE, 110.0), near * share);
    layer *const both[] = { front, behind };
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        both[i]->half_width = self->width * between(self, 0.3, 0.45);
        both[i]->half_height = self->height * 0.45;
        both[i]->thickness = between(self, 6.0, 14.0);
    }
}

static const char *add_hard_foreground(scene *self, uint32_t recipe)
{
    const double near = near_disparity(self);
    const texture dark = make_texture(self, TEXTURE_CLOTH, 60.0);
    layer *one = NULL;
    switch (recipe) {
    case 0:
        add_leaves(self, 0.5);
        return "leaves, leaves";
    case 1:
        one = add_layer(self, SHAPE_POSTS, dark, near * 1.3);
        one->thickness = between(self, 14.0, 22.0);
        one->half_width = between(self, 50.0, 80.0);
        one->half_height = self->height;
        return "near bars";
    case 2:
        one = add_layer(self, SHAPE_HAIR, dark, near);
        add_hair(self, one);
        for (int i = 0; i < one->stroke_count; i++)
            one->strokes[i].lean *= 2.0;
        one = add_layer(self, SHAPE_BOX, make_texture(self, TEXTURE_NOISE, 130.0), near * 0.4);
        one->half_width *= 2.0;
        return "hair, box";
    default:
        one = add_layer(self, SHAPE_BLURRED_DISC, dark, near * 1.2);
        one->thickness = between(self, 12.0, 20.0);
        (void)add_layer(self, SHAPE_LACE, make_texture(self, TEXTURE_NOISE, 120.0), near * 0.5);
        return "defocused rim, leaves";
    }
}

scene *scene_create(uint32_t number, uint32_t width, uint32_t height)
{
    enum { RECIPES = 8, HARD_RECIPES = SCENE_HARD_COUNT / 2 };
    static const char *const grounds[] = { "sky", "stripes", "bricks", "gravel" };
    static const texture_kind kinds[] = { TEXTURE_GRADIENT, TEXTURE_STRIPES, TEXTURE_BRICKS,
                                          TEXTURE_NOISE };
    static const scene_background backgrounds[] = { SCENE_PLAIN, SCENE_STRUCTURED, SCENE_STRUCTURED,
                                                    SCENE_RANDOM };
    scene *const self = calloc(1, sizeof(*self));
    assert_non_null(self);
    self->width = width;
    self->height = height;
    self->random = number * 2654435761U + 12345U;
    (void)next(self);
    const int hard = number >= SCENE_COUNT && number < SCENE_COUNT + SCENE_HARD_COUNT;
    const char *const what = hard ? add_hard_foreground(self, number % HARD_RECIPES)
                                  : add_foreground(self, number % RECIPES);
    const uint32_t ground = (number / RECIPES + number) % 4;
    layer *const wall = add_layer(self, SHAPE_ALL, make_texture(self, kinds[ground], 140.0), 1.0);
    if (number % 3 == 1) { /* a floor or wall that recedes */
        wall->disparity[0] = 0.5;
        wall->disparity[2] = near_disparity(self) * 0.3 / height;
    }
    self->background = backgrounds[ground];
    (void)snprintf(self->name, sizeof(self->name), "%02u %s, %s", number, what, grounds[ground]);
    return self;
}

void scene_destroy(scene *self)
{
    free(self);
}

const char *scene_name(const scene *self)
{
    return self->name;
}

scene_background scene_background_of(const scene *self)
{
    return self->background;
}

double scene_disparity_px(const scene *self)
{
    return near_disparity(self) * 1.3;
}

#include "test_support.h"

#include "base/cpu.h"
#include "image/image.h"
#include "warp/matte_sides.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 250,
    HEIGHT = 90,
    MARGIN = 7,
    CANVAS = WIDTH + 2 * MARGIN,
    BLOB_PX = 12, /* things of this size lie at one depth */
    FAR = 9000,
    NEAR = 52000,
    ALL = (1 << SPX_MATTE_GROUP_PX) - 1,
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* A photo of noise and a map of things on two surfaces, some pixels between both. */
typedef struct scene {
    spx_image *photo;
    uint16_t *depth;
    spx_layers layers;
    spx_matte_source source;
} scene;

static void fill_with_noise(const spx_image *photo, uint32_t *random)
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t i = 0; i < photo->width * spx_image_pixel_bytes(photo); i++)
            (photo->pixels + y * photo->stride_bytes)[i] = (uint8_t)next_random(random);
    }
}

static void create_scene(scene *self, uint32_t bits, int mirrored)
{
    uint32_t random = 77;
    uint8_t near[HEIGHT / BLOB_PX + 1][CANVAS / BLOB_PX + 1];
    for (size_t i = 0; i < sizeof(near); i++)
        (&near[0][0])[i] = (uint8_t)(next_random(&random) % 3 == 0);
    *self = (scene){
        .layers = { .width = CANVAS, .height = HEIGHT, .margin = MARGIN, .mirrored = mirrored }
    };
    assert_int_equal(spx_image_create(&self->photo, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    fill_with_noise(self->photo, &random);
    self->depth = calloc((size_t)CANVAS * HEIGHT, sizeof(*self->depth));
    assert_non_null(self->depth);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < CANVAS; x++) {
            const uint32_t noise = next_random(&random) % 400;
            const uint32_t depth = next_random(&random) % 16 == 0   ? (FAR + NEAR) / 2
                                   : near[y / BLOB_PX][x / BLOB_PX] ? NEAR
                                                                    : FAR;
            self->depth[(size_t)y * CANVAS + x] = (uint16_t)(depth + noise);
        }
    }
    self->source = (spx_matte_source){ .photo = self->photo, .depth = self->depth };
}

static void destroy_scene(scene *self)
{
    spx_image_unref(self->photo);
    free(self->depth);
}

static spx_matte_work work_on(const scene *self, uint32_t band)
{
    return (spx_matte_work){ .layers = &self->layers,
                             .source = &self->source,
                             .least_x = MARGIN,
                             .most_x = CANVAS - MARGIN,
                             .band = band,
                             .core = SPX_MATTE_CORE_PX };
}

static spx_matte_group group_at(uint32_t x, uint32_t y, uint32_t *random)
{
    spx_matte_group group = { .x = x, .y = y };
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX && x + i < CANVAS - MARGIN; i++) {
        group.wanted |= (next_random(random) % 4 != 0 ? 1U : 0U) << i;
        group.spans[i] = (spx_matte_span){ .low = (uint16_t)(FAR - next_random(random) % 3000),
                                           .high = (uint16_t)(NEAR + next_random(random) % 3000) };
    }
    return group;
}

static void assert_alike(const spx_matte_group *made, const spx_matte_group *expected)
{
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX; i++) {
        if ((expected->wanted >> i & 1U) == 0)
            continue;
        assert_int_equal(made->away[i], expected->away[i]);
        assert_memory_equal(made->sides[i], expected->sides[i], sizeof(made->sides[i]));
    }
}

static void compare_row(const spx_matte_work *work, uint32_t y, uint32_t *random)
{
    for (uint32_t x = MARGIN; x < CANVAS - MARGIN; x += SPX_MATTE_GROUP_PX) {
        spx_matte_group expected = group_at(x, y, random);
        spx_matte_group made = expected;

        spx_matte_gather_c(work, &expected);
        spx_matte_gather(spx_cpu_flags())(work, &made);

        assert_alike(&made, &expected);
    }
}

static void kernels_agree_bit_for_bit(void **state)
{
    static const uint32_t bands[] = { 1, 2, 4, 8, 13, 24 };
    (void)state;
    for (unsigned kind = 0; kind < 4; kind++) {
        scene it;
        create_scene(&it, kind & 2U ? 16 : 8, (int)(kind & 1U));
        uint32_t random = 5;
        for (size_t b = 0; b < sizeof(bands) / sizeof(bands[0]); b++) {
            const spx_matte_work work = work_on(&it, bands[b]);
            for (uint32_t y = 0; y < HEIGHT; y += 1 + next_random(&random) % 9)
                compare_row(&work, y, &random);
        }
        destroy_scene(&it);
    }
}

/* Two surfaces of one colour each, the step between columns EDGE - 1 and EDGE. */
static void sides_have_the_colours_of_their_surfaces(void **state)
{
    enum { EDGE = 120, BAND = 4, AT = EDGE - 2, ROW = 40, FAR_LEVEL = 60, NEAR_LEVEL = 200 };
    (void)state;
    scene it;
    create_scene(&it, 8, 0);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < CANVAS; x++)
            it.depth[(size_t)y * CANVAS + x] = x < EDGE ? FAR : NEAR;
        for (uint32_t i = 0; i < WIDTH * SPX_IMAGE_CHANNELS; i++) {
            spx_image_row8(it.photo, y)[i] =
                i / SPX_IMAGE_CHANNELS + MARGIN < EDGE ? FAR_LEVEL : NEAR_LEVEL;
        }
    }
    const spx_matte_work work = work_on(&it, BAND);
    spx_matte_group group = { .x = AT, .y = ROW, .wanted = ALL };
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX; i++)
        group.spans[i] = (spx_matte_span){ .low = FAR, .high = NEAR };

    spx_matte_gather(spx_cpu_flags())(&work, &group);

    static const uint32_t away[SPX_MATTE_GROUP_PX] = { 2, 1, 1, 2, 3, 4, 5, 5 };
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX; i++) {
        assert_int_equal(group.away[i], away[i]);
        for (int k = 0; k < 2; k++) {
            spx_matte_side *const side = &group.sides[i][k];
            assert_true(side->weight > 0.0F);
            spx_matte_side_finish(side);
            const float level = k == 0 ? FAR_LEVEL : NEAR_LEVEL;
            const float own = AT + i < EDGE ? FAR_LEVEL : NEAR_LEVEL;
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                assert_true(fabsf(side->mean[c] - level) < 0.01F);
            assert_true(fabsf(side->square) < 0.1F);
            assert_true(side->closest == SPX_IMAGE_CHANNELS * (level - own) * (level - own));
        }
    }
    destroy_scene(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree_bit_for_bit),
        cmocka_unit_test(sides_have_the_colours_of_their_surfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

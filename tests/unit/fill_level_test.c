#include "test_support.h"

#include "base/cpu.h"
#include "fill/level_cut.h"
#include "fill_scene.h"
#include "image/image.h"

#include <string.h>

/* Not a multiple of a word's 64 pixels, and one word that is known as a whole. */
enum { WIDTH = 203, HEIGHT = 37, PLAIN_END = 64, STEP = 900 };

static uint32_t random_of(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 16;
}

/* Pixels of all kinds in no order, depths of the whole range. */
static fill_scene *create_scene(const spx_task *task)
{
    static const uint8_t kinds[] = { SPX_LEVEL_KNOWN,  SPX_LEVEL_KNOWN, SPX_LEVEL_WANTED, 2, 254,
                                     SPX_LEVEL_BLOCKED };
    fill_scene *const self = fill_scene_create(WIDTH, HEIGHT, 8, STEP);
    uint32_t seed = 7;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const size_t at = (size_t)y * WIDTH + x;
            for (size_t c = 0; c < 3; c++)
                spx_image_row8(self->image, y)[3 * (size_t)x + c] = (uint8_t)random_of(&seed);
            self->known[at] =
                x < PLAIN_END ? SPX_LEVEL_KNOWN : kinds[random_of(&seed) % sizeof(kinds)];
            self->depth[at] = (uint16_t)random_of(&seed);
            self->wanted[at] = (uint16_t)random_of(&seed);
        }
    }
    fill_scene_level(self, self->image, task);
    return self;
}

static void lists_what_is_wanted_in_order_on_any_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
        const spx_task task = { .pool = pool };

        fill_scene *const self = create_scene(&task);

        const spx_level *const level = &self->level;
        uint32_t index = 0;
        uint32_t known = 0;
        for (uint32_t at = 0; at < WIDTH * HEIGHT; at++) {
            const uint8_t flag = self->known[at];
            const uint32_t x = at % WIDTH;
            const uint32_t y = at / WIDTH;
            known += flag == SPX_LEVEL_KNOWN;
            if (x == 0)
                assert_int_equal(spx_level_first_of_row(level, y), index);
            if (flag == SPX_LEVEL_KNOWN || flag == SPX_LEVEL_BLOCKED) {
                assert_int_equal(spx_level_find(level, x, y), UINT32_MAX);
                continue;
            }
            assert_int_equal(spx_level_find(level, x, y), index);
            assert_int_equal(level->wanted[index], at);
            assert_int_equal(level->offsets[index].x, SPX_OFFSET_NONE);
            index++;
        }
        assert_int_equal(level->wanted_count, index);
        assert_int_equal(level->known_count, known);
        assert_int_equal(spx_level_first_of_row(level, HEIGHT), index);
        fill_scene_destroy(self);
        spx_pool_destroy(pool);
    }
}

static void finds_beside_only_what_joins(void **state)
{
    (void)state;
    fill_scene *const self = create_scene(NULL);
    const spx_level *const level = &self->level;
    for (uint32_t i = 0; i < level->wanted_count; i++) {
        const uint32_t x = level->wanted[i] % WIDTH;
        const uint32_t y = level->wanted[i] / WIDTH;
        for (int32_t dx = -3; dx <= 3; dx++) {
            int joins = 1;
            for (int32_t u = dx < 0 ? dx : 0; u <= (dx < 0 ? 0 : dx); u++)
                joins &= spx_level_find(level, (int64_t)x + u, y) != UINT32_MAX;
            const uint32_t wished = joins ? (uint32_t)((int32_t)i + dx) : UINT32_MAX;

            assert_int_equal(spx_level_find_beside(level, i, x, dx), wished);
        }
    }
    fill_scene_destroy(self);
}

static void cuts_the_same_square_with_every_kernel(void **state)
{
    (void)state;
    const spx_level_cut_fn best = spx_level_cut_choose(spx_cpu_flags());
    fill_scene *const self = create_scene(NULL);
    const spx_level *const level = &self->level;
    for (uint32_t i = 0; i < level->wanted_count; i++) {
        spx_patch plain;
        spx_patch quick;
        memset(&plain, 1, sizeof(plain));
        memset(&quick, 2, sizeof(quick));

        spx_level_cut(level, level->wanted[i] % WIDTH, level->wanted[i] / WIDTH, &plain);
        best(level, level->wanted[i] % WIDTH, level->wanted[i] / WIDTH, &quick);

        assert_memory_equal(plain.pixels, quick.pixels, sizeof(plain.pixels));
        assert_memory_equal(plain.mask, quick.mask, sizeof(plain.mask));
        assert_int_equal(plain.count, quick.count);
    }
    fill_scene_destroy(self);
}

/* Wanted from both ends of each row inwards: what ends one row and what begins the next are not
 * side by side. */
static void runs_end_with_their_row(void **state)
{
    (void)state;
    enum { WIDE = 40, HIGH = 6, LEFT = 5, RIGHT = 7 };
    fill_scene *const self = fill_scene_create(WIDE, HIGH, 8, STEP);
    for (size_t at = 0; at < (size_t)WIDE * HIGH; at++) {
        const int wanted = at % WIDE < LEFT || at % WIDE >= WIDE - RIGHT;
        self->known[at] = wanted ? SPX_LEVEL_WANTED : SPX_LEVEL_KNOWN;
    }

    fill_scene_level(self, self->image, NULL);

    assert_int_equal(spx_level_widest_run(&self->level), RIGHT);
    fill_scene_destroy(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_is_wanted_in_order_on_any_number_of_threads),
        cmocka_unit_test(finds_beside_only_what_joins),
        cmocka_unit_test(runs_end_with_their_row),
        cmocka_unit_test(cuts_the_same_square_with_every_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "base/cpu.h"
#include "fill/patch.h"

#include <string.h>

enum { ROUNDS = 400, STRIDE = 64 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void fill_patch(spx_patch *patch, uint32_t *random)
{
    memset(patch, 0, sizeof(*patch));
    for (int row = 0; row < SPX_PATCH_SIDE; row++) {
        for (int i = 0; i < 3 * SPX_PATCH_SIDE; i++) {
            const int counts = next_random(random) % 4 != 0;
            patch->mask[row][i] = counts ? UINT8_MAX : 0;
            patch->pixels[row][i] = counts ? (uint8_t)next_random(random) : 0;
        }
    }
}

static void kernels_agree(void **state)
{
    (void)state;
    uint8_t from[STRIDE * SPX_PATCH_SIDE];
    uint32_t random = 11;
    for (int k = 0; k < ROUNDS; k++) {
        spx_patch patch;
        fill_patch(&patch, &random);
        for (size_t i = 0; i < sizeof(from); i++)
            from[i] = (uint8_t)next_random(&random);
        const size_t shift = (size_t)(k % 30);
        const uint32_t most = k % 3 == 0 ? UINT32_MAX : next_random(&random) % 8000;

        const uint32_t expected = spx_patch_compare_c(&patch, from + shift, STRIDE, most);
        const uint32_t made =
            spx_patch_compare(spx_cpu_flags())(&patch, from + shift, STRIDE, most);

        assert_int_equal(made, expected);
    }
}

static void equal_patches_differ_by_nothing(void **state)
{
    (void)state;
    uint8_t from[STRIDE * SPX_PATCH_SIDE];
    spx_patch patch;
    uint32_t random = 3;
    fill_patch(&patch, &random);
    memset(from, 200, sizeof(from)); /* masked pixels may differ */
    for (int row = 0; row < SPX_PATCH_SIDE; row++) {
        for (int i = 0; i < SPX_PATCH_ROW_BYTES; i++) {
            if (patch.mask[row][i] != 0)
                from[row * STRIDE + i] = patch.pixels[row][i];
        }
    }

    const uint32_t same = spx_patch_compare_c(&patch, from, STRIDE, UINT32_MAX);

    assert_int_equal(same, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(equal_patches_differ_by_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "base/cpu.h"
#include "patch/kernels.h"

#include <string.h>

enum { STRIDE_A = 61, STRIDE_B = 97, ROWS = 8, ROUNDS = 400, SAD_STRIDE = 64 };

static uint32_t random_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void fill(uint8_t *bytes, size_t size, uint32_t *state)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)random_number(state);
}

static const spx_patch_kernels *fast_or_skip(void)
{
#if defined(__x86_64__)
    if (spx_cpu_flags() & SPX_CPU_AVX2)
        return &spx_patch_kernels_avx2;
#endif
    skip();
    return NULL;
}

static void fast_differences_equal_the_plain_ones(void **state)
{
    (void)state;
    const spx_patch_kernels *const fast = fast_or_skip();
    const spx_patch_kernels *const plain = spx_patch_kernels_plain();
    uint8_t a[STRIDE_A * ROWS + SPX_PATCH_ROW_REACH];
    uint8_t b[STRIDE_B * ROWS + SPX_PATCH_ROW_REACH];
    uint32_t seed = 1;

    for (int round = 0; round < ROUNDS; round++) {
        fill(a, sizeof(a), &seed);
        fill(b, sizeof(b), &seed);
        if (round == 0) { /* the largest sum */
            memset(a, 0, sizeof(a));
            memset(b, 255, sizeof(b));
        }
        const uint32_t expected = plain->ssd(a, STRIDE_A, b, STRIDE_B, UINT32_MAX);
        assert_int_equal(fast->ssd(a, STRIDE_A, b, STRIDE_B, UINT32_MAX), expected);
        assert_true(fast->ssd(a, STRIDE_A, b, STRIDE_B, expected / 2) > expected / 2);
        assert_true(plain->ssd(a, STRIDE_A, b, STRIDE_B, expected / 2) > expected / 2);
        const int x0 = (int)(random_number(&seed) % SPX_PATCH_SIDE);
        const int y0 = (int)(random_number(&seed) % SPX_PATCH_SIDE);
        const spx_patch_box box = {
            .x0 = x0,
            .y0 = y0,
            .x1 = x0 + 1 + (int)(random_number(&seed) % (uint32_t)(SPX_PATCH_SIDE - x0)),
            .y1 = y0 + 1 + (int)(random_number(&seed) % (uint32_t)(SPX_PATCH_SIDE - y0)),
        };
        assert_int_equal(fast->ssd_box(a, STRIDE_A, b, STRIDE_B, &box),
                         plain->ssd_box(a, STRIDE_A, b, STRIDE_B, &box));
    }
}

static void a_difference_is_the_sum_of_squares(void **state)
{
    (void)state;
    uint8_t a[STRIDE_A * ROWS + SPX_PATCH_ROW_REACH] = { 0 };
    uint8_t b[STRIDE_A * ROWS + SPX_PATCH_ROW_REACH] = { 0 };
    a[0] = 3;                                        /* left upper sample */
    b[6 * STRIDE_A + SPX_PATCH_ROW_SAMPLES - 1] = 5; /* right lower one */
    a[SPX_PATCH_ROW_SAMPLES] = 200;                  /* outside */

    assert_int_equal(spx_patch_kernels_plain()->ssd(a, STRIDE_A, b, STRIDE_A, UINT32_MAX), 34);
    assert_int_equal(spx_patch_kernels_best()->ssd(a, STRIDE_A, b, STRIDE_A, UINT32_MAX), 34);
}

static void fast_votes_equal_the_plain_ones_bit_for_bit(void **state)
{
    (void)state;
    const spx_patch_kernels *const fast = fast_or_skip();
    const spx_patch_kernels *const plain = spx_patch_kernels_plain();
    enum { SAMPLES = 3 * SPX_PATCH_ROW_REACH_PX };
    uint32_t seed = 7;
    float sums[2][SAMPLES] = { { 0 } };
    float weights[2][SPX_PATCH_ROW_REACH_PX] = { { 0 } };

    for (int round = 0; round < ROUNDS; round++) {
        uint8_t row8[SPX_PATCH_ROW_REACH];
        uint16_t row16[SAMPLES];
        fill(row8, sizeof(row8), &seed);
        for (int i = 0; i < SAMPLES; i++)
            row16[i] = (uint16_t)random_number(&seed);
        const float weight = (float)random_number(&seed) * 1e-7F;
        plain->add_row8(sums[0], weights[0], row8, weight);
        fast->add_row8(sums[1], weights[1], row8, weight);
        plain->add_row16(sums[0], weights[0], row16, weight);
        fast->add_row16(sums[1], weights[1], row16, weight);
    }

    assert_memory_equal(sums[0], sums[1], sizeof(sums[0]));
    assert_memory_equal(weights[0], weights[1], sizeof(weights[0]));
}

static void cut_patch(spx_patch *patch, uint32_t *state)
{
    memset(patch, 0, sizeof(*patch));
    for (int row = 0; row < SPX_PATCH_SIDE; row++) {
        for (int i = 0; i < 3 * SPX_PATCH_SIDE; i++) {
            const int counts = random_number(state) % 4 != 0;
            patch->mask[row][i] = counts ? UINT8_MAX : 0;
            patch->pixels[row][i] = counts ? (uint8_t)random_number(state) : 0;
        }
    }
}

static void fast_masked_differences_equal_the_plain_ones(void **state)
{
    (void)state;
    const spx_patch_kernels *const fast = fast_or_skip();
    uint8_t from[SAD_STRIDE * SPX_PATCH_SIDE];
    uint32_t random = 11;
    for (int k = 0; k < ROUNDS; k++) {
        spx_patch patch;
        cut_patch(&patch, &random);
        for (size_t i = 0; i < sizeof(from); i++)
            from[i] = (uint8_t)random_number(&random);
        const size_t shift = (size_t)(k % 30);
        const uint32_t most = k % 3 == 0 ? UINT32_MAX : random_number(&random) % 8000;

        const uint32_t expected =
            spx_patch_kernels_plain()->sad(&patch, from + shift, SAD_STRIDE, most);
        const uint32_t made = fast->sad(&patch, from + shift, SAD_STRIDE, most);

        assert_int_equal(made, expected);
    }
}

static void equal_patches_differ_by_nothing(void **state)
{
    (void)state;
    uint8_t from[SAD_STRIDE * SPX_PATCH_SIDE];
    spx_patch patch;
    uint32_t random = 3;
    cut_patch(&patch, &random);
    memset(from, 200, sizeof(from)); /* masked pixels may differ */
    for (int row = 0; row < SPX_PATCH_SIDE; row++) {
        for (int i = 0; i < SPX_PATCH_ROW_REACH; i++) {
            if (patch.mask[row][i] != 0)
                from[row * SAD_STRIDE + i] = patch.pixels[row][i];
        }
    }

    const uint32_t same = spx_patch_kernels_plain()->sad(&patch, from, SAD_STRIDE, UINT32_MAX);

    assert_int_equal(same, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_differences_equal_the_plain_ones),
        cmocka_unit_test(fast_masked_differences_equal_the_plain_ones),
        cmocka_unit_test(equal_patches_differ_by_nothing),
        cmocka_unit_test(a_difference_is_the_sum_of_squares),
        cmocka_unit_test(fast_votes_equal_the_plain_ones_bit_for_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

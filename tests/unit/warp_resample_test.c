#include "test_support.h"

#include "base/cpu.h"
#include "warp/resample.h"

#include <string.h>

enum { PIXELS = 300, CODES = 1001, SLACK = 16 };

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static void weights_of_every_phase_add_up_to_one(void **state)
{
    (void)state;
    spx_resample_table table;

    spx_resample_table_init(&table);

    for (int row = 0; row < SPX_RESAMPLE_ROWS; row++) {
        int sum = 0;
        for (int k = 0; k < SPX_RESAMPLE_TAPS; k++)
            sum += table.weights[row][k];
        assert_int_equal(sum, SPX_RESAMPLE_ONE);
    }
    assert_int_equal(table.weights[0][1], SPX_RESAMPLE_ONE);
    assert_int_equal(table.weights[SPX_RESAMPLE_PHASES][1], SPX_RESAMPLE_ONE);
}

static void kernels_agree_bit_for_bit(void **state)
{
    (void)state;
    spx_resample_table table;
    spx_resample_table_init(&table);
    static uint8_t from[3 * PIXELS + SLACK];
    static uint32_t codes[CODES];
    static uint8_t expected[3 * CODES + 1];
    static uint8_t made[3 * CODES + 1];
    uint32_t random = 5;
    for (size_t i = 0; i < sizeof(from); i++) /* extremes too: the curve overshoots there */
        from[i] = (uint8_t)(i < 450 ? next_random(&random) : (next_random(&random) & 1) * 255);
    for (size_t i = 0; i < CODES; i++)
        codes[i] = (1 + next_random(&random) % (PIXELS - 4)) * SPX_RESAMPLE_ROWS +
                   next_random(&random) % SPX_RESAMPLE_ROWS;
    for (size_t count = 0; count <= CODES; count += count < 9 ? 1 : 496) {
        memset(expected, 77, sizeof(expected));
        memset(made, 77, sizeof(made));

        spx_resample8_c(expected, from, codes, count, &table);
        spx_resample8(spx_cpu_flags())(made, from, codes, count, &table);

        assert_memory_equal(made, expected, sizeof(made)); /* not a byte behind the last either */
    }
}

static void sixteen_bits_follow_eight(void **state)
{
    (void)state;
    spx_resample_table table;
    spx_resample_table_init(&table);
    uint8_t from8[3 * PIXELS + SLACK];
    uint16_t from16[3 * PIXELS + SLACK];
    uint32_t random = 9;
    for (size_t i = 0; i < sizeof(from8); i++) {
        from8[i] = (uint8_t)next_random(&random);
        from16[i] = (uint16_t)(from8[i] * 257);
    }
    for (uint32_t row = 0; row < SPX_RESAMPLE_ROWS; row++) {
        const uint32_t code = (1 + row % (PIXELS - 4)) * SPX_RESAMPLE_ROWS + row;
        uint8_t to8[3];
        uint16_t to16[3];

        spx_resample8_c(to8, from8, &code, 1, &table);
        spx_resample16(to16, from16, &code, 1, &table);

        for (int c = 0; c < 3; c++)
            assert_in_range(to16[c] + 129, to8[c] * 257, to8[c] * 257 + 258);
    }
}

/* Every phase of a surface's samples. pixels: four, alike in all channels. */
static void sample_all(const uint8_t pixels[SPX_RESAMPLE_TAPS], uint8_t out[SPX_RESAMPLE_PHASES])
{
    spx_resample_table table;
    uint8_t from[3 * SPX_RESAMPLE_TAPS + SLACK] = { 0 };
    spx_resample_table_init(&table);
    for (size_t i = 0; i < 3 * (size_t)SPX_RESAMPLE_TAPS; i++)
        from[i] = pixels[i / 3];
    for (uint32_t phase = 0; phase < SPX_RESAMPLE_PHASES; phase++) {
        const uint32_t code = SPX_RESAMPLE_ROWS + phase;
        uint8_t to[3];
        spx_resample8_c(to, from, &code, 1, &table);
        out[phase] = to[0];
    }
}

static void slopes_stay_and_steps_overshoot_little(void **state)
{
    (void)state;
    static const uint8_t slope[SPX_RESAMPLE_TAPS] = { 40, 80, 120, 160 };
    static const uint8_t step[SPX_RESAMPLE_TAPS] = { 50, 50, 50, 250 };
    uint8_t out[SPX_RESAMPLE_PHASES];

    sample_all(slope, out);
    for (uint32_t phase = 0; phase < SPX_RESAMPLE_PHASES; phase++)
        assert_int_equal(out[phase], (80 * SPX_RESAMPLE_PHASES + 40 * phase + 128) / 256);

    sample_all(step, out);
    for (uint32_t phase = 0; phase < SPX_RESAMPLE_PHASES; phase++)
        assert_in_range(out[phase], 42, 50);        /* a whole cubic goes down to 35 */
    assert_true(out[SPX_RESAMPLE_PHASES / 2] < 50); /* a line stays */
}

/* From one half of the stripes' pixels to the other, at any phase of the mean. */
static int stripes_left(uint32_t first_row)
{
    spx_resample_table table;
    static const uint8_t from[3 * SPX_RESAMPLE_TAPS + SLACK] = { 0, 0, 0, 200, 200, 200,
                                                                 0, 0, 0, 200, 200, 200 };
    int least = UINT8_MAX;
    int most = 0;
    spx_resample_table_init(&table);
    for (uint32_t phase = 0; phase < SPX_RESAMPLE_PHASES; phase++) {
        const uint32_t code = SPX_RESAMPLE_ROWS + first_row + phase;
        uint8_t to[3];
        spx_resample8_c(to, from, &code, 1, &table);
        least = to[0] < least ? to[0] : least;
        most = to[0] > most ? to[0] : most;
    }
    return most - least;
}

static void the_more_is_squeezed_the_less_of_stripes_is_left(void **state)
{
    (void)state;

    assert_int_equal(spx_resample_squeezed(0.5F), SPX_RESAMPLE_CURVE);
    assert_int_equal(spx_resample_squeezed(1.0F), SPX_RESAMPLE_CURVE);

    int before = stripes_left(SPX_RESAMPLE_CURVE);
    assert_int_equal(before, 200);
    for (int tenths = 11; tenths <= 20; tenths++) {
        const int left = stripes_left(spx_resample_squeezed((float)tenths / 10.0F));
        assert_in_range(left, 0, before);
        before = left;
    }
    /* Means over whole stripes, however much more is squeezed. */
    assert_in_range(stripes_left(spx_resample_squeezed(2.3F)), 0, 2);
    assert_int_equal(spx_resample_squeezed(1e9F), spx_resample_squeezed(2.3F));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_every_phase_add_up_to_one),
        cmocka_unit_test(kernels_agree_bit_for_bit),
        cmocka_unit_test(sixteen_bits_follow_eight),
        cmocka_unit_test(slopes_stay_and_steps_overshoot_little),
        cmocka_unit_test(the_more_is_squeezed_the_less_of_stripes_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "base/cpu.h"
#include "match/match_kernels.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 96, TURNS = 200 };

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void all_tables_give_the_same_numbers(void **state)
{
    (void)state;
    const spx_match_kernels *const fast = spx_match_kernels_choose(spx_cpu_flags());
    const spx_match_kernels *const plain = &spx_match_kernels_c;
    uint32_t seed = 7;
    for (int turn = 0; turn < TURNS; turn++) {
        uint8_t cell[COUNT + 2 * SPX_MATCH_PAD];
        uint64_t words[COUNT];
        uint8_t costs[2][COUNT];
        uint8_t now[2][COUNT];
        uint16_t sums[2][COUNT];
        uint16_t least[2][COUNT];
        uint16_t index[2][COUNT];
        spx_match_best best[2];
        uint8_t before_least = UINT8_MAX;
        memset(cell, SPX_MATCH_PAD_VALUE, sizeof(cell));
        for (int k = 0; k < COUNT; k++) {
            cell[SPX_MATCH_PAD + k] = (uint8_t)(20 + next(&seed) % 140);
            before_least =
                cell[SPX_MATCH_PAD + k] < before_least ? cell[SPX_MATCH_PAD + k] : before_least;
            words[k] = (uint64_t)next(&seed) << 40 ^ (uint64_t)next(&seed) << 20 ^ next(&seed);
            sums[0][k] = sums[1][k] = (uint16_t)(next(&seed) % 1400);
            least[0][k] = least[1][k] = (uint16_t)(next(&seed) % 1400);
            index[0][k] = index[1][k] = (uint16_t)k;
        }
        const uint64_t here = words[turn % COUNT] ^ next(&seed);

        const spx_match_kernels *const tables[2] = { plain, fast };
        uint8_t step_least[2];
        for (int i = 0; i < 2; i++) {
            tables[i]->differ(here, words, COUNT, costs[i]);
            const spx_match_step step = { .cost = costs[i],
                                          .before = cell + SPX_MATCH_PAD,
                                          .least = before_least,
                                          .small = 7,
                                          .large = (uint8_t)(20 + turn % 90) };
            step_least[i] = tables[i]->step(&step, COUNT, now[i], sums[i]);
            tables[i]->best(sums[i], COUNT, &best[i]);
            tables[i]->keep_least(sums[i], COUNT, least[i], index[i]);
        }

        assert_memory_equal(costs[0], costs[1], COUNT);
        assert_memory_equal(now[0], now[1], COUNT);
        assert_memory_equal(sums[0], sums[1], sizeof(sums[0]));
        assert_memory_equal(least[0], least[1], sizeof(least[0]));
        assert_memory_equal(index[0], index[1], sizeof(index[0]));
        assert_int_equal(step_least[0], step_least[1]);
        assert_int_equal(best[0].index, best[1].index);
        assert_int_equal(best[0].cost, best[1].cost);
        assert_int_equal(best[0].second, best[1].second);
    }
}

static void a_path_pays_little_for_one_candidate_and_much_for_more(void **state)
{
    (void)state;
    uint8_t cell[SPX_MATCH_LANES + 2 * SPX_MATCH_PAD];
    uint8_t costs[SPX_MATCH_LANES] = { 0 };
    uint8_t now[SPX_MATCH_LANES];
    uint16_t sums[SPX_MATCH_LANES] = { 0 };
    memset(cell, SPX_MATCH_PAD_VALUE, sizeof(cell));
    memset(cell + SPX_MATCH_PAD, 90, SPX_MATCH_LANES);
    cell[SPX_MATCH_PAD + 10] = 30;
    costs[10] = 4;
    const spx_match_step step = {
        .cost = costs, .before = cell + SPX_MATCH_PAD, .least = 30, .small = 5, .large = 50
    };

    const uint8_t least =
        spx_match_kernels_choose(spx_cpu_flags())->step(&step, SPX_MATCH_LANES, now, sums);

    assert_int_equal(now[10], 4);
    assert_int_equal(now[9], 5);
    assert_int_equal(now[11], 5);
    assert_int_equal(now[12], 50);
    assert_int_equal(now[0], 50);
    assert_int_equal(sums[12], 50);
    assert_int_equal(least, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_tables_give_the_same_numbers),
        cmocka_unit_test(a_path_pays_little_for_one_candidate_and_much_for_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

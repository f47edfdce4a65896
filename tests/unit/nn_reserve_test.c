/* Memory that runs of a network hand on to each other. */
#include "test_support.h"

#include "base/poison.h"
#include "base/pool.h"
#include "nn/reserve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { KB = 1 << 10, MB = 1 << 20 };

static spx_reserve *create(void)
{
    spx_reserve *reserve = NULL;
    assert_int_equal(spx_reserve_create(&reserve, NULL), SPX_OK);
    assert_int_equal(spx_reserve_bytes(reserve), 0);
    return reserve;
}

static uint8_t *take(spx_reserve *reserve, size_t bytes)
{
    uint8_t *const memory = spx_reserve_take(reserve, bytes, 1);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % 64, 0);
    return memory;
}

static void hands_out_what_was_given_back(void **state)
{
    (void)state;
    spx_reserve *const reserve = create();
    uint8_t *const first = take(reserve, 3 * MB);
    uint8_t *const second = take(reserve, 2 * MB);
    uint8_t *const third = take(reserve, MB);
    const size_t bytes = spx_reserve_bytes(reserve);

    spx_reserve_give(reserve, first);
    spx_reserve_give(reserve, second);

    assert_ptr_equal(take(reserve, 5 * MB), first); /* both gaps are one */
    uint8_t *const last = take(reserve, MB);
    assert_true(last > third);
    assert_int_equal(spx_reserve_bytes(reserve), bytes);
    spx_reserve_give(reserve, last);
    spx_reserve_give(reserve, third);
    spx_reserve_give(reserve, first);
    spx_reserve_destroy(reserve);
}

static void gives_no_byte_twice(void **state)
{
    (void)state;
    enum { BLOCKS = 40, TURNS = 2000 };
    spx_reserve *const reserve = create();
    uint8_t *blocks[BLOCKS] = { NULL };
    size_t sizes[BLOCKS] = { 0 };
    uint32_t seed = 1;
    for (int turn = 0; turn < TURNS; turn++) {
        seed = seed * 1664525U + 1013904223U;
        const size_t at = (seed >> 8) % BLOCKS;
        for (size_t i = 0; i < sizes[at]; i++)
            assert_int_equal(blocks[at][i], (int)at);
        spx_reserve_give(reserve, blocks[at]);
        sizes[at] = (seed >> 16) % (4 * KB);
        blocks[at] = take(reserve, sizes[at]);
        memset(blocks[at], (int)at, sizes[at]);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        spx_reserve_give(reserve, blocks[i]);
    spx_reserve_destroy(reserve);
}

static void keeps_what_is_in_use_when_trimmed(void **state)
{
    (void)state;
    spx_reserve *const reserve = create();
    uint8_t *const small = take(reserve, KB);
    uint8_t *const large = take(reserve, 100 * (size_t)MB); /* no slab has so much */
    assert_true(spx_reserve_bytes(reserve) > 100 * (size_t)MB);
    memset(small, 7, KB);

    spx_reserve_give(reserve, large);
    spx_reserve_trim(reserve);

    assert_true(spx_reserve_bytes(reserve) < 100 * (size_t)MB);
    assert_int_equal(small[KB - 1], 7);
    spx_reserve_give(reserve, small);
    spx_reserve_trim(reserve);
    assert_int_equal(spx_reserve_bytes(reserve), 0);
    spx_reserve_destroy(reserve);
}

static void zeros_what_others_wrote(void **state)
{
    (void)state;
    spx_reserve *const reserve = create();
    uint8_t *const dirty = take(reserve, KB);
    memset(dirty, 9, KB);
    spx_reserve_give(reserve, dirty);

    uint8_t *const clean = spx_reserve_zeros(reserve, KB / 4, 4);

    assert_ptr_equal(clean, dirty);
    for (size_t i = 0; i < KB; i++)
        assert_int_equal(clean[i], 0);
    spx_reserve_give(reserve, clean);
    spx_reserve_destroy(reserve);
}

static void refuses_what_no_memory_holds(void **state)
{
    (void)state;
    spx_reserve *const reserve = create();

    assert_null(spx_reserve_take(reserve, SIZE_MAX / 4, 8));
    assert_null(spx_reserve_zeros(NULL, SIZE_MAX / 4, 8));

    assert_int_equal(spx_reserve_bytes(reserve), 0);
    spx_reserve_destroy(reserve);
}

static void takes_and_gives(void *context, size_t index)
{
    spx_reserve *const reserve = context;
    uint8_t *const memory = take(reserve, KB + index);
    memset(memory, (int)(index & 0xFF), KB + index);
    for (size_t i = 0; i < KB + index; i++)
        assert_int_equal(memory[i], (int)(index & 0xFF));
    spx_reserve_give(reserve, memory);
}

static void serves_several_threads(void **state)
{
    (void)state;
    enum { THREADS = 4, TURNS = 500 };
    spx_pool *pool = NULL;
    spx_reserve *const reserve = create();
    assert_int_equal(spx_pool_create(&pool, THREADS, NULL), SPX_OK);

    spx_pool_run(pool, TURNS, takes_and_gives, reserve);

    spx_reserve_trim(reserve);
    assert_int_equal(spx_reserve_bytes(reserve), 0);
    spx_pool_destroy(pool);
    spx_reserve_destroy(reserve);
}

/* The sanitizer finds what a run touches beyond its memory, or after giving it back. */
static void what_nobody_has_is_poisoned(void **state)
{
    (void)state;
#ifdef SPX_HAS_POISON
    spx_reserve *const reserve = create();
    uint8_t *const memory = take(reserve, KB);
    uint8_t *const next = take(reserve, KB + 1);
    assert_null(__asan_region_is_poisoned(memory, KB));
    assert_null(__asan_region_is_poisoned(next, KB + 1));
    assert_int_not_equal(__asan_address_is_poisoned(memory - 1), 0);
    assert_int_not_equal(__asan_address_is_poisoned(memory + KB), 0);
    spx_reserve_give(reserve, memory);
    assert_int_not_equal(__asan_address_is_poisoned(memory), 0);
    assert_ptr_equal(take(reserve, KB), memory);
    assert_null(__asan_region_is_poisoned(memory, KB));
    spx_reserve_give(reserve, memory);
    spx_reserve_give(reserve, next);
    spx_reserve_destroy(reserve);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_what_was_given_back),
        cmocka_unit_test(gives_no_byte_twice),
        cmocka_unit_test(keeps_what_is_in_use_when_trimmed),
        cmocka_unit_test(zeros_what_others_wrote),
        cmocka_unit_test(refuses_what_no_memory_holds),
        cmocka_unit_test(serves_several_threads),
        cmocka_unit_test(what_nobody_has_is_poisoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

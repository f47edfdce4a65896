#include "test_support.h"

#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>

enum { TURNS = 1000, CALLERS = 4, NESTED = 8 };

static void count_turn(void *context, size_t index)
{
    atomic_int *const counts = context;
    (void)atomic_fetch_add(&counts[index], 1);
}

static void takes_every_turn_once(void **state)
{
    (void)state;
    spx_pool *pool = NULL;
    static atomic_int counts[TURNS];
    assert_int_equal(spx_pool_create(&pool, 4, NULL), SPX_OK);

    spx_pool_run(pool, TURNS, count_turn, counts);

    for (size_t i = 0; i < TURNS; i++)
        assert_int_equal(counts[i], 1);
    spx_pool_destroy(pool);
}

typedef struct outer {
    spx_pool *pool;
    atomic_int inner[TURNS];
} outer;

static void run_nested(void *context, size_t index)
{
    outer *const self = context;
    (void)index;
    spx_pool_run(self->pool, TURNS, count_turn, self->inner);
}

static void *call_from_thread(void *context)
{
    outer *const self = context;
    spx_pool_run(self->pool, NESTED, run_nested, self);
    return NULL;
}

static void serves_several_callers_and_nested_loops(void **state)
{
    (void)state;
    static outer self;
    assert_int_equal(spx_pool_create(&self.pool, 3, NULL), SPX_OK);
    pthread_t callers[CALLERS];

    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, call_from_thread, &self), 0);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_join(callers[i], NULL), 0);

    for (size_t i = 0; i < TURNS; i++)
        assert_int_equal(self.inner[i], CALLERS * NESTED);
    spx_pool_destroy(self.pool);
}

static void runs_without_a_pool(void **state)
{
    (void)state;
    static atomic_int counts[TURNS];

    spx_pool_run(NULL, TURNS, count_turn, counts);

    assert_int_equal(counts[TURNS - 1], 1);
    assert_int_equal(spx_pool_threads(NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_turn_once),
        cmocka_unit_test(serves_several_callers_and_nested_loops),
        cmocka_unit_test(runs_without_a_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * As much of cmocka as the tests of src/nn use, for processors that this machine has a compiler but
 * no packages for. A failure ends the program.
 */
#ifndef SPX_CROSS_CMOCKA_H
#define SPX_CROSS_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
#function, function                                                                        \
    }
#define cmocka_run_group_tests(tests, set_up, tear_down)                                           \
    cross_run(tests, sizeof(tests) / sizeof((tests)[0]))
#define fail_msg(...)                                                                              \
    (fprintf(stderr, "%s:%d: ", __FILE__, __LINE__), fprintf(stderr, __VA_ARGS__),                 \
     fputc('\n', stderr), exit(1))
#define assert_true(condition) ((condition) ? (void)0 : (void)fail_msg("%s", #condition))
#define assert_int_equal(a, b) assert_true((long long)(a) == (long long)(b))
#define assert_memory_equal(a, b, size) assert_true(memcmp(a, b, size) == 0)
#define assert_non_null(pointer) assert_true((pointer) != NULL)

static inline int cross_run(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state = NULL;
        tests[i].run(&state);
        printf("ok: %s\n", tests[i].name);
    }
    return 0;
}

#endif

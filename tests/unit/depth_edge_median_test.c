#include "test_support.h"

#include "base/cpu.h"
#include "depth/edge_median.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 150, STRIDE = WIDTH + 2 * SPX_EDGE_RADIUS + SPX_EDGE_LANES, LEFT_COLOUR = 40 };

typedef struct field {
    float planes[SPX_EDGE_PLANES][SPX_EDGE_WINDOW * STRIDE];
    float gate[WIDTH];
    spx_edge_source source;
} field;

static float some(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return (float)(*state >> 8) / 16777216.0f;
}

/** Depth and colours change at the same column or, by `off` columns, not; grain on all. */
static field *make_field(size_t off)
{
    uint32_t state = 7;
    field *const self = calloc(1, sizeof(*self));
    assert_non_null(self);
    for (size_t i = 0; i < (size_t)SPX_EDGE_WINDOW * STRIDE; i++) {
        const size_t x = i % STRIDE;
        self->planes[0][i] = (x < LEFT_COLOUR + off ? 0.2f : 0.8f) + 0.05f * some(&state);
        self->planes[1][i] = 0.15f + some(&state);
        for (int c = 2; c < SPX_EDGE_PLANES; c++)
            self->planes[c][i] = (x < LEFT_COLOUR ? 0.3f : 0.6f) + 0.02f * some(&state);
    }
    for (size_t x = 0; x < WIDTH; x++)
        self->gate[x] = x % 5 == 3 ? 0.0f : some(&state);
    for (size_t p = 0; p < SPX_EDGE_PLANES; p++)
        self->source.planes[p] = self->planes[p];
    self->source.stride = STRIDE;
    self->source.inverse_variance = 200.0f;
    self->source.quantile = 0.55f;
    spx_edge_source_init(&self->source);
    return self;
}

static void every_processor_gives_the_same_bits(void **state)
{
    (void)state;
    field *const given = make_field(2);
    static const unsigned masks[] = { ~0U, SPX_CPU_AVX2 };
    float plain[WIDTH];
    float fast[WIDTH];

    spx_edge_median_c(&given->source, given->gate, WIDTH, plain);
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        const unsigned flags = spx_cpu_flags() & masks[i];
        spx_edge_median_choose(flags)(&given->source, given->gate, WIDTH, fast);

        assert_memory_equal(plain, fast, sizeof(plain));
    }
    free(given);
}

/* Also when only the last pixels of a row are left over. */
static void rows_of_any_length_are_done_to_their_end(void **state)
{
    (void)state;
    field *const given = make_field(2);
    float whole[WIDTH];
    spx_edge_median_choose(spx_cpu_flags())(&given->source, given->gate, WIDTH, whole);
    for (size_t count = 0; count < 12; count++) {
        float part[WIDTH];
        memset(part, 0, sizeof(part));

        spx_edge_median_choose(spx_cpu_flags())(&given->source, given->gate, count, part);

        assert_memory_equal(part, whole, count * sizeof(*part));
        assert_float_equal(part[count], 0.0f, 0.0f);
    }
    free(given);
}

static void an_edge_moves_to_where_colours_change(void **state)
{
    (void)state;
    field *const given = make_field(2);
    const size_t between = LEFT_COLOUR - SPX_EDGE_RADIUS; /* columns begin at the window's corner */
    float out[WIDTH];
    for (size_t x = 0; x < WIDTH; x++)
        given->gate[x] = 1.0f;

    spx_edge_median_choose(spx_cpu_flags())(&given->source, given->gate, WIDTH, out);

    assert_true(out[between - 1] < 0.3f);
    assert_true(out[between + 1] > 0.7f); /* 0.2 before */
    free(given);
}

static void a_closed_gate_leaves_the_depth_as_it_was(void **state)
{
    (void)state;
    field *const given = make_field(2);
    float out[WIDTH];

    spx_edge_median_choose(spx_cpu_flags())(&given->source, given->gate, WIDTH, out);

    for (size_t x = 3; x < WIDTH; x += 5) {
        assert_float_equal(out[x], given->planes[0][SPX_EDGE_RADIUS * STRIDE + SPX_EDGE_RADIUS + x],
                           0.0f);
    }
    free(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_processor_gives_the_same_bits),
        cmocka_unit_test(rows_of_any_length_are_done_to_their_end),
        cmocka_unit_test(an_edge_moves_to_where_colours_change),
        cmocka_unit_test(a_closed_gate_leaves_the_depth_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

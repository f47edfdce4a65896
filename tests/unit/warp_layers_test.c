#include "test_support.h"

#include "image/image.h"
#include "warp/layers.h"
#include "warp/matte.h"

#include <math.h>
#include <stdlib.h>

enum { WIDTH = 200, HEIGHT = 96, MARGIN = 12, EDGE = 100, SHIFT = 10, NEAR_UNITS = 52428 };
static const float near = 0.8F;
static const float far = 0.2F;
static const float red[] = { 200.0F, 40.0F, 30.0F };
static const float blue[] = { 40.0F, 60.0F, 180.0F };

/* A photo and its depth; everything is blue and far at first. */
typedef struct scene {
    spx_image *photo;
    spx_plane *depth;
} scene;

static void paint(const scene *self, uint32_t x, uint32_t y, float share)
{
    for (size_t c = 0; c < 3; c++) {
        const float colour = blue[c] + share * (red[c] - blue[c]);
        spx_image_row8(self->photo, y)[3 * x + c] =
            (uint8_t)fminf(fmaxf(colour + 0.5F, 0.0F), 255.0F);
    }
}

static scene create_scene(void)
{
    scene self = { NULL, NULL };
    assert_int_equal(spx_image_create(&self.photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&self.depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            paint(&self, x, y, 0.0F);
            spx_plane_row(self.depth, y)[x] = far;
        }
    }
    return self;
}

/* Red from column EDGE on, with an edge that is `blur` wide; near from column `step` on. */
static scene create_edge(float blur, uint32_t step)
{
    const scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const float at = ((float)x + 0.5F - (float)EDGE) / blur + 0.5F;
            paint(&self, x, y, fminf(fmaxf(at, 0.0F), 1.0F));
            spx_plane_row(self.depth, y)[x] = x >= step ? near : far;
        }
    }
    return self;
}

static void destroy_scene(scene *self)
{
    spx_image_unref(self->photo);
    spx_plane_destroy(self->depth);
}

static spx_layers cut(const scene *self, int mirrored, const spx_task *task)
{
    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = SHIFT,
                                         .margin = MARGIN,
                                         .mirrored = mirrored };
    assert_int_equal(spx_layers_init(&layers, self->photo, self->depth, &options, task, NULL),
                     SPX_OK);
    return layers;
}

static size_t at(const spx_layers *layers, uint32_t x, uint32_t y)
{
    return spx_layers_at(layers, y) + layers->margin + x;
}

static void one_surface_hides_nothing(void **state)
{
    (void)state;
    scene self = create_scene();

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < layers.width; x++) {
            const int outside = x < MARGIN || x >= MARGIN + WIDTH;
            assert_int_equal(layers.kind[spx_layers_at(&layers, y) + x],
                             outside ? SPX_LAYER_OUTSIDE : SPX_LAYER_PLAIN);
        }
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void the_far_surface_goes_on_behind_the_near_one_as_far_as_an_eye_sees(void **state)
{
    (void)state;
    scene self = create_edge(1.0F, EDGE);

    spx_layers layers = cut(&self, 0, NULL);

    const uint32_t opening = (uint32_t)((near - far) * SHIFT); /* of one eye */
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < EDGE + opening; x++) {
            assert_int_equal(layers.kind[at(&layers, x, y)], SPX_LAYER_HIDDEN);
            assert_in_range(layers.back[at(&layers, x, y)], 12000, 14500);
        }
        assert_int_equal(layers.kind[at(&layers, EDGE - 3, y)], SPX_LAYER_PLAIN);
        assert_int_equal(layers.kind[at(&layers, EDGE + opening + 6, y)], SPX_LAYER_PLAIN);
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void a_post_of_one_pixel_has_background_behind_all_of_it(void **state)
{
    (void)state;
    scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        paint(&self, EDGE, y, 1.0F);
        spx_plane_row(self.depth, y)[EDGE] = near;
    }

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        assert_in_range(layers.front[at(&layers, EDGE, y)], NEAR_UNITS - 600, NEAR_UNITS + 600);
        assert_int_equal(layers.kind[at(&layers, EDGE, y)], SPX_LAYER_HIDDEN);
        assert_in_range(layers.front[at(&layers, EDGE - 4, y)], 12000, 14500);
        assert_in_range(layers.front[at(&layers, EDGE + 4, y)], 12000, 14500);
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void a_step_beside_the_outline_moves_to_it(void **state)
{
    (void)state;
    static const uint32_t steps[] = { EDGE - 2, EDGE + 2 };
    for (size_t k = 0; k < 2; k++) {
        scene self = create_edge(1.0F, steps[k]);

        spx_layers layers = cut(&self, 0, NULL);

        for (uint32_t y = 0; y < HEIGHT; y++) {
            assert_in_range(layers.front[at(&layers, EDGE - 1, y)], 12000, 14500);
            assert_in_range(layers.front[at(&layers, EDGE, y)], NEAR_UNITS - 600, NEAR_UNITS + 600);
        }
        spx_layers_clear(&layers);
        destroy_scene(&self);
    }
}

/* The outline is four pixels beside the step: an exact map is believed, but for the pixels that
 * touch the step, unless the map itself is soft there. */
static void an_exact_step_stays_where_the_map_puts_it(void **state)
{
    (void)state;
    enum { STEP = EDGE + 4 };
    for (int soft = 0; soft < 2; soft++) {
        scene self = create_edge(1.0F, STEP);
        for (uint32_t y = 0; y < HEIGHT && soft; y++) {
            for (uint32_t i = 0; i < 4; i++) {
                spx_plane_row(self.depth, y)[STEP - 2 + i] =
                    far + (near - far) * (float)(i + 1) / 5.0F;
            }
        }
        const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };
        spx_layers layers = { 0 };
        assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                         SPX_OK);

        /* Red, and far by the map. */
        const uint16_t depth = layers.front[at(&layers, STEP - 3, HEIGHT / 2)];
        if (soft) {
            assert_true(depth > 40000);
        } else {
            assert_true(depth < 20000);
        }
        spx_layers_clear(&layers);
        destroy_scene(&self);
    }
}

/* Steps at once in the upper rows, over eight pixels in the lower ones; colours `off` beside. */
static scene create_mixed_steps(uint32_t off)
{
    enum { SOFT_ROW = 64, HALF = 4 };
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            paint(&self, x, y, x >= EDGE + off ? 1.0F : 0.0F);
            const float share = ((float)x - EDGE + HALF) / (2 * HALF);
            if (y >= SOFT_ROW) {
                spx_plane_row(self.depth, y)[x] =
                    far + (near - far) * fminf(fmaxf(share, 0.0F), 1.0F);
            }
        }
    }
    return self;
}

/* Of the pixels amid the soft steps. */
static int count_kept(const scene *self)
{
    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };
    int kept = 0;
    assert_int_equal(spx_layers_init(&layers, self->photo, self->depth, &options, NULL, NULL),
                     SPX_OK);
    for (uint32_t y = HEIGHT - 16; y < HEIGHT; y++) {
        for (uint32_t x = EDGE - 2; x <= EDGE + 2; x++) {
            const float map = spx_plane_row(self->depth, y)[x] * 65535.0F;
            kept += fabsf((float)layers.front[at(&layers, x, y)] - map) < 2.0F;
        }
    }
    spx_layers_clear(&layers);
    return kept;
}

static void a_map_whose_steps_are_the_photos_is_believed_where_it_is_soft(void **state)
{
    (void)state;
    scene right = create_mixed_steps(0);
    scene beside = create_mixed_steps(3);

    assert_int_equal(count_kept(&right), 16 * 5);
    assert_in_range(count_kept(&beside), 0, 16);

    destroy_scene(&right);
    destroy_scene(&beside);
}

static void a_soft_edge_gets_the_alpha_that_the_photo_has(void **state)
{
    (void)state;
    enum { BLUR = 5 };
    scene self = create_edge(BLUR, EDGE);

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = 4; y < HEIGHT - 4; y++) {
        for (uint32_t x = EDGE - BLUR / 2; x <= EDGE + BLUR / 2 - 1; x++) {
            const double truth = ((double)x + 0.5 - EDGE) / BLUR + 0.5;
            const double alpha = layers.alpha[at(&layers, x, y)] / 255.0;
            assert_true(fabs(alpha - truth) < 0.15);
        }
        assert_int_equal(layers.alpha[at(&layers, EDGE - BLUR - 3, y)], 255);
        assert_int_equal(layers.alpha[at(&layers, EDGE + BLUR + 3, y)], 255);
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void an_edge_out_of_focus_leaves_nothing_of_itself_behind(void **state)
{
    (void)state;
    enum { BLUR = 20 };
    scene self = create_edge(BLUR, EDGE);

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = 24; y < HEIGHT - 24; y++) {
        for (uint32_t x = 0; x < EDGE; x++) {
            if (layers.kind[at(&layers, x, y)] == SPX_LAYER_PLAIN)
                assert_in_range(spx_image_row8(self.photo, y)[(size_t)3 * x], 40, 40 + 20);
        }
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void a_slope_under_a_soft_edge_of_colours_is_no_step(void **state)
{
    (void)state;
    enum { BEGIN = 40, END = 160 };
    scene self = create_edge(30.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const float along = ((float)x - BEGIN) / (END - BEGIN);
            spx_plane_row(self.depth, y)[x] = fminf(fmaxf(along, 0.0F), 1.0F);
        }
    }

    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = 20.0F, .margin = MARGIN };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const float depth = 65535.0F * spx_plane_row(self.depth, y)[x];
            assert_int_equal(layers.kind[at(&layers, x, y)], SPX_LAYER_PLAIN);
            assert_in_range(layers.front[at(&layers, x, y)] + 2 - (int)depth, 0, 4);
        }
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void a_third_surface_between_two_stays_where_it_is(void **state)
{
    (void)state;
    enum { KINDS = 2 };
    static const uint32_t half_widths[KINDS] = { 6, 2 };
    static const uint32_t beside[KINDS] = { 3, 1 }; /* these may be their neighbours' */
    static const float between = 0.5F;
    for (int kind = 0; kind < KINDS; kind++) {
        const uint32_t begin = EDGE - half_widths[kind];
        const uint32_t end = EDGE + half_widths[kind];
        scene self = create_edge(24.0F, end);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = begin; x < end; x++)
                spx_plane_row(self.depth, y)[x] = between;
        }

        spx_layers layers = cut(&self, 0, NULL);

        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = begin + beside[kind]; x < end - beside[kind]; x++) {
                assert_in_range(layers.front[at(&layers, x, y)], 32767 - 2, 32767 + 2);
                assert_int_equal(layers.alpha[at(&layers, x, y)], UINT8_MAX);
            }
        }
        spx_layers_clear(&layers);
        destroy_scene(&self);
    }
}

/* The soft edge of a middle surface before a far one, close above a third that is nearer still, in
 * a map that steps over a few pixels. */
static void a_soft_edge_goes_with_its_own_surface_of_three(void **state)
{
    (void)state;
    enum { TOP = 48, RAMP_PX = 4 };
    static const float steps[] = { 0.05F, 0.3F, 0.95F };
    scene self = create_edge(3.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        const float down = fminf(fmaxf(((float)y - TOP) / RAMP_PX + 0.5F, 0.0F), 1.0F);
        const float top = steps[1] + down * (steps[2] - steps[1]);
        for (uint32_t x = 0; x < WIDTH; x++) {
            const float across = fminf(fmaxf(((float)x - EDGE) / RAMP_PX + 0.5F, 0.0F), 1.0F);
            spx_plane_row(self.depth, y)[x] = steps[0] + across * (top - steps[0]);
        }
    }

    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    int soft = 0;
    int torn = 0;
    for (uint32_t y = TOP - 8; y < TOP - RAMP_PX / 2; y++) {
        for (uint32_t x = EDGE - 4; x < EDGE + 4; x++) {
            if (layers.alpha[at(&layers, x, y)] == UINT8_MAX)
                continue;
            soft++;
            torn += layers.front[at(&layers, x, y)] > 65535 * 0.7;
        }
    }
    assert_in_range(soft, 10, 64);
    assert_int_equal(torn, 0);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* Whether the near surface is whole from column `first` to `last`, the soft edge's share too. */
static int is_whole(const spx_layers *layers, uint32_t y, uint32_t first, uint32_t last)
{
    const uint32_t step = spx_layers_step(layers);
    for (uint32_t x = first; x < last; x++) {
        const uint16_t *const front = layers->front + at(layers, x, y);
        if (!spx_layers_is_one_surface(front[0], front[1], step))
            return 0;
    }
    return 1;
}

/* What is near rises on behind its outline, gently: the outline's soft edge goes with the outline,
 * not with what lies higher further in. */
static void a_wide_edge_is_not_torn_from_a_surface_that_rises(void **state)
{
    (void)state;
    enum { BLUR = 20, RISING_PX = 24 };
    static const float outline = 0.45F;
    scene self = create_edge(BLUR, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < WIDTH; x++) {
            const float inwards = fminf((float)(x - EDGE) / RISING_PX, 1.0F);
            spx_plane_row(self.depth, y)[x] = outline + inwards * (near - outline);
        }
    }

    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = 2 * SHIFT, .margin = MARGIN };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    for (uint32_t y = 24; y < HEIGHT - 24; y++) {
        uint32_t first = EDGE;
        while (layers.alpha[at(&layers, first - 1, y)] != UINT8_MAX)
            first--;
        assert_true(first < EDGE - BLUR / 4);
        assert_true(is_whole(&layers, y, first, EDGE + RISING_PX));
    }
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* A flat third thing goes over into the near surface in a slope, and is narrow enough to be taken
 * for its edge in some rows. */
static void a_slope_up_from_a_third_surface_is_not_torn(void **state)
{
    (void)state;
    enum { FLAT = 4, SLOPE = 6 };
    scene self = create_edge(2.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < WIDTH; x++) {
            const uint32_t flat = FLAT + y % 4 / 2;
            const float up = x < EDGE + flat ? 0.0F : (float)(x - EDGE - flat) / SLOPE;
            spx_plane_row(self.depth, y)[x] = 0.6F + fminf(up, 1.0F) * (near - 0.6F);
        }
    }

    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = 2 * SHIFT, .margin = MARGIN };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    for (uint32_t y = 8; y < HEIGHT - 8; y++)
        assert_true(is_whole(&layers, y, EDGE, EDGE + FLAT + 2 + SLOPE));
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

enum { RIM_PX = 3 };

/* Three columns beside the outline are greener than anything the far surface has. */
static spx_layers cut_with_rim(int exact)
{
    enum { GREENER = 36 };
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE - RIM_PX; x < EDGE; x++)
            spx_image_row8(self.photo, y)[(size_t)3 * x + 1] += GREENER;
    }
    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = exact };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);
    destroy_scene(&self);
    return layers;
}

static void a_rim_of_foreign_colour_goes_with_its_outline(void **state)
{
    (void)state;

    spx_layers layers = cut_with_rim(0);

    for (uint32_t y = 8; y < HEIGHT - 8; y++) {
        for (uint32_t x = EDGE - RIM_PX; x < EDGE; x++) {
            assert_int_equal(layers.kind[at(&layers, x, y)], SPX_LAYER_HIDDEN);
            assert_in_range(layers.front[at(&layers, x, y)], NEAR_UNITS - 600, NEAR_UNITS + 600);
            assert_in_range(layers.back[at(&layers, x, y)], 12000, 14500);
        }
        assert_int_equal(layers.kind[at(&layers, EDGE - RIM_PX - 1, y)], SPX_LAYER_PLAIN);
    }
    spx_layers_clear(&layers);
}

static void an_exact_map_keeps_the_rim_where_it_puts_it(void **state)
{
    (void)state;

    spx_layers layers = cut_with_rim(1);

    for (uint32_t y = 8; y < HEIGHT - 8; y++) {
        for (uint32_t x = EDGE - RIM_PX; x < EDGE; x++)
            assert_int_equal(layers.kind[at(&layers, x, y)], SPX_LAYER_PLAIN);
    }
    spx_layers_clear(&layers);
}

/* A spike stands on a red wall, 15 rows high and 8 columns wide at its foot; the map has the wall
 * alone. At `loose` lies a red spot of the same size, which nothing joins to the wall. */
static scene create_spike(uint32_t loose)
{
    enum { TOP = 45, SPIKE = 15, HALF = 4 };
    const scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int high = y >= TOP - SPIKE && y < TOP;
            const uint32_t half = high ? 1 + HALF * (y - (TOP - SPIKE)) / SPIKE : 0;
            const int spike = x + half >= EDGE && x < EDGE + half;
            const int spot = loose != 0 && x + half >= loose && x < loose + half && y < TOP - 3;
            paint(&self, x, y, y >= TOP || (high && (spike || spot)) ? 1.0F : 0.0F);
            spx_plane_row(self.depth, y)[x] = y >= TOP ? near : far;
        }
    }
    return self;
}

static void a_tip_that_the_map_cuts_off_goes_with_its_thing(void **state)
{
    (void)state;
    enum { FIRST = 34, LAST = 44, LOOSE = 40, SLACK = 600 };
    scene self = create_spike(LOOSE);

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = FIRST; y <= LAST; y++) {
        assert_in_range(layers.front[at(&layers, EDGE, y)], NEAR_UNITS - SLACK, NEAR_UNITS + SLACK);
        assert_in_range(layers.front[at(&layers, EDGE - 20, y)], 0, NEAR_UNITS / 2);
        assert_in_range(layers.front[at(&layers, EDGE + 20, y)], 0, NEAR_UNITS / 2);
    }
    for (uint32_t y = FIRST; y <= LAST - 6; y++)
        assert_in_range(layers.front[at(&layers, LOOSE, y)], 0, NEAR_UNITS / 2);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void an_exact_map_is_not_lengthened(void **state)
{
    (void)state;
    scene self = create_spike(0);
    spx_layers layers = { 0 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };

    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    for (uint32_t y = 30; y < 44; y++)
        assert_in_range(layers.front[at(&layers, EDGE, y)], 0, NEAR_UNITS / 2);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* From near to far in a slope that is nowhere a step, first steeper and then less so, and then a
 * step where the colours change: each pixel by itself may take the slope's top or its own depth. */
static void an_edge_over_a_slope_of_the_map_is_not_torn(void **state)
{
    (void)state;
    enum { TOP = EDGE + 9, STEEP_PX = 3 };
    static const float steep = 0.6F / SHIFT; /* depth for each pixel */
    static const float gentle = 0.4F / SHIFT;
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < WIDTH; x++) {
            const float down = x < TOP ? (float)(TOP - x) : 0.0F;
            const float first = fminf(down, STEEP_PX);
            /* A little otherwise in every row. */
            const float by = first * steep + (down - first) * gentle + (float)(y % 3) * 0.002F;
            spx_plane_row(self.depth, y)[x] = near - by;
        }
    }

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t y = 8; y < HEIGHT - 8; y++)
        assert_true(is_whole(&layers, y, EDGE, TOP + 1));
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* Of an edge in column EDGE, one column wide. */
static void assert_halo_goes_with_its_edge(const scene *self)
{
    spx_layers layers = cut(self, 0, NULL);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        const size_t halo = at(&layers, EDGE - 1, y);
        assert_int_equal(layers.kind[halo], SPX_LAYER_HIDDEN);
        assert_in_range(layers.front[halo], NEAR_UNITS - 600, NEAR_UNITS + 600);
        assert_in_range(layers.alpha[halo], 20, 140);
    }
    spx_layers_clear(&layers);
}

static void the_halo_of_sharpening_goes_with_its_edge(void **state)
{
    (void)state;
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++)
        paint(&self, EDGE - 1, y, -0.2F);

    assert_halo_goes_with_its_edge(&self);

    destroy_scene(&self);
}

/* A rail has a light side and a dark one: what is a mixture of both surfaces cannot be told from
 * the near one's colours then, but what lies beyond the far one's can. */
static void the_halo_goes_with_an_edge_of_many_colours_too(void **state)
{
    (void)state;
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < WIDTH; x++)
            paint(&self, x, y, (x - EDGE) / 2 % 2 == 0 ? 1.0F : 0.2F);
        paint(&self, EDGE - 1, y, -0.2F);
    }

    assert_halo_goes_with_its_edge(&self);

    destroy_scene(&self);
}

/* Two rows of a near thing before a middle one, so close to its edge that the middle one hides the
 * far ground in the rows above and below. */
static void what_is_hidden_is_of_the_surface_around_it(void **state)
{
    (void)state;
    enum { ROW = 40, ROWS = 2, FIRST = EDGE + 2, THICK = 3 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };
    const float middle = 0.5F;
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE; x < WIDTH; x++) {
            const int is_near = y >= ROW && y < ROW + ROWS && x >= FIRST && x < FIRST + THICK;
            paint(&self, x, y, is_near ? 1.0F : 0.5F);
            spx_plane_row(self.depth, y)[x] = is_near ? near : middle;
        }
    }

    spx_layers layers = { 0 };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    const size_t behind = at(&layers, FIRST + THICK / 2, ROW);
    const size_t above = at(&layers, FIRST, ROW - 2);
    assert_int_equal(layers.kind[behind], SPX_LAYER_HIDDEN);
    assert_int_equal(layers.kind[above], SPX_LAYER_HIDDEN);
    assert_float_equal((float)layers.back[behind] / (float)UINT16_MAX, middle, 0.02F);
    assert_float_equal((float)layers.back[above] / (float)UINT16_MAX, far, 0.02F);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* Two rows of a near thing before the border of a middle one and the far ground, most of it before
 * the middle one. */
static void a_border_goes_straight_on_behind_a_thing(void **state)
{
    (void)state;
    enum { ROW = 40, ROWS = 2, FIRST = EDGE - 2, THICK = 10 };
    const spx_layers_options options = { .shift_px = SHIFT, .margin = MARGIN, .exact = 1 };
    const float middle = 0.6F;
    scene self = create_edge(1.0F, EDGE);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = EDGE - THICK; x < WIDTH; x++) {
            const int is_near = y >= ROW && y < ROW + ROWS && x >= FIRST && x < FIRST + THICK;
            const int is_far = x < EDGE;
            paint(&self, x, y, is_near ? 1.0F : (is_far ? 0.0F : 0.5F));
            spx_plane_row(self.depth, y)[x] = is_near ? near : (is_far ? far : middle);
        }
    }

    spx_layers layers = { 0 };
    assert_int_equal(spx_layers_init(&layers, self.photo, self.depth, &options, NULL, NULL),
                     SPX_OK);

    const size_t before = at(&layers, EDGE - 1, ROW);
    const size_t behind = at(&layers, EDGE + 4, ROW); /* as far as one sees from the right */
    assert_int_equal(layers.kind[behind], SPX_LAYER_HIDDEN);
    assert_float_equal((float)layers.back[before] / (float)UINT16_MAX, far, 0.02F);
    assert_float_equal((float)layers.back[behind] / (float)UINT16_MAX, middle, 0.02F);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* A soft pixel that is held down to the surface behind it keeps no soft edge: it would show a
 * third surface, the one that is found behind both. One above what is behind it does. */
static void what_is_held_to_the_surface_behind_it_is_opaque(void **state)
{
    (void)state;
    enum { HELD, ABOVE, COUNT };
    uint16_t front[COUNT] = { NEAR_UNITS / 2 + 1, NEAR_UNITS };
    uint16_t back[COUNT] = { NEAR_UNITS / 2, NEAR_UNITS / 2 };
    uint8_t kind[COUNT] = { SPX_LAYER_HIDDEN, SPX_LAYER_HIDDEN };
    uint8_t alpha[COUNT] = { 3, 3 };
    const spx_layers layers = { .width = COUNT,
                                .height = 1,
                                .px_per_unit = (float)SHIFT / (float)UINT16_MAX,
                                .front = front,
                                .back = back,
                                .kind = kind,
                                .alpha = alpha };
    const spx_matte_source source = { .depth = front };

    spx_matte_join_held(&layers, &source, 0, 1);

    assert_int_equal(alpha[HELD], UINT8_MAX);
    assert_int_equal(kind[HELD], SPX_LAYER_PLAIN);
    assert_int_equal(alpha[ABOVE], 3);
    assert_int_equal(kind[ABOVE], SPX_LAYER_HIDDEN);
}

static void a_stray_pixel_beside_a_step_stays_with_its_neighbours(void **state)
{
    (void)state;
    scene self = create_edge(1.0F, EDGE);
    spx_plane_row(self.depth, 50)[EDGE + 5] = far;

    spx_layers layers = cut(&self, 0, NULL);

    assert_in_range(layers.front[at(&layers, EDGE + 5, 50)], NEAR_UNITS - 600, NEAR_UNITS + 600);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

static void what_is_not_a_number_is_far(void **state)
{
    (void)state;
    scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(self.depth, y)[x] = NAN;
    }

    spx_layers layers = cut(&self, 0, NULL);

    for (uint32_t x = 0; x < layers.width; x++)
        assert_int_equal(layers.front[spx_layers_at(&layers, 10) + x], 0);
    spx_layers_clear(&layers);
    destroy_scene(&self);
}

/* A ragged edge, so that nothing is the same in every row. */
static scene create_ragged(void)
{
    const scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const float edge = 90.0F + 15.0F * sinf((float)y * 0.2F);
            const float share = fminf(fmaxf(((float)x - edge) / 3.0F, 0.0F), 1.0F);
            paint(&self, x, y, share + 0.05F * sinf((float)(x * 7 + y * 13)));
            spx_plane_row(self.depth, y)[x] = (float)x > edge + 3.0F ? near : far;
        }
    }
    return self;
}

static void assert_same(const spx_layers *one, const spx_layers *other)
{
    const size_t pixels = (size_t)one->width * one->height;
    assert_memory_equal(one->front, other->front, pixels * sizeof(*one->front));
    assert_memory_equal(one->alpha, other->alpha, pixels);
    assert_memory_equal(one->kind, other->kind, pixels);
    assert_memory_equal(one->back, other->back, pixels * sizeof(*one->back));
}

static void the_number_of_threads_changes_nothing(void **state)
{
    (void)state;
    scene self = create_ragged();
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    const spx_task task = { .pool = pool };

    spx_layers alone = cut(&self, 0, NULL);
    spx_layers shared = cut(&self, 0, &task);

    assert_same(&alone, &shared);
    spx_layers_clear(&alone);
    spx_layers_clear(&shared);
    spx_pool_destroy(pool);
    destroy_scene(&self);
}

static void a_mirrored_canvas_of_the_mirrored_photo_is_the_same(void **state)
{
    (void)state;
    scene self = create_ragged();
    scene flipped = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const uint32_t from = WIDTH - 1 - x;
            for (size_t c = 0; c < 3; c++) {
                spx_image_row8(flipped.photo, y)[3 * x + c] =
                    spx_image_row8(self.photo, y)[3 * from + c];
            }
            spx_plane_row(flipped.depth, y)[x] = spx_plane_row(self.depth, y)[from];
        }
    }

    spx_layers one = cut(&self, 0, NULL);
    spx_layers other = cut(&flipped, 1, NULL);

    assert_same(&one, &other);
    spx_layers_clear(&one);
    spx_layers_clear(&other);
    destroy_scene(&flipped);
    destroy_scene(&self);
}

/* The same colours in 16 bits. */
static void widen(scene *self)
{
    enum { LEVELS = 257 };
    spx_image *wide = NULL;
    assert_int_equal(spx_image_create(&wide, WIDTH, HEIGHT, 16, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (int c = 0; c < 3; c++) {
                const uint32_t value = spx_image_sample(self->photo, x, y, c);
                spx_image_set_sample(wide, x, y, c, LEVELS * value);
            }
        }
    }
    spx_image_unref(self->photo);
    self->photo = wide;
}

static void sixteen_bits_are_cut_as_eight_are(void **state)
{
    (void)state;
    scene scenes[] = { create_ragged(), create_spike(40) };
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        spx_layers one = cut(&scenes[i], 0, NULL);
        widen(&scenes[i]);
        spx_layers other = cut(&scenes[i], 0, NULL);

        assert_same(&one, &other);
        spx_layers_clear(&one);
        spx_layers_clear(&other);
        destroy_scene(&scenes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_surface_hides_nothing),
        cmocka_unit_test(the_far_surface_goes_on_behind_the_near_one_as_far_as_an_eye_sees),
        cmocka_unit_test(a_post_of_one_pixel_has_background_behind_all_of_it),
        cmocka_unit_test(a_step_beside_the_outline_moves_to_it),
        cmocka_unit_test(an_exact_step_stays_where_the_map_puts_it),
        cmocka_unit_test(a_map_whose_steps_are_the_photos_is_believed_where_it_is_soft),
        cmocka_unit_test(a_soft_edge_gets_the_alpha_that_the_photo_has),
        cmocka_unit_test(an_edge_out_of_focus_leaves_nothing_of_itself_behind),
        cmocka_unit_test(a_slope_under_a_soft_edge_of_colours_is_no_step),
        cmocka_unit_test(a_third_surface_between_two_stays_where_it_is),
        cmocka_unit_test(a_soft_edge_goes_with_its_own_surface_of_three),
        cmocka_unit_test(a_wide_edge_is_not_torn_from_a_surface_that_rises),
        cmocka_unit_test(a_slope_up_from_a_third_surface_is_not_torn),
        cmocka_unit_test(a_rim_of_foreign_colour_goes_with_its_outline),
        cmocka_unit_test(an_exact_map_keeps_the_rim_where_it_puts_it),
        cmocka_unit_test(a_tip_that_the_map_cuts_off_goes_with_its_thing),
        cmocka_unit_test(an_exact_map_is_not_lengthened),
        cmocka_unit_test(an_edge_over_a_slope_of_the_map_is_not_torn),
        cmocka_unit_test(the_halo_of_sharpening_goes_with_its_edge),
        cmocka_unit_test(the_halo_goes_with_an_edge_of_many_colours_too),
        cmocka_unit_test(what_is_hidden_is_of_the_surface_around_it),
        cmocka_unit_test(a_border_goes_straight_on_behind_a_thing),
        cmocka_unit_test(what_is_held_to_the_surface_behind_it_is_opaque),
        cmocka_unit_test(a_stray_pixel_beside_a_step_stays_with_its_neighbours),
        cmocka_unit_test(what_is_not_a_number_is_far),
        cmocka_unit_test(the_number_of_threads_changes_nothing),
        cmocka_unit_test(a_mirrored_canvas_of_the_mirrored_photo_is_the_same),
        cmocka_unit_test(sixteen_bits_are_cut_as_eight_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "test_support.h"

#include "image/image.h"
#include "scene/mesh.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 200, HEIGHT = 120, LEFT = 70, TOP = 40, RIGHT = 130, BOTTOM = 84, MARGIN = 4 };

/* A red square at depth 0.9 before blue at 0.2. */
static spx_sheets create_sheets(int with_square)
{
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    spx_scene scene;
    spx_sheets sheets;
    const spx_scene_options options = { .shift_px = 8.0F, .margin = MARGIN, .upright = 1 };
    assert_int_equal(spx_image_create(&photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int near = with_square && x >= LEFT && x < RIGHT && y >= TOP && y < BOTTOM;
            spx_image_set_sample(photo, x, y, 0, near ? 220 : 30);
            spx_image_set_sample(photo, x, y, 1, 30);
            spx_image_set_sample(photo, x, y, 2, near ? 30 : 200);
            spx_plane_row(depth, y)[x] = near ? 0.9F : 0.2F;
        }
    }
    assert_int_equal(spx_scene_init(&scene, photo, depth, &options, NULL, NULL), SPX_OK);
    assert_int_equal(spx_sheets_init(&sheets, &scene, NULL), SPX_OK);
    spx_scene_clear(&scene);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
    return sheets;
}

static uint8_t fore_alpha(const spx_sheets *sheets, uint32_t x, uint32_t y)
{
    return sheets->fore[4 * ((size_t)y * sheets->width + x + MARGIN) + 3];
}

static uint32_t ground_depth(const spx_sheets *sheets, uint32_t x, uint32_t y)
{
    return sheets->ground_depth[(size_t)y * sheets->width + x + MARGIN];
}

static void the_ground_goes_on_behind_all_four_sides_of_a_thing(void **state)
{
    (void)state;
    spx_sheets sheets = create_sheets(1);
    static const uint32_t inside[][2] = {
        { LEFT + 2, 60 }, { RIGHT - 3, 60 }, { 100, TOP + 2 }, { 100, BOTTOM - 3 }
    };
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        const uint32_t x = inside[i][0];
        const uint32_t y = inside[i][1];
        const uint32_t red = spx_image_sample(sheets.ground, x + MARGIN, y, 0);
        const uint32_t blue = spx_image_sample(sheets.ground, x + MARGIN, y, 2);

        assert_true(fore_alpha(&sheets, x, y) == UINT8_MAX);
        assert_true(ground_depth(&sheets, x, y) < 20000);
        assert_true(blue > red);
    }
    assert_int_equal(fore_alpha(&sheets, 20, 20), 0);
    /* Far from its edges a thing is ground itself. */
    assert_int_equal(fore_alpha(&sheets, 100, 62), 0);
    assert_true(ground_depth(&sheets, 100, 62) > 50000);
    spx_sheets_clear(&sheets);
}

static uint32_t range_of(const spx_mesh *mesh, size_t triangle)
{
    uint32_t low = UINT32_MAX;
    uint32_t high = 0;
    for (size_t k = 0; k < 3; k++) {
        const uint32_t depth = mesh->vertices[mesh->indices[3 * triangle + k]].depth;
        low = depth < low ? depth : low;
        high = depth > high ? depth : high;
    }
    return high - low;
}

static int64_t double_area(const spx_mesh *mesh, size_t triangle)
{
    const spx_mesh_vertex *const a = &mesh->vertices[mesh->indices[3 * triangle]];
    const spx_mesh_vertex *const b = &mesh->vertices[mesh->indices[3 * triangle + 1]];
    const spx_mesh_vertex *const c = &mesh->vertices[mesh->indices[3 * triangle + 2]];
    return ((int64_t)b->x - a->x) * ((int64_t)c->y - a->y) -
           ((int64_t)b->y - a->y) * ((int64_t)c->x - a->x);
}

static void no_triangle_reaches_from_one_thing_to_another(void **state)
{
    (void)state;
    spx_sheets sheets = create_sheets(1);
    spx_mesh meshes[2];
    assert_int_equal(spx_mesh_ground(&meshes[0], &sheets, NULL), SPX_OK);
    assert_int_equal(spx_mesh_fore(&meshes[1], &sheets, NULL), SPX_OK);
    for (int m = 0; m < 2; m++) {
        int64_t area = 0;
        uint64_t before = 0;
        assert_true(meshes[m].index_count > 0 && meshes[m].index_count % 3 == 0);
        for (size_t i = 0; i < meshes[m].index_count / 3; i++) {
            uint64_t depth = 0;
            assert_true(range_of(&meshes[m], i) <= 4 * sheets.step);
            assert_true(double_area(&meshes[m], i) < 0); /* anticlockwise, rows go down */
            area -= double_area(&meshes[m], i);
            for (size_t k = 0; k < 3; k++)
                depth += meshes[m].vertices[meshes[m].indices[3 * i + k]].depth;
            assert_true(m == 0 || depth >= before); /* the fore comes from far to near */
            before = depth;
        }
        /* The ground has no hole: cells at cuts count twice, nothing is missing. */
        assert_true(m == 1 || area >= 2 * (int64_t)(sheets.width - 1) * (sheets.height - 1));
    }
    spx_mesh_clear(&meshes[0]);
    spx_mesh_clear(&meshes[1]);
    spx_sheets_clear(&sheets);
}

static void what_is_flat_is_few_triangles(void **state)
{
    (void)state;
    spx_sheets sheets = create_sheets(0);
    spx_mesh ground;
    spx_mesh fore;
    assert_int_equal(spx_mesh_ground(&ground, &sheets, NULL), SPX_OK);
    assert_int_equal(spx_mesh_fore(&fore, &sheets, NULL), SPX_OK);

    int64_t area = 0;
    for (size_t i = 0; i < ground.index_count / 3; i++)
        area -= double_area(&ground, i);

    assert_int_equal(area, 2 * (int64_t)(sheets.width - 1) * (sheets.height - 1));
    assert_int_equal(sheets.cell_px, 1);        /* small photos have fine nets */
    assert_true(ground.index_count / 3 < 5000); /* a tenth of what single cells have */
    assert_int_equal(fore.index_count, 0);
    spx_mesh_clear(&ground);
    spx_mesh_clear(&fore);
    spx_sheets_clear(&sheets);
}

/* Two things in one cell: neither shows the other's pixels. */
static void a_cell_of_two_things_is_cut_between_their_pixels(void **state)
{
    (void)state;
    enum { SIDE = 9, CELL = 4, FIRST_FAR = 6, FORE_NEAR = 60000, FORE_FAR = 20000 };
    uint8_t fore[SIDE * SIDE * 4];
    uint16_t depth[SIDE * SIDE];
    spx_mesh mesh;
    const spx_sheets sheets = { .width = SIDE,
                                .height = SIDE,
                                .step = 500,
                                .cell_px = CELL,
                                .fore = fore,
                                .fore_depth = depth };
    memset(fore, UINT8_MAX, sizeof(fore));
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        depth[i] = i % SIDE < FIRST_FAR ? FORE_NEAR : FORE_FAR;

    assert_int_equal(spx_mesh_fore(&mesh, &sheets, NULL), SPX_OK);

    for (size_t i = 0; i < mesh.vertex_count; i++) {
        const spx_mesh_vertex *const at = &mesh.vertices[i];
        assert_true(at->depth == FORE_NEAR ? at->x <= FIRST_FAR : at->x + 1 >= FIRST_FAR);
    }
    int64_t area = 0;
    for (size_t i = 0; i < mesh.index_count / 3; i++)
        area -= double_area(&mesh, i);
    /* One column lies in both. */
    assert_int_equal(area, 2 * (SIDE - 1) * (SIDE - 1 + 1));
    spx_mesh_clear(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ground_goes_on_behind_all_four_sides_of_a_thing),
        cmocka_unit_test(no_triangle_reaches_from_one_thing_to_another),
        cmocka_unit_test(what_is_flat_is_few_triangles),
        cmocka_unit_test(a_cell_of_two_things_is_cut_between_their_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

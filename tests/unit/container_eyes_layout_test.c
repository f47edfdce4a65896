#include "container/eyes_layout.h"
#include "container/jps.h"
#include "container/mpo.h"
#include "container/stereo_camera.h"
#include "test_files.h"
#include "test_support.h"

#include <string.h>

static void names_say_how_the_eyes_lie(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        spx_eyes_layout layout;
    } cases[] = {
        { "a_LRF_Full_SBS.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 0 } },
        { "dir/moto_sbs.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 0 } },
        { "a_HSBS.png", { SPX_EYES_BESIDE, SPX_EYES_HALF, 0 } },
        { "a_LR.jpg", { SPX_EYES_BESIDE, SPX_EYES_UNKNOWN, 0 } },
        { "a_RLF_cross.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 1 } },
        { "a-rl.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 1 } },
        { "a-lrq.jpg", { SPX_EYES_BESIDE, SPX_EYES_HALF, 0 } },
        { "leia_2x1.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 0 } },
        { "GOPR0.left-right.jpg", { SPX_EYES_BESIDE, SPX_EYES_FULL, 0 } },
        { "a_TBF_fulltb.jpg", { SPX_EYES_ABOVE, SPX_EYES_FULL, 0 } },
        { "a_TB.jpg", { SPX_EYES_ABOVE, SPX_EYES_UNKNOWN, 0 } },
        { "a-abq.jpg", { SPX_EYES_ABOVE, SPX_EYES_HALF, 0 } },
        { "a.jps", { SPX_EYES_BESIDE, SPX_EYES_FULL, 1 } },
        { "holiday.jpg", { SPX_EYES_NONE, SPX_EYES_FULL, 0 } },
        { "_sbs.jpg", { SPX_EYES_NONE, SPX_EYES_FULL, 0 } }, /* nothing before it */
        { "dir_sbs/holiday.jpg", { SPX_EYES_NONE, SPX_EYES_FULL, 0 } },
        { "collar.jpg", { SPX_EYES_NONE, SPX_EYES_FULL, 0 } },
        { "", { SPX_EYES_NONE, SPX_EYES_FULL, 0 } },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const spx_eyes_layout found = spx_eyes_layout_of_name(cases[i].name);
        if (found.place != cases[i].layout.place || found.squeeze != cases[i].layout.squeeze ||
            found.right_first != cases[i].layout.right_first)
            fail_msg("%s", cases[i].name);
    }
}

static void jps_says_which_eye_comes_first(void **state)
{
    (void)state;
    uint8_t jpeg[] = { 0xff, 0xd8, 0xff, 0xe3, 0, 18, '_', 'J', 'P', 'S', 'J',
                       'P',  'S',  '_',  0,    4, 0,  4,   2,   1,   0,   0 };
    enum { FLAGS = 17, LAYOUT = 18, MEDIA = 19 };
    int mono = 1;
    spx_eyes_layout found = spx_eyes_layout_of_jps(jpeg, sizeof(jpeg), &mono);
    assert_int_equal(found.place, SPX_EYES_BESIDE);
    assert_int_equal(found.right_first, 0);
    assert_int_equal(mono, 0);
    jpeg[FLAGS] = SPX_JPS_FLAG_HALF_HEIGHT;
    jpeg[LAYOUT] = SPX_JPS_LAYOUT_ABOVE;
    found = spx_eyes_layout_of_jps(jpeg, sizeof(jpeg), &mono);
    assert_int_equal(found.place, SPX_EYES_ABOVE);
    assert_int_equal(found.squeeze, SPX_EYES_HALF);
    assert_int_equal(found.right_first, 1);
    jpeg[LAYOUT] = SPX_JPS_LAYOUT_ANAGLYPH;
    assert_int_equal(spx_eyes_layout_of_jps(jpeg, sizeof(jpeg), &mono).place, SPX_EYES_NONE);
    jpeg[MEDIA] = 0;
    assert_int_equal(spx_eyes_layout_of_jps(jpeg, sizeof(jpeg), &mono).place, SPX_EYES_NONE);
    assert_int_equal(mono, 1);
    for (size_t size = 0; size < sizeof(jpeg) - 2; size++)
        assert_int_equal(spx_eyes_layout_of_jps(jpeg, size, &mono).place, SPX_EYES_NONE);
}

static void a_png_says_it_before_its_data(void **state)
{
    (void)state;
    uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0,   1,   's', 'T', 'E',
                      'R',  1,   0,   0,   0,    0,    0,    0,    0, 0, 'I', 'D', 'A', 'T' };
    spx_eyes_layout found = spx_eyes_layout_of_png(png, sizeof(png));
    assert_int_equal(found.place, SPX_EYES_BESIDE);
    assert_int_equal(found.right_first, 0);
    png[16] = 0;
    assert_int_equal(spx_eyes_layout_of_png(png, sizeof(png)).right_first, 1);
    png[16] = 2;
    assert_int_equal(spx_eyes_layout_of_png(png, sizeof(png)).place, SPX_EYES_NONE);
    png[16] = 1;
    memcpy(png + 12, "IDAT", 4);
    assert_int_equal(spx_eyes_layout_of_png(png, sizeof(png)).place, SPX_EYES_NONE);
}

/* ---- multi-picture files ---- */

/* Two empty JPEGs; the index of the first names types, in either byte order. */
typedef struct mpf_file {
    uint8_t bytes[200];
    size_t size;
    size_t at;
    int little;
} mpf_file;

static void put(mpf_file *file, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        const int shift = 8 * (file->little ? i : bytes - 1 - i);
        file->bytes[file->at++] = (uint8_t)(value >> shift);
    }
}

static mpf_file draw_mpf(int little, uint32_t first_type, uint32_t second_type)
{
    enum { TIFF = 10, INDEX = 8, ENTRIES = INDEX + 2 + 12 + 4, ATTRIBUTES = ENTRIES + 32 };
    enum { VALUES = ATTRIBUTES + 2 + 12 + 4, END = VALUES + 8 };
    mpf_file file = { .little = little };
    const uint8_t head[] = { 0xff, 0xd8, 0xff, 0xe2, 0, 2 + 4 + END, 'M', 'P', 'F', 0 };
    memcpy(file.bytes, head, sizeof(head));
    file.at = TIFF;
    memcpy(file.bytes + file.at, little ? "II" : "MM", 2);
    file.at += 2;
    put(&file, 42, 2);
    put(&file, INDEX, 4);
    put(&file, 1, 2);
    put(&file, 0xb002, 2);
    put(&file, 7, 2);
    put(&file, 32, 4);
    put(&file, ENTRIES, 4);
    put(&file, ATTRIBUTES, 4);
    const size_t second = TIFF + END + 2;
    const uint32_t entries[] = { first_type, (uint32_t)second,        0, 0, second_type,
                                 4,          (uint32_t)second - TIFF, 0 };
    for (size_t i = 0; i < 8; i++)
        put(&file, entries[i], 4);
    put(&file, 1, 2); /* attributes: the baseline, 0.075 m */
    put(&file, 0xb206, 2);
    put(&file, 5, 2);
    put(&file, 1, 4);
    put(&file, VALUES, 4);
    put(&file, 0, 4);
    put(&file, 75, 4);
    put(&file, 1000, 4);
    const uint8_t tail[] = { 0xff, 0xd9, 0xff, 0xd8, 0xff, 0xd9 };
    memcpy(file.bytes + file.at, tail, sizeof(tail));
    file.size = file.at + sizeof(tail);
    return file;
}

static void finds_the_views_of_cameras_and_leaves_the_rest(void **state)
{
    (void)state;
    static const struct {
        uint32_t first;
        uint32_t second;
        int by_name;
        int found;
    } cases[] = {
        { 0x20020002, 0x00020002, 0, 1 }, /* Panasonic, Fuji */
        { 0x20030000, 0x00020002, 0, 1 }, /* a primary picture, then a view */
        { 0x20030000, 0x00000000, 0, 0 }, /* a gain map, by what one can tell */
        { 0x00030000, 0x00000000, 1, 1 }, /* programs, called .mpo */
        { 0x20030000, 0x00010002, 1, 0 }, /* a large thumbnail */
        { 0x20020001, 0x00020001, 1, 0 }, /* a panorama */
        { 0x20020003, 0x00020003, 1, 0 }, /* several angles */
    };
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
        mpf_file file = draw_mpf(i % 2 == 0, cases[i / 2].first, cases[i / 2].second);
        spx_mpo mpo;
        assert_int_equal(spx_mpo_read(&mpo, file.bytes, file.size, cases[i / 2].by_name),
                         cases[i / 2].found);
        if (!cases[i / 2].found)
            continue;
        assert_int_equal(mpo.left.offset, 0);
        assert_int_equal(mpo.right.offset, file.size - 4);
        assert_int_equal(mpo.right.size, 4);
        assert_true(mpo.baseline_mm > 74.999 && mpo.baseline_mm < 75.001);
        for (size_t size = 0; size < file.size; size++) /* every cut one: no crash */
            (void)spx_mpo_read(&mpo, file.bytes, size, 1);
    }
}

static void finds_two_joined_files_when_the_name_says_so(void **state)
{
    (void)state;
    static const uint8_t joined[] = { 0xff, 0xd8, 0xff, 0xda, 0, 3,    0,    17,   0xff, 0,
                                      9,    0xff, 0xd9, 0,    0, 0xff, 0xd8, 0xff, 0xd9 };
    spx_mpo mpo;
    assert_int_equal(spx_mpo_read(&mpo, joined, sizeof(joined), 1), 1);
    assert_int_equal(mpo.left.size, 13);
    assert_int_equal(mpo.right.offset, 15);
    assert_int_equal(mpo.right.size, 4);
    assert_int_equal(spx_mpo_read(&mpo, joined, sizeof(joined), 0), 0);
    assert_int_equal(spx_mpo_read(&mpo, joined, 13, 1), 0);
    spx_bytes real = test_data_read("cases/3d_camera.mpo");
    assert_int_equal(spx_mpo_read(&mpo, real.data, real.size, 1), 1);
    assert_int_equal(mpo.right.offset, 45486);
    assert_int_equal(mpo.right.size, 44855);
    spx_bytes_clear(&real);
}

static void knows_cameras_by_their_exif(void **state)
{
    (void)state;
    spx_stereo_camera camera;
    /* IFD0 at 8 with Model, its text at 26 */
    uint8_t exif[80] = {
        'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x10, 0, 2, 0, 0, 0, 19, 0, 0, 0, 26
    };
    memcpy(exif + 26, "FinePix REAL 3D W3", 19);
    spx_stereo_camera_read(&camera, exif, sizeof(exif));
    assert_true(camera.baseline_mm == 75 && camera.hfov_deg == 48 && !camera.beside);
    /* IFD0 with the Exif IFD at 26, UserComment at 44 */
    uint8_t ego[80] = {
        'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x87, 0x69, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26
    };
    const uint8_t ifd[] = { 0, 1, 0x92, 0x86, 0, 7, 0, 0, 0, 18, 0, 0, 0, 44 };
    memcpy(ego + 26, ifd, sizeof(ifd));
    memcpy(ego + 44, "ASCII\0\0\0QooCam+EGO", 18);
    spx_stereo_camera_read(&camera, ego, sizeof(ego));
    assert_true(camera.baseline_mm == 65 && camera.beside);
    for (size_t size = 0; size < 62; size++)
        spx_stereo_camera_read(&camera, ego, size);
    assert_int_equal(camera.beside, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_how_the_eyes_lie),
        cmocka_unit_test(jps_says_which_eye_comes_first),
        cmocka_unit_test(a_png_says_it_before_its_data),
        cmocka_unit_test(finds_the_views_of_cameras_and_leaves_the_rest),
        cmocka_unit_test(finds_two_joined_files_when_the_name_says_so),
        cmocka_unit_test(knows_cameras_by_their_exif),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

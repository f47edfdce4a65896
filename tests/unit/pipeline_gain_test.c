/*
 * HDR photos keep their gain map in the spatial photo. The maps used here are the photo's own luma,
 * so that a map lies right when it looks like the luma of its eye.
 */
#include "codec/gain_map_read.h"
#include "codec/heif_image.h"
#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "container/jpeg_layout.h"
#include "container/spatial_heif.h"
#include "image/image.h"
#include "image/luma.h"
#include "image/plane_resample.h"
#include "image/resize.h"
#include "spx/option.h"
#include "spx/spx.h"
#include "spx/warning.h"
#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static spx_engine *engine;

static int open_engine(void **state)
{
    (void)state;
    spx_diag diag = { 0 };
    return spx_engine_create(&engine, NULL, &diag) == SPX_OK ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    spx_engine_destroy(engine);
    return 0;
}

static spx_result *convert(const spx_bytes *photo, spx_hdr hdr)
{
    static const double strength_pct = 4.0;
    spx_convert_options options;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_SPATIAL;
    options.strength_pct = strength_pct;
    options.hdr = hdr;
    const spx_input input = { .data = photo->data, .size = photo->size, .name = "photo.jpg" };
    if (spx_convert(engine, &input, &options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return result;
}

static double correlation(const spx_plane *a, const spx_plane *b)
{
    double sums[5] = { 0 };
    const double count = (double)a->width * a->height;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (uint32_t y = 0; y < a->height; y++) {
        for (uint32_t x = 0; x < a->width; x++) {
            const double u = spx_plane_row(a, y)[x];
            const double v = spx_plane_row(b, y)[x];
            sums[0] += u;
            sums[1] += v;
            sums[2] += u * u;
            sums[3] += v * v;
            sums[4] += u * v;
        }
    }
    const double over = sums[4] - sums[0] * sums[1] / count;
    return over /
           sqrt((sums[2] - sums[0] * sums[0] / count) * (sums[3] - sums[1] * sums[1] / count));
}

typedef struct eye {
    spx_plane *luma; /* at the map's size */
    spx_plane *map;  /* NULL = none */
    double headroom;
} eye;

static uint32_t find_map(const spx_heif *heif, uint32_t picture)
{
    for (size_t i = 0; i < heif->reference_count; i++) {
        const spx_heif_reference *const link = &heif->references[i];
        if (link->type == spx_fourcc("auxl") && link->to == picture)
            return link->from;
    }
    return 0;
}

static void read_eye(eye *out, const spx_heif_file *file, uint32_t item)
{
    spx_heif_picture picture = { 0 };
    spx_plane *luma = NULL;
    const uint32_t map = find_map(file->heif, item);
    *out = (eye){ 0 };
    if (map == 0)
        return;
    assert_int_equal(spx_heif_item_read(&picture, file, item, NULL), SPX_OK);
    assert_int_equal(spx_plane_from_image(&luma, picture.image, NULL, NULL), SPX_OK);
    assert_int_equal(spx_heif_plane_read(&out->map, file, map, NULL), SPX_OK);
    assert_int_equal(spx_plane_resample(&out->luma, luma, out->map->width, out->map->height, NULL),
                     SPX_OK);
    spx_plane_destroy(luma);
    spx_heif_picture_clear(&picture);
}

static void read_eyes(eye eyes[2], const spx_result *result)
{
    const spx_file *const made = spx_result_file(result, 0);
    spx_limits limits;
    spx_heif *heif = NULL;
    spx_limits_init(&limits);
    assert_int_equal(spx_heif_read(&heif, made->data, made->size, "made", NULL, NULL), SPX_OK);
    const spx_heif_file file = { .heif = heif, .name = "made", .limits = &limits };
    for (size_t i = 0; i < heif->group_count; i++) {
        if (heif->groups[i].type != spx_fourcc("ster"))
            continue;
        for (size_t k = 0; k < 2; k++)
            read_eye(&eyes[k], &file, heif->group_members[heif->groups[i].first_member + k]);
    }
    spx_gain_map gain = { 0 };
    assert_int_equal(spx_gain_map_read(&gain, made->data, made->size, "made", &limits, NULL, NULL),
                     SPX_OK);
    eyes[0].headroom = gain.headroom;
    spx_gain_map_clear(&gain);
    spx_heif_destroy(heif);
}

static void clear_eyes(eye eyes[2])
{
    for (size_t i = 0; i < 2; i++) {
        spx_plane_destroy(eyes[i].luma);
        spx_plane_destroy(eyes[i].map);
    }
}

static void assert_maps_follow_their_eyes(const eye eyes[2])
{
    static const double alike = 0.94;
    for (size_t i = 0; i < 2; i++) {
        const double own = correlation(eyes[i].luma, eyes[i].map);
        const double other = correlation(eyes[i].luma, eyes[1 - i].map);
        print_message("eye %zu: map %ux%u, alike %.4f, the other eye's %.4f\n", i,
                      eyes[i].map->width, eyes[i].map->height, own, other);
        assert_true(own > alike);
        assert_true(own > other + 0.02);
    }
}

static void keeps_apples_map_for_each_eye(void **state)
{
    (void)state;
    spx_bytes photo = test_data_read("cases/ios18_tmap.heic");
    eye eyes[2];

    spx_result *const result = convert(&photo, SPX_HDR_AUTO);

    read_eyes(eyes, result);
    assert_non_null(eyes[0].map);
    assert_non_null(eyes[1].map);
    assert_maps_follow_their_eyes(eyes);
    assert_null(spx_warning_first_doubt(spx_result_warnings(result)));
    clear_eyes(eyes);
    spx_result_destroy(result);
    spx_bytes_clear(&photo);
}

static void leaves_the_map_out_on_demand(void **state)
{
    (void)state;
    spx_bytes photo = test_data_read("cases/ios18_tmap.heic");
    eye eyes[2];

    spx_result *const result = convert(&photo, SPX_HDR_SDR);

    read_eyes(eyes, result);
    assert_null(eyes[0].map);
    assert_null(eyes[1].map);
    spx_result_destroy(result);
    spx_bytes_clear(&photo);
}

enum { QUALITY = 95, BASE_PX = 480 /* of the photo that gets a map */ };

/* A JPEG of the picture, with the XMP of an Ultra HDR file's gain map. */
static spx_bytes make_map_jpeg(const spx_image *picture)
{
    static const char form[] =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
        "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
        "xmlns:hdrgm=\"http://ns.adobe.com/hdr-gain-map/1.0/\" hdrgm:Version=\"1.0\" "
        "hdrgm:GainMapMin=\"0\" hdrgm:GainMapMax=\"2\" hdrgm:Gamma=\"1\"/></rdf:RDF></x:xmpmeta>";
    spx_bytes map = { 0 };
    spx_bytes body = { 0 };
    size_t at = 0;
    assert_int_equal(spx_image_write(&map, picture, SPX_IMAGE_TYPE_JPEG, QUALITY, NULL, NULL, NULL),
                     SPX_OK);
    spx_bytes_append(&body, form, sizeof(form) - 1);
    assert_int_equal(spx_jpeg_behind_app1(&at, map.data, map.size, NULL), SPX_OK);
    spx_jpeg_insert_segment(&map, at, SPX_JPEG_APP1, &body);
    spx_bytes_clear(&body);
    return map;
}

/* The picture as JPEG whose EXIF has that orientation. */
static spx_bytes make_turned_jpeg(const spx_image *picture, unsigned orientation)
{
    uint8_t tiff[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                       3,   0,   0, 0,  1, 0, 1, 0, 0, 0, 0, 0,    0 };
    enum { ORIENTATION_AT = 19 };
    spx_bytes file = { 0 };
    spx_bytes exif = { .data = tiff, .size = sizeof(tiff) };
    const spx_image_extras extras = { .exif = &exif };
    assert_int_equal(
        spx_image_write(&file, picture, SPX_IMAGE_TYPE_JPEG, QUALITY, &extras, NULL, NULL), SPX_OK);
    uint8_t *const written = memmem(file.data, file.size, tiff, ORIENTATION_AT);
    assert_non_null(written);
    written[ORIENTATION_AT] = (uint8_t)orientation;
    return file;
}

/* What an Ultra HDR file's map shows. */
typedef enum map_kind {
    MAP_LUMA,   /* the photo's own */
    MAP_CORNER, /* light in the file's upper right corner: a quarter of the width, an eighth of the
                   height */
} map_kind;

static void draw_map(spx_image *image, map_kind kind)
{
    enum { CORNER_X = 4, CORNER_Y = 8, WHITE = 255 };
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            uint8_t *const p = spx_image_row8(image, y) + 3 * (size_t)x;
            const int in_corner =
                image->width - x <= image->width / CORNER_X && y < image->height / CORNER_Y;
            const double luma = 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2];
            const double value = kind == MAP_LUMA ? luma : in_corner ? WHITE : 0;
            p[0] = p[1] = p[2] = (uint8_t)lround(value);
        }
    }
}

/* An Ultra HDR file: base.jpg, smaller, and behind it a map of half its size with hdrgm XMP.
 * orientation: put into the photo's EXIF; the map has none, as phones write it. */
static spx_bytes make_ultra_hdr(unsigned orientation, map_kind kind)
{
    spx_image *photo = NULL;
    spx_image *half = NULL;
    spx_bytes base = test_data_read("cases/base.jpg");
    spx_image *const large = test_decode(base.data, base.size, "base");
    assert_int_equal(spx_image_shrink(&photo, large, BASE_PX, NULL, NULL), SPX_OK);
    spx_image_unref(large);
    if (kind == MAP_LUMA) /* the photo is grey, too */
        draw_map(photo, kind);
    spx_bytes file = make_turned_jpeg(photo, orientation);
    draw_map(photo, kind);
    assert_int_equal(spx_image_shrink(&half, photo, photo->width / 2, NULL, NULL), SPX_OK);
    spx_bytes map = make_map_jpeg(half);
    spx_bytes_append(&file, map.data, map.size);
    spx_bytes_clear(&map);
    spx_bytes_clear(&base);
    spx_image_unref(half);
    spx_image_unref(photo);
    return file;
}

static void keeps_ultra_hdr_in_every_orientation(void **state)
{
    (void)state;
    static const unsigned orientations[] = { 1, 3, 6, 7 };
    for (size_t i = 0; i < sizeof(orientations) / sizeof(*orientations); i++) {
        spx_bytes photo = make_ultra_hdr(orientations[i], MAP_LUMA);
        eye eyes[2];

        spx_result *const result = convert(&photo, SPX_HDR_KEEP);

        read_eyes(eyes, result);
        assert_non_null(eyes[0].map);
        assert_maps_follow_their_eyes(eyes);
        assert_true(fabs(eyes[0].headroom - 4.0) < 1e-3);
        clear_eyes(eyes);
        spx_result_destroy(result);
        spx_bytes_clear(&photo);
    }
}

static void says_when_there_is_nothing_to_keep(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        spx_hdr hdr;
        const char *text;
    } cases[] = {
        { "cases/base.jpg", SPX_HDR_KEEP, "no HDR gain map to keep" },
        { "cases/ultrahdr_motion.jpg", SPX_HDR_AUTO, "does not say how bright" },
        { "cases/pq10.heic", SPX_HDR_AUTO, "HDR photo, shown as SDR" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        spx_bytes photo = test_data_read(cases[i].file);

        spx_result *const result = convert(&photo, cases[i].hdr);

        const spx_warning *const warning = spx_warning_first_doubt(spx_result_warnings(result));
        assert_non_null(warning);
        assert_non_null(strstr(warning->text, cases[i].text));
        spx_result_destroy(result);
        spx_bytes_clear(&photo);
    }
}

/* Mean of a part of the map; sides are shares of the map's own. */
static double mean_of(const spx_plane *map, double left, double top, double right, double bottom)
{
    double sum = 0.0;
    double count = 0.0;
    for (uint32_t y = (uint32_t)(top * map->height); y < (uint32_t)(bottom * map->height); y++) {
        for (uint32_t x = (uint32_t)(left * map->width); x < (uint32_t)(right * map->width); x++) {
            sum += spx_plane_row(map, y)[x];
            count++;
        }
    }
    return sum / count;
}

static void keeps_a_light_in_its_corner_when_mirrored(void **state)
{
    (void)state;
    /* Where the file's upper right corner is to be seen, and whether the sides have changed. */
    static const struct {
        unsigned orientation;
        int right;
        int bottom;
        int swapped;
    } cases[] = { { 2, 0, 0, 0 }, { 4, 1, 1, 0 }, { 5, 0, 1, 1 } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        spx_bytes photo = make_ultra_hdr(cases[i].orientation, MAP_CORNER);
        const double wide = cases[i].swapped ? 0.125 : 0.25;
        const double high = cases[i].swapped ? 0.25 : 0.125;
        const double x = cases[i].right ? 1.0 - wide : 0.0;
        const double y = cases[i].bottom ? 1.0 - high : 0.0;
        eye eyes[2];

        spx_result *const result = convert(&photo, SPX_HDR_KEEP);

        read_eyes(eyes, result);
        for (size_t k = 0; k < 2; k++) {
            const spx_plane *const map = eyes[k].map;
            assert_non_null(map);
            assert_int_equal(map->height > map->width, cases[i].swapped);
            const double light = mean_of(map, x, y, x + wide, y + high);
            const double all = mean_of(map, 0.0, 0.0, 1.0, 1.0);
            print_message("orientation %u, eye %zu: light %.3f, all %.4f\n", cases[i].orientation,
                          k, light, all);
            assert_true(light > 0.8);
            assert_true(all - light * wide * high < 0.02); /* dark elsewhere */
        }
        clear_eyes(eyes);
        spx_result_destroy(result);
        spx_bytes_clear(&photo);
    }
}

static const spx_warning *find_warning(const spx_result *result, const char *text)
{
    const spx_warning_list *const list = spx_result_warnings(result);
    for (size_t i = 0; i < list->count; i++) {
        if (strstr(list->items[i].text, text) != NULL)
            return &list->items[i];
    }
    return NULL;
}

static void assert_says_that_a_map_is_lost(const spx_result *result, spx_hdr hdr, int has)
{
    eye eyes[2];
    const spx_warning *const lost = find_warning(result, "both eyes of real stereo");
    const spx_warning *const none = find_warning(result, "no HDR gain map to keep");
    assert_int_equal(lost != NULL, has && hdr != SPX_HDR_SDR);
    assert_int_equal(none != NULL, !has && hdr == SPX_HDR_KEEP);
    if (lost != NULL)
        assert_int_equal(lost->code, SPX_WARNING_HDR_AS_SDR);
    read_eyes(eyes, result);
    assert_null(eyes[0].map);
    assert_null(eyes[1].map);
    clear_eyes(eyes);
}

/* has: one of the files has a map. */
static void lose_map(const spx_bytes *left, const spx_bytes *right, spx_hdr hdr, int has)
{
    spx_convert_options options;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_SPATIAL;
    options.hdr = hdr;
    spx_input input = { .data = left->data, .size = left->size, .name = "eyes.mpo" };
    if (right != NULL) {
        input.right_data = right->data;
        input.right_size = right->size;
    }
    if (spx_convert(engine, &input, &options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    assert_string_not_equal(spx_result_summary(result)->stereo, ""); /* it was taken for stereo */
    assert_says_that_a_map_is_lost(result, hdr, has);
    spx_result_destroy(result);
}

static void says_that_stereo_files_lose_their_maps(void **state)
{
    (void)state;
    spx_bytes photo = test_data_read("cases/ios18_tmap.heic");
    spx_bytes mpo = test_data_read("cases/3d_camera.mpo");

    spx_result *const made = convert(&photo, SPX_HDR_AUTO);

    const spx_file *const file = spx_result_file(made, 0);
    spx_bytes spatial = { 0 };
    spx_bytes_append(&spatial, file->data, file->size);
    lose_map(&spatial, NULL, SPX_HDR_AUTO, 1);
    lose_map(&spatial, NULL, SPX_HDR_SDR, 1);
    lose_map(&mpo, NULL, SPX_HDR_KEEP, 0);
    spx_image *const picture = test_decode(mpo.data, mpo.size, "eyes.jpg");
    spx_bytes map = make_map_jpeg(picture);
    spx_bytes_append(&mpo, map.data, map.size); /* behind both eyes, as Ultra HDR has it */
    lose_map(&mpo, NULL, SPX_HDR_KEEP, 1);
    spx_image_unref(picture);
    spx_bytes_clear(&map);
    spx_bytes_clear(&mpo);
    spx_bytes_clear(&spatial);
    spx_result_destroy(made);
    spx_bytes_clear(&photo);
}

/* The file's map is the left eye's: of the right one alone it would be false. */
static void gives_the_right_eye_alone_no_map(void **state)
{
    (void)state;
    spx_bytes photo = test_data_read("cases/ios18_tmap.heic");
    spx_result *const made = convert(&photo, SPX_HDR_AUTO);
    const spx_file *const file = spx_result_file(made, 0);
    for (int right = 0; right < 2; right++) {
        spx_convert_options options;
        spx_result *result = NULL;
        spx_diag diag = { 0 };
        eye eyes[2];
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;
        options.formats = SPX_FORMAT_SPATIAL;
        options.detail = SPX_DETAIL_FAST;
        options.from = right ? SPX_FROM_RIGHT : SPX_FROM_LEFT;
        const spx_input input = { .data = file->data, .size = file->size, .name = "eyes.heic" };
        if (spx_convert(engine, &input, &options, NULL, &result, &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        read_eyes(eyes, result);
        assert_int_equal(eyes[0].map == NULL, right);
        assert_int_equal(find_warning(result, "it is the left eye's") != NULL, right);
        clear_eyes(eyes);
        spx_result_destroy(result);
    }
    spx_result_destroy(made);
    spx_bytes_clear(&photo);
}

static void says_that_a_pair_loses_the_map_of_either_file(void **state)
{
    (void)state;
    spx_bytes plain = test_data_read("cases/base.jpg");
    spx_bytes hdr = make_ultra_hdr(1, MAP_CORNER);

    lose_map(&plain, &hdr, SPX_HDR_AUTO, 1);
    lose_map(&hdr, &plain, SPX_HDR_AUTO, 1);
    lose_map(&plain, &plain, SPX_HDR_KEEP, 0);
    spx_bytes_clear(&hdr);
    spx_bytes_clear(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_apples_map_for_each_eye),
        cmocka_unit_test(leaves_the_map_out_on_demand),
        cmocka_unit_test(keeps_ultra_hdr_in_every_orientation),
        cmocka_unit_test(says_when_there_is_nothing_to_keep),
        cmocka_unit_test(keeps_a_light_in_its_corner_when_mirrored),
        cmocka_unit_test(says_that_stereo_files_lose_their_maps),
        cmocka_unit_test(gives_the_right_eye_alone_no_map),
        cmocka_unit_test(says_that_a_pair_loses_the_map_of_either_file),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}

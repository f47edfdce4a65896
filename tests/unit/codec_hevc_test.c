#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include "codec/hevc.h"
#include "container/hevc_sps.h"
#include "image/image.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROFILE_MAIN = 1, PROFILE_MAIN_STILL = 3, START_CODE_BYTES = 4, SLICE_IDR_N_LP = 20 };

static const spx_hevc_options defaults = {
    .quality = 85, .color = { .primaries = 1, .transfer = 13, .matrix = 1, .full_range = 1 }
};

/* A width x height part of a photo from (x, y) on, 8 or 16 bits. */
static spx_image *load_part(const char *name, uint32_t x, uint32_t y, uint32_t width,
                            uint32_t height)
{
    spx_bytes bytes = test_data_read(name);
    spx_image *const whole = test_decode(bytes.data, bytes.size, "picture");
    spx_image *part = NULL;
    assert_true(x + width <= whole->width && y + height <= whole->height);
    const spx_image view = spx_image_part(whole, x, y, width, height);
    assert_int_equal(spx_image_copy(&part, &view, NULL), SPX_OK);
    spx_image_unref(whole);
    spx_bytes_clear(&bytes);
    return part;
}

/* Both of a rectangle of the size of `a` in dB, cut at the borders. */
static double psnr(const spx_image *a, const spx_image *b, uint32_t x0, uint32_t y0, uint32_t side)
{
    double sum = 0;
    size_t count = 0;
    for (uint32_t y = y0; y < a->height && y < y0 + side; y++) {
        for (uint32_t x = x0; x < a->width && x < x0 + side; x++) {
            for (size_t c = 0; c < 3; c++) {
                const double difference = spx_image_row8(a, y)[3 * (size_t)x + c] -
                                          spx_image_row8(b, y)[3 * (size_t)x + c];
                sum += difference * difference;
                count++;
            }
        }
    }
    return 10 * log10(255.0 * 255.0 / (sum / (double)count));
}

static void the_number_of_threads_does_not_show(void **state)
{
    (void)state;
    static const unsigned threads[] = { 1, 2, 5 };
    spx_image *const left = load_part("photos/chelsea.png", 0, 0, 300, 200);
    spx_bytes streams[3] = { { 0 } };
    for (size_t i = 0; i < 3; i++) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads[i], NULL), SPX_OK);
        const spx_task task = { .pool = pool };

        assert_int_equal(
            spx_hevc_encode_side_by_side(&streams[i], left, left, &defaults, &task, NULL), SPX_OK);

        assert_int_equal(streams[i].size, streams[0].size);
        assert_memory_equal(streams[i].data, streams[0].data, streams[0].size);
        spx_pool_destroy(pool);
    }
    for (size_t i = 0; i < 3; i++)
        spx_bytes_clear(&streams[i]);
    spx_image_unref(left);
}

static spx_hevc_stills encode_tiles(const spx_image *left, const spx_image *right)
{
    spx_hevc_stills coded = { 0 };
    spx_diag diag = { 0 };
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 2, NULL), SPX_OK);
    const spx_image *const images[2] = { left, right };
    const spx_task task = { .pool = pool };
    if (spx_hevc_encode_tiles(&coded, images, 2, SPX_HEIF_TILE_PX, &defaults, &task, &diag) !=
        SPX_OK)
        fail_msg("%s", diag.text);
    spx_pool_destroy(pool);
    return coded;
}

/* The first of the two coded pictures as a decoder sees it. */
static spx_image *decode_stills(const spx_hevc_stills *coded, uint32_t width, uint32_t height,
                                int single_item)
{
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    const spx_spatial_heif photo = {
        .width = width,
        .height = height,
        .coded = coded,
        .single_item = single_item,
        .nclx = defaults.color,
        .hfov_deg = 60,
        .baseline_mm = 20,
    };
    if (spx_spatial_heif_write(&file, &photo, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_image *const image = test_decode(file.data, file.size, "picture");
    spx_bytes_clear(&file);
    return image;
}

static void codes_both_eyes_well_and_all_tiles_alike(void **state)
{
    (void)state;
    enum { WIDTH = 1100, HEIGHT = 600 };
    static const double least_db = 38;
    static const double spread_db = 4; /* what these pictures' own detail makes of one quantiser */
    spx_image *const eyes[2] = { load_part("photos/forest_path.jpg", 300, 500, WIDTH, HEIGHT),
                                 load_part("photos/boats.jpg", 700, 700, WIDTH, HEIGHT) };
    spx_hevc_stills coded = encode_tiles(eyes[0], eyes[1]);
    assert_int_equal(coded.count, 12);
    for (size_t eye = 0; eye < 2; eye++) {
        spx_hevc_stills turned = coded;
        spx_bytes order[12];
        for (size_t i = 0; i < 12; i++)
            order[i] = coded.pictures[(i + 6 * eye) % 12];
        turned.pictures = order;

        spx_image *const back = decode_stills(&turned, WIDTH, HEIGHT, 0);

        const double whole = psnr(eyes[eye], back, 0, 0, WIDTH);
        if (whole < least_db)
            fail_msg("eye %zu: %.2f dB", eye, whole);
        for (uint32_t y = 0; y < HEIGHT; y += SPX_HEIF_TILE_PX) {
            for (uint32_t x = 0; x < WIDTH; x += SPX_HEIF_TILE_PX) {
                const double tile = psnr(eyes[eye], back, x, y, SPX_HEIF_TILE_PX);
                if (tile < whole - spread_db)
                    fail_msg("eye %zu, tile at %u,%u: %.2f dB of %.2f", eye, x, y, tile, whole);
            }
        }
        spx_image_unref(back);
    }
    spx_hevc_stills_clear(&coded);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
}

/* No rate control at work. The slice header does differ between frames in one flag, loop filter
 * across slices, that means nothing to a picture of one slice. */
static void gives_the_same_tile_the_same_bytes(void **state)
{
    (void)state;
    static const size_t header_bytes = 8; /* length, NAL header, the flag's byte */
    spx_image *const part = load_part("photos/boats.jpg", 700, 700, 512, 512);
    spx_image *wide = NULL;
    assert_int_equal(spx_image_create(&wide, 2048, 512, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < 512; y++) {
        for (size_t i = 0; i < 4; i++)
            memcpy(spx_image_row8(wide, y) + i * 1536, spx_image_row8(part, y), 1536);
    }

    spx_hevc_stills coded = encode_tiles(wide, wide);

    assert_int_equal(coded.count, 8);
    for (size_t i = 1; i < coded.count; i++) {
        assert_int_equal(coded.pictures[i].size, coded.pictures[0].size);
        assert_memory_equal(coded.pictures[i].data + header_bytes,
                            coded.pictures[0].data + header_bytes,
                            coded.pictures[0].size - header_bytes);
    }
    spx_hevc_stills_clear(&coded);
    spx_image_unref(wide);
    spx_image_unref(part);
}

static void hands_over_one_idr_slice_a_picture(void **state)
{
    (void)state;
    spx_image *const part = load_part("photos/boats.jpg", 0, 0, 600, 100);
    spx_hevc_stills coded = encode_tiles(part, part);
    spx_hevc_sps sps;

    assert_int_equal(coded.count, 4);
    for (size_t i = 0; i < coded.count; i++) {
        const uint8_t *const data = coded.pictures[i].data;
        const size_t length =
            (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
        assert_int_equal(length + 4, coded.pictures[i].size);
        assert_int_equal(data[4] >> 1, SLICE_IDR_N_LP);
    }
    assert_int_equal(spx_hevc_sps_read(&sps, coded.sps.data, coded.sps.size, NULL), SPX_OK);
    assert_int_equal(sps.profile_idc, PROFILE_MAIN_STILL);
    assert_int_equal(sps.width, SPX_HEIF_TILE_PX);
    assert_int_equal(sps.height, SPX_HEIF_TILE_PX);
    assert_int_equal(sps.chroma_format, 1);
    assert_int_equal(coded.vps.data[0] >> 1, SPX_HEVC_NAL_VPS);
    assert_int_equal(coded.pps.data[0] >> 1, SPX_HEVC_NAL_PPS);
    spx_hevc_stills_clear(&coded);
    spx_image_unref(part);
}

static void codes_whole_pictures_of_any_size(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = { { 1, 1 },    { 2, 2 },   { 3, 5 },    { 17, 400 },
                                         { 400, 17 }, { 33, 47 }, { 321, 243 } };
    static const double least_db = 33;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const uint32_t width = sizes[i][0];
        const uint32_t height = sizes[i][1];
        spx_image *const part = load_part("photos/boats.jpg", 700, 700, width, height);
        const spx_image *const images[2] = { part, part };
        spx_hevc_stills coded = { 0 };
        spx_hevc_sps sps;

        assert_int_equal(spx_hevc_encode_whole(&coded, images, 2, &defaults, NULL, NULL), SPX_OK);

        assert_int_equal(coded.count, 2);
        assert_int_equal(coded.width, width + width % 2);
        assert_int_equal(coded.height, height + height % 2);
        assert_int_equal(spx_hevc_sps_read(&sps, coded.sps.data, coded.sps.size, NULL), SPX_OK);
        assert_int_equal(sps.width, coded.width);
        assert_int_equal(sps.height, coded.height);
        spx_image *const back = decode_stills(&coded, coded.width, coded.height, 1);
        const double db = psnr(part, back, 0, 0, 400);
        if (db < least_db)
            fail_msg("%ux%u: %.2f dB", width, height, db);
        spx_image_unref(back);
        spx_hevc_stills_clear(&coded);
        spx_image_unref(part);
    }
}

static void codes_grey_pictures_without_chroma(void **state)
{
    (void)state;
    enum { WIDTH = 96, HEIGHT = 48, RANGE_EXTENSIONS = 4 };
    spx_plane *plane = NULL;
    spx_hevc_stills coded = { 0 };
    spx_hevc_sps sps;
    spx_diag diag = { 0 };
    assert_int_equal(spx_plane_create(&plane, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(plane, y)[x] = (float)(x + y) / (WIDTH + HEIGHT);
    }

    assert_int_equal(spx_hevc_encode_grey(&coded, plane, 95, NULL, NULL), SPX_OK);

    assert_int_equal(coded.count, 1);
    assert_int_equal(coded.pictures[0].data[4] >> 1, SLICE_IDR_N_LP);
    assert_int_equal(spx_hevc_sps_read(&sps, coded.sps.data, coded.sps.size, NULL), SPX_OK);
    assert_int_equal(sps.chroma_format, 0);
    assert_int_equal(sps.profile_idc, RANGE_EXTENSIONS);
    assert_int_equal(sps.width, WIDTH);
    assert_int_equal(sps.height, HEIGHT);
    assert_int_equal(sps.luma_bits, 8);
    spx_hevc_stills_clear(&coded);
    plane->width = WIDTH - 1;
    assert_int_equal(spx_hevc_encode_grey(&coded, plane, 95, NULL, &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "HEVC: a grey picture of 95x48");
    spx_plane_destroy(plane);
}

/* Splits the stream at its start codes and gives the sets and the slice back as two stills. */
static spx_hevc_stills split_stream(const spx_bytes *stream, uint32_t width, uint32_t height)
{
    static const uint8_t start[START_CODE_BYTES] = { 0, 0, 0, 1 };
    spx_hevc_stills stills = { .width = width, .height = height, .count = 2 };
    stills.pictures = calloc(2, sizeof(*stills.pictures));
    assert_non_null(stills.pictures);
    size_t at = 0;
    while (at < stream->size) {
        assert_memory_equal(stream->data + at, start, START_CODE_BYTES);
        at += START_CODE_BYTES;
        const uint8_t *const next =
            memmem(stream->data + at, stream->size - at, start, START_CODE_BYTES);
        const size_t size = (next == NULL ? stream->size : (size_t)(next - stream->data)) - at;
        const unsigned type = stream->data[at] >> 1;
        if (type == SPX_HEVC_NAL_VPS)
            spx_bytes_append(&stills.vps, stream->data + at, size);
        else if (type == SPX_HEVC_NAL_SPS)
            spx_bytes_append(&stills.sps, stream->data + at, size);
        else if (type == SPX_HEVC_NAL_PPS)
            spx_bytes_append(&stills.pps, stream->data + at, size);
        for (size_t i = 0; i < 2 && type < SPX_HEVC_NAL_VPS; i++) {
            spx_bytes_u32(&stills.pictures[i], (uint32_t)size);
            spx_bytes_append(&stills.pictures[i], stream->data + at, size);
        }
        at += size;
    }
    return stills;
}

static void puts_left_and_right_side_by_side(void **state)
{
    (void)state;
    enum { WIDTH = 151, HEIGHT = 90 };
    static const double least_db = 36;
    spx_image *const left = load_part("photos/forest_path.jpg", 300, 500, WIDTH, HEIGHT);
    spx_image *const right = load_part("photos/boats.jpg", 700, 700, WIDTH, HEIGHT);
    spx_bytes stream = { 0 };
    spx_hevc_sps sps;

    assert_int_equal(spx_hevc_encode_side_by_side(&stream, left, right, &defaults, NULL, NULL),
                     SPX_OK);

    spx_hevc_stills stills = split_stream(&stream, 2 * WIDTH, HEIGHT);
    assert_int_equal(spx_hevc_sps_read(&sps, stills.sps.data, stills.sps.size, NULL), SPX_OK);
    assert_int_equal(sps.profile_idc, PROFILE_MAIN);
    assert_int_equal(sps.width, 2 * WIDTH);
    spx_image *const back = decode_stills(&stills, 2 * WIDTH, HEIGHT, 1);
    for (uint32_t eye = 0; eye < 2; eye++) {
        const spx_image half = spx_image_part(back, eye * WIDTH, 0, WIDTH, HEIGHT);
        assert_true(psnr(eye == 0 ? left : right, &half, 0, 0, WIDTH) > least_db);
    }
    spx_image_unref(back);
    spx_hevc_stills_clear(&stills);
    spx_bytes_clear(&stream);
    spx_image_unref(left);
    spx_image_unref(right);
}

static void takes_sixteen_bits_rounded(void **state)
{
    (void)state;
    spx_image *eight = NULL;
    spx_image *sixteen = NULL;
    assert_int_equal(spx_image_create(&eight, 64, 64, 8, NULL), SPX_OK);
    assert_int_equal(spx_image_create(&sixteen, 64, 64, 16, NULL), SPX_OK);
    for (uint32_t y = 0; y < 64; y++) {
        for (size_t i = 0; i < 192; i++) {
            const unsigned value = (unsigned)(i + y) & 255u;
            spx_image_row8(eight, y)[i] = (uint8_t)value;
            /* Anything that rounds to it. */
            const int offset = value == 0 || value == 255 ? 0 : (int)(i % 257) - 128;
            spx_image_row16(sixteen, y)[i] = (uint16_t)((int)value * 257 + offset);
        }
    }
    spx_hevc_stills coded[2];
    memset(coded, 0, sizeof(coded));
    const spx_image *const a = eight;
    const spx_image *const b = sixteen;

    assert_int_equal(spx_hevc_encode_whole(&coded[0], &a, 1, &defaults, NULL, NULL), SPX_OK);
    assert_int_equal(spx_hevc_encode_whole(&coded[1], &b, 1, &defaults, NULL, NULL), SPX_OK);

    assert_int_equal(coded[0].pictures[0].size, coded[1].pictures[0].size);
    assert_memory_equal(coded[0].pictures[0].data, coded[1].pictures[0].data,
                        coded[0].pictures[0].size);
    spx_hevc_stills_clear(&coded[0]);
    spx_hevc_stills_clear(&coded[1]);
    spx_image_unref(eight);
    spx_image_unref(sixteen);
}

static void refuses_what_no_level_allows(void **state)
{
    (void)state;
    spx_image *image = NULL;
    spx_hevc_stills coded = { 0 };
    spx_diag diag = { 0 };
    assert_int_equal(spx_image_create(&image, 16890, 1, 8, NULL), SPX_OK);
    const spx_image *const images = image;

    assert_int_equal(spx_hevc_encode_whole(&coded, &images, 1, &defaults, NULL, &diag),
                     SPX_ERR_UNSUPPORTED);

    assert_non_null(strstr(diag.text, "16890x2"));
    spx_image_unref(image);
}

static void limits_are_those_of_the_coded_size(void **state)
{
    (void)state;
    assert_true(spx_hevc_fits(16864, 2112));
    assert_false(spx_hevc_fits(16865, 2)); /* 16896 columns are coded */
    assert_false(spx_hevc_fits(2, 16865));
    assert_true(spx_hevc_fits(8192, 4352)); /* 35,651,584 pixels */
    assert_false(spx_hevc_fits(8192, 4353));
    assert_false(spx_hevc_fits(UINT32_MAX, UINT32_MAX));
}

static void stops_when_cancelled(void **state)
{
    (void)state;
    spx_image *const part = load_part("photos/boats.jpg", 0, 0, 600, 100);
    const spx_image *const images[2] = { part, part };
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };
    spx_hevc_stills coded = { 0 };
    spx_bytes stream = { 0 };

    assert_int_equal(spx_hevc_encode_tiles(&coded, images, 2, 512, &defaults, &task, NULL),
                     SPX_ERR_CANCELLED);
    assert_int_equal(spx_hevc_encode_side_by_side(&stream, part, part, &defaults, &task, NULL),
                     SPX_ERR_CANCELLED);

    assert_null(coded.pictures);
    assert_null(stream.data);
    spx_cancel_destroy(cancel);
    spx_image_unref(part);
}

/* A program that runs for months must not grow with each photo. */
static void keeps_no_memory_of_a_picture(void **state)
{
    (void)state;
    enum { PICTURES = 12, MOST_KEPT_BYTES = 4096 }; /* the encoder's parameters, 1.3 kB */
    spx_image *const image = load_part("photos/boats.jpg", 0, 0, 512, 512);
    struct mallinfo2 before = { 0 };
    for (int i = 0; i <= PICTURES; i++) {
        if (i == 1) /* the first one fills tables */
            before = mallinfo2();
        spx_hevc_stills coded = encode_tiles(image, image);
        spx_hevc_stills_clear(&coded);
    }
    const struct mallinfo2 after = mallinfo2(); /* all 0 under a sanitizer, which looks itself */

    assert_true(after.uordblks < before.uordblks + (size_t)PICTURES * MOST_KEPT_BYTES);
    spx_image_unref(image);
}

static void knows_the_usual_profiles(void **state)
{
    (void)state;
    spx_nclx color;
    spx_bytes p3 = test_data_read("codec/p3.icc");
    spx_bytes srgb = test_data_read("codec/srgb.icc");
    spx_bytes cut = { .data = p3.data, .size = 200 };

    spx_nclx_from_icc(&color, NULL);
    assert_int_equal(color.primaries, 1);
    spx_nclx_from_icc(&color, &p3);
    assert_int_equal(color.primaries, 12);
    assert_int_equal(color.transfer, 13);
    assert_int_equal(color.matrix, 1);
    assert_int_equal(color.full_range, 1);
    spx_nclx_from_icc(&color, &srgb);
    assert_int_equal(color.primaries, 1);
    assert_int_equal(color.transfer, 13);
    spx_nclx_from_icc(&color, &cut);
    assert_int_equal(color.primaries, 2);
    assert_int_equal(color.transfer, 2);
    assert_int_equal(color.matrix, 1);
    spx_bytes_clear(&p3);
    spx_bytes_clear(&srgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_threads_does_not_show),
        cmocka_unit_test(codes_both_eyes_well_and_all_tiles_alike),
        cmocka_unit_test(gives_the_same_tile_the_same_bytes),
        cmocka_unit_test(hands_over_one_idr_slice_a_picture),
        cmocka_unit_test(codes_whole_pictures_of_any_size),
        cmocka_unit_test(codes_grey_pictures_without_chroma),
        cmocka_unit_test(puts_left_and_right_side_by_side),
        cmocka_unit_test(takes_sixteen_bits_rounded),
        cmocka_unit_test(refuses_what_no_level_allows),
        cmocka_unit_test(limits_are_those_of_the_coded_size),
        cmocka_unit_test(stops_when_cancelled),
        cmocka_unit_test(keeps_no_memory_of_a_picture),
        cmocka_unit_test(knows_the_usual_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

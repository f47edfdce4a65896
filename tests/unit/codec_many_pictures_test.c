/* Files that hold more than a photo, and TIFF files whose samples mean something else. */
#include "codec/animation.h"
#include "codec/photo_read.h"
#include "image/image.h"
#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include <string.h>

enum { SIDE = 8, ENTRIES = 9, IFD_BYTES = 2 + 12 * ENTRIES + 4, HEADER = 8 };

/* What a TIFF file says of its samples. */
typedef struct sample_tags {
    uint32_t photometric;
    uint32_t compression;
    uint32_t format;
} sample_tags;

/* Grey pages, all of the same pixels. */
static spx_bytes make_pages(const sample_tags *tags, uint32_t pages)
{
    spx_bytes file = { 0 };
    spx_bytes_text(&file, "MM");
    spx_bytes_u16(&file, 42);
    spx_bytes_u32(&file, HEADER);
    for (uint32_t page = 1; page <= pages; page++) {
        spx_bytes_u16(&file, ENTRIES);
        test_tiff_entry(&file, 0x0100, 1, SIDE);
        test_tiff_entry(&file, 0x0101, 1, SIDE);
        test_tiff_entry(&file, 0x0102, 1, 8);
        test_tiff_entry(&file, 0x0103, 1, tags->compression);
        test_tiff_entry(&file, 0x0106, 1, tags->photometric);
        test_tiff_entry(&file, 0x0111, 1, HEADER + pages * IFD_BYTES);
        test_tiff_entry(&file, 0x0116, 1, SIDE);
        test_tiff_entry(&file, 0x0117, 1, SIDE * SIDE);
        test_tiff_entry(&file, 0x0153, 1, tags->format);
        spx_bytes_u32(&file, page == pages ? 0 : HEADER + page * IFD_BYTES);
    }
    spx_bytes_append_zeros(&file, SIDE * SIDE);
    assert_int_equal(spx_bytes_check(&file, "test", NULL), SPX_OK);
    return file;
}

static spx_status read_telling(spx_warning_list *told, const spx_bytes *file, spx_diag *diag)
{
    spx_photo photo = { 0 };
    spx_limits limits;
    const spx_task task = { .warnings = told };
    spx_limits_init(&limits);
    const spx_status status =
        spx_photo_read(&photo, file->data, file->size, "name", &limits, &task, diag);
    spx_photo_clear(&photo);
    return status;
}

/* Clears the file. text: NULL = nothing is told. */
static void assert_told(spx_bytes *file, const char *text)
{
    spx_warning_list told = { .count = 0 };
    spx_diag diag = { 0 };
    if (read_telling(&told, file, &diag) != SPX_OK)
        fail_msg("%s: %s", text, diag.text);
    assert_int_equal(told.count, text == NULL ? 0 : 1);
    if (text != NULL) {
        assert_int_equal(told.items[0].code, SPX_NOTE_PICTURE_CHOSEN);
        assert_string_equal(told.items[0].text, text);
    }
    spx_bytes_clear(file);
}

static void a_tiff_of_samples_that_would_come_out_false_is_refused(void **state)
{
    (void)state;
    static const struct {
        sample_tags tags;
        const char *text; /* NULL = it is read */
    } cases[] = {
        { { 1, 1, 1 }, NULL },
        { { 1, 1, 2 }, "signed samples" },
        { { 6, 1, 1 }, "YCbCr without JPEG" },
        { { 6, 5, 1 }, "YCbCr without JPEG" },
        { { 9, 1, 1 }, "ICC L*a*b*" },
        { { 10, 1, 1 }, "ITU L*a*b*" },
        { { 32844, 1, 1 }, "LogL" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_bytes file = make_pages(&cases[i].tags, 1);
        spx_warning_list told = { .count = 0 };
        spx_diag diag = { 0 };

        const spx_status status = read_telling(&told, &file, &diag);

        assert_int_equal(status, cases[i].text == NULL ? SPX_OK : SPX_ERR_UNSUPPORTED);
        if (cases[i].text != NULL)
            assert_non_null(strstr(diag.text, cases[i].text));
        spx_bytes_clear(&file);
    }
}

static void pages_of_one_size_are_told(void **state)
{
    (void)state;
    static const sample_tags grey = { 1, 1, 1 };
    spx_bytes one = make_pages(&grey, 1);
    spx_bytes three = make_pages(&grey, 3);

    assert_told(&one, NULL);
    assert_told(&three, "TIFF file of 3 pictures: the first was used");
}

/* Two pictures of one colour each. */
static spx_animation make_film(spx_image *pictures[2])
{
    static const uint16_t order[] = { 0, 1 };
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(spx_image_create(&pictures[i], SIDE, SIDE, 8, NULL), SPX_OK);
        for (uint32_t y = 0; y < SIDE; y++)
            memset(spx_image_row8(pictures[i], y), i == 0 ? 40 : 200, 3 * SIDE);
    }
    return (spx_animation){ .pictures = (const spx_image *const *)pictures,
                            .order = order,
                            .length = 2,
                            .per_second = 10 };
}

/* A PNG whose chunk behind IHDR says that it is an animation of five. */
static spx_bytes make_apng(const spx_image *image)
{
    enum { IHDR_END = 8 + 25 };
    static const uint8_t chunk[] = { 0, 0, 0, 8, 'a', 'c', 'T',  'L',  0,    0,
                                     0, 5, 0, 0, 0,   0,   0x41, 0xad, 0x4f, 0x60 };
    spx_bytes png = test_png_of(image);
    spx_bytes file = { 0 };
    spx_bytes_append(&file, png.data, IHDR_END);
    spx_bytes_append(&file, chunk, sizeof(chunk));
    spx_bytes_append(&file, png.data + IHDR_END, png.size - IHDR_END);
    assert_int_equal(spx_bytes_check(&file, "test", NULL), SPX_OK);
    spx_bytes_clear(&png);
    return file;
}

static void an_animation_is_told(void **state)
{
    (void)state;
    spx_image *pictures[2] = { NULL, NULL };
    const spx_animation film = make_film(pictures);
    spx_animation still = film;
    still.length = 1;
    spx_bytes gif = { 0 };
    spx_bytes webp = { 0 };
    spx_bytes one = { 0 };
    assert_int_equal(spx_animation_write_gif(&gif, &film, NULL, NULL), SPX_OK);
    assert_int_equal(spx_animation_write_webp(&webp, &film, 80, NULL, NULL), SPX_OK);
    assert_int_equal(spx_animation_write_gif(&one, &still, NULL, NULL), SPX_OK);
    spx_bytes apng = make_apng(pictures[0]);
    spx_bytes avif = test_data_read("codec/photo.avif");
    spx_bytes sequence = test_data_read("codec/photo.avif");
    memcpy(sequence.data + 8, "avis", 4); /* the major brand */

    assert_told(&gif, "animation of 2 pictures: the first was used");
    assert_told(&webp, "animation of 2 pictures: the first was used");
    assert_told(&one, NULL);
    assert_told(&apng, "animation of 5 pictures: the first was used");
    assert_told(&avif, NULL);
    assert_told(&sequence, "animation: one still picture of it was used");

    spx_image_unref(pictures[0]);
    spx_image_unref(pictures[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tiff_of_samples_that_would_come_out_false_is_refused),
        cmocka_unit_test(pages_of_one_size_are_told),
        cmocka_unit_test(an_animation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

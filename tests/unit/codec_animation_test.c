#include "test_support.h"

#include "codec/animation.h"
#include "image/image.h"

#include <string.h>

enum { WIDTH = 64, HEIGHT = 48, PICTURES = 3, LENGTH = 4, PER_SECOND = 20 };

typedef struct film {
    spx_image *pictures[PICTURES];
    spx_animation animation;
} film;

static const uint16_t order[LENGTH] = { 0, 1, 2, 1 };

static void create_film(film *self)
{
    for (uint32_t i = 0; i < PICTURES; i++) {
        assert_int_equal(spx_image_create(&self->pictures[i], WIDTH, HEIGHT, 8, NULL), SPX_OK);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                spx_image_set_sample(self->pictures[i], x, y, 0, i == 0 ? 200 : 30);
                spx_image_set_sample(self->pictures[i], x, y, 1, i == 1 ? 200 : 30);
                spx_image_set_sample(self->pictures[i], x, y, 2, i == 2 ? 200 : 30);
            }
        }
    }
    self->animation = (spx_animation){ .pictures = (const spx_image *const *)self->pictures,
                                       .order = order,
                                       .length = LENGTH,
                                       .per_second = PER_SECOND };
}

static void destroy_film(film *self)
{
    for (uint32_t i = 0; i < PICTURES; i++)
        spx_image_unref(self->pictures[i]);
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static const uint8_t *find(const spx_bytes *file, const char *word)
{
    return memmem(file->data, file->size, word, strlen(word));
}

static void an_mp4_has_its_index_before_its_pictures(void **state)
{
    (void)state;
    film self;
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    create_film(&self);

    if (spx_animation_write_mp4(&file, &self.animation, 20, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    char boxes[64] = "";
    size_t at = 0;
    while (at + 8 <= file.size && strlen(boxes) + 5 < sizeof(boxes)) {
        strncat(boxes, (const char *)file.data + at + 4, 4);
        at += big_endian(file.data + at);
    }
    assert_int_equal(at, file.size);
    assert_string_equal(boxes, "ftypmoovfreemdat");
    assert_non_null(find(&file, "avc1"));
    assert_non_null(find(&file, "colrnclx"));
    spx_bytes_clear(&file);
    destroy_film(&self);
}

static void an_mp4_of_odd_sides_is_refused_with_a_reason(void **state)
{
    (void)state;
    film self;
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    create_film(&self);
    spx_image *odd[PICTURES] = { NULL };
    for (uint32_t i = 0; i < PICTURES; i++)
        assert_int_equal(spx_image_create(&odd[i], WIDTH - 1, HEIGHT, 8, NULL), SPX_OK);
    self.animation.pictures = (const spx_image *const *)odd;

    const spx_status status = spx_animation_write_mp4(&file, &self.animation, 20, NULL, &diag);

    assert_int_equal(status, SPX_ERR_UNSUPPORTED);
    assert_non_null(strstr(diag.text, "MP4"));
    assert_int_equal(file.size, 0);
    for (uint32_t i = 0; i < PICTURES; i++)
        spx_image_unref(odd[i]);
    destroy_film(&self);
}

static void a_gif_and_a_webp_run_for_ever(void **state)
{
    (void)state;
    film self;
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    create_film(&self);

    if (spx_animation_write_gif(&file, &self.animation, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    static const char forever[] = "NETSCAPE2.0\003\001\000";
    const uint8_t *const loop = memmem(file.data, file.size, forever, sizeof(forever) - 1);
    assert_non_null(loop);
    assert_int_equal(loop[sizeof(forever) - 1], 0);
    spx_bytes_clear(&file);

    if (spx_animation_write_webp(&file, &self.animation, 80, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    assert_memory_equal(file.data, "RIFF", 4);
    const uint8_t *const anim = find(&file, "ANIM");
    assert_non_null(anim);
    assert_int_equal(anim[12] | anim[13] << 8, 0); /* how often it runs; 0 = for ever */
    int frames = 0;
    for (size_t i = 0; i + 4 <= file.size; i++)
        frames += memcmp(file.data + i, "ANMF", 4) == 0;
    assert_int_equal(frames, LENGTH);
    spx_bytes_clear(&file);
    destroy_film(&self);
}

static void a_cancelled_animation_leaves_nothing(void **state)
{
    (void)state;
    film self;
    spx_cancel *cancel = NULL;
    spx_bytes file = { 0 };
    create_film(&self);
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };

    assert_int_equal(spx_animation_write_mp4(&file, &self.animation, 20, &task, NULL),
                     SPX_ERR_CANCELLED);
    assert_int_equal(spx_animation_write_gif(&file, &self.animation, &task, NULL),
                     SPX_ERR_CANCELLED);

    assert_int_equal(file.size, 0);
    spx_cancel_destroy(cancel);
    destroy_film(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_mp4_has_its_index_before_its_pictures),
        cmocka_unit_test(an_mp4_of_odd_sides_is_refused_with_a_reason),
        cmocka_unit_test(a_gif_and_a_webp_run_for_ever),
        cmocka_unit_test(a_cancelled_animation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* One engine used by several threads at once. */
#include "test_support.h"

#include "test_files.h"
#include "test_pictures.h"

#include "base/file.h"
#include "image/image.h"
#include "spx/spx.h"

#include <pthread.h>

/* A sanitizer sees the same locks with less between them. */
enum { CALLERS = 4, SMALL_SIDE = 96, SMALL_DEPTH = 64 };

/* What one thread asks for and gets. Assertions stay in the main thread. */
typedef struct caller {
    spx_engine *engine;
    const spx_bytes *photo;
    double strength_pct;
    spx_cancel *cancel;   /* may be NULL */
    double cancel_at;     /* progress at which the thread cancels itself */
    double last_fraction; /* of the progress that was told */
    int went_back;        /* progress */
    spx_status status;
    spx_result *result;
    pthread_t thread;
} caller;

static void on_progress(void *user, spx_stage stage, double fraction)
{
    caller *const self = user;
    (void)stage;
    if (fraction < self->last_fraction)
        self->went_back = 1;
    self->last_fraction = fraction;
    if (self->cancel != NULL && fraction >= self->cancel_at)
        spx_cancel_request(self->cancel);
}

static void *convert(void *context)
{
    caller *const self = context;
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = SPX_FORMAT_SPATIAL | SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT;
    options.strength_pct = self->strength_pct;
    options.detail = SPX_DETAIL_FAST;
    options.depth_size = TEST_SANITIZED ? SMALL_DEPTH : 0;
    const spx_input input = { .data = self->photo->data,
                              .size = self->photo->size,
                              .name = "photo.png" };
    const spx_watch watch = { .progress = on_progress, .user = self, .cancel = self->cancel };
    self->status = spx_convert(self->engine, &input, &options, &watch, &self->result, NULL);
    return NULL;
}

static void convert_together(caller *callers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&callers[i].thread, NULL, convert, &callers[i]), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
}

static void assert_same_files(const spx_result *a, const spx_result *b)
{
    assert_int_equal(spx_result_file_count(a), spx_result_file_count(b));
    for (size_t i = 0; i < spx_result_file_count(a); i++) {
        const spx_file *const one = spx_result_file(a, i);
        const spx_file *const other = spx_result_file(b, i);
        assert_string_equal(one->name, other->name);
        assert_int_equal(one->size, other->size);
        assert_memory_equal(one->data, other->data, one->size);
    }
}

static spx_bytes read_photo(void)
{
    if (!TEST_SANITIZED)
        return test_data_read("photos/chelsea.png");
    spx_image *const small = test_photo_shrunk("chelsea.png", SMALL_SIDE);
    const spx_bytes png = test_png_of(small);
    spx_image_unref(small);
    return png;
}

static void gives_each_thread_what_it_would_get_alone(void **state)
{
    (void)state;
    spx_engine *const engine = test_engine_create(2);
    spx_bytes photo = read_photo();
    caller alone[2] = { 0 };
    caller together[CALLERS] = { 0 };
    for (size_t i = 0; i < 2; i++) {
        alone[i] = (caller){ .engine = engine, .photo = &photo, .strength_pct = 1.0 + (double)i };
        (void)convert(&alone[i]);
        assert_int_equal(alone[i].status, SPX_OK);
    }
    for (size_t i = 0; i < CALLERS; i++)
        together[i] = alone[i % 2];
    for (size_t i = 0; i < CALLERS; i++) {
        together[i].result = NULL;
        together[i].last_fraction = 0;
    }

    convert_together(together, CALLERS);

    for (size_t i = 0; i < CALLERS; i++) {
        assert_int_equal(together[i].status, SPX_OK);
        assert_int_equal(together[i].went_back, 0);
        assert_true(together[i].last_fraction == 1.0);
        assert_same_files(together[i].result, alone[i % 2].result);
        spx_result_destroy(together[i].result);
    }
    spx_result_destroy(alone[0].result);
    spx_result_destroy(alone[1].result);
    spx_bytes_clear(&photo);
    spx_engine_destroy(engine);
}

static void cancels_one_and_not_the_others(void **state)
{
    (void)state;
    static const double moments[CALLERS] = { 0, 0.25, 0.6, 2 };
    spx_engine *const engine = test_engine_create(2);
    spx_bytes photo = read_photo();
    caller callers[CALLERS] = { 0 };
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i] = (caller){
            .engine = engine, .photo = &photo, .strength_pct = 2, .cancel_at = moments[i]
        };
        assert_int_equal(spx_cancel_create(&callers[i].cancel), SPX_OK);
    }

    convert_together(callers, CALLERS);

    for (size_t i = 0; i < CALLERS; i++) {
        const int whole = moments[i] > 1;
        assert_int_equal(callers[i].status, whole ? SPX_OK : SPX_ERR_CANCELLED);
        assert_int_equal(callers[i].result != NULL, whole);
        spx_result_destroy(callers[i].result);
        spx_cancel_destroy(callers[i].cancel);
    }
    spx_bytes_clear(&photo);
    spx_engine_destroy(engine);
}

static void writes_nothing_when_cancelled(void **state)
{
    (void)state;
    spx_engine *const engine = test_engine_create(2);
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.output_dir = test_out_path("threads_cancelled/never");
    const spx_input input = { .path = test_data_path("photos/chelsea.png") };
    const spx_watch watch = { .cancel = cancel };
    spx_result *result = NULL;
    spx_diag diag = { 0 };

    assert_int_equal(spx_convert(engine, &input, &options, &watch, &result, &diag),
                     SPX_ERR_CANCELLED);

    assert_null(result);
    spx_bytes bytes = { 0 };
    assert_int_equal(spx_file_read(options.output_dir, 1, &bytes, NULL), SPX_ERR_NOT_FOUND);
    spx_cancel_destroy(cancel);
    spx_engine_destroy(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_thread_what_it_would_get_alone),
        cmocka_unit_test(cancels_one_and_not_the_others),
        cmocka_unit_test(writes_nothing_when_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

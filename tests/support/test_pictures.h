#ifndef TEST_PICTURES_H
#define TEST_PICTURES_H

#include "base/bytes.h"
#include "spx/image.h"
#include "spx/spx.h"

/* What tests do with pictures; each fails the running test when it cannot. */

/** An engine with that many threads. Owned by the caller: spx_engine_destroy(). */
spx_engine *test_engine_create(unsigned threads);
/** The engine of a test program, with two threads: cmocka's group functions make it before the
 * tests and destroy it behind them. */
extern spx_engine *test_engine;
int test_engine_set_up(void **state);
int test_engine_tear_down(void **state);
/** Noise that repeats nowhere, 0 to 255, in square cells of that many pixels with slopes between
 * them. x, y: not below 0. */
double test_noise(double x, double y, double cell);
/** A PNG of the image without metadata. Cleared by the caller. */
spx_bytes test_png_of(const spx_image *image);
/** The pixels of an encoded picture, upright. name: for messages. Owned by the caller:
 * spx_image_unref(). */
spx_image *test_decode(const void *data, size_t size, const char *name);
/** tests/data/photos/NAME, no longer than that on its long side. Owned by the caller:
 * spx_image_unref(). */
spx_image *test_photo_shrunk(const char *name, uint32_t long_side);
/** The first file of that format in a result: borrowed until its end. */
const spx_file *test_file_of(const spx_result *result, spx_format format);
/** Same size, depth and samples. */
void test_assert_same_pixels(const spx_image *a, const spx_image *b);

#endif

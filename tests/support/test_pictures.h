#ifndef TEST_PICTURES_H
#define TEST_PICTURES_H

#include "base/bytes.h"
#include "spx/image.h"
#include "spx/spx.h"

/* What tests do with pictures; each fails the running test when it cannot. */

/** An engine with that many threads. Owned by the caller: spx_engine_destroy(). */
spx_engine *test_engine_create(unsigned threads);
/** A PNG of the image without metadata. Cleared by the caller. */
spx_bytes test_png_of(const spx_image *image);
/** The pixels of an encoded picture, upright. name: for messages. Owned by the caller:
 * spx_image_unref(). */
spx_image *test_decode(const void *data, size_t size, const char *name);
/** Same size, depth and samples. */
void test_assert_same_pixels(const spx_image *a, const spx_image *b);

#endif

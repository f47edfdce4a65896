#ifndef TEST_STILLS_H
#define TEST_STILLS_H

#include "container/hevc_stills.h"

/** Pictures of an Annex B file below tests/data as the encoder would hand them over; fails the
 * running test when the file is not as expected. Cleared by the caller. */
spx_hevc_stills test_stills_read(const char *name, uint32_t width, uint32_t height);
/** The same with `count` pictures, the file's ones over and over. */
spx_hevc_stills test_stills_repeat(const char *name, uint32_t width, uint32_t height, size_t count);

#endif

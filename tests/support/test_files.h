#ifndef TEST_FILES_H
#define TEST_FILES_H

#include "base/bytes.h"

/** "FOLDER/NAME" below tests/data, in a static buffer that the next call overwrites. */
const char *test_data_path(const char *name);
/** A file of that name in the folder for test output, in a static buffer that the next call
 * overwrites. */
const char *test_out_path(const char *name);
/** The same of a folder, which is there and empty afterwards, whatever was in it. */
const char *test_out_empty_folder(const char *name);
/** The bytes of a file below tests/data; fails the running test when it cannot be read. Cleared by
 * the caller. */
spx_bytes test_data_read(const char *name);
/** An entry of a big-endian TIFF (6.0): a value of 32 bits, or where `count` values stand. */
void test_tiff_entry(spx_bytes *file, unsigned tag, uint32_t count, uint32_t value);

#endif

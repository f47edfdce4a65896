#include "test_files.h"

#include "test_support.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, MOST_BYTES = 256 << 20 };

static const char *below(char *path, const char *variable, const char *name)
{
    const char *const folder = getenv(variable); // NOLINT(concurrency-mt-unsafe)
    if (folder == NULL)
        fail_msg("%s is not set: run the test through ctest", variable);
    (void)snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

const char *test_data_path(const char *name)
{
    static char path[PATH_SIZE];
    return below(path, "SPX_TEST_DATA", name);
}

const char *test_out_path(const char *name)
{
    static char path[PATH_SIZE];
    return below(path, "SPX_TEST_OUT", name);
}

const char *test_out_empty_folder(const char *name)
{
    const char *const path = test_out_path(name);
    spx_diag diag = { 0 };
    spx_folder_remove(path);
    if (access(path, F_OK) == 0)
        fail_msg("%s: cannot be emptied", path);
    if (spx_folder_make(path, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return path;
}

spx_bytes test_data_read(const char *name)
{
    spx_bytes bytes = { 0 };
    spx_diag diag = { 0 };
    if (spx_file_read(test_data_path(name), MOST_BYTES, &bytes, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return bytes;
}

void test_tiff_entry(spx_bytes *file, unsigned tag, uint32_t count, uint32_t value)
{
    enum { LONG = 4 };
    spx_bytes_u16(file, tag);
    spx_bytes_u16(file, LONG);
    spx_bytes_u32(file, count);
    spx_bytes_u32(file, value);
}

#include "cli/standard_input.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int spx_is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* One byte over the limit is enough for the reader to refuse it by size. */
static spx_status read_all(spx_bytes *out, uint64_t limit, spx_diag *diag)
{
    uint8_t block[1 << 16];
    while (out->size <= limit) {
        const ssize_t got = read(STDIN_FILENO, block, sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return spx_file_fail(errno, "standard input", "read", diag);
        if (got == 0)
            return SPX_OK;
        spx_bytes_append(out, block, (size_t)got);
        SPX_TRY(spx_bytes_check(out, "standard input", diag));
    }
    return SPX_OK;
}

spx_status spx_input_of(spx_input *out, const char *path, const spx_limits *limits,
                        spx_bytes *bytes, spx_diag *diag)
{
    static const uint8_t nothing[1] = { 0 };
    *out = (spx_input){ .path = path };
    if (!spx_is_standard_input(path))
        return SPX_OK;
    SPX_TRY(read_all(bytes, limits->file_bytes, diag));
    *out = (spx_input){ .data = bytes->data == NULL ? nothing : bytes->data,
                        .size = bytes->size,
                        .name = SPX_STANDARD_INPUT_NAME };
    return SPX_OK;
}

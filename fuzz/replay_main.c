/* Runs a fuzz target over every file in the folders named on the command line: corpora as plain
 * tests. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* As libFuzzer does: the pointer is never NULL, and a byte behind the input is nobody's. */
static int run(const uint8_t *bytes, size_t size)
{
    uint8_t *const exact = calloc(size > 0 ? size : 1, 1);
    if (exact == NULL)
        return 1;
    if (size > 0)
        memcpy(exact, bytes, size);
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 0;
}

static int replay(const char *folder, const char *name)
{
    static const uint64_t most_bytes = 64u << 20;
    spx_diag diag = { 0 };
    spx_bytes bytes = { 0 };
    char *const path = spx_path_join(folder, name);
    int failed = path == NULL || spx_file_read(path, most_bytes, &bytes, &diag) != SPX_OK;
    if (failed)
        (void)fprintf(stderr, "%s\n", diag.text);
    else
        failed = run(bytes.data, bytes.size);
    spx_bytes_clear(&bytes);
    free(path);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = run(NULL, 0);
    int replayed = 0;
    for (int i = 1; i < argc; i++) {
        DIR *const folder = opendir(argv[i]);
        if (folder == NULL)
            continue; /* no crashers yet */
        const struct dirent *entry = NULL;
        while ((entry = readdir(folder)) != NULL) { // NOLINT(concurrency-mt-unsafe)
            if (entry->d_name[0] == '.')
                continue;
            failed |= replay(argv[i], entry->d_name);
            replayed++;
        }
        (void)closedir(folder);
    }
    (void)printf("%d inputs replayed\n", replayed);
    return failed || replayed == 0;
}

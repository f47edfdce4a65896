/* Any text as a list of checksums: found, changed, and found again. */
#include "base/file.h"
#include "models/model_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/spx-sums-XXXXXX";
static char list[sizeof(folder) + sizeof("/SHA256SUMS")];

static void clean(void)
{
    (void)unlink(list);
    (void)rmdir(folder);
}

static void start(void)
{
    static int started;
    if (started)
        return;
    started = 1;
    if (mkdtemp(folder) == NULL)
        abort();
    (void)snprintf(list, sizeof(list), "%s/SHA256SUMS", folder);
    (void)atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char file[] = "a.safetensors";
    static const char hex[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char found[SPX_SHA256_HEX] = "";
    start();
    FILE *const to = fopen(list, "wb");
    if (to == NULL || fwrite(bytes, 1, size, to) != size || fclose(to) != 0)
        abort();
    const spx_status before = spx_model_sums_find(folder, file, found, NULL);
    (void)before;
    if (spx_model_sums_set(folder, file, hex, NULL) == SPX_OK &&
        (spx_model_sums_find(folder, file, found, NULL) != SPX_OK || strcmp(found, hex) != 0))
        abort();
    return 0;
}

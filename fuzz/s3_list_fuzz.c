/* The first byte says how often the page is given: a list ends, whatever the server says. */
#include "fuzz_text.h"

#include "net/s3_list.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static spx_status note(void *user, const char *key, int64_t modified_s)
{
    size_t *const count = user;
    const size_t length = strlen(key);
    (void)modified_s;
    fuzz_check(length > 0 && length < SPX_S3_KEY);
    (*count)++;
    return SPX_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_s3_place place = { .more = 1 };
    spx_diag diag = { 0 };
    if (size < 1)
        return 0;
    uint8_t *const page = fuzz_copy(bytes + 1, size - 1);
    if (page == NULL)
        return 0;
    for (unsigned pages = bytes[0] % 4U + 1; pages > 0 && place.more; pages--) {
        char before[SPX_S3_KEY];
        size_t count = 0;
        memcpy(before, place.last, sizeof(before));
        const spx_status status =
            spx_s3_list_read(&place, (const char *)page, size - 1, note, &count, &diag);
        if (status != SPX_OK)
            break;
        fuzz_check(!place.more || strcmp(before, place.last) < 0);
        fuzz_check(count != 0 || strcmp(before, place.last) == 0);
    }
    free(page);
    return 0;
}

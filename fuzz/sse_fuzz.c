/* The first byte says how long the pieces are in which the rest arrives. However it is cut, the
 * events must be the same. */
#include "fuzz_text.h"

#include "net/sse.h"

enum { MOST_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static spx_status note(void *user, const char *event, const char *data, size_t size)
{
    spx_bytes *const log = user;
    fuzz_check(data[size] == '\0');
    spx_bytes_text(log, event);
    spx_bytes_append(log, data, size);
    spx_bytes_u32(log, (uint32_t)size);
    return SPX_OK;
}

static spx_status feed(spx_bytes *log, const uint8_t *bytes, size_t size, size_t piece)
{
    spx_sse sse = { .event = note, .user = log, .most_bytes = MOST_BYTES };
    spx_status status = SPX_OK;
    for (size_t at = 0; at < size && status == SPX_OK; at += piece) {
        const size_t count = size - at < piece ? size - at : piece;
        uint8_t *const copy = fuzz_copy(bytes + at, count);
        if (copy == NULL)
            break;
        status = spx_sse_feed(&sse, copy, count);
        free(copy);
    }
    spx_sse_clear(&sse);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_bytes whole = { 0 };
    spx_bytes cut = { 0 };
    if (size < 2)
        return 0;
    const spx_status one = feed(&whole, bytes + 1, size - 1, size);
    const spx_status two = feed(&cut, bytes + 1, size - 1, (size_t)bytes[0] % 32 + 1);
    /* A line over the limit is noticed at different places. */
    if (one == SPX_OK && two == SPX_OK &&
        (whole.size != cut.size || (cut.size != 0 && memcmp(whole.data, cut.data, cut.size) != 0)))
        abort();
    spx_bytes_clear(&whole);
    spx_bytes_clear(&cut);
    return 0;
}

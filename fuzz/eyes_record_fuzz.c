/* The record of both eyes in an XMP packet: read, taken out, written again. */
#include "container/eyes_record.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_bytes packet = { 0 };
    spx_eyes_record record;
    if (spx_bytes_copy(&packet, bytes, size, "packet", NULL) != SPX_OK)
        return 0;
    const int found = spx_eyes_record_read(&record, &packet);
    spx_eyes_record_drop(&packet);
    if (packet.size > size)
        abort();
    if (found) {
        spx_bytes again = { 0 };
        spx_eyes_record_put(&again, &record);
        spx_bytes_clear(&again);
    }
    spx_bytes_clear(&packet);
    return 0;
}

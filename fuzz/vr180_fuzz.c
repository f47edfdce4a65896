/* A VR180 photo's XMP: which part of the sphere, and the right eye out of the extended packet. */
#include "container/vr180.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_sphere_part part;
    spx_bytes right = { 0 };
    if (spx_vr180_find(&part, bytes, size) && !(part.width_deg > 0.0 && part.width_deg <= 360.0 &&
                                                part.height_deg > 0.0 && part.height_deg <= 180.0))
        abort(); /* a picture is projected with these */
    (void)!spx_vr180_read_right(&right, bytes, size, NULL);
    if (right.size > size)
        abort();
    spx_bytes_clear(&right);
    return 0;
}

#include "container/exif.h"
#include "container/image_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    spx_image_header header;
    spx_exif exif;
    spx_image_header_read(&header, bytes, size);
    if (header.exif != NULL)
        spx_exif_read(&exif, header.exif, header.exif_size);
    return 0;
}

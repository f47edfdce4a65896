#include "image/photo.h"

void spx_photo_clear(spx_photo *photo)
{
    spx_image_unref(photo->image);
    spx_plane_destroy(photo->depth);
    spx_bytes_clear(&photo->icc);
    spx_bytes_clear(&photo->exif);
    spx_bytes_clear(&photo->xmp);
    *photo = (spx_photo){ 0 };
}

#ifndef SPX_CONTAINER_EXIF_COLOR_H
#define SPX_CONTAINER_EXIF_COLOR_H

#include <stddef.h>

/** 1 when an EXIF block (from "II" or "MM" on) says that the picture is in Adobe RGB (1998): by the
 * interoperability index "R03" of DCF 2.0, or by a ColorSpace of 2. A damaged block says nothing.
 */
int spx_exif_is_adobe_rgb(const void *tiff, size_t size);

#endif

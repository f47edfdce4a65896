#ifndef SPX_FORMATS_EXTRAS_H
#define SPX_FORMATS_EXTRAS_H

#include "codec/image_write.h"
#include "formats/master.h"

/** The photo's profile, EXIF and XMP for a picture of another size than the photo: `extras` points
 * to the photo's and to what had to be changed. Zero-initialise; clear when written. */
typedef struct spx_sized_extras {
    spx_image_extras extras;
    spx_bytes exif;
} spx_sized_extras;

/** width, height: of the picture. Borrows from the master until cleared. */
SPX_NODISCARD spx_status spx_sized_extras_init(spx_sized_extras *out, const spx_master *master,
                                               uint32_t width, uint32_t height, spx_diag *diag);
void spx_sized_extras_clear(spx_sized_extras *sized);

#endif

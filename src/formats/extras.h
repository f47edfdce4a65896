#ifndef SPX_FORMATS_EXTRAS_H
#define SPX_FORMATS_EXTRAS_H

#include "codec/image_write.h"
#include "container/eyes_record.h"
#include "formats/master.h"

/** The photo's profile, EXIF and XMP for a picture of another size than the photo: `extras` points
 * to the photo's and to what had to be changed. Zero-initialise; clear when written. */
typedef struct spx_sized_extras {
    spx_image_extras extras;
    spx_bytes exif;
    spx_bytes xmp;
} spx_sized_extras;

/** width, height: of the picture. Borrows from the master until cleared. */
SPX_NODISCARD spx_status spx_sized_extras_init(spx_sized_extras *out, const spx_master *master,
                                               uint32_t width, uint32_t height, spx_diag *diag);
/** The same for a picture of both eyes, or of one: with the record (container/eyes_record.h) of how
 * they lie to the window. are_parallel: they are those of parallel cameras. */
SPX_NODISCARD spx_status spx_eyes_extras_init(spx_sized_extras *out, const spx_master *master,
                                              uint32_t width, uint32_t height, int are_parallel,
                                              spx_diag *diag);
/** That record. */
spx_eyes_record spx_master_record(const spx_master *master, int are_parallel);
void spx_sized_extras_clear(spx_sized_extras *sized);

#endif

#ifndef SPX_CONTAINER_TIFF_EXIF_H
#define SPX_CONTAINER_TIFF_EXIF_H

#include "base/bytes.h"

/**
 * Collects what a TIFF photo tells about itself (camera, time, place, lens …) into an EXIF block of
 * its own, from "II" or "MM" on, at most 64 kB: the tags that describe IFD0, the Exif IFD and the
 * GPS IFD, without maker notes, whose offsets would not fit any more. *out stays empty where there
 * is nothing, or nothing that can be read. Fails only without memory.
 */
SPX_NODISCARD spx_status spx_tiff_exif(spx_bytes *out, const void *tiff, size_t size,
                                       spx_diag *diag);

#endif

#ifndef SPX_CODEC_GAIN_MAP_READ_H
#define SPX_CODEC_GAIN_MAP_READ_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/limits.h"

/** The gain map of an HDR photo in Apple's form (container/gain_map.h). */
typedef struct spx_gain_map {
    spx_plane *map;  /* code values 0..1, upright as the photo, of a size of its own; NULL = none */
    double headroom; /* linear; 0 = the photo's EXIF tells it (Apple's MakerNote) */
} spx_gain_map;

void spx_gain_map_clear(spx_gain_map *gain); /* an empty one is fine */

/**
 * Finds and decodes the gain map of a HEIC, AVIF or JPEG file: Apple's, ISO 21496-1's or Ultra
 * HDR's. A file without one leaves *out empty. One that leads from HDR to SDR is
 * SPX_ERR_UNSUPPORTED. *out must be empty; name: for messages.
 */
SPX_NODISCARD spx_status spx_gain_map_read(spx_gain_map *out, const void *data, size_t size,
                                           const char *name, const spx_limits *limits,
                                           const spx_task *task, spx_diag *diag);

#endif

#ifndef SPX_CONTAINER_STEREO_CAMERA_H
#define SPX_CONTAINER_STEREO_CAMERA_H

#include <stddef.h>

/** What a photo's EXIF block tells of the stereo camera that took it. Zero = not told. */
typedef struct spx_stereo_camera {
    double baseline_mm; /* of cameras that are known by name */
    double hfov_deg;    /* of each eye; of cameras that are known by name */
    int beside;         /* the camera's files hold both eyes side by side, the left one first */
} spx_stereo_camera;

/**
 * Looks a camera up by Make, Model and UserComment: Fujifilm FinePix REAL 3D W1 and W3, Nintendo
 * 3DS, QooCam EGO. exif: TIFF structure from "II" or "MM" on; a damaged one tells nothing.
 */
void spx_stereo_camera_read(spx_stereo_camera *out, const void *exif, size_t size);

#endif

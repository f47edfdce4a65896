#ifndef SPX_CONTAINER_DEPTH_TEXT_H
#define SPX_CONTAINER_DEPTH_TEXT_H

#include "base/bytes.h"

/*
 * What a depth picture beside a photo says of itself, in the two ways that phones know. Depth is
 * kept as disparity, 1 over the distance in metres: its values are even steps of that.
 */
typedef struct spx_depth_scale {
    double far_per_m;  /* disparity of black, 0 = infinitely far */
    double near_per_m; /* of white, larger */
    double hfov_deg;   /* of the photo */
    uint32_t width;    /* of the photo */
    uint32_t height;
} spx_depth_scale;

/** Apple: appends what stands behind the name in the 'auxC' of a depth item: the message
 * depth_representation_info of HEVC (ISO/IEC 23008-2, G.14.2.3), as iPhones write it. */
void spx_depth_put_sei(spx_bytes *out, const spx_depth_scale *scale);
/** Apple: appends the XMP packet of a depth item. */
void spx_depth_put_apple_xmp(spx_bytes *out, const spx_depth_scale *scale);

/**
 * Google: appends an rdf:Description for the photo's own XMP that tells of a JPEG of the depth
 * behind it, `depth_bytes` long, black = near (Dynamic Depth 1.0), and of the same JPEG in the
 * extended XMP of that GUID (GDepth; 32 hexadecimal digits).
 */
void spx_depth_put_google_xmp(spx_bytes *out, const spx_depth_scale *scale, size_t depth_bytes,
                              const char *guid);
/** Google: appends the extended XMP packet with the depth in it. */
void spx_depth_put_google_extended(spx_bytes *out, const spx_bytes *depth_jpeg);

#endif

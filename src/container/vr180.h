#ifndef SPX_CONTAINER_VR180_H
#define SPX_CONTAINER_VR180_H

#include "base/bytes.h"
#include "base/sphere_part.h"

/*
 * VR180 photos and those of Cardboard Camera: the JPEG file is the left eye, its XMP tells with
 * GPano which part of the sphere both eyes show (equirectangular: longitude along x, latitude along
 * y), and its extended XMP has the right eye as base64 (GImage:Data).
 */

/** What the main XMP packet tells. 0 = no equirectangular photo with a second eye. Where it does
 * not tell which part of the sphere it shows, that is the half ahead. */
int spx_vr180_find(spx_sphere_part *part, const void *jpeg, size_t size);

/** The right eye: an encoded picture. *out, which must be empty, stays so where it is missing or
 * damaged. Fails only without memory. */
SPX_NODISCARD spx_status spx_vr180_read_right(spx_bytes *out, const void *jpeg, size_t size,
                                              spx_diag *diag);

/** What is written of a picture of width x height pixels. */
typedef struct spx_vr180_text {
    spx_sphere_part part;
    uint32_t width;
    uint32_t height;
} spx_vr180_text;

/** Appends the rdf:Description for the main packet, which names the extended one (guid: 32
 * hexadecimal digits). */
void spx_vr180_put_xmp(spx_bytes *out, const spx_vr180_text *text, const char *guid);
/** Appends the extended packet with the right eye's JPEG in it. */
void spx_vr180_put_extended(spx_bytes *out, const spx_bytes *right_jpeg);

#endif

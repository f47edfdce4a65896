#ifndef SPX_CONTAINER_CAMERA_PROPERTIES_H
#define SPX_CONTAINER_CAMERA_PROPERTIES_H

#include <stdint.h>

/*
 * The three item properties that tell a viewer how a stereo photo was taken. Apple's files hold
 * them as 'uuid' boxes of these user types; the MPEG text (23008-12, camera parameters amendment)
 * gives the first two, with the same payload, the types 'cmin' and 'cmex'.
 */
enum { SPX_USER_TYPE_BYTES = 16 };

extern const uint8_t spx_uuid_cmin[SPX_USER_TYPE_BYTES];         /* intrinsics */
extern const uint8_t spx_uuid_cmex[SPX_USER_TYPE_BYTES];         /* extrinsics */
extern const uint8_t spx_uuid_stereo_group[SPX_USER_TYPE_BYTES]; /* left, right, mono */
extern const uint8_t spx_uuid_disparity[SPX_USER_TYPE_BYTES];    /* adjustment; no FullBox header */

enum {
    SPX_CMIN_ANISOTROPIC = 1, /* flag: focal length y and skew follow */
    SPX_CMIN_SHIFT_AT = 8,    /* flags, 5 bits: values are numerators over 2^shift */
    SPX_CMIN_SKEW_SHIFT_AT = 16,
    SPX_CMIN_SHIFT_MASK = 31,
    SPX_CMEX_POS_X = 1, /* flags: which fields follow; positions in micrometres */
    SPX_CMEX_POS_Y = 2,
    SPX_CMEX_POS_Z = 4,
    SPX_CMEX_ORIENTATION = 8,
    SPX_CMEX_ORIENTATION_32 = 0x10, /* 32-bit quaternion parts over 2^30, else 16-bit over 2^14 */
    SPX_CMEX_WORLD_ID = 0x20,
    SPX_DISPARITY_UNITS = 10000, /* per image width */
};

/** A fraction of the width as the file can hold it: held to -1..1, which only photos of a few
 * pixels pass, in steps of 1/10000. */
double spx_disparity_adjustment_round(double adjustment);

#endif

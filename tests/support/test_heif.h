#ifndef TEST_HEIF_H
#define TEST_HEIF_H

#include "container/spatial_heif.h"
#include "test_stills.h"

/** A spatial photo of drawn tiles with everything that one can carry, and what it borrows. */
typedef struct test_heif {
    spx_hevc_stills coded;
    spx_hevc_stills thumbnail;
    spx_bytes exif;
    spx_bytes xmp;
    spx_bytes icc;
    spx_spatial_heif photo;
} test_heif;

/** The form of tests/data/heic/grid_1023x999.heic: 2 x 2 tiles of 512 for each eye. Change
 * heif->photo at will. */
void test_heif_init(test_heif *heif);
void test_heif_clear(test_heif *heif);
/** The file; fails the running test when it cannot be made. Cleared by the caller. */
spx_bytes test_heif_write(const spx_spatial_heif *photo);

#endif

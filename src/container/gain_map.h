#ifndef SPX_CONTAINER_GAIN_MAP_H
#define SPX_CONTAINER_GAIN_MAP_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/*
 * HDR gain maps: one number for each pixel says how much brighter than the SDR photo a display with
 * headroom shows it. Three forms are in use:
 *
 *     Apple     auxiliary picture urn:com:apple:photo:2020:aux:hdrgainmap
 *     ISO       21496-1: in HEIF a derived item 'tmap', in JPEG a segment APP2
 *     Ultra HDR a second JPEG behind the first, XMP of http://ns.adobe.com/hdr-gain-map/1.0/
 */

/** How code values of a map become gains: log2(gain) = min + (max - min) * value^(1 / gamma). Of
 * several channels the mean. */
typedef struct spx_gain_form {
    double min; /* log2 */
    double max;
    double gamma;
    int base_is_hdr; /* the map leads from HDR to SDR */
} spx_gain_form;

/** Metadata of ISO 21496-1, annex C.2, from minimum_version on. SPX_ERR_CORRUPT, SPX_ERR_TRUNCATED,
 * SPX_ERR_UNSUPPORTED (a version that this does not know). */
SPX_NODISCARD spx_status spx_gain_iso_read(spx_gain_form *out, const void *data, size_t size,
                                           spx_diag *diag);

/** The same from an XMP packet with hdrgm properties; 1 when it has them. */
int spx_gain_xmp_read(spx_gain_form *out, const void *packet, size_t size);

/** HDRGainMapHeadroom of an XMP packet as Apple writes it: the gain, linear, of a map's white;
 * 0 = not told. */
double spx_gain_apple_headroom(const void *packet, size_t size);

/** Finds the JPEG of a gain map behind the first picture of a JPEG file; 1 when there is one that
 * tells its form. jpeg: from its SOI to the file's end, within data. */
int spx_gain_jpeg_find(spx_gain_form *form, const uint8_t **jpeg, size_t *jpeg_size,
                       const void *data, size_t size);

/** 1 when a JPEG file's XMP says that a gain map follows, be it there or not. */
int spx_gain_jpeg_claims(const void *data, size_t size);

/** Linear gain of a map's value, 0..1, as Apple's form stores it: 1 + (headroom - 1) * value is the
 * gain, and the code value is sRGB's of `value`. */
double spx_gain_to_apple(const spx_gain_form *form, double value);
/** The headroom that goes with it. */
double spx_gain_headroom(const spx_gain_form *form);

#endif

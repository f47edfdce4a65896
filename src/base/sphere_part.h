#ifndef SPX_BASE_SPHERE_PART_H
#define SPX_BASE_SPHERE_PART_H

/**
 * The part of the sphere around the camera that an equirectangular picture shows (longitude along
 * x, latitude along y), degrees. Longitude 0 lies straight ahead, larger = to the right; latitude
 * 90 is up.
 */
typedef struct spx_sphere_part {
    double left_deg;   /* longitude of the left side */
    double width_deg;  /* > 0 .. 360 */
    double top_deg;    /* latitude of the upper side */
    double height_deg; /* > 0 .. 180 */
} spx_sphere_part;

#endif

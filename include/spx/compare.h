#ifndef SPX_COMPARE_H
#define SPX_COMPARE_H

#include "spx/comfort.h"
#include "spx/spx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which pairs of eyes to lay side by side. Arrays are borrowed for the call. */
typedef struct spx_compare_options {
    size_t size;                 /* set by _init: how much of this struct the program knows */
    const double *strengths_pct; /* each 0..10 */
    size_t strength_count;
    const double *convergences; /* each 0..1 */
    size_t convergence_count;
    uint32_t places;   /* how many of the largest depth steps to show, 1..8, default 3 */
    uint32_t crop_px;  /* side of a crop, 32..1024, default 256 */
    const char *model; /* as in spx_convert_options */
    const char *path;  /* of the sheet; never NULL */
} spx_compare_options;

/** As spx_compare_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_compare_options_init_sized(spx_compare_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_compare_options_init(spx_compare_options *options)
{
    spx_compare_options_init_sized(options, sizeof(*options));
}

/** One row of the sheet. */
typedef struct spx_compare_row {
    double strength_pct;
    double convergence;
    spx_comfort comfort;
} spx_compare_row;

/** Rows of a sheet for these options. */
SPX_API size_t spx_compare_row_count(const spx_compare_options *options);

/**
 * Writes a PNG contact sheet for people who choose by looking: a row for each strength and
 * convergence, in it the left and the right eye, in the photo's own pixels, at the places where
 * depth changes most. rows: spx_compare_row_count() of them, written. watch may be NULL.
 */
SPX_API SPX_NODISCARD spx_status spx_compare(spx_engine *engine, const spx_input *input,
                                             const spx_compare_options *options,
                                             const spx_watch *watch, spx_compare_row *rows,
                                             spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

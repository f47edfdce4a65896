#ifndef SPX_MATCH_ALIGN_H
#define SPX_MATCH_ALIGN_H

#include "base/task.h"
#include "spx/image.h"

/** How the right eye lies to the left one, and what was done about it. */
typedef struct spx_alignment {
    uint32_t matches;    /* features that agree with each other; 0 = too few: nothing is known */
    double offset_px;    /* the right eye's picture lies lower, in the middle; pixels of the eyes */
    double rotation_deg; /* it is turned clockwise */
    double scale;        /* it is larger, 1 = equal */
    double gain[3];      /* it is brighter, red, green, blue; of gamma-coded values, 1 = equal */
    double vertical_pct; /* 95th percentile of the vertical disparity, % of the height */
    int moved;           /* the right eye was moved, and both eyes cut to what both show */
    int brightened;      /* the right eye's brightness was changed */
} spx_alignment;

/** Vertical disparity from which on the eyes are moved, % of the height. */
#define SPX_ALIGN_VERTICAL_PCT 0.1
/** Difference of brightness from which on it is changed, part of the gamma-coded value: about
 * 0.13 EV. The bundled true pair differs by 0.02, measured with an error of 0.01. */
#define SPX_ALIGN_GAIN 0.04

/** Measures only. Eyes of one size, 8 or 16 bits. */
SPX_NODISCARD spx_status spx_align_measure(spx_alignment *out, const spx_image *left,
                                           const spx_image *right, const spx_task *task,
                                           spx_diag *diag);

/**
 * Measures, and corrects the right eye where it lies off: turned, scaled and moved so that lines
 * lie level, its brightness brought to the left eye's. The left eye keeps its pixels; where the
 * right eye was moved both lose the few rows and columns that one of them has not. What needs
 * nothing stays bit-exact, the same image. eyes: left, right; a replaced one is released and the
 * new one is owned as the old was. On failure both stay.
 */
SPX_NODISCARD spx_status spx_align_eyes(spx_alignment *out, spx_image *eyes[2],
                                        const spx_task *task, spx_diag *diag);

/** "right eye 1.2 % lower, turned 0.30 degrees, …": what was found, for people. Zero-terminated. */
void spx_alignment_describe(const spx_alignment *alignment, double height, char *text, size_t size);

#endif

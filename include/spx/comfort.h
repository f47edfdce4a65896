#ifndef SPX_COMFORT_H
#define SPX_COMFORT_H

#include "spx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How comfortable a stereo picture is to look at.
 *
 * Disparity is the distance between a thing's places in the left and the right eye, in % of the
 * picture's width and, as an angle, at the picture's horizontal field of view: crossed in front of
 * the window that the frame makes, uncrossed behind it.
 *
 * The score starts at 100 and loses
 *
 *     up to 50   range:    per degree that the crossed or uncrossed range goes over 1 degree, below
 *                          which too much parallax matters little (Lambooij et al. 2009, "Visual
 *                          discomfort and visual fatigue of stereoscopic displays: a review")
 *     up to 40   window:   things in front of the window that its left or right side cuts off: the
 *                          eye sees them cut by something farther away. The share of each side's
 *                          height, weighted by how far in front (full weight from 0.5 degrees),
 *                          both sides added, times 40
 *     up to 15   gradient: 15 for each unit that disparity changes faster than the distance across
 *                          the picture, where eyes stop fusing (Burt and Julesz 1980, "A disparity
 *                          gradient limit for binocular fusion"), over 1 degree of distance
 *     up to 15   filled:   from 3 % of invented pixels, 2.5 for each further per cent
 *     up to 30   vertical: 60 for each degree that the eyes lie apart in height, from 0.1 degrees
 * on, so that all is lost at 0.6. These two are a choice; that shifts in height are among what
 * disturbs most is from Kooi and Toet 2004, "Visual comfort of binocular and 3D displays"
 */
typedef struct spx_comfort {
    double score;         /* 0 bad .. 100 comfortable */
    double crossed_pct;   /* 99th percentile of disparity in front of the window, % of the width */
    double uncrossed_pct; /* 99th percentile of disparity behind the window, % of the width */
    double crossed_deg;   /* the same as angles */
    double uncrossed_deg;
    double window_left;  /* how much of the left side near things break, 0..1, weighted as above */
    double window_right; /* of the right side */
    double gradient;     /* 99.9th percentile of change of disparity over 1 degree of distance */
    double filled_share; /* of the pixels of both eyes, 0..1 */
    double vertical_deg; /* 95th percentile of vertical disparity; 0 in what spx renders */
    char advice[160];    /* what spoils it most, in words; "comfortable" when nothing does */
} spx_comfort;

/** How much depth the automatic strength aims at. */
typedef enum spx_look {
    SPX_LOOK_NATURAL, /* what most people like: 2.5 to 3 % of the width where the photo allows */
    SPX_LOOK_MILD,    /* two thirds of that, for long looking and sensitive eyes */
    SPX_LOOK_STRONG,  /* about half as much again, for showing off */
} spx_look;

/** What an automatic strength goes by. */
typedef enum spx_scale {
    SPX_SCALE_COMFORT, /* look and viewer */
    SPX_SCALE_TRUE,    /* the disparity that eyes `baseline_mm` apart would have had at the place of
                          the camera; wants distances in metres (spx_summary.subject_m), and goes no
                          further than the largest strength */
} spx_scale;

/**
 * What the pictures are looked at with: how wide they appear, and how far things may come out of
 * the window and lie behind it.
 *
 * A headset shows the photo at its own field of view. A television (43 degrees of picture and less)
 * follows a broadcaster's rule: a budget of 3 % of the width, 1 % of it in front, 2 % behind (BSkyB
 * Technical Guidelines for Plano Stereoscopic (3D) Programme Content), which also keeps far things
 * from lying farther apart than eyes do. A phone's small picture needs more per cent for the same
 * depth. Glasses are between both.
 */
typedef enum spx_viewer {
    SPX_VIEWER_HEADSET,
    SPX_VIEWER_PHONE,
    SPX_VIEWER_TV,
    SPX_VIEWER_GLASSES,
} spx_viewer;

struct spx_engine;
struct spx_input;

/** How a file holds its two eyes. */
typedef enum spx_stereo_layout {
    SPX_STEREO_AUTO,    /* found out as a conversion does: container, name, camera */
    SPX_STEREO_SPATIAL, /* HEIC or AVIF with a stereo pair group */
    SPX_STEREO_SBS,     /* left|right halves of one picture */
    SPX_STEREO_OU,      /* left above right */
    SPX_STEREO_RL,      /* right|left */
    SPX_STEREO_MPO,     /* found only, as the next ones */
    SPX_STEREO_VR180,
    SPX_STEREO_TWO_FILES,
} spx_stereo_layout;

typedef struct spx_comfort_file_options {
    size_t size;              /* set by _init: how much of this struct the program knows */
    spx_stereo_layout layout; /* default SPX_STEREO_AUTO */
    double hfov_deg;          /* 1..170; 0 = what the file says, else 60 */
} spx_comfort_file_options;

/** As spx_comfort_file_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_comfort_file_options_init_sized(spx_comfort_file_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_comfort_file_options_init(spx_comfort_file_options *options)
{
    spx_comfort_file_options_init_sized(options, sizeof(*options));
}

/** Comfort of a pair that exists already. */
typedef struct spx_file_comfort {
    /** filled_share is 0: nobody can tell */
    spx_comfort comfort;
    /** As found, never SPX_STEREO_AUTO */
    spx_stereo_layout layout;
    /** As used */
    double hfov_deg;
    /** Of the file, counted in; fraction of the width, positive pushes the picture back */
    double disparity_adjustment;
    /** Of the left eye's pixels: those found in the right eye, 0..1 */
    double matched_share;
    /** 95th percentile of vertical disparity, % of the height */
    double vertical_pct;
} spx_file_comfort;

/**
 * Measures a stereo file of any kind that a conversion takes, or a pair of files
 * (spx_input.right_data, right_path), as a viewer shows it. Disparity comes from semi-global
 * matching of the eyes at about 768 pixels of width, within 15 % of the width to both sides; only
 * matches that are sure count: not plain surfaces, repetition, or what one eye alone sees. Eyes
 * that lie apart in height or differ in brightness are brought together first, and what they lay
 * apart is told. SPX_ERR_UNSUPPORTED where the file is not a stereo file, or where the eyes hardly
 * match. options may be NULL.
 */
SPX_API SPX_NODISCARD spx_status spx_comfort_of_file(struct spx_engine *engine,
                                                     const struct spx_input *input,
                                                     const spx_comfort_file_options *options,
                                                     spx_file_comfort *out, spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

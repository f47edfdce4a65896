#ifndef SPX_SPX_H
#define SPX_SPX_H

/*
 * Photo in, stereo out: the main door of libspx.
 *
 *     spx_engine *engine = NULL;
 *     spx_result *result = NULL;
 *     spx_diag diag = { 0 };
 *     const spx_input photo = { .path = "boats.jpg" };
 *     spx_convert_options options;
 *     spx_convert_options_init(&options);
 *     options.output_dir = "boats_output";
 *     if (spx_engine_create(&engine, NULL, &diag) != SPX_OK ||
 *         spx_convert(engine, &photo, &options, NULL, &result, &diag) != SPX_OK)
 *         fprintf(stderr, "%s\n", diag.text);
 *     else
 *         puts(spx_result_file(result, 0)->path);
 *     spx_result_destroy(result);
 *     spx_engine_destroy(engine);
 *
 * The library keeps no global state, prints nothing and never exits. An engine may be used by
 * several threads at once; options, inputs and results belong to one thread at a time.
 */
#include "spx/cancel.h"
#include "spx/comfort.h"
#include "spx/detail.h"
#include "spx/format.h"
#include "spx/image.h"
#include "spx/limits.h"
#include "spx/status.h"
#include "spx/version.h"
#include "spx/warning.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Threads, limits and loaded depth networks, shared by any number of conversions. */
typedef struct spx_engine spx_engine;

typedef struct spx_engine_options {
    size_t size;           /* set by _init: how much of this struct the program knows */
    unsigned threads;      /* working on one conversion; 0 = one per processor */
    const char *model_dir; /* looked at first for weights; may be NULL. Borrowed for the call */
    spx_limits limits;     /* for every photo */
} spx_engine_options;

/** As spx_engine_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_engine_options_init_sized(spx_engine_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_engine_options_init(spx_engine_options *options)
{
    spx_engine_options_init_sized(options, sizeof(*options));
}
/** options may be NULL (defaults). Owned by the caller: spx_engine_destroy(), when no call uses it
 * any more. */
SPX_API SPX_NODISCARD spx_status spx_engine_create(spx_engine **out,
                                                   const spx_engine_options *options,
                                                   spx_diag *diag);
SPX_API void spx_engine_destroy(spx_engine *engine); /* NULL is fine */

/** A photo: a file, or bytes. All borrowed for the call. */
typedef struct spx_input {
    /** Read when data is NULL */
    const char *path;
    /** An encoded photo of any kind that spx reads; may be NULL */
    const void *data;
    /** Of data */
    size_t size;
    /** File name for output names and messages; NULL = the last part of path, or "photo" */
    const char *name;
    /** Of a damaged photo what there is is enough; a warning says what is missing */
    int accept_damaged;
    /** Of a pair in two files (SPX_STEREO_INPUT_PAIR) the right eye; read when right_data is NULL
     */
    const char *right_path;
    const void *right_data;
    size_t right_size;
    /** The file's own name where `name` is another: what it says of stereo counts; may be NULL */
    const char *called;
} spx_input;

/** Whose depth a photo gets where it has one of its own: portrait photos of phones do. */
typedef enum spx_depth_choice {
    SPX_DEPTH_AUTO,    /* the photo's own where there is one, else a network's */
    SPX_DEPTH_NETWORK, /* always a network's */
} spx_depth_choice;

/** Which eyes are synthetic. With one, the other eye is the photo itself and the synthetic one
 * shifts twice as far. */
typedef enum spx_views {
    SPX_VIEWS_BOTH,
    SPX_VIEWS_RIGHT,
    SPX_VIEWS_LEFT,
} spx_views;

/** What a file holds. */
typedef enum spx_stereo_input {
    SPX_STEREO_INPUT_AUTO, /* found out: container, name, camera; else one photo */
    SPX_STEREO_INPUT_MONO, /* one photo, whatever the file says */
    SPX_STEREO_INPUT_SBS,  /* left|right, full width */
    SPX_STEREO_INPUT_HSBS, /* left|right, each squeezed to half its width */
    SPX_STEREO_INPUT_OU,   /* left above right, full height */
    SPX_STEREO_INPUT_HOU,  /* left above right, each squeezed to half its height */
    SPX_STEREO_INPUT_RL,   /* right|left, full width: for crossed eyes */
    SPX_STEREO_INPUT_PAIR, /* the left eye; the right one is another file (spx_input.right) */
} spx_stereo_input;

/** Which eyes of real stereo are used. */
typedef enum spx_from {
    SPX_FROM_BOTH,
    SPX_FROM_LEFT, /* the left eye as a photo: the other one is made as for any photo */
    SPX_FROM_RIGHT,
} spx_from;

/**
 * Decides about a picture that looks like two eyes where nothing but the picture says so. name: of
 * the file, for people; looks_like: SPX_STEREO_INPUT_SBS or _OU. Answers what the file is to be
 * taken for; SPX_STEREO_INPUT_AUTO = nobody knows: it is one photo, with a warning. Called from
 * the thread that called spx_convert().
 */
typedef spx_stereo_input (*spx_ask_stereo)(void *user, const char *name,
                                           spx_stereo_input looks_like);

/** What is done with eyes that do not lie level or differ in brightness. */
typedef enum spx_align {
    SPX_ALIGN_AUTO, /* measured, corrected where it is needed, and told */
    SPX_ALIGN_OFF,
} spx_align;

/** How the camera of a moving photo goes. */
typedef enum spx_motion {
    SPX_MOTION_CIRCLE, /* around a flat ellipse: things are seen from the sides, above and below */
    SPX_MOTION_SWING,  /* from side to side */
} spx_motion;

/** How both eyes become one picture for coloured glasses: red-cyan unless the name says other. */
typedef enum spx_anaglyph_kind {
    SPX_ANAGLYPH_DUBOIS,        /* least squares (Dubois 2001), in linear light */
    SPX_ANAGLYPH_DUBOIS_GAMMA,  /* the same matrix on gamma-coded values, as many programs do it */
    SPX_ANAGLYPH_HALF_COLOUR,   /* left's brightness; green and blue of the right */
    SPX_ANAGLYPH_OPTIMISED,     /* red from left's green and blue: no retinal rivalry, no reds */
    SPX_ANAGLYPH_GREY,          /* brightness of both: no colours, no rivalry */
    SPX_ANAGLYPH_COLOUR,        /* red of the left; green and blue of the right */
    SPX_ANAGLYPH_GREEN_MAGENTA, /* Dubois, in linear light */
    SPX_ANAGLYPH_AMBER_BLUE,    /* Dubois, in linear light */
    SPX_ANAGLYPH_COUNT,
} spx_anaglyph_kind;

/** For strength_pct and convergence: chosen from the picture for comfort. */
#define SPX_AUTO (-1.0)

/** What becomes of the gain map of an HDR photo (Apple's, ISO 21496-1's, Ultra HDR's). A photo that
 * is HDR in its own pixels (PQ, HLG) is always shown as SDR. */
typedef enum spx_hdr {
    SPX_HDR_AUTO, /* kept where the photo has one */
    SPX_HDR_KEEP, /* the same, with a warning where there is none */
    SPX_HDR_SDR,  /* left out */
} spx_hdr;

typedef struct spx_convert_options {
    /** Set by _init: how much of this struct the program knows */
    size_t size;
    /** flags, default SPX_FORMATS_DEFAULT; 0 = only the small pictures of preview_dir, in a
     * fraction of the time: all that comes after the network's map is made at their size. The two
     * eyes of real stereo are made at their own size then too. */
    spx_format formats;
    /** Range of left-right disparity, % of the width: 0..10, or SPX_AUTO; 0 = the photo twice */
    double strength_pct;
    /** Depth shown at the window: 0 = farthest .. 1 = nearest, or SPX_AUTO */
    double convergence;
    /** Default SPX_VIEWS_BOTH */
    spx_views views;
    /** HEVC pictures, 1..100, default 85 */
    int quality;
    /** Write each eye as one coded item instead of a grid of 512x512 tiles */
    int single_item;
    /** Write 'cmin'/'cmex' as four-character boxes instead of the uuid form */
    int fourcc_properties;
    /** Horizontal field of view, 1..170; 0 = from the file, else 60 */
    double hfov_deg;
    /** Distance of the cameras told to the viewer, > 0; 0 = as a stereo file says, else 64 */
    double baseline_mm;
    /** Name or path of a depth network; NULL or "auto" = the best one installed */
    const char *model;
    /** Short side the network sees; 0 = the network's own default */
    uint32_t depth_size;
    /** File to use as depth: an 8- or 16-bit picture, white = near, or a grey PFM of any range,
     * larger = nearer; may be NULL */
    const char *depth_map;
    /** In depth_map black, or smaller, is near */
    int depth_map_invert;
    /** File that keeps the depth between conversions of one photo; may be NULL */
    const char *depth_cache;
    /** Files go there, made when missing; NULL = keep them in the result only */
    const char *output_dir;
    /** Do nothing when every wanted file exists in output_dir */
    int skip_existing;
    /** SPX_ERR_EXISTS instead of replacing a file in output_dir */
    int no_overwrite;
    /** SPX_ERR_DOUBT, and no file, instead of a result with warnings */
    int strict;
    /** Make the photo larger first (spx/outpaint.h; its output fields do not count); may be NULL */
    const struct spx_outpaint_options *outpaint;
    /** What an automatic strength aims at; default SPX_LOOK_NATURAL */
    spx_look look;
    /** And what it is looked at with; default SPX_VIEWER_HEADSET */
    spx_viewer viewer;
    /** Default SPX_DEPTH_AUTO; depth_map goes before both */
    spx_depth_choice depth;
    /** As in spx_input */
    int accept_damaged;
    /** Of a network's depth, default SPX_DETAIL_NORMAL */
    spx_detail detail;
    /** What the file holds; default SPX_STEREO_INPUT_AUTO */
    spx_stereo_input stereo;
    /** Of real stereo: default SPX_FROM_BOTH */
    spx_from from;
    /** Of real stereo: default SPX_ALIGN_AUTO */
    spx_align align;
    /** What becomes of an HDR photo's gain map, default SPX_HDR_AUTO */
    spx_hdr hdr;
    /** Of the format "anaglyph" */
    spx_anaglyph_kind anaglyph;
    /** The spatial photo carries the depth of its left eye */
    int embed_depth;
    /** With SPX_STEREO_INPUT_AUTO: decides about a picture that looks like two eyes; NULL = nobody
     * does */
    spx_ask_stereo ask_stereo;
    /** For ask_stereo */
    void *ask_user;
    /** Small JPEGs for screens go there as soon as each can be made, long before the files:
     * depth_first.jpg (a network's map before its finest level), depth_preview.jpg (what the eyes
     * are made from; both white = near, at most 1024 pixels a side), then left_preview.jpg and
     * right_preview.jpg (at most 1600), the eyes even where no file needs them; made when missing;
     * NULL = none. Each is there before the next call of spx_watch.progress */
    const char *preview_dir;
    /** What an automatic strength goes by; default SPX_SCALE_COMFORT */
    spx_scale scale;
    /** Of the formats "parallax" and "parallax-webp" */
    spx_motion motion;
    /** Of `formats`: what this photo and these options do not allow is left out of these with the
     * warning SPX_WARNING_LEFT_OUT; of others it is a failure. spx_formats_read_both() tells.
     * output_dir keeps their words in the file ".spx_left_out": skip_existing does not miss them */
    spx_format optional_formats;
} spx_convert_options;

/** As spx_convert_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_convert_options_init_sized(spx_convert_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_convert_options_init(spx_convert_options *options)
{
    spx_convert_options_init_sized(options, sizeof(*options));
}

/** The stages of a conversion, in order. */
typedef enum spx_stage {
    SPX_STAGE_READ,
    SPX_STAGE_OUTPAINT, /* only when the photo grows */
    SPX_STAGE_DEPTH,
    SPX_STAGE_STEREO,
    SPX_STAGE_ENCODE,
    SPX_STAGE_WRITE,
    SPX_STAGE_COUNT,
} spx_stage;

/** "read", "outpaint", "depth", "stereo", "encode", "write". Static storage. */
SPX_API const char *spx_stage_name(spx_stage stage);

/** Who watches a running operation, and how to stop it. All may be NULL. */
typedef struct spx_watch {
    /** fraction: of the whole operation, 0..1, never going back; called from the thread that called
     * spx. */
    void (*progress)(void *user, spx_stage stage, double fraction);
    void *user;
    const spx_cancel *cancel;
    /** What a remote engine waits for, e.g. "place 3 in the queue"; "" = nothing any more. Borrowed
     * for the call; same thread. */
    void (*note)(void *user, const char *text);
} spx_watch;

/** One file that was made. Borrowed from the result. */
typedef struct spx_file {
    spx_format format;
    const char *name; /* file name, no folder */
    const char *path; /* where it was written; NULL when there was no output_dir */
    const void *data; /* its bytes; NULL when it was written to output_dir */
    size_t size;
} spx_file;

/** Numbers of a finished conversion. */
typedef struct spx_summary {
    /** Of each eye, upright */
    uint32_t width;
    uint32_t height;
    /** 1 = skip_existing found everything there; the rest is 0 */
    int skipped;
    /** As used: never SPX_AUTO */
    double strength_pct;
    /** As used: never SPX_AUTO */
    double convergence;
    double hfov_deg;
    double baseline_mm;
    /** Of the spatial file, fraction of the width, as written: puts its parallel eyes back to the
     * window; 0 without eyes */
    double disparity_adjustment;
    /** Of the pair with its window, as every file shows it */
    spx_comfort comfort;
    /** Name of the depth network; "own map" for depth_map; else what depth the photo had: "GDepth",
     * ... */
    char model[64];
    /** Seconds */
    double stage_s[SPX_STAGE_COUNT];
    /** Why the border was painted locally although a remote engine was wanted; empty = as wanted */
    char outpaint_fallback[512];
    /** How the file held two eyes, e.g. "MPO"; empty = one photo */
    char stereo[64];
    /** How the eyes of real stereo lie to each other, and whether that was mended; empty = not
     * measured */
    char alignment[160];
    /** Distances in metres: of what is near in the middle, … */
    double subject_m;
    /** … of the nearest and of the farthest thing; INFINITY = sky. All 0: not known. A metric
     * network tells them of a photo whose field of view is known. */
    double nearest_m;
    double farthest_m;
    /** Of spx_convert_options.optional_formats those that were not made */
    spx_format left_out;
} spx_summary;

typedef struct spx_result spx_result;

/**
 * Converts one photo. watch may be NULL. On success *out is owned by the caller:
 * spx_result_destroy(). Files appear in output_dir whole or not at all.
 */
SPX_API SPX_NODISCARD spx_status spx_convert(spx_engine *engine, const spx_input *input,
                                             const spx_convert_options *options,
                                             const spx_watch *watch, spx_result **out,
                                             spx_diag *diag);
SPX_API size_t spx_result_file_count(const spx_result *result);
SPX_API const spx_file *spx_result_file(const spx_result *result, size_t index);
SPX_API const spx_summary *spx_result_summary(const spx_result *result);
/** What a person should know of the result. Borrowed from it. */
SPX_API const spx_warning_list *spx_result_warnings(const spx_result *result);
SPX_API void spx_result_destroy(spx_result *result); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif

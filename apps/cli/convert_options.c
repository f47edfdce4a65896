#include "cli/convert_options.h"

#include "spx/spx.h"

#include <stdint.h>

enum { STRENGTH_MAX = 10, QUALITY_MAX = 100, HFOV_MAX = 170, BASELINE_MAX = 10000 };
enum { DEPTH_SIZE_MIN = 28, DEPTH_SIZE_MAX = 4096, THREADS_MAX = 1024, SIDE_MAX = 65500 };

#define BASELINE_MIN 0.1
#define FILE_BYTES_MAX 1e12
#define PIXELS_MAX (1.0 * SIDE_MAX * SIDE_MAX)

static const spx_option_word auto_word[] = { { "auto", (int)SPX_AUTO }, { NULL, 0 } };
_Static_assert(sizeof(spx_views) == sizeof(int), "choices are stored as int");

static const spx_option_word view_words[] = {
    { "both", SPX_VIEWS_BOTH },
    { "right", SPX_VIEWS_RIGHT },
    { "left", SPX_VIEWS_LEFT },
    { NULL, 0 },
};

const spx_option spx_stereo_options[] = {
    { .name = "strength",
      .letter = 's',
      .type = SPX_OPTION_NUMBER,
      .offset = offsetof(spx_convert_options, strength_pct),
      .max = STRENGTH_MAX,
      .words = auto_word,
      .value = "N|auto",
      .help = "range of disparity in % of the width, 0 to 10; 0 gives the photo twice" },
    { .name = "convergence",
      .letter = 'c',
      .type = SPX_OPTION_NUMBER,
      .offset = offsetof(spx_convert_options, convergence),
      .max = 1,
      .words = auto_word,
      .value = "N|auto",
      .help = "depth shown at the window, 0 (farthest) to 1 (nearest)" },
    { .name = "views",
      .type = SPX_OPTION_CHOICE,
      .offset = offsetof(spx_convert_options, views),
      .words = view_words,
      .value = "both|right|left",
      .help = "which eyes are synthetic; with one, the other eye is the photo itself" },
    { .name = "fov",
      .type = SPX_OPTION_NUMBER,
      .offset = offsetof(spx_convert_options, hfov_deg),
      .min = 1,
      .max = HFOV_MAX,
      .value = "DEGREES",
      .help = "horizontal field of view; otherwise from the photo's EXIF, else 60" },
    { .name = "baseline",
      .type = SPX_OPTION_NUMBER,
      .offset = offsetof(spx_convert_options, baseline_mm),
      .min = BASELINE_MIN,
      .max = BASELINE_MAX,
      .value = "MM",
      .help = "distance of the two cameras told to the viewer (64)" },
    { .name = NULL },
};

const spx_option spx_depth_options[] = {
    { .name = "model",
      .letter = 'm',
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(spx_convert_options, model),
      .value = "NAME|FILE|auto",
      .help = "depth network (auto: the best one installed)" },
    { .name = "depth-size",
      .type = SPX_OPTION_UNSIGNED,
      .offset = offsetof(spx_convert_options, depth_size),
      .min = DEPTH_SIZE_MIN,
      .max = DEPTH_SIZE_MAX,
      .value = "N",
      .help = "short side of what the network sees, in pixels (the network's own)" },
    { .name = "depth-map",
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(spx_convert_options, depth_map),
      .value = "FILE",
      .help = "own depth: an 8- or 16-bit picture, white = near, or a PFM, larger = nearer" },
    { .name = "invert",
      .type = SPX_OPTION_SET,
      .set = 1,
      .offset = offsetof(spx_convert_options, depth_map_invert),
      .help = "in the depth map black, or smaller, is near" },
    { .name = NULL },
};

const spx_option spx_picture_options[] = {
    { .name = "format",
      .letter = 'f',
      .type = SPX_OPTION_FORMATS,
      .offset = offsetof(spx_convert_options, formats),
      .value = "LIST",
      .help = "what to make, joined by commas: spatial, sbs, depth, left, right (these five are "
              "the default), depth16, depth-raw; or all" },
    { .name = "quality",
      .type = SPX_OPTION_INT,
      .offset = offsetof(spx_convert_options, quality),
      .min = 1,
      .max = QUALITY_MAX,
      .value = "N",
      .help = "of the HEVC pictures, 1 to 100 (85)" },
    { .name = "single-item",
      .type = SPX_OPTION_SET,
      .set = 1,
      .offset = offsetof(spx_convert_options, single_item),
      .help = "write each eye of the spatial photo as one picture instead of tiles" },
    { .name = "fourcc",
      .type = SPX_OPTION_SET,
      .set = 1,
      .offset = offsetof(spx_convert_options, fourcc_properties),
      .help = "write camera properties with four-character codes instead of uuids" },
    { .name = NULL },
};

const spx_option spx_engine_rows[] = {
    { .name = "threads",
      .letter = 't',
      .type = SPX_OPTION_UNSIGNED,
      .offset = offsetof(spx_engine_options, threads),
      .min = 1,
      .max = THREADS_MAX,
      .value = "N",
      .help = "threads to work with (one per processor)" },
    { .name = "max-file",
      .type = SPX_OPTION_SIZE,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, file_bytes),
      .min = 1,
      .max = FILE_BYTES_MAX,
      .value = "SIZE",
      .help = "refuse files above this size (512M)" },
    { .name = "max-pixels",
      .type = SPX_OPTION_SIZE,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, pixels),
      .min = 1,
      .max = PIXELS_MAX,
      .value = "N",
      .help = "refuse photos with more pixels (200M)" },
    { .name = "max-side",
      .type = SPX_OPTION_UNSIGNED,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, side_px),
      .min = 1,
      .max = SIDE_MAX,
      .value = "N",
      .help = "refuse photos with a longer side (65500)" },
    { .name = NULL },
};

/*
 * The table of options. A new option is one row here; every surface reads it from the row: library
 * (default and check), command line, help, API, page, completions.
 */
#include "spx/option.h"
#include "spx/outpaint.h"

enum { SIDE_MOST = 65500, MARGIN_MOST = 65500 };

#define SEED_MOST 9007199254740992.0 /* 2^53: numbers are read as double */

static const spx_option_word auto_word[] = { { "auto", (int)SPX_AUTO }, { NULL, 0 } };
static const spx_option_word auto_at_zero[] = { { "auto", 0 }, { NULL, 0 } };
/* Earlier versions called it 0. */
static const spx_option_word auto_is_zero[] = { { "auto", 0 }, { "0", 0 }, { NULL, 0 } };

_Static_assert(sizeof(spx_views) == sizeof(int), "choices are stored as int");
static const spx_option_word view_words[] = {
    { "both", SPX_VIEWS_BOTH },
    { "right", SPX_VIEWS_RIGHT },
    { "left", SPX_VIEWS_LEFT },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_look) == sizeof(int), "choices are stored as int");
static const spx_option_word look_words[] = {
    { "natural", SPX_LOOK_NATURAL },
    { "mild", SPX_LOOK_MILD },
    { "strong", SPX_LOOK_STRONG },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_scale) == sizeof(int), "choices are stored as int");
static const spx_option_word scale_words[] = {
    { "comfort", SPX_SCALE_COMFORT },
    { "true", SPX_SCALE_TRUE },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_viewer) == sizeof(int), "choices are stored as int");
static const spx_option_word viewer_words[] = {
    { "headset", SPX_VIEWER_HEADSET },
    { "phone", SPX_VIEWER_PHONE },
    { "tv", SPX_VIEWER_TV },
    { "glasses", SPX_VIEWER_GLASSES },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_anaglyph_kind) == sizeof(int), "choices are stored as int");
static const spx_option_word anaglyph_words[] = {
    { "dubois", SPX_ANAGLYPH_DUBOIS },
    { "dubois-gamma", SPX_ANAGLYPH_DUBOIS_GAMMA },
    { "half-colour", SPX_ANAGLYPH_HALF_COLOUR },
    { "optimised", SPX_ANAGLYPH_OPTIMISED },
    { "grey", SPX_ANAGLYPH_GREY },
    { "colour", SPX_ANAGLYPH_COLOUR },
    { "green-magenta", SPX_ANAGLYPH_GREEN_MAGENTA },
    { "amber-blue", SPX_ANAGLYPH_AMBER_BLUE },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_motion) == sizeof(int), "choices are stored as int");
static const spx_option_word motion_words[] = {
    { "circle", SPX_MOTION_CIRCLE },
    { "swing", SPX_MOTION_SWING },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_stereo_input) == sizeof(int), "choices are stored as int");
static const spx_option_word stereo_words[] = {
    { "auto", SPX_STEREO_INPUT_AUTO },
    { "mono", SPX_STEREO_INPUT_MONO },
    { "sbs", SPX_STEREO_INPUT_SBS },
    { "hsbs", SPX_STEREO_INPUT_HSBS },
    { "ou", SPX_STEREO_INPUT_OU },
    { "hou", SPX_STEREO_INPUT_HOU },
    { "rl", SPX_STEREO_INPUT_RL },
    { "pair", SPX_STEREO_INPUT_PAIR },
    { NULL, 0 },
};
static const spx_option_word from_words[] = {
    { "both", SPX_FROM_BOTH },
    { "left", SPX_FROM_LEFT },
    { "right", SPX_FROM_RIGHT },
    { NULL, 0 },
};
static const spx_option_word align_words[] = {
    { "auto", SPX_ALIGN_AUTO },
    { "off", SPX_ALIGN_OFF },
    { NULL, 0 },
};

_Static_assert(sizeof(spx_hdr) == sizeof(int), "choices are stored as int");
static const spx_option_word hdr_words[] = {
    { "auto", SPX_HDR_AUTO },
    { "keep", SPX_HDR_KEEP },
    { "sdr", SPX_HDR_SDR },
    { NULL, 0 },
};

static const spx_option_old old_fov[] = { { "hfov", NULL }, { NULL, NULL } };
/* The API's numbers without a sign were per cent. */
static const spx_option_old old_margin[] = { { "margin", "%" }, { NULL, NULL } };
static const spx_option_old old_left[] = { { "margin-left", "%" }, { NULL, NULL } };
static const spx_option_old old_top[] = { { "margin-top", "%" }, { NULL, NULL } };
static const spx_option_old old_right[] = { { "margin-right", "%" }, { NULL, NULL } };
static const spx_option_old old_bottom[] = { { "margin-bottom", "%" }, { NULL, NULL } };
static const spx_option_old old_format[] = { { "formats", NULL }, { NULL, NULL } };

static const spx_option stereo_rows[] = {
    { .name = "strength",
      .letter = 's',
      .type = SPX_OPTION_NUMBER,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, strength_pct),
      .max = 10,
      .step = 0.1,
      .unit = "%",
      .standard = SPX_AUTO,
      .words = auto_word,
      .value = "N|auto",
      .label = "Depth strength",
      .hint = "how far near and far things stand apart",
      .help = "range of left-right disparity in % of the width; 0 gives the photo twice" },
    { .name = "convergence",
      .letter = 'c',
      .type = SPX_OPTION_NUMBER,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, convergence),
      .max = 1,
      .step = 0.01,
      .standard = SPX_AUTO,
      .words = auto_word,
      .value = "N|auto",
      .label = "What pops out",
      .hint = "left: everything comes out of the screen; right: everything lies behind it",
      .help = "depth shown at the window: 0 the farthest, 1 the nearest" },
    { .name = "look",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, look),
      .words = look_words,
      .value = "natural|mild|strong",
      .word_labels = "Natural|Mild|Strong",
      .label = "Look",
      .help = "how much depth an automatic strength aims at: about 2.8, 1.8 or 4.2 %" },
    { .name = "viewer",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, viewer),
      .words = viewer_words,
      .value = "headset|phone|tv|glasses",
      .word_labels = "A headset|A phone|A 3D TV|3D glasses",
      .label = "To look at with",
      .help = "what it is looked at with: keeps an automatic strength within its limits" },
    { .name = "scale",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, scale),
      .words = scale_words,
      .value = "comfort|true",
      .help = "true: the depth that a person's eyes would have seen there; wants a metric network "
              "and a known field of view" },
    { .name = "views",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, views),
      .words = view_words,
      .value = "both|right|left",
      .word_labels = "Both|The right one|The left one",
      .label = "Newly made eyes",
      .help = "which eyes are synthetic; with one, the other eye is the photo itself" },
    { .name = "fov",
      .type = SPX_OPTION_NUMBER,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, hfov_deg),
      .min = 1,
      .max = 170,
      .usual_min = 20,
      .usual_max = 120,
      .step = 1,
      .unit = "°",
      .words = auto_at_zero,
      .value = "DEGREES|auto",
      .old = old_fov,
      .label = "Field of view",
      .hint = "how wide the lens saw; auto: as the photo says, else 60°",
      .help = "horizontal field of view; auto: as the file says, else 60" },
    { .name = "baseline",
      .type = SPX_OPTION_NUMBER,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, baseline_mm),
      .min = 0.1,
      .max = 10000,
      .usual_min = 20,
      .usual_max = 120,
      .step = 1,
      .unit = "mm",
      .words = auto_at_zero,
      .value = "MM|auto",
      .label = "Eye distance",
      .hint = "between the two cameras, as written into the spatial photo; auto: 64 mm",
      .help =
          "distance of the two cameras told to the viewer; auto: as a stereo file says, else 64" },
    { .name = "stereo",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, stereo),
      .words = stereo_words,
      .value = "auto|mono|sbs|hsbs|ou|hou|rl|pair",
      .word_labels = "Find out|One photo|Two eyes side by side|Two eyes side by side, half "
                     "width|Left eye above right|Left eye above right, half height|Right and left "
                     "eye, for crossed eyes|One eye of two files",
      .label = "The file holds",
      .help = "what the file holds: auto finds real stereo, mono takes it as one photo, others say "
              "how two eyes lie; pair: two files, left and right" },
    { .name = "from",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, from),
      .words = from_words,
      .value = "both|left|right",
      .help = "of real stereo: both eyes, or one of them as an ordinary photo" },
    { .name = "align",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, align),
      .words = align_words,
      .value = "auto|off",
      .help = "of real stereo: mend eyes that do not lie level, or leave them" },
    { .name = NULL },
};

static const spx_option_word depth_words[] = {
    { "auto", SPX_DEPTH_AUTO },
    { "network", SPX_DEPTH_NETWORK },
    { NULL, 0 },
};

static const spx_option_word detail_words[] = {
    { "fast", SPX_DETAIL_FAST },
    { "normal", SPX_DETAIL_NORMAL },
    { "fine", SPX_DETAIL_FINE },
    { NULL, 0 },
};

static const spx_option depth_rows[] = {
    { .name = "depth",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, depth),
      .words = depth_words,
      .value = "WHOSE",
      .help = "auto: the photo's own where a phone kept one, else a network's; network: always a "
              "network's" },
    { .name = "model",
      .letter = 'm',
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, model),
      .value = "NAME|FILE|auto",
      .label = "Depth network",
      .hint = "who finds the depth; automatic: the best one installed",
      .help = "depth network; auto: the best one installed" },
    { .name = "depth-size",
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, depth_size),
      .min = 28,
      .max = 2048,
      .unit = "px",
      .words = auto_is_zero,
      .value = "N|auto",
      .help = "short side of what the network sees; auto: the network's own" },
    { .name = "detail",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, detail),
      .words = detail_words,
      .standard = SPX_DETAIL_NORMAL,
      .value = "fast|normal|fine",
      .word_labels = "Fast|Normal|Fine",
      .label = "Detail of depth",
      .help = "at how many resolutions the depth network looks at the photo" },
    { .name = "depth-map",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_convert_options, depth_map),
      .value = "FILE",
      .help = "own depth: an 8- or 16-bit picture, white = near, or a PFM, larger = nearer" },
    { .name = "invert",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(spx_convert_options, depth_map_invert),
      .help = "in the depth map black, or smaller, is near" },
    { .name = NULL },
};

/* Two structs have these. */
#define STRICT_ROW(owner)                                                                          \
    {                                                                                              \
        .name = "strict", .type = SPX_OPTION_SET, .who = SPX_BY_CLI | SPX_BY_API, .set = 1,        \
        .offset = offsetof(owner, strict),                                                         \
        .help = "a warning is a failure, and nothing is written"                                   \
    }
#define ACCEPT_DAMAGED_ROW(owner)                                                                  \
    {                                                                                              \
        .name = "accept-damaged", .type = SPX_OPTION_SET, .who = SPX_BY_CLI | SPX_BY_API,          \
        .set = 1, .offset = offsetof(owner, accept_damaged),                                       \
        .help = "take what there is of a damaged photo; a warning says what is missing"            \
    }

static const spx_option file_rows[] = {
    { .name = "format",
      .letter = 'f',
      .type = SPX_OPTION_FORMATS,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, formats),
      .standard = (double)SPX_FORMATS_DEFAULT,
      .value = "LIST",
      .old = old_format,
      .label = "Files to make",
      .optional_offset = offsetof(spx_convert_options, optional_formats),
      .help = "what to make: words of formats and groups joined by commas; of a group what this "
              "photo does not allow is left out with a warning" },
    { .name = "optional-format",
      .type = SPX_OPTION_FORMATS,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_convert_options, optional_formats),
      .standard_text = "none",
      .value = "LIST",
      .help = "which of the formats are left out with a warning where the photo does not allow "
              "them; after format, which sets it to those that a group named" },
    { .name = "quality",
      .type = SPX_OPTION_INT,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, quality),
      .min = 1,
      .max = 100,
      .usual_min = 40,
      .usual_max = 100,
      .step = 1,
      .standard = 85,
      .value = "N",
      .label = "Quality",
      .hint = "of the spatial photo and the video pictures; higher is larger",
      .help = "of the HEVC pictures; higher is larger" },
    { .name = "single-item",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI | SPX_BY_API,
      .set = 1,
      .offset = offsetof(spx_convert_options, single_item),
      .help = "write each eye of the spatial photo as one picture instead of tiles" },
    { .name = "fourcc",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI | SPX_BY_API,
      .set = 1,
      .offset = offsetof(spx_convert_options, fourcc_properties),
      .help = "write camera properties with four-character codes instead of uuids" },
    STRICT_ROW(spx_convert_options),
    ACCEPT_DAMAGED_ROW(spx_convert_options),
    { .name = "hdr",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, hdr),
      .words = hdr_words,
      .value = "auto|keep|sdr",
      .word_labels = "As the photo is|Keep HDR|Ordinary brightness",
      .label = "HDR",
      .help = "gain map of an HDR photo in the spatial photo: auto keeps one that is there" },
    { .name = "anaglyph",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, anaglyph),
      .words = anaglyph_words,
      .value = "KIND",
      .word_labels = "Dubois, best for most photos|Dubois, as other programs do it|Half "
                     "colour|Optimised red|Grey|Full colour|Green and magenta|Amber and blue",
      .label = "Colour glasses",
      .help = "how the format anaglyph mixes the eyes: dubois (linear light), dubois-gamma, "
              "half-colour, optimised, grey, colour, green-magenta, amber-blue" },
    { .name = "motion",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, motion),
      .words = motion_words,
      .value = "circle|swing",
      .word_labels = "In a circle|From side to side",
      .label = "A moving photo goes",
      .help = "how the camera of the formats parallax and parallax-webp goes: around a flat "
              "ellipse, or from side to side" },
    { .name = "embed-depth",
      .type = SPX_OPTION_SET,
      .set = 1,
      .who = SPX_BY_CLI | SPX_BY_API | SPX_BY_PAGE,
      .offset = offsetof(spx_convert_options, embed_depth),
      .label = "Depth in the spatial photo",
      .help = "the spatial photo carries the depth of its left eye, as iPhone portraits do" },
    { .name = NULL },
};

static const spx_option border_rows[] = {
    { .name = "expand",
      .type = SPX_OPTION_LENGTH,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, expand),
      .max = MARGIN_MOST,
      .value = "N[%]",
      .old = old_margin,
      .help = "add this on every side, in pixels or % of the photo's side; otherwise 20%" },
    { .name = "left",
      .type = SPX_OPTION_LENGTH,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, left),
      .max = MARGIN_MOST,
      .value = "N[%]",
      .old = old_left,
      .help = "add this on the left" },
    { .name = "top",
      .type = SPX_OPTION_LENGTH,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, top),
      .max = MARGIN_MOST,
      .value = "N[%]",
      .old = old_top,
      .help = "add this at the top" },
    { .name = "right",
      .type = SPX_OPTION_LENGTH,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, right),
      .max = MARGIN_MOST,
      .value = "N[%]",
      .old = old_right,
      .help = "add this on the right" },
    { .name = "bottom",
      .type = SPX_OPTION_LENGTH,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, bottom),
      .max = MARGIN_MOST,
      .value = "N[%]",
      .old = old_bottom,
      .help = "add this at the bottom" },
    { .name = "aspect",
      .type = SPX_OPTION_RATIO,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, aspect),
      .min = 0.05,
      .max = 20,
      .value = "W:H",
      .help = "grow to this shape, e.g. 16:9, evenly on two sides" },
    { .name = "size",
      .type = SPX_OPTION_DIMENSIONS,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, size),
      .value = "WxH",
      .help = "grow to this size; nothing is ever cut or scaled" },
    { .name = "seed",
      .type = SPX_OPTION_SIZE,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_border, seed),
      .max = SEED_MOST,
      .value = "N",
      .help = "another number gives another border, the same number the same one" },
    { .name = NULL },
};

_Static_assert(sizeof(spx_outpaint_engine) == sizeof(int), "choices are stored as int");
static const spx_option_word engine_words[] = {
    { "local", SPX_OUTPAINT_LOCAL },
    { "gradio", SPX_OUTPAINT_GRADIO },
    { "sdapi", SPX_OUTPAINT_SDAPI },
    { NULL, 0 },
};
static const spx_option_word fallback_words[] = { { "none", 0 }, { "local", 1 }, { NULL, 0 } };

static const spx_option_old old_url[] = { { "url", NULL }, { NULL, NULL } };
static const spx_option_old old_token[] = { { "token", NULL }, { NULL, NULL } };

#define TIMEOUT_MOST_S 86400.0

static const spx_option painter_rows[] = {
    { .name = "engine",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, engine),
      .words = engine_words,
      .standard = SPX_OUTPAINT_LOCAL,
      .value = "local|gradio|sdapi",
      .help = "who paints: this program (nothing leaves this computer), a Gradio Space, or a "
              "server that speaks /sdapi/v1" },
    { .name = "engine-url",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, url),
      .value = "URL",
      .old = old_url,
      .help = "of the remote engine, or OWNER/NAME of a Space ($SPX_OUTPAINT_URL)" },
    { .name = "engine-token",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, token),
      .value = "TOKEN",
      .old = old_token,
      .help = "for the remote engine; better in $SPX_OUTPAINT_TOKEN, where others do not see it" },
    { .name = "prompt",
      .type = SPX_OPTION_TEXT,
      .who = SPX_BY_CLI | SPX_BY_API,
      .offset = offsetof(spx_painter, prompt),
      .value = "TEXT",
      .help = "what the remote engine is told to paint ($SPX_OUTPAINT_PROMPT)" },
    { .name = "param",
      .type = SPX_OPTION_TEXTS,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, parameters),
      .value = "NAME=VALUE",
      .help = "another input of the remote function, by its name; may be given many times" },
    { .name = "timeout",
      .type = SPX_OPTION_SECONDS,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, timeout_s),
      .min = 1,
      .max = TIMEOUT_MOST_S,
      .standard = 600,
      .value = "TIME",
      .help = "how long the remote engine may take" },
    { .name = "fallback",
      .type = SPX_OPTION_CHOICE,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_painter, fallback_local),
      .words = fallback_words,
      .value = "local|none",
      .help = "what to do when the remote engine fails: paint here, or fail too" },
    { .name = NULL },
};

static const spx_option picture_rows[] = {
    { .name = "quality",
      .type = SPX_OPTION_INT,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_outpaint_options, quality),
      .min = 1,
      .max = 100,
      .standard = 92,
      .value = "N",
      .help = "of jpg, webp, heic and avif; higher is larger" },
    STRICT_ROW(spx_outpaint_options),
    ACCEPT_DAMAGED_ROW(spx_outpaint_options),
    { .name = NULL },
};

static const spx_option limit_rows[] = {
    { .name = "threads",
      .letter = 't',
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_engine_options, threads),
      .min = 1,
      .max = 1024,
      .words = auto_at_zero,
      .value = "N|auto",
      .help = "threads to work with; auto: one per processor" },
    { .name = "max-file",
      .type = SPX_OPTION_SIZE,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, file_bytes),
      .min = 1,
      .max = 1e12,
      .standard = 512e6,
      .value = "SIZE",
      .help = "refuse files above this size" },
    { .name = "max-pixels",
      .type = SPX_OPTION_SIZE,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, pixels),
      .min = 1,
      .max = 1.0 * SIDE_MOST * SIDE_MOST,
      .standard = 200e6,
      .value = "N",
      .help = "refuse photos with more pixels" },
    { .name = "max-side",
      .type = SPX_OPTION_UNSIGNED,
      .who = SPX_BY_CLI,
      .offset = offsetof(spx_engine_options, limits) + offsetof(spx_limits, side_px),
      .min = 1,
      .max = SIDE_MOST,
      .unit = "px",
      .standard = SIDE_MOST,
      .value = "N",
      .help = "refuse photos with a longer side" },
    { .name = NULL },
};

static const struct {
    const char *title;
    const spx_option *rows;
} sections[SPX_OPTION_SECTIONS] = {
    [SPX_OPTIONS_STEREO] = { "Stereo", stereo_rows },
    [SPX_OPTIONS_DEPTH] = { "Depth", depth_rows },
    [SPX_OPTIONS_FILES] = { "Files", file_rows },
    [SPX_OPTIONS_BORDER] = { "Border", border_rows },
    [SPX_OPTIONS_PAINTER] = { "Painter of the border", painter_rows },
    [SPX_OPTIONS_PICTURE] = { "Picture", picture_rows },
    [SPX_OPTIONS_LIMITS] = { "Limits", limit_rows },
};

const char *spx_option_section_title(spx_option_section section)
{
    return sections[section].title;
}

const spx_option *spx_options_of(spx_option_section section)
{
    return sections[section].rows;
}

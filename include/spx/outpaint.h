#ifndef SPX_OUTPAINT_H
#define SPX_OUTPAINT_H

/*
 * Photo in, larger photo out: every original pixel stays, at full size, and the border grows around
 * it.
 *
 *     spx_outpaint_options options;
 *     spx_outpaint_result result = { 0 };
 *     spx_outpaint_options_init(&options); // 20 % on every side, made on this computer
 *     options.output_dir = ".";
 *     if (spx_outpaint(engine, &(spx_input){ .path = "boats.jpg" }, &options, NULL, &result, &diag)
 *         == SPX_OK) … result.path, "./boats_outpainted.png" …
 *     spx_outpaint_result_clear(&result);
 */
#include "spx/spx.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who paints the border. Nothing leaves this computer unless a remote engine is chosen. */
typedef enum spx_outpaint_engine {
    SPX_OUTPAINT_LOCAL,  /* own patch engine: continues texture and background */
    SPX_OUTPAINT_GRADIO, /* a Gradio Space or server with an outpainting function */
    SPX_OUTPAINT_SDAPI,  /* a server that speaks /sdapi/v1 (A1111, Forge, SD.Next, sd.cpp) */
} spx_outpaint_engine;

/** "local", "gradio", "sdapi". Static storage. */
SPX_API const char *spx_outpaint_engine_name(spx_outpaint_engine engine);
/** The engine of that name; SPX_ERR_ARGUMENT when there is none. */
SPX_API SPX_NODISCARD spx_status spx_outpaint_engine_from_name(spx_outpaint_engine *out,
                                                               const char *name, spx_diag *diag);

/** Which fields of spx_outpaint_options say how large the frame becomes. */
typedef enum spx_frame_rule {
    SPX_FRAME_MARGINS, /* left, top, right, bottom */
    SPX_FRAME_ASPECT,  /* aspect: the shorter of both ways grows, evenly on both sides */
    SPX_FRAME_SIZE,    /* width, height: grows evenly on all sides; never smaller than the photo */
} spx_frame_rule;

/** What is added on one side. */
typedef struct spx_margin {
    double amount; /* >= 0; at most 300 % of the photo's side in either unit */
    int percent;   /* 0: pixels; 1: per cent of the photo's width (left, right) or height */
} spx_margin;

/** Where the photo lies in the larger picture; all in pixels. */
typedef struct spx_frame {
    uint32_t width; /* of the larger picture */
    uint32_t height;
    uint32_t photo_x; /* of the photo's left upper corner */
    uint32_t photo_y;
    uint32_t photo_width;
    uint32_t photo_height;
} spx_frame;

/** Everything borrowed for the call. */
typedef struct spx_outpaint_options {
    /** Set by _init: how much of this struct the program knows */
    size_t size;
    /** Default SPX_FRAME_MARGINS */
    spx_frame_rule rule;
    /** Default 20 % each */
    spx_margin left;
    spx_margin top;
    spx_margin right;
    spx_margin bottom;
    /** Wanted width / height, 0.05..20 */
    double aspect;
    uint32_t width;
    uint32_t height;

    /** Default SPX_OUTPAINT_LOCAL */
    spx_outpaint_engine engine;
    /** Same photo, options and seed: same pixels (local engine). Default 0 */
    uint64_t seed;

    /* Remote engines only. */
    /** server, or "owner/name" of a Space; NULL = the Space of the reference for gradio,
     * http://127.0.0.1:7860 for sdapi */
    const char *url;
    /** Secret for the server; NULL = none. Never printed */
    const char *token;
    /** NULL = "blend seamlessly" */
    const char *prompt;
    /** "name=value" each, NULL at the end: further inputs of the remote function; may be NULL */
    const char *const *parameters;
    /** For the whole remote work, default 600 */
    double timeout_s;
    /** When the remote engine fails, use the local one and say so */
    int fallback_local;

    /* Output. */
    /** File to write, type by its extension; NULL: see output_dir */
    const char *output_path;
    /** Writes NAME_outpainted.EXTENSION there, made when missing; NULL (and no output_path) = keep
     * the file's bytes in the result */
    const char *output_dir;
    /** Without output_path: "png" (NULL), "jpg", "webp", "tif", "heic", "avif" */
    const char *extension;
    /** Of the lossy types, 1..100, default 92 */
    int quality;
    /** SPX_ERR_EXISTS instead of replacing a file */
    int no_overwrite;
    /** SPX_ERR_DOUBT, and no file, instead of a result with warnings */
    int strict;
    /** As in spx_input */
    int accept_damaged;
} spx_outpaint_options;

/** As spx_outpaint_options_init(), of a struct with this size; for other languages. */
SPX_API void spx_outpaint_options_init_sized(spx_outpaint_options *options, size_t size);
/** Sets every field to its default. */
static inline void spx_outpaint_options_init(spx_outpaint_options *options)
{
    spx_outpaint_options_init_sized(options, sizeof(*options));
}

/**
 * The frame that these options give a photo of that size. SPX_ERR_ARGUMENT when an option is out of
 * its range or would cut the photo, SPX_ERR_LIMIT when the picture gets larger than `limits` (NULL
 * = defaults) allow.
 */
SPX_API SPX_NODISCARD spx_status spx_outpaint_frame(spx_frame *out,
                                                    const spx_outpaint_options *options,
                                                    uint32_t photo_width, uint32_t photo_height,
                                                    const spx_limits *limits, spx_diag *diag);

/** A finished larger photo. Zero-initialise; strings and bytes are the result's own. */
typedef struct spx_outpaint_result {
    /** File name, no folder */
    char *name;
    /** Where it was written; NULL when it was not */
    char *path;
    /** Its bytes; NULL when it was written */
    void *data;
    size_t size;
    spx_frame frame;
    /** That painted the border: LOCAL after a fallback */
    spx_outpaint_engine engine;
    /** Why the remote engine was not used; empty = it was not tried or worked */
    char fallback_reason[512];
    /** Seconds for the border alone */
    double outpaint_s;
    /** What a person should know of it */
    spx_warning_list warnings;
} spx_outpaint_result;

SPX_API void spx_outpaint_result_clear(spx_outpaint_result *result); /* an empty one is fine */

/**
 * Makes one photo larger: reads it, paints the border, writes it with the photo's colour profile,
 * EXIF and XMP (a TIFF goes without EXIF). watch may be NULL. *result must be empty; on failure it
 * stays empty. A file appears whole or not at all.
 */
SPX_API SPX_NODISCARD spx_status spx_outpaint(spx_engine *engine, const spx_input *input,
                                              const spx_outpaint_options *options,
                                              const spx_watch *watch, spx_outpaint_result *result,
                                              spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

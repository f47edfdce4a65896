#ifndef SPX_OPTION_H
#define SPX_OPTION_H

/*
 * What can be chosen, written down once: one row says an option's name, its type, unit, range,
 * default and help, and which field of which struct it fills. The command line, the HTTP API, the
 * page, the manual and the completions all read these rows, and so may any other program:
 *
 *     spx_convert_options options;
 *     spx_convert_options_init(&options);
 *     spx_convert_options_set(&options, "strength", "2.5", &diag)
 */
#include "spx/spx.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum spx_option_type {
    SPX_OPTION_SET,        /* int: becomes `set`; a command line gives no value, others a yes/no */
    SPX_OPTION_TEXT,       /* const char *: borrowed from the caller's text, never empty */
    SPX_OPTION_TEXTS,      /* spx_option_texts: may be given many times, all of them count */
    SPX_OPTION_ARGUMENT,   /* nothing is stored: its value is one more argument of the verb */
    SPX_OPTION_INT,        /* int, min..max */
    SPX_OPTION_UNSIGNED,   /* unsigned or uint32_t, min..max */
    SPX_OPTION_NUMBER,     /* double, min..max */
    SPX_OPTION_NUMBERS,    /* spx_option_numbers, each min..max: "1,2.5,3" */
    SPX_OPTION_SIZE,       /* uint64_t, min..max: "512M", "1.5G", "64Ki", "200MP", "100MB" */
    SPX_OPTION_SECONDS,    /* double, min..max: "90", "90s", "15m", "2h", "7d" */
    SPX_OPTION_LENGTH,     /* spx_option_length, min..max: "20%" or "120" pixels */
    SPX_OPTION_DIMENSIONS, /* spx_option_dimensions: "1920x1080" */
    SPX_OPTION_RATIO,      /* double, width by height: "16:9" or "1.5" */
    SPX_OPTION_CHOICE,     /* int or enum: one of `words` */
    SPX_OPTION_LIST,       /* unsigned: values of `words` joined by commas, or-ed together */
    SPX_OPTION_FORMATS,    /* spx_format: words of spx/format.h joined by commas */
} spx_option_type;

/** Who may set an option. Programs that use the library may set all of them. */
enum {
    SPX_BY_CLI = 1 << 0,
    SPX_BY_API = 1 << 1,  /* a text is a name there, never a path */
    SPX_BY_PAGE = 1 << 2, /* has a control on the page; then `label` is set */
};

/** A word that may stand for a value. Of SPX_OPTION_NUMBER and _UNSIGNED too ("auto"). */
typedef struct spx_option_word {
    const char *text; /* NULL ends a list of words */
    int value;
} spx_option_word;

/** A spelling of an earlier version, still understood. */
typedef struct spx_option_old {
    const char *name;   /* NULL ends a list of spellings */
    const char *suffix; /* what its values lack, e.g. "%"; NULL = nothing */
} spx_option_old;

/** One row. Static storage; further fields come at the end. */
typedef struct spx_option {
    /** The one spelling, e.g. "depth-size"; NULL ends a list of options */
    const char *name;
    /** Of the field in the struct that the rows fill */
    size_t offset;
    /** What --help calls the value, e.g. "FILE"; NULL for SPX_OPTION_SET */
    const char *value;
    spx_option_type type;
    /** For SPX_OPTION_SET */
    int set;
    /** SPX_BY_... */
    unsigned who;
    /** Of the command line's short form; 0 = none */
    char letter;
    double min, max;
    /** May be NULL where the type needs none */
    const spx_option_word *words;
    /** One sentence without capital and full stop */
    const char *help;
    /** The default: a number, or the value of a word */
    double standard;
    /** Of the number, e.g. "mm"; NULL = none */
    const char *unit;
    /** NULL = none */
    const spx_option_old *old;
    /** The control's name on the page */
    const char *label;
    /** Ends of the page's slider; equal = min and max */
    double usual_min, usual_max;
    /** Of the slider */
    double step;
    /** The page's words instead of help; NULL = the help */
    const char *hint;
    /** The page's names of the words, "Both|Right", as `words` without old ones; NULL = the words
     */
    const char *word_labels;
    /** The default as one would write it, of types without a number; NULL = none */
    const char *standard_text;
    /** SPX_OPTION_FORMATS: of a second spx_format, for those that only a group named; 0 = none */
    size_t optional_offset;
} spx_option;

enum { SPX_OPTION_NUMBERS_MAX = 32 };

typedef struct spx_option_numbers {
    double items[SPX_OPTION_NUMBERS_MAX];
    size_t count;
} spx_option_numbers;

enum { SPX_OPTION_TEXTS_MAX = 64 };

typedef struct spx_option_texts {
    const char *items[SPX_OPTION_TEXTS_MAX + 1]; /* borrowed; NULL behind the last */
    size_t count;
} spx_option_texts;

typedef struct spx_option_length {
    double value;
    int percent; /* value is % of something, not pixels */
} spx_option_length;

typedef struct spx_option_dimensions {
    uint32_t width;
    uint32_t height;
} spx_option_dimensions;

/** How much larger a photo becomes, as people say it: margins, a shape or a size. */
typedef struct spx_border {
    spx_option_length expand; /* all margins; value < 0 = not asked for, here and below */
    spx_option_length left;
    spx_option_length top;
    spx_option_length right;
    spx_option_length bottom;
    double aspect;              /* 0 = not asked for */
    spx_option_dimensions size; /* 0x0 = not asked for */
    uint64_t seed;
} spx_border;

/** Who paints the border. Texts are borrowed. */
typedef struct spx_painter {
    int engine; /* spx_outpaint_engine */
    const char *url;
    const char *token;
    const char *prompt;
    spx_option_texts parameters;
    double timeout_s;
    int fallback_local;
} spx_painter;

struct spx_outpaint_options;

SPX_API void spx_border_init(spx_border *border); /* nothing asked for */
/** Whether any margin was asked for. */
SPX_API int spx_border_has_margins(const spx_border *border);
/** Puts what was asked for into options: nothing leaves their margins. SPX_ERR_ARGUMENT when it
 * contradicts itself. */
SPX_API SPX_NODISCARD spx_status spx_border_apply(const spx_border *border,
                                                  struct spx_outpaint_options *options,
                                                  spx_diag *diag);

SPX_API void spx_painter_init(spx_painter *painter); /* this program paints */
/** Puts who paints into options, which borrow the texts and the parameters of the painter. */
SPX_API void spx_painter_apply(const spx_painter *painter, struct spx_outpaint_options *options);

/** The lists of rows, by what they are about. */
typedef enum spx_option_section {
    SPX_OPTIONS_STEREO,  /* spx_convert_options: strength, eyes, camera */
    SPX_OPTIONS_DEPTH,   /* spx_convert_options: network or own map */
    SPX_OPTIONS_FILES,   /* spx_convert_options: files and their coding */
    SPX_OPTIONS_BORDER,  /* spx_border: how much larger a photo becomes first */
    SPX_OPTIONS_PAINTER, /* spx_painter: who paints the border */
    SPX_OPTIONS_PICTURE, /* spx_outpaint_options: the file of a larger photo */
    SPX_OPTIONS_LIMITS,  /* spx_engine_options: threads and limits */
    SPX_OPTION_SECTIONS,
} spx_option_section;

/** "Stereo", ... Static storage. */
SPX_API const char *spx_option_section_title(spx_option_section section);
/** The rows of a section; the last one's name is NULL. Static storage. */
SPX_API const spx_option *spx_options_of(spx_option_section section);

/**
 * Finds a row by its name or by an old spelling; underscores count as hyphens. name: `size` bytes.
 * *suffix: what values of that old spelling lack; may be NULL. NULL when there is none.
 */
SPX_API const spx_option *spx_option_find(const spx_option *rows, const char *name, size_t size,
                                          const char **suffix);

/** Reads a value as a person writes it into the row's field of `values`. SPX_ERR_ARGUMENT says
 * "NAME: " and what is wrong. */
SPX_API SPX_NODISCARD spx_status spx_option_read(const spx_option *option, const char *text,
                                                 void *values, spx_diag *diag);

/** The word whose value the field has, e.g. "auto"; NULL when it has none. Static storage. */
SPX_API const char *spx_option_word_of(const spx_option *option, const void *values);

/** Range and default in words, e.g. "0 to 10; auto"; "" when there is nothing to say. */
SPX_API void spx_option_describe(const spx_option *option, char out[160]);

/** Sets every field of the rows to its default. */
SPX_API void spx_options_standard(const spx_option *rows, void *values);

/** Whether every field of the rows is within its range. SPX_ERR_ARGUMENT names the first that is
 * not. */
SPX_API SPX_NODISCARD spx_status spx_options_check(const spx_option *rows, const void *values,
                                                   spx_diag *diag);

/** Sets one option of a conversion by its name. Texts stay borrowed until the conversion is done.
 */
SPX_API SPX_NODISCARD spx_status spx_convert_options_set(spx_convert_options *options,
                                                         const char *name, const char *text,
                                                         spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

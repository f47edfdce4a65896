#ifndef SPX_CLI_OPTIONS_H
#define SPX_CLI_OPTIONS_H

/*
 * Options of a verb as tables: one row says the option's name, the type of its value, where the
 * value goes and its line of help. Parsing and --help come from the same rows, and a group of rows
 * that fills one struct may be shared by several verbs:
 *
 *     static const spx_option rows[] = {
 *         { .name = "jobs", .letter = 'j', .type = SPX_OPTION_UNSIGNED, .min = 1, .max = 64,
 *           .offset = offsetof(wishes, jobs), .value = "N", .help = "photos at once" },
 *         { .name = NULL },
 *     };
 *     wishes w = { .jobs = 1 };
 *     const spx_option_group groups[] = { { "Output", rows, &w }, { NULL, NULL, NULL } };
 *     const spx_usage usage = { "convert", "PHOTO...", "Makes …", groups, NULL };
 *     int exit_code = SPX_EXIT_OK;
 *     if (!spx_options_start(&usage, &argc, argv, &exit_code))
 *         return exit_code;
 *     … argv[1] to argv[argc - 1] are the arguments that are not options.
 *
 * Understood: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, letters joined (-qr), "--" as the end
 * of the options, options after arguments. Of an option given twice the last one counts.
 */
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef enum spx_option_type {
    SPX_OPTION_SET,        /* int: becomes `set`; takes no value */
    SPX_OPTION_TEXT,       /* const char *: borrowed from argv, never empty */
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
    SPX_OPTION_FORMATS,    /* spx_format: words of the table of formats joined by commas */
} spx_option_type;

/** A word that may stand for a value. Of SPX_OPTION_NUMBER too ("auto"). */
typedef struct spx_option_word {
    const char *text; /* NULL ends a list of words */
    int value;
} spx_option_word;

typedef struct spx_option {
    const char *name; /* without the dashes; NULL ends a list of options */
    char letter;      /* of the short form; 0 = none */
    spx_option_type type;
    size_t offset;     /* of the field in the group's struct */
    const char *value; /* what --help calls the value, e.g. "FILE"; NULL for SPX_OPTION_SET */
    int set;           /* for SPX_OPTION_SET */
    double min, max;
    const spx_option_word *words; /* may be NULL where the type needs none */
    const char *help;             /* one sentence without capital and full stop */
} spx_option;

enum { SPX_OPTION_NUMBERS_MAX = 32 };

typedef struct spx_option_numbers {
    double items[SPX_OPTION_NUMBERS_MAX];
    size_t count;
} spx_option_numbers;

enum { SPX_OPTION_TEXTS_MAX = 64 };

typedef struct spx_option_texts {
    const char *items[SPX_OPTION_TEXTS_MAX + 1]; /* borrowed from argv; NULL behind the last */
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

/** Options that fill one struct. */
typedef struct spx_option_group {
    const char *title; /* above them in --help */
    const spx_option *options;
    void *values; /* the struct, set to its defaults beforehand */
} spx_option_group;

/** Everything --help says about a verb. */
typedef struct spx_usage {
    const char *verb;
    const char *arguments;          /* e.g. "PHOTO..."; "" for none */
    const char *about;              /* what the verb does; lines end with \n */
    const spx_option_group *groups; /* the last one's title is NULL */
    const char *notes;              /* below the options, may be NULL */
} spx_usage;

typedef enum spx_options_result {
    SPX_OPTIONS_READ,  /* the values are stored */
    SPX_OPTIONS_HELP,  /* --help or -h was among them */
    SPX_OPTIONS_WRONG, /* the message is in the diag */
} spx_options_result;

/**
 * Reads the options in argv[1] to argv[*argc - 1] into the groups' structs. Afterwards argv[1] to
 * argv[*argc - 1] are the arguments in their order.
 */
spx_options_result spx_options_read(const spx_usage *usage, int *argc, char **argv, spx_diag *diag);

/**
 * The same for a verb's start: prints --help on stdout or the error on stderr. Returns 1 to go on;
 * else 0, with the verb's exit code in *exit_code.
 */
int spx_options_start(const spx_usage *usage, int *argc, char **argv, int *exit_code);

/** "spx VERB: MESSAGE" and a pointer to --help on stderr; returns SPX_EXIT_USAGE. */
int spx_usage_error(const spx_usage *usage, const char *format, ...) SPX_PRINTF(2, 3);

#endif

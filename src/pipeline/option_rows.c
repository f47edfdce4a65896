/* What can be done with rows of options without knowing what they are about. */
#include "spx/option.h"

#include "base/status.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DESCRIBED = 160 };

static int is_same(const char *a, const char *b, size_t b_size)
{
    if (strlen(a) != b_size)
        return 0;
    for (size_t i = 0; i < b_size; i++) {
        const int letter = b[i] == '_' ? '-' : b[i];
        if (a[i] != letter)
            return 0;
    }
    return 1;
}

const spx_option *spx_option_find(const spx_option *rows, const char *name, size_t size,
                                  const char **suffix)
{
    if (suffix != NULL)
        *suffix = NULL;
    for (const spx_option *row = rows; row->name != NULL; row++) {
        if (is_same(row->name, name, size))
            return row;
        for (const spx_option_old *old = row->old; old != NULL && old->name != NULL; old++) {
            if (!is_same(old->name, name, size))
                continue;
            if (suffix != NULL)
                *suffix = old->suffix;
            return row;
        }
    }
    return NULL;
}

/* The field as a number; 0 where it holds none. */
static double number_of(const spx_option *option, const void *values)
{
    const char *const field = (const char *)values + option->offset;
    double number = 0;
    int whole = 0;
    unsigned positive = 0;
    uint64_t large = 0;
    switch (option->type) {
    case SPX_OPTION_NUMBER:
    case SPX_OPTION_SECONDS:
    case SPX_OPTION_RATIO:
        memcpy(&number, field, sizeof(number));
        return number;
    case SPX_OPTION_SET:
    case SPX_OPTION_INT:
    case SPX_OPTION_CHOICE:
        memcpy(&whole, field, sizeof(whole));
        return whole;
    case SPX_OPTION_UNSIGNED:
    case SPX_OPTION_LIST:
        memcpy(&positive, field, sizeof(positive));
        return positive;
    case SPX_OPTION_SIZE:
    case SPX_OPTION_FORMATS:
        memcpy(&large, field, sizeof(large));
        return (double)large;
    case SPX_OPTION_TEXT:
    case SPX_OPTION_TEXTS:
    case SPX_OPTION_ARGUMENT:
    case SPX_OPTION_NUMBERS:
    case SPX_OPTION_LENGTH:
    case SPX_OPTION_DIMENSIONS:
        break;
    }
    return 0;
}

static void set_number(const spx_option *option, void *values, double number)
{
    char *const field = (char *)values + option->offset;
    const int whole = option->type == SPX_OPTION_INT || option->type == SPX_OPTION_SET ||
                              option->type == SPX_OPTION_CHOICE
                          ? (int)number
                          : 0;
    const uint64_t positive = number > 0 ? (uint64_t)number : 0;
    const unsigned small = (unsigned)positive;
    switch (option->type) {
    case SPX_OPTION_NUMBER:
    case SPX_OPTION_SECONDS:
    case SPX_OPTION_RATIO:
        memcpy(field, &number, sizeof(number));
        break;
    case SPX_OPTION_SET:
    case SPX_OPTION_INT:
    case SPX_OPTION_CHOICE:
        memcpy(field, &whole, sizeof(whole));
        break;
    case SPX_OPTION_UNSIGNED:
    case SPX_OPTION_LIST:
        memcpy(field, &small, sizeof(small));
        break;
    case SPX_OPTION_SIZE:
    case SPX_OPTION_FORMATS:
        memcpy(field, &positive, sizeof(positive));
        break;
    case SPX_OPTION_TEXT:
    case SPX_OPTION_TEXTS:
    case SPX_OPTION_ARGUMENT:
    case SPX_OPTION_NUMBERS:
    case SPX_OPTION_LENGTH:
    case SPX_OPTION_DIMENSIONS:
        break; /* empty is the default */
    }
}

void spx_options_standard(const spx_option *rows, void *values)
{
    for (const spx_option *row = rows; row->name != NULL; row++) {
        set_number(row, values, row->standard);
        if (row->standard_text == NULL)
            continue;
        const spx_status status = spx_option_read(row, row->standard_text, values, NULL);
        assert(status == SPX_OK); /* a default is a value */
        (void)status;
    }
}

static const spx_option_word *word_of(const spx_option *option, double value)
{
    for (const spx_option_word *word = option->words; word != NULL && word->text != NULL; word++) {
        if (word->value == value)
            return word;
    }
    return NULL;
}

const char *spx_option_word_of(const spx_option *option, const void *values)
{
    const spx_option_word *const word = word_of(option, number_of(option, values));
    return word == NULL ? NULL : word->text;
}

static int has_range(const spx_option *option)
{
    return option->type == SPX_OPTION_INT || option->type == SPX_OPTION_UNSIGNED ||
           option->type == SPX_OPTION_NUMBER || option->type == SPX_OPTION_SECONDS ||
           option->type == SPX_OPTION_SIZE;
}

spx_status spx_options_check(const spx_option *rows, const void *values, spx_diag *diag)
{
    for (const spx_option *row = rows; row->name != NULL; row++) {
        const double value = number_of(row, values);
        if (word_of(row, value) != NULL)
            continue;
        if (row->type == SPX_OPTION_CHOICE)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: there is no choice %g", row->name, value);
        if (has_range(row) && !(value >= row->min && value <= row->max)) { /* NaN too */
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: %g is outside %.10g..%.10g", row->name,
                            value, row->min, row->max);
        }
    }
    return SPX_OK;
}

/* 604800 as "7d". */
static void put_seconds(char *out, size_t size, double value)
{
    static const struct {
        double seconds;
        char unit;
    } units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
    size_t i = 0;
    while (i + 1 < sizeof(units) / sizeof(units[0]) &&
           (value < units[i].seconds || fmod(value, units[i].seconds) != 0.0))
        i++;
    (void)snprintf(out, size, "%.10g%c", value / units[i].seconds, units[i].unit);
}

/* 512000000 as "512M". */
static void put_number(char *out, size_t size, const spx_option *option, double value)
{
    static const double million = 1e6;
    if (option->type == SPX_OPTION_SECONDS) {
        put_seconds(out, size, value);
    } else if (option->type == SPX_OPTION_SIZE && value >= million) {
        (void)snprintf(out, size, "%.10gM", value / million);
    } else {
        (void)snprintf(out, size, "%.10g", value);
    }
}

void spx_option_describe(const spx_option *option, char out[DESCRIBED])
{
    char standard[DESCRIBED / 2 - 2] = ""; /* both and "; " fit into the whole */
    char range[DESCRIBED / 2] = "";
    const spx_option_word *const word = word_of(option, option->standard);
    if (option->standard_text != NULL) {
        (void)snprintf(standard, sizeof(standard), "%s", option->standard_text);
    } else if (word != NULL) {
        (void)snprintf(standard, sizeof(standard), "%s", word->text);
    } else if (has_range(option)) {
        put_number(standard, sizeof(standard), option, option->standard);
    } else if (option->type == SPX_OPTION_FORMATS) {
        (void)snprintf(standard, sizeof(standard), "default");
    }
    if (has_range(option) && option->type != SPX_OPTION_SIZE && option->type != SPX_OPTION_SECONDS)
        (void)snprintf(range, sizeof(range), "%.10g to %.10g", option->min, option->max);
    (void)snprintf(out, DESCRIBED, "%s%s%s", range,
                   range[0] != '\0' && standard[0] != '\0' ? "; " : "", standard);
}

spx_status spx_convert_options_set(spx_convert_options *options, const char *name, const char *text,
                                   spx_diag *diag)
{
    enum { SIZE = 64 };
    for (int section = SPX_OPTIONS_STEREO; section <= SPX_OPTIONS_FILES; section++) {
        const char *suffix = NULL;
        const spx_option *const row = spx_option_find(spx_options_of((spx_option_section)section),
                                                      name, strlen(name), &suffix);
        char whole[SIZE];
        if (row == NULL)
            continue;
        if (suffix == NULL)
            return spx_option_read(row, text, options, diag);
        (void)snprintf(whole, sizeof(whole), "%s%s", text, suffix);
        return spx_option_read(row, whole, options, diag);
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "there is no option \"%.40s\"", name);
}

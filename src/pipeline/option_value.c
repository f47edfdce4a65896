/*
 * A value as a person writes it: one reader for each type of option. All say what was wrong and
 * what would be right, with the name before it, and set nothing when they fail.
 */
#include "spx/option.h"

#include "base/number_text.h"
#include "base/status.h"
#include "base/suggest.h"
#include "spx/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERCENT_MOST = 300 /* as spx_margin says */ };

/* strtod() without its hexadecimal, infinite and undefined numbers. Returns where the number ends,
 * or NULL. */
static const char *read_decimal(const char *text, double *out)
{
    if (text[strspn(text, "+-.")] < '0' || text[strspn(text, "+-.")] > '9' ||
        strncmp(text + strspn(text, "+-"), "0x", 2) == 0 ||
        strncmp(text + strspn(text, "+-"), "0X", 2) == 0)
        return NULL;
    char *end = NULL;
    *out = spx_text_number(text, &end);
    return end == text ? NULL : end;
}

static int in_range(const spx_option *option, double value)
{
    return value >= option->min && value <= option->max;
}

/* Whole numbers have all their digits: bytes, and the largest whole number of a double, are large.
 */
static spx_status fail_range(const spx_option *option, const char *text, const char *unit,
                             spx_diag *diag)
{
    enum { NUMBER_SIZE = 32 };
    const double bounds[] = { option->min, option->max };
    char shown[2][NUMBER_SIZE];
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(shown[i], NUMBER_SIZE, bounds[i] == floor(bounds[i]) ? "%.0f" : "%.15g",
                       bounds[i]);
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: %s is not between %s and %s%s", option->name, text,
                    shown[0], shown[1], unit);
}

static spx_status fail_form(const spx_option *option, const char *text, const char *wanted,
                            spx_diag *diag)
{
    return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: '%s' is not %s", option->name, text, wanted);
}

static const spx_option_word *find_word(const spx_option_word *words, const char *text, size_t size)
{
    for (const spx_option_word *word = words; word != NULL && word->text != NULL; word++) {
        if (strlen(word->text) == size && memcmp(word->text, text, size) == 0)
            return word;
    }
    return NULL;
}

static spx_status fail_word(const spx_option *option, const char *text, size_t size, spx_diag *diag)
{
    enum { SHOWN = 32, LIST_SIZE = 256 };
    char shown[SHOWN + 1] = "";
    char list[LIST_SIZE] = "";
    size_t used = 0;
    (void)snprintf(shown, sizeof(shown), "%.*s", (int)(size < SHOWN ? size : SHOWN), text);
    spx_suggestion suggestion = { 0 };
    for (const spx_option_word *word = option->words; word->text != NULL; word++) {
        spx_suggestion_offer(&suggestion, shown, word->text);
        const int put =
            snprintf(list + used, sizeof(list) - used, "%s%s", used == 0 ? "" : ", ", word->text);
        if (put < 0 || (size_t)put >= sizeof(list) - used)
            break;
        used += (size_t)put;
    }
    if (suggestion.best != NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: no '%s' (did you mean %s?)", option->name,
                        shown, suggestion.best);
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: '%s' is none of %s", option->name, shown, list);
}

static spx_status read_whole(const spx_option *option, const char *text, void *field,
                             spx_diag *diag)
{
    char *end = NULL;
    const spx_option_word *const word = find_word(option->words, text, strlen(text));
    const long long value = word != NULL ? word->value : strtoll(text, &end, 10);
    if (word == NULL &&
        (end == text || *end != '\0' || strspn(text, "+-0123456789") != strlen(text)))
        return fail_form(option, text, "a whole number", diag);
    if (word == NULL && !in_range(option, (double)value))
        return fail_range(option, text, "", diag);
    if (option->type == SPX_OPTION_INT) {
        const int number = (int)value;
        memcpy(field, &number, sizeof(number));
    } else {
        const unsigned number = (unsigned)value;
        memcpy(field, &number, sizeof(number));
    }
    return SPX_OK;
}

static spx_status read_number(const spx_option *option, const char *text, void *field,
                              spx_diag *diag)
{
    double value = 0;
    const spx_option_word *const word = find_word(option->words, text, strlen(text));
    if (word != NULL) {
        value = word->value;
    } else {
        const char *const end = read_decimal(text, &value);
        if (end == NULL || *end != '\0') {
            return fail_form(option, text,
                             option->words != NULL ? "a number or 'auto'" : "a number", diag);
        }
        if (!in_range(option, value))
            return fail_range(option, text, "", diag);
    }
    memcpy(field, &value, sizeof(value));
    return SPX_OK;
}

static spx_status read_numbers(const spx_option *option, const char *text, void *field,
                               spx_diag *diag)
{
    spx_option_numbers numbers = { .count = 0 };
    const char *at = text;
    for (;;) {
        double value = 0;
        const char *const end = read_decimal(at, &value);
        if (end == NULL || (*end != '\0' && *end != ','))
            return fail_form(option, text, "a list of numbers like 1,2.5", diag);
        if (!in_range(option, value))
            return fail_range(option, text, "", diag);
        if (numbers.count == SPX_OPTION_NUMBERS_MAX) {
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: more than %d numbers", option->name,
                            SPX_OPTION_NUMBERS_MAX);
        }
        numbers.items[numbers.count++] = value;
        if (*end == '\0')
            break;
        at = end + 1;
    }
    memcpy(field, &numbers, sizeof(numbers));
    return SPX_OK;
}

/* k, M, G, T: powers of 1000, with i of 1024; then what is counted: B (bytes) or P (pixels). */
static int read_size_suffix(const char *suffix, double *factor)
{
    static const char steps[] = "kMGT";
    static const double thousand = 1000;
    static const double binary_thousand = 1024;
    *factor = 1;
    const int letter = *suffix == 'K' ? 'k' : *suffix;
    const char *const step = letter == '\0' ? NULL : strchr(steps, letter);
    if (step != NULL) {
        const double base = suffix[1] == 'i' ? binary_thousand : thousand;
        for (const char *at = steps; at <= step; at++)
            *factor *= base;
        suffix += suffix[1] == 'i' ? 2 : 1;
    }
    if (*suffix == 'B' || *suffix == 'P')
        suffix++;
    return *suffix == '\0';
}

static spx_status read_size(const spx_option *option, const char *text, void *field, spx_diag *diag)
{
    double value = 0;
    double factor = 1;
    const char *const end = read_decimal(text, &value);
    if (end == NULL || !read_size_suffix(end, &factor))
        return fail_form(option, text, "a size like 200M or 1.5G", diag);
    value *= factor;
    if (!in_range(option, value))
        return fail_range(option, text, "", diag);
    const uint64_t size = (uint64_t)value;
    memcpy(field, &size, sizeof(size));
    return SPX_OK;
}

static spx_status read_seconds(const spx_option *option, const char *text, void *field,
                               spx_diag *diag)
{
    static const char units[] = "smhd";
    static const double unit_s[] = { 1, 60, 3600, 86400 };
    double value = 0;
    const char *const end = read_decimal(text, &value);
    const char *const unit = end == NULL || *end == '\0' ? NULL : strchr(units, *end);
    if (end == NULL || (*end != '\0' && (unit == NULL || end[1] != '\0')))
        return fail_form(option, text, "a time like 90s, 15m, 2h or 7d", diag);
    if (unit != NULL)
        value *= unit_s[unit - units];
    if (!in_range(option, value))
        return fail_range(option, text, " seconds", diag);
    memcpy(field, &value, sizeof(value));
    return SPX_OK;
}

static spx_status read_length(const spx_option *option, const char *text, void *field,
                              spx_diag *diag)
{
    spx_option_length length = { 0 };
    const char *const end = read_decimal(text, &length.value);
    if (end == NULL || (*end != '\0' && strcmp(end, "%") != 0))
        return fail_form(option, text, "a length like 120 (pixels) or 20%", diag);
    length.percent = *end == '%';
    if (!in_range(option, length.value))
        return fail_range(option, text, "", diag);
    if (length.percent && length.value > PERCENT_MOST) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: %s is more than %d%%", option->name, text,
                        PERCENT_MOST);
    }
    memcpy(field, &length, sizeof(length));
    return SPX_OK;
}

static int read_side(const char *text, char until, uint32_t *out, const char **next)
{
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*end != until || value == 0 || value > UINT32_MAX)
        return 0;
    *out = (uint32_t)value;
    *next = end + 1;
    return 1;
}

static spx_status read_dimensions(const spx_option *option, const char *text, void *field,
                                  spx_diag *diag)
{
    spx_option_dimensions size = { 0 };
    const char *next = NULL;
    if (!read_side(text, 'x', &size.width, &next) || !read_side(next, '\0', &size.height, &next))
        return fail_form(option, text, "a size like 1920x1080", diag);
    memcpy(field, &size, sizeof(size));
    return SPX_OK;
}

static spx_status read_ratio(const spx_option *option, const char *text, void *field,
                             spx_diag *diag)
{
    double width = 0;
    double height = 1;
    const char *end = read_decimal(text, &width);
    if (end != NULL && *end == ':')
        end = read_decimal(end + 1, &height);
    if (end == NULL || *end != '\0' || !(width > 0) || !(height > 0))
        return fail_form(option, text, "a ratio like 16:9 or 1.5", diag);
    const double ratio = width / height;
    if (!in_range(option, ratio))
        return fail_range(option, text, "", diag);
    memcpy(field, &ratio, sizeof(ratio));
    return SPX_OK;
}

static spx_status read_choice(const spx_option *option, const char *text, void *field,
                              spx_diag *diag)
{
    const spx_option_word *const word = find_word(option->words, text, strlen(text));
    if (word == NULL)
        return fail_word(option, text, strlen(text), diag);
    memcpy(field, &word->value, sizeof(word->value));
    return SPX_OK;
}

static spx_status read_list(const spx_option *option, const char *text, void *field, spx_diag *diag)
{
    unsigned flags = 0;
    for (;;) {
        const size_t size = strcspn(text, ",");
        const spx_option_word *const word = find_word(option->words, text, size);
        if (word == NULL)
            return fail_word(option, text, size, diag);
        flags |= (unsigned)word->value;
        if (text[size] == '\0')
            break;
        text += size + 1;
    }
    memcpy(field, &flags, sizeof(flags));
    return SPX_OK;
}

static spx_status read_formats(const spx_option *option, const char *text, void *field,
                               spx_diag *diag)
{
    spx_format formats = 0;
    spx_format optional = 0;
    spx_diag reason = { 0 };
    const int is_none = option->standard_text != NULL && strcmp(text, option->standard_text) == 0;
    if (!is_none && spx_formats_read_both(&formats, &optional, text, &reason) != SPX_OK)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: %s", option->name, reason.text);
    memcpy(field, &formats, sizeof(formats));
    if (option->optional_offset != 0) {
        memcpy((char *)field - option->offset + option->optional_offset, &optional,
               sizeof(optional));
    }
    return SPX_OK;
}

static spx_status read_texts(const spx_option *option, const char *text, spx_option_texts *field,
                             spx_diag *diag)
{
    if (field->count == SPX_OPTION_TEXTS_MAX) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: given more than %d times", option->name,
                        SPX_OPTION_TEXTS_MAX);
    }
    field->items[field->count++] = text;
    field->items[field->count] = NULL;
    return SPX_OK;
}

/* For who cannot say yes by leaving a value out. */
static spx_status read_yes(const spx_option *option, const char *text, void *field, spx_diag *diag)
{
    static const char *const words[] = { "no", "false", "off", "0", "yes", "true", "on", "1" };
    enum { WORDS = sizeof(words) / sizeof(words[0]) };
    for (size_t i = 0; i < WORDS; i++) {
        const int value = i < WORDS / 2 ? 0 : option->set;
        if (strcmp(text, words[i]) != 0)
            continue;
        memcpy(field, &value, sizeof(value));
        return SPX_OK;
    }
    return fail_form(option, text, "yes or no", diag);
}

spx_status spx_option_read(const spx_option *option, const char *text, void *values, spx_diag *diag)
{
    void *const field = (char *)values + option->offset;
    if (*text == '\0')
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: the value is empty", option->name);
    switch (option->type) {
    case SPX_OPTION_TEXT:
        memcpy(field, &text, sizeof(text));
        return SPX_OK;
    case SPX_OPTION_TEXTS:
        return read_texts(option, text, field, diag);
    case SPX_OPTION_INT:
    case SPX_OPTION_UNSIGNED:
        return read_whole(option, text, field, diag);
    case SPX_OPTION_NUMBER:
        return read_number(option, text, field, diag);
    case SPX_OPTION_NUMBERS:
        return read_numbers(option, text, field, diag);
    case SPX_OPTION_SIZE:
        return read_size(option, text, field, diag);
    case SPX_OPTION_SECONDS:
        return read_seconds(option, text, field, diag);
    case SPX_OPTION_LENGTH:
        return read_length(option, text, field, diag);
    case SPX_OPTION_DIMENSIONS:
        return read_dimensions(option, text, field, diag);
    case SPX_OPTION_RATIO:
        return read_ratio(option, text, field, diag);
    case SPX_OPTION_CHOICE:
        return read_choice(option, text, field, diag);
    case SPX_OPTION_LIST:
        return read_list(option, text, field, diag);
    case SPX_OPTION_FORMATS:
        return read_formats(option, text, field, diag);
    case SPX_OPTION_SET:
        return read_yes(option, text, field, diag);
    case SPX_OPTION_ARGUMENT:
        break;
    }
    return spx_fail(diag, SPX_ERR_INTERNAL, "%s: takes no value", option->name);
}

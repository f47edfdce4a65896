#include "cli/options.h"

#include "base/status.h"
#include "base/suggest.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An option and the struct it fills. */
typedef struct found {
    const spx_option *option; /* NULL: there is no such option */
    void *values;
    const char *suffix; /* what values of an old spelling lack; NULL = nothing */
} found;

typedef struct reading {
    const spx_usage *usage;
    int argc; /* of the words as they came */
    char **argv;
    int at;         /* the word being read */
    int kept;       /* arguments found so far, in argv[1] to argv[kept] */
    char **options; /* [option_count] the other words */
    int option_count;
    int is_argument;         /* the words being read name an argument */
    spx_options_result help; /* SPX_OPTIONS_READ: not asked for */
    spx_diag *diag;
} reading;

static found find_name(const spx_usage *usage, const char *name, size_t size)
{
    for (const spx_option_group *group = usage->groups; group->title != NULL; group++) {
        const char *suffix = NULL;
        const spx_option *const option = spx_option_find(group->options, name, size, &suffix);
        if (option != NULL)
            return (found){ option, group->values, suffix };
    }
    return (found){ NULL, NULL, NULL };
}

static found find_letter(const spx_usage *usage, char letter)
{
    for (const spx_option_group *group = usage->groups; group->title != NULL; group++) {
        for (const spx_option *option = group->options; option->name != NULL; option++) {
            if (option->letter == letter)
                return (found){ option, group->values, NULL };
        }
    }
    return (found){ NULL, NULL, NULL };
}

static spx_status fail_unknown(const reading *self, const char *name, size_t size)
{
    enum { SHOWN = 32 };
    char shown[SHOWN + 1] = "";
    (void)snprintf(shown, sizeof(shown), "%.*s", (int)(size < SHOWN ? size : SHOWN), name);
    spx_suggestion suggestion = { 0 };
    spx_suggestion_offer(&suggestion, shown, "help");
    for (const spx_option_group *group = self->usage->groups; group->title != NULL; group++) {
        for (const spx_option *option = group->options; option->name != NULL; option++)
            spx_suggestion_offer(&suggestion, shown, option->name);
    }
    if (suggestion.best != NULL) {
        return spx_fail(self->diag, SPX_ERR_ARGUMENT, "no such option: --%s (did you mean --%s?)",
                        shown, suggestion.best);
    }
    return spx_fail(self->diag, SPX_ERR_ARGUMENT, "no such option: --%s", shown);
}

static spx_status read_value(found what, const char *value, spx_diag *diag)
{
    enum { SIZE = 64 };
    char whole[SIZE];
    spx_diag reason = { 0 };
    if (what.suffix != NULL) {
        (void)snprintf(whole, sizeof(whole), "%s%s", value, what.suffix);
        value = whole;
    }
    const spx_status status = spx_option_read(what.option, value, what.values, &reason);
    return status == SPX_OK ? status : spx_fail(diag, status, "--%s", reason.text);
}

/* value: joined to the option, or NULL when the next word is to be taken. */
static spx_status store(reading *self, found what, char *value)
{
    const spx_option *const option = what.option;
    if (value == NULL) {
        if (self->at + 1 >= self->argc) {
            return spx_fail(self->diag, SPX_ERR_ARGUMENT, "--%s wants a value: %s", option->name,
                            option->value);
        }
        value = self->argv[++self->at];
    }
    if (option->type == SPX_OPTION_ARGUMENT) {
        self->argv[++self->kept] = value;
        self->is_argument = 1;
        return SPX_OK;
    }
    return read_value(what, value, self->diag);
}

static void set_flag(found what)
{
    memcpy((char *)what.values + what.option->offset, &what.option->set, sizeof(int));
}

static spx_status read_long(reading *self, char *word)
{
    const size_t size = strcspn(word, "=");
    char *const value = word[size] == '=' ? word + size + 1 : NULL;
    if (strcmp(word, "help") == 0 || strcmp(word, "help=table") == 0) {
        self->help = value == NULL ? SPX_OPTIONS_HELP : SPX_OPTIONS_TABLE;
        return SPX_OK;
    }
    const found what = find_name(self->usage, word, size);
    if (what.option == NULL)
        return fail_unknown(self, word, size);
    if (what.option->type != SPX_OPTION_SET)
        return store(self, what, value);
    if (value != NULL)
        return spx_fail(self->diag, SPX_ERR_ARGUMENT, "--%s takes no value", what.option->name);
    set_flag(what);
    return SPX_OK;
}

static spx_status fail_letter(const reading *self, const char *word, char letter)
{
    const char *const file = access(word, F_OK) == 0 ? word : NULL;
    return spx_fail(self->diag, SPX_ERR_ARGUMENT, "no such option: -%c%s%s", letter,
                    file == NULL ? "" : "; to mean the file, write ./", file == NULL ? "" : file);
}

/* word: one or more letters behind a dash. */
static spx_status read_letters(reading *self, char *word)
{
    for (char *letters = word + 1; *letters != '\0'; letters++) {
        const found what = find_letter(self->usage, *letters);
        if (what.option == NULL && *letters == 'h') {
            self->help = SPX_OPTIONS_HELP;
            continue;
        }
        if (what.option == NULL)
            return fail_letter(self, word, *letters);
        if (what.option->type != SPX_OPTION_SET)
            return store(self, what, letters[1] == '\0' ? NULL : letters + 1);
        set_flag(what);
    }
    return SPX_OK;
}

/* One word, and the next one where it is the word's value. */
static spx_status read_word(reading *self, int *closed)
{
    char *const word = self->argv[self->at];
    const int first = self->at;
    self->is_argument = 0;
    if (*closed || word[0] != '-' || word[1] == '\0') {
        self->argv[++self->kept] = word;
        return SPX_OK;
    }
    if (strcmp(word, "--") == 0) {
        *closed = 1;
        return SPX_OK;
    }
    char *const value = self->at + 1 < self->argc ? self->argv[self->at + 1] : NULL;
    SPX_TRY(word[1] == '-' ? read_long(self, word + 2) : read_letters(self, word));
    if (self->is_argument)
        return SPX_OK;
    self->options[self->option_count++] = word;
    if (self->at > first)
        self->options[self->option_count++] = value;
    return SPX_OK;
}

spx_options_result spx_options_read(const spx_usage *usage, int *argc, char **argv, spx_diag *diag)
{
    reading self = { .usage = usage, .argc = *argc, .argv = argv, .at = 1, .diag = diag };
    int closed = 0; /* "--" was seen */
    spx_status status = SPX_OK;
    self.options = calloc((size_t)*argc + 1, sizeof(*self.options));
    if (self.options == NULL) {
        (void)!spx_fail_memory(diag, "options");
        return SPX_OPTIONS_FAILED;
    }
    for (; self.at < self.argc && status == SPX_OK; self.at++)
        status = read_word(&self, &closed);
    if (status == SPX_OK) {
        const int behind = self.kept + 1;
        for (int i = behind; i < *argc; i++)
            argv[i] = i - behind < self.option_count ? self.options[i - behind] : NULL;
        *argc = behind;
    }
    free(self.options);
    if (status == SPX_ERR_NO_MEMORY)
        return SPX_OPTIONS_FAILED;
    return status == SPX_OK || self.help != SPX_OPTIONS_READ ? self.help : SPX_OPTIONS_WRONG;
}

int spx_options_start(const spx_usage *usage, int *argc, char **argv, int *exit_code)
{
    spx_diag diag = { 0 };
    *exit_code = SPX_EXIT_OK;
    switch (spx_options_read(usage, argc, argv, &diag)) {
    case SPX_OPTIONS_READ:
        return 1;
    case SPX_OPTIONS_HELP:
        spx_help_print(usage, stdout);
        return 0;
    case SPX_OPTIONS_TABLE:
        if (!spx_help_print_table(usage, stdout))
            *exit_code = SPX_EXIT_FAILED;
        return 0;
    case SPX_OPTIONS_FAILED:
        spx_error_line_say(usage->verb, diag.text);
        *exit_code = SPX_EXIT_FAILED;
        return 0;
    case SPX_OPTIONS_WRONG:
        break;
    }
    *exit_code = spx_usage_error(usage, "%s", diag.text);
    return 0;
}

int spx_usage_error(const spx_usage *usage, const char *format, ...)
{
    char text[sizeof(spx_diag)];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    (void)fprintf(stderr, "spx %s: ", usage->verb);
    spx_text_print(stderr, text);
    (void)fprintf(stderr, " (see spx %s --help)\n", usage->verb);
    return SPX_EXIT_USAGE;
}

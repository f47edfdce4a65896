#include "cli/help.h"

#include "jobs/table_json.h"

#include <string.h>

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

static void indent_to(FILE *to, int column)
{
    (void)fprintf(to, "%*s", column, "");
}

/* Prints text from column `at` on, broken between words, further lines at HELP_COLUMN. */
static void print_wrapped(FILE *to, const char *text, int at)
{
    if (at + 2 > HELP_COLUMN) {
        (void)fputc('\n', to);
        at = 0;
    }
    indent_to(to, HELP_COLUMN - at);
    at = HELP_COLUMN;
    while (*text != '\0') {
        const int size = (int)strcspn(text, " ");
        if (at != HELP_COLUMN && at + 1 + size > HELP_WIDTH) {
            (void)fputc('\n', to);
            indent_to(to, HELP_COLUMN);
            at = HELP_COLUMN;
        }
        at += fprintf(to, "%s%.*s", at == HELP_COLUMN ? "" : " ", size, text);
        text += size;
        text += strspn(text, " ");
    }
    (void)fputc('\n', to);
}

static void print_option(FILE *to, const spx_option *option)
{
    int at = 0;
    if (option->letter != 0) {
        at += fprintf(to, "  -%c, --%s", option->letter, option->name);
    } else {
        at += fprintf(to, "      --%s", option->name);
    }
    if (option->value != NULL)
        at += fprintf(to, " %s", option->value);
    enum { TEXT_SIZE = 512, RANGE_SIZE = 160 };
    char range[RANGE_SIZE] = "";
    char text[TEXT_SIZE];
    spx_option_describe(option, range);
    (void)snprintf(text, sizeof(text), range[0] == '\0' ? "%s" : "%s (%s)", option->help, range);
    print_wrapped(to, text, at);
}

/* What the words of an option for formats mean. */
static void print_formats(FILE *to)
{
    (void)fputs("\nFormats:\n", to);
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const format = spx_format_at(i);
        print_wrapped(to, format->help, fprintf(to, "  %s", format->word));
    }
    (void)fputs("\nGroups of formats:\n", to);
    for (size_t i = 0; i < spx_format_group_count(); i++) {
        const spx_format_group *const group = spx_format_group_at(i);
        print_wrapped(to, group->help, fprintf(to, "  %s", group->word));
    }
}

static int offers_formats(const spx_usage *usage)
{
    for (const spx_option_group *group = usage->groups; group->title != NULL; group++) {
        for (const spx_option *option = group->options; option->name != NULL; option++) {
            if (option->type == SPX_OPTION_FORMATS)
                return 1;
        }
    }
    return 0;
}

void spx_help_print(const spx_usage *usage, FILE *to)
{
    (void)fprintf(to, "usage: spx %s [options]%s%s\n\n%s", usage->verb,
                  usage->arguments[0] == '\0' ? "" : " ", usage->arguments, usage->about);
    for (const spx_option_group *group = usage->groups; group->title != NULL; group++) {
        (void)fprintf(to, "\n%s:\n", group->title);
        for (const spx_option *option = group->options; option->name != NULL; option++)
            print_option(to, option);
    }
    (void)fputc('\n', to);
    print_wrapped(to, "this text", fprintf(to, "  -h, --help"));
    if (offers_formats(usage))
        print_formats(to);
    if (usage->notes != NULL)
        (void)fprintf(to, "\n%s", usage->notes);
}

static json_t *group_json(const spx_option_group *group)
{
    json_t *const options = json_array();
    for (const spx_option *option = group->options; option->name != NULL; option++)
        (void)json_array_append_new(options, spx_table_option(option));
    return json_pack("{ss, so}", "title", group->title, "options", options);
}

int spx_help_print_table(const spx_usage *usage, FILE *to)
{
    json_t *const groups = json_array();
    for (const spx_option_group *group = usage->groups; group->title != NULL; group++)
        (void)json_array_append_new(groups, group_json(group));
    json_t *const table = json_pack("{ss, ss, so}", "verb", usage->verb, "arguments",
                                    usage->arguments, "groups", groups);
    const int done = table != NULL && json_dumpf(table, to, JSON_INDENT(1)) == 0;
    json_decref(table);
    return done && fputc('\n', to) != EOF;
}

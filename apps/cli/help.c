#include "cli/help.h"

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
    print_wrapped(to, option->help, at);
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
    if (usage->notes != NULL)
        (void)fprintf(to, "\n%s", usage->notes);
}

#include "cli/error_line.h"

#include "base/file.h"
#include "cli/text.h"

#include <string.h>

/* What follows "NAME: " at the start of text, or NULL. */
static const char *after_name(const char *text, const char *name)
{
    const size_t size = strlen(name);
    return strncmp(text, name, size) == 0 && strncmp(text + size, ": ", 2) == 0 ? text + size + 2
                                                                                : NULL;
}

void spx_error_line_print(FILE *to, const char *path, const char *text)
{
    const char *reason = after_name(text, path);
    if (reason == NULL)
        reason = after_name(text, spx_path_name(path));
    (void)fputs("spx: ", to);
    spx_text_print(to, path);
    (void)fputs(": ", to);
    spx_text_print(to, reason == NULL ? text : reason);
    (void)fputc('\n', to);
}

void spx_error_line_say(const char *verb, const char *text)
{
    (void)fprintf(stderr, verb == NULL ? "spx%s: " : "spx %s: ", verb == NULL ? "" : verb);
    spx_text_print(stderr, text);
    (void)fputc('\n', stderr);
}

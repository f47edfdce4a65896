#include "base/number_text.h"

#include <locale.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRINT_SIZE = 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t plain; /* written under `once` only; kept for ever */

static void open_locale(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Of this thread. Returns the one before. */
static locale_t enter_plain_locale(void)
{
    (void)pthread_once(&once, open_locale);
    return uselocale(plain);
}

void spx_bytes_print(spx_bytes *text, const char *format, ...)
{
    char piece[PRINT_SIZE];
    va_list arguments;
    const locale_t before = enter_plain_locale();
    va_start(arguments, format);
    const int size = vsnprintf(piece, sizeof(piece), format, arguments);
    va_end(arguments);
    (void)uselocale(before);
    if (size < 0 || size >= PRINT_SIZE) {
        text->failed = 1;
        return;
    }
    spx_bytes_append(text, piece, (size_t)size);
}

double spx_text_number(const char *text, char **end)
{
    const locale_t before = enter_plain_locale();
    const double number = strtod(text, end);
    (void)uselocale(before);
    return number;
}

#include "cli/options_text.h"

#include "base/number_text.h"

static void print_text(spx_bytes *out, const char *text)
{
    spx_bytes_text(out, text == NULL ? "" : text);
    spx_bytes_u8(out, ';');
}

static void print_number(spx_bytes *out, double number)
{
    spx_bytes_print(out, "%.17g;", number);
}

static void print_texts(spx_bytes *out, const spx_option_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        print_text(out, texts->items[i]);
}

static void print_numbers(spx_bytes *out, const spx_option_numbers *numbers)
{
    for (size_t i = 0; i < numbers->count; i++)
        print_number(out, numbers->items[i]);
}

static void print_value(spx_bytes *out, spx_option_type type, const void *at)
{
    const spx_option_length *const length = at;
    const spx_option_dimensions *const size = at;
    switch (type) {
    case SPX_OPTION_TEXT:
        print_text(out, *(const char *const *)at);
        break;
    case SPX_OPTION_TEXTS:
        print_texts(out, at);
        break;
    case SPX_OPTION_ARGUMENT:
        break;
    case SPX_OPTION_SET:
    case SPX_OPTION_INT:
    case SPX_OPTION_CHOICE:
        print_number(out, *(const int *)at);
        break;
    case SPX_OPTION_UNSIGNED:
    case SPX_OPTION_LIST:
        print_number(out, *(const unsigned *)at);
        break;
    case SPX_OPTION_NUMBER:
    case SPX_OPTION_SECONDS:
    case SPX_OPTION_RATIO:
        print_number(out, *(const double *)at);
        break;
    case SPX_OPTION_NUMBERS:
        print_numbers(out, at);
        break;
    case SPX_OPTION_SIZE:
    case SPX_OPTION_FORMATS:
        spx_bytes_print(out, "%llx;", (unsigned long long)*(const uint64_t *)at);
        break;
    case SPX_OPTION_LENGTH:
        print_number(out, length->value);
        print_number(out, length->percent);
        break;
    case SPX_OPTION_DIMENSIONS:
        print_number(out, size->width);
        print_number(out, size->height);
        break;
    }
}

void spx_options_print(spx_bytes *out, const spx_option *rows, const void *values)
{
    for (const spx_option *row = rows; row->name != NULL; row++) {
        spx_bytes_text(out, row->name);
        spx_bytes_u8(out, '=');
        print_value(out, row->type, (const char *)values + row->offset);
        spx_bytes_u8(out, '\n');
    }
}

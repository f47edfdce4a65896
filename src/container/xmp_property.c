#include "container/xmp_property.h"

#include "base/number_text.h"

#include <math.h>
#include <string.h>

enum { MOST_PREFIX = 32, MOST_DECLARATIONS = 64, NUMBER_BYTES = 48 };

typedef struct text {
    const char *at;
    size_t size;
} text;

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static size_t skip_space(const text *in, size_t at)
{
    while (at < in->size && is_space(in->at[at]))
        at++;
    return at;
}

static size_t skip_name(const text *in, size_t at)
{
    while (at < in->size && is_name_char(in->at[at]))
        at++;
    return at;
}

/* Where `what` begins, at `from` or later; the text's size = nowhere. */
static size_t find(const text *in, size_t from, const char *what, size_t what_size)
{
    if (from >= in->size)
        return in->size;
    const char *const at = memmem(in->at + from, in->size - from, what, what_size);
    return at == NULL ? in->size : (size_t)(at - in->at);
}

/* The next prefix that the packet gives the namespace: xmlns:PREFIX="URI". *from moves on. */
static int next_prefix(const text *in, const char *uri, size_t *from, text *prefix)
{
    const size_t uri_size = strlen(uri);
    for (;;) {
        const size_t at = find(in, *from, uri, uri_size);
        if (at == in->size)
            return 0;
        *from = at + uri_size;
        if (at == 0 || *from == in->size || in->at[*from] != in->at[at - 1] ||
            (in->at[at - 1] != '"' && in->at[at - 1] != '\''))
            continue;
        size_t stop = at - 1;
        while (stop > 0 && is_space(in->at[stop - 1]))
            stop--;
        if (stop == 0 || in->at[stop - 1] != '=')
            continue;
        stop--;
        while (stop > 0 && is_space(in->at[stop - 1]))
            stop--;
        size_t start = stop;
        while (start > 0 && is_name_char(in->at[start - 1]))
            start--;
        if (start >= 6 && stop > start && stop - start < MOST_PREFIX &&
            memcmp(in->at + start - 6, "xmlns:", 6) == 0) {
            *prefix = (text){ in->at + start, stop - start };
            return 1;
        }
    }
}

/* at: behind the name of an attribute. */
static int take_attribute(const text *in, size_t at, spx_xmp_property *out)
{
    at = skip_space(in, at);
    if (at == in->size || in->at[at] != '=')
        return 0;
    at = skip_space(in, at + 1);
    if (at == in->size || (in->at[at] != '"' && in->at[at] != '\''))
        return 0;
    out->value_begin = at + 1;
    out->value_end = find(in, at + 1, in->at + at, 1);
    out->end = out->value_end + 1;
    return out->value_end < in->size;
}

/* Behind the '>' of the tag that goes on at `at`; 0 = it has no end. *empty: it ends with "/>". */
static size_t end_of_tag(const text *in, size_t at, int *empty)
{
    while (at < in->size && in->at[at] != '>') {
        if (in->at[at] == '"' || in->at[at] == '\'')
            at = find(in, at + 1, in->at + at, 1);
        at += at < in->size;
    }
    if (at == in->size)
        return 0;
    *empty = in->at[at - 1] == '/';
    return at + 1;
}

/* at: behind the name of a start tag; `whole` is "PREFIX:Name". */
static int take_element(const text *in, size_t at, const text *whole, spx_xmp_property *out)
{
    int empty = 0;
    size_t depth = 1;
    at = end_of_tag(in, at, &empty);
    out->value_begin = at;
    out->value_end = at;
    out->end = at;
    if (at == 0 || empty)
        return at != 0;
    while (depth != 0) {
        at = find(in, at, whole->at, whole->size);
        if (at == in->size)
            return 0;
        const size_t behind = at + whole->size;
        const int is_whole = behind < in->size && !is_name_char(in->at[behind]);
        if (is_whole && in->at[at - 1] == '<') {
            at = end_of_tag(in, behind, &empty);
            depth += !empty;
            if (at == 0)
                return 0;
            continue;
        }
        if (is_whole && in->at[at - 1] == '/' && in->at[at - 2] == '<' && --depth == 0)
            out->value_end = at - 2;
        at = behind;
    }
    out->end = find(in, at, ">", 1) + 1;
    return out->end <= in->size;
}

/* The property whose "PREFIX:" stands at `at`: 1 = it is one, 0 = it is none, -1 = the packet ends
 * within it, as it will for all that follow: nobody is to look for their ends again. */
static int take(const text *in, size_t at, const text *prefix, const char *name,
                spx_xmp_property *out)
{
    const size_t name_at = at + prefix->size + 1;
    const size_t name_end = skip_name(in, name_at);
    if (at == 0 || name_end == name_at)
        return 0;
    if (name != NULL && (strlen(name) != name_end - name_at ||
                         memcmp(in->at + name_at, name, name_end - name_at) != 0))
        return 0;
    *out = (spx_xmp_property){ .name = in->at + name_at, .name_size = name_end - name_at };
    if (in->at[at - 1] == '<') {
        const text whole = { in->at + at, name_end - at };
        out->begin = at - 1;
        return take_element(in, name_end, &whole, out) ? 1 : -1;
    }
    out->begin = at - 1;
    return is_space(in->at[at - 1]) && take_attribute(in, name_end, out);
}

static int find_with_prefix(const text *in, const text *prefix, const char *name, size_t from,
                            spx_xmp_property *out)
{
    for (;;) {
        const size_t at = find(in, from, prefix->at, prefix->size);
        if (at == in->size)
            return 0;
        from = at + prefix->size;
        if (from == in->size || in->at[from] != ':')
            continue;
        const int taken = take(in, at, prefix, name, out);
        if (taken != 0)
            return taken > 0;
    }
}

int spx_xmp_find(const void *packet, size_t size, const char *namespace_uri, const char *name,
                 size_t from, spx_xmp_property *out)
{
    const text in = { packet, size };
    text prefix;
    size_t declared = 0;
    int found = 0;
    for (int i = 0; i < MOST_DECLARATIONS && next_prefix(&in, namespace_uri, &declared, &prefix);
         i++) {
        spx_xmp_property property;
        if (find_with_prefix(&in, &prefix, name, from, &property) &&
            (!found || property.begin < out->begin)) {
            *out = property;
            found = 1;
        }
    }
    return found;
}

int spx_xmp_text(const void *packet, size_t size, const char *namespace_uri, const char *name,
                 char *out, size_t out_size)
{
    const char *const bytes = packet;
    spx_xmp_property property;
    out[0] = '\0';
    if (!spx_xmp_find(packet, size, namespace_uri, name, 0, &property))
        return 0;
    size_t begin = property.value_begin;
    size_t end = property.value_end;
    while (begin < end && is_space(bytes[begin]))
        begin++;
    while (end > begin && is_space(bytes[end - 1]))
        end--;
    const size_t length = end - begin < out_size ? end - begin : out_size - 1;
    memcpy(out, bytes + begin, length);
    out[length] = '\0';
    return 1;
}

double spx_xmp_number(const void *packet, size_t size, const char *namespace_uri, const char *name,
                      double missing)
{
    char value[NUMBER_BYTES];
    char *end = NULL;
    if (!spx_xmp_text(packet, size, namespace_uri, name, value, sizeof(value)) || value[0] == '\0')
        return missing;
    const double number = spx_text_number(value, &end);
    return *end == '\0' && isfinite(number) ? number : missing;
}

size_t spx_xmp_drop(spx_bytes *packet, const char *namespace_uri, const char *name)
{
    spx_xmp_property property;
    size_t count = 0;
    size_t from = 0;
    while (spx_xmp_find(packet->data, packet->size, namespace_uri, name, from, &property)) {
        memmove(packet->data + property.begin, packet->data + property.end,
                packet->size - property.end);
        packet->size -= property.end - property.begin;
        from = property.begin;
        count++;
    }
    return count;
}

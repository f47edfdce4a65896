#include "net/s3_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG = 32, TIME = 64, LAST_CODE_POINT = 0x10FFFF };

/* Text that does not end with a zero. */
typedef struct view {
    const char *at;
    size_t size;
} view;

/* Where a text begins, or NULL. */
static const char *find(view in, const char *text)
{
    return memmem(in.at, in.size, text, strlen(text));
}

/* What stands between the first <NAME> and the </NAME> behind it; *rest (may be NULL): what comes
 * then. 0 = there is no <NAME>; -1 = it has no end. */
static int cut(view in, const char *name, view *out, view *rest)
{
    char open[TAG];
    char close[TAG];
    (void)snprintf(open, sizeof(open), "<%s>", name);
    (void)snprintf(close, sizeof(close), "</%s>", name);
    const char *const found = find(in, open);
    if (found == NULL)
        return 0;
    const char *const begin = found + strlen(open);
    const char *const end = find((view){ begin, (size_t)(in.at + in.size - begin) }, close);
    if (end == NULL)
        return -1;
    *out = (view){ begin, (size_t)(end - begin) };
    if (rest != NULL) {
        const char *const behind = end + strlen(close);
        *rest = (view){ behind, (size_t)(in.at + in.size - behind) };
    }
    return 1;
}

/* The bytes of a code point in UTF-8 (RFC 3629). Returns how many; 0 = it is none of text. */
static size_t put_code_point(unsigned long code, char out[4])
{
    if (code == 0 || code > LAST_CODE_POINT || (code >= 0xD800 && code < 0xE000))
        return 0;
    const size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned first[] = { 0, 0xC0, 0xE0, 0xF0 };
    out[0] = (char)(first[more] | (unsigned)(code >> (6 * more)));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | ((code >> (6 * (more - i))) & 0x3F));
    return more + 1;
}

/* The character that "&...;" stands for (XML 1.0, 4.1 and 4.6). Returns its bytes; 0 = it is none.
 */
static size_t put_reference(view name, char out[4])
{
    static const struct {
        const char *name;
        char is;
    } known[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' } };
    char text[12] = "";
    char *end = NULL;
    if (name.size == 0 || name.size >= sizeof(text))
        return 0;
    memcpy(text, name.at, name.size);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(text, known[i].name) == 0) {
            out[0] = known[i].is;
            return 1;
        }
    }
    const int base = text[1] == 'x' ? 16 : 10;
    const char *const digits = text + (base == 16 ? 2 : 1);
    if (text[0] != '#' || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits))
        return 0;
    const unsigned long code = strtoul(digits, &end, base);
    return end == digits || *end != '\0' ? 0 : put_code_point(code, out);
}

/* One character of XML's text. Returns how many bytes of it that is; 0 = it is none. */
static size_t read_character(view text, char out[4], size_t *count)
{
    if (text.at[0] != '&') {
        out[0] = text.at[0];
        *count = 1;
        return text.at[0] != '\0' && text.at[0] != '<';
    }
    const char *const end = memchr(text.at, ';', text.size);
    if (end == NULL)
        return 0;
    const size_t size = (size_t)(end - text.at);
    *count = put_reference((view){ text.at + 1, size - 1 }, out);
    return *count == 0 ? 0 : size + 1;
}

/* A key as it is. 0 = it is none. */
static int read_key(view text, char out[SPX_S3_KEY])
{
    size_t size = 0;
    while (text.size > 0) {
        char bytes[4];
        size_t count = 0;
        const size_t taken = read_character(text, bytes, &count);
        if (taken == 0 || size + count >= SPX_S3_KEY)
            return 0;
        memcpy(out + size, bytes, count);
        size += count;
        text = (view){ text.at + taken, text.size - taken };
    }
    out[size] = '\0';
    return size != 0;
}

/* "2026-01-31T12:34:56.000Z" */
static int64_t read_time(view text)
{
    struct tm broken = { 0 };
    char copy[TIME];
    (void)snprintf(copy, sizeof(copy), "%.*s", (int)(text.size < TIME ? text.size : TIME - 1),
                   text.at);
    return strptime(copy, "%Y-%m-%dT%H:%M:%S", &broken) == NULL ? INT64_MAX
                                                                : (int64_t)timegm(&broken);
}

static spx_status fail(spx_diag *diag, const char *what)
{
    return spx_fail(diag, SPX_ERR_REMOTE, "s3: %s", what);
}

// NOLINTNEXTLINE(readability-function-size): six
spx_status spx_s3_list_read(spx_s3_place *place, const char *page, size_t size,
                            spx_status (*tell)(void *user, const char *key, int64_t modified_s),
                            void *user, spx_diag *diag)
{
    view rest = { page, size };
    view object;
    view part;
    char before[SPX_S3_KEY];
    int found = 0;
    if (size == 0 || find(rest, "</ListBucketResult>") == NULL)
        return fail(diag, "the answer is no list, or breaks off");
    memcpy(before, place->last, sizeof(before));
    place->more = cut(rest, "IsTruncated", &part, NULL) == 1 && part.size == strlen("true") &&
                  memcmp(part.at, "true", part.size) == 0;
    while ((found = cut(rest, "Contents", &object, &rest)) == 1) {
        int64_t modified_s = INT64_MAX;
        if (cut(object, "Key", &part, NULL) != 1 || !read_key(part, place->last))
            return fail(diag, "there is something in the list that is no key");
        if (cut(object, "LastModified", &part, NULL) == 1)
            modified_s = read_time(part);
        SPX_TRY(tell(user, place->last, modified_s));
    }
    if (found < 0)
        return fail(diag, "the list breaks off");
    if (place->more && strcmp(before, place->last) >= 0)
        return fail(diag, "the list says that there is more, and does not go on");
    return SPX_OK;
}

#include "container/xmp.h"

#include <string.h>

/*
 * Not an XML parser: XMP is searched for the few spellings that writers use,
 *     PREFIX:Orientation="6"   PREFIX:Orientation='6'   <PREFIX:Orientation>6</...
 * and only a value of one digit is touched, so that the packet keeps its length.
 */
static const char namespace_uri[] = "http://ns.adobe.com/tiff/1.0/";
static const char local_name[] = ":Orientation";

enum { MOST_PREFIX = 32 };

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

static char *skip_space(char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

static char *find(char *from, const char *end, const char *what, size_t what_size)
{
    return from < end ? memmem(from, (size_t)(end - from), what, what_size) : NULL;
}

/* 1 when `at` follows xmlns:PREFIX= and a quote; the prefix is then [*prefix, *prefix + *size). */
static int declared_prefix(const char *begin, const char *at, const char **prefix, size_t *size)
{
    static const char xmlns[] = "xmlns:";
    const size_t xmlns_size = sizeof(xmlns) - 1;
    if (at == begin || (at[-1] != '"' && at[-1] != '\''))
        return 0;
    const char *stop = at - 1;
    while (stop > begin && is_space(stop[-1]))
        stop--;
    if (stop == begin || stop[-1] != '=')
        return 0;
    stop--;
    while (stop > begin && is_space(stop[-1]))
        stop--;
    const char *start = stop;
    while (start > begin && is_name_char(start[-1]))
        start--;
    *prefix = start;
    *size = (size_t)(stop - start);
    return *size != 0 && (size_t)(start - begin) >= xmlns_size &&
           memcmp(start - xmlns_size, xmlns, xmlns_size) == 0;
}

/* `at` is behind the name: the value's digit, or NULL. */
static char *find_value(char *at, const char *end)
{
    at = skip_space(at, end);
    if (at < end && *at == '=') {
        at = skip_space(at + 1, end);
        if (at == end || (*at != '"' && *at != '\''))
            return NULL;
    } else if (at == end || *at != '>') {
        return NULL;
    }
    at = skip_space(at + 1, end);
    if (end - at < 2 || *at < '1' || *at > '8')
        return NULL;
    return at[1] >= '0' && at[1] <= '9' ? NULL : at;
}

static size_t set_prefix_upright(char *begin, const char *end, const char *prefix, size_t size)
{
    char name[MOST_PREFIX + sizeof(local_name)];
    if (size > MOST_PREFIX)
        return 0;
    memcpy(name, prefix, size);
    memcpy(name + size, local_name, sizeof(local_name) - 1);
    const size_t name_size = size + sizeof(local_name) - 1;

    size_t found = 0;
    for (char *at = find(begin, end, name, name_size); at != NULL;
         at = find(at + name_size, end, name, name_size)) {
        if (at == begin || is_name_char(at[-1]))
            continue; /* the tail of a longer prefix */
        char *const value = find_value(at + name_size, end);
        if (value == NULL)
            continue;
        *value = '1';
        found++;
    }
    return found;
}

size_t spx_xmp_set_upright(void *packet, size_t size)
{
    /* A packet declares the namespace once or a few times; a hostile one must not cost its size
     * squared. */
    enum { MOST_DECLARATIONS = 16 };
    if (size == 0)
        return 0;
    char *const begin = packet;
    const char *const end = begin + size;
    const size_t uri_size = sizeof(namespace_uri) - 1;
    size_t found = 0;
    int declarations = 0;
    for (char *at = find(begin, end, namespace_uri, uri_size);
         at != NULL && declarations < MOST_DECLARATIONS;
         at = find(at + uri_size, end, namespace_uri, uri_size)) {
        const char *prefix = NULL;
        size_t prefix_size = 0;
        if (!declared_prefix(begin, at, &prefix, &prefix_size))
            continue;
        declarations++;
        found += set_prefix_upright(begin, end, prefix, prefix_size);
    }
    return found;
}

/* The last end of the list of descriptions that a packet with the usual prefix has; NULL = none. */
static const char *find_end_of_list(const spx_bytes *packet)
{
    static const char mark[] = "</rdf:RDF>";
    const char *found = NULL;
    if (packet->size == 0)
        return NULL;
    const char *const begin = (const char *)packet->data;
    const char *const end = begin + packet->size;
    const char *at = begin;
    while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1)) != NULL)
        found = at++;
    return found;
}

/* Behind the tag that begins the list of descriptions; NULL = none. */
static const char *find_begin_of_list(const spx_bytes *packet)
{
    static const char mark[] = "<rdf:RDF";
    if (packet->size == 0)
        return NULL;
    const char *const begin = (const char *)packet->data;
    const char *const end = begin + packet->size;
    const char *const tag = memmem(begin, packet->size, mark, sizeof(mark) - 1);
    const char *const close = tag == NULL ? NULL : memchr(tag, '>', (size_t)(end - tag));
    return close == NULL || close[-1] == '/' ? NULL : close + 1;
}

/* place: where the description goes; NULL = nowhere. */
static void put_at(spx_bytes *out, const spx_bytes *packet, const char *place,
                   const spx_bytes *description, size_t most)
{
    static const char others[] = "http://ns.google.com/photos/";
    const int fits = packet->size < most && description->size <= most - packet->size;
    if (place == NULL || !fits ||
        memmem(packet->data, packet->size, others, sizeof(others) - 1) != NULL) {
        spx_bytes_text(out,
                       "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                       "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                       "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n");
        spx_bytes_append(out, description->data, description->size);
        spx_bytes_text(out, "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>");
        return;
    }
    const size_t before = (size_t)(place - (const char *)packet->data);
    spx_bytes_append(out, packet->data, before);
    spx_bytes_append(out, description->data, description->size);
    spx_bytes_append(out, packet->data + before, packet->size - before);
}

void spx_xmp_put_with(spx_bytes *out, const spx_bytes *packet, const spx_bytes *description,
                      size_t most)
{
    put_at(out, packet, find_end_of_list(packet), description, most);
}

void spx_xmp_put_before(spx_bytes *out, const spx_bytes *packet, const spx_bytes *description,
                        size_t most)
{
    put_at(out, packet, find_begin_of_list(packet), description, most);
}

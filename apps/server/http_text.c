/*
 * Each function reads one field that a stranger wrote. None allocates but to append, none trusts a
 * length, and what does not follow its grammar means the same as no field at all.
 */
#include "server/http_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits; 0 when there are none or they do not fit. */
static int read_digits(const char **at, uint64_t *out)
{
    if (!is_digit(**at))
        return 0;
    *out = 0;
    for (; is_digit(**at); (*at)++) {
        const uint64_t digit = (uint64_t)(**at - '0');
        if (*out > (UINT64_MAX - digit) / 10)
            return 0;
        *out = *out * 10 + digit;
    }
    return 1;
}

spx_range_kind spx_range_read(const char *header, uint64_t size, uint64_t *first, uint64_t *last)
{
    static const char unit[] = "bytes=";
    uint64_t from = 0;
    uint64_t to = 0;
    *first = 0;
    *last = 0;
    if (header == NULL || strncasecmp(header, unit, sizeof(unit) - 1) != 0)
        return SPX_RANGE_NONE;
    const char *at = header + sizeof(unit) - 1;
    const int has_from = read_digits(&at, &from);
    if (*at++ != '-')
        return SPX_RANGE_NONE;
    const int has_to = read_digits(&at, &to);
    if (*at != '\0' || (!has_from && !has_to) || (has_from && has_to && to < from))
        return SPX_RANGE_NONE;
    if (!has_from) { /* the last `to` bytes */
        if (to == 0 || size == 0)
            return SPX_RANGE_OUTSIDE;
        *first = to >= size ? 0 : size - to;
        *last = size - 1;
        return SPX_RANGE_PART;
    }
    if (from >= size)
        return SPX_RANGE_OUTSIDE;
    *first = from;
    *last = has_to && to < size ? to : size - 1;
    return SPX_RANGE_PART;
}

int spx_etag_listed(const char *header, const char *etag)
{
    const size_t wanted = strlen(etag);
    const char *at = header;
    if (header == NULL)
        return 0;
    if (strcmp(header, "*") == 0)
        return 1;
    while (*at != '\0') {
        at += strspn(at, " \t,");
        if (strncmp(at, "W/", 2) == 0)
            at += 2;
        if (*at != '"')
            return 0;
        const char *const close = strchr(at + 1, '"');
        if (close == NULL)
            return 0;
        const size_t size = (size_t)(close - at) + 1;
        if (size == wanted && memcmp(at, etag, size) == 0)
            return 1;
        at += size;
        at += strspn(at, " \t,");
    }
    return 0;
}

void spx_append_escaped(spx_bytes *out, const char *text)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    for (const char *at = text; *at != '\0'; at++) {
        const unsigned byte = (unsigned char)*at;
        const char escaped[] = { '%', digits[byte >> 4], digits[byte & 0xf] };
        if (strchr(unreserved, *at) != NULL) {
            spx_bytes_append(out, at, 1);
        } else {
            spx_bytes_append(out, escaped, sizeof(escaped));
        }
    }
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const int lower = digit >= 'A' && digit <= 'F' ? digit - 'A' + 'a' : digit;
    const char *const at = lower == '\0' ? NULL : strchr(digits, lower);
    return at == NULL ? -1 : (int)(at - digits);
}

void spx_unescape(char *text)
{
    char *out = text;
    for (const char *at = text; *at != '\0';) {
        const int high = *at == '%' ? hex_value(at[1]) : -1;
        const int low = high < 0 ? -1 : hex_value(at[2]);
        const uint8_t byte = low < 0 ? 0 : (uint8_t)(high * 16 + low);
        if (byte == 0) {
            *out++ = *at++;
            continue;
        }
        memcpy(out++, &byte, sizeof(byte));
        at += 3;
    }
    *out = '\0';
}

void spx_append_disposition(spx_bytes *out, const char *name, int attachment)
{
    spx_bytes_text(out, attachment ? "attachment; filename=\"" : "inline; filename=\"");
    for (const char *at = name; *at != '\0'; at++) {
        const unsigned byte = (unsigned char)*at;
        const int plain = byte >= 0x20 && byte < 0x7f && *at != '"' && *at != '\\' && *at != '%';
        if ((byte & 0xc0) != 0x80) /* one mark for each character that is not ASCII */
            spx_bytes_u8(out, plain ? byte : '_');
    }
    spx_bytes_text(out, "\"; filename*=UTF-8''");
    spx_append_escaped(out, name);
    spx_bytes_u8(out, 0);
}

/* ISO base media files say what they are in the brand of their first box (ISO 23008-12, B). */
static const char *brand_type(const uint8_t *brand)
{
    static const char heic[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx" };
    static const char heif[][5] = { "mif1", "msf1", "mif2" };
    static const char avif[][5] = { "avif", "avis" };
    for (size_t i = 0; i < sizeof(heic) / sizeof(heic[0]); i++) {
        if (memcmp(brand, heic[i], 4) == 0)
            return "image/heic";
    }
    for (size_t i = 0; i < sizeof(heif) / sizeof(heif[0]); i++) {
        if (memcmp(brand, heif[i], 4) == 0)
            return "image/heif";
    }
    for (size_t i = 0; i < sizeof(avif) / sizeof(avif[0]); i++) {
        if (memcmp(brand, avif[i], 4) == 0)
            return "image/avif";
    }
    return NULL;
}

/* The signatures that stand at one place; raw files that begin as TIFF do are "image/tiff" here. */
static const struct {
    size_t at;
    const char *bytes;
    size_t size;
    const char *type;
} signatures[] = {
    { 0, "\xff\xd8\xff", 3, "image/jpeg" },
    { 0, "\x89PNG\r\n\x1a\n", 8, "image/png" },
    { 8, "WEBP", 4, "image/webp" },
    { 0, "II*\0", 4, "image/tiff" },
    { 0, "MM\0*", 4, "image/tiff" },
    { 0, "II+\0", 4, "image/tiff" },
    { 0, "MM\0+", 4, "image/tiff" },
    { 0, "GIF8", 4, "image/gif" },
    { 0, "\xff\x0a", 2, "image/jxl" },
    { 0, "\0\0\0\x0cJXL \r\n\x87\n", 12, "image/jxl" },
    { 4, "ftypcrx ", 8, "image/x-canon-cr3" },
    { 0, "FUJIFILMCCD-RAW", 15, "image/x-fuji-raf" },
    { 0, "IIRO", 4, "image/x-olympus-orf" },
    { 0, "IIRS", 4, "image/x-olympus-orf" },
    { 0, "MMOR", 4, "image/x-olympus-orf" },
    { 0, "IIU\0", 4, "image/x-panasonic-rw2" },
    { 0, "\0MRM", 4, "image/x-minolta-mrw" },
    { 0, "FOVb", 4, "image/x-sigma-x3f" },
};

/* A bitmap's second header tells its length, one of a few. */
static int is_bmp(const uint8_t *data, size_t size)
{
    static const uint8_t lengths[] = { 12, 40, 52, 56, 64, 108, 124 };
    enum { LENGTH_AT = 14 };
    if (size < LENGTH_AT + 2 || memcmp(data, "BM", 2) != 0 || data[LENGTH_AT + 1] != 0)
        return 0;
    return memchr(lengths, data[LENGTH_AT], sizeof(lengths)) != NULL;
}

const char *spx_photo_media_type(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        if (size >= signatures[i].at + signatures[i].size &&
            memcmp(data + signatures[i].at, signatures[i].bytes, signatures[i].size) == 0)
            return signatures[i].type;
    }
    if (is_bmp(data, size))
        return "image/bmp";
    return size >= 12 && memcmp(data + 4, "ftyp", 4) == 0 ? brand_type(data + 8) : NULL;
}

int spx_origin_is_host(const char *origin, const char *host)
{
    const char *const named = strstr(origin, "://");
    return named != NULL && strcasecmp(named + 3, host) == 0;
}

int spx_host_is_local(const char *host)
{
    char name[64];
    struct in6_addr address;
    const int bracket = host[0] == '[';
    const char *const begin = host + bracket;
    const size_t size = strcspn(begin, bracket ? "]" : ":");
    if (size == 0 || size >= sizeof(name))
        return 0;
    memcpy(name, begin, size);
    name[size] = '\0';
    return strcasecmp(name, "localhost") == 0 ||
           inet_pton(bracket ? AF_INET6 : AF_INET, name, &address) == 1;
}

int spx_secret_equal(const char *secret, const char *given)
{
    const size_t secret_size = strlen(secret);
    const size_t given_size = strlen(given);
    volatile unsigned char different = secret_size != given_size;
    for (size_t i = 0; i < given_size; i++) {
        const unsigned char is = (unsigned char)secret[secret_size == 0 ? 0 : i % secret_size];
        different = (unsigned char)(different | (is ^ (unsigned char)given[i]));
    }
    return different == 0;
}

/* One customer has a whole IPv6 network of 64 bits: the limits count networks. */
void spx_client_of_ipv6(char *out, size_t size, const struct in6_addr *address)
{
    enum { NETWORK_BYTES = 8 };
    struct in6_addr network = *address;
    if (!IN6_IS_ADDR_V4MAPPED(address))
        memset(network.s6_addr + NETWORK_BYTES, 0, NETWORK_BYTES);
    (void)inet_ntop(AF_INET6, &network, out, (socklen_t)size);
}

void spx_client_of_list(char *out, size_t size, const char *list)
{
    struct in6_addr address;
    const char *const comma = strrchr(list, ',');
    const char *const last = comma == NULL ? list : comma + 1;
    (void)snprintf(out, size, "%s", last + strspn(last, " \t"));
    if (inet_pton(AF_INET6, out, &address) == 1)
        spx_client_of_ipv6(out, size, &address);
}

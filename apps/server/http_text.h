#ifndef SPX_SERVER_HTTP_TEXT_H
#define SPX_SERVER_HTTP_TEXT_H

/* The small pieces of HTTP that clients write and spx reads by itself; all of it is fuzzed. */
#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

typedef enum spx_range_kind {
    SPX_RANGE_NONE, /* no range, several, or one that makes no sense: the whole file */
    SPX_RANGE_PART,
    SPX_RANGE_OUTSIDE, /* 416 */
} spx_range_kind;

/** Reads a Range header (RFC 9110, 14.1.2) for a file of `size` bytes. For PART: first <= last <
 * size. header may be NULL. */
spx_range_kind spx_range_read(const char *header, uint64_t size, uint64_t *first, uint64_t *last);

/** 1 when If-None-Match or If-Match names this ETag (weakly compared) or is "*". header may be
 * NULL. */
int spx_etag_listed(const char *header, const char *etag);

/** Appends `text` percent-encoded but for unreserved characters (RFC 3986, 2.3). */
void spx_append_escaped(spx_bytes *out, const char *text);

/** Puts in place of each %XX its byte; what is no such escape, or would be a zero, stays. */
void spx_unescape(char *text);

/** Appends `inline` or `attachment` with the name in ASCII and in UTF-8 (RFC 6266), and a zero. */
void spx_append_disposition(spx_bytes *out, const char *name, int attachment);

/** The media type of a photo by its first bytes; NULL when it is none that spx reads. Static
 * storage. */
const char *spx_photo_media_type(const uint8_t *data, size_t size);
/** How many first bytes spx_photo_media_type() wants, when there are as many. */
enum { SPX_PHOTO_MAGIC_BYTES = 16 };

/** 1 when the Origin header names the Host header's server. */
int spx_origin_is_host(const char *origin, const char *host);
/** 1 when a Host header names this computer: localhost or an address. */
int spx_host_is_local(const char *host);

/** Who counts as one client of an IPv6 address: its whole network of 64 bits, in words. IPv4
 * addresses in IPv6 form stay. */
struct in6_addr;
void spx_client_of_ipv6(char *out, size_t size, const struct in6_addr *address);
/** The last address of an X-Forwarded-For list: the one that our own proxy saw. */
void spx_client_of_list(char *out, size_t size, const char *list);

/** 1 when both texts are the same; takes as long for each `given` of one length. */
int spx_secret_equal(const char *secret, const char *given);

#endif

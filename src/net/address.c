/* The lists are IANA's of special-purpose addresses (RFC 6890 and its successors). */
#include "net/address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

enum { BYTE_BITS = 8, IPV6_BYTES = 16 };

typedef struct ipv4_block {
    uint8_t bytes[4];
    unsigned bits;
} ipv4_block;

static const ipv4_block special_ipv4[] = {
    { { 0, 0, 0, 0 }, 8 },       /* this network */
    { { 10, 0, 0, 0 }, 8 },      /* private */
    { { 100, 64, 0, 0 }, 10 },   /* shared by customers of one provider */
    { { 127, 0, 0, 0 }, 8 },     /* this computer */
    { { 169, 254, 0, 0 }, 16 },  /* this link; clouds tell their secrets here */
    { { 172, 16, 0, 0 }, 12 },   /* private */
    { { 192, 0, 0, 0 }, 24 },    /* protocols */
    { { 192, 0, 2, 0 }, 24 },    /* documentation */
    { { 192, 31, 196, 0 }, 24 }, /* a sink */
    { { 192, 52, 193, 0 }, 24 }, /* tunnels */
    { { 192, 88, 99, 0 }, 24 },  /* relays to IPv6 */
    { { 192, 168, 0, 0 }, 16 },  /* private */
    { { 192, 175, 48, 0 }, 24 }, /* a sink */
    { { 198, 18, 0, 0 }, 15 },   /* benchmarks */
    { { 198, 51, 100, 0 }, 24 }, /* documentation */
    { { 203, 0, 113, 0 }, 24 },  /* documentation */
    { { 224, 0, 0, 0 }, 4 },     /* groups */
    { { 240, 0, 0, 0 }, 4 },     /* reserved, and everybody */
};

typedef struct ipv6_block {
    uint8_t bytes[6];
    unsigned bits;
} ipv6_block;

/* Within 2000::/3; all outside of it is special. */
static const ipv6_block special_ipv6[] = {
    { { 0x20, 0x01, 0x00 }, 23 },                   /* protocols, and Teredo's tunnels */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },             /* documentation */
    { { 0x20, 0x02 }, 16 },                         /* 6to4: an IPv4 address inside */
    { { 0x26, 0x20, 0x00, 0x4f, 0x80, 0x00 }, 48 }, /* a sink */
    { { 0x3f, 0xff, 0x00 }, 20 },                   /* documentation */
};

static const uint8_t mapped_prefix[12] = { [10] = 0xff, [11] = 0xff }; /* ::ffff:0:0/96 */
static const uint8_t nat64_prefix[12] = { 0x00, 0x64, 0xff, 0x9b };    /* 64:ff9b::/96 */

static int begins_with(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
    const unsigned whole = bits / BYTE_BITS;
    const unsigned rest = bits % BYTE_BITS;
    if (memcmp(address, prefix, whole) != 0)
        return 0;
    const unsigned mask = (0xffU << (BYTE_BITS - rest)) & 0xffU;
    return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
}

static int is_public_ipv4(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof(special_ipv4) / sizeof(special_ipv4[0]); i++) {
        if (begins_with(address, special_ipv4[i].bytes, special_ipv4[i].bits))
            return 0;
    }
    return 1;
}

static int is_public_ipv6(const uint8_t *address)
{
    static const uint8_t global[] = { 0x20 };
    if (memcmp(address, mapped_prefix, sizeof(mapped_prefix)) == 0 ||
        memcmp(address, nat64_prefix, sizeof(nat64_prefix)) == 0)
        return is_public_ipv4(address + sizeof(mapped_prefix));
    if (!begins_with(address, global, 3))
        return 0;
    for (size_t i = 0; i < sizeof(special_ipv6) / sizeof(special_ipv6[0]); i++) {
        if (begins_with(address, special_ipv6[i].bytes, special_ipv6[i].bits))
            return 0;
    }
    return 1;
}

int spx_address_is_public(const struct sockaddr *address)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    uint8_t bytes[IPV6_BYTES];
    if (address->sa_family == AF_INET) {
        memcpy(&ipv4, address, sizeof(ipv4));
        memcpy(bytes, &ipv4.sin_addr, sizeof(ipv4.sin_addr));
        return is_public_ipv4(bytes);
    }
    if (address->sa_family != AF_INET6)
        return 0;
    memcpy(&ipv6, address, sizeof(ipv6));
    memcpy(bytes, &ipv6.sin6_addr, sizeof(bytes));
    return is_public_ipv6(bytes);
}

int spx_address_port(const struct sockaddr *address)
{
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    if (address->sa_family == AF_INET) {
        memcpy(&ipv4, address, sizeof(ipv4));
        return ntohs(ipv4.sin_port);
    }
    if (address->sa_family != AF_INET6)
        return 0;
    memcpy(&ipv6, address, sizeof(ipv6));
    return ntohs(ipv6.sin6_port);
}

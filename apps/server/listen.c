#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 256 };

static int is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *const ipv4 = (const struct sockaddr_in *)(const void *)address;
        return (ntohl(ipv4->sin_addr.s_addr) >> 24) == 127;
    }
    const struct sockaddr_in6 *const ipv6 = (const struct sockaddr_in6 *)(const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

static spx_status listen_on(spx_listening *out, const struct addrinfo *where)
{
    const int on = 1;
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } bound = { 0 };
    socklen_t size = sizeof(bound);
    out->socket = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (out->socket < 0)
        return SPX_ERR_NETWORK;
    (void)setsockopt(out->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(out->socket, where->ai_addr, where->ai_addrlen) != 0 ||
        listen(out->socket, BACKLOG) != 0 || getsockname(out->socket, &bound.any, &size) != 0)
        return SPX_ERR_NETWORK;
    out->port = ntohs(bound.any.sa_family == AF_INET6 ? bound.ipv6.sin6_port : bound.ipv4.sin_port);
    out->is_local = is_loopback(&bound.any);
    return SPX_OK;
}

spx_status spx_listen(spx_listening *out, const char *host, uint16_t port, spx_diag *diag)
{
    char text[8];
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                     .ai_socktype = SOCK_STREAM };
    *out = (spx_listening){ .socket = -1 };
    (void)snprintf(text, sizeof(text), "%u", (unsigned)port);
    if (getaddrinfo(host, text, &wanted, &found) != 0 || found == NULL)
        return spx_fail(diag, SPX_ERR_NETWORK, "%s: no such address", host);
    const spx_status status = listen_on(out, found);
    const int why = errno;
    freeaddrinfo(found);
    if (status == SPX_OK)
        return SPX_OK;
    if (out->socket >= 0)
        (void)close(out->socket);
    out->socket = -1;
    return spx_fail(diag, status, "%s: cannot listen on port %u: %s", host, (unsigned)port,
                    why == EADDRINUSE ? "it is in use" : "the system refuses");
}

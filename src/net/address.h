#ifndef SPX_NET_ADDRESS_H
#define SPX_NET_ADDRESS_H

#include <sys/socket.h>

/**
 * 1 when an address is one of the open internet: not of this computer, of a private, local or
 * shared network, of documentation, tests or groups, nor an IPv6 form (mapped, NAT64) of such an
 * IPv4 address. What is unknown is not public.
 */
int spx_address_is_public(const struct sockaddr *address);
/** 0 of an unknown family. */
int spx_address_port(const struct sockaddr *address);

#endif

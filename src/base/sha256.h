#ifndef SPX_BASE_SHA256_H
#define SPX_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SPX_SHA256_BYTES = 32, SPX_SHA256_HEX = 2 * SPX_SHA256_BYTES + 1 };

/** A running SHA-256 (FIPS 180-4). A plain value. */
typedef struct spx_sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    uint8_t block[64];
} spx_sha256;

void spx_sha256_init(spx_sha256 *hash);
void spx_sha256_update(spx_sha256 *hash, const void *data, size_t size);
/** The hash as lower-case hex with a terminating zero; the object is used up. */
void spx_sha256_finish(spx_sha256 *hash, char hex[SPX_SHA256_HEX]);

/** HMAC-SHA256 (RFC 2104) of `data` with a secret, as lower-case hex. */
void spx_hmac_sha256(const void *key, size_t key_size, const void *data, size_t size,
                     char hex[SPX_SHA256_HEX]);
/** The same as bytes. out: may be the key. */
void spx_hmac_sha256_raw(const void *key, size_t key_size, const void *data, size_t size,
                         uint8_t out[SPX_SHA256_BYTES]);

#endif

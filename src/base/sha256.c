#include "base/sha256.h"

#include "base/byte_order.h"

#include <string.h>

enum { BLOCK = 64, ROUNDS = 64, LENGTH_AT = 56, WORDS = 8 };

/* Fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, int by)
{
    return value >> by | value << (32 - by);
}

static void expand(const uint8_t *block, uint32_t words[ROUNDS])
{
    for (size_t i = 0; i < 16; i++) {
        words[i] = spx_u32_big(block + 4 * i);
    }
    for (size_t i = 16; i < ROUNDS; i++) {
        const uint32_t a = words[i - 15];
        const uint32_t b = words[i - 2];
        const uint32_t low = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
        const uint32_t high = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
        words[i] = words[i - 16] + low + words[i - 7] + high;
    }
}

static void take_block(uint32_t state[WORDS], const uint8_t *block)
{
    uint32_t words[ROUNDS];
    uint32_t v[WORDS];
    expand(block, words);
    memcpy(v, state, sizeof(v));
    for (size_t i = 0; i < ROUNDS; i++) {
        const uint32_t mixed = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint32_t first = v[7] + mixed + choice + constants[i] + words[i];
        const uint32_t turned = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, (WORDS - 1) * sizeof(v[0]));
        v[4] += first;
        v[0] = first + turned + majority;
    }
    for (size_t i = 0; i < WORDS; i++)
        state[i] += v[i];
}

void spx_sha256_init(spx_sha256 *hash)
{
    *hash = (spx_sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                     0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void spx_sha256_update(spx_sha256 *hash, const void *data, size_t size)
{
    const uint8_t *at = data;
    size_t filled = hash->size % BLOCK;
    hash->size += size;
    while (size != 0) {
        if (filled == 0 && size >= BLOCK) {
            take_block(hash->state, at);
            at += BLOCK;
            size -= BLOCK;
            continue;
        }
        const size_t part = size < BLOCK - filled ? size : BLOCK - filled;
        memcpy(hash->block + filled, at, part);
        at += part;
        size -= part;
        filled = (filled + part) % BLOCK;
        if (filled == 0)
            take_block(hash->state, hash->block);
    }
}

static void finish(spx_sha256 *hash, uint8_t out[SPX_SHA256_BYTES])
{
    static const uint8_t padding[BLOCK] = { 0x80 };
    const uint64_t bits = hash->size * 8;
    const size_t filled = hash->size % BLOCK;
    uint8_t length[8];
    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    spx_sha256_update(hash, padding, (filled < LENGTH_AT ? LENGTH_AT : LENGTH_AT + BLOCK) - filled);
    spx_sha256_update(hash, length, sizeof(length));
    for (size_t i = 0; i < SPX_SHA256_BYTES; i++)
        out[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

static void write_hex(char hex[SPX_SHA256_HEX], const uint8_t bytes[SPX_SHA256_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SPX_SHA256_BYTES; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15U];
    }
    hex[SPX_SHA256_HEX - 1] = '\0';
}

void spx_sha256_finish(spx_sha256 *hash, char hex[SPX_SHA256_HEX])
{
    uint8_t bytes[SPX_SHA256_BYTES];
    finish(hash, bytes);
    write_hex(hex, bytes);
}

void spx_hmac_sha256_raw(const void *key, size_t key_size, const void *data, size_t size,
                         uint8_t out[SPX_SHA256_BYTES])
{
    enum { INNER = 0x36, OUTER = 0x5c };
    uint8_t inner[BLOCK] = { 0 };
    uint8_t outer[BLOCK];
    spx_sha256 hash;
    if (key_size > BLOCK) { /* a long key's hash is the key */
        spx_sha256_init(&hash);
        spx_sha256_update(&hash, key, key_size);
        finish(&hash, inner);
    } else if (key_size != 0) {
        memcpy(inner, key, key_size);
    }
    for (size_t i = 0; i < BLOCK; i++) {
        outer[i] = inner[i] ^ OUTER;
        inner[i] ^= INNER;
    }
    spx_sha256_init(&hash);
    spx_sha256_update(&hash, inner, BLOCK);
    spx_sha256_update(&hash, data, size);
    finish(&hash, out);
    spx_sha256_init(&hash);
    spx_sha256_update(&hash, outer, BLOCK);
    spx_sha256_update(&hash, out, SPX_SHA256_BYTES);
    finish(&hash, out);
}

void spx_hmac_sha256(const void *key, size_t key_size, const void *data, size_t size,
                     char hex[SPX_SHA256_HEX])
{
    uint8_t sum[SPX_SHA256_BYTES];
    spx_hmac_sha256_raw(key, key_size, data, size, sum);
    write_hex(hex, sum);
}

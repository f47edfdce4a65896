#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What several targets do with their input. */

/** What must hold whatever the input is; a fuzzer and a replay end where it does not. */
static inline void fuzz_check(int right)
{
    if (!right)
        abort();
}

/** A copy of exactly that size, for functions that change what they are given. NULL without memory.
 * Owned by the caller: free(). */
static inline uint8_t *fuzz_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *const copy = malloc(size == 0 ? 1 : size);
    if (copy != NULL && size != 0)
        memcpy(copy, bytes, size);
    return copy;
}

/** All but the first byte, which chose what is done with them, as text that ends where they do.
 * bytes: at least one. NULL without memory. Owned by the caller: free(). */
static inline char *fuzz_text(const uint8_t *bytes, size_t size)
{
    char *const text = malloc(size);
    if (text == NULL)
        return NULL;
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    return text;
}

#endif

#ifndef SPX_BASE_POISON_H
#define SPX_BASE_POISON_H

#include <stddef.h>

/**
 * Tells the address sanitizer that nobody may touch these bytes, or that they may be touched again.
 * For code that hands out parts of one allocation. Nothing where the sanitizer is not built in.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SPX_HAS_POISON 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SPX_HAS_POISON 1
#endif

#ifdef SPX_HAS_POISON
#include <sanitizer/asan_interface.h>
static inline void spx_poison(const void *memory, size_t bytes)
{
    __asan_poison_memory_region(memory, bytes);
}
static inline void spx_unpoison(const void *memory, size_t bytes)
{
    __asan_unpoison_memory_region(memory, bytes);
}
#else
static inline void spx_poison(const void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}
static inline void spx_unpoison(const void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}
#endif

#endif

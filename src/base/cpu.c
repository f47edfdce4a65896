#include "base/cpu.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>

enum {
    LEAF_EXTENDED_FEATURES = 7,
    EDX7_AVX512_FP16 = 1 << 23,
    EAX7_1_AVX_VNNI = 1 << 4,
    EAX7_1_AVX512_BF16 = 1 << 5,
};

static unsigned flags_of_processor(void)
{
    unsigned flags = 0;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return flags;
    flags |= SPX_CPU_AVX2;

    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx7 = 0;
    unsigned eax7_1 = 0;
    if (__get_cpuid_count(LEAF_EXTENDED_FEATURES, 0, &eax, &ebx, &ecx, &edx7) && eax >= 1)
        (void)__get_cpuid_count(LEAF_EXTENDED_FEATURES, 1, &eax7_1, &ebx, &ecx, &eax);
    if (eax7_1 & EAX7_1_AVX_VNNI)
        flags |= SPX_CPU_AVX_VNNI;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return flags;
    flags |= SPX_CPU_AVX512;
    if (__builtin_cpu_supports("avx512vnni"))
        flags |= SPX_CPU_AVX512_VNNI;
    if (eax7_1 & EAX7_1_AVX512_BF16)
        flags |= SPX_CPU_AVX512_BF16;
    if (edx7 & EDX7_AVX512_FP16)
        flags |= SPX_CPU_AVX512_FP16;
    return flags;
}
#elif defined(__aarch64__)
static unsigned flags_of_processor(void)
{
    return SPX_CPU_NEON;
}
#else
static unsigned flags_of_processor(void)
{
    return 0;
}
#endif

/* Asked once: in a virtual machine each question takes some 20 microseconds. */
static pthread_once_t flags_once = PTHREAD_ONCE_INIT;
static unsigned found_flags;

static void find_flags(void)
{
    found_flags = flags_of_processor();
}

unsigned spx_cpu_flags(void)
{
    const char *const mask = getenv("SPX_CPU_MASK"); // NOLINT(concurrency-mt-unsafe)
    (void)pthread_once(&flags_once, find_flags);
    return mask == NULL ? found_flags : found_flags & (unsigned)strtoul(mask, NULL, 0);
}

unsigned spx_cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    const int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

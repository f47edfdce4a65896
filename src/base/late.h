#ifndef SPX_BASE_LATE_H
#define SPX_BASE_LATE_H

#include "base/status.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Shared libraries that are opened when they are first needed: together the large ones take longer
 * to start than many a command runs. A header, late_NAME.h, includes the library's own header,
 * lists the functions that are used, and makes their names mean the entries of a table:
 *
 *     #define SPX_LATE_JXL(X) X(JxlDecoderCreate) X(JxlDecoderDestroy)
 *     SPX_LATE_DECLARE(jxl, SPX_LATE_JXL);
 *     #define JxlDecoderCreate (*spx_late_jxl.JxlDecoderCreate_)
 *     #define JxlDecoderDestroy (*spx_late_jxl.JxlDecoderDestroy_)
 *
 * One source file of the room says SPX_LATE_DEFINE. Callers go through spx_late_NAME_open() first
 * and then call the functions as ever, with their own types. A function that is missing here does
 * not link.
 */

/** At most so many libraries share one table. */
enum { SPX_LATE_LIBRARIES = 4 };

/** One table of functions and where they come from. */
typedef struct spx_late {
    const char *sonames[SPX_LATE_LIBRARIES]; /* the rest NULL */
    const char *what;                        /* they are for: "JPEG XL" */
    const char *const *names;                /* [count] */
    size_t count;
    void *table; /* [count] function pointers */
    pthread_mutex_t lock;
    int is_open; /* guarded by lock; the table is not touched again once it is set */
} spx_late;

/** Opens the libraries and fills the table, once; any thread may call it. SPX_ERR_UNSUPPORTED with
 * the library's name when one is missing or too old; the next call tries again. */
SPX_NODISCARD spx_status spx_late_open(spx_late *late, spx_diag *diag);

#define SPX_LATE_MEMBER(function) __typeof__(function) *function##_;
#define SPX_LATE_NAME(function) #function,

/** struct spx_late_NAME_table, its one instance, and the function that fills it. */
#define SPX_LATE_DECLARE(NAME, LIST)                                                               \
    struct spx_late_##NAME##_table {                                                               \
        LIST(SPX_LATE_MEMBER)                                                                      \
    };                                                                                             \
    extern struct spx_late_##NAME##_table spx_late_##NAME;                                         \
    SPX_NODISCARD spx_status spx_late_##NAME##_open(spx_diag *diag)

/** WHAT: a literal; behind it the libraries' names, literals too. */
#define SPX_LATE_DEFINE(NAME, LIST, WHAT, ...)                                                     \
    struct spx_late_##NAME##_table spx_late_##NAME;                                                \
    static const char *const NAME##_names[] = { LIST(SPX_LATE_NAME) };                             \
    _Static_assert(sizeof(NAME##_names) == sizeof(spx_late_##NAME), "one name for each pointer");  \
    static spx_late NAME##_late = { .sonames = { __VA_ARGS__ },                                    \
                                    .what = (WHAT),                                                \
                                    .names = NAME##_names,                                         \
                                    .count = sizeof(NAME##_names) / sizeof(NAME##_names[0]),       \
                                    .table = &spx_late_##NAME,                                     \
                                    .lock = PTHREAD_MUTEX_INITIALIZER };                           \
    spx_status spx_late_##NAME##_open(spx_diag *diag)                                              \
    {                                                                                              \
        return spx_late_open(&NAME##_late, diag);                                                  \
    }                                                                                              \
    _Static_assert(1, "a semicolon ends it")

/**
 * Tells who packages the program that it opens a library without being linked to it: an ELF note as
 * dh_dlopendeps and others read it (UAPI group, "ELF dlopen() metadata"). SONAME, WHAT: literals;
 * PRIORITY: "required", "recommended" or "suggested".
 */
#define SPX_LATE_TEXT(SONAME, WHAT, PRIORITY)                                                      \
    "[{\"feature\":\"" WHAT "\",\"priority\":\"" PRIORITY "\",\"soname\":[\"" SONAME "\"]}]"
#define SPX_LATE_NOTE(NAME, SONAME, WHAT, PRIORITY)                                                \
    static const struct {                                                                          \
        uint32_t owner_size;                                                                       \
        uint32_t text_size;                                                                        \
        uint32_t type;                                                                             \
        char owner[4];                                                                             \
        char text[(sizeof(SPX_LATE_TEXT(SONAME, WHAT, PRIORITY)) + 3) / 4 * 4];                    \
    } NAME##_note __attribute__((used, section(".note.dlopen"), aligned(4))) = {                   \
        .owner_size = 4,                                                                           \
        .text_size = sizeof(SPX_LATE_TEXT(SONAME, WHAT, PRIORITY)),                                \
        .type = 0x407c0c0a,                                                                        \
        .owner = "FDO",                                                                            \
        .text = SPX_LATE_TEXT(SONAME, WHAT, PRIORITY)                                              \
    }

#endif

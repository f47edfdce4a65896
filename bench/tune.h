#ifndef TUNE_H
#define TUNE_H

/* What bench/tune needs to know of a room whose numbers it sweeps (src/base/tuned.h). */
#include "base/pool.h"

#include <stddef.h>

typedef enum tune_kind { TUNE_INT, TUNE_UNSIGNED, TUNE_FLOAT, TUNE_DOUBLE } tune_kind;

typedef struct tune_number {
    const char *name;
    tune_kind kind;
    void *at; /* where the room reads it */
    double own;
    const char *unit;
} tune_number;

/** What a number may be, where that is not from 0 to TUNE_MOST: the room divides by it, or counts
 * on it. */
typedef struct tune_range {
    const char *name; /* NULL at the list's end */
    double least;
    double most;
} tune_range;

#define TUNE_MOST 1e9

#define TUNE_KIND(type)                                                                            \
    _Generic((type)0, int                                                                          \
             : TUNE_INT, unsigned                                                                  \
             : TUNE_UNSIGNED, float                                                                \
             : TUNE_FLOAT, double                                                                  \
             : TUNE_DOUBLE)

/** An entry of a room's list of numbers, of its table of X(type, name, value, unit). */
#define TUNE_NUMBER(type, name, value, unit) { #name, TUNE_KIND(type), &tuned.name, value, unit },

typedef struct tune_room {
    const char *name;
    const tune_number *numbers;
    size_t count;
    const tune_range *ranges;
    const char *columns;                                         /* what measure() prints */
    void (*prepare)(int pictures, char **paths, spx_pool *pool); /* pictures: of the room's own */
    void (*measure)(spx_pool *pool); /* prints the scores, without a new line */
    void (*clear)(void);
} tune_room;

extern const tune_room tune_depth;
extern const tune_room tune_fill;
extern const tune_room tune_outpaint;
extern const tune_room tune_warp;

/** Prints and ends the program. */
_Noreturn void tune_fatal(const char *what);

#endif

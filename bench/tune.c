/*
 * Sweeps one tuned number and prints the curve.
 *
 *     tune                      the numbers there are (tuned.h in src/depth, src/fill,
 * src/outpaint, src/warp) tune NAME [VALUE...]      other values of it, else 1/4, 1/2, 3/4, 1, 3/2,
 * 2 and 4 times its own, as far as the room takes them
 *     --scenes COUNT            drawn scenes, 24 when not said (numbers of the fill), or 32, the
 *                               last 8 of them hard ones (numbers of the warp)
 *     --photos FILE...          photos, up to the end of the line (numbers of the local engine), or
 *                               folders with true pairs (numbers of depth; the bundled one is)
 *
 * NAME may be several, with commas. Scores are means over the pictures, times are of the processor.
 * The rooms are compiled for this program a second time, with SPX_TUNE.
 */
#include "tune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VALUES_MOST = 32 };

static const tune_room *const rooms[] = { &tune_depth, &tune_fill, &tune_outpaint, &tune_warp };
enum { ROOMS = sizeof(rooms) / sizeof(rooms[0]) };

void tune_fatal(const char *what)
{
    (void)fprintf(stderr, "tune: %s\n", what);
    exit(1);
}

typedef struct request {
    char *names;
    int scenes;
    char **photos; /* ends with NULL */
    double values[VALUES_MOST];
    size_t value_count; /* 0: multiples of the number's own */
} request;

static void set(const tune_number *number, double value)
{
    switch (number->kind) {
    case TUNE_INT:
        *(int *)number->at = (int)lround(value);
        break;
    case TUNE_UNSIGNED:
        *(unsigned *)number->at = (unsigned)lround(value);
        break;
    case TUNE_FLOAT:
        *(float *)number->at = (float)value;
        break;
    case TUNE_DOUBLE:
        *(double *)number->at = value;
        break;
    }
}

static int is_whole(const tune_number *number)
{
    return number->kind == TUNE_INT || number->kind == TUNE_UNSIGNED;
}

static tune_range range_of(const tune_room *room, const tune_number *number)
{
    const tune_range *range = room->ranges;
    while (range->name != NULL && strcmp(range->name, number->name) != 0)
        range++;
    return range->name == NULL ? (tune_range){ number->name, 0.0, TUNE_MOST } : *range;
}

static int is_within(const tune_range *range, double value)
{
    return value >= range->least && value <= range->most;
}

static size_t default_values(const tune_number *number, const tune_range *range, double *out)
{
    static const double factors[] = { 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0 };
    size_t count = 0;
    for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++) {
        const double exact = number->own * factors[i];
        const double value = is_whole(number) ? round(exact) : exact;
        if (is_within(range, value) && (count == 0 || out[count - 1] != value))
            out[count++] = value;
    }
    return count;
}

static const tune_number *find(const char *name, const tune_room **room)
{
    for (int i = 0; i < ROOMS; i++) {
        for (size_t k = 0; k < rooms[i]->count; k++) {
            if (strcmp(rooms[i]->numbers[k].name, name) == 0) {
                *room = rooms[i];
                return &rooms[i]->numbers[k];
            }
        }
    }
    tune_fatal("no such number; `tune` lists them");
}

static void list(void)
{
    for (int i = 0; i < ROOMS; i++) {
        for (size_t k = 0; k < rooms[i]->count; k++) {
            const tune_number *const number = &rooms[i]->numbers[k];
            (void)printf("%-9s %-24s %8.4g  %s\n", rooms[i]->name, number->name, number->own,
                         number->unit);
        }
    }
}

static request read_arguments(int argc, char **argv)
{
    request self = { .photos = argv + argc };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--photos") == 0) {
            self.photos = argv + i + 1;
            break;
        }
        if (strcmp(argv[i], "--scenes") == 0 && i + 1 < argc)
            self.scenes = (int)strtol(argv[++i], NULL, 10);
        else if (self.names == NULL)
            self.names = argv[i];
        else if (self.value_count < VALUES_MOST)
            self.values[self.value_count++] = strtod(argv[i], NULL);
    }
    return self;
}

/* The values to try: those that were asked for, which must all be such that the room takes them. */
static size_t values_of(const request *wanted, const tune_room *room, const tune_number *number,
                        double *out)
{
    const tune_range range = range_of(room, number);
    if (wanted->value_count == 0)
        return default_values(number, &range, out);
    for (size_t i = 0; i < wanted->value_count; i++) {
        if (!is_within(&range, wanted->values[i])) {
            char text[128];
            (void)snprintf(text, sizeof(text), "%s: %g is not from %g to %g", number->name,
                           wanted->values[i], range.least, range.most);
            tune_fatal(text);
        }
    }
    memcpy(out, wanted->values, wanted->value_count * sizeof(*out));
    return wanted->value_count;
}

static void sweep(const tune_room *room, const tune_number *number, const double *values,
                  size_t count, spx_pool *pool)
{
    (void)printf("%s: %g %s\n   value  %s  seconds\n", number->name, number->own, number->unit,
                 room->columns);
    for (size_t i = 0; i < count; i++) {
        const clock_t begin = clock();
        set(number, values[i]);
        (void)printf("%8.4g  ", values[i]);
        room->measure(pool);
        (void)printf("  %7.2f\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
        (void)fflush(stdout);
    }
    set(number, number->own);
}

int main(int argc, char **argv)
{
    const request wanted = read_arguments(argc, argv);
    const tune_room *ready = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    if (wanted.names == NULL) {
        list();
        return 0;
    }
    if (spx_pool_create(&pool, 0, &diag) != SPX_OK)
        tune_fatal(diag.text);
    for (char *name = strtok(wanted.names, ","); name != NULL; name = strtok(NULL, ",")) {
        const tune_room *room = NULL;
        const tune_number *const number = find(name, &room);
        double values[VALUES_MOST];
        const size_t count = values_of(&wanted, room, number, values);
        if (ready == NULL)
            room->prepare(wanted.scenes, wanted.photos, pool);
        else if (ready != room)
            tune_fatal("numbers of one room at a time");
        ready = room;
        sweep(room, number, values, count, pool);
    }
    if (ready != NULL)
        ready->clear();
    spx_pool_destroy(pool);
    return 0;
}

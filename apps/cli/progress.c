#include "cli/progress.h"

#include "cli/text.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_SIZE = 1024, DEFAULT_COLUMNS = 80, MINUTE_S = 60, HOUR_S = 3600, PERCENT = 100 };

static const double redraw_s = 0.1;

/* A photo being worked on. */
typedef struct slot {
    const char *name; /* NULL: the slot is idle */
    const char *stage;
    double fraction;
} slot;

struct spx_progress {
    FILE *to;
    size_t total;
    size_t slot_count;
    double begin_s;
    pthread_mutex_t lock; /* guards everything below and whatever is being printed */
    size_t done;
    double drawn_s; /* when the line was drawn last; 0 = it is not on the screen */
    slot slots[];
};

/* ", 0:12 left"; nothing while it is not known. */
static void format_left(char *out, size_t size, double left_s)
{
    const long seconds = left_s < 0 || left_s > 1e9 ? -1 : (long)(left_s + 0.5);
    if (seconds < 0) {
        out[0] = '\0';
    } else if (seconds < HOUR_S) {
        (void)snprintf(out, size, ", %ld:%02ld left", seconds / MINUTE_S, seconds % MINUTE_S);
    } else {
        (void)snprintf(out, size, ", %ld:%02ld:%02ld left", seconds / HOUR_S,
                       seconds % HOUR_S / MINUTE_S, seconds % MINUTE_S);
    }
}

size_t spx_progress_format(char *out, size_t out_size, const spx_progress_view *view,
                           size_t columns)
{
    enum { PART_SIZE = 96, NAME_LEAST = 6 };
    char count[PART_SIZE] = "";
    char more[PART_SIZE] = "";
    char left[PART_SIZE] = "";
    char percent[PART_SIZE] = "";
    char name[LINE_SIZE] = "";
    if (view->total > 1)
        (void)snprintf(count, sizeof(count), "[%zu/%zu] ", view->done + 1, view->total);
    if (view->running > 1) {
        (void)snprintf(more, sizeof(more), " and %zu more  ", view->running - 1);
    } else {
        (void)snprintf(more, sizeof(more), "  %s ", view->stage);
    }
    (void)snprintf(percent, sizeof(percent), "%d%%", (int)(view->fraction * PERCENT));
    format_left(left, sizeof(left), view->left_s);

    const size_t fixed = strlen(count) + strlen(more) + strlen(percent) + strlen(left);
    if (fixed + NAME_LEAST > columns) { /* too narrow for names: count and percent, cut */
        char line[LINE_SIZE];
        (void)snprintf(line, sizeof(line), "%s%s", count, percent);
        (void)spx_text_fit(out, out_size, line, columns);
    } else {
        (void)spx_text_fit(name, sizeof(name), view->name, columns - fixed);
        (void)snprintf(out, out_size, "%s%s%s%s%s", count, name, more, percent, left);
    }
    return strlen(out);
}

spx_status spx_progress_create(spx_progress **out, FILE *to, size_t total, size_t slots,
                               spx_diag *diag)
{
    *out = NULL;
    spx_progress *const progress = calloc(1, sizeof(*progress) + slots * sizeof(slot));
    if (progress == NULL)
        return spx_fail_memory(diag, "progress line");
    if (pthread_mutex_init(&progress->lock, NULL) != 0) {
        free(progress);
        return spx_fail(diag, SPX_ERR_INTERNAL, "progress line: no mutex");
    }
    progress->to = to;
    progress->total = total;
    progress->slot_count = slots;
    progress->begin_s = spx_clock_s();
    *out = progress;
    return SPX_OK;
}

static void erase(spx_progress *progress)
{
    if (progress->drawn_s == 0)
        return;
    (void)fputs("\r\033[K", progress->to);
    (void)fflush(progress->to);
    progress->drawn_s = 0;
}

void spx_progress_destroy(spx_progress *progress)
{
    if (progress == NULL)
        return;
    erase(progress);
    (void)pthread_mutex_destroy(&progress->lock);
    free(progress);
}

static size_t columns_of(FILE *to)
{
    struct winsize size;
    if (ioctl(fileno(to), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return DEFAULT_COLUMNS;
    return size.ws_col;
}

/* 0 when no photo is being worked on. */
static int look(const spx_progress *progress, double now_s, spx_progress_view *view)
{
    static const double early_share = 0.03;
    static const double early_s = 1;
    *view = (spx_progress_view){ .total = progress->total, .done = progress->done, .left_s = -1 };
    double sum = 0;
    for (size_t i = 0; i < progress->slot_count; i++) {
        const slot *const at = &progress->slots[i];
        if (at->name == NULL)
            continue;
        if (view->running++ == 0) {
            view->name = at->name;
            view->stage = at->stage;
        }
        sum += at->fraction;
    }
    if (view->running == 0)
        return 0;
    view->fraction = sum / (double)view->running;
    const double total = (double)progress->total;
    const double share = total > 0.0 ? ((double)progress->done + sum) / total : 0.0;
    const double spent_s = now_s - progress->begin_s;
    if (share > early_share && spent_s > early_s)
        view->left_s = spent_s * (1 - share) / share;
    return 1;
}

static void draw(spx_progress *progress, double now_s)
{
    char line[LINE_SIZE] = "";
    spx_progress_view view;
    const size_t columns = columns_of(progress->to);
    if (!look(progress, now_s, &view))
        return;
    /* The last column stays free: some terminals break the line there. */
    (void)spx_progress_format(line, sizeof(line), &view, columns > 1 ? columns - 1 : 1);
    (void)fprintf(progress->to, "\r%s\033[K", line);
    (void)fflush(progress->to);
    progress->drawn_s = now_s;
}

void spx_progress_begin(spx_progress *progress, size_t at, const char *name)
{
    (void)pthread_mutex_lock(&progress->lock);
    progress->slots[at] = (slot){ .name = name, .stage = "begin" };
    (void)pthread_mutex_unlock(&progress->lock);
}

void spx_progress_update(spx_progress *progress, size_t at, const char *stage, double fraction)
{
    if (progress->to == NULL)
        return;
    (void)pthread_mutex_lock(&progress->lock);
    progress->slots[at].stage = stage;
    progress->slots[at].fraction = fraction;
    const double now_s = spx_clock_s();
    if (now_s - progress->drawn_s >= redraw_s)
        draw(progress, now_s);
    (void)pthread_mutex_unlock(&progress->lock);
}

void spx_progress_end(spx_progress *progress, size_t at)
{
    (void)pthread_mutex_lock(&progress->lock);
    progress->slots[at] = (slot){ .name = NULL };
    progress->done++;
    erase(progress);
    (void)pthread_mutex_unlock(&progress->lock);
}

void spx_progress_pause(spx_progress *progress)
{
    (void)pthread_mutex_lock(&progress->lock);
    erase(progress);
}

void spx_progress_resume(spx_progress *progress)
{
    (void)pthread_mutex_unlock(&progress->lock);
}

FILE *spx_progress_terminal(FILE *to)
{
    const char *const kind = getenv("TERM"); // NOLINT(concurrency-mt-unsafe): before any thread
    if (isatty(fileno(to)) == 0 || kind == NULL || strcmp(kind, "dumb") == 0)
        return NULL;
    return to;
}

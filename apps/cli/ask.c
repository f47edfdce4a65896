#include "cli/ask.h"

#include "cli/text.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { ANSWER_BYTES = 64, TURN_MS = 100, QUESTIONS = 3 };

typedef enum answer {
    ANSWER_NONE, /* nobody answers any more */
    ANSWER_UNKNOWN,
    ANSWER_YES,
    ANSWER_NO,
    ANSWER_ALWAYS,
    ANSWER_NEVER,
} answer;

int spx_ask_possible(void)
{
    return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

void spx_ask_init(spx_ask *ask, spx_progress *progress, const spx_cancel *cancel)
{
    *ask = (spx_ask){ .progress = progress, .cancel = cancel };
    (void)pthread_mutex_init(&ask->lock, NULL);
}

void spx_ask_clear(spx_ask *ask)
{
    (void)pthread_mutex_destroy(&ask->lock);
}

/* One line of the terminal; its first letter, 0 = none is to come. A signal may reach another
 * thread, so that waiting looks up in turns. */
static int read_letter(const spx_ask *self)
{
    char line[ANSWER_BYTES];
    struct pollfd from = { .fd = STDIN_FILENO, .events = POLLIN };
    for (;;) {
        if (spx_cancel_requested(self->cancel))
            return 0;
        const int ready = poll(&from, 1, TURN_MS);
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        const ssize_t size = ready < 0 ? 0 : read(STDIN_FILENO, line, sizeof(line));
        if (size <= 0)
            return 0;
        size_t at = 0;
        while (at + 1 < (size_t)size && (line[at] == ' ' || line[at] == '\t'))
            at++;
        return line[at];
    }
}

static answer ask_once(const spx_ask *self, const char *name, spx_stereo_input looks_like)
{
    (void)fputs("spx: ", stderr);
    spx_text_print(stderr, name);
    (void)fprintf(stderr,
                  " looks like two eyes %s. Take it as two eyes? yes, no, always, never [y/n/a/v] ",
                  looks_like == SPX_STEREO_INPUT_OU ? "one above the other" : "side by side");
    (void)fflush(stderr);
    switch (read_letter(self)) {
    case 0:
        (void)fputc('\n', stderr);
        return ANSWER_NONE;
    case 'y':
    case 'Y':
        return ANSWER_YES;
    case 'n':
    case 'N':
        return ANSWER_NO;
    case 'a':
    case 'A':
        return ANSWER_ALWAYS;
    case 'v':
    case 'V':
        return ANSWER_NEVER;
    default:
        return ANSWER_UNKNOWN;
    }
}

static spx_stereo_input ask(spx_ask *self, const char *name, spx_stereo_input looks_like)
{
    answer got = self->always ? ANSWER_ALWAYS : (self->never ? ANSWER_NEVER : ANSWER_UNKNOWN);
    if (got == ANSWER_UNKNOWN) {
        spx_progress_pause(self->progress);
        for (int i = 0; i < QUESTIONS && got == ANSWER_UNKNOWN; i++)
            got = ask_once(self, name, looks_like);
        spx_progress_resume(self->progress);
    }
    self->always = got == ANSWER_ALWAYS;
    self->never = got == ANSWER_NEVER;
    if (got == ANSWER_YES || got == ANSWER_ALWAYS)
        return looks_like;
    return got == ANSWER_NO || got == ANSWER_NEVER ? SPX_STEREO_INPUT_MONO : SPX_STEREO_INPUT_AUTO;
}

spx_stereo_input spx_ask_eyes(void *user, const char *name, spx_stereo_input looks_like)
{
    spx_ask *const self = user;
    (void)pthread_mutex_lock(&self->lock);
    const spx_stereo_input told = ask(self, name, looks_like);
    (void)pthread_mutex_unlock(&self->lock);
    return told;
}

/* The child's side. */
#include "child/child.h"

#include "base/file.h"
#include "child/carry.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ANSWERS = 9, LAST_OWN = SPX_CHILD_BODY_FILE };

static int answers = STDOUT_FILENO;

/* A parent that went before this call shows in the answers' pipe: nobody reads it. Who stops a
 * service or a task of a cluster asks all its processes at once: the parent alone answers, and ends
 * this one; else it would take the end for a crash. */
static void die_with_parent(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

/* What libraries print must not become an answer. */
static void part_answers_from_noise(void)
{
    (void)syscall(SYS_close_range, (unsigned)LAST_OWN + 1, ~0U, 0U);
    const int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, ANSWERS);
    if (fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        answers = fd;
}

/* Byte by byte: what follows the line is for later. */
static ssize_t read_line(char *out, size_t size)
{
    size_t used = 0;
    while (used + 1 < size) {
        const ssize_t got = read(STDIN_FILENO, out + used, 1);
        if (got <= 0 || out[used] == '\n')
            break;
        used++;
    }
    out[used] = '\0';
    return (ssize_t)used;
}

json_t *spx_child_begin(void)
{
    static char text[1 << 16];
    die_with_parent();
    part_answers_from_noise();
    (void)read_line(text, sizeof(text));
    json_t *const request = json_loads(text, 0, NULL);
    const json_t *const carry = json_object_get(request, "carry");
    if (carry != NULL)
        spx_carry_begin(carry);
    return request;
}

void spx_child_say(json_t *line)
{
    char *const text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    const size_t size = text == NULL ? 0 : strlen(text) + 1;
    if (text != NULL)
        text[size - 1] = '\n';
    if (!spx_fd_write(answers, text, size))
        _exit(1); /* the parent is gone */
    free(text);
    json_decref(line);
}

void spx_child_hear(char *out, size_t size)
{
    if (read_line(out, size) <= 0)
        _exit(1);
}

int spx_child_question(json_t *line)
{
    char answer[16];
    spx_child_say(line);
    spx_child_hear(answer, sizeof(answer));
    return (int)strtol(answer, NULL, 10);
}

void spx_child_ask(const spx_child_needs *needs)
{
    char answer[8];
    spx_child_say(json_pack("{s:{s:f, s:f, s:f}}", "wants", "memory", (double)needs->memory_bytes,
                            "cpu", needs->cpu_s, "pixels", (double)needs->pixels));
    spx_child_hear(answer, sizeof(answer));
}

/* Without the libraries' goodbyes: the kernel takes everything back faster. */
_Noreturn void spx_child_finish(spx_status status, const spx_diag *diag, json_t *result)
{
    json_t *const line = result == NULL ? json_object() : result;
    (void)json_object_set_new(line, "status", json_integer(status));
    if (status != SPX_OK)
        (void)json_object_set_new(line, "error", spx_child_text(diag->text));
    spx_child_say(line);
    _exit(0);
}

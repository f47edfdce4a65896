#include "child/copy.h"

#include "base/bytes.h"
#include "base/file.h"
#include "child/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_MOST_S = 60, TOLD_MOST = 64 << 20, READ_END = 0, WRITE_END = 1 };

static void limit(void)
{
    const struct rlimit time = { CPU_MOST_S, CPU_MOST_S + 1 };
    (void)setrlimit(RLIMIT_CPU, &time);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    static const rlim_t memory_most = 2ULL << 30;
    const struct rlimit memory = { memory_most, memory_most };
    (void)setrlimit(RLIMIT_DATA, &memory);
#endif
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

static _Noreturn void work_in_copy(int answer, const spx_sandbox *sandbox, spx_copy_work work,
                                   void *user)
{
    spx_diag diag = { 0 };
    json_t *const told = json_object();
    limit();
    spx_status status =
        told == NULL ? spx_fail_memory(&diag, "answer") : spx_sandbox_enter(sandbox, &diag);
    if (status == SPX_OK)
        status = work(user, told, &diag);
    if (fflush(stdout) != 0 && status == SPX_OK)
        status = spx_fail(&diag, SPX_ERR_IO, "the standard output cannot be written");
    json_t *const line = json_pack("{s:i, s:o*, s:o*}", "status", (int)status, "error",
                                   spx_child_text(diag.text), "told", told);
    char *const text = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
    _exit(text != NULL && spx_fd_write(answer, text, strlen(text)) ? 0 : 1);
}

/* All that comes until the end, at most TOLD_MOST. */
static void read_all(int fd, spx_bytes *out)
{
    char block[1 << 14];
    ssize_t got = 0;
    do {
        got = read(fd, block, sizeof(block));
        if (got > 0)
            spx_bytes_append(out, block, (size_t)got);
    } while ((got > 0 || (got < 0 && errno == EINTR)) && out->size <= TOLD_MOST && !out->failed);
}

static spx_status tell_end(int how, const json_t *line, spx_diag *diag)
{
    const int number = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    if (number == SIGXCPU)
        return spx_fail(diag, SPX_ERR_LIMIT, "it takes far more time than such a look may");
    if (number == SIGKILL)
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "the computer ended the work");
    if (number != 0 || line == NULL) {
        return spx_fail(diag, SPX_ERR_CRASH, "spx crashed while it looked at this (%s)",
                        number != 0 ? strsignal(number) // NOLINT(concurrency-mt-unsafe)
                                    : "no answer");
    }
    return spx_child_ended(line, diag);
}

spx_status spx_copy_run(const spx_sandbox *sandbox, spx_copy_work work, void *user, json_t **told,
                        spx_diag *diag)
{
    int ends[2];
    int how = 0;
    spx_bytes bytes = { 0 };
    *told = NULL;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "no pipe (%s)", strerrordesc_np(errno));
    (void)fflush(stdout); /* or the copy would print it again */
    (void)fflush(stderr);
    const pid_t copy = fork();
    if (copy == 0)
        work_in_copy(ends[WRITE_END], sandbox, work, user);
    const int cause = errno;
    (void)close(ends[WRITE_END]);
    if (copy < 0) {
        (void)close(ends[READ_END]);
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "no process of its own can be started (%s)",
                        strerrordesc_np(cause));
    }
    read_all(ends[READ_END], &bytes);
    (void)close(ends[READ_END]);
    while (waitpid(copy, &how, 0) < 0 && errno == EINTR) {
    }
    json_t *const line =
        bytes.failed ? NULL : json_loadb((const char *)bytes.data, bytes.size, 0, NULL);
    const spx_status status = tell_end(how, line, diag);
    *told = json_incref(json_object_get(line, "told"));
    json_decref(line);
    spx_bytes_clear(&bytes);
    return status;
}

/* The parent's side: starts a child, listens to it, and ends it when it must. */
#include "child/child.h"

#include "base/clock.h"
#include "base/file.h"
#include "child/carry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 50,            /* how often the cancel flag is looked at */
    LINE_MOST = 1 << 20,     /* bytes of one answer */
    ENVIRONMENT_MOST = 1000, /* variables handed down */
    SAFE_FD = 16,            /* above the numbers that the child's files get */
    GO_AWAY_MS = 3000,       /* from the last answer to the end */
    PIPE_BYTES = 65536,      /* of a request: what a pipe takes without a reader */
    READ_END = 0,
    WRITE_END = 1,
};
static const double stall_s = 8.0;        /* without any work done: see is_stalled() */
static const double stall_work_s = 0.005; /* what counts as work */
static const double cpu_room = 8.0;       /* times what is predicted: other machines are slower */
static const double cpu_least_s = 120.0;
static const double clock_room = 4.0;  /* also where it gets a quarter of a processor */
static const double memory_room = 1.5; /* times what is predicted, and … */
static const uint64_t memory_least = 1ULL << 30;

typedef struct running {
    const spx_child_task *task;
    spx_child_outcome *out;
    pid_t process;
    int request; /* write end */
    int answers; /* read end */
    int noise;   /* read end */
    char *line;  /* what came of the next answer */
    size_t line_size;
    size_t noise_size;
    spx_status status; /* of what was asked for, with its words in … */
    spx_diag *diag;
    spx_carry *carry;       /* NULL = no remote painter */
    double work_s;          /* processor time when it last did something … */
    double work_at_s;       /* … and when that was */
    double deadline_s;      /* clock */
    int asked;              /* for what it needs */
    const char *killed_for; /* NULL = was not */
    spx_status killed_as;
} running;

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Both ends out of the way of the child's numbers, and closed in every other child. */
static spx_status make_pipe(int ends[2], spx_diag *diag)
{
    int low[2] = { -1, -1 };
    ends[0] = ends[1] = -1;
    if (pipe2(low, O_CLOEXEC) == 0) {
        ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, SAFE_FD);
        ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, SAFE_FD);
        (void)close(low[0]);
        (void)close(low[1]);
    }
    if (ends[0] >= 0 && ends[1] >= 0)
        return SPX_OK;
    close_end(&ends[0]);
    close_end(&ends[1]);
    return spx_fail(diag, SPX_ERR_NO_MEMORY, "no pipe to a process of its own (%s)",
                    strerrordesc_np(errno));
}

/* Secrets stay here: decoding needs none, and what a painter wants to hear the parent says. Nor
 * does it ask for files in a bucket, or for rows: all that tells who may is left out, and where. */
static int is_secret(const char *variable)
{
    static const char *const never[] = { "SPX_TOKEN=",
                                         "SPX_PAINTER_TOKEN=",
                                         "SPX_OUTPAINT_TOKEN=",
                                         "SPX_WEBHOOK_SECRET=",
                                         "SPX_STORE=",
                                         "SPX_BLOBS=",
                                         "HF_TOKEN=",
                                         "AWS_",
                                         "PG",
                                         NULL };
    for (size_t i = 0; never[i] != NULL; i++) {
        if (strncmp(variable, never[i], strlen(never[i])) == 0)
            return 1;
    }
    return 0;
}

static void choose_environment(char **out)
{
    size_t count = 0;
    for (char **at = environ; *at != NULL && count < ENVIRONMENT_MOST; at++) {
        if (!is_secret(*at))
            out[count++] = *at;
    }
    out[count] = NULL;
}

/* From SPX_CHILD_FIRST_FILE on: the photos and the bodies, -1 = none. */
enum { OWN_FILES = SPX_CHILD_FILES_MOST + 1 };

/* The child's numbers: 0, 1, 2, and its own files. */
static int set_files(posix_spawn_file_actions_t *actions, const int ends[3],
                     const int own[OWN_FILES])
{
    int failed = 0;
    for (int i = 0; i < 3; i++)
        failed |= posix_spawn_file_actions_adddup2(actions, ends[i], i);
    for (int i = 0; i < OWN_FILES; i++) {
        if (own[i] >= 0)
            failed |= posix_spawn_file_actions_adddup2(actions, own[i], SPX_CHILD_FIRST_FILE + i);
    }
    return failed;
}

static int spawn(pid_t *out, const int ends[3], const int own[OWN_FILES])
{
    char program[] = "/proc/self/exe";
    char word[] = SPX_CHILD_WORD;
    char *arguments[] = { program, word, NULL };
    char *environment[ENVIRONMENT_MOST + 1];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t all;
    choose_environment(environment);
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed != 0)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed == 0) {
        /* A group of its own: Ctrl-C is for the parent, who then ends it. */
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETPGROUP);
        (void)posix_spawnattr_setsigmask(&attributes, &none);
        (void)posix_spawnattr_setsigdefault(&attributes, &all);
        failed = set_files(&actions, ends, own);
        if (failed == 0)
            failed = posix_spawn(out, program, &actions, &attributes, arguments, environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static spx_status write_request(const running *self, spx_diag *diag)
{
    char *const text = json_dumps(self->task->request, JSON_COMPACT);
    if (text == NULL)
        return spx_fail_memory(diag, "request");
    const size_t size = strlen(text);
    spx_status status = SPX_OK;
    if (size + 1 >= PIPE_BYTES) {
        status = spx_fail(diag, SPX_ERR_ARGUMENT, "options of %zu bytes are too many", size);
    } else {
        text[size] = '\n'; /* in the place of its end: written by size */
        if (!spx_fd_write(self->request, text, size + 1)) {
            status = spx_fail(diag, SPX_ERR_IO, "a process of its own cannot be asked (%s)",
                              strerrordesc_np(errno));
        }
    }
    free(text);
    return status;
}

/* Copies out of the way of the child's numbers. */
static void copy_own(const running *self, int own[OWN_FILES])
{
    for (size_t i = 0; i < self->task->file_count; i++)
        own[i] = fcntl(self->task->files[i], F_DUPFD_CLOEXEC, SAFE_FD);
    if (self->carry != NULL) {
        own[SPX_CHILD_FILES_MOST] = fcntl(spx_carry_bodies(self->carry), F_DUPFD_CLOEXEC, SAFE_FD);
    }
}

static spx_status start(running *self, spx_diag *diag)
{
    int request[2] = { -1, -1 };
    int answers[2] = { -1, -1 };
    int noise[2] = { -1, -1 };
    int own[OWN_FILES] = { -1, -1, -1 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(make_pipe(request, diag));
    SPX_TRY_OUT(make_pipe(answers, diag));
    SPX_TRY_OUT(make_pipe(noise, diag));
    self->request = request[WRITE_END];
    self->answers = answers[READ_END];
    self->noise = noise[READ_END];
    copy_own(self, own);
    SPX_TRY_OUT(write_request(self, diag));
    const int ends[3] = { request[READ_END], answers[WRITE_END], noise[WRITE_END] };
    const int failed = spawn(&self->process, ends, own);
    if (failed != 0) {
        self->process = 0;
        status = spx_fail(diag, SPX_ERR_NO_MEMORY, "no process of its own can be started (%s)",
                          strerrordesc_np(failed));
    }

out:
    for (size_t i = 0; i < OWN_FILES; i++)
        close_end(&own[i]);
    close_end(&request[READ_END]);
    close_end(&answers[WRITE_END]);
    close_end(&noise[WRITE_END]);
    if (self->request < 0) /* not handed over */
        close_end(&request[WRITE_END]);
    if (self->answers < 0)
        close_end(&answers[READ_END]);
    return status;
}

static void end_for(running *self, spx_status status, const char *why)
{
    if (self->killed_for != NULL)
        return;
    self->killed_for = why;
    self->killed_as = status;
    (void)kill(self->process, SIGKILL);
}

/* What it may use is enforced by the kernel from now on. */
static void set_limits(running *self, const spx_child_needs *needs)
{
    const uint64_t memory = (uint64_t)(memory_room * (double)needs->memory_bytes) + memory_least;
    const double cpu_s = cpu_least_s + cpu_room * needs->cpu_s;
    const struct rlimit data = { memory, memory };
    const struct rlimit time = { (rlim_t)cpu_s, (rlim_t)cpu_s + 1 };
    self->deadline_s = spx_clock_s() + clock_room * cpu_s;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* Data, not address space: threads and libraries set aside much of that and never use it. */
    const struct rlimit space = { 8 * memory + (64ULL << 30), 8 * memory + (64ULL << 30) };
    (void)prlimit(self->process, RLIMIT_DATA, &data, NULL);
    (void)prlimit(self->process, RLIMIT_AS, &space, NULL);
#else
    (void)data;
#endif
    (void)prlimit(self->process, RLIMIT_CPU, &time, NULL);
}

/* Of a child that may have gone bad: what is beyond any photo is held where it can be counted. */
static double number_of(const json_t *object, const char *key)
{
    static const double most = 9007199254740992.0; /* 2^53 */
    const double number = json_number_value(json_object_get(object, key));
    return number > 0.0 ? fmin(number, most) : 0.0;
}

static void let_it_work(running *self, const json_t *wants)
{
    if (self->asked) { /* once is what the others make room for */
        end_for(self, SPX_ERR_CRASH, "it asked twice for what it needs");
        return;
    }
    self->asked = 1;
    const spx_child_needs needs = { .memory_bytes = (uint64_t)number_of(wants, "memory"),
                                    .cpu_s = number_of(wants, "cpu"),
                                    .pixels = (uint64_t)number_of(wants, "pixels") };
    if (self->task->admit != NULL) {
        self->status = self->task->admit(self->task->user, &needs, self->diag);
        if (self->status != SPX_OK) {
            end_for(self, self->status, "");
            return;
        }
    }
    set_limits(self, &needs);
    self->work_at_s = spx_clock_s();
    if (!spx_fd_write(self->request, "go\n", 3))
        end_for(self, SPX_ERR_CRASH, "it went away");
}

static void answer_question(running *self, const json_t *line)
{
    char text[16];
    const double begin_s = spx_clock_s();
    const int answer =
        self->task->question == NULL ? 0 : self->task->question(self->task->user, line);
    const int size = snprintf(text, sizeof(text), "%d\n", answer);
    if (!spx_fd_write(self->request, text, (size_t)size))
        end_for(self, SPX_ERR_CRASH, "it went away");
    self->work_at_s = spx_clock_s();
    self->deadline_s += self->work_at_s - begin_s; /* a person may take their time */
}

/* The painter has a deadline of its own. */
static void make_exchange(running *self, const json_t *line)
{
    const double begin_s = spx_clock_s();
    const char *const why = self->carry == NULL || !self->asked
                                ? "it asks for a network that it has not got"
                                : spx_carry_exchange(self->carry, line);
    if (why != NULL)
        end_for(self, SPX_ERR_CRASH, why);
    self->work_at_s = spx_clock_s();
    self->deadline_s += self->work_at_s - begin_s;
}

static void take_line(running *self, const json_t *line)
{
    if (json_object_get(line, "status") != NULL) {
        json_decref(self->out->result);
        self->out->result = json_deep_copy(line);
    } else if (json_object_get(line, "wants") != NULL) {
        let_it_work(self, json_object_get(line, "wants"));
    } else if (json_object_get(line, "asks") != NULL) {
        answer_question(self, line);
    } else if (json_object_get(line, "http") != NULL) {
        make_exchange(self, line);
    } else if (self->task->answer != NULL) {
        self->task->answer(self->task->user, line);
    }
}

/* The first whole line of what came, for json_decref(); NULL = there is none yet. */
static json_t *pop_line(running *self)
{
    json_t *line = NULL;
    while (line == NULL && self->line_size != 0) {
        const char *const end = memchr(self->line, '\n', self->line_size);
        if (end == NULL)
            break;
        const size_t size = (size_t)(end - self->line);
        line = json_loadb(self->line, size, 0, NULL);
        self->line_size -= size + 1;
        memmove(self->line, end + 1, self->line_size);
    }
    return line;
}

/* Takes what has come; 0 at the end of the answers. */
static int read_answers(running *self)
{
    char block[8192];
    const ssize_t got = read(self->answers, block, sizeof(block));
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    if (got == 0)
        return 0;
    char *const grown = realloc(self->line, self->line_size + (size_t)got);
    if (grown == NULL || self->line_size + (size_t)got > LINE_MOST) {
        self->line = grown == NULL ? self->line : grown;
        end_for(self, grown == NULL ? SPX_ERR_NO_MEMORY : SPX_ERR_CRASH,
                "its answers are no lines");
        return 0;
    }
    self->line = grown;
    memcpy(grown + self->line_size, block, (size_t)got);
    self->line_size += (size_t)got;
    return 1;
}

/* The last of it is kept. */
static void read_noise(running *self)
{
    char block[SPX_CHILD_NOISE_SIZE / 2];
    const ssize_t got = read(self->noise, block, sizeof(block));
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        close_end(&self->noise);
    if (got <= 0)
        return;
    const size_t room = sizeof(self->out->noise) - 1;
    const size_t size = (size_t)got;
    if (self->noise_size + size > room) {
        const size_t drop = self->noise_size + size - room;
        memmove(self->out->noise, self->out->noise + drop, self->noise_size - drop);
        self->noise_size -= drop;
    }
    memcpy(self->out->noise + self->noise_size, block, size);
    self->noise_size += size;
    self->out->noise[self->noise_size] = '\0';
}

/* 'S' for a thread that sleeps, 'R' for one that runs or wants to, 'D' for one at the disk. */
static char state_of(pid_t process, const char *thread)
{
    char path[sizeof("/proc//task//stat") + 64];
    char text[256];
    (void)snprintf(path, sizeof(path), "/proc/%d/task/%.20s/stat", (int)process, thread);
    FILE *const file = fopen(path, "re");
    if (file == NULL)
        return 'S';
    const size_t size = fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    const char *const after = strrchr(text, ')');
    return (char)(after != NULL && strlen(after) > 2 ? after[2] : 'S');
}

static int all_threads_sleep(pid_t process)
{
    char path[64];
    int sleep = 1;
    const struct dirent *entry = NULL;
    (void)snprintf(path, sizeof(path), "/proc/%d/task", (int)process);
    DIR *const folder = opendir(path);
    if (folder == NULL)
        return 0;
    while (sleep && (entry = readdir(folder)) != NULL) { // NOLINT(concurrency-mt-unsafe)
        if (entry->d_name[0] != '.')
            sleep = state_of(process, entry->d_name) == 'S';
    }
    (void)closedir(folder);
    return sleep;
}

/* Some libraries wait for ever for a thread that the system refused: nothing runs, nothing comes.
 */
static int is_stalled(running *self)
{
    clockid_t clock_id = 0;
    struct timespec used = { 0 };
    const double now_s = spx_clock_s();
    if (clock_getcpuclockid(self->process, &clock_id) != 0 || clock_gettime(clock_id, &used) != 0)
        return 0;
    const double work_s = (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
    if (work_s - self->work_s > stall_work_s) {
        self->work_s = work_s;
        self->work_at_s = now_s;
    }
    return now_s - self->work_at_s > stall_s && all_threads_sleep(self->process);
}

static void look_around(running *self)
{
    const int farewell = self->carry != NULL && spx_carry_says_farewell(self->carry);
    if (self->task->cancel != NULL && spx_cancel_requested(self->task->cancel) && !farewell) {
        end_for(self, SPX_ERR_CANCELLED, "cancelled");
    } else if (spx_clock_s() > self->deadline_s) {
        end_for(self, SPX_ERR_LIMIT, "it takes far longer than a photo of its size may");
    } else if (is_stalled(self)) {
        end_for(
            self, SPX_ERR_NO_MEMORY,
            "it waits for something that does not come: most likely a thread that this computer "
            "did not give");
    }
}

/* Takes what comes within a moment; 0 at the end of the answers. */
static int listen_once(running *self)
{
    struct pollfd ends[2] = { { .fd = self->answers, .events = POLLIN },
                              { .fd = self->noise, .events = POLLIN } };
    const int ready = poll(ends, 2, LOOK_MS);
    int more = 1;
    if (ready > 0 && ends[1].revents != 0)
        read_noise(self);
    if (ready > 0 && ends[0].revents != 0)
        more = read_answers(self);
    look_around(self);
    return more;
}

static void listen_to(running *self)
{
    int more = 1;
    self->work_at_s = spx_clock_s();
    self->deadline_s = self->work_at_s + clock_room * cpu_least_s; /* until it has asked */
    while (more && self->status == SPX_OK) {
        more = listen_once(self);
        json_t *line = NULL;
        while (self->status == SPX_OK && (line = pop_line(self)) != NULL) {
            take_line(self, line);
            json_decref(line);
        }
    }
}

/* Within an exchange: the next line about it, and what else comes before that is taken. */
static json_t *next_http(void *user)
{
    running *const self = user;
    int more = 1;
    self->work_at_s = spx_clock_s();
    while (more && self->killed_for == NULL) {
        json_t *const line = pop_line(self);
        if (json_object_get(line, "http") != NULL)
            return line;
        if (line != NULL) {
            take_line(self, line);
        } else {
            more = listen_once(self);
        }
        json_decref(line);
    }
    return NULL;
}

static int say_to_child(void *user, const char *text)
{
    const running *const self = user;
    return spx_fd_write(self->request, text, strlen(text));
}

/* Its end, by itself or by us. */
static int wait_for_end(running *self)
{
    int how = 0;
    const double begin_s = spx_clock_s();
    const spx_cancel *const cancel = self->task->cancel;
    while (waitpid(self->process, &how, WNOHANG) == 0) {
        if (spx_clock_s() - begin_s > GO_AWAY_MS / 1000.0 ||
            (cancel != NULL && spx_cancel_requested(cancel)))
            (void)kill(self->process, SIGKILL);
        (void)poll(NULL, 0, 1);
    }
    while (self->noise >= 0) {
        struct pollfd end = { .fd = self->noise, .events = POLLIN };
        if (poll(&end, 1, 0) <= 0)
            break;
        read_noise(self);
    }
    return how;
}

static spx_status tell_death(const running *self, int how, spx_diag *diag)
{
    const int number = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    const char *const noise = self->out->noise;
    if (number == SIGXCPU)
        return spx_fail(diag, SPX_ERR_LIMIT, "it takes far more time than a photo of its size may");
    if (number == SIGKILL) {
        return spx_fail(diag, SPX_ERR_NO_MEMORY,
                        "the computer ran out of memory and ended the work");
    }
    if (spx_library_status(noise, SPX_OK) == SPX_ERR_NO_MEMORY)
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "no memory or no thread was left for a library");
    if (number != 0) {
        return spx_fail(diag, SPX_ERR_CRASH,
                        "a library or spx crashed while it worked on this (%s)",
                        strsignal(number)); // NOLINT(concurrency-mt-unsafe): known numbers
    }
    return spx_fail(diag, SPX_ERR_CRASH, "the work ended without an answer (exit code %d)",
                    WEXITSTATUS(how));
}

static spx_status tell_end(const running *self, int how, spx_diag *diag)
{
    const json_t *const result = self->out->result;
    if (result != NULL) /* also where the end was asked for a moment too late */
        return spx_child_ended(result, diag);
    if (self->killed_for != NULL)
        return spx_fail(diag, self->killed_as, "%s", self->killed_for);
    return tell_death(self, how, diag);
}

/* The child learns that it is carried for, and nothing of the token but its kind. */
static spx_status prepare_carry(running *self, const spx_carry_line *line, spx_diag *diag)
{
    const spx_child_painter *const painter = self->task->painter;
    if (painter == NULL)
        return SPX_OK;
    const int has_login = painter->token != NULL && strchr(painter->token, ':') != NULL;
    if (json_object_set_new(self->task->request, "carry", json_pack("{s:b}", "login", has_login)) !=
        0)
        return spx_fail_memory(diag, "request");
    return spx_carry_create(&self->carry, painter, self->task->cancel, line, diag);
}

spx_status spx_child_run(const spx_child_task *task, spx_child_outcome *out, spx_diag *diag)
{
    spx_diag own = { 0 };
    running self = {
        .task = task, .out = out, .request = -1, .answers = -1, .noise = -1, .diag = &own
    };
    const spx_carry_line line = { .next = next_http, .say = say_to_child, .user = &self };
    *out = (spx_child_outcome){ .result = NULL };
    spx_status status = prepare_carry(&self, &line, &own);
    if (status == SPX_OK)
        status = start(&self, &own);
    if (status == SPX_OK) {
        listen_to(&self);
        const int how = wait_for_end(&self);
        out->signal = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
        status = self.status != SPX_OK ? self.status : tell_end(&self, how, &own);
    }
    out->process = self.process;
    close_end(&self.request);
    close_end(&self.answers);
    close_end(&self.noise);
    spx_carry_destroy(self.carry);
    free(self.line);
    spx_carry_mask(task->painter, own.text); /* whatever a server repeats */
    if (status != SPX_OK)
        (void)spx_fail(diag, status, "%s", own.text);
    return status;
}

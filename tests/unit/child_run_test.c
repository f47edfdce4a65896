/* This program is its own child: spx_child_run() starts /proc/self/exe again. */
#include "test_files.h"
#include "test_support.h"

#include "base/clock.h"
#include "base/file.h"
#include "child/attempts.h"
#include "child/sandbox.h"
#include "net/http.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the child ---- */

/* Where an allocation of four gigabytes ends: the limit says no, or the kernel ends the process. */
static int has_four_gigabytes(void)
{
    static const size_t huge = (size_t)4 << 30;
    char *const memory = malloc(huge);
    if (memory == NULL)
        return 0;
    ((volatile char *)memory)[huge / 2] = 1;
    free(memory);
    return 1;
}

static int can_open(const char *path, int flags)
{
    const int fd = open(path, flags, 0600);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

/* What a shut-in process could do that it must not; "" = nothing. */
static const char *first_way_out(const char *folder)
{
    char outside[4096];
    char inside[4096];
    char program[] = "/bin/true";
    char *arguments[] = { program, NULL };
    (void)snprintf(outside, sizeof(outside), "%s-outside", folder);
    (void)snprintf(inside, sizeof(inside), "%s/inside", folder);
    if (!can_open(inside, O_WRONLY | O_CREAT))
        return "its own folder cannot be written";
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return "network";
    if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 || errno != EPERM)
        return "ptrace";
    if (kill(getppid(), 0) == 0 || errno != EPERM)
        return "signals";
    if (fork() >= 0)
        return "a process of its own";
    if (execv(program, arguments) == 0 || (errno != EPERM && errno != EACCES))
        return "another program";
    char text[64];
    if (spx_sandbox_missing(text, sizeof(text))[0] != '\0')
        return "";
    if (can_open("/etc/passwd", O_RDONLY))
        return "files of others";
    return can_open(outside, O_WRONLY | O_CREAT) ? "writing elsewhere" : "";
}

static void *wait_for_nothing(void *context)
{
    for (;;)
        (void)pause();
    return context;
}

/* What the parent knows and no photo's process may. */
static const char *const secrets[] = {
    "SPX_TOKEN",
    "SPX_PAINTER_TOKEN",
    "SPX_OUTPAINT_TOKEN",
    "SPX_WEBHOOK_SECRET",
    "SPX_STORE",
    "SPX_BLOBS",
    "HF_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGHOST",
};

static int count_secrets(void)
{
    int count = 0;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        count += getenv(secrets[i]) != NULL;
    return count;
}

/* As a remote engine does, without a socket and without the token. */
static spx_status ask_the_painter(const char *url, json_t *result, spx_diag *diag)
{
    const spx_child_needs needs = { .memory_bytes = 1000000, .cpu_s = 1.0 };
    const spx_sandbox sandbox = { .write = { NULL } };
    const spx_http_options options = { .most_bytes = 1000 };
    const spx_http_request request = { .url = url, .json = "{\"a\":1}" };
    spx_http *http = NULL;
    spx_http_answer answer = { 0 };
    SPX_TRY(spx_sandbox_enter(&sandbox, diag));
    spx_child_ask(&needs);
    SPX_TRY(spx_http_open(&http, &options, diag));
    const spx_status status = spx_http_send(http, &request, &answer, diag);
    if (status == SPX_OK) {
        (void)json_object_set_new(result, "code", json_integer(answer.code));
        (void)json_object_set_new(result, "body", json_string((const char *)answer.body.data));
        (void)json_object_set_new(result, "has_socket",
                                  json_boolean(socket(AF_INET, SOCK_STREAM, 0) >= 0));
        (void)json_object_set_new(result, "secrets", json_integer(count_secrets()));
    }
    spx_http_answer_clear(&answer);
    spx_http_close(http);
    return status;
}

static _Noreturn void child(void)
{
    json_t *const request = spx_child_begin();
    const char *const what = json_string_value(json_object_get(request, "do"));
    const char *const folder = json_string_value(json_object_get(request, "folder"));
    const spx_child_needs needs = { .memory_bytes = 1000000, .cpu_s = 1.0, .pixels = 12000000 };
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    json_t *result = json_object();
    if (strcmp(what, "read") == 0) {
        char text[16] = "";
        (void)!read(SPX_CHILD_FIRST_FILE, text, sizeof(text) - 1);
        (void)printf("noise\n");
        spx_child_say(json_pack("{s:[s, f]}", "at", "read", 0.5));
        spx_child_ask(&needs);
        (void)json_object_set_new(result, "text", json_string(text));
    } else if (strcmp(what, "crash") == 0) {
        (void)fputs("the last words\n", stderr);
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer has its own */
        (void)raise(SIGSEGV);
    } else if (strcmp(what, "be asked to go") == 0) {
        (void)raise(SIGTERM);
        (void)raise(SIGINT);
        (void)raise(SIGHUP);
    } else if (strcmp(what, "glib") == 0) {
        (void)fputs("GLib-ERROR: failed to allocate 42 bytes\n", stderr);
        abort();
    } else if (strcmp(what, "busy") == 0) {
        spx_child_say(json_pack("{s:[s, f]}", "at", "read", 0.0));
        for (;;)
            ;
    } else if (strcmp(what, "wait") == 0) {
        (void)wait_for_nothing(NULL);
    } else if (strcmp(what, "fail") == 0) {
        status = spx_fail(&diag, SPX_ERR_CORRUPT, "photo: damaged");
    } else if (strcmp(what, "ask twice") == 0) {
        spx_child_ask(&needs);
        spx_child_ask(&needs);
    } else if (strcmp(what, "ask for anything") == 0) {
        (void)spx_child_question(json_pack("{s:{s:f, s:f, s:f}}", "wants", "memory", -1e300, "cpu",
                                           -1.0, "pixels", 1e300));
    } else if (strcmp(what, "memory") == 0) {
        spx_child_ask(&needs);
        if (!has_four_gigabytes())
            status = spx_fail_memory(&diag, "photo");
    } else if (strcmp(what, "ask for a network") == 0) {
        spx_child_ask(&needs);
        (void)spx_child_question(json_pack("{s:{s:s}}", "http", "url", "http://127.0.0.1:9/"));
    } else if (strcmp(what, "network") == 0) {
        status = ask_the_painter(json_string_value(json_object_get(request, "url")), result, &diag);
    } else if (strcmp(what, "sandbox") == 0) {
        const spx_sandbox sandbox = { .write = { folder, NULL } };
        status = spx_sandbox_enter(&sandbox, &diag);
        if (status == SPX_OK)
            (void)json_object_set_new(result, "way", json_string(first_way_out(folder)));
    }
    spx_child_finish(status, &diag, result);
}

/* ---- the tests ---- */

typedef struct heard {
    double fraction;
    spx_cancel *cancel; /* requested at the first answer; may be NULL */
    double at_s;        /* when */
    uint64_t pixels;
    uint64_t memory_bytes;
    double cpu_s;
    unsigned admitted; /* so often */
} heard;

static void hear(void *user, const json_t *line)
{
    heard *const self = user;
    self->fraction = json_number_value(json_array_get(json_object_get(line, "at"), 1));
    self->at_s = spx_clock_s();
    if (self->cancel != NULL)
        spx_cancel_request(self->cancel);
}

static spx_status admit(void *user, const spx_child_needs *needs, spx_diag *diag)
{
    heard *const self = user;
    (void)diag;
    self->pixels = needs->pixels;
    self->memory_bytes = needs->memory_bytes;
    self->cpu_s = needs->cpu_s;
    self->admitted++;
    return SPX_OK;
}

static spx_status run(const char *what, heard *to, spx_child_outcome *out, spx_diag *diag)
{
    const spx_child_task task = {
        .request = json_pack("{s:s, s:s}", "do", what, "folder", test_out_path("child_run")),
        .cancel = to->cancel,
        .answer = hear,
        .admit = admit,
        .user = to,
    };
    const spx_status status = spx_child_run(&task, out, diag);
    json_decref(task.request);
    return status;
}

static void hears_answers_and_the_result(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    char *const path = spx_path_join(test_out_path("child_run"), "photo");
    assert_int_equal(spx_folder_make(test_out_path("child_run"), NULL), SPX_OK);
    assert_int_equal(spx_file_write(path, "pixels", 6, NULL), SPX_OK);
    spx_child_task task = { .request = json_pack("{s:s}", "do", "read"),
                            .file_count = 1,
                            .answer = hear,
                            .admit = admit,
                            .user = &to };
    task.files[0] = open(path, O_RDONLY);

    assert_int_equal(spx_child_run(&task, &out, NULL), SPX_OK);

    assert_string_equal(json_string_value(json_object_get(out.result, "text")), "pixels");
    assert_true(to.fraction == 0.5);
    assert_int_equal(to.pixels, 12000000);
    (void)close(task.files[0]);
    json_decref(out.result);
    json_decref(task.request);
    free(path);
}

static void a_failure_comes_with_its_words(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("fail", &to, &out, &diag), SPX_ERR_CORRUPT);

    assert_string_equal(diag.text, "photo: damaged");
    json_decref(out.result);
}

static void a_crash_ends_the_child_alone(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("crash", &to, &out, &diag), SPX_ERR_CRASH);

    assert_int_equal(out.signal, SIGSEGV);
    assert_non_null(strstr(diag.text, "crashed"));
    assert_non_null(strstr(out.noise, "the last words"));
    assert_int_equal(spx_status_fault(SPX_ERR_CRASH), SPX_FAULT_SPX);
}

/* As systemd and Slurm do with all processes of what they stop. */
static void only_the_parent_answers_who_asks_to_stop(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("be asked to go", &to, &out, &diag), SPX_OK);

    json_decref(out.result);
}

static void an_abort_for_memory_is_the_machine_s(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;

    assert_int_equal(run("glib", &to, &out, NULL), SPX_ERR_NO_MEMORY);
    assert_int_equal(spx_status_fault(SPX_ERR_NO_MEMORY), SPX_FAULT_MACHINE);
}

static void a_cancel_ends_what_does_not_look_up(void **state)
{
    (void)state;
    static const double most_s = 2.0; /* 0.05 s on a quiet computer */
    heard to = { 0 };
    spx_child_outcome out;
    assert_int_equal(spx_cancel_create(&to.cancel), SPX_OK);

    assert_int_equal(run("busy", &to, &out, NULL), SPX_ERR_CANCELLED);

    assert_true(spx_clock_s() - to.at_s < most_s);
    spx_cancel_destroy(to.cancel);
}

static void what_waits_for_ever_is_ended(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("wait", &to, &out, &diag), SPX_ERR_NO_MEMORY);

    assert_non_null(strstr(diag.text, "waits for something"));
}

static void the_kernel_holds_it_to_its_memory(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* they set aside more than any limit */
#endif
    heard to = { 0 };
    spx_child_outcome out;

    assert_int_equal(run("memory", &to, &out, NULL), SPX_ERR_NO_MEMORY);

    json_decref(out.result);
}

static void one_that_asks_twice_is_let_in_once_and_ended(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("ask twice", &to, &out, &diag), SPX_ERR_CRASH);

    assert_int_equal(to.admitted, 1);
    assert_non_null(strstr(diag.text, "asked twice"));
    json_decref(out.result);
}

static void numbers_beyond_any_photo_are_held_in_bounds(void **state)
{
    (void)state;
    heard to = { .cpu_s = 1.0, .memory_bytes = 1 };
    spx_child_outcome out;

    assert_int_equal(run("ask for anything", &to, &out, NULL), SPX_OK);

    assert_int_equal(to.memory_bytes, 0);
    assert_true(to.cpu_s == 0.0);
    assert_true(to.pixels == 1ULL << 53);
    json_decref(out.result);
}

/* A server for one request: keeps what came, answers "painted". */
typedef struct one_answer {
    int listener;
    char heard[4096];
} one_answer;

static void *answer_once(void *context)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\npainted";
    one_answer *const self = context;
    size_t size = 0;
    const int fd = accept(self->listener, NULL, NULL);
    while (fd >= 0 && size + 1 < sizeof(self->heard) && strstr(self->heard, "{\"a\":1}") == NULL) {
        const ssize_t got = read(fd, self->heard + size, sizeof(self->heard) - 1 - size);
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    (void)!write(fd, text, sizeof(text) - 1);
    (void)close(fd);
    return NULL;
}

static spx_status ask_painter(const char *painter_url, const char *url, spx_child_outcome *out,
                              spx_diag *diag)
{
    const spx_child_painter painter = { .engine = SPX_OUTPAINT_SDAPI,
                                        .url = painter_url,
                                        .token = "very-secret-token",
                                        .timeout_s = 20.0 };
    const spx_child_task task = { .request = json_pack("{s:s, s:s}", "do", "network", "url", url),
                                  .painter = painter_url == NULL ? NULL : &painter };
    const spx_status status = spx_child_run(&task, out, diag);
    json_decref(task.request);
    return status;
}

static void a_painter_is_asked_by_the_parent(void **state)
{
    (void)state;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t at_size = sizeof(at);
    one_answer server = { .listener = socket(AF_INET, SOCK_STREAM, 0) };
    pthread_t thread;
    spx_child_outcome out;
    spx_diag diag = { 0 };
    char painter[64];
    char url[128];
    assert_int_equal(bind(server.listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(server.listener, 1), 0);
    assert_int_equal(getsockname(server.listener, (struct sockaddr *)&at, &at_size), 0);
    (void)snprintf(painter, sizeof(painter), "http://127.0.0.1:%u", ntohs(at.sin_port));
    (void)snprintf(url, sizeof(url), "%s/sdapi/v1/img2img", painter);
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        assert_int_equal(setenv(secrets[i], "very-secret-token", 1), 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &server), 0);

    const spx_status status = ask_painter(painter, url, &out, &diag);
    (void)shutdown(server.listener, SHUT_RDWR);
    (void)pthread_join(thread, NULL);

    assert_string_equal(diag.text, "");
    assert_int_equal(status, SPX_OK);
    assert_string_equal(json_string_value(json_object_get(out.result, "body")), "painted");
    assert_int_equal(json_integer_value(json_object_get(out.result, "code")), 200);
    assert_true(json_is_false(json_object_get(out.result, "has_socket")));
    assert_int_equal(json_integer_value(json_object_get(out.result, "secrets")), 0);
    assert_non_null(strstr(server.heard, "Authorization: Bearer very-secret-token"));
    (void)close(server.listener);
    json_decref(out.result);
}

static void nobody_but_the_painter_is_asked(void **state)
{
    (void)state;
    static const char painter[] = "http://127.0.0.1:9";
    static const char *const others[] = { "http://127.0.0.1:10/x", "https://127.0.0.1:9/x",
                                          "http://localhost:9/x",  "http://127.0.0.1:9@evil/x",
                                          "file:///etc/passwd",    "http:///x" };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        spx_child_outcome out;
        spx_diag diag = { 0 };
        assert_int_equal(ask_painter(painter, others[i], &out, &diag), SPX_ERR_NETWORK);
        assert_non_null(strstr(diag.text, "not the painter's address"));
        json_decref(out.result);
    }
}

static void one_without_a_painter_that_asks_is_ended(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };

    assert_int_equal(run("ask for a network", &to, &out, &diag), SPX_ERR_CRASH);

    assert_non_null(strstr(diag.text, "network that it has not got"));
    json_decref(out.result);
}

static void there_is_no_way_out(void **state)
{
    (void)state;
    heard to = { 0 };
    spx_child_outcome out;
    spx_diag diag = { 0 };
    assert_int_equal(spx_folder_make(test_out_path("child_run"), NULL), SPX_OK);

    assert_int_equal(run("sandbox", &to, &out, &diag), SPX_OK);

    assert_string_equal(json_string_value(json_object_get(out.result, "way")), "");
    json_decref(out.result);
}

static void a_crash_is_tried_again_once_and_then_reported(void **state)
{
    (void)state;
    char *const path = spx_path_join(test_out_path("child_run"), "report.txt");
    spx_gate *gate = NULL;
    spx_child_outcome out;
    spx_bytes report = { 0 };
    (void)unlink(path);
    assert_int_equal(spx_folder_make(test_out_path("child_run"), NULL), SPX_OK);
    assert_int_equal(spx_gate_create(&gate, 0, NULL), SPX_OK);
    const spx_child_rules rules = { .gate = gate, .retries = 2, .report = path, .about = "job x" };
    const spx_child_task task = { .request = json_pack("{s:s}", "do", "crash") };

    assert_int_equal(spx_child_attempt(&task, &rules, &out, NULL), SPX_ERR_CRASH);

    assert_int_equal(spx_file_read(path, 10000, &report, NULL), SPX_OK);
    spx_bytes_u8(&report, 0);
    assert_non_null(strstr((const char *)report.data, "job x"));
    assert_non_null(strstr((const char *)report.data, "the last words"));
    spx_bytes_clear(&report);
    spx_gate_destroy(gate);
    json_decref(task.request);
    free(path);
}

static void a_photo_over_the_budget_is_refused_with_the_numbers(void **state)
{
    (void)state;
    spx_gate *gate = NULL;
    spx_diag diag = { 0 };
    const spx_child_needs fits = { .memory_bytes = 600000000, .pixels = 9000000 };
    const spx_child_needs large = { .memory_bytes = 1500000000, .pixels = 30000000 };
    assert_int_equal(spx_gate_create(&gate, 1000000000, NULL), SPX_OK);

    assert_int_equal(spx_gate_enter(gate, &fits, 0, NULL, NULL), SPX_OK);
    assert_int_equal(spx_gate_enter(gate, &large, 0, NULL, &diag), SPX_ERR_LIMIT);

    assert_non_null(strstr(diag.text, "30.0 megapixels would take 1.5 GB"));
    assert_non_null(strstr(diag.text, "1.0 GB is all"));

    /* A second one of the first kind waits; here until it is cancelled. */
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    assert_int_equal(spx_gate_enter(gate, &fits, 0, cancel, NULL), SPX_ERR_CANCELLED);
    spx_gate_leave(gate, &fits, 0);
    assert_int_equal(spx_gate_enter(gate, &fits, 1, cancel, NULL), SPX_OK);
    spx_gate_leave(gate, &fits, 1);
    spx_cancel_destroy(cancel);
    spx_gate_destroy(gate);
}

typedef struct lone {
    spx_gate *gate;
    spx_child_needs needs;
    spx_status status;
} lone;

static void *enter_alone(void *context)
{
    lone *const self = context;
    self->status = spx_gate_enter(self->gate, &self->needs, 1, NULL, NULL);
    if (self->status == SPX_OK)
        spx_gate_leave(self->gate, &self->needs, 1);
    return NULL;
}

static void nobody_enters_before_one_that_waits_to_be_alone(void **state)
{
    (void)state;
    static const double most_s = 10.0; /* for the thread to begin */
    const spx_child_needs small = { .memory_bytes = 1000 };
    lone waiting = { .needs = small, .status = SPX_ERR_INTERNAL };
    pthread_t thread;
    spx_cancel *cancel = NULL;
    spx_status status = SPX_OK;
    assert_int_equal(spx_gate_create(&waiting.gate, 1000000, NULL), SPX_OK);
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel); /* whoever would have to wait gives up */
    assert_int_equal(spx_gate_enter(waiting.gate, &small, 0, NULL, NULL), SPX_OK);
    assert_int_equal(pthread_create(&thread, NULL, enter_alone, &waiting), 0);

    const double begin_s = spx_clock_s();
    while (status == SPX_OK && spx_clock_s() - begin_s < most_s) {
        status = spx_gate_enter(waiting.gate, &small, 0, cancel, NULL);
        if (status == SPX_OK)
            spx_gate_leave(waiting.gate, &small, 0);
    }
    spx_gate_leave(waiting.gate, &small, 0);
    assert_int_equal(pthread_join(thread, NULL), 0);

    assert_int_equal(status, SPX_ERR_CANCELLED);
    assert_int_equal(waiting.status, SPX_OK);
    assert_int_equal(spx_gate_enter(waiting.gate, &small, 0, cancel, NULL), SPX_OK);
    spx_gate_leave(waiting.gate, &small, 0);
    spx_cancel_destroy(cancel);
    spx_gate_destroy(waiting.gate);
}

static void any_bytes_pass_as_text(void **state)
{
    (void)state;
    static const char bytes[] = "caf\xe9/\xff\x80 \xc3\xa9";
    json_t *const text = spx_child_text(bytes);
    char *const back = spx_child_bytes(text);

    assert_string_equal(back, bytes);
    free(back);
    json_decref(text);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], SPX_CHILD_WORD) == 0)
        child();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_answers_and_the_result),
        cmocka_unit_test(a_failure_comes_with_its_words),
        cmocka_unit_test(a_crash_ends_the_child_alone),
        cmocka_unit_test(only_the_parent_answers_who_asks_to_stop),
        cmocka_unit_test(an_abort_for_memory_is_the_machine_s),
        cmocka_unit_test(a_cancel_ends_what_does_not_look_up),
        cmocka_unit_test(what_waits_for_ever_is_ended),
        cmocka_unit_test(the_kernel_holds_it_to_its_memory),
        cmocka_unit_test(one_that_asks_twice_is_let_in_once_and_ended),
        cmocka_unit_test(numbers_beyond_any_photo_are_held_in_bounds),
        cmocka_unit_test(there_is_no_way_out),
        cmocka_unit_test(a_painter_is_asked_by_the_parent),
        cmocka_unit_test(nobody_but_the_painter_is_asked),
        cmocka_unit_test(one_without_a_painter_that_asks_is_ended),
        cmocka_unit_test(a_crash_is_tried_again_once_and_then_reported),
        cmocka_unit_test(a_photo_over_the_budget_is_refused_with_the_numbers),
        cmocka_unit_test(nobody_enters_before_one_that_waits_to_be_alone),
        cmocka_unit_test(any_bytes_pass_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

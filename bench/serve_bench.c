/*
 * How many requests a second the server answers, what it adds to a conversion, what a page weighs
 * until it can be seen, and how long a photo takes until it is seen in 3D and until it is saved
 * again with another strength.
 *
 *     serve [--port N] [--connections N] [--seconds S] [--photo FILE]
 *
 * Starts $SPX_PROGRAM serve (or ./build/release/spx) in a temporary folder unless --port names a
 * running one. Clients keep their connections and send one request at a time. Client and server
 * share the processors: on two of them the server alone would be quicker than what is printed.
 */
#include "base/clock.h"
#include "base/file.h"
#include "jobs/folders.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, BUFFER_BYTES = 1 << 20 };

typedef struct settings {
    int port;
    int connections;
    double seconds;
    const char *photo;
} settings;

static int dial(int port)
{
    const int on = 1;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        perror("connect");
        exit(1);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static void send_all(int fd, const char *data, size_t size)
{
    while (size != 0) {
        const ssize_t put = send(fd, data, size, MSG_NOSIGNAL);
        if (put <= 0) {
            perror("send");
            exit(1);
        }
        data += put;
        size -= (size_t)put;
    }
}

/* Reads one answer that has a Content-Length; returns its status and its body in `buffer`. */
static int receive(int fd, char *buffer, char **body)
{
    size_t have = 0;
    for (;;) {
        const ssize_t got = recv(fd, buffer + have, BUFFER_BYTES - 1 - have, 0);
        if (got <= 0) {
            (void)fprintf(stderr, "the server hung up\n");
            exit(1);
        }
        have += (size_t)got;
        buffer[have] = '\0';
        char *const end = strstr(buffer, "\r\n\r\n");
        if (end == NULL)
            continue;
        const char *const length = strstr(buffer, "Content-Length: ");
        const size_t size = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
        if (have < (size_t)(end + 4 - buffer) + size)
            continue;
        *body = end + 4;
        return (int)strtol(buffer + 9, NULL, 10);
    }
}

/* Asks for one path on many connections at once; prints answers a second. */
static void measure(const settings *with, const char *what, const char *path)
{
    static char buffer[BUFFER_BYTES];
    struct pollfd polled[CONNECTIONS_MAX];
    char request[512];
    char *body = NULL;
    unsigned long count = 0;
    (void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    for (int i = 0; i < with->connections; i++) {
        polled[i] = (struct pollfd){ .fd = dial(with->port), .events = POLLIN };
        send_all(polled[i].fd, request, strlen(request));
    }
    const double begin_s = spx_clock_s();
    while (spx_clock_s() - begin_s < with->seconds) {
        (void)poll(polled, (nfds_t)with->connections, 1000);
        for (int i = 0; i < with->connections; i++) {
            if ((polled[i].revents & POLLIN) == 0)
                continue;
            if (receive(polled[i].fd, buffer, &body) != 200) {
                (void)fprintf(stderr, "%s: %.60s\n", path, buffer);
                exit(1);
            }
            count++;
            send_all(polled[i].fd, request, strlen(request));
        }
    }
    const double took_s = spx_clock_s() - begin_s;
    for (int i = 0; i < with->connections; i++)
        (void)close(polled[i].fd);
    (void)printf("%-12s %8.0f requests/s  (%d connections)\n", what, (double)count / took_s,
                 with->connections);
}

/* Posts the photo to a path, behind other parts of the form, and waits for the answer. Returns
 * seconds; *body is the answer. */
static double post(const settings *with, const char *path, const char *parts, char *buffer,
                   char **body)
{
    static const char head[] = "--spx-bench\r\nContent-Disposition: form-data; name=\"file\"; "
                               "filename=\"bench.jpg\"\r\n\r\n";
    static const char tail[] = "\r\n--spx-bench--\r\n";
    char request[512];
    spx_bytes photo = { 0 };
    spx_diag diag = { 0 };
    if (spx_file_read(with->photo, 1U << 30, &photo, &diag) != SPX_OK) {
        (void)fprintf(stderr, "%s\n", diag.text);
        exit(1);
    }
    const int fd = dial(with->port);
    const double begin_s = spx_clock_s();
    (void)snprintf(request, sizeof(request),
                   "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
                   "boundary=spx-bench\r\nContent-Length: %zu\r\n\r\n",
                   path, strlen(parts) + photo.size + sizeof(head) + sizeof(tail) - 2);
    send_all(fd, request, strlen(request));
    send_all(fd, parts, strlen(parts));
    send_all(fd, head, sizeof(head) - 1);
    send_all(fd, (const char *)photo.data, photo.size);
    send_all(fd, tail, sizeof(tail) - 1);
    const int status = receive(fd, buffer, body);
    const double took_s = spx_clock_s() - begin_s;
    (void)close(fd);
    spx_bytes_clear(&photo);
    if (status != 200 && status != 201) {
        (void)fprintf(stderr, "%s: %s\n", path, buffer);
        exit(1);
    }
    return took_s;
}

/* Sends one request and reads its answer; what: method and path. Returns the status. */
static int ask(int fd, const char *what, const char *sent, char *buffer, char **body)
{
    char request[512];
    (void)snprintf(request, sizeof(request),
                   "%s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   what, strlen(sent), sent);
    send_all(fd, request, strlen(request));
    return receive(fd, buffer, body);
}

static size_t body_size(const char *buffer)
{
    const char *const length = strstr(buffer, "Content-Length: ");
    return length == NULL ? 0 : strtoul(length + 16, NULL, 10);
}

/* Asks for what the page names: styles, which it is not painted without, or all. Returns bytes. */
static size_t load_named(const settings *with, const char *html, const char *kind, int *count)
{
    static char buffer[BUFFER_BYTES];
    size_t bytes = 0;
    const int fd = dial(with->port);
    for (const char *at = strstr(html, kind); at != NULL; at = strstr(at + 1, kind)) {
        char path[256];
        char *body = NULL;
        const char *const from = strchr(at + strlen(kind), '"');
        (void)snprintf(path, sizeof(path), "GET %.*s", (int)strcspn(from + 1, "\""), from + 1);
        if (ask(fd, path, "", buffer, &body) != 200) {
            (void)fprintf(stderr, "%s: %.60s\n", path, buffer);
            exit(1);
        }
        bytes += body_size(buffer);
        (*count)++;
    }
    (void)close(fd);
    return bytes;
}

/* What has to arrive until the page can be painted, and until it works. */
static void measure_page(const settings *with)
{
    static char html[BUFFER_BYTES];
    char *body = NULL;
    int styles = 0;
    int modules = 0;
    const int fd = dial(with->port);
    const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"; /* to be read here */
    const double begin_s = spx_clock_s();
    send_all(fd, request, strlen(request));
    (void)receive(fd, html, &body);
    const size_t paint =
        body_size(html) + load_named(with, body, "rel=\"stylesheet\" href=", &styles);
    const double paint_s = spx_clock_s() - begin_s;
    const size_t works = load_named(with, body, "rel=\"modulepreload\" href=", &modules) +
                         load_named(with, body, "<script type=\"module\" src=", &modules);
    (void)printf(
        "page: %zu kB and %d styles until it is painted (%.1f ms), %zu kB in %d modules more "
        "until it works (%.1f ms)\n",
        paint / 1000, styles, paint_s * 1000.0, works / 1000, modules,
        (spx_clock_s() - begin_s) * 1000.0);
    (void)close(fd);
}

/* Waits until the job's answer has one of both texts. */
static double wait_for(const settings *with, const char *id, const char *text, const char *other)
{
    static char buffer[BUFFER_BYTES];
    enum { PAUSE_US = 10000 };
    char request[160];
    char *body = NULL;
    const int fd = dial(with->port);
    /* Not packed: the answer is searched. */
    (void)snprintf(request, sizeof(request),
                   "GET /api/v1/jobs/%s HTTP/1.1\r\nHost: localhost\r\n\r\n", id);
    for (;;) {
        send_all(fd, request, strlen(request));
        (void)receive(fd, buffer, &body);
        if (strstr(body, text) != NULL || strstr(body, other) != NULL)
            break;
        (void)usleep(PAUSE_US);
    }
    (void)close(fd);
    return spx_clock_s();
}

/* As the page does it: the spatial photo first, 3D from the small pictures, then another strength.
 */
static void measure_depth(const settings *with)
{
    static char buffer[BUFFER_BYTES];
    static const char failed[] = "\"state\":\"failed\"";
    static const char done[] = "\"state\":\"done\"";
    char *body = NULL;
    char id[SPX_ID_SIZE] = "";
    char what[64];
    const double begin_s = spx_clock_s();
    (void)post(with, "/api/v1/jobs",
               "--spx-bench\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nspatial\r\n",
               buffer, &body);
    const char *const at = strstr(body, "\"id\":\"");
    if (at == NULL)
        return;
    memcpy(id, at + 6, SPX_ID_LENGTH);
    (void)wait_for(with, id, "\"photo\":\"/api", failed); /* 3D is made of both */
    const double seen_s = wait_for(with, id, "\"depth\":\"/api", failed) - begin_s;
    const double better_s = wait_for(with, id, "depth_preview.jpg", failed) - begin_s;
    const double whole_s = wait_for(with, id, done, failed) - begin_s;
    (void)snprintf(what, sizeof(what), "POST /api/v1/jobs/%s/render", id);
    const int fd = dial(with->port);
    const double again_begin_s = spx_clock_s();
    if (ask(fd, what, "{\"strength\":4,\"done\":\"views\"}", buffer, &body) != 202)
        (void)fprintf(stderr, "render: %.60s\n", buffer);
    (void)close(fd);
    const double new_eyes_s = wait_for(with, id, "right_preview.jpg?r=2", failed) - again_begin_s;
    const double again_s = wait_for(with, id, done, failed) - again_begin_s;
    const double file_s = wait_for(with, id, "_spatial.heic?r=2", failed) - again_begin_s;
    (void)printf(
        "3D can be seen after %.2f s, %.2f of the whole job (%.2f s), with all its depth after "
        "%.2f s; another strength is in both eyes after %.2f s, %.2f of it, saved after %.2f s, "
        "%.2f of it, and in a new file after %.2f s, %.2f of it\n",
        seen_s, seen_s / whole_s, whole_s, better_s, new_eyes_s, new_eyes_s / whole_s, again_s,
        again_s / whole_s, file_s, file_s / whole_s);
}

/* The seconds that the library itself needed for the job, from its summary. */
static double library_seconds(const settings *with, const char *id)
{
    static char buffer[BUFFER_BYTES];
    char request[256];
    char *body = NULL;
    double sum_s = 0.0;
    const int fd = dial(with->port);
    (void)snprintf(request, sizeof(request),
                   "GET /api/v1/jobs/%s HTTP/1.1\r\nHost: localhost\r\n\r\n", id);
    send_all(fd, request, strlen(request));
    (void)receive(fd, buffer, &body);
    (void)close(fd);
    const char *at = strstr(body, "\"seconds\":{");
    const char *const end = at == NULL ? NULL : strchr(at + 11, '}');
    while (end != NULL && (at = strchr(at + 1, ':')) != NULL && at < end) {
        if (at[1] != '{')
            sum_s += strtod(at + 1, NULL);
    }
    return sum_s;
}

static void measure_latency(const settings *with)
{
    static char buffer[BUFFER_BYTES];
    enum { RUNS = 5 };
    double least_ms = 1e9;
    for (int i = 0; i < RUNS; i++) {
        char *body = NULL;
        char id[SPX_ID_SIZE] = "";
        const double whole_s = post(with, "/upload/", "", buffer, &body);
        const char *const at = strstr(body, "\"job\":\"");
        if (at != NULL)
            memcpy(id, at + 7, SPX_ID_LENGTH);
        const double bare_s = library_seconds(with, id);
        const double added_ms = (whole_s - bare_s) * 1000.0;
        (void)printf("upload to answer %7.1f ms, conversion %7.1f ms, added %6.1f ms\n",
                     whole_s * 1000.0, bare_s * 1000.0, added_ms);
        least_ms = added_ms < least_ms ? added_ms : least_ms;
    }
    (void)printf("added, least of %d: %.1f ms\n", RUNS, least_ms);
}

/* Starts the program on a free port, which it prints. */
static pid_t start(settings *with, const char *folder)
{
    int ends[2];
    char line[256] = "";
    const char *const named = getenv("SPX_PROGRAM"); /* NOLINT(concurrency-mt-unsafe) */
    const char *const program = named == NULL ? "build/release/spx" : named;
    if (pipe(ends) != 0)
        exit(1);
    const pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* whatever ends this program */
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)execl(program, program, "serve", "--port", "0", "--data", folder, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    size_t have = 0;
    while (have + 1 < sizeof(line) && strchr(line, '\n') == NULL) {
        const ssize_t got = read(ends[0], line + have, sizeof(line) - 1 - have);
        if (got <= 0)
            break;
        have += (size_t)got;
        line[have] = '\0';
    }
    (void)close(ends[0]);
    const char *const colon = strrchr(line, ':');
    if (child < 0 || colon == NULL) {
        (void)fprintf(stderr, "%s: does not serve\n", program);
        exit(1);
    }
    with->port = (int)strtol(colon + 1, NULL, 10);
    return child;
}

int main(int argc, char **argv)
{
    static char buffer[BUFFER_BYTES];
    settings with = { .connections = 32, .seconds = 3.0, .photo = "tests/data/photos/coffee.png" };
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0)
            with.port = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--connections") == 0)
            with.connections = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            with.seconds = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--photo") == 0)
            with.photo = argv[i + 1];
    }
    if (with.connections < 1 || with.connections > CONNECTIONS_MAX)
        return 2;
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* what was measured stays, whatever ends this */
    char folder[] = "/tmp/spx-serve-XXXXXX";
    pid_t child = -1;
    if (with.port == 0 && mkdtemp(folder) != NULL)
        child = start(&with, folder);

    char *body = NULL;
    char path[128];
    measure_page(&with);
    measure_depth(&with);
    measure_latency(&with);
    (void)post(&with, "/upload/", "", buffer, &body);
    const char *const at = strstr(body, "\"job\":\"");
    measure(&with, "static page", "/");
    measure(&with, "health", "/healthz");
    (void)snprintf(path, sizeof(path), "/api/v1/jobs/%.32s", at == NULL ? "" : at + 7);
    measure(&with, "job status", path);
    (void)snprintf(path, sizeof(path), "/api/v1/jobs/%.32s/files/thumbnail.jpg",
                   at == NULL ? "" : at + 7);
    measure(&with, "thumbnail", path);
    if (child > 0) {
        (void)kill(child, SIGTERM);
        (void)waitpid(child, NULL, 0);
        spx_folder_remove(folder);
    }
    return 0;
}

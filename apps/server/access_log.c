#include "server/access_log.h"

#include "base/clock.h"
#include "base/file.h"
#include "jobs/utf8.h"
#include "server/exchange.h"
#include "server/job_json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MODE = 0640, SHOWN_DIGITS = 8 };
static const double ms_per_s = 1000.0;

struct spx_access_log {
    const char *path;
    pthread_mutex_t lock; /* guards fd */
    int fd;
};

spx_status spx_access_log_reopen(spx_access_log *log, spx_diag *diag)
{
    const int fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return spx_file_fail(errno, log->path, "open", diag);
    (void)pthread_mutex_lock(&log->lock);
    const int before = log->fd;
    log->fd = fd;
    (void)pthread_mutex_unlock(&log->lock);
    if (before >= 0)
        (void)close(before);
    return SPX_OK;
}

spx_status spx_access_log_open(spx_access_log **out, const char *path, spx_diag *diag)
{
    *out = NULL;
    spx_access_log *const log = calloc(1, sizeof(*log));
    if (log == NULL)
        return spx_fail_memory(diag, "access log");
    log->path = path;
    log->fd = -1;
    (void)pthread_mutex_init(&log->lock, NULL);
    const spx_status status = spx_access_log_reopen(log, diag);
    if (status == SPX_OK) {
        *out = log;
    } else {
        spx_access_log_close(log);
    }
    return status;
}

void spx_access_log_close(spx_access_log *log)
{
    if (log == NULL)
        return;
    if (log->fd >= 0)
        (void)close(log->fd);
    (void)pthread_mutex_destroy(&log->lock);
    free(log);
}

/* The path with the beginnings of its ids alone. */
static json_t *path_json(const char *path)
{
    static const char digits[] = "0123456789abcdef";
    spx_bytes shown = { 0 };
    for (const char *at = path; *at != '\0';) {
        const size_t size = strspn(at, digits);
        const int is_id = size >= SPX_ID_LENGTH;
        spx_bytes_append(&shown, at, is_id ? SHOWN_DIGITS : size != 0 ? size : 1);
        if (is_id)
            spx_bytes_text(&shown, "...");
        at += size != 0 ? size : 1;
    }
    spx_bytes_u8(&shown, 0);
    json_t *const value = shown.failed ? NULL : spx_utf8_json((const char *)shown.data);
    spx_bytes_clear(&shown);
    return value;
}

static json_t *text_json(const char *text)
{
    return text == NULL || text[0] == '\0' ? json_null() : spx_utf8_json(text);
}

static void put_line(spx_access_log *log, const char *text, size_t size)
{
    spx_bytes line = { 0 };
    spx_bytes_append(&line, text, size);
    spx_bytes_text(&line, "\n");
    (void)pthread_mutex_lock(&log->lock);
    if (!line.failed) {
        const ssize_t put = write(log->fd, line.data, line.size);
        (void)put; /* a full disk loses lines, not requests */
    }
    (void)pthread_mutex_unlock(&log->lock);
    spx_bytes_clear(&line);
}

void spx_access_log_write(spx_access_log *log, const struct spx_exchange *exchange, int ended)
{
    if (log == NULL || exchange == NULL)
        return;
    json_t *const object = json_pack(
        "{so, so, so, so, so, si, sI, so, so, sb}", "time", spx_time_json(spx_jobs_now_ms()),
        "client", text_json(exchange->client), "key", text_json(exchange->key.name), "method",
        spx_utf8_json(exchange->method), "path", path_json(exchange->path), "status",
        (int)exchange->status, "received", (json_int_t)exchange->received, "ms",
        json_real(round((spx_clock_s() - exchange->begun_s) * ms_per_s)), "agent",
        text_json(exchange->agent), "ended", ended);
    char *const text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text != NULL)
        put_line(log, text, strlen(text));
    free(text);
}

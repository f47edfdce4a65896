#include "cli/result_log.h"

#include "base/file.h"
#include "cli/text.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODE = 0644 };

static int is_key(const char *text)
{
    return text != NULL && strlen(text) == SPX_SHA256_HEX - 1;
}

/* Whether a line says that its photo need not be worked on again. */
static int is_done(const json_t *line)
{
    const char *const status = json_string_value(json_object_get(line, "status"));
    const char *const fault = json_string_value(json_object_get(line, "fault"));
    return status != NULL &&
           (strcmp(status, "ok") == 0 ||
            (fault != NULL && strcmp(fault, spx_fault_name(SPX_FAULT_PHOTO)) == 0));
}

static spx_status remember(spx_result_log *log, const char *text, spx_diag *diag)
{
    json_t *const line = json_loads(text, 0, NULL);
    const char *const key = json_string_value(json_object_get(line, "key"));
    spx_status status = SPX_OK;
    if (is_key(key) && is_done(line)) {
        char *const copy = strdup(key);
        char *const *const entry = copy == NULL ? NULL : tsearch(copy, &log->done, spx_text_order);
        if (entry == NULL || *entry != copy)
            free(copy);
        if (entry == NULL)
            status = spx_fail_memory(diag, log->path);
    }
    json_decref(line);
    return status;
}

static spx_status read_all(spx_result_log *log, spx_diag *diag)
{
    FILE *const from = fopen(log->path, "re");
    char *text = NULL;
    size_t room = 0;
    spx_status status = SPX_OK;
    if (from == NULL)
        return errno == ENOENT ? SPX_OK : spx_file_fail(errno, log->path, "read", diag);
    while (status == SPX_OK && getline(&text, &room, from) >= 0)
        status = remember(log, text, diag);
    if (status == SPX_OK && ferror(from))
        status = spx_file_fail(errno, log->path, "read", diag);
    free(text);
    (void)fclose(from);
    return status;
}

/* A line that was cut off ends here, so that the next one is whole. */
static spx_status end_last_line(const spx_result_log *log, spx_diag *diag)
{
    char last = '\n';
    const off_t size = lseek(log->fd, 0, SEEK_END);
    if (size <= 0)
        return SPX_OK;
    if (pread(log->fd, &last, 1, size - 1) == 1 && last == '\n')
        return SPX_OK;
    return write(log->fd, "\n", 1) == 1 ? SPX_OK : spx_file_fail(errno, log->path, "write", diag);
}

spx_status spx_result_log_open(spx_result_log *log, const char *path, int resume, spx_diag *diag)
{
    *log = (spx_result_log){ .path = strdup(path) };
    if (log->path == NULL || pthread_mutex_init(&log->lock, NULL) != 0) {
        free(log->path);
        log->path = NULL;
        return spx_fail_memory(diag, path);
    }
    spx_status status = resume ? read_all(log, diag) : SPX_OK;
    if (status == SPX_OK) {
        log->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, MODE);
        status =
            log->fd < 0 ? spx_file_fail(errno, path, "create", diag) : end_last_line(log, diag);
    }
    if (status != SPX_OK)
        spx_result_log_close(log);
    return status;
}

void spx_result_log_close(spx_result_log *log)
{
    if (log->path == NULL)
        return;
    if (log->fd > 0)
        (void)close(log->fd);
    tdestroy(log->done, free);
    free(log->path);
    (void)pthread_mutex_destroy(&log->lock);
    *log = (spx_result_log){ .path = NULL };
}

int spx_result_log_has(const spx_result_log *log, const char key[SPX_SHA256_HEX])
{
    void *const tree = log->done;
    return tfind(key, &tree, spx_text_order) != NULL;
}

/* One write(): lines of several processes do not mix. */
static spx_status append(const spx_result_log *log, const char *text, size_t size, spx_diag *diag)
{
    const ssize_t put = write(log->fd, text, size);
    if (put != (ssize_t)size || fdatasync(log->fd) != 0) {
        return spx_file_fail(put >= 0 && put != (ssize_t)size ? ENOSPC : errno, log->path, "write",
                             diag);
    }
    return SPX_OK;
}

spx_status spx_result_log_add(spx_result_log *log, json_t *line, spx_diag *diag)
{
    char *const text =
        line == NULL ? NULL : json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(9));
    char *whole = NULL;
    const int size = text == NULL ? -1 : asprintf(&whole, "%s\n", text);
    spx_status status = SPX_OK;
    json_decref(line);
    free(text);
    if (size < 0)
        return spx_fail_memory(diag, log->path);
    (void)pthread_mutex_lock(&log->lock);
    status = append(log, whole, (size_t)size, diag);
    (void)pthread_mutex_unlock(&log->lock);
    free(whole);
    return status;
}

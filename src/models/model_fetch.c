/*
 * Fetching weights: NAME.safetensors.part grows in the models' folder, across calls when a
 * connection breaks, and becomes NAME.safetensors when its SHA-256 is right.
 *
 * The host's answer is a redirection to a store of large files; its X-Linked-ETag header is the
 * SHA-256 of the file, and X-Linked-Size its size.
 */
#include "base/file.h"
#include "base/sized.h"
#include "models/model_store.h"
#include "models/model_sums.h"
#include "net/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    URL_BYTES = 1024,
    FILE_BYTES = 128,
    QUIET_S = 60,
    PAGE_BYTES = 1 << 16, /* of an error that is kept */
    MODE = 0644,
    HTTP_OK = 200,
    HTTP_PARTIAL = 206,
    HTTP_NOT_FOUND = 404,
    HTTP_RANGE = 416,
};

static const char default_host[] = "https://huggingface.co";
static const uint64_t most_bytes = 8000000000U;

typedef struct fetch {
    const spx_model_known *known;
    const spx_model_fetch_options *options;
    spx_model_report *report;
    spx_diag *diag;
    char file[FILE_BYTES]; /* NAME.safetensors */
    const char *folder;
    char *path;
    char *part;
    char url[URL_BYTES];
    char expected[SPX_SHA256_HEX]; /* known before the server is asked; may be empty */
    char offered[SPX_SHA256_HEX];  /* the server's word; may be empty */
    int fd;                        /* of the part */
    uint64_t have;                 /* bytes in the part */
    uint64_t total;                /* 0 = not known */
    spx_http *http;
    int began;         /* the answer's body has begun */
    spx_status failed; /* of the part's file: said already */
} fetch;

static void on_header(void *user, const char *line, size_t size)
{
    static const char sum[] = "x-linked-etag:";
    static const char length[] = "x-linked-size:";
    fetch *const self = user;
    char value[128] = "";
    const size_t taken = size < sizeof(value) - 1 ? size : sizeof(value) - 1;
    memcpy(value, line, taken);
    if (strncasecmp(value, sum, sizeof(sum) - 1) == 0) {
        const char *const hex = value + sizeof(sum) - 1 + strspn(value + sizeof(sum) - 1, " \"");
        if (spx_model_sum_is_valid(hex))
            (void)snprintf(self->offered, sizeof(self->offered), "%.64s", hex);
    } else if (strncasecmp(value, length, sizeof(length) - 1) == 0) {
        self->total = strtoull(value + sizeof(length) - 1, NULL, 10);
    }
}

/* The answer may be the whole file although its end was asked for. */
static spx_status begin_body(fetch *self, long code, uint64_t size)
{
    if (code == HTTP_OK && self->have != 0) {
        self->have = 0;
        if (ftruncate(self->fd, 0) != 0 || lseek(self->fd, 0, SEEK_SET) < 0)
            return spx_file_fail(errno, self->part, "write", self->diag);
    }
    if (self->total == 0 && size != 0)
        self->total = self->have + size;
    self->began = 1;
    return SPX_OK;
}

static spx_status on_begin(void *user, long code, uint64_t size)
{
    fetch *const self = user;
    self->failed = begin_body(self, code, size);
    return self->failed;
}

static void tell(void *user)
{
    const fetch *const self = user;
    if (self->options->progress != NULL)
        self->options->progress(self->options->user, self->have, self->total);
}

static spx_status take_body(fetch *self, const void *bytes, size_t size)
{
    if (self->have + size > most_bytes)
        return spx_fail(self->diag, SPX_ERR_LIMIT, "%s: is far too large", self->url);
    if (!spx_fd_write(self->fd, bytes, size))
        return spx_file_fail(errno, self->part, "write", self->diag);
    self->have += size;
    tell(self);
    return SPX_OK;
}

static spx_status on_body(void *user, const void *bytes, size_t size)
{
    fetch *const self = user;
    self->failed = take_body(self, bytes, size);
    return self->failed;
}

/* What went wrong before or below HTTP, in words for somebody who wants a model. */
static spx_status connection_failed(const fetch *self, spx_status status, int is_reached,
                                    const char *why)
{
    if (status == SPX_ERR_CANCELLED) {
        return spx_fail(self->diag, status, "%s: stopped; the next fetch goes on there",
                        self->known->name);
    }
    if (status != SPX_ERR_NETWORK)
        return spx_fail(self->diag, status, "%s", why);
    if (self->began) {
        return spx_fail(self->diag, status,
                        "%s: broke off after %llu of %llu bytes (%s); the next fetch goes on there",
                        self->url, (unsigned long long)self->have, (unsigned long long)self->total,
                        why);
    }
    if (!is_reached) {
        return spx_fail(
            self->diag, status,
            "%s: cannot be reached (%s). Offline? Fetch the file elsewhere and run: spx "
            "model add FILE. Behind a proxy? Set https_proxy",
            self->url, why);
    }
    return spx_fail(self->diag, status, "%s", why);
}

static spx_status answer_failed(const fetch *self, long code)
{
    if (code == HTTP_NOT_FOUND)
        return spx_fail(self->diag, SPX_ERR_NOT_FOUND, "%s: is not there (404)", self->url);
    return spx_fail(self->diag, SPX_ERR_REMOTE, "%s: the server answered %ld", self->url, code);
}

/* One request: the part grows up to the file's end. *again: the part was longer than the file. */
static spx_status request(fetch *self, int *again)
{
    struct stat about;
    *again = 0;
    self->began = 0;
    if (fstat(self->fd, &about) != 0 || lseek(self->fd, 0, SEEK_END) < 0)
        return spx_file_fail(errno, self->part, "read", self->diag);
    self->have = (uint64_t)about.st_size;
    const spx_http_request wanted = { .url = self->url,
                                      .header = on_header,
                                      .begin = on_begin,
                                      .receive = on_body,
                                      .tick = tell,
                                      .user = self,
                                      .quiet_s = QUIET_S,
                                      .resume_at = self->have };
    spx_http_answer answer = { 0 };
    spx_diag failure = { 0 };
    const uint64_t had = self->have;
    const spx_status status = spx_http_send(self->http, &wanted, &answer, &failure);
    const long code = answer.code;
    const int is_reached = answer.is_reached;
    spx_http_answer_clear(&answer);
    if (self->failed != SPX_OK)
        return self->failed;
    if (status != SPX_OK)
        return connection_failed(self, status, is_reached, failure.text);
    if (code == HTTP_RANGE && had != 0) {
        /* Nothing is left to send: whole, if the sizes agree, else of no use. */
        *again = self->total == 0 || had != self->total;
        return SPX_OK;
    }
    return code == HTTP_OK || code == HTTP_PARTIAL ? SPX_OK : answer_failed(self, code);
}

static spx_status request_all(fetch *self)
{
    int again = 0;
    SPX_TRY(request(self, &again));
    if (!again)
        return SPX_OK;
    if (ftruncate(self->fd, 0) != 0)
        return spx_file_fail(errno, self->part, "write", self->diag);
    SPX_TRY(request(self, &again));
    return again ? spx_fail(self->diag, SPX_ERR_REMOTE, "%s: the server answers oddly", self->url)
                 : SPX_OK;
}

static spx_status download(fetch *self)
{
    const spx_task task = { .cancel = self->options->cancel };
    const spx_http_options options = { .task = &task, .most_bytes = PAGE_BYTES, .says_all = 1 };
    SPX_TRY(spx_http_open(&self->http, &options, self->diag));
    const spx_status status = request_all(self);
    spx_http_close(self->http);
    self->http = NULL;
    return status;
}

/* Moves the part to its place if it is what it should be. */
static spx_status accept_part(fetch *self)
{
    spx_model_report *const report = self->report;
    const char *const wanted = self->expected[0] != '\0' ? self->expected : self->offered;
    SPX_TRY(spx_model_sum_file(self->part, report->sha256, &report->size, self->diag));
    if (wanted[0] == '\0') {
        return spx_fail(self->diag, SPX_ERR_REMOTE,
                        "%s: neither spx nor the server knows its SHA-256; it is kept as %s",
                        self->url, self->part);
    }
    if (self->total != 0 && report->size < self->total) {
        return spx_fail(self->diag, SPX_ERR_NETWORK,
                        "%s: broke off after %llu of %llu bytes; the next fetch goes on there",
                        self->url, (unsigned long long)report->size,
                        (unsigned long long)self->total);
    }
    if (strcmp(wanted, report->sha256) != 0) {
        (void)unlink(self->part);
        return spx_fail(self->diag, SPX_ERR_CORRUPT,
                        "%s: came with SHA-256 %s instead of %s and was deleted", self->url,
                        report->sha256, wanted);
    }
    report->pinned = self->expected[0] != '\0';
    if (fsync(self->fd) != 0 || rename(self->part, self->path) != 0)
        return spx_file_fail(errno, self->path, "write", self->diag);
    return spx_model_sums_set(self->folder, self->file, report->sha256, self->diag);
}

static spx_status fetch_into_folder(fetch *self)
{
    spx_status status = SPX_OK;
    self->fd = -1;
    self->path = spx_path_join(self->folder, self->file);
    const size_t part_size = strlen(self->folder) + sizeof(self->file) + sizeof("/.part");
    self->part = malloc(part_size);
    if (self->path == NULL || self->part == NULL) {
        status = spx_fail_memory(self->diag, self->known->name);
        goto out;
    }
    (void)snprintf(self->part, part_size, "%s.part", self->path);
    if (access(self->path, F_OK) == 0) {
        self->report->was_there = 1;
        status =
            spx_model_sum_file(self->path, self->report->sha256, &self->report->size, self->diag);
        goto out;
    }
    SPX_TRY_OUT(spx_folder_make(self->folder, self->diag));
    if (self->known->sha256 != NULL) {
        (void)snprintf(self->expected, sizeof(self->expected), "%s", self->known->sha256);
    } else {
        SPX_TRY_OUT(spx_model_sums_find(self->folder, self->file, self->expected, self->diag));
    }
    self->fd = open(self->part, O_RDWR | O_CREAT | O_CLOEXEC, MODE);
    if (self->fd < 0) {
        status = spx_file_fail(errno, self->part, "create", self->diag);
        goto out;
    }
    if (flock(self->fd, LOCK_EX | LOCK_NB) != 0) {
        status =
            spx_fail(self->diag, SPX_ERR_EXISTS, "%s: somebody is fetching it already", self->part);
        goto out;
    }
    SPX_TRY_OUT(download(self));
    SPX_TRY_OUT(accept_part(self));

out:
    if (self->fd >= 0)
        (void)close(self->fd);
    free(self->path);
    free(self->part);
    return status;
}

static void set_defaults(spx_model_fetch_options *options)
{
    *options = (spx_model_fetch_options){ 0 };
    options->size = sizeof(*options);
}

void spx_model_fetch_options_init_sized(spx_model_fetch_options *options, size_t size)
{
    spx_model_fetch_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

static spx_status check_wish(const char *name, const spx_model_known *known, int accepted,
                             spx_diag *diag)
{
    if (known == NULL || known->url_path == NULL) {
        char names[256];
        return spx_fail(diag, SPX_ERR_ARGUMENT, "\"%.80s\" cannot be fetched; these can: %s", name,
                        spx_model_fetchable_text(names, sizeof(names)));
    }
    if (known->needs_acceptance && !accepted) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "%s is licensed %s: not for commercial use; --accept-licence says that "
                        "you agree",
                        name, known->licence);
    }
    return SPX_OK;
}

spx_status spx_model_fetch(const char *name, const spx_model_fetch_options *options,
                           spx_model_report *out, spx_diag *diag)
{
    spx_model_fetch_options wanted;
    *out = (spx_model_report){ 0 };
    set_defaults(&wanted);
    SPX_TRY(spx_sized_take(&wanted, options, offsetof(spx_model_fetch_options, cancel),
                           "the options of fetching", diag));
    const spx_model_known *const known = spx_model_known_find(name);
    SPX_TRY(check_wish(name, known, wanted.accept_licence, diag));
    const char *host = wanted.url;
    if (host == NULL)
        host = getenv("SPX_MODEL_URL"); // NOLINT(concurrency-mt-unsafe)
    if (host == NULL || host[0] == '\0')
        host = default_host;
    spx_model_folders folders = { 0 };
    SPX_TRY(spx_model_folders_init(&folders, wanted.model_dir, diag));
    fetch self = {
        .known = known, .options = &wanted, .report = out, .diag = diag, .folder = folders.path[0]
    };
    (void)snprintf(out->name, sizeof(out->name), "%s", name);
    (void)snprintf(self.file, sizeof(self.file), "%s.safetensors", name);
    (void)snprintf(self.url, sizeof(self.url), "%s/%s", host, known->url_path);
    const spx_status status = fetch_into_folder(&self);
    spx_model_folders_clear(&folders);
    return status;
}

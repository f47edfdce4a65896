/*
 * Blobs in a bucket: s3://BUCKET/PREFIX/ID/NAME. A connection belongs to one thread at a time;
 * those that are idle wait on a short list. One whose request was refused is not used again: the
 * next one reads the credentials anew, which may have been renewed in their file.
 */
#include "base/file.h"
#include "base/task.h"
#include "blobs/blobs_internal.h"
#include "net/s3.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IDLE_MOST = 8 };

typedef struct s3_blobs {
    spx_blobs common;     /* first */
    spx_task task;        /* for the stop */
    char *url;            /* ends with a slash */
    size_t prefix;        /* bytes of a key that are the prefix's */
    pthread_mutex_t lock; /* guards all below */
    spx_s3 *idle[IDLE_MOST];
    size_t idle_count;
} s3_blobs;

static s3_blobs *self_of(spx_blobs *blobs)
{
    return (s3_blobs *)(void *)blobs;
}

static spx_status take_connection(s3_blobs *self, spx_s3 **out, spx_diag *diag)
{
    (void)pthread_mutex_lock(&self->lock);
    *out = self->idle_count == 0 ? NULL : self->idle[--self->idle_count];
    (void)pthread_mutex_unlock(&self->lock);
    return *out != NULL ? SPX_OK : spx_s3_open(out, NULL, SPX_S3_STYLE_AUTO, &self->task, diag);
}

static void give_connection(s3_blobs *self, spx_s3 *s3, spx_status outcome)
{
    (void)pthread_mutex_lock(&self->lock);
    const int keep = outcome == SPX_OK && self->idle_count < IDLE_MOST;
    if (keep)
        self->idle[self->idle_count++] = s3;
    (void)pthread_mutex_unlock(&self->lock);
    if (!keep)
        spx_s3_close(s3);
}

static void close_blobs(spx_blobs *blobs)
{
    s3_blobs *const self = self_of(blobs);
    for (size_t i = 0; i < self->idle_count; i++)
        spx_s3_close(self->idle[i]);
    (void)pthread_mutex_destroy(&self->lock);
    free(self->url);
    free(self);
}

/* Makes one request about a key, with a connection of its own. */
static spx_status request(s3_blobs *self, const char *key,
                          spx_status (*make)(spx_s3 *s3, const char *url, void *user,
                                             spx_diag *diag),
                          void *user, spx_diag *diag)
{
    spx_s3 *s3 = NULL;
    char *url = NULL;
    if (asprintf(&url, "%s%s", self->url, key) < 0)
        return spx_fail_memory(diag, key);
    spx_status status = take_connection(self, &s3, diag);
    if (status == SPX_OK) {
        status = make(s3, url, user, diag);
        give_connection(self, s3, status);
    }
    free(url);
    return status;
}

static const char *type_of(const char *key)
{
    static const char *const known[][2] = { { ".heic", "image/heic" }, { ".jpg", "image/jpeg" },
                                            { ".png", "image/png" },   { ".gif", "image/gif" },
                                            { ".webp", "image/webp" }, { ".mp4", "video/mp4" },
                                            { ".html", "text/html" } };
    const char *const dot = strrchr(key, '.');
    for (size_t i = 0; dot != NULL && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(dot, known[i][0]) == 0)
            return known[i][1];
    }
    return "application/octet-stream";
}

static spx_status make_put(spx_s3 *s3, const char *url, void *user, spx_diag *diag)
{
    return spx_s3_put(s3, url, user, diag);
}

static spx_status put(spx_blobs *blobs, const char *key, const char *path, spx_diag *diag)
{
    spx_mapping file = { 0 };
    SPX_TRY(spx_mapping_open(&file, path, diag));
    spx_s3_object object = { .data = file.data, .size = file.size, .content_type = type_of(key) };
    const spx_status status = request(self_of(blobs), key, make_put, &object, diag);
    spx_mapping_close(&file);
    return status;
}

/* Where the bytes of a blob go. */
typedef struct sink {
    int fd;
    const char *path;
    spx_diag *diag;
} sink;

static spx_status begin(void *user)
{
    const sink *const self = user;
    return ftruncate(self->fd, 0) == 0 && lseek(self->fd, 0, SEEK_SET) == 0
               ? SPX_OK
               : spx_file_fail(errno, self->path, "write", self->diag);
}

static spx_status receive(void *user, const void *bytes, size_t size)
{
    const sink *const self = user;
    return spx_fd_write(self->fd, bytes, size)
               ? SPX_OK
               : spx_file_fail(errno, self->path, "write", self->diag);
}

static spx_status make_get(spx_s3 *s3, const char *url, void *user, spx_diag *diag)
{
    return spx_s3_get(s3, url, user, diag);
}

// NOLINTNEXTLINE(readability-function-size): six
static spx_status get(
    spx_blobs *blobs, const char *key, int fd, const char *path,
    int64_t *modified_s, // NOLINT(readability-non-const-parameter): the table's type
    spx_diag *diag)
{
    sink to = { .fd = fd, .path = path, .diag = diag };
    spx_s3_reader reader = {
        .begin = begin, .receive = receive, .user = &to, .modified_s = modified_s
    };
    return request(self_of(blobs), key, make_get, &reader, diag);
}

typedef struct listing {
    size_t prefix;
    spx_status (*take)(void *user, const char *key, int64_t modified_s);
    void *user;
} listing;

static spx_status take_key(void *user, const char *key, int64_t modified_s)
{
    const listing *const self = user;
    return strlen(key) <= self->prefix ? SPX_OK
                                       : self->take(self->user, key + self->prefix, modified_s);
}

static spx_status make_list(spx_s3 *s3, const char *url, void *user, spx_diag *diag)
{
    return spx_s3_list(s3, url, take_key, user, diag);
}

static spx_status list(spx_blobs *blobs, const char *prefix,
                       spx_status (*take)(void *user, const char *key, int64_t modified_s),
                       void *user, spx_diag *diag)
{
    s3_blobs *const self = self_of(blobs);
    listing all = { self->prefix, take, user };
    return request(self, prefix, make_list, &all, diag);
}

static spx_status make_delete(spx_s3 *s3, const char *url, void *user, spx_diag *diag)
{
    (void)user;
    return spx_s3_delete(s3, url, diag);
}

static spx_status remove_blob(spx_blobs *blobs, const char *key, spx_diag *diag)
{
    return request(self_of(blobs), key, make_delete, NULL, diag);
}

static const spx_blobs_functions functions = {
    .close = close_blobs, .put = put, .get = get, .list = list, .remove = remove_blob
};

static spx_status count_one(void *user, const char *key, int64_t modified_s)
{
    (void)user;
    (void)key;
    (void)modified_s;
    return SPX_OK;
}

spx_status spx_s3_blobs_open(spx_blobs **out, const char *url, const spx_cancel *stop,
                             spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_s3_check(url, 1, diag));
    s3_blobs *const self = calloc(1, sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, "blobs");
    self->common.functions = &functions;
    self->task.cancel = stop;
    (void)pthread_mutex_init(&self->lock, NULL);
    const size_t size = strlen(url);
    const int bare = url[size - 1] != '/';
    spx_status status = SPX_OK;
    if (asprintf(&self->url, "%s%s", url, bare ? "/" : "") < 0) {
        self->url = NULL;
        status = spx_fail_memory(diag, "blobs");
    } else {
        self->prefix = strlen(strchr(self->url + strlen("s3://"), '/') + 1);
        /* No job has that name: what is learnt is whether one may ask. */
        status = list(&self->common, "-", count_one, NULL, diag);
    }
    if (status == SPX_OK) {
        *out = &self->common;
    } else {
        close_blobs(&self->common);
    }
    return status;
}

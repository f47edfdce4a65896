/* Blobs in a folder that all nodes have, under their keys. */
#include "base/file.h"
#include "blobs/blobs_internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct folder_blobs {
    spx_blobs common; /* first */
    char *path;
} folder_blobs;

static folder_blobs *self_of(spx_blobs *blobs)
{
    return (folder_blobs *)(void *)blobs;
}

static void close_blobs(spx_blobs *blobs)
{
    free(self_of(blobs)->path);
    free(blobs);
}

static spx_status put(spx_blobs *blobs, const char *key, const char *path, spx_diag *diag)
{
    spx_mapping file = { 0 };
    char *const to = spx_path_join(self_of(blobs)->path, key);
    char *const folder = to == NULL ? NULL : spx_path_folder(to);
    spx_status status = folder == NULL ? spx_fail_memory(diag, key) : spx_folder_make(folder, diag);
    if (status == SPX_OK)
        status = spx_mapping_open(&file, path, diag);
    if (status == SPX_OK)
        status = spx_file_write(to, file.data, file.size, diag);
    spx_mapping_close(&file);
    free(folder);
    free(to);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): six
static spx_status get(spx_blobs *blobs, const char *key, int fd, const char *path,
                      int64_t *modified_s, spx_diag *diag)
{
    struct stat about;
    spx_mapping file = { 0 };
    char *const from = spx_path_join(self_of(blobs)->path, key);
    if (from == NULL)
        return spx_fail_memory(diag, key);
    spx_status status = SPX_OK;
    if (stat(from, &about) != 0) {
        status = errno == ENOENT ? spx_fail(diag, SPX_ERR_NOT_FOUND, "%s: is not there", from)
                                 : spx_file_fail(errno, from, "read", diag);
    } else {
        *modified_s = about.st_mtim.tv_sec;
        status = spx_mapping_open(&file, from, diag);
    }
    if (status == SPX_OK && !spx_fd_write(fd, file.data, file.size))
        status = spx_file_fail(errno, path, "write", diag);
    spx_mapping_close(&file);
    free(from);
    return status;
}

/* What is told of a folder, and of those in it. */
typedef struct walk {
    const char *root;
    const char *prefix;
    spx_status (*take)(void *user, const char *key, int64_t modified_s);
    void *user;
} walk;

static spx_status walk_folder(const walk *self, const char *key);

/* Temporary names begin with a dot. */
static spx_status walk_entry(const walk *self, const char *folder, const char *name)
{
    struct stat about;
    char *key = NULL;
    spx_status status = SPX_OK;
    if (name[0] == '.')
        return SPX_OK;
    if (asprintf(&key, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name) < 0)
        return SPX_ERR_NO_MEMORY;
    char *const path = spx_path_join(self->root, key);
    const size_t common = strlen(key) < strlen(self->prefix) ? strlen(key) : strlen(self->prefix);
    if (path != NULL && strncmp(key, self->prefix, common) == 0 && lstat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode)) {
            status = walk_folder(self, key);
        } else if (strlen(key) >= strlen(self->prefix)) {
            status = self->take(self->user, key, about.st_mtim.tv_sec);
        }
    }
    free(path);
    free(key);
    return status;
}

static spx_status walk_folder(const walk *self, const char *key)
{
    spx_status status = SPX_OK;
    const struct dirent *entry = NULL;
    char *const path = key[0] == '\0' ? strdup(self->root) : spx_path_join(self->root, key);
    DIR *const folder = path == NULL ? NULL : opendir(path);
    while (folder != NULL && status == SPX_OK &&
           (entry = readdir(folder)) != NULL) /* NOLINT(concurrency-mt-unsafe): own stream */
        status = walk_entry(self, key, entry->d_name);
    if (folder != NULL)
        (void)closedir(folder);
    free(path);
    return status;
}

static spx_status list(spx_blobs *blobs, const char *prefix,
                       spx_status (*take)(void *user, const char *key, int64_t modified_s),
                       void *user, spx_diag *diag)
{
    const walk self = { self_of(blobs)->path, prefix, take, user };
    (void)diag;
    return walk_folder(&self, "");
}

/* Folders that are empty then go too. */
static spx_status remove_blob(spx_blobs *blobs, const char *key, spx_diag *diag)
{
    const folder_blobs *const self = self_of(blobs);
    char *const path = spx_path_join(self->path, key);
    spx_status status = SPX_OK;
    if (path == NULL)
        return spx_fail_memory(diag, key);
    if (unlink(path) != 0 && errno != ENOENT)
        status = spx_file_fail(errno, path, "remove", diag);
    for (char *slash = strrchr(path, '/'); slash != NULL && slash > path + strlen(self->path);
         slash = strrchr(path, '/')) {
        *slash = '\0';
        if (rmdir(path) != 0)
            break;
    }
    free(path);
    return status;
}

static const spx_blobs_functions functions = {
    .close = close_blobs, .put = put, .get = get, .list = list, .remove = remove_blob
};

spx_status spx_folder_blobs_open(spx_blobs **out, const char *path, spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_folder_make(path, diag));
    if (access(path, W_OK) != 0)
        return spx_file_fail(errno, path, "write", diag);
    folder_blobs *const self = calloc(1, sizeof(*self));
    if (self != NULL) {
        self->common.functions = &functions;
        self->path = strdup(path);
    }
    if (self == NULL || self->path == NULL) {
        free(self);
        return spx_fail_memory(diag, path);
    }
    *out = &self->common;
    return SPX_OK;
}

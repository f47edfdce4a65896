#include "base/file.h"
#include "blobs/blobs_internal.h"
#include "net/s3.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 256, MODE = 0600 };

spx_status spx_blobs_open(spx_blobs **out, const char *url, const spx_cancel *stop, spx_diag *diag)
{
    return spx_s3_is_url(url) ? spx_s3_blobs_open(out, url, stop, diag)
                              : spx_folder_blobs_open(out, url, diag);
}

void spx_blobs_close(spx_blobs *blobs)
{
    if (blobs != NULL)
        blobs->functions->close(blobs);
}

static void make_key(char out[KEY_BYTES], const char *id, const char *name)
{
    (void)snprintf(out, KEY_BYTES, "%s/%s", id, name);
}

spx_status spx_blobs_put(spx_blobs *blobs, const char *id, const char *name, const char *path,
                         spx_diag *diag)
{
    char key[KEY_BYTES];
    make_key(key, id, name);
    return blobs->functions->put(blobs, key, path, diag);
}

/* Under a name of its own first: two threads may bring the same blob. */
static spx_status get_staged(spx_blobs *blobs, const char *key, const char *path, spx_diag *diag)
{
    char *staged = NULL;
    int64_t modified_s = 0;
    if (asprintf(&staged, "%s.XXXXXX", path) < 0)
        return spx_fail_memory(diag, path);
    const int fd = mkostemp(staged, O_CLOEXEC);
    if (fd < 0) {
        const spx_status status = spx_file_fail(errno, staged, "create", diag);
        free(staged);
        return status;
    }
    spx_status status = blobs->functions->get(blobs, key, fd, staged, &modified_s, diag);
    const struct timespec times[] = { { .tv_sec = modified_s }, { .tv_sec = modified_s } };
    if (status == SPX_OK && modified_s != 0)
        (void)futimens(fd, times);
    if (close(fd) != 0 && status == SPX_OK)
        status = spx_file_fail(errno, path, "write", diag);
    if (status == SPX_OK && rename(staged, path) != 0)
        status = spx_file_fail(errno, path, "write", diag);
    if (status != SPX_OK)
        (void)unlink(staged);
    free(staged);
    return status;
}

spx_status spx_blobs_get(spx_blobs *blobs, const char *id, const char *name, const char *path,
                         spx_diag *diag)
{
    char key[KEY_BYTES];
    char *const folder = spx_path_folder(path);
    make_key(key, id, name);
    spx_status status =
        folder == NULL ? spx_fail_memory(diag, path) : spx_folder_make(folder, diag);
    if (status == SPX_OK)
        status = get_staged(blobs, key, path, diag);
    free(folder);
    return status;
}

typedef struct listing {
    spx_status (*take)(void *user, const char *id, const char *name, int64_t modified_s);
    void *user;
} listing;

/* Keys that are no ID/NAME are not ours. */
static spx_status take_key(void *user, const char *key, int64_t modified_s)
{
    const listing *const self = user;
    char id[KEY_BYTES];
    const char *const slash = strchr(key, '/');
    if (slash == NULL || slash == key || (size_t)(slash - key) >= sizeof(id) || slash[1] == '\0')
        return SPX_OK;
    (void)snprintf(id, sizeof(id), "%.*s", (int)(slash - key), key);
    return self->take(self->user, id, slash + 1, modified_s);
}

spx_status spx_blobs_list(spx_blobs *blobs, const char *id,
                          spx_status (*take)(void *user, const char *id, const char *name,
                                             int64_t modified_s),
                          void *user, spx_diag *diag)
{
    char prefix[KEY_BYTES] = "";
    listing self = { take, user };
    if (id != NULL)
        make_key(prefix, id, "");
    return blobs->functions->list(blobs, prefix, take_key, &self, diag);
}

/* Keys that are to go. */
typedef struct doomed {
    char (*keys)[KEY_BYTES];
    size_t count;
    size_t room;
} doomed;

static spx_status doom(void *user, const char *key, int64_t modified_s)
{
    doomed *const self = user;
    (void)modified_s;
    if (self->count == self->room) {
        const size_t room = self->room * 2 + 16;
        void *const grown = realloc(self->keys, room * KEY_BYTES);
        if (grown == NULL)
            return SPX_ERR_NO_MEMORY;
        self->keys = grown;
        self->room = room;
    }
    (void)snprintf(self->keys[self->count++], KEY_BYTES, "%s", key);
    return SPX_OK;
}

spx_status spx_blobs_remove(spx_blobs *blobs, const char *id, const char *prefix, spx_diag *diag)
{
    char key[KEY_BYTES];
    doomed all = { .keys = NULL };
    make_key(key, id, prefix);
    spx_status status = blobs->functions->list(blobs, key, doom, &all, diag);
    for (size_t i = 0; i < all.count && status == SPX_OK; i++)
        status = blobs->functions->remove(blobs, all.keys[i], diag);
    free(all.keys);
    return status;
}

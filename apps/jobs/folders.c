#include "jobs/folders.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PRIVATE_MODE = 0600 };

static const char *const parts[] = { "incoming", "uploads", "outpainted", "records" };
enum { PART_COUNT = sizeof(parts) / sizeof(parts[0]), FIRST_JOB_PART = 1 };

char *spx_folders_path(const char *data_dir, const char *part, const char *id, const char *name)
{
    char *path = NULL;
    const int size = name == NULL ? asprintf(&path, "%s/%s/%s", data_dir, part, id)
                                  : asprintf(&path, "%s/%s/%s/%s", data_dir, part, id, name);
    return size < 0 ? NULL : path;
}

char *spx_folders_blob_path(const char *data_dir, const char *id, const char *name)
{
    static const char outpainted[] = "outpainted/";
    const size_t size = sizeof(outpainted) - 1;
    if (strncmp(name, outpainted, size) == 0)
        return spx_folders_path(data_dir, "outpainted", id, name + size);
    return spx_folders_path(data_dir, "uploads", id, name);
}

spx_status spx_folders_prepare(const char *data_dir, spx_diag *diag)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        char *const path = spx_path_join(data_dir, parts[i]);
        if (path == NULL)
            return spx_fail_memory(diag, data_dir);
        const spx_status status = spx_folder_make(path, diag);
        free(path);
        if (status != SPX_OK)
            return status;
    }
    return SPX_OK;
}

spx_status spx_folders_lock(const char *data_dir, int *out, spx_diag *diag)
{
    *out = -1;
    char *const path = spx_path_join(data_dir, "lock");
    if (path == NULL)
        return spx_fail_memory(diag, data_dir);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, PRIVATE_MODE);
    free(path);
    if (fd < 0)
        return spx_fail(diag, SPX_ERR_IO, "%s: cannot write to the data folder", data_dir);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return spx_fail(diag, SPX_ERR_EXISTS, "%s: another server uses this data folder", data_dir);
    }
    *out = fd;
    return SPX_OK;
}

/* Out of the way in one step, so that nothing new gets in, and then away. */
void spx_folders_remove(const char *data_dir, const char *id)
{
    char *const away = spx_folders_path(data_dir, "incoming", id, NULL);
    for (size_t i = FIRST_JOB_PART; i < PART_COUNT && away != NULL; i++) {
        char *const path = spx_folders_path(data_dir, parts[i], id, NULL);
        spx_folder_remove(away);
        if (path != NULL && rename(path, away) != 0)
            spx_folder_remove(path);
        free(path);
    }
    if (away != NULL)
        spx_folder_remove(away);
    free(away);
}

/* Calls take() for each entry of a folder; a missing folder has none. */
static void for_each_entry(const char *path, void (*take)(void *user, const char *name), void *user)
{
    const struct dirent *entry = NULL;
    DIR *const folder = opendir(path);
    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL) /* NOLINT(concurrency-mt-unsafe): own stream */
        take(user, entry->d_name);
    (void)closedir(folder);
}

typedef struct sweep {
    const char *data_dir;
    const char *part;
    int (*known)(void *user, const char *id); /* NULL: no id is */
    void *user;
} sweep;

/* What has not the form of an id is not ours. */
static void sweep_entry(void *user, const char *name)
{
    const sweep *const self = user;
    if (!spx_id_valid(name))
        return;
    char *const path = spx_folders_path(self->data_dir, self->part, name, NULL);
    if (path != NULL && self->known != NULL && self->known(self->user, name)) {
        spx_folder_sweep(path, 0);
    } else if (path != NULL) {
        spx_folder_remove(path);
    }
    free(path);
}

void spx_folders_sweep(const char *data_dir, int (*known)(void *user, const char *id), void *user)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        char *const path = spx_path_join(data_dir, parts[i]);
        sweep each = { data_dir, parts[i], i < FIRST_JOB_PART ? NULL : known, user };
        if (path != NULL)
            for_each_entry(path, sweep_entry, &each);
        free(path);
    }
}

typedef struct kept {
    const char *data_dir;
    const char *id;
    const char *prefix;
} kept;

static void drop_entry(void *user, const char *name)
{
    const kept *const self = user;
    if (name[0] == '.' || strncmp(name, self->prefix, strlen(self->prefix)) == 0)
        return;
    char *const path = spx_folders_path(self->data_dir, "outpainted", self->id, name);
    if (path != NULL)
        (void)unlink(path);
    free(path);
}

void spx_folders_keep_picture(const char *data_dir, const char *id, const char *prefix)
{
    char *const path = spx_folders_path(data_dir, "outpainted", id, NULL);
    kept self = { data_dir, id, prefix };
    if (path != NULL)
        for_each_entry(path, drop_entry, &self);
    free(path);
}

typedef struct idleness {
    const char *data_dir;
    time_t before;
    int (*busy)(void *user, const char *id);
    void *user;
} idleness;

static void sweep_if_idle(void *user, const char *name)
{
    const idleness *const self = user;
    struct stat about;
    char *const path =
        spx_id_valid(name) ? spx_folders_path(self->data_dir, "uploads", name, NULL) : NULL;
    if (path != NULL && stat(path, &about) == 0 && about.st_mtim.tv_sec < self->before &&
        !self->busy(self->user, name))
        spx_folders_remove(self->data_dir, name);
    free(path);
}

void spx_folders_sweep_idle(const char *data_dir, double after_s,
                            int (*busy)(void *user, const char *id), void *user)
{
    idleness self = { data_dir, time(NULL) - (time_t)after_s, busy, user };
    char *const path = spx_path_join(data_dir, "uploads");
    if (path != NULL)
        for_each_entry(path, sweep_if_idle, &self);
    free(path);
}

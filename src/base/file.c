/*
 * Files that appear whole or not at all. A file is written under a temporary name beside its
 * place, which holds the writer's process, and gets its name when every file of the set is
 * written; a set that fails half way gets its old files back. What a killed process left is swept
 * by the next one that writes there, once nobody of that number lives.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0777, FILE_MODE = 0666 };

spx_status spx_file_fail(int cause, const char *path, const char *doing, spx_diag *diag)
{
    char buffer[128] = "";
    const char *const text = strerror_r(cause, buffer, sizeof(buffer)); /* the GNU form */
    const spx_status status = cause == ENOENT ? SPX_ERR_NOT_FOUND : SPX_ERR_IO;
    return spx_fail(diag, status, "%s: cannot %s: %s", path, doing, text);
}

/* Opens a regular file for reading and tells its size; -1 on failure, which is reported. */
static int open_regular(const char *path, uint64_t *size, spx_status *status, spx_diag *diag)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        *status = spx_file_fail(errno, path, "open", diag);
        return -1;
    }
    struct stat about;
    if (fstat(fd, &about) != 0) {
        *status = spx_file_fail(errno, path, "read", diag);
    } else if (S_ISDIR(about.st_mode)) {
        *status = spx_fail(diag, SPX_ERR_IO, "%s: is a folder, not a file", path);
    } else if (!S_ISREG(about.st_mode)) {
        *status = spx_fail(diag, SPX_ERR_IO, "%s: is not a regular file", path);
    } else {
        *size = (uint64_t)about.st_size;
        *status = SPX_OK;
        return fd;
    }
    (void)close(fd);
    return -1;
}

spx_status spx_file_open(const char *path, int *out, spx_diag *diag)
{
    uint64_t size = 0;
    spx_status status = SPX_OK;
    *out = open_regular(path, &size, &status, diag);
    return status;
}

spx_status spx_file_read(const char *path, uint64_t max_bytes, spx_bytes *out, spx_diag *diag)
{
    *out = (spx_bytes){ 0 };
    uint64_t size = 0;
    spx_status status = SPX_OK;
    const int fd = open_regular(path, &size, &status, diag);
    if (fd < 0)
        return status;

    if (size > max_bytes) {
        status = spx_fail(diag, SPX_ERR_LIMIT, "%s: %llu bytes are over the limit of %llu", path,
                          (unsigned long long)size, (unsigned long long)max_bytes);
        goto out;
    }
    spx_bytes_append_zeros(out, (size_t)size);
    SPX_TRY_OUT(spx_bytes_check(out, path, diag));
    size_t have = 0;
    while (have < out->size) {
        const ssize_t got = read(fd, out->data + have, out->size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            status = spx_file_fail(errno, path, "read", diag);
            goto out;
        }
        if (got == 0)
            break;
        have += (size_t)got;
    }
    out->size = have; /* shorter when the file shrank meanwhile */

out:
    (void)close(fd);
    if (status != SPX_OK)
        spx_bytes_clear(out);
    return status;
}

int spx_fd_write(int fd, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size != 0) {
        const ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return 0;
        at += put;
        size -= (size_t)put;
    }
    return 1;
}

/* ".spx-", the process, "-" and 16 hex digits: never longer than the file system allows. */
enum { TEMPORARY_SIZE = 48 };
static const char temporary_prefix[] = ".spx-";

/* In the folder of `path`; NULL without memory. */
static char *temporary_path(const char *path)
{
    const size_t folder_size = (size_t)(spx_path_name(path) - path);
    char *const temporary = malloc(folder_size + TEMPORARY_SIZE);
    unsigned long long salt = 0;
    if (temporary == NULL || getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt)) {
        free(temporary);
        return NULL;
    }
    memcpy(temporary, path, folder_size);
    (void)snprintf(temporary + folder_size, TEMPORARY_SIZE, "%s%ld-%016llx", temporary_prefix,
                   (long)getpid(), salt);
    return temporary;
}

/* The process in a temporary file's name; 0 when it is none of ours. */
static long owner_in(const char *name)
{
    const size_t prefix = sizeof(temporary_prefix) - 1;
    char *end = NULL;
    if (strncmp(name, temporary_prefix, prefix) != 0 || name[prefix] < '1' || name[prefix] > '9')
        return 0;
    const long owner = strtol(name + prefix, &end, 10);
    const int is_ours = owner > 0 && owner <= INT32_MAX && *end == '-' &&
                        strspn(end + 1, "0123456789abcdef") == 2 * sizeof(uint64_t) &&
                        end[1 + 2 * sizeof(uint64_t)] == '\0';
    return is_ours ? owner : 0;
}

/* With the files in it; folders in it stay, and so does it. */
static void remove_folder(int parent, const char *name)
{
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *const folder = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry = NULL;
    if (folder == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    while ((entry = readdir(folder)) != NULL) // NOLINT(concurrency-mt-unsafe): own stream
        (void)unlinkat(fd, entry->d_name, 0);
    (void)closedir(folder);
    (void)unlinkat(parent, name, AT_REMOVEDIR);
}

static void sweep_folder(int parent, const char *name)
{
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_folder(parent, name);
    (void)close(fd);
}

/* Left behind: its process is gone, here and, by the lock, anywhere that the file can be seen. */
static void sweep_one(int folder, const char *name)
{
    const int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == EISDIR)
        sweep_folder(folder, name);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(folder, name, 0);
    (void)close(fd);
}

void spx_folder_sweep(const char *path, long of_process)
{
    DIR *const folder = opendir(path);
    const struct dirent *entry = NULL;
    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL) { // NOLINT(concurrency-mt-unsafe): own stream
        const long owner = owner_in(entry->d_name);
        if (owner == 0 || (of_process != 0 && owner != of_process))
            continue;
        if (of_process != 0 || (kill((pid_t)owner, 0) != 0 && errno == ESRCH))
            sweep_one(dirfd(folder), entry->d_name);
    }
    (void)closedir(folder);
}

void spx_folder_sweep_of(const char *file)
{
    char *const folder = spx_path_folder(file);
    if (folder != NULL)
        spx_folder_sweep(folder, 0);
    free(folder);
}

/* The bytes under `temporary`, on the disk; nothing is left of it on failure. *out: the open file,
 * locked where the file system has locks. */
static spx_status write_new(const spx_staged_file *file, const void *data, size_t size, int *out,
                            spx_diag *diag)
{
    const int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    *out = -1;
    if (fd < 0)
        return spx_file_fail(errno, file->path, "create", diag);
    (void)flock(fd, LOCK_EX | LOCK_NB);
    if (spx_fd_write(fd, data, size) && fsync(fd) == 0) {
        *out = fd;
        return SPX_OK;
    }
    const spx_status status = spx_file_fail(errno, file->path, "write", diag);
    (void)unlink(file->temporary);
    (void)close(fd);
    return status;
}

spx_status spx_staged_file_write(spx_staged_file *out, const char *path, const void *data,
                                 size_t size, spx_diag *diag)
{
    struct stat about;
    *out = (spx_staged_file){ .path = path, .fd = -1 };
    if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return spx_file_fail(EISDIR, path, "replace", diag);
    out->temporary = temporary_path(path);
    if (out->temporary == NULL)
        return spx_fail_memory(diag, path);
    const spx_status status = write_new(out, data, size, &out->fd, diag);
    if (status != SPX_OK) {
        free(out->temporary);
        *out = (spx_staged_file){ .fd = -1 };
    }
    return status;
}

static int swap_names(const spx_staged_file *file)
{
    return renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_EXCHANGE);
}

spx_status spx_staged_file_commit(spx_staged_file *file, spx_diag *diag)
{
    file->replaced = swap_names(file) == 0;
    if (!file->replaced && rename(file->temporary, file->path) != 0)
        return spx_file_fail(errno, file->path, "write", diag);
    file->committed = 1;
    return SPX_OK;
}

void spx_staged_file_undo(spx_staged_file *file)
{
    if (file->replaced) {
        (void)swap_names(file);
    } else if (file->committed) {
        (void)unlink(file->path);
    }
    file->committed = file->replaced = 0;
}

void spx_staged_file_discard(spx_staged_file *file)
{
    if (file->temporary != NULL) {
        if (!file->committed || file->replaced)
            (void)unlink(file->temporary);
        (void)close(file->fd);
    }
    free(file->temporary);
    *file = (spx_staged_file){ .fd = -1 };
}

spx_status spx_staged_folder_make(spx_staged_folder *out, const char *path, spx_diag *diag)
{
    struct stat about;
    *out = (spx_staged_folder){ .fd = -1 };
    if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return spx_file_fail(EISDIR, path, "replace", diag);
    spx_folder_sweep_of(path);
    char *const folder = temporary_path(path);
    if (folder == NULL)
        return spx_fail_memory(diag, path);
    if (mkdir(folder, S_IRWXU) != 0) {
        const spx_status status = spx_file_fail(errno, path, "create", diag);
        free(folder);
        return status;
    }
    out->path = folder;
    out->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->fd >= 0)
        (void)flock(out->fd, LOCK_EX | LOCK_NB);
    return SPX_OK;
}

spx_status spx_staged_folder_commit(const spx_staged_folder *folder, const char *name,
                                    const char *path, int no_overwrite, spx_diag *diag)
{
    char *const from = spx_path_join(folder->path, name);
    struct stat about;
    spx_status status = SPX_OK;
    if (from == NULL)
        return spx_fail_memory(diag, path);
    /* Who filled the folder may have been led astray: a link would stand for somebody's file. */
    if (lstat(from, &about) != 0 || !S_ISREG(about.st_mode)) {
        status = spx_fail(diag, SPX_ERR_CRASH, "%s: was not made", path);
    } else if (renameat2(AT_FDCWD, from, AT_FDCWD, path, no_overwrite ? RENAME_NOREPLACE : 0) !=
               0) {
        status = errno == EEXIST ? spx_fail(diag, SPX_ERR_EXISTS, "%s: already exists", path)
                 : errno == EINVAL && rename(from, path) == 0
                     ? SPX_OK /* a file system without the flag */
                     : spx_file_fail(errno, path, "write", diag);
    }
    free(from);
    return status;
}

void spx_staged_folder_discard(spx_staged_folder *folder)
{
    if (folder->path != NULL) {
        remove_folder(AT_FDCWD, folder->path);
        if (folder->fd >= 0)
            (void)close(folder->fd);
    }
    free(folder->path);
    *folder = (spx_staged_folder){ .fd = -1 };
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    (void)remove(path);
    return 0;
}

void spx_folder_remove(const char *path)
{
    enum { OPEN_FOLDERS = 8 };
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): it is where threads do not change folder */
    (void)nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

void spx_folder_sync(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

spx_status spx_file_write(const char *path, const void *data, size_t size, spx_diag *diag)
{
    spx_staged_file file;
    SPX_TRY(spx_staged_file_write(&file, path, data, size, diag));
    const spx_status status = spx_staged_file_commit(&file, diag);
    spx_staged_file_discard(&file);
    return status;
}

static int make_one(const char *path)
{
    struct stat about;
    if (mkdir(path, FOLDER_MODE) == 0)
        return 0;
    if (errno != EEXIST)
        return -1;
    if (stat(path, &about) != 0)
        return -1;
    if (!S_ISDIR(about.st_mode)) {
        errno = ENOTDIR;
        return -1;
    }
    return 0;
}

spx_status spx_folder_make(const char *path, spx_diag *diag)
{
    char *const copy = strdup(path);
    if (copy == NULL)
        return spx_fail_memory(diag, path);
    int failed = 0;
    for (char *at = copy + 1; copy[0] != '\0' && *at != '\0' && !failed; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        failed = make_one(copy);
        *at = '/';
    }
    if (!failed)
        failed = make_one(copy);
    free(copy);
    return failed ? spx_file_fail(errno, path, "make the folder", diag) : SPX_OK;
}

spx_status spx_mapping_open(spx_mapping *out, const char *path, spx_diag *diag)
{
    *out = (spx_mapping){ 0 };
    uint64_t size = 0;
    spx_status status = SPX_OK;
    const int fd = open_regular(path, &size, &status, diag);
    if (fd < 0)
        return status;
    if (size == 0) {
        (void)close(fd);
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: the file is empty", path);
    }
    void *const data = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        status = spx_file_fail(errno, path, "map", diag);
    } else {
        *out = (spx_mapping){ .data = data, .size = (size_t)size };
    }
    (void)close(fd);
    return status;
}

void spx_mapping_close(spx_mapping *mapping)
{
    void *address = NULL;
    memcpy(&address, &mapping->data, sizeof(address)); /* munmap() wants it without const */
    if (address != NULL)
        (void)munmap(address, mapping->size);
    *mapping = (spx_mapping){ 0 };
}

const char *spx_path_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

char *spx_path_folder(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t size = slash == path ? 1 : (size_t)(slash == NULL ? 0 : slash - path);
    return slash == NULL ? strdup(".") : strndup(path, size);
}

char *spx_path_join(const char *folder, const char *name)
{
    const size_t folder_size = strlen(folder);
    const char *const slash = folder_size != 0 && folder[folder_size - 1] != '/' ? "/" : "";
    const size_t size = folder_size + strlen(slash) + strlen(name) + 1;
    char *const path = malloc(size);
    if (path != NULL)
        (void)snprintf(path, size, "%s%s%s", folder, slash, name);
    return path;
}

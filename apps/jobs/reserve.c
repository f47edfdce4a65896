#include "jobs/reserve.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    RESERVE_BYTES = 4 << 20,
    LEAST_FREE_BYTES = 64 << 20, /* a large photo's files; on a small disk: */
    LEAST_FREE_PART = 16,        /* this part of it */
    FILE_MODE = 0600,
};

static char *reserve_path(const char *data_dir)
{
    return spx_path_join(data_dir, "reserve");
}

/* 1 when fewer bytes than that are free, beyond what the reserve holds. */
static int is_short_of(const char *data_dir, uint64_t more)
{
    struct statvfs about;
    if (statvfs(data_dir, &about) != 0)
        return 0;
    const uint64_t size = (uint64_t)about.f_blocks * about.f_frsize;
    const uint64_t part = size / LEAST_FREE_PART;
    const uint64_t least = part < LEAST_FREE_BYTES ? part : LEAST_FREE_BYTES;
    return (uint64_t)about.f_bavail * about.f_frsize < least + more;
}

void spx_reserve_make(const char *data_dir)
{
    char *const path = reserve_path(data_dir);
    if (path == NULL || access(path, F_OK) == 0 || is_short_of(data_dir, RESERVE_BYTES)) {
        free(path);
        return;
    }
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd >= 0) {
        if (posix_fallocate(fd, 0, RESERVE_BYTES) != 0)
            (void)unlink(path);
        (void)close(fd);
    }
    free(path);
}

int spx_reserve_release(const char *data_dir)
{
    char *const path = reserve_path(data_dir);
    const int released = path != NULL && unlink(path) == 0;
    free(path);
    return released;
}

uint64_t spx_reserve_free(const char *data_dir)
{
    struct statvfs about;
    return statvfs(data_dir, &about) != 0 ? UINT64_MAX : (uint64_t)about.f_bavail * about.f_frsize;
}

int spx_reserve_is_needed(const char *data_dir)
{
    return is_short_of(data_dir, 0);
}

/*
 * inotify says that something came; what it was is found by looking through the folder again, as
 * at the start: names that were seen, with their size and time, are not taken twice. So a queue of
 * the kernel that overflows, or a folder that moves in whole, loses nothing.
 */
#include "cli/watch.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/error_line.h"
#include "cli/text.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOOK_MS = 100,   /* how often the cancel flag is looked at */
    SETTLE_MS = 500, /* a file that has not changed for so long is whole */
    EVENTS = 4096,   /* bytes */
};

/* Where the kernel tells nothing (network file systems), the folder is looked through so often. */
static const double rescan_s = 10.0;

struct spx_watched {
    const char *folder;
    const char *output;
    int recursive;
    const spx_cancel *cancel;
    int fd;     /* inotify; -1 = none */
    void *seen; /* tsearch() tree of "PATH SIZE TIME" */
    spx_photo_list found;
    size_t at;     /* the next of them */
    int unsettled; /* a file was still being written */
    double scanned_s;
};

static char *mark_of(const char *path, const struct stat *about)
{
    char *mark = NULL;
    return asprintf(&mark, "%s %lld %lld.%09ld", path, (long long)about->st_size,
                    (long long)about->st_mtim.tv_sec, about->st_mtim.tv_nsec) < 0
               ? NULL
               : mark;
}

/* 1: not taken before. */
static int is_new(spx_watched *self, const char *path, const struct stat *about)
{
    char *const mark = mark_of(path, about);
    char *const *const entry = mark == NULL ? NULL : tsearch(mark, &self->seen, spx_text_order);
    const int made = entry != NULL && *entry == mark;
    if (!made)
        free(mark);
    return made;
}

static double age_ms(const struct stat *about)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return 1e3 * ((double)(now.tv_sec - about->st_mtim.tv_sec)) +
           1e-6 * (double)(now.tv_nsec - about->st_mtim.tv_nsec);
}

static int has_output(const spx_listed_photo *photo, const struct stat *about)
{
    struct stat made;
    return stat(photo->output, &made) == 0 && S_ISDIR(made.st_mode) &&
           made.st_mtim.tv_sec >= about->st_mtim.tv_sec;
}

/* Takes out what was taken before, is done, or still grows. */
static void drop_known(spx_watched *self)
{
    for (size_t i = self->found.count; i-- > 0;) {
        const spx_listed_photo *const photo = &self->found.items[i];
        struct stat about;
        int keep = stat(photo->path, &about) == 0;
        const double age = keep ? age_ms(&about) : 0.0;
        if (keep && age >= 0.0 && age < SETTLE_MS) {
            self->unsettled = 1;
            keep = 0;
        }
        if (keep)
            keep = is_new(self, photo->path, &about) && !has_output(photo, &about);
        if (!keep)
            spx_photo_list_drop(&self->found, i);
    }
}

static void watch_below(const spx_watched *self, const char *path)
{
    static const uint32_t mask =
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW;
    if (self->fd < 0 || inotify_add_watch(self->fd, path, mask) < 0 || !self->recursive)
        return;
    DIR *const entries = opendir(path);
    const struct dirent *each = NULL;
    while (entries != NULL && (each = readdir(entries)) != NULL) { // NOLINT(concurrency-mt-unsafe)
        struct stat about;
        if (!spx_photo_list_enters(each->d_name))
            continue;
        char *const inner = spx_path_join(path, each->d_name);
        if (inner != NULL && lstat(inner, &about) == 0 && S_ISDIR(about.st_mode))
            watch_below(self, inner);
        free(inner);
    }
    if (entries != NULL)
        (void)closedir(entries);
}

static spx_status scan(spx_watched *self, spx_diag *diag)
{
    spx_diag nothing = { 0 }; /* an empty folder is none to complain of */
    spx_photo_list_clear(&self->found);
    self->found.recursive = self->recursive;
    self->at = 0;
    self->unsettled = 0;
    self->scanned_s = spx_clock_s();
    watch_below(self, self->folder);
    const spx_status status = spx_photo_list_add(&self->found, self->folder, &nothing);
    if (status != SPX_OK && status != SPX_ERR_NOT_FOUND)
        return spx_fail(diag, status, "%s", nothing.text);
    SPX_TRY(spx_photo_list_place(&self->found, SPX_PLACE_FOLDER, self->output, diag));
    drop_known(self);
    return SPX_OK;
}

/* Returns whether it is worth to look again. */
static int wait_for_more(const spx_watched *self)
{
    struct pollfd events = { .fd = self->fd, .events = POLLIN };
    char unread[EVENTS];
    if (poll(&events, self->fd < 0 ? 0 : 1, self->unsettled ? SETTLE_MS : LOOK_MS) > 0) {
        while (read(self->fd, unread, sizeof(unread)) > 0)
            ;
        return 1;
    }
    return self->unsettled || spx_clock_s() - self->scanned_s > rescan_s;
}

static spx_listed_photo *next(void *user)
{
    spx_watched *const self = user;
    spx_diag diag = { 0 };
    while (self->at >= self->found.count) {
        if (spx_cancel_requested(self->cancel))
            return NULL;
        if (!wait_for_more(self))
            continue;
        if (scan(self, &diag) != SPX_OK) {
            spx_error_line_print(stderr, self->folder, diag.text);
            return NULL;
        }
    }
    const spx_listed_photo *const found = &self->found.items[self->at++];
    spx_listed_photo *const photo = calloc(1, sizeof(*photo));
    if (photo == NULL)
        return NULL;
    photo->path = strdup(found->path);
    photo->output = strdup(found->output);
    return photo;
}

static spx_status prepare(void *user, spx_listed_photo *photo, spx_diag *diag)
{
    (void)user;
    return photo->path == NULL || photo->output == NULL ? spx_fail_memory(diag, "watched photo")
                                                        : SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): the signature of a source
static spx_status finish(void *user, spx_listed_photo *photo, spx_status status, const char *text,
                         json_t *told, spx_diag *diag)
{
    (void)user;
    (void)photo;
    (void)status;
    (void)text;
    (void)told;
    (void)diag;
    return SPX_OK;
}

static void release(void *user, spx_listed_photo *photo)
{
    (void)user;
    free(photo->path);
    free(photo->output);
    free(photo);
}

spx_status spx_watched_open(spx_watched **out, const char *folder, const char *output,
                            int recursive, const spx_cancel *cancel, spx_diag *diag)
{
    struct stat about;
    *out = NULL;
    if (stat(folder, &about) != 0)
        return spx_file_fail(errno, folder, "read", diag);
    if (!S_ISDIR(about.st_mode))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: is no folder to watch", folder);
    spx_watched *const self = calloc(1, sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, folder);
    *self = (spx_watched){ .folder = folder,
                           .output = output,
                           .recursive = recursive,
                           .cancel = cancel,
                           .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
    const spx_status status = scan(self, diag);
    if (status == SPX_OK) {
        *out = self;
    } else {
        spx_watched_close(self);
    }
    return status;
}

spx_batch_source spx_watched_source(spx_watched *watched)
{
    return (spx_batch_source){
        .next = next, .prepare = prepare, .finish = finish, .release = release, .user = watched
    };
}

void spx_watched_close(spx_watched *watched)
{
    if (watched == NULL)
        return;
    if (watched->fd >= 0)
        (void)close(watched->fd);
    tdestroy(watched->seen, free);
    spx_photo_list_clear(&watched->found);
    free(watched);
}

#include "cli/far_file.h"

#include "base/file.h"
#include "net/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    MODE = 0600,
    PAGE_BYTES = 1 << 16,
    QUIET_S = 30,
    TRIES = 5,
    FIRST_SUCCESS = 200,
    FIRST_REDIRECT = 300,
    NOT_FOUND = 404,
    TOO_MANY = 429,
    FIRST_SERVER_ERROR = 500,
};

static int is_web(const char *place)
{
    return strncasecmp(place, "https://", 8) == 0 || strncasecmp(place, "http://", 7) == 0;
}

int spx_far_is(const char *place)
{
    const size_t size =
        strspn(place, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    return size != 0 && strncmp(place + size, "://", 3) == 0;
}

spx_status spx_far_check(const char *place, int is_output, spx_diag *diag)
{
    if (spx_s3_is_url(place))
        return spx_s3_check(place, is_output, diag);
    if (is_web(place) && !is_output)
        return SPX_OK;
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_show(shown, place);
    return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: %s", shown,
                    is_output ? "files can be written to s3:// addresses alone"
                              : "photos can be read from https://, http:// and s3:// alone");
}

/* ---- reading ---- */

typedef struct sink {
    int fd;
    const char *path;
    const char *shown;
    uint64_t most_bytes;
    uint64_t have;
    spx_status failed;
    spx_diag *diag;
} sink;

static spx_status begin(void *user)
{
    sink *const self = user;
    self->have = 0;
    if (ftruncate(self->fd, 0) == 0 && lseek(self->fd, 0, SEEK_SET) == 0)
        return SPX_OK;
    self->failed = spx_file_fail(errno, self->path, "write", self->diag);
    return self->failed;
}

static spx_status begin_web(void *user, long code, uint64_t size)
{
    (void)code;
    (void)size;
    return begin(user);
}

static spx_status receive(void *user, const void *bytes, size_t size)
{
    sink *const self = user;
    if (size > self->most_bytes - self->have) {
        self->failed = spx_fail(self->diag, SPX_ERR_LIMIT, "%s: is over the limit of %llu bytes",
                                self->shown, (unsigned long long)self->most_bytes);
        return self->failed;
    }
    if (!spx_fd_write(self->fd, bytes, size)) {
        self->failed = spx_file_fail(errno, self->path, "write", self->diag);
        return self->failed;
    }
    self->have += size;
    return SPX_OK;
}

static spx_status get_once(spx_http *http, const char *address, sink *to, long *code,
                           spx_diag *diag)
{
    const spx_http_request request = {
        .url = address, .begin = begin_web, .receive = receive, .user = to, .quiet_s = QUIET_S
    };
    spx_http_answer answer = { 0 };
    const spx_status status = spx_http_send(http, &request, &answer, diag);
    *code = answer.code;
    spx_http_answer_clear(&answer);
    if (status != SPX_OK || (*code >= FIRST_SUCCESS && *code < FIRST_REDIRECT))
        return status;
    return spx_fail(diag,
                    *code == NOT_FOUND                                ? SPX_ERR_NOT_FOUND
                    : *code < FIRST_SERVER_ERROR && *code != TOO_MANY ? SPX_ERR_REMOTE
                                                                      : SPX_ERR_NETWORK,
                    "%s: the server answered %ld", to->shown, *code);
}

static spx_status get_web(const spx_task *task, const char *address, sink *to, spx_diag *diag)
{
    const spx_http_options options = { .task = task, .most_bytes = PAGE_BYTES, .says_all = 1 };
    spx_http *http = NULL;
    spx_status status = SPX_OK;
    SPX_TRY(spx_http_open(&http, &options, diag));
    for (unsigned tries = 0;; tries++) {
        spx_diag failure = { 0 };
        long code = 0;
        status = get_once(http, address, to, &code, &failure);
        if (status == SPX_OK)
            break;
        if (to->failed != SPX_OK || status != SPX_ERR_NETWORK || tries + 1 >= TRIES) {
            status = spx_fail(diag, to->failed == SPX_OK ? status : to->failed, "%s", failure.text);
            break;
        }
        status = spx_http_pause(task, tries, diag);
        if (status != SPX_OK)
            break;
    }
    spx_http_close(http);
    return status;
}

static spx_status get_s3(const spx_far *far, const spx_task *task, const char *address, sink *to,
                         spx_diag *diag)
{
    const spx_s3_reader reader = { .begin = begin, .receive = receive, .user = to };
    spx_s3 *s3 = NULL;
    SPX_TRY(spx_s3_open(&s3, far->endpoint, (spx_s3_style)far->style, task, diag));
    const spx_status status = spx_s3_get(s3, address, &reader, diag);
    spx_s3_close(s3);
    return status;
}

spx_status spx_far_get(const spx_far *far, const char *address, const char *path, spx_diag *diag)
{
    const spx_task task = { .cancel = far->cancel };
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_show(shown, address);
    sink to = { .path = path, .shown = shown, .most_bytes = far->most_bytes, .diag = diag };
    to.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
    if (to.fd < 0)
        return spx_file_fail(errno, path, "create", diag);
    const spx_status status = is_web(address) ? get_web(&task, address, &to, diag)
                                              : get_s3(far, &task, address, &to, diag);
    (void)close(to.fd);
    return status;
}

/* ---- writing ---- */

spx_status spx_far_put(const spx_far *far, const char *folder, const char *name,
                       const char *content_type, const char *path, spx_diag *diag)
{
    const spx_task task = { .cancel = far->cancel };
    spx_mapping file = { 0 };
    spx_s3 *s3 = NULL;
    char *address = NULL;
    spx_status status = SPX_OK;
    const size_t size = strlen(folder);
    SPX_TRY_OUT(spx_mapping_open(&file, path, diag));
    if (asprintf(&address, "%s%s%s", folder, size != 0 && folder[size - 1] == '/' ? "" : "/",
                 name) < 0) {
        address = NULL;
        status = spx_fail_memory(diag, name);
        goto out;
    }
    SPX_TRY_OUT(spx_s3_open(&s3, far->endpoint, (spx_s3_style)far->style, &task, diag));
    const spx_s3_object object = { .data = file.data,
                                   .size = file.size,
                                   .content_type = content_type };
    SPX_TRY_OUT(spx_s3_put(s3, address, &object, diag));
out:
    spx_s3_close(s3);
    spx_mapping_close(&file);
    free(address);
    return status;
}

/* The parent's side: the network, the token, and who may be spoken to. */
#include "child/carry.h"

#include "base/clock.h"
#include "net/http.h"
#include "remote/reach.h"
#include "remote/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DEPTH_MOST = 2, WORD_SIZE = 64 };
static const double farewell_s = 0.5; /* two short requests */

struct spx_carry {
    const spx_child_painter *painter;
    const spx_carry_line *line;
    spx_task task;
    spx_reach reach;
    spx_http *http; /* NULL until the first exchange */
    int bodies;
    unsigned depth;        /* exchanges under way: one may be asked for within another */
    double deadline_s;     /* of all exchanges */
    double cancelled_s;    /* when an exchange was; 0 = none was */
    const char *complaint; /* why the child has to go; static storage */
};

/* A file in memory that can neither grow nor shrink, so that nobody reads past its end. */
static int make_bodies(void)
{
    const int fd = memfd_create("bodies", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && (ftruncate(fd, SPX_CHILD_BODY_MOST) != 0 ||
                    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

spx_status spx_carry_create(spx_carry **out, const spx_child_painter *painter,
                            const spx_cancel *cancel, const spx_carry_line *line, spx_diag *diag)
{
    *out = NULL;
    spx_carry *const carry = calloc(1, sizeof(*carry));
    if (carry == NULL)
        return spx_fail_memory(diag, "network");
    carry->painter = painter;
    carry->line = line;
    carry->task.cancel = cancel;
    carry->bodies = make_bodies();
    spx_status status = carry->bodies < 0 ? spx_fail_memory(diag, "network") : SPX_OK;
    if (status == SPX_OK)
        status = spx_reach_init(&carry->reach, painter->engine, painter->url, diag);
    if (status != SPX_OK) {
        spx_carry_destroy(carry);
        return status;
    }
    *out = carry;
    return SPX_OK;
}

void spx_carry_destroy(spx_carry *carry)
{
    if (carry == NULL)
        return;
    spx_http_close(carry->http);
    spx_reach_clear(&carry->reach);
    if (carry->bodies >= 0)
        (void)close(carry->bodies);
    free(carry);
}

int spx_carry_bodies(const spx_carry *carry)
{
    return carry->bodies;
}

int spx_carry_says_farewell(const spx_carry *carry)
{
    return carry->cancelled_s > 0.0 && spx_clock_s() - carry->cancelled_s < farewell_s;
}

void spx_carry_mask(const spx_child_painter *painter, char *text)
{
    if (painter != NULL && text != NULL)
        spx_remote_mask(text, painter->token);
}

/* ---- one exchange ---- */

typedef struct exchange {
    spx_carry *carry;
    int stopped; /* by the child */
} exchange;

static int put_body(const spx_carry *carry, const void *data, size_t size)
{
    const char *at = data;
    if (size > SPX_CHILD_BODY_MOST)
        return 0;
    for (size_t done = 0; done < size;) {
        const ssize_t put = pwrite(carry->bodies, at + done, size - done, (off_t)done);
        if (put < 0 && errno != EINTR)
            return 0;
        done += put < 0 ? 0 : (size_t)put;
    }
    return 1;
}

/* With a zero after it; owned by the caller, NULL without memory. */
static char *take_body(const spx_carry *carry, size_t size)
{
    char *const body = malloc(size + 1);
    for (size_t done = 0; body != NULL && done < size;) {
        const ssize_t got = pread(carry->bodies, body + done, size - done, (off_t)done);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            free(body);
            return NULL;
        }
        done += got < 0 ? 0 : (size_t)got;
    }
    if (body != NULL)
        body[size] = '\0';
    return body;
}

static int say(const spx_carry *carry, const char *word, long number, size_t size)
{
    char text[WORD_SIZE];
    (void)snprintf(text, sizeof(text), "%s %ld %zu\n", word, number, size);
    return carry->line->say(carry->line->user, text);
}

/* Waits until the child goes on, and meanwhile makes what exchanges it asks for. 0 = it stops. */
static int hear_child(exchange *self)
{
    spx_carry *const carry = self->carry;
    while (carry->complaint == NULL) {
        json_t *const line = carry->line->next(carry->line->user);
        const json_t *const http = json_object_get(line, "http");
        const char *const word = json_string_value(http);
        const int goes_on = word != NULL && strcmp(word, "on") == 0;
        if (json_is_object(http))
            carry->complaint = spx_carry_exchange(carry, line);
        json_decref(line);
        if (line == NULL || word != NULL) {
            self->stopped |= !goes_on;
            return goes_on;
        }
    }
    self->stopped = 1;
    return 0;
}

static spx_status pass_piece(void *user, const void *bytes, size_t size)
{
    exchange *const self = user;
    const int passed = put_body(self->carry, bytes, size) && say(self->carry, "piece", 0, size) &&
                       hear_child(self);
    self->stopped |= !passed;
    return passed ? SPX_OK : SPX_ERR_CANCELLED;
}

static void pass_tick(void *user)
{
    exchange *const self = user;
    if (!self->stopped && !(say(self->carry, "tick", 0, 0) && hear_child(self)))
        self->stopped = 1;
}

static double number_of(const json_t *object, const char *key, double most)
{
    const double number = json_number_value(json_object_get(object, key));
    return number > 0.0 ? fmin(number, most) : 0.0;
}

static spx_status open_http(spx_carry *carry, spx_diag *diag)
{
    if (carry->http != NULL)
        return SPX_OK;
    carry->deadline_s = spx_clock_s() + carry->painter->timeout_s;
    const spx_http_options options = { .token = carry->painter->token,
                                       .scope = spx_reach_scope(&carry->reach),
                                       .task = &carry->task,
                                       .deadline_s = carry->deadline_s,
                                       .most_bytes = SPX_CHILD_BODY_MOST };
    return spx_http_open(&carry->http, &options, diag);
}

/* url: one that may be asked; body: of `kind`. */
static spx_status send(exchange *self, const json_t *http, const char *kind, const char *body,
                       spx_http_answer *answer, spx_diag *diag)
{
    static const char file[] = "file";
    const char *const field = json_string_value(json_object_get(http, "field"));
    const char *const name = json_string_value(json_object_get(http, "name"));
    const char *const type = json_string_value(json_object_get(http, "type"));
    const double within_s = number_of(http, "within", self->carry->painter->timeout_s);
    const double left_s = number_of(http, "left", self->carry->painter->timeout_s);
    const spx_http_part part = { .field = field == NULL ? file : field,
                                 .file_name = name == NULL ? file : name,
                                 .content_type = type == NULL ? "application/octet-stream" : type,
                                 .data = body,
                                 .size = (size_t)number_of(http, "size", SPX_CHILD_BODY_MOST) };
    const int farewell = json_is_true(json_object_get(http, "farewell"));
    const spx_http_request request = {
        .url = json_string_value(json_object_get(http, "url")),
        .json = strcmp(kind, "json") == 0 ? body : NULL,
        .login = strcmp(kind, "login") == 0,
        .part = strcmp(kind, "part") == 0 ? &part : NULL,
        .receive = json_is_true(json_object_get(http, "stream")) ? pass_piece : NULL,
        .tick = json_is_true(json_object_get(http, "tick")) ? pass_tick : NULL,
        .user = self,
        .is_event_stream = json_is_true(json_object_get(http, "events")),
        .quiet_s = (uint32_t)number_of(http, "quiet", UINT16_MAX),
        .within_s = farewell ? fmin(within_s > 0.0 ? within_s : farewell_s, farewell_s)
                    : within_s > 0.0 && (left_s <= 0.0 || within_s < left_s) ? within_s
                                                                             : left_s,
        .most_bytes = (size_t)number_of(http, "most", SPX_CHILD_BODY_MOST),
        .farewell = farewell,
    };
    return spx_http_send(self->carry->http, &request, answer, diag);
}

static spx_status make_exchange(exchange *self, const json_t *http, spx_http_answer *answer,
                                spx_diag *diag)
{
    spx_carry *const carry = self->carry;
    const char *const url = json_string_value(json_object_get(http, "url"));
    const char *const kind = json_string_value(json_object_get(http, "body"));
    const size_t size = (size_t)number_of(http, "size", SPX_CHILD_BODY_MOST);
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_show(shown, url == NULL ? "" : url);
    if (url == NULL || !spx_reach_holds(&carry->reach, url)) {
        return spx_fail(diag, SPX_ERR_NETWORK,
                        "%s: not asked, since it is not the painter's address", shown);
    }
    SPX_TRY(open_http(carry, diag));
    char *const body = size == 0 ? NULL : take_body(carry, size);
    if (size != 0 && body == NULL)
        return spx_fail_memory(diag, "network");
    const spx_status status = send(self, http, kind == NULL ? "" : kind, body, answer, diag);
    free(body);
    if (status == SPX_OK)
        spx_reach_learn(&carry->reach, url, answer);
    if (status == SPX_ERR_CANCELLED && !self->stopped && carry->cancelled_s <= 0.0)
        carry->cancelled_s = spx_clock_s();
    return status;
}

const char *spx_carry_exchange(spx_carry *carry, const json_t *line)
{
    exchange self = { .carry = carry };
    spx_http_answer answer = { 0 };
    spx_diag diag = { 0 };
    if (carry->depth >= DEPTH_MOST)
        return "it asks for exchanges within exchanges";
    carry->depth++;
    const json_t *const http = json_object_get(line, "http");
    spx_status status = json_is_object(http)
                            ? make_exchange(&self, http, &answer, &diag)
                            : spx_fail(&diag, SPX_ERR_NETWORK, "nothing was asked");
    carry->depth--;
    if (status == SPX_OK && !put_body(carry, answer.body.data, answer.body.size))
        status = spx_fail_memory(&diag, "network");
    if (status != SPX_OK)
        (void)put_body(carry, diag.text, strlen(diag.text));
    const int heard = status == SPX_OK ? say(carry, "done", answer.code, answer.body.size)
                                       : say(carry, "failed", (long)status, strlen(diag.text));
    spx_http_answer_clear(&answer);
    return carry->complaint != NULL ? carry->complaint : heard ? NULL : "it went away";
}

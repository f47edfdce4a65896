#include "remote/text.h"

#include "base/clock.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    NAP_NS = 30000000,
    UNAUTHORIZED = 401,
    FORBIDDEN = 403,
    NOT_FOUND = 404,
    TOO_MANY = 429,
    SECRET_MIN = 4, /* shorter ones are no secrets, and stars for them would garble every text */
};

static const struct {
    const char *entity;
    char character;
} entities[] = {
    { "&amp;", '&' },  { "&lt;", '<' },   { "&gt;", '>' },
    { "&quot;", '"' }, { "&#39;", '\'' }, { "&nbsp;", ' ' },
};

/** One character of HTML text at *at, which moves behind it; 0 for a tag. */
static char next_character(const char **at)
{
    if (**at == '<') {
        const char *const end = strchr(*at, '>');
        const char next = (*at)[1];
        if (end != NULL && (next == '/' || next == '!' || (next >= 'A' && next <= 'Z') ||
                            (next >= 'a' && next <= 'z'))) {
            *at = end + 1;
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        const size_t size = strlen(entities[i].entity);
        if (strncmp(*at, entities[i].entity, size) == 0) {
            *at += size;
            return entities[i].character;
        }
    }
    return *(*at)++;
}

void spx_remote_plain(char out[SPX_REMOTE_TEXT_SIZE], const char *text)
{
    size_t size = 0;
    const char *at = text == NULL ? "" : text;
    while (*at != '\0' && size + 1 < SPX_REMOTE_TEXT_SIZE) {
        char one = next_character(&at);
        if (one == 0)
            continue;
        if ((unsigned char)one < ' ' || one == 0x7f)
            one = ' ';
        if (one != ' ' || (size > 0 && out[size - 1] != ' '))
            out[size++] = one;
    }
    if (*at != '\0') { /* cut: no part of a UTF-8 character stays */
        while (size > 0 && ((unsigned char)out[size - 1] & 0xc0U) == 0x80U)
            size--;
        if (size > 0 && (unsigned char)out[size - 1] >= 0x80U)
            size--;
    }
    while (size > 0 && out[size - 1] == ' ')
        size--;
    out[size] = '\0';
}

/** Where a JSON error keeps its text; NULL when it does not. Borrowed. */
static const char *text_of_error(const json_t *error)
{
    static const char *const keys[] = { "detail",  "error", "errors",
                                        "message", "msg",   "auth_message" };
    for (int depth = 0; depth < 4 && error != NULL; depth++) { // NOLINT
        const json_t *next = NULL;
        if (json_is_string(error))
            return json_string_value(error);
        if (json_is_array(error))
            next = json_array_get(error, 0);
        for (size_t i = 0; next == NULL && i < sizeof(keys) / sizeof(keys[0]); i++) {
            next = json_object_get(error, keys[i]);
            if (json_is_null(next) || (json_is_string(next) && json_string_length(next) == 0))
                next = NULL;
        }
        error = next;
    }
    return NULL;
}

spx_status spx_remote_refused(const spx_http_answer *answer, const char *what, spx_diag *diag)
{
    char text[SPX_REMOTE_TEXT_SIZE];
    json_t *const json = answer->body.size == 0 ? NULL
                                                : json_loadb((const char *)answer->body.data,
                                                             answer->body.size, 0, NULL);
    const char *const detail = json == NULL ? NULL : text_of_error(json);
    spx_remote_plain(text, detail != NULL ? detail
                           : json == NULL ? (const char *)answer->body.data
                                          : NULL);
    json_decref(json);
    const char *const hint = answer->code == UNAUTHORIZED ? " (it wants a token or another one)"
                             : answer->code == FORBIDDEN  ? " (not allowed)"
                             : answer->code == NOT_FOUND  ? " (not found)"
                             : answer->code == TOO_MANY   ? " (too many requests)"
                                                          : "";
    return spx_fail(diag, SPX_ERR_REMOTE, "%s: the server answered %ld%s%s%s", what, answer->code,
                    hint, text[0] == '\0' ? "" : ": ", text);
}

void spx_remote_mask(char *text, const char *secret)
{
    if (secret == NULL || strlen(secret) < SECRET_MIN)
        return;
    const size_t size = strlen(secret);
    for (char *at = strstr(text, secret); at != NULL; at = strstr(at, secret))
        memset(at, '*', size);
}

const char *spx_remote_parameter(const char *const *parameters, const char *name)
{
    const size_t size = strlen(name);
    const char *found = NULL; /* the last one counts */
    for (; parameters != NULL && *parameters != NULL; parameters++) {
        if (strncmp(*parameters, name, size) == 0 && (*parameters)[size] == '=')
            found = *parameters + size + 1;
    }
    return found;
}

spx_status spx_remote_sleep(const spx_task *task, double seconds, spx_diag *diag)
{
    const double end_s = spx_clock_s() + seconds;
    const struct timespec nap = { .tv_nsec = NAP_NS };
    while (spx_clock_s() < end_s) {
        SPX_TRY(spx_task_check(task, diag));
        (void)nanosleep(&nap, NULL);
    }
    return spx_task_check(task, diag);
}

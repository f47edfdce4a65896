/* The child's side. */
#include "child/carry.h"

#include "net/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD_SIZE = 64 };

static spx_status put_body(const void *data, size_t size, spx_diag *diag)
{
    const char *at = data;
    if (size > SPX_CHILD_BODY_MOST)
        return spx_fail(diag, SPX_ERR_LIMIT, "%zu bytes are too many for the painter", size);
    for (size_t done = 0; done < size;) {
        const ssize_t put = pwrite(SPX_CHILD_BODY_FILE, at + done, size - done, (off_t)done);
        if (put < 0 && errno != EINTR)
            return spx_fail_memory(diag, "network");
        done += put < 0 ? 0 : (size_t)put;
    }
    return SPX_OK;
}

static spx_status take_body(spx_bytes *out, size_t size, spx_diag *diag)
{
    char block[1 << 16];
    for (size_t done = 0; done < size;) {
        const size_t left = size - done;
        const ssize_t got = pread(SPX_CHILD_BODY_FILE, block,
                                  left < sizeof(block) ? left : sizeof(block), (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return spx_fail(diag, SPX_ERR_INTERNAL, "the answer's bytes are not there");
        spx_bytes_append(out, block, (size_t)got);
        done += (size_t)got;
    }
    return spx_bytes_check(out, "answer", diag);
}

static json_t *question_of(const spx_http_request *request, const spx_http_terms *terms)
{
    const spx_http_part *const part = request->part;
    const char *const kind = part != NULL            ? "part"
                             : request->login        ? "login"
                             : request->json != NULL ? "json"
                                                     : "";
    const size_t size = part != NULL            ? part->size
                        : request->json != NULL ? strlen(request->json)
                                                : 0;
    return json_pack(
        "{s:{s:s, s:s, s:I, s:s*, s:s*, s:s*, s:b, s:b, s:b, s:b, s:f, s:f, "
        "s:I}}",
        "http", "url", request->url, "body", kind, "size", (json_int_t)size, "field",
        part == NULL ? NULL : part->field, "name", part == NULL ? NULL : part->file_name, "type",
        part == NULL ? NULL : part->content_type, "stream", request->receive != NULL, "tick",
        request->tick != NULL, "events", request->is_event_stream, "farewell", request->farewell,
        "within", request->within_s, "left", terms->left_s, "most", (json_int_t)terms->most_bytes);
}

static spx_status take_piece(const spx_http_request *request, size_t size, spx_diag *diag)
{
    spx_bytes piece = { 0 };
    spx_status status = take_body(&piece, size, diag);
    if (status == SPX_OK)
        status = request->receive(request->user, piece.data, piece.size);
    spx_bytes_clear(&piece);
    return status;
}

static spx_status take_answer(spx_http_answer *answer, const spx_http_terms *terms, long code,
                              size_t size, spx_diag *diag)
{
    answer->code = code;
    answer->is_reached = 1;
    if (size > terms->most_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "the answer is over %zu bytes", terms->most_bytes);
    }
    SPX_TRY(take_body(&answer->body, size, diag));
    spx_bytes_u8(&answer->body, 0);
    SPX_TRY(spx_bytes_check(&answer->body, "answer", diag));
    answer->body.size--;
    return SPX_OK;
}

static spx_status take_failure(long status, size_t size, spx_diag *diag)
{
    spx_bytes words = { 0 };
    const spx_status read = take_body(&words, size < sizeof(diag->text) ? size : 0, NULL);
    spx_bytes_u8(&words, 0);
    const int has_words = read == SPX_OK && !words.failed;
    const spx_status failed =
        spx_fail(diag, status == SPX_OK ? SPX_ERR_NETWORK : (spx_status)status, "%s",
                 has_words ? (const char *)words.data : "network");
    spx_bytes_clear(&words);
    return failed;
}

static void say_word(const char *word)
{
    spx_child_say(json_pack("{s:s}", "http", word));
}

static spx_status send(void *user, const spx_http_request *request, const spx_http_terms *terms,
                       spx_http_answer *answer, spx_diag *diag)
{
    (void)user;
    const void *const body = request->part != NULL ? request->part->data : request->json;
    spx_status own = SPX_OK; /* of the receiver */
    answer->body.size = 0;
    if (body != NULL) {
        SPX_TRY(put_body(body, request->part != NULL ? request->part->size : strlen(request->json),
                         diag));
    }
    spx_child_say(question_of(request, terms));
    for (;;) {
        char text[WORD_SIZE];
        char word[WORD_SIZE];
        long number = 0;
        size_t size = 0;
        spx_child_hear(text, sizeof(text));
        if (sscanf(text, "%63s %ld %zu", word, &number, &size) != 3) // NOLINT: our own words
            return spx_fail(diag, SPX_ERR_INTERNAL, "the network's words were not understood");
        if (strcmp(word, "done") == 0)
            return take_answer(answer, terms, number, size, diag);
        if (strcmp(word, "failed") == 0)
            return own != SPX_OK ? own : take_failure(number, size, diag);
        if (strcmp(word, "tick") == 0 && request->tick != NULL)
            request->tick(request->user);
        if (strcmp(word, "piece") == 0 && own == SPX_OK)
            own = take_piece(request, size, diag);
        say_word(own == SPX_OK ? "on" : "stop");
    }
}

void spx_carry_begin(const json_t *carry)
{
    static spx_http_carrier carrier = { .send = send };
    carrier.has_login = json_is_true(json_object_get(carry, "login"));
    spx_http_use_carrier(&carrier);
}

/* From the function's outputs to pixels. */
#include "remote/gradio.h"

#include "base/base64.h"
#include "remote/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NESTING_MAX = 32, FIRST_TEXT = 0x21, LAST_TEXT = 0x7e };

static const char data_url[] = "data:image/";

/** Whether this is a file, and one that may be a picture. */
static int is_file(const json_t *json)
{
    const char *const text = json_string_value(json);
    if (text != NULL)
        return strncmp(text, data_url, strlen(data_url)) == 0;
    const char *const type = json_string_value(json_object_get(json, "mime_type"));
    if (type != NULL && strncmp(type, "image/", 6) != 0) // NOLINT
        return 0;
    return json_string_length(json_object_get(json, "path")) > 0 ||
           json_string_length(json_object_get(json, "url")) > 0 ||
           (json_is_true(json_object_get(json, "is_file")) &&
            json_is_string(json_object_get(json, "name")));
}

static const json_t *last_file(const json_t *json, int depth)
{
    const json_t *found = NULL;
    const json_t *one = NULL;
    const char *key = NULL;
    size_t index = 0;
    if (is_file(json))
        return json;
    if (depth == NESTING_MAX)
        return NULL;
    json_array_foreach(json, index, one)
    {
        const json_t *const inner = last_file(one, depth + 1);
        found = inner == NULL ? found : inner;
    }
    json_object_foreach((json_t *)(uintptr_t)json, key, one) // NOLINT
    {
        const json_t *const inner = last_file(one, depth + 1);
        found = inner == NULL ? found : inner;
    }
    return found;
}

const json_t *spx_gradio_locate(const json_t *outputs, const char *pointer)
{
    const json_t *at = outputs;
    while (pointer != NULL && *pointer != '\0' && at != NULL) {
        char key[SPX_GRADIO_NAME_SIZE];
        const size_t length = strcspn(pointer, "/");
        (void)snprintf(key, sizeof(key), "%.*s", (int)length, pointer);
        if (length > 0) {
            at = json_is_array(at) ? json_array_get(at, strtoul(key, NULL, 10))
                                   : json_object_get(at, key);
        }
        pointer += length + (pointer[length] == '/' ? 1 : 0);
    }
    return at == NULL ? NULL : last_file(at, 0);
}

/* ---- download ---- */

/** special: what is escaped besides blanks and all that is not ASCII. */
static void append_escaped(spx_bytes *out, const char *path, const char *special)
{
    for (; *path != '\0'; path++) {
        char code[4];
        const unsigned char one = (unsigned char)*path;
        if (one < FIRST_TEXT || one > LAST_TEXT || strchr(special, one) != NULL) {
            (void)snprintf(code, sizeof(code), "%%%02X", one);
            spx_bytes_text(out, code);
        } else {
            spx_bytes_u8(out, one);
        }
    }
}

/** The server's own address of a path; owned by the caller. */
static char *url_of_path(const spx_gradio *self, const char *path)
{
    spx_bytes tail = { 0 };
    append_escaped(&tail, path, "%?#\"<>\\^`{|}");
    spx_bytes_u8(&tail, 0);
    char *const url = tail.failed ? NULL : spx_gradio_url(self, "file=", (const char *)tail.data);
    spx_bytes_clear(&tail);
    return url;
}

/** The address that the server named, at the server that we speak to: behind a proxy it may not
 * know its own name. NULL when it cannot be trusted; owned by the caller. */
static char *url_of_url(const spx_gradio *self, const char *url)
{
    static const char marker[] = "/file=";
    const char *const path = strstr(url, marker);
    spx_bytes safe = { 0 };
    append_escaped(&safe, url, "\"<>\\^`{|}");
    spx_bytes_u8(&safe, 0);
    const char *const text = (const char *)safe.data;
    char *found = NULL;
    const int same = !safe.failed && spx_http_same_origin(self->base, text);
    const int secure = !safe.failed && strncmp(text, "https://", 8) == 0; // NOLINT
    if (!same && !safe.failed && path != NULL) {
        found = spx_gradio_url(self, "", strstr(text, marker) + 1);
    } else if (same || secure) {
        found = strdup(text);
    }
    spx_bytes_clear(&safe);
    return found;
}

/** Gets the bytes; *found = 0 when the server has no such file. */
static spx_status download(const spx_gradio *self, const char *url, spx_http_answer *answer,
                           int *found)
{
    char shown[SPX_HTTP_SHOWN_SIZE];
    const spx_http_request request = { .url = url };
    spx_http_show(shown, url);
    SPX_TRY(spx_http_send(self->http, &request, answer, self->diag));
    *found = spx_remote_is_success(answer) && answer->body.size > 0;
    return SPX_OK;
}

static spx_status download_file(const spx_gradio *self, const json_t *file, spx_http_answer *answer)
{
    const char *const path = json_string_value(json_object_get(file, "path"));
    const char *const name = json_string_value(json_object_get(file, "name"));
    const char *const link = json_string_value(json_object_get(file, "url"));
    const char *const own = path != NULL && path[0] != '\0' ? path : name;
    const int is_link = own != NULL && strncmp(own, "http", 4) == 0; // NOLINT
    char *const urls[] = { own == NULL || is_link ? NULL : url_of_path(self, own),
                           is_link ? url_of_url(self, own) : NULL,
                           link == NULL ? NULL : url_of_url(self, link) };
    enum { COUNT = sizeof(urls) / sizeof(urls[0]) };
    int found = 0;
    spx_status status = SPX_OK;
    for (size_t i = 0; i < COUNT && !found && status == SPX_OK; i++) {
        if (urls[i] == NULL)
            continue;
        spx_http_answer_clear(answer);
        status = download(self, urls[i], answer, &found);
    }
    for (size_t i = 0; i < COUNT; i++)
        free(urls[i]);
    if (status == SPX_OK && !found) {
        status = answer->code == 0
                     ? spx_fail(self->diag, SPX_ERR_REMOTE,
                                "the server names a result at an address that is not safe")
                     : spx_remote_refused(answer, "download of the result", self->diag);
    }
    return status;
}

spx_status spx_gradio_fetch(spx_gradio *self, spx_image **out)
{
    const char *const pointer = spx_remote_parameter(self->request->options->parameters, "result");
    const json_t *const file = spx_gradio_locate(self->outputs, pointer);
    const spx_outpaint_codec *const codec = self->request->codec;
    spx_http_answer answer = { 0 };
    spx_status status = SPX_OK;
    *out = NULL;
    if (file == NULL)
        return spx_fail(self->diag, SPX_ERR_REMOTE, "the function's result holds no picture");
    if (json_is_string(file)) {
        const char *const text = strchr(json_string_value(file), ',');
        if (text == NULL || !spx_base64_read(&answer.body, text + 1)) {
            status = spx_fail(self->diag, SPX_ERR_REMOTE, "the function's result is garbled");
        } else {
            status = spx_bytes_check(&answer.body, "remote picture", self->diag);
        }
    } else {
        status = download_file(self, file, &answer);
    }
    if (status == SPX_OK)
        status = codec->decode(codec->user, answer.body.data, answer.body.size, out, self->diag);
    spx_http_answer_clear(&answer);
    return status;
}

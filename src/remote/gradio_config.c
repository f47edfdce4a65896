/* What the server says of itself: version, functions, their inputs. */
#include "remote/gradio.h"

#include "base/clock.h"
#include "remote/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNAUTHORIZED = 401, NUMBER_MAX = INT32_MAX };

static const char default_function[] = "infer";
static const double start_within_s = 300.0; /* a Space that says it runs may still load its model */
static const double poll_s = 2.0;

char *spx_gradio_url(const spx_gradio *self, const char *route, const char *tail)
{
    spx_bytes url = { 0 };
    spx_bytes_text(&url, self->base);
    spx_bytes_text(&url, self->prefix);
    spx_bytes_u8(&url, '/');
    spx_bytes_text(&url, route);
    spx_bytes_text(&url, tail);
    spx_bytes_u8(&url, 0);
    if (url.failed) {
        spx_bytes_clear(&url);
        return NULL;
    }
    return (char *)url.data;
}

json_t *spx_gradio_parse(const void *text, size_t size)
{
    json_t *const json = json_loadb(text, size, JSON_DECODE_ANY, NULL);
    return json != NULL ? json
                        : json_loadb(text, size, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
}

json_int_t spx_gradio_number(const json_t *json)
{
    const double value = json_is_number(json) ? json_number_value(json) : -1.0;
    return value >= 0.0 && value < NUMBER_MAX ? (json_int_t)value : -1;
}

spx_status spx_gradio_ask(const spx_gradio *self, const char *url, const char *json, json_t **out)
{
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_answer answer = { 0 };
    const spx_http_request request = { .url = url, .json = json };
    *out = NULL;
    if (url == NULL)
        return spx_fail_memory(self->diag, "network");
    spx_http_show(shown, url);
    SPX_TRY(spx_http_send(self->http, &request, &answer, self->diag));
    spx_status status = SPX_OK;
    if (!spx_remote_is_success(&answer)) {
        status = spx_remote_refused(&answer, shown, self->diag);
    } else {
        *out = spx_gradio_parse(answer.body.data, answer.body.size);
        if (*out == NULL)
            status = spx_fail(self->diag, SPX_ERR_REMOTE, "%s: the answer is no JSON", shown);
    }
    spx_http_answer_clear(&answer);
    return status;
}

/** "USER:PASSWORD" into the server's own form; the cookie it gives stays with the talk. */
static spx_status log_in(const spx_gradio *self)
{
    char url[SPX_HTTP_TOKEN_MAX];
    spx_http_answer answer = { 0 };
    (void)snprintf(url, sizeof(url), "%s/login", self->base);
    const spx_http_request request = { .url = url, .login = 1 };
    spx_status status = spx_http_send(self->http, &request, &answer, self->diag);
    if (status == SPX_OK && !spx_remote_is_success(&answer))
        status = spx_remote_refused(&answer, "login", self->diag);
    spx_http_answer_clear(&answer);
    return status;
}

/** One look at /config. *code: the answer's; config stays NULL when it was no JSON. */
static spx_status get_config_once(spx_gradio *self, const char *url, const char *shown, long *code)
{
    const spx_http_request request = { .url = url };
    spx_http_answer answer = { 0 };
    SPX_TRY(spx_http_send(self->http, &request, &answer, self->diag));
    *code = answer.code;
    spx_status status = SPX_OK;
    const int sleeps = self->is_space && answer.code >= 500; // NOLINT
    if (spx_remote_is_success(&answer)) {
        self->config = spx_gradio_parse(answer.body.data, answer.body.size);
    } else if (!sleeps && !(answer.code == UNAUTHORIZED && spx_http_has_login(self->http))) {
        status = spx_remote_refused(&answer, shown, self->diag);
    }
    spx_http_answer_clear(&answer);
    return status;
}

static spx_status get_config(spx_gradio *self)
{
    char url[SPX_HTTP_TOKEN_MAX];
    char shown[SPX_HTTP_SHOWN_SIZE];
    const double end_s = spx_clock_s() + start_within_s;
    (void)snprintf(url, sizeof(url), "%s/config", self->base);
    spx_http_show(shown, url);
    for (int logins = 0;;) {
        long code = 0;
        SPX_TRY(get_config_once(self, url, shown, &code));
        if (self->config != NULL)
            return SPX_OK;
        if (code == UNAUTHORIZED && logins++ == 0) {
            SPX_TRY(log_in(self));
            continue;
        }
        if (code == UNAUTHORIZED || !self->is_space) {
            return spx_fail(self->diag, SPX_ERR_REMOTE, "%s: no Gradio server answers there",
                            shown);
        }
        if (spx_clock_s() > end_s)
            return spx_fail(self->diag, SPX_ERR_REMOTE, "%s: the Space does not start", shown);
        spx_task_note(self->task, "waiting for the Space to start");
        SPX_TRY(spx_remote_sleep(self->task, poll_s, self->diag));
    }
}

json_t *spx_gradio_component(const json_t *config, json_int_t id)
{
    size_t index = 0;
    json_t *component = NULL;
    json_array_foreach(json_object_get(config, "components"), index, component)
    {
        if (id >= 0 && spx_gradio_number(json_object_get(component, "id")) == id)
            return component;
    }
    return NULL;
}

static int has_image(const json_t *config, const json_t *ids)
{
    size_t index = 0;
    const json_t *id = NULL;
    json_array_foreach(ids, index, id)
    {
        const char *const type = json_string_value(
            json_object_get(spx_gradio_component(config, spx_gradio_number(id)), "type"));
        if (type != NULL && (strstr(type, "image") != NULL || strcmp(type, "gallery") == 0))
            return 1;
    }
    return 0;
}

static const char *bare_name(const json_t *function)
{
    const char *const name = json_string_value(json_object_get(function, "api_name"));
    return name == NULL ? NULL : name[0] == '/' ? name + 1 : name;
}

/** The function of that name, or else, when none was asked for, the only one from image to image.
 */
static json_t *choose_function(const spx_gradio *self, const char *wanted, int asked, size_t *at)
{
    size_t index = 0;
    size_t count = 0;
    json_t *one = NULL;
    json_t *only = NULL;
    json_array_foreach(json_object_get(self->config, "dependencies"), index, one)
    {
        const char *const name = bare_name(one);
        if (name != NULL && strcmp(name, wanted) == 0) {
            *at = index;
            return one;
        }
        if (name != NULL && has_image(self->config, json_object_get(one, "inputs")) &&
            has_image(self->config, json_object_get(one, "outputs"))) {
            only = one;
            *at = index;
            count++;
        }
    }
    return asked || count != 1 ? NULL : only;
}

static spx_status no_such_function(const spx_gradio *self, const char *wanted)
{
    char names[SPX_REMOTE_TEXT_SIZE] = "";
    char plain[SPX_REMOTE_TEXT_SIZE];
    size_t index = 0;
    size_t size = 0;
    const json_t *one = NULL;
    json_array_foreach(json_object_get(self->config, "dependencies"), index, one)
    {
        const char *const name = bare_name(one);
        if (name != NULL && size + strlen(name) + 3 < sizeof(names))
            size += (size_t)snprintf(names + size, sizeof(names) - size, " /%s", name);
    }
    spx_remote_plain(plain, names);
    return spx_fail(self->diag, SPX_ERR_REMOTE, "the server has no function /%s; it has: %s",
                    wanted, plain[0] == '\0' ? "none" : plain);
}

static spx_status find_function(spx_gradio *self)
{
    const char *const given = spx_remote_parameter(self->request->options->parameters, "api_name");
    const char *wanted = given == NULL ? default_function : given;
    size_t at = 0;
    if (wanted[0] == '/')
        wanted++;
    self->function = choose_function(self, wanted, given != NULL, &at);
    if (self->function == NULL)
        return no_such_function(self, wanted);
    const char *const name = bare_name(self->function);
    const json_int_t id = spx_gradio_number(json_object_get(self->function, "id"));
    (void)snprintf(self->api_name, sizeof(self->api_name), "%s", name);
    self->function_id = id >= 0 ? id : (json_int_t)at;
    if (strspn(self->api_name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
        strlen(self->api_name))
        return spx_fail(self->diag, SPX_ERR_REMOTE, "the server's function has an odd name");
    return SPX_OK;
}

static void read_protocol(spx_gradio *self)
{
    const char *const protocol = json_string_value(json_object_get(self->config, "protocol"));
    const char *const prefix = json_string_value(json_object_get(self->config, "api_prefix"));
    self->protocol = SPX_GRADIO_DIRECT;
    if (protocol != NULL && strcmp(protocol, "sse") == 0) {
        self->protocol = SPX_GRADIO_SSE;
    } else if (protocol != NULL && strncmp(protocol, "sse_", 4) == 0) {
        self->protocol = SPX_GRADIO_QUEUE;
    }
    size_t size = prefix == NULL ? 0 : strlen(prefix);
    while (size > 0 && prefix[size - 1] == '/')
        size--;
    if (size > 0 && size + 2 < sizeof(self->prefix)) {
        (void)snprintf(self->prefix, sizeof(self->prefix), "%s%.*s", prefix[0] == '/' ? "" : "/",
                       (int)size, prefix);
    }
}

/** A server may hide what its functions take: then info stays NULL. */
static spx_status get_info(spx_gradio *self)
{
    char *const url = spx_gradio_url(self, "info", "?serialize=False");
    const spx_http_request request = { .url = url };
    spx_http_answer answer = { 0 };
    if (url == NULL)
        return spx_fail_memory(self->diag, "network");
    const spx_status status = spx_http_send(self->http, &request, &answer, self->diag);
    if (status == SPX_OK && spx_remote_is_success(&answer))
        self->info = spx_gradio_parse(answer.body.data, answer.body.size);
    spx_http_answer_clear(&answer);
    free(url);
    return status;
}

spx_status spx_gradio_learn(spx_gradio *self)
{
    SPX_TRY(get_config(self));
    if (!json_is_array(json_object_get(self->config, "dependencies")))
        return spx_fail(self->diag, SPX_ERR_REMOTE, "what answers there is no Gradio server");
    read_protocol(self);
    SPX_TRY(find_function(self));
    return get_info(self);
}

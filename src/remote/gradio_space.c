/* From what the user wrote to a server that is awake. */
#include "remote/gradio.h"

#include "base/clock.h"
#include "remote/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MAX = 64 << 20,
    SPACE_NAME_MAX = SPX_GRADIO_SPACE_SIZE - 1,
    URL_MAX = 4096,
    NOT_FOUND = 404
};

static const char default_space[] = "fffiloni/diffusers-image-outpaint";
static const char hub_pages[] = "https://huggingface.co/spaces/";
static const double wake_within_s = 300.0;
static const double poll_s = 2.0;

const char *spx_gradio_hub(void)
{
    const char *const other = getenv("SPX_HF_API_URL"); // NOLINT(concurrency-mt-unsafe)
    return other == NULL || other[0] == '\0' ? "https://huggingface.co" : other;
}

/** Length of OWNER/NAME at the text's begin; 0 when it is none. */
static size_t space_name_length(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const size_t owner = strspn(text, allowed);
    if (owner == 0 || text[owner] != '/')
        return 0;
    const size_t name = strspn(text + owner + 1, allowed);
    const size_t length = owner + 1 + name;
    const char end = text[length];
    if (name == 0 || length > SPACE_NAME_MAX || (end != '\0' && end != '/' && end != '?'))
        return 0;
    return length;
}

int spx_gradio_space_name(char out[SPX_GRADIO_SPACE_SIZE], const char *text)
{
    const size_t length = space_name_length(text);
    (void)snprintf(out, SPX_GRADIO_SPACE_SIZE, "%.*s", (int)length, text);
    return length != 0;
}

const char *spx_gradio_wanted(const char *url)
{
    const char *wanted = url == NULL || url[0] == '\0' ? default_space : url;
    if (strncmp(wanted, hub_pages, strlen(hub_pages)) == 0)
        wanted += strlen(hub_pages);
    return wanted;
}

/** The host that most Spaces have, for when the hub does not say. */
static char *guess_host(const char *space)
{
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char host[SPACE_NAME_MAX + 1] = { 0 };
    for (size_t i = 0; space[i] != '\0' && i < SPACE_NAME_MAX; i++) {
        const char *const large = strchr(upper, space[i]);
        host[i] = '-';
        if (large != NULL)
            host[i] = lower[large - upper];
        if (strchr(lower, space[i]) != NULL)
            host[i] = space[i];
    }
    char url[SPACE_NAME_MAX + 32]; // NOLINT
    (void)snprintf(url, sizeof(url), "https://%s.hf.space", host);
    return strdup(url);
}

static spx_status ask_hub(const spx_gradio *self, const char *space, const char *tail,
                          spx_http_answer *answer, json_t **json, spx_diag *diag)
{
    char url[URL_MAX];
    *json = NULL;
    (void)snprintf(url, sizeof(url), "%s/api/spaces/%s%s", spx_gradio_hub(), space, tail);
    const spx_http_request request = { .url = url };
    SPX_TRY(spx_http_send(self->http, &request, answer, diag));
    if (spx_remote_is_success(answer))
        *json = json_loadb((const char *)answer->body.data, answer->body.size, 0, NULL);
    return SPX_OK;
}

static spx_status find_host(spx_gradio *self, const char *space)
{
    spx_http_answer answer = { 0 };
    spx_diag unheard = { 0 };
    json_t *json = NULL;
    const spx_status status = ask_hub(self, space, "/host", &answer, &json, &unheard);
    const long code = answer.code;
    const char *const host = json_string_value(json_object_get(json, "host"));
    if (status == SPX_OK && host != NULL && strncmp(host, "http", 4) == 0) {
        self->base = strdup(host);
    } else if (status == SPX_ERR_NETWORK || status == SPX_OK) {
        self->base = guess_host(space); /* the hub is away; the Space may not be */
    }
    json_decref(json);
    spx_http_answer_clear(&answer);
    if (status != SPX_OK && status != SPX_ERR_NETWORK)
        return spx_fail(self->diag, status, "%s", unheard.text);
    if (status == SPX_OK && (code == 401 || code == NOT_FOUND)) // NOLINT
        return spx_fail(self->diag, SPX_ERR_REMOTE,
                        "Space %s: there is none of that name, or it is private and wants a token",
                        space);
    return self->base == NULL ? spx_fail_memory(self->diag, "network") : SPX_OK;
}

typedef enum stage { STAGE_GO, STAGE_WAIT, STAGE_PAUSED, STAGE_BROKEN } stage;

static stage stage_of(const char *name)
{
    static const struct {
        const char *name;
        stage stage;
    } known[] = {
        { "STOPPED", STAGE_WAIT },         { "SLEEPING", STAGE_WAIT },
        { "BUILDING", STAGE_WAIT },        { "APP_STARTING", STAGE_WAIT },
        { "PAUSED", STAGE_PAUSED },        { "NO_APP_FILE", STAGE_BROKEN },
        { "CONFIG_ERROR", STAGE_BROKEN },  { "BUILD_ERROR", STAGE_BROKEN },
        { "RUNTIME_ERROR", STAGE_BROKEN },
    };
    for (size_t i = 0; name != NULL && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(name, known[i].name) == 0)
            return known[i].stage;
    }
    return STAGE_GO; /* unknown ones are tried */
}

/** A request to a sleeping Space wakes it; what it answers does not matter. */
static void knock(const spx_gradio *self)
{
    const spx_http_request request = { .url = self->base, .within_s = 2 * poll_s };
    spx_http_answer answer = { 0 };
    if (spx_http_send(self->http, &request, &answer, NULL) == SPX_OK)
        spx_http_answer_clear(&answer);
}

static spx_status look_once(spx_gradio *self, const char *space, stage *out, char name[64])
{
    spx_http_answer answer = { 0 };
    spx_diag unheard = { 0 };
    json_t *json = NULL;
    const spx_status status = ask_hub(self, space, "", &answer, &json, &unheard);
    const char *const told =
        json_string_value(json_object_get(json_object_get(json, "runtime"), "stage"));
    *out = stage_of(told);
    (void)snprintf(name, 64, "%s", told == NULL ? "" : told); // NOLINT
    json_decref(json);
    spx_http_answer_clear(&answer);
    return status == SPX_ERR_CANCELLED ? spx_fail(self->diag, status, "%s", unheard.text) : SPX_OK;
}

static spx_status wait_until_awake(spx_gradio *self, const char *space)
{
    const double end_s = spx_clock_s() + wake_within_s;
    for (int looks = 0;; looks++) {
        stage now = STAGE_GO;
        char name[64]; // NOLINT
        SPX_TRY(look_once(self, space, &now, name));
        if (now == STAGE_GO)
            return SPX_OK;
        if (now == STAGE_PAUSED) {
            return spx_fail(self->diag, SPX_ERR_REMOTE,
                            "Space %s is paused: only its owner can start it again", space);
        }
        if (now == STAGE_BROKEN)
            return spx_fail(self->diag, SPX_ERR_REMOTE, "Space %s is broken (%s)", space, name);
        if (spx_clock_s() > end_s) {
            return spx_fail(self->diag, SPX_ERR_REMOTE, "Space %s does not wake up (%s for %.0f s)",
                            space, name, wake_within_s);
        }
        spx_task_note(self->task, "waiting for the Space to wake up");
        if (looks == 0)
            knock(self);
        SPX_TRY(spx_remote_sleep(self->task, poll_s, self->diag));
    }
}

static spx_status open_talk(spx_gradio *self, const spx_http_scope *scope, double deadline_s)
{
    const spx_http_options options = { .token = self->request->options->token,
                                       .scope = *scope,
                                       .task = self->task,
                                       .deadline_s = deadline_s,
                                       .most_bytes = ANSWER_MAX };
    return spx_http_open(&self->http, &options, self->diag);
}

static spx_status resolve_url(spx_gradio *self, const char *url, double deadline_s)
{
    size_t length = strcspn(url, "?#");
    while (length > 0 && url[length - 1] == '/')
        length--;
    self->base = strndup(url, length);
    if (self->base == NULL)
        return spx_fail_memory(self->diag, "network");
    const spx_http_scope scope = { .origins = { self->base },
                                   .hugging_face = spx_http_at_hugging_face(self->base) };
    self->is_space = scope.hugging_face;
    return open_talk(self, &scope, deadline_s);
}

spx_status spx_gradio_resolve(spx_gradio *self, double deadline_s)
{
    const char *const wanted = spx_gradio_wanted(self->request->options->url);
    if (strncmp(wanted, "http://", 7) == 0 || strncmp(wanted, "https://", 8) == 0) // NOLINT
        return resolve_url(self, wanted, deadline_s);
    char space[SPX_GRADIO_SPACE_SIZE];
    if (!spx_gradio_space_name(space, wanted)) {
        char shown[SPX_HTTP_SHOWN_SIZE];
        spx_http_show(shown, wanted);
        return spx_fail(self->diag, SPX_ERR_ARGUMENT,
                        "\"%s\" is neither a URL nor the OWNER/NAME of a Space", shown);
    }
    const char *const hub = spx_gradio_hub();
    const spx_http_scope scope = { .origins = { hub }, .hugging_face = 1 };
    self->is_space = 1;
    SPX_TRY(open_talk(self, &scope, deadline_s));
    SPX_TRY(find_host(self, space));
    return wait_until_awake(self, space);
}

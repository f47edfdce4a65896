#include "cli/outpaint_options.h"

#include <stdlib.h>
#include <string.h>

static const char *from_environment(const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == NULL || value[0] == '\0' ? NULL : value;
}

void spx_outpaint_wishes_init(spx_outpaint_wishes *wishes)
{
    *wishes = (spx_outpaint_wishes){ .settings = { .url = "" } };
    spx_border_init(&wishes->border);
    spx_painter_init(&wishes->painter);
    wishes->painter.url = from_environment("SPX_OUTPAINT_URL");
    wishes->painter.token = from_environment("SPX_OUTPAINT_TOKEN");
    wishes->painter.prompt = from_environment("SPX_OUTPAINT_PROMPT");
}

int spx_outpaint_wishes_given(const spx_outpaint_wishes *wishes)
{
    spx_outpaint_wishes none;
    spx_outpaint_wishes_init(&none);
    const spx_painter *const asked = &wishes->painter;
    const spx_painter *const usual = &none.painter;
    return spx_border_has_margins(&wishes->border) || wishes->border.aspect > 0.0 ||
           wishes->border.size.width > 0 || wishes->border.seed != none.border.seed ||
           asked->engine != usual->engine || asked->url != usual->url ||
           asked->token != usual->token || asked->prompt != usual->prompt ||
           asked->parameters.count > 0 || asked->timeout_s != usual->timeout_s ||
           asked->fallback_local != usual->fallback_local;
}

static const char *first_of(const char *one, const char *other)
{
    return one != NULL ? one : other[0] != '\0' ? other : NULL;
}

/** Whether a gradio URL is a Space of the hub, whose token $HF_TOKEN is. */
static int is_at_hub(const char *url)
{
    return url == NULL || strstr(url, "://") == NULL ||
           strncmp(url, "https://huggingface.co/", strlen("https://huggingface.co/")) == 0;
}

/** Server, token and prompt of a remote engine from the settings file, where nobody else said. */
static int read_remote(spx_outpaint_wishes *wishes, const spx_usage *usage)
{
    spx_painter *const painter = &wishes->painter;
    spx_diag diag = { 0 };
    if (painter->engine == SPX_OUTPAINT_LOCAL)
        return 1;
    if (spx_settings_read(&wishes->settings, &diag) != SPX_OK) {
        (void)spx_usage_error(usage, "%s", diag.text);
        return 0;
    }
    /* The file's token is for the file's server, or else for the hub: for no other. */
    const int is_files =
        wishes->settings.url[0] != '\0'
            ? painter->url == NULL || strcmp(painter->url, wishes->settings.url) == 0
            : is_at_hub(painter->url);
    painter->url = first_of(painter->url, wishes->settings.url);
    painter->prompt = first_of(painter->prompt, wishes->settings.prompt);
    if (is_files)
        painter->token = first_of(painter->token, wishes->settings.token);
    if (painter->token == NULL && painter->engine == SPX_OUTPAINT_GRADIO && is_at_hub(painter->url))
        painter->token = from_environment("HF_TOKEN");
    return 1;
}

int spx_outpaint_wishes_read(spx_outpaint_wishes *wishes, const spx_usage *usage,
                             spx_outpaint_options *options)
{
    spx_diag diag = { 0 };
    if (spx_border_apply(&wishes->border, options, &diag) != SPX_OK) {
        (void)spx_usage_error(usage, "%s", diag.text);
        return 0;
    }
    if (!read_remote(wishes, usage))
        return 0;
    spx_painter_apply(&wishes->painter, options);
    return 1;
}

void spx_outpaint_wishes_forget_token(spx_outpaint_wishes *wishes, spx_outpaint_options *options)
{
    explicit_bzero(wishes->settings.token, sizeof(wishes->settings.token));
    wishes->painter.token = NULL;
    options->token = NULL;
}

const spx_child_painter *spx_outpaint_painter(const spx_outpaint_options *options,
                                              spx_child_painter *storage)
{
    if (options == NULL || options->engine == SPX_OUTPAINT_LOCAL)
        return NULL;
    *storage = (spx_child_painter){ .engine = options->engine,
                                    .url = options->url,
                                    .token = options->token,
                                    .timeout_s = options->timeout_s };
    return storage;
}

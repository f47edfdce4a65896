#include "cli/outpaint_options.h"

#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MAX_S 86400.0

_Static_assert(sizeof(spx_outpaint_engine) == sizeof(int), "choices are stored as int");

static const spx_option_word engine_words[] = {
    { "local", SPX_OUTPAINT_LOCAL },
    { "gradio", SPX_OUTPAINT_GRADIO },
    { "sdapi", SPX_OUTPAINT_SDAPI },
    { NULL, 0 },
};

static const spx_option_word fallback_words[] = {
    { "none", 0 },
    { "local", 1 },
    { NULL, 0 },
};

const spx_option spx_painter_rows[] = {
    { .name = "engine",
      .type = SPX_OPTION_CHOICE,
      .offset = offsetof(spx_outpaint_wishes, engine),
      .words = engine_words,
      .value = "local|gradio|sdapi",
      .help = "who paints: this program (nothing leaves this computer), a Gradio Space, or a "
              "server that speaks /sdapi/v1" },
    { .name = "url",
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(spx_outpaint_wishes, url),
      .value = "URL",
      .help = "of the remote engine, or OWNER/NAME of a Space ($SPX_OUTPAINT_URL)" },
    { .name = "token",
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(spx_outpaint_wishes, token),
      .value = "TOKEN",
      .help = "for the remote engine; better in $SPX_OUTPAINT_TOKEN, where others do not see it" },
    { .name = "prompt",
      .type = SPX_OPTION_TEXT,
      .offset = offsetof(spx_outpaint_wishes, prompt),
      .value = "TEXT",
      .help = "what the remote engine is told to paint ($SPX_OUTPAINT_PROMPT)" },
    { .name = "param",
      .type = SPX_OPTION_TEXTS,
      .offset = offsetof(spx_outpaint_wishes, parameters),
      .value = "NAME=VALUE",
      .help = "another input of the remote function, by its name; may be given many times" },
    { .name = "timeout",
      .type = SPX_OPTION_SECONDS,
      .offset = offsetof(spx_outpaint_wishes, timeout_s),
      .min = 1,
      .max = TIMEOUT_MAX_S,
      .value = "TIME",
      .help = "how long the remote engine may take (10m)" },
    { .name = "fallback",
      .type = SPX_OPTION_CHOICE,
      .offset = offsetof(spx_outpaint_wishes, fallback_local),
      .words = fallback_words,
      .value = "local|none",
      .help = "what to do when the remote engine fails: paint here, or fail too (none)" },
    { .name = NULL },
};

static const char *from_environment(const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == NULL || value[0] == '\0' ? NULL : value;
}

void spx_outpaint_wishes_init(spx_outpaint_wishes *wishes)
{
    spx_outpaint_options defaults;
    spx_outpaint_options_init(&defaults);
    *wishes = (spx_outpaint_wishes){
        .engine = (int)defaults.engine,
        .url = from_environment("SPX_OUTPAINT_URL"),
        .token = from_environment("SPX_OUTPAINT_TOKEN"),
        .prompt = from_environment("SPX_OUTPAINT_PROMPT"),
        .timeout_s = defaults.timeout_s,
    };
    spx_border_init(&wishes->border);
}

int spx_outpaint_wishes_given(const spx_outpaint_wishes *wishes)
{
    spx_outpaint_wishes none;
    spx_outpaint_wishes_init(&none);
    return spx_border_has_margins(&wishes->border) || wishes->border.aspect > 0.0 ||
           wishes->border.size.width > 0 || wishes->engine != none.engine ||
           wishes->border.seed != none.border.seed || wishes->url != none.url ||
           wishes->token != none.token || wishes->prompt != none.prompt ||
           wishes->parameters.count > 0 || wishes->timeout_s != none.timeout_s ||
           wishes->fallback_local != none.fallback_local;
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
    spx_diag diag = { 0 };
    if (wishes->engine == SPX_OUTPAINT_LOCAL)
        return 1;
    if (spx_settings_read(&wishes->settings, &diag) != SPX_OK) {
        (void)spx_usage_error(usage, "%s", diag.text);
        return 0;
    }
    /* The file's token is for the file's server, or else for the hub: for no other. */
    const int is_files = wishes->settings.url[0] != '\0'
                             ? wishes->url == NULL || strcmp(wishes->url, wishes->settings.url) == 0
                             : is_at_hub(wishes->url);
    wishes->url = first_of(wishes->url, wishes->settings.url);
    wishes->prompt = first_of(wishes->prompt, wishes->settings.prompt);
    if (is_files)
        wishes->token = first_of(wishes->token, wishes->settings.token);
    if (wishes->token == NULL && wishes->engine == SPX_OUTPAINT_GRADIO && is_at_hub(wishes->url))
        wishes->token = from_environment("HF_TOKEN");
    return 1;
}

int spx_outpaint_wishes_read(spx_outpaint_wishes *wishes, const spx_usage *usage,
                             spx_outpaint_options *options)
{
    spx_diag diag = { 0 };
    spx_outpaint_options_init(options);
    if (spx_border_apply(&wishes->border, options, &diag) != SPX_OK) {
        (void)spx_usage_error(usage, "%s", diag.text);
        return 0;
    }
    if (!read_remote(wishes, usage))
        return 0;
    options->engine = (spx_outpaint_engine)wishes->engine;
    options->url = wishes->url;
    options->token = wishes->token;
    options->prompt = wishes->prompt;
    options->parameters = wishes->parameters.items;
    options->timeout_s = wishes->timeout_s;
    options->fallback_local = wishes->fallback_local;
    return 1;
}

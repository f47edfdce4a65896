#include "cli/outpaint_options.h"

#include <stdlib.h>
#include <string.h>

enum { MARGIN_MAX = 65500 };

#define SEED_MAX 9007199254740992.0 /* 2^53: numbers are read as double */
#define TIMEOUT_MAX_S 86400.0
#define ASPECT_MIN 0.05
#define ASPECT_MAX 20.0

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

const spx_option spx_outpaint_rows[] = {
    { .name = "expand",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(spx_outpaint_wishes, expand),
      .max = MARGIN_MAX,
      .value = "N[%]",
      .help = "add this on every side, in pixels or % of the photo's side (20%)" },
    { .name = "left",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(spx_outpaint_wishes, left),
      .max = MARGIN_MAX,
      .value = "N[%]",
      .help = "add this on the left" },
    { .name = "top",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(spx_outpaint_wishes, top),
      .max = MARGIN_MAX,
      .value = "N[%]",
      .help = "add this at the top" },
    { .name = "right",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(spx_outpaint_wishes, right),
      .max = MARGIN_MAX,
      .value = "N[%]",
      .help = "add this on the right" },
    { .name = "bottom",
      .type = SPX_OPTION_LENGTH,
      .offset = offsetof(spx_outpaint_wishes, bottom),
      .max = MARGIN_MAX,
      .value = "N[%]",
      .help = "add this at the bottom" },
    { .name = "aspect",
      .type = SPX_OPTION_RATIO,
      .offset = offsetof(spx_outpaint_wishes, aspect),
      .min = ASPECT_MIN,
      .max = ASPECT_MAX,
      .value = "W:H",
      .help = "grow to this shape, e.g. 16:9, evenly on two sides" },
    { .name = "size",
      .type = SPX_OPTION_DIMENSIONS,
      .offset = offsetof(spx_outpaint_wishes, size),
      .value = "WxH",
      .help = "grow to this size; nothing is ever cut or scaled" },
    { .name = "engine",
      .type = SPX_OPTION_CHOICE,
      .offset = offsetof(spx_outpaint_wishes, engine),
      .words = engine_words,
      .value = "local|gradio|sdapi",
      .help = "who paints: this program (nothing leaves this computer), a Gradio Space, or a "
              "server that speaks /sdapi/v1" },
    { .name = "seed",
      .type = SPX_OPTION_SIZE,
      .offset = offsetof(spx_outpaint_wishes, seed),
      .max = SEED_MAX,
      .value = "N",
      .help = "another number gives another border, the same number the same one (0)" },
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
    const spx_option_length none = { .value = -1.0 };
    spx_outpaint_options defaults;
    spx_outpaint_options_init(&defaults);
    *wishes = (spx_outpaint_wishes){
        .expand = none,
        .left = none,
        .top = none,
        .right = none,
        .bottom = none,
        .engine = (int)defaults.engine,
        .url = from_environment("SPX_OUTPAINT_URL"),
        .token = from_environment("SPX_OUTPAINT_TOKEN"),
        .prompt = from_environment("SPX_OUTPAINT_PROMPT"),
        .timeout_s = defaults.timeout_s,
    };
}

static int margins_given(const spx_outpaint_wishes *wishes)
{
    return wishes->expand.value >= 0.0 || wishes->left.value >= 0.0 || wishes->top.value >= 0.0 ||
           wishes->right.value >= 0.0 || wishes->bottom.value >= 0.0;
}

int spx_outpaint_wishes_given(const spx_outpaint_wishes *wishes)
{
    spx_outpaint_wishes none;
    spx_outpaint_wishes_init(&none);
    return margins_given(wishes) || wishes->aspect > 0.0 || wishes->size.width > 0 ||
           wishes->engine != none.engine || wishes->seed != none.seed || wishes->url != none.url ||
           wishes->token != none.token || wishes->prompt != none.prompt ||
           wishes->parameters.count > 0 || wishes->timeout_s != none.timeout_s ||
           wishes->fallback_local != none.fallback_local;
}

/** One margin: asked for alone, else for all sides, else none. */
static spx_margin margin_of(const spx_option_length *own, const spx_option_length *all)
{
    const spx_option_length *const chosen = own->value >= 0.0 ? own : all;
    return (spx_margin){ .amount = chosen->value >= 0.0 ? chosen->value : 0.0,
                         .percent = chosen->percent };
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
    const int margins = margins_given(wishes);
    const int aspect = wishes->aspect > 0.0;
    const int size = wishes->size.width > 0;
    if (margins + aspect + size > 1) {
        (void)spx_usage_error(usage, "margins, --aspect and --size exclude each other");
        return 0;
    }
    if (!read_remote(wishes, usage))
        return 0;
    spx_outpaint_options_init(options);
    if (margins) {
        options->left = margin_of(&wishes->left, &wishes->expand);
        options->top = margin_of(&wishes->top, &wishes->expand);
        options->right = margin_of(&wishes->right, &wishes->expand);
        options->bottom = margin_of(&wishes->bottom, &wishes->expand);
    }
    options->rule = aspect ? SPX_FRAME_ASPECT : size ? SPX_FRAME_SIZE : SPX_FRAME_MARGINS;
    options->aspect = wishes->aspect;
    options->width = wishes->size.width;
    options->height = wishes->size.height;
    options->engine = (spx_outpaint_engine)wishes->engine;
    options->seed = wishes->seed;
    options->url = wishes->url;
    options->token = wishes->token;
    options->prompt = wishes->prompt;
    options->parameters = wishes->parameters.items;
    options->timeout_s = wishes->timeout_s;
    options->fallback_local = wishes->fallback_local;
    return 1;
}

/* Texts that spx reads by itself outside of HTTP: the first byte chooses which. */
#include "fuzz_text.h"

#include "base/base64.h"
#include "child/child.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "net/http_address.h"
#include "spx/outpaint.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 16 };

static void read_base64(const char *text)
{
    spx_bytes once = { 0 };
    spx_bytes again = { 0 };
    spx_bytes coded = { 0 };
    if (spx_base64_read(&once, text) && once.size != 0) {
        spx_base64_append(&coded, once.data, once.size);
        spx_bytes_u8(&coded, 0);
        fuzz_check(spx_base64_read(&again, (const char *)coded.data) && again.size == once.size &&
                   memcmp(again.data, once.data, once.size) == 0);
    }
    spx_bytes_clear(&once);
    spx_bytes_clear(&again);
    spx_bytes_clear(&coded);
}

static void read_settings(const char *text)
{
    spx_settings settings = { .url = "" };
    (void)!spx_settings_parse(&settings, text, "fuzz", NULL);
}

static void read_address(const char *text)
{
    const spx_http_scope scope = { .origins = { "https://one.example:8443/path" },
                                   .hugging_face = 1 };
    if (spx_http_scope_holds(&scope, text))
        fuzz_check(strncmp(text, "http", 4) == 0 || strncmp(text, "HTTP", 4) == 0 ||
                   strchr(text, ':') != NULL);
}

/* Words between line ends, as a command line of `spx convert`. */
static void read_options(char *text)
{
    spx_convert_options convert;
    spx_border border;
    spx_engine_options engine;
    char verb[] = "convert";
    char *argv[WORDS_MOST + 1] = { verb };
    int argc = 1;
    spx_convert_options_init(&convert);
    spx_border_init(&border);
    spx_engine_options_init(&engine);
    for (char *at = text; at != NULL && argc < WORDS_MOST; argc++) {
        argv[argc] = at;
        at = strchr(at, '\n');
        if (at != NULL)
            *at++ = '\0';
    }
    const spx_option_group groups[] = {
        { "Stereo", spx_options_of(SPX_OPTIONS_STEREO), &convert },
        { "Depth", spx_options_of(SPX_OPTIONS_DEPTH), &convert },
        { "Files", spx_options_of(SPX_OPTIONS_FILES), &convert },
        { "Border", spx_options_of(SPX_OPTIONS_BORDER), &border },
        { "Limits", spx_options_of(SPX_OPTIONS_LIMITS), &engine },
        { NULL, NULL, NULL },
    };
    const spx_usage usage = { "convert", "PHOTO...", "", groups, NULL };
    const int given = argc;
    if (spx_options_read(&usage, &argc, argv, NULL) == SPX_OPTIONS_READ)
        fuzz_check(argc >= 1 && argc <= given && convert.strength_pct >= SPX_AUTO &&
                   convert.strength_pct <= 10.0 && convert.quality >= 1 && convert.quality <= 100);
}

static void pass_bytes(const char *text)
{
    json_t *const json = spx_child_text(text);
    char *const back = spx_child_bytes(json);
    fuzz_check(back != NULL && strcmp(back, text) == 0);
    free(back);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *const text = fuzz_text(data, size);
    if (text == NULL)
        return 0;
    switch (data[0] % 5) {
    case 0:
        read_base64(text);
        break;
    case 1:
        read_settings(text);
        break;
    case 2:
        read_address(text);
        break;
    case 3:
        read_options(text);
        break;
    default:
        pass_bytes(text);
        break;
    }
    free(text);
    return 0;
}

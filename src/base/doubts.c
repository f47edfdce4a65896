#include "base/doubts.h"

#include "base/status.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int is_note;
} codes[SPX_WARNING_CODES] = {
    [SPX_WARNING_DAMAGED] = { "damaged", 0 },
    [SPX_WARNING_TINY_SOURCE] = { "tiny-source", 0 },
    [SPX_WARNING_TWO_PICTURES] = { "two-pictures", 0 },
    [SPX_WARNING_DEPTH_FLAT] = { "depth-flat", 0 },
    [SPX_WARNING_DEPTH_COLOURED] = { "depth-coloured", 0 },
    [SPX_WARNING_DEPTH_NOT_NUMBER] = { "depth-not-number", 0 },
    [SPX_WARNING_DEPTH_SPREAD] = { "depth-spread", 0 },
    [SPX_WARNING_HDR_AS_SDR] = { "hdr-shown-as-sdr", 0 },
    [SPX_WARNING_SHRUNK] = { "shrunk", 0 },
    [SPX_WARNING_NOT_TAKEN] = { "not-taken", 0 },
    [SPX_WARNING_METADATA_DROPPED] = { "metadata-dropped", 0 },
    [SPX_WARNING_SECOND_EYE] = { "second-eye", 0 },
    [SPX_WARNING_FALLBACK] = { "fallback", 0 },
    [SPX_WARNING_OBJECT_CUT] = { "object-cut", 0 },
    [SPX_WARNING_LARGE_BORDER] = { "large-border", 0 },
    [SPX_WARNING_BARS_CUT] = { "bars-cut", 0 },
    [SPX_NOTE_RAW] = { "raw", 1 },
    [SPX_NOTE_PICTURE_CHOSEN] = { "picture-chosen", 1 },
    [SPX_NOTE_DEPTH_SOURCE] = { "depth-source", 1 },
    [SPX_NOTE_ALIGNED] = { "aligned", 1 },
    [SPX_WARNING_EYES_DIFFER] = { "eyes-differ", 0 },
    [SPX_WARNING_PART_OF_VIEW] = { "part-of-view", 0 },
    [SPX_WARNING_LEFT_OUT] = { "left-out", 0 },
    [SPX_NOTE_ON_WHITE] = { "on-white", 1 },
};

const char *spx_warning_name(spx_warning_code code)
{
    return (unsigned)code < SPX_WARNING_CODES ? codes[code].name : "unknown";
}

int spx_warning_is_note(spx_warning_code code)
{
    return (unsigned)code < SPX_WARNING_CODES && codes[code].is_note;
}

const spx_warning *spx_warning_first_doubt(const spx_warning_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!spx_warning_is_note(list->items[i].code))
            return &list->items[i];
    }
    return NULL;
}

static void add(spx_warning_list *list, const spx_warning *warning)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].code == warning->code && strcmp(list->items[i].text, warning->text) == 0)
            return;
    }
    if (list->count < SPX_WARNINGS_MOST)
        list->items[list->count++] = *warning;
}

void spx_warnings_add_list(spx_warning_list *list, spx_warning_code code, const char *format,
                           va_list args)
{
    spx_warning warning = { .code = code };
    if (list == NULL)
        return;
    (void)vsnprintf(warning.text, sizeof(warning.text), format, args);
    add(list, &warning);
}

void spx_warnings_add(spx_warning_list *list, spx_warning_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    spx_warnings_add_list(list, code, format, args);
    va_end(args);
}

void spx_warnings_append(spx_warning_list *list, const spx_warning_list *more)
{
    for (size_t i = 0; i < more->count; i++)
        add(list, &more->items[i]);
}

spx_status spx_warnings_refuse(const spx_warning_list *list, const char *name, spx_diag *diag)
{
    const spx_warning *const doubt = spx_warning_first_doubt(list);
    if (doubt == NULL)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_DOUBT, "%s: %s (%s), and warnings are to be failures", name,
                    doubt->text, spx_warning_name(doubt->code));
}

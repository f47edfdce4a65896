#include "cli/settings.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 65536, NAME_SHOWN = 40 };

static const char blanks[] = " \t\r";

/** A piece of the text, not ended by a zero. */
typedef struct piece {
    const char *at;
    size_t size;
} piece;

static piece trim(const char *at, size_t size)
{
    while (size > 0 && strchr(blanks, *at) != NULL) {
        at++;
        size--;
    }
    while (size > 0 && strchr(blanks, at[size - 1]) != NULL)
        size--;
    return (piece){ at, size };
}

static char *field_of(spx_settings *settings, const piece *name)
{
    const struct {
        const char *name;
        char *field;
    } known[] = {
        { "outpaint-url", settings->url },
        { "outpaint-token", settings->token },
        { "outpaint-prompt", settings->prompt },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) == name->size && memcmp(known[i].name, name->at, name->size) == 0)
            return known[i].field;
    }
    return NULL;
}

static spx_status parse_line(spx_settings *out, const piece *line, const char *where,
                             spx_diag *diag)
{
    if (line->size == 0 || line->at[0] == '#')
        return SPX_OK;
    const char *const equals = memchr(line->at, '=', line->size);
    if (equals == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: not NAME = VALUE", where);
    const piece name = trim(line->at, (size_t)(equals - line->at));
    const piece value = trim(equals + 1, (size_t)(line->at + line->size - equals - 1));
    char *const field = field_of(out, &name);
    const int shown = (int)(name.size < NAME_SHOWN ? name.size : NAME_SHOWN);
    if (field == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: no setting \"%.*s\"", where, shown, name.at);
    if (value.size >= SPX_SETTING_SIZE)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: the value is too long", where);
    memcpy(field, value.at, value.size);
    field[value.size] = '\0';
    return SPX_OK;
}

spx_status spx_settings_parse(spx_settings *out, const char *text, const char *path, spx_diag *diag)
{
    unsigned number = 1;
    *out = (spx_settings){ 0 };
    for (const char *at = text; *at != '\0'; number++) {
        char where[sizeof(diag->text) / 2];
        const size_t size = strcspn(at, "\n");
        const piece line = trim(at, size);
        (void)snprintf(where, sizeof(where), "%s:%u", path, number);
        SPX_TRY(parse_line(out, &line, where, diag));
        at += size + (at[size] == '\n' ? 1 : 0);
    }
    return SPX_OK;
}

static const char *variable(const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == NULL || value[0] == '\0' ? NULL : value;
}

/** Where the file would be; owned by the caller, NULL when nobody says. */
static char *settings_path(void)
{
    const char *const config = variable("XDG_CONFIG_HOME");
    const char *const home = variable("HOME");
    if (config != NULL)
        return spx_path_join(config, "spx/config");
    return home == NULL ? NULL : spx_path_join(home, ".config/spx/config");
}

spx_status spx_settings_read(spx_settings *out, spx_diag *diag)
{
    char *const path = settings_path();
    spx_bytes bytes = { 0 };
    spx_diag missing = { 0 };
    *out = (spx_settings){ 0 };
    if (path == NULL)
        return SPX_OK;
    spx_status status = spx_file_read(path, FILE_MAX, &bytes, &missing);
    if (status == SPX_OK) {
        spx_bytes_u8(&bytes, 0);
        status = spx_bytes_check(&bytes, path, diag);
        if (status == SPX_OK)
            status = spx_settings_parse(out, (const char *)bytes.data, path, diag);
    } else if (status == SPX_ERR_NOT_FOUND) {
        status = SPX_OK;
    } else {
        (void)spx_fail(diag, status, "%s", missing.text);
    }
    spx_bytes_clear(&bytes);
    free(path);
    return status;
}

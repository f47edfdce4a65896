#include "net/sse.h"

#include <stdio.h>
#include <string.h>

static spx_status dispatch(spx_sse *sse)
{
    spx_status status = SPX_OK;
    if (sse->has_data) {
        sse->data.size--; /* the newline behind the last data line */
        sse->data.data[sse->data.size] = '\0';
        status = sse->event(sse->user, sse->name[0] == '\0' ? "message" : sse->name,
                            (const char *)sse->data.data, sse->data.size);
    }
    sse->data.size = 0;
    sse->has_data = 0;
    sse->name[0] = '\0';
    return status;
}

/* "field: value" without its line end; the value begins behind one optional space. */
static void take_field(spx_sse *sse, const char *line, size_t size)
{
    const char *const colon = memchr(line, ':', size);
    const size_t name_size = colon == NULL ? size : (size_t)(colon - line);
    size_t at = colon == NULL ? size : name_size + 1;
    if (at < size && line[at] == ' ')
        at++;
    if (name_size == 4 && memcmp(line, "data", 4) == 0) {
        spx_bytes_append(&sse->data, line + at, size - at);
        spx_bytes_u8(&sse->data, '\n');
        sse->has_data = 1;
    } else if (name_size == 5 && memcmp(line, "event", 5) == 0) {
        (void)snprintf(sse->name, sizeof(sse->name), "%.*s", (int)(size - at), line + at);
    }
}

static spx_status end_line(spx_sse *sse)
{
    if (sse->line.size == 0)
        return dispatch(sse);
    if (sse->line.data[0] != ':')
        take_field(sse, (const char *)sse->line.data, sse->line.size);
    sse->line.size = 0;
    if (sse->data.size > sse->most_bytes) {
        return spx_fail(sse->diag, SPX_ERR_LIMIT, "the server sent an event of over %zu bytes",
                        sse->most_bytes);
    }
    return spx_bytes_check(&sse->data, "event", sse->diag);
}

spx_status spx_sse_feed(spx_sse *sse, const void *bytes, size_t size)
{
    const char *at = bytes;
    const char *const end = at + size;
    while (at < end) {
        if (sse->after_cr && *at == '\n') {
            sse->after_cr = 0;
            at++;
            continue;
        }
        sse->after_cr = 0;
        const char *stop = at;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        spx_bytes_append(&sse->line, at, (size_t)(stop - at));
        SPX_TRY(spx_bytes_check(&sse->line, "event", sse->diag));
        if (sse->line.size > sse->most_bytes) {
            return spx_fail(sse->diag, SPX_ERR_LIMIT, "the server sent a line of over %zu bytes",
                            sse->most_bytes);
        }
        if (stop == end)
            return SPX_OK;
        sse->after_cr = *stop == '\r';
        SPX_TRY(end_line(sse));
        at = stop + 1;
    }
    return SPX_OK;
}

void spx_sse_clear(spx_sse *sse)
{
    spx_bytes_clear(&sse->line);
    spx_bytes_clear(&sse->data);
    sse->has_data = 0;
    sse->name[0] = '\0';
}

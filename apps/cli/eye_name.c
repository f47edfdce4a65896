#include "cli/eye_name.h"

#include "base/file.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *end;
    char eye;
} ends[] = {
    { "_left", 'L' },  { "-left", 'L' },  { ".left", 'L' },  { " left", 'L' }, { "_right", 'R' },
    { "-right", 'R' }, { ".right", 'R' }, { " right", 'R' }, { "_l", 'L' },    { "-l", 'L' },
    { ".l", 'L' },     { "_r", 'R' },     { "-r", 'R' },     { ".r", 'R' },
};

char spx_eye_of_name(const char *name, size_t *stem)
{
    const char *const last = spx_path_name(name);
    const char *const dot = strrchr(last, '.');
    const size_t length = dot == NULL || dot == last ? strlen(last) : (size_t)(dot - last);
    if (stem != NULL)
        *stem = 0;
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        const size_t size = strlen(ends[i].end);
        if (length <= size || strncasecmp(last + length - size, ends[i].end, size) != 0)
            continue;
        if (stem != NULL)
            *stem = length - size;
        return ends[i].eye;
    }
    if (length == 4 && strncasecmp(last, "left", length) == 0)
        return 'L';
    return length == 5 && strncasecmp(last, "right", length) == 0 ? 'R' : 0;
}
